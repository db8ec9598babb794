//! What the tests and the benches share: the harness around the host's process, and a server that does
//! exactly what it is told. It never depends on the host.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod harness;
pub mod hostile_server;

pub use argocd_simulator::{self as simulator, hostile};
