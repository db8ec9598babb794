//! From a raw target to a response that the guest may see: decide, audit, unseal, dial, limit.
//!
//! [`Egress::admit`] is the synchronous half and does no I/O but the audit line;
//! [`Egress::exchange`] is the other. Only a [`Permit`] gets from one to the other. Redirects are
//! never followed: each is another request, and judged again.

mod body;
mod dial;
mod error;
mod gunzip;
mod outcome;
mod session;
mod tls;
mod wire;

use std::{io, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

pub use body::ResponseBody;
pub use error::Error;
pub use tls::{NoCertificate, Trust};

use crate::{
    audit::{Actor, Audit, Decision},
    limits,
    policy::{Denial, OpenCall, OriginRule, Permit, Policy, Target},
    secrets::{Placeholder, Seal, Secret},
};
use body::Rest;
use outcome::Outcome;
use session::{Attempt, Bearer, Failure, NoToken, Session};
use tls::Tls;
use wire::Wire;

/// What the host proves its identity with.
pub enum Credentials {
    /// A bearer token.
    Token(Secret),
    /// User and password: the host logs in.
    Password {
        /// The user's name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// Nothing: only what Argo CD gives to anybody.
    None,
}

/// Times and sizes of one exchange; the defaults are those of [`limits`].
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each is documented at its constant")]
pub struct Bounds {
    pub lookup: Duration,
    pub connect: Duration,
    pub tls_handshake: Duration,
    pub first_byte: Duration,
    pub between_bytes: Duration,
    pub total: Duration,
    pub body_wire_bytes: u64,
    pub body_plain_bytes: u64,
    pub concurrent_requests: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            lookup: limits::LOOKUP,
            connect: limits::CONNECT,
            tls_handshake: limits::TLS_HANDSHAKE,
            first_byte: limits::FIRST_BYTE,
            between_bytes: limits::BETWEEN_BYTES,
            total: limits::TOTAL,
            body_wire_bytes: limits::BODY_WIRE_BYTES,
            body_plain_bytes: limits::BODY_PLAIN_BYTES,
            concurrent_requests: limits::CONCURRENT_REQUESTS,
        }
    }
}

/// Where to, as whom, by which trust.
pub struct EgressConfig {
    /// The one origin.
    pub origin: OriginRule,
    /// As whom.
    pub credentials: Credentials,
    /// Who may prove to be the server.
    pub trust: Trust,
    /// Times and sizes.
    pub bounds: Bounds,
}

/// The only way out.
pub struct Egress {
    policy: Policy,
    placeholder: Placeholder,
    credentials: Held,
    seal: Arc<Seal>,
    audit: Arc<Audit>,
    tls: Arc<Tls>,
    wire: Arc<Wire>,
    slots: Arc<Semaphore>,
    bounds: Bounds,
}

enum Held {
    Token(Arc<Secret>),
    Session(Arc<Session>),
    None,
}

/// A request that was allowed and has its line in the audit. Dropped, it writes its outcome.
pub struct Admitted {
    permit: Permit,
    outcome: Outcome,
}

/// Why a request was not admitted.
#[derive(Debug)]
pub enum Denied {
    /// The policy says no; the audit has the line.
    Policy(Denial),
    /// The audit could not take the line, so nothing goes out.
    Audit(io::Error),
}

/// The route that Argo CD answers to anybody, whatever the token.
const ANONYMOUS: &str = "/api/version";

/// What an exchange has to pass on.
enum Answer {
    Server(Response<Incoming>),
    /// The host's own 401: the login failed.
    NoLogin(String),
}

impl Egress {
    /// Sets up the way out; no I/O. Fails on a CA file without a certificate, or without random
    /// bytes.
    pub fn new(config: EgressConfig, audit: Arc<Audit>) -> io::Result<Arc<Egress>> {
        let EgressConfig {
            origin,
            credentials,
            trust,
            bounds,
        } = config;
        let placeholder = Placeholder::random();
        let placeholder =
            placeholder.ok_or_else(|| io::Error::other("the system has no random bytes"))?;
        let tls = Tls::new(&trust).map_err(io::Error::other)?;
        let wire = Arc::new(Wire::new(origin.clone(), Arc::clone(&tls), bounds));
        let mut seal = Arc::default();
        let credentials = match credentials {
            Credentials::Token(token) => {
                seal = Arc::new(Seal::new([&token]));
                Held::Token(Arc::new(token))
            }
            Credentials::Password { user, password } => Held::Session(Session::new(
                user,
                password,
                origin.prefix(),
                Arc::clone(&wire),
                Arc::clone(&audit),
            )),
            Credentials::None => Held::None,
        };
        let policy = Policy::new(origin, placeholder.as_str());
        let slots = Arc::new(Semaphore::new(bounds.concurrent_requests));
        let egress = Egress {
            policy,
            placeholder,
            credentials,
            seal,
            audit,
            tls,
            wire,
            slots,
            bounds,
        };
        Ok(Arc::new(egress))
    }

