//! The guest's credentials for Argo CD: a given token, or a session from a login.
//!
//! Five failed logins lock the account, so logins are rare by construction: one for all who wait,
//! in a task of its own; one renewal for all who saw the same token refused; none for a while
//! after a password was refused, or after a renewal did not help.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::{
    error::{Error, Refusal},
    exchange::{self, Purpose},
    operation::Operation,
    settings::{CredentialSource, Credentials, Settings},
};
use crate::{http::Port, limits};

/// A token, and which login it came from.
#[derive(Clone)]
pub(super) struct Held {
    token: Rc<str>,
    generation: u64,
}

impl Held {
    pub(super) fn bearer(&self) -> &str {
        &self.token
    }
}

/// The credentials at work.
pub(super) struct Session {
    port: Rc<dyn Port>,
    source: CredentialSource,
    server: String,
    /// The login request; `None` with a token from the environment.
    login: Option<Login>,
    state: RefCell<State>,
}

struct Login {
    path: String,
    body: String,
}

struct State {
    token: Option<Rc<str>>,
    generation: u64,
    /// The running login.
    running: Option<Rc<Pending>>,
    /// Whether the next login replaces a rejected token.
    renewing: bool,
    /// Whether the token comes from a renewal and was not accepted yet.
    on_trial: bool,
    wrong_password_until: Option<Duration>,
    still_refused_until: Option<Duration>,
}

#[derive(Clone)]
enum Failure {
    WrongPassword,
    Other(Error),
}

impl Session {
    pub(super) fn new(port: Rc<dyn Port>, settings: &Settings) -> Rc<Session> {
        let (token, login) = match settings.credentials() {
            Credentials::Token(token) => (Some(Rc::from(token.as_str())), None),
            Credentials::Password { username, password } => {
                let body = login_body(username, password);
                (
                    None,
                    Some(Login {
                        path: settings.below_prefix("/api/v1/session"),
                        body,
                    }),
                )
            }
        };
        Rc::new(Session {
            port,
            source: settings.credential_source(),
            server: settings.origin().authority.to_owned(),
            login,
            state: RefCell::new(State {
                token,
                generation: 0,
                running: None,
                renewing: false,
                on_trial: false,
                wrong_password_until: None,
                still_refused_until: None,
            }),
        })
    }

    /// The token for `operation`; logs in, or waits for the login that runs, if there is none.
    pub(super) async fn token(self: &Rc<Self>, operation: Operation) -> Result<Held, Error> {
        let pending = {
            let mut state = self.state.borrow_mut();
            if let Some(token) = &state.token {
                return Ok(Held {
                    token: token.clone(),
                    generation: state.generation,
                });
            }
            if let Some(retry_in) = self.remaining(state.wrong_password_until) {
                return Err(self.unauthorized(operation, Refusal::WrongPassword { retry_in }));
            }
            match &state.running {
                Some(running) => Waiting::Running(running.clone()),
                None => Waiting::New(state.running.insert(Rc::default()).clone()),
            }
        };
        let pending = match pending {
            Waiting::Running(pending) => pending,
            Waiting::New(pending) => {
                // A task of its own: cancelling this call must not cancel it for the others.
                self.port.spawn(Box::pin(
                    Attempt {
                        session: self.clone(),
                        pending: pending.clone(),
                    }
                    .run(),
                ));
                pending
            }
        };
        Ended(pending).await.map_err(|failure| match failure {
            Failure::WrongPassword => {
                let retry_in = limits::WRONG_PASSWORD;
                self.unauthorized(operation, Refusal::WrongPassword { retry_in })
            }
            Failure::Other(error) => error,
        })
    }

    /// Records that Argo CD accepted the token.
    pub(super) fn accepted(&self, held: &Held) {
        let mut state = self.state.borrow_mut();
        if state.generation == held.generation {
            state.on_trial = false;
        }
    }

    /// Returns another token to repeat the GET with after Argo CD rejected `held`, if possible.
    pub(super) async fn renew(
        self: &Rc<Self>,
        held: &Held,
        refusal: Refusal,
        operation: Operation,
    ) -> Result<Held, Error> {
        if self.login.is_none() {
            return Err(self.unauthorized(operation, refusal));
        }
        {
            let mut state = self.state.borrow_mut();
            if state.token.is_some() && state.generation == held.generation {
                let useless = match state.still_refused_until {
                    Some(until) => self.port.monotonic() < until,
                    // The login was already caused by a rejection.
                    None => state.on_trial,
                };
                if useless {
                    drop(state);
                    return Err(self.still_refused(held, operation));
                }
                state.still_refused_until = None;
                state.token = None;
                state.renewing = true;
            }
        }
        self.token(operation).await
    }

