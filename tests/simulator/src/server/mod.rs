//! An Argo CD API on 127.0.0.1, fed from recorded answers of a genuine Argo CD 3.5.1.
//!
//! A real HTTP/1.1 server in a thread of its own, usable from sync code, from async tests and from
//! the demo; dropping it stops it. It never listens elsewhere, never dials, and reads no file.
//!
//! Lists, filters, `fields`, identity errors, rights, logs and logins are computed by the rules of
//! argocd-server, so that queries that nobody recorded are answered as the real one would.
//! Deliberate differences: it is faster (a login takes no second), and a write is answered as if it
//! had worked, so that a test that forbids writes can show that its positive control would have gone through.

mod accounts;
mod answer;
mod api;
mod application;
mod applications;
mod body;
mod builder;
mod derived;
mod fault;
mod generated;
mod genuine;
mod inventory;
mod limits;
mod listen;
mod log_streams;
mod logs;
mod requests;
mod state;
mod tls;
mod world;

#[cfg(test)]
mod test_client;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::oneshot;

pub use builder::Builder;
pub use fault::{Fault, FaultKind, Match};
pub use generated::GeneratedCounts;
pub use generated::list as generated_list;
pub use genuine::{Genuine, Passed, Reply, Replying, Wanted};
pub use requests::Request;

use crate::query::Target;
use state::State;

/// A running simulated Argo CD.
pub struct Simulator {
    state: Arc<State>,
    addr: SocketAddr,
    token: String,
    ca_pem: Option<String>,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Simulator {
    /// Recorded answers of every scenario over plain HTTP, without a prefix.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// `scheme://127.0.0.1:port/prefix`, without a slash at the end.
    pub fn url(&self) -> String {
        let settings = &self.state.settings;
        let scheme = if settings.https { "https" } else { "http" };
        format!("{scheme}://{}{}", self.addr, settings.prefix)
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The certificate authority behind `https`, made at the start.
    pub fn ca_pem(&self) -> Option<String> {
        self.ca_pem.clone()
    }

    /// The API key of the read-only account.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The API key of an account of the recordings: `ci`, `viewer`, `nobody`, `proj-payments-ci-bot`, `admin`;
    /// of `expired` and `revoked` one that is refused.
    pub fn token_of(&self, account: &str) -> String {
        match &self.state.genuine {
            Some(genuine) => genuine.token(account),
            None if matches!(account, "expired" | "revoked") => accounts::refused(account),
            None => accounts::api_key(account),
        }
    }

    /// Every request received, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.state.record.all()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.state.record.clear();
    }

    /// How many requests had this method and a path (prefix of the server left out) that starts like this.
    pub fn count(&self, method: &str, path_prefix: &str) -> usize {
        let prefix = &self.state.settings.prefix;
        let hits = |request: &Request| {
            let path = request.path_and_query.strip_prefix(prefix.as_str());
            request.method == method && path.is_some_and(|path| path.starts_with(path_prefix))
        };
        self.requests()
            .iter()
            .filter(|request| hits(request))
            .count()
    }

    /// Connections accepted so far.
    pub fn connections(&self) -> usize {
        self.state.record.accepted()
    }

    /// Connections that are open now.
    pub fn open_connections(&self) -> usize {
        self.state.record.open()
    }

    /// Waits until the requests satisfy the predicate; woken when a request is seen, answered,
    /// finished or aborted, and when a connection opens or closes. False when the time is up.
    pub fn wait_until(&self, predicate: impl FnMut(&[Request]) -> bool, timeout: Duration) -> bool {
        self.state.record.wait_until(predicate, timeout)
    }

    /// Adds a fault. Faults that hit the same request add up; of those that replace the answer the last counts.
    pub fn fault(&self, fault: Fault) {
        self.state.faults.add(fault);
    }

    /// Removes every fault. What is held stays held.
    pub fn clear_faults(&self) {
        self.state.faults.clear();
    }

    /// Lets every request go on that `FaultKind::Hold` holds now.
    pub fn release(&self) {
        self.state.release();
    }

    /// Answers GET of a path (without the server's prefix) with this text, whatever the query; with a
    /// query in the path, for that query only.
    pub fn replace(&self, path: &str, body: impl Into<Bytes>) {
        self.state.world.replace(path, body.into());
    }

    /// Alters an answer: the change gets what the server would answer to an account that sees everything,
    /// or `null` where that is an error. Filters, `fields` and the applications list are computed from
    /// the result: an application that is edited changes in the list, one that nobody knew appears there.
    /// Other answers stand for themselves: a project altered in the list stays as it was under its own path.
    ///
    /// # Panics
    ///
    /// With a genuine server behind it: lists could not follow.
    pub fn edit(&self, path: &str, change: impl FnOnce(&mut Value)) {
        assert!(
            self.state.genuine.is_none(),
            "a genuine server's objects cannot be edited: name the test in tests/lab/left_out.txt"
        );
        let body = api::answer_in_full(&self.state, path);
        let mut value = body
            .and_then(|body| serde_json::from_slice(&body).ok())
            .unwrap_or(Value::Null);
        change(&mut value);
        self.state.world.set(Target::parse(path).key(), value);
    }

    /// From now on every session token is expired; a new login gets a good one.
    pub fn expire_tokens(&self) {
        self.state.accounts().expire_sessions();
    }

    /// From now on every token gets 401, new ones too.
    pub fn reject_all(&self) {
        self.state.accounts().reject_all();
    }

    /// Logins that succeeded.
    pub fn logins(&self) -> usize {
        self.state.accounts().logins()
    }

    /// What there is of generated applications.
    pub fn generated_counts(&self) -> GeneratedCounts {
        let generated = self.state.world.generated.as_ref();
        generated
            .map(generated::Generated::counts)
            .unwrap_or_default()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It ends at once, as it never blocks; a panic in it was printed.
            let _ = thread.join();
        }
    }
}
