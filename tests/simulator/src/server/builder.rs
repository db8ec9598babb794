//! What a simulator is made of before it runs.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use super::Simulator;
use super::accounts::{self, Accounts};
use super::genuine::{self, Genuine, Wanted};
use super::listen;
use super::state::{Settings, State};
use super::tls::Tls;
use super::world::World;

/// Bytes that a generated application weighs in a gRPC message: what it weighs as JSON, about.
const APPLICATION_BYTES: u64 = 4 * 1024;

/// Settings of a simulator; `start` makes it listen.
pub struct Builder {
    https: Option<Vec<String>>,
    prefix: String,
    version: String,
    token: String,
    accounts: Vec<(String, String)>,
    lifetime_requests: Option<usize>,
    generated: Option<usize>,
    keep_recorded: bool,
    application_weight: u64,
    gzip: bool,
    genuine: Option<genuine::Start>,
    unshared: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            https: None,
            prefix: String::new(),
            version: "v3.5.1+109ca7c".to_owned(),
            token: accounts::api_key("ci"),
            accounts: Vec::new(),
            lifetime_requests: None,
            generated: None,
            keep_recorded: false,
            application_weight: APPLICATION_BYTES,
            gzip: true,
            genuine: None,
            unshared: false,
        }
    }
}

impl Builder {
    /// TLS, with a certificate for `localhost` and `127.0.0.1`. Plain HTTP on the port gets a redirect.
    pub fn https(self) -> Self {
        self.https_for(&["localhost", "127.0.0.1"])
    }

    /// TLS, with a certificate for these names and addresses only.
    pub fn https_for(mut self, names: &[&str]) -> Self {
        self.https = Some(names.iter().map(|&name| name.to_owned()).collect());
        self
    }

    /// Everything lives below this path, as with `--rootpath /argocd`.
    pub fn prefix(mut self, prefix: &str) -> Self {
        self.prefix = match prefix.trim_matches('/') {
            "" => String::new(),
            inner => format!("/{inner}"),
        };
        self
    }

    /// The version that the server says it has, and whose `fields` it obeys.
    pub fn version(mut self, version: &str) -> Self {
        self.version = version.to_owned();
        self
    }

    /// The API key of the read-only account.
    pub fn token(mut self, token: &str) -> Self {
        self.token = token.to_owned();
        self
    }

    /// A user that can log in. Names of the recorded accounts have the rights of those, others read everything.
    pub fn account(mut self, user: &str, password: &str) -> Self {
        self.accounts.push((user.to_owned(), password.to_owned()));
        self
    }

    /// A session token is good for so many requests.
    pub fn token_lifetime_requests(mut self, requests: usize) -> Self {
        self.lifetime_requests = Some(requests);
        self
    }

    /// So many generated applications (at most 50,000) in place of the recorded ones.
    pub fn generated(mut self, count: usize) -> Self {
        self.generated = Some(count);
        self
    }

    /// The recorded applications beside the generated ones.
    pub fn keep_recorded(mut self) -> Self {
        self.keep_recorded = true;
        self
    }

    /// Bytes that each generated application counts for against the 200 MB of a gRPC message: 43,800 is what
    /// an application of 16 resources weighs on a genuine server, and 4,788 of them fit.
    pub fn application_weight(mut self, bytes: u64) -> Self {
        self.application_weight = bytes;
        self
    }

    /// Never compress, as with `--enable-gzip=false`.
    pub fn without_gzip(mut self) -> Self {
        self.gzip = false;
        self
    }

    /// The answers of a genuine server in place of the recordings. It is started last, and told what is wanted.
    pub fn behind(
        mut self,
        start: impl FnOnce(&Wanted) -> Result<Arc<dyn Genuine>> + 'static,
    ) -> Self {
        self.genuine = Some(Box::new(start));
        self
    }

    /// A genuine server that no other test has: where a forced refresh by somebody else would show.
    pub fn unshared(mut self) -> Self {
        self.unshared = true;
        self
    }

    fn wanted(&self) -> Wanted {
        Wanted {
            prefix: self.prefix.clone(),
            accounts: self.accounts.clone(),
            generated: self.generated,
            keep_recorded: self.keep_recorded,
            application_weight: self.application_weight,
            unshared: self.unshared,
        }
    }

    /// Listens on a free port of 127.0.0.1 and serves until the simulator is dropped.
    pub fn start(mut self) -> Result<Simulator> {
        let wanted = self.wanted();
        let genuine = self.genuine.take();
        let genuine = genuine.map(|start| start(&wanted)).transpose()?;
        if let Some(genuine) = &genuine {
            self.token = genuine.token("ci");
        }
        let world = World::new(self.generated, self.keep_recorded)?;
        let mut accounts = Accounts::new(&self.token, self.lifetime_requests);
        for (user, password) in &self.accounts {
            accounts.add_password(user, password);
        }
        let tls = self.https.as_deref().map(Tls::make).transpose()?;
        let settings = Settings {
            version: self.version,
            prefix: self.prefix,
            https: tls.is_some(),
            gzip: self.gzip,
            application_weight: self.application_weight,
        };
        let state = Arc::new(State::new(world, settings, accounts, genuine));
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("listening on 127.0.0.1")?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stop_seen) = oneshot::channel();
        let ca_pem = tls.as_ref().map(|tls| tls.ca_pem.clone());
        let acceptor = tls.map(|tls| TlsAcceptor::from(tls.server));
        let served = Arc::clone(&state);
        let thread = std::thread::Builder::new()
            .name("simulated-argocd".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                        listen::run(listener, served, acceptor, stop_seen).await;
                    }
                });
            })?;
        Ok(Simulator {
            state,
            addr,
            token: self.token,
            ca_pem,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}