    /// What the guest gets as its token; `None` when there are no credentials.
    pub fn placeholder(&self) -> Option<&str> {
        (!matches!(self.credentials, Held::None)).then(|| self.placeholder.as_str())
    }

    /// The policy, for `check` and `explain`.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The patterns of all secrets in use, for the guest's stderr.
    pub fn seal(&self) -> Arc<Seal> {
        match &self.credentials {
            Held::Session(session) => session.seal(),
            Held::Token(_) | Held::None => Arc::clone(&self.seal),
        }
    }

    /// Starts reading the system's trust roots on a thread; once, returns at once. Does nothing
    /// for an origin without TLS.
    pub fn load_roots_in_background(&self) {
        if self.policy.origin().scheme() == crate::policy::Scheme::Https {
            self.tls.load_in_background();
        }
    }

    /// Decides and writes the decision's line. `open` are the calls open when the guest called
    /// `handle`. Fails closed.
    pub fn admit(&self, target: &Target<'_>, open: &[OpenCall]) -> Result<Admitted, Denied> {
        match self.policy.decide(target, open) {
            Ok(permit) => self.allow(Actor::Guest, permit).map_err(Denied::Audit),
            Err(denial) => Err(self.deny(target, open, denial)),
        }
    }

    /// Denies a request because a body was written to it, or not ended in time; instead of
    /// [`Egress::admit`]. A GET has none.
    pub fn refuse_body(&self, target: &Target<'_>, open: &[OpenCall]) -> Denied {
        let denial = self.policy.decide(target, open).err();
        let body = || Denial {
            rule: "body",
            reason: "a GET has no body".to_owned(),
        };
        self.deny(target, open, denial.unwrap_or_else(body))
    }

    /// Performs an admitted request. The body of the response is sealed, gunzipped and capped, and
    /// writes the outcome when it ends or is dropped.
    pub async fn exchange(
        self: Arc<Self>,
        admitted: Admitted,
    ) -> Result<Response<ResponseBody>, Error> {
        let end = Instant::now() + self.bounds.total;
        let Admitted {
            permit,
            mut outcome,
        } = admitted;
        let slot = timeout_at(end, Arc::clone(&self.slots).acquire_owned()).await;
        // The semaphore is never closed.
        let Ok(Ok(slot)) = slot else {
            return Err(fail(&mut outcome, Error::ResponseTimeout));
        };
        let answer = timeout_at(end, self.answer(&permit, &mut outcome, end)).await;
        let answer = answer.unwrap_or(Err(Error::ResponseTimeout));
        let response = match answer {
            Err(error) => return Err(fail(&mut outcome, error)),
            Ok(Answer::NoLogin(text)) => {
                outcome.end("login-failed");
                return Ok(own_401(text));
            }
            Ok(Answer::Server(response)) => response,
        };
        let (parts, body) = response.into_parts();
        let seal = self.seal();
        match head(parts.status, &parts.headers, &seal) {
            Err(error) => Err(fail(&mut outcome, error)),
            Ok((head, gzip)) => {
                let rest = Rest {
                    bounds: self.bounds,
                    end,
                    outcome,
                    slot,
                };
                Ok(head.map(|()| ResponseBody::remote(body, gzip, &seal, rest)))
            }
        }
    }

    async fn answer(
        &self,
        permit: &Permit,
        outcome: &mut Outcome,
        end: Instant,
    ) -> Result<Answer, Error> {
        let session = match (&self.credentials, permit.is_sealed()) {
            (Held::Session(session), true) => session,
            (Held::Token(token), true) => {
                return self.get(permit, Some(token), outcome, end).await.map(Answer::Server);
            }
            _ => return self.get(permit, None, outcome, end).await.map(Answer::Server),
        };
        let Bearer { secret, generation } = match session.bearer(None).await {
            Ok(bearer) => bearer,
            Err(why) => return no_login(why).unwrap_or(Err(Error::ConnectionClosed)),
        };
        let first = self.get(permit, Some(&secret), outcome, end).await?;
        let anonymous = permit.rule() == ANONYMOUS;
        let attempt = if anonymous { Attempt::Anonymous } else { Attempt::First };
        session.answered(generation, first.status(), attempt);
        if first.status() != StatusCode::UNAUTHORIZED {
            return Ok(Answer::Server(first));
        }
        let Bearer { secret, generation } = match session.bearer(Some(generation)).await {
            Ok(bearer) => bearer,
            Err(why) => return no_login(why).unwrap_or(Ok(Answer::Server(first))),
        };
        // Read to its end, the body leaves its connection usable; if not, no matter.
        let _ = self.wire.small(first.into_body(), outcome).await;
        outcome.end("ok");
        let again = self.allow(Actor::Host, permit.clone()).map_err(|_| Error::Audit)?;
        *outcome = again.outcome;
        let second = self.get(permit, Some(&secret), outcome, end).await?;
        session.answered(generation, second.status(), Attempt::Repeat);
        Ok(Answer::Server(second))
    }

