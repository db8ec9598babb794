//! The host's own login: user and password for a token, which the guest never sees.
//!
//! One login serves all requests that wait for it. Argo CD locks a name after five failures in
//! 300 s, so a refused password is remembered, and a renewed session that is refused again starts
//! no further login for a while. The login is a task of its own: cancelling the request that
//! started it does not cancel it for the others.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{Method, StatusCode, header};
use http_body_util::Full;
use serde::Deserialize;
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

use super::{
    Error,
    outcome::Outcome,
    tokens::Tokens,
    wire::{Wire, bearer},
};
use crate::{
    audit::{Actor, Audit, Decision},
    limits::{LOGIN, LOGIN_FAILED, LOGIN_QUIET, LOGIN_REFUSED},
    secrets::{Seal, Secret},
};

const PATH: &str = "/api/v1/session";
const RULE: &str = "host-login";

/// The login of one process.
pub(super) struct Session {
    user: String,
    password: Arc<Secret>,
    prefix: String,
    wire: Arc<Wire>,
    audit: Arc<Audit>,
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

/// A token, and which login it came from.
#[derive(Clone)]
pub(super) struct Bearer {
    pub(super) secret: Arc<Secret>,
    pub(super) generation: u64,
}

/// What a server's answer says about the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// A first attempt on a route that needs a login.
    First,
    /// The one repeat after a new login.
    Repeat,
    /// A route that answers anybody, so that its answer proves nothing.
    Anonymous,
}

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Argo CD refused the user name or password, or has locked the account.
    Refused,
    /// Argo CD answered with another status than 200 or 401.
    Status(StatusCode),
    /// The answer holds no token.
    NoToken,
    /// There was no answer.
    Exchange(Error),
}

/// Why a request goes on without a (new) token.
pub(super) enum NoToken {
    /// The last login failed; when the next is tried.
    Failed(Failure, Duration),
    /// A renewed session was refused as well: no login for [`LOGIN_QUIET`], the 401 is the answer.
    RenewedRefused,
}

#[derive(Default)]
struct State {
    tokens: Tokens,
    generation: u64,
    /// The current token replaced one that was refused.
    renewed: bool,
    /// The current token has been accepted once.
    proven: bool,
    running: bool,
    failed: Option<(Failure, Instant)>,
    quiet_until: Option<Instant>,
}

enum Next {
    Use(Bearer),
    Refuse(NoToken),
    Wait,
    LogIn,
}

/// What a login is made with, and what else to seal.
pub(super) struct Login {
    pub(super) user: String,
    pub(super) password: Arc<Secret>,
    pub(super) sealed: Vec<Arc<Secret>>,
}

impl Session {
    pub(super) fn new(
        login: Login,
        prefix: &str,
        wire: Arc<Wire>,
        audit: Arc<Audit>,
    ) -> Arc<Session> {
        let Login {
            user,
            password,
            mut sealed,
        } = login;
        sealed.push(Arc::clone(&password));
        let state = State {
            tokens: Tokens::none(sealed),
            ..State::default()
        };
        let (state, changed) = (Mutex::new(state), watch::Sender::new(()));
        Arc::new(Session {
            user,
            password,
            prefix: prefix.to_owned(),
            wire,
            audit,
            state,
            changed,
        })
    }

    /// A token; another one than that of the login `stale`, when the server refused that.
    pub(super) async fn bearer(self: &Arc<Self>, stale: Option<u64>) -> Result<Bearer, NoToken> {
        loop {
            let mut changed = self.changed.subscribe();
            let next = self.lock().next(stale, Instant::now());
            match next {
                Next::Use(bearer) => return Ok(bearer),
                Next::Refuse(why) => return Err(why),
                Next::LogIn => drop(tokio::spawn(Arc::clone(self).log_in())),
                Next::Wait => {}
            }
            // The sender lives in `self`, so waiting can't fail.
            let _ = changed.changed().await;
        }
    }

    /// The server answered a request that carried the token of the login `generation`.
    pub(super) fn answered(&self, generation: u64, status: StatusCode, attempt: Attempt) {
        self.lock()
            .answered(generation, status, attempt, Instant::now());
    }

    /// The patterns of the password and of the latest tokens.
    pub(super) fn seal(&self) -> Arc<Seal> {
        self.lock().tokens.seal()
    }

    async fn log_in(self: Arc<Self>) {
        let mut running = Running {
            session: &self,
            result: Err(Failure::Exchange(Error::ConnectionClosed)),
        };
        running.result = match timeout(LOGIN, self.exchange()).await {
            Ok(result) => result,
            Err(_) => Err(Failure::Exchange(Error::ResponseTimeout)),
        };
    }

