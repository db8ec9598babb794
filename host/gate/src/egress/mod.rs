//! From a raw target to a response that the guest may see: decide, audit, unseal, dial, limit.
//!
//! [`Egress::admit`] is the synchronous half and does no I/O but the audit line;
//! [`Egress::exchange`] is the other. Only a [`Permit`] gets from one to the other. Redirects are
//! never followed: each is another request, and judged again.

mod body;
mod bounds;
mod dial;
mod error;
mod exchange;
mod gunzip;
mod header;
mod outcome;
mod proxy;
mod renewed;
mod session;
mod tls;
mod tokens;
mod wire;

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use tokio::sync::Semaphore;

pub use body::ResponseBody;
pub use bounds::Bounds;
pub use dial::{Network, Resolver};
pub use error::Error;
pub use header::{HeaderProblem, SealedHeader};
pub use proxy::{BadProxy, Proxy};
pub use renewed::TokenSource;
pub use tls::{Identity, NoCertificate, Trust};

use crate::{
    audit::{Actor, Audit, Decision},
    bucket::Bucket,
    policy::{Denial, Narrowing, OpenCall, OriginRule, Permit, Policy, Scheme, Target},
    secrets::{Placeholder, Seal, Secret},
};
use dial::Dialer;
use outcome::Outcome;
use renewed::{Never, Renewed};
use session::Session;
use tls::Tls;
use wire::Wire;

/// What the host proves its identity with.
pub enum Credentials {
    /// A bearer token.
    Token(Secret),
    /// A bearer token, and where it is renewed.
    Renewed(Secret, Arc<dyn TokenSource>),
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

/// The server, the credentials, and whom to trust.
pub struct EgressConfig {
    /// The one origin.
    pub origin: OriginRule,
    /// What proves who the host is.
    pub credentials: Credentials,
    /// Who may prove to be the server.
    pub trust: Trust,
    /// The host's own certificate, for a server that asks for one.
    pub identity: Option<Identity>,
    /// Headers for an access proxy.
    pub headers: Vec<SealedHeader>,
    /// Which addresses may be reached.
    pub network: Network,
    /// What policy files take away.
    pub narrowings: Vec<Narrowing>,
    /// Times and sizes.
    pub bounds: Bounds,
}

impl EgressConfig {
    /// The TCP port that is connected to: the proxy's where there is one.
    pub fn port(&self) -> u16 {
        let proxy = self.network.proxy.as_ref().map(|proxy| &proxy.rule);
        proxy.unwrap_or(&self.origin).port()
    }

    /// The folder that a renewed token is read from.
    pub fn token_folder(&self) -> Option<&std::path::Path> {
        match &self.credentials {
            Credentials::Renewed(_, source) => source.folder(),
            _ => None,
        }
    }

    /// To `origin`, with everything else as it is by default.
    pub fn new(origin: OriginRule, credentials: Credentials, trust: Trust) -> EgressConfig {
        EgressConfig {
            origin,
            credentials,
            trust,
            identity: None,
            headers: Vec::new(),
            network: Network::default(),
            narrowings: Vec::new(),
            bounds: Bounds::default(),
        }
    }
}

/// The only way out.
pub struct Egress {
    policy: Policy,
    placeholder: Placeholder,
    credentials: Proof,
    audit: Arc<Audit>,
    tls: Arc<Tls>,
    wire: Arc<Wire>,
    slots: Arc<Semaphore>,
    rate: Option<Mutex<Bucket>>,
    bounds: Bounds,
}

/// What the credentials became: where the token of a request comes from.
enum Proof {
    Token(Renewed),
    Session(Arc<Session>),
    /// None; what else is sealed.
    None(Arc<Seal>),
}

/// A request that was allowed and has its line in the audit. Dropped, it writes its outcome.
pub struct Admitted {
    permit: Permit,
    outcome: Outcome,
}

impl Admitted {
    /// Path and query, path prefix included: byte for byte what was judged.
    pub fn path_with_query(&self) -> &str {
        self.permit.path_with_query()
    }