    /// Stops further logins for a while: Argo CD rejected `held` although it is new.
    pub(super) fn still_refused(&self, held: &Held, operation: Operation) -> Error {
        let mut state = self.state.borrow_mut();
        if state.generation == held.generation
            && self.remaining(state.still_refused_until).is_none()
        {
            state.still_refused_until = Some(self.port.monotonic() + limits::STILL_REFUSED);
        }
        let retry_in = self
            .remaining(state.still_refused_until)
            .unwrap_or_default();
        self.unauthorized(operation, Refusal::StillRefused { retry_in })
    }

    fn unauthorized(&self, operation: Operation, refusal: Refusal) -> Error {
        Error::Unauthorized {
            operation,
            refusal,
            source: self.source,
        }
    }

    fn remaining(&self, until: Option<Duration>) -> Option<Duration> {
        until?
            .checked_sub(self.port.monotonic())
            .filter(|left| !left.is_zero())
    }

    async fn log_in(&self, login: &Login) -> Result<String, Failure> {
        let purpose = Purpose {
            operation: Operation::LogIn,
            server: &self.server,
        };
        let exchange = async {
            let response = self.port.post_session(&login.path, &login.body).await;
            let response =
                response.map_err(|error| purpose.failed(error, limits::BODY_BYTES as u64))?;
            if exchange::is_unauthorized(&response) {
                return Ok(None);
            }
            let response = exchange::judge(purpose, response).await?;
            let body = exchange::whole_body(purpose, response).await?;
            let answer: Granted = serde_json::from_slice(&body)
                .map_err(|error| Error::from_json(Operation::LogIn, &error))?;
            if answer.token.is_empty() || !answer.token.bytes().all(|byte| byte.is_ascii_graphic())
            {
                return Err(Error::Malformed {
                    operation: Operation::LogIn,
                    detail: "it has no token".to_owned(),
                });
            }
            Ok(Some(answer.token))
        };
        match exchange::within(&*self.port, Operation::LogIn, limits::LOGIN, exchange).await {
            Ok(Some(token)) => Ok(token),
            Ok(None) => Err(Failure::WrongPassword),
            Err(error) => Err(Failure::Other(error)),
        }
    }

    fn ended(&self, outcome: Result<String, Failure>) -> Result<Held, Failure> {
        let mut state = self.state.borrow_mut();
        state.running = None;
        match outcome {
            Ok(token) => {
                let token: Rc<str> = token.into();
                state.generation += 1;
                state.on_trial = std::mem::take(&mut state.renewing);
                state.wrong_password_until = None;
                state.token = Some(token.clone());
                Ok(Held {
                    token,
                    generation: state.generation,
                })
            }
            Err(failure) => {
                if let Failure::WrongPassword = failure {
                    state.wrong_password_until =
                        Some(self.port.monotonic() + limits::WRONG_PASSWORD);
                }
                Err(failure)
            }
        }
    }
}

enum Waiting {
    Running(Rc<Pending>),
    New(Rc<Pending>),
}

#[derive(Deserialize)]
struct Granted {
    #[serde(default)]
    token: String,
}

fn login_body(username: &str, password: &str) -> String {
    #[derive(Serialize)]
    struct Asked<'a> {
        username: &'a str,
        password: &'a str,
    }
    // Two strings in a struct: serialising them has no way to fail.
    serde_json::to_string(&Asked { username, password }).unwrap_or_default()
}

/// A running login. Fails when it is dropped before it finishes.
struct Attempt {
    session: Rc<Session>,
    pending: Rc<Pending>,
}

impl Attempt {
    async fn run(self) {
        if let Some(login) = &self.session.login {
            let outcome = self.session.log_in(login).await;
            self.pending.end(self.session.ended(outcome));
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if self.pending.outcome.borrow().is_none() {
            let detail = "the login was interrupted".to_owned();
            let error = Error::Connect {
                operation: Operation::LogIn,
                server: self.session.server.clone(),
                detail,
            };
            self.pending
                .end(self.session.ended(Err(Failure::Other(error))));
        }
    }
}

/// The outcome of a login, shared by all waiting calls.
#[derive(Default)]
struct Pending {
    outcome: RefCell<Option<Result<Held, Failure>>>,
    wakers: RefCell<Vec<Waker>>,
}

impl Pending {
    fn end(&self, outcome: Result<Held, Failure>) {
        *self.outcome.borrow_mut() = Some(outcome);
        let wakers = std::mem::take(&mut *self.wakers.borrow_mut());
        wakers.into_iter().for_each(Waker::wake);
    }
}

/// Resolves with the outcome of a login.
struct Ended(Rc<Pending>);

impl Future for Ended {
    type Output = Result<Held, Failure>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(outcome) = &*self.0.outcome.borrow() {
            return Poll::Ready(outcome.clone());
        }
        let mut wakers = self.0.wakers.borrow_mut();
        if !wakers.iter().any(|waker| waker.will_wake(context.waker())) {
            wakers.push(context.waker().clone());
        }
        Poll::Pending
    }
}