    async fn exchange(&self) -> Result<Secret, Failure> {
        let path = format!("{}{PATH}", self.prefix);
        let decision = Decision {
            actor: Actor::Host,
            allowed: true,
            calls: &[],
            rule: RULE,
            reason: "",
            method: "POST",
            authority: None,
            path: &path,
            keys: &[],
        };
        let seq = self
            .audit
            .decision(&decision)
            .map_err(|_| Failure::Exchange(Error::Audit))?;
        let mut outcome = Outcome::new(Arc::clone(&self.audit), Actor::Host, seq);
        let token = self.post(&path, &mut outcome).await;
        match &token {
            Ok(_) => outcome.end("ok"),
            Err(Failure::Exchange(error)) => outcome.end(&error.to_string()),
            Err(_) => outcome.end("login-failed"),
        }
        token
    }

    async fn post(&self, path: &str, outcome: &mut Outcome) -> Result<Secret, Failure> {
        let login = serde_json::json!({"username": self.user, "password": self.password.expose()});
        let request = self
            .wire
            .request(Method::POST, path)
            // Exactly this: with a charset Argo CD answers 415.
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .body(Full::new(Bytes::from(login.to_string())))
            .map_err(|_| Failure::Exchange(Error::Protocol))?;
        let end = Instant::now() + LOGIN;
        let response = self
            .wire
            .send(request, outcome, end)
            .await
            .map_err(Failure::Exchange)?;
        let status = response.status();
        let body = self.wire.small(response.into_body(), outcome).await;
        match status {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED => return Err(Failure::Refused),
            other => return Err(Failure::Status(other)),
        }
        #[derive(Deserialize)]
        struct Login {
            token: String,
        }
        let login: Option<Login> = serde_json::from_slice(&body.map_err(Failure::Exchange)?).ok();
        let token = login.map(|login| Secret::new(login.token));
        let usable = token.filter(|token| bearer(token).is_some());
        usable.ok_or(Failure::NoToken)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next(&mut self, stale: Option<u64>, now: Instant) -> Next {
        if self.running {
            return Next::Wait;
        }
        let refused = stale == Some(self.generation);
        if let (Some(secret), false) = (self.tokens.newest(), refused) {
            return Next::Use(Bearer {
                secret: Arc::clone(secret),
                generation: self.generation,
            });
        }
        if let Some((failure, until)) = self.failed.as_ref().filter(|(_, until)| *until > now) {
            return Next::Refuse(NoToken::Failed(failure.clone(), *until - now));
        }
        if refused && self.quiet_until.is_some_and(|until| until > now) {
            return Next::Refuse(NoToken::RenewedRefused);
        }
        self.running = true;
        self.renewed = refused;
        Next::LogIn
    }

    fn answered(&mut self, generation: u64, status: StatusCode, attempt: Attempt, now: Instant) {
        if self.generation != generation {
            return;
        }
        let refused = status == StatusCode::UNAUTHORIZED;
        self.proven |= !refused && attempt != Attempt::Anonymous;
        if refused && (attempt == Attempt::Repeat || self.renewed && !self.proven) {
            self.quiet_until = Some(now + LOGIN_QUIET);
        }
    }

    fn logged_in(&mut self, result: Result<Secret, Failure>, now: Instant) {
        self.running = false;
        match result {
            Ok(token) => {
                self.tokens.push(Arc::new(token));
                self.generation += 1;
                self.proven = false;
                self.failed = None;
            }
            Err(failure) => self.failed = Some((failure.clone(), now + failure.remembered())),
        }
    }
}

/// Ends the login whatever happens to its task, so that nobody waits for ever.
struct Running<'a> {
    session: &'a Session,
    result: Result<Secret, Failure>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let over = Err(Failure::Exchange(Error::ConnectionClosed));
        let result = std::mem::replace(&mut self.result, over);
        self.session.lock().logged_in(result, Instant::now());
        self.session.changed.send_replace(());
    }
}

impl Failure {
    /// How long no other login is tried.
    fn remembered(&self) -> Duration {
        match self {
            Failure::Refused => LOGIN_REFUSED,
            _ => LOGIN_FAILED,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Refused => {
                f.write_str("Argo CD refused the user name or password, or has locked the account")
            }
            Failure::Status(status) => write!(
                f,
                "Argo CD answered the login with HTTP status {}",
                status.as_u16()
            ),
            Failure::NoToken => f.write_str(
                "Argo CD's answer to the login holds no token: ARGOCD_SERVER may point at a \
                 login proxy, or lack Argo CD's path prefix",
            ),
            Failure::Exchange(error) => error.fmt(f),
        }
    }
}

/// What the guest is told, in the shape of Argo CD's own errors.
pub(super) fn explain(why: &Failure, retry: Duration) -> String {
    let seconds = retry.as_secs().max(1);
    let message = format!(
        "login failed: {why}. The host tries again in {seconds} s at the earliest, because Argo CD \
         locks an account after five failures; check ARGOCD_USERNAME and ARGOCD_PASSWORD"
    );
    serde_json::json!({"error": message, "code": 16, "message": message}).to_string()
}

#[cfg(test)]
mod tests;