    /// Writes the outcome of a request that was answered without the network, by a recording.
    pub fn answered(mut self, status: u16, bytes: u64) {
        self.outcome.status = Some(status);
        self.outcome.bytes = bytes;
        self.outcome.end("ok");
    }
}

/// Why a request was not admitted.
#[derive(Debug)]
pub enum Denied {
    /// The policy says no; the audit has the line.
    Policy(Denial),
    /// The audit could not take the line, so nothing goes out.
    Audit(io::Error),
}

impl Egress {
    /// Sets up the way out; no I/O. Fails on a CA file without a certificate, a token that no
    /// header can carry, or no random bytes.
    pub fn new(config: EgressConfig, audit: Arc<Audit>) -> io::Result<Arc<Egress>> {
        let EgressConfig {
            origin,
            credentials,
            trust,
            identity,
            headers,
            network,
            narrowings,
            bounds,
        } = config;
        let placeholder = Placeholder::random();
        let placeholder =
            placeholder.ok_or_else(|| io::Error::other("the system has no random bytes"))?;
        let tls = Tls::new(&trust, identity).map_err(io::Error::other)?;
        let sealed: Vec<Arc<Secret>> = headers
            .iter()
            .flat_map(|header| header.secrets.iter().cloned())
            .chain(network.proxy.iter().flat_map(|proxy| proxy.secrets()))
            .collect();
        let dialer = Dialer::new(origin.clone(), Arc::clone(&tls), network, bounds);
        let wire = Arc::new(Wire::new(origin.clone(), dialer, headers, bounds));
        let usable = |token: &Secret| match wire::bearer(token) {
            Some(_) => Ok(()),
            None => Err(io::Error::other(
                "the token has characters that are not allowed in a header",
            )),
        };
        let credentials = match credentials {
            Credentials::Token(token) => {
                usable(&token)?;
                Proof::Token(Renewed::new(token, Arc::new(Never), sealed))
            }
            Credentials::Renewed(token, source) => {
                usable(&token)?;
                Proof::Token(Renewed::new(token, source, sealed))
            }
            Credentials::Password { user, password } => Proof::Session(Session::new(
                session::Login {
                    user,
                    password: Arc::new(password),
                    sealed,
                },
                origin.prefix(),
                Arc::clone(&wire),
                Arc::clone(&audit),
            )),
            Credentials::None => {
                let sealed = sealed.iter().map(|secret| &**secret);
                Proof::None(Arc::new(Seal::new(sealed)))
            }
        };
        let policy = Policy::new(origin, placeholder.as_str()).narrowed(narrowings);
        let slots = Arc::new(Semaphore::new(bounds.concurrent_requests));
        let egress = Egress {
            policy,
            placeholder,
            credentials,
            audit,
            tls,
            wire,
            slots,
            rate: bounds.requests_per_minute.map(|most| {
                let most = f64::from(most);
                Mutex::new(Bucket::full(most, most / 60.0, Instant::now()))
            }),
            bounds,
        };
        Ok(Arc::new(egress))
    }

    /// What the guest gets as its token; `None` when there are no credentials.
    pub fn placeholder(&self) -> Option<&str> {
        (!matches!(self.credentials, Proof::None(_))).then(|| self.placeholder.as_str())
    }

    /// The policy, for `check` and `explain`.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The patterns of all secrets in use, for the guest's stderr.
    pub fn seal(&self) -> Arc<Seal> {
        match &self.credentials {
            Proof::Session(session) => session.seal(),
            Proof::Token(token) => token.seal(),
            Proof::None(seal) => Arc::clone(seal),
        }
    }

    /// Starts reading the system's trust roots on a thread; once, returns at once. Does nothing
    /// for an origin without TLS.
    pub fn load_roots_in_background(&self) {
        if self.policy.origin().scheme() == Scheme::Https {
            self.tls.load_in_background();
        }
    }

    /// Decides and writes the decision's line. `open` are the calls open when the guest called
    /// `handle`. Fails closed.
    pub fn admit(&self, target: &Target<'_>, open: &Arc<[OpenCall]>) -> Result<Admitted, Denied> {
        let decided = self.policy.decide(target, open);
        let decided = decided.and_then(|permit| self.in_time().map(|()| permit));
        match decided {
            Ok(permit) => self.allow(Actor::Guest, permit).map_err(Denied::Audit),
            Err(denial) => Err(self.deny(target, open, denial)),
        }
    }

    /// Takes one of the requests that a policy file allows in a minute.
    fn in_time(&self) -> Result<(), Denial> {
        let (Some(rate), Some(most)) = (&self.rate, self.bounds.requests_per_minute) else {
            return Ok(());
        };
        let mut rate = rate.lock().unwrap_or_else(PoisonError::into_inner);
        if rate.take(1.0, Instant::now()) {
            return Ok(());
        }
        Err(Denial {
            rule: "rate",
            reason: format!("more than {most} requests in a minute"),
        })
    }

    /// Denies a request because a body was written to it, or not ended in time; instead of
    /// [`Egress::admit`]. A GET has none.
    pub fn refuse_body(&self, target: &Target<'_>, open: &Arc<[OpenCall]>) -> Denied {
        let denial = self.policy.decide(target, open).err();
        let body = || Denial {
            rule: "body",
            reason: "a GET request must not have a body".to_owned(),
        };
        self.deny(target, open, denial.unwrap_or_else(body))
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

#[cfg(test)]
mod tests;
