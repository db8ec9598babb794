//! What a hostile component tries: one table of attempts with one loop that makes them, forged messages,
//! hostile names, and a canary that nothing may reach. `argocd-host selftest`, the escape kit and the
//! tests use the same.

mod attempts;
mod canary;
#[cfg(feature = "server")]
mod evidence;
mod forged;
#[cfg(feature = "server")]
mod runner;

use std::net::SocketAddr;

pub use attempts::{ATTEMPTS, Attempt, What};
pub use canary::Canary;
#[cfg(feature = "server")]
pub use evidence::{AUDIT, Broken, Evidence, expect};
pub use forged::{FORGED, NAMES, SEQUENCES};
#[cfg(feature = "server")]
pub use runner::{Stage, Tried, Verdict, run};

/// Where the attempts happen: texts of the table name both ends as `{here}` and `{there}`.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The one server that may be reached.
    pub server: SocketAddr,
    /// The listener that may not.
    pub canary: SocketAddr,
}

impl Field {
    /// The text with both ends filled in; `{port}` is the canary's.
    pub fn fill(&self, text: &str) -> String {
        text.replace("{here}", &self.server.to_string())
            .replace("{there}", &self.canary.to_string())
            .replace("{port}", &self.canary.port().to_string())
    }
}
