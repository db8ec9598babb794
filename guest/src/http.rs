//! The port: everything that the guest needs of the outside world, as one trait.
//!
//! `wasi/` implements it over `wasi:http` and the WASI clocks; unit tests implement it over
//! recorded responses. Nothing above this file names WASI.

use std::{future::Future, pin::Pin, time::Duration};

/// A boxed future of the single-threaded guest.
pub type Local<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// The world outside the guest: one Argo CD origin, a clock, timers.
pub trait Port {
    /// Sends `GET path` to the Argo CD origin and resolves with the response head.
    ///
    /// `path` is the complete path and query, path prefix included, as built by
    /// [`crate::argocd::Get`]. Dropping the future, or the body, aborts the exchange.
    fn get<'a>(
        &'a self,
        path: &'a str,
        bearer: Option<&'a str>,
    ) -> Local<'a, Result<Response, Error>>;

    /// Hears, before `path` is asked for, for which operation that is and which members of the
    /// answer will be read. Only stand-ins listen; the component says nothing.
    #[cfg(not(target_os = "wasi"))]
    fn reads(&self, _operation: &str, _path: &str, _members: &dyn Fn() -> Vec<String>) {}

    /// Sends the one POST that the guest can express: `body` (JSON) to the session endpoint at
    /// `path`. Only for runtimes other than ours; under `argocd-host` the host logs in.
    fn post_session<'a>(
        &'a self,
        path: &'a str,
        body: &'a str,
    ) -> Local<'a, Result<Response, Error>>;

    /// Wall clock, in milliseconds since the Unix epoch.
    fn now_ms(&self) -> i64;

    /// Monotonic clock, from an arbitrary origin.
    fn monotonic(&self) -> Duration;

    /// Resolves after `duration`.
    fn sleep(&self, duration: Duration) -> Local<'static, ()>;

    /// Runs `task` beside all calls until it ends, also when the call that started it is cancelled.
    fn spawn(&self, task: Local<'static, ()>);
}

/// A response whose body has not been read yet.
pub struct Response {
    /// HTTP status code.
    pub status: u16,
    /// `content-type`, lower case, parameters included.
    pub content_type: Option<String>,
    /// `content-length`, when given.
    pub content_length: Option<u64>,
    /// `retry-after`, as sent.
    pub retry_after: Option<String>,
    /// `location`, as sent; redirects are never followed.
    pub location: Option<String>,
    /// The body, to be pulled in pieces.
    pub body: Box<dyn Body>,
}

/// A response body, pulled piece by piece.
pub trait Body {
    /// The next piece, or `None` at the proper end of the body. A torn body is an error.
    fn chunk(&mut self) -> Local<'_, Result<Option<Vec<u8>>, Error>>;
}

/// Why an exchange failed before or while the body was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The host's policy refused the request.
    Denied,
    /// The name could not be resolved.
    Dns,
    /// No connection: refused, unreachable, closed before a response.
    Connect(String),
    /// TLS failed: unknown authority, wrong name, expired.
    Tls(String),
    /// The runtime's own time limit passed.
    Timeout,
    /// The connection ended inside the response.
    Torn,
    /// The runtime's byte cap was reached.
    TooLarge,
    /// Anything else, in the runtime's words.
    Other(String),
}