    async fn get(
        &self,
        permit: &Permit,
        token: Option<&Secret>,
        outcome: &mut Outcome,
        end: Instant,
    ) -> Result<Response<Incoming>, Error> {
        let mut request = self.wire.request(Method::GET, permit.path_with_query());
        request = request.header(header::ACCEPT_ENCODING, "gzip");
        if let Some(accept) = permit.accept() {
            request = request.header(header::ACCEPT, accept);
        }
        if let Some(bearer) = token.and_then(wire::bearer) {
            request = request.header(header::AUTHORIZATION, bearer);
        }
        let request: Request<Full<Bytes>> =
            request.body(Full::default()).map_err(|_| Error::Protocol)?;
        self.wire.send(request, outcome, end).await
    }

    fn allow(&self, actor: Actor, permit: Permit) -> io::Result<Admitted> {
        let calls: Vec<(&str, &str)> = permit
            .calls()
            .iter()
            .map(|call| (&*call.id, &*call.tool))
            .collect();
        let seq = self.audit.decision(&Decision {
            actor,
            allowed: true,
            calls: &calls,
            rule: permit.rule(),
            reason: "",
            method: "GET",
            authority: None,
            path: permit.path(),
            keys: permit.keys(),
        })?;
        let outcome = Outcome::new(Arc::clone(&self.audit), actor, seq);
        Ok(Admitted { permit, outcome })
    }

    fn deny(&self, target: &Target<'_>, open: &[OpenCall], denial: Denial) -> Denied {
        let calls: Vec<(&str, &str)> = open.iter().map(|call| (&*call.id, &*call.tool)).collect();
        let raw = target.path_with_query.unwrap_or_default();
        let (path, query) = raw.split_once('?').unwrap_or((raw, ""));
        let keys = query.split('&').filter_map(|pair| pair.split('=').next());
        let shown = |key: &&str| {
            key.len() <= 32
                && key
                    .bytes()
                    .all(|byte| byte.is_ascii_alphabetic() || byte == b'.')
        };
        let keys: Vec<&str> = keys.filter(|key| !key.is_empty()).filter(shown).collect();
        let line = self.audit.decision(&Decision {
            actor: Actor::Guest,
            allowed: false,
            calls: &calls,
            rule: denial.rule,
            reason: &denial.reason,
            method: target.method,
            authority: target.authority,
            path,
            keys: &keys,
        });
        match line {
            Ok(_) => Denied::Policy(denial),
            Err(error) => Denied::Audit(error),
        }
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Error {
        match denied {
            Denied::Policy(denial) => Error::Denied(denial.rule),
            Denied::Audit(_) => Error::Audit,
        }
    }
}

fn fail(outcome: &mut Outcome, error: Error) -> Error {
    outcome.end(&error.to_string());
    error
}

/// What to answer without a token; `None` to pass the server's own 401 on.
fn no_login(why: NoToken) -> Option<Result<Answer, Error>> {
    match why {
        NoToken::Quiet => None,
        NoToken::Failed(Failure::Exchange(error), _) => Some(Err(error)),
        NoToken::Failed(Failure::Answered(why), retry) => {
            Some(Ok(Answer::NoLogin(session::explain(&why, retry))))
        }
    }
}

fn own_401(text: String) -> Response<ResponseBody> {
    let length = text.len();
    let mut response = Response::new(ResponseBody::own(text));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length.into());
    response
}

/// The head that the guest sees, and whether the body is gzip.
fn head(status: StatusCode, from: &HeaderMap, seal: &Seal) -> Result<(Response<()>, bool), Error> {
    const PASSED: [HeaderName; 3] = [header::CONTENT_TYPE, header::RETRY_AFTER, header::LOCATION];
    if status.is_informational() {
        // Nothing asked for another protocol.
        return Err(Error::Protocol);
    }
    let gzip = match from
        .get(header::CONTENT_ENCODING)
        .map(|coding| coding.as_bytes())
    {
        None | Some(b"identity") => false,
        Some(b"gzip") if from.get_all(header::CONTENT_ENCODING).iter().count() == 1 => true,
        Some(_) => return Err(Error::ContentCoding),
    };
    let mut head = Response::new(());
    *head.status_mut() = status;
    for name in PASSED {
        let Some(value) = from.get(&name) else {
            continue;
        };
        if value.len() > limits::RESPONSE_VALUE_BYTES {
            return Err(Error::HeaderSize);
        }
        let sealed = seal.text(value.as_bytes());
        // Sealing only puts asterisks in, so the value stays one.
        if let Ok(value) = http::HeaderValue::from_bytes(&sealed) {
            head.headers_mut().insert(name, value);
        }
    }
    if let (false, Some(length)) = (gzip, from.get(header::CONTENT_LENGTH)) {
        head.headers_mut()
            .insert(header::CONTENT_LENGTH, length.clone());
    }
    Ok((head, gzip))
}

#[cfg(test)]
#[path = "exchange_tests.rs"]
mod tests;
