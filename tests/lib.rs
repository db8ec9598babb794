//! What the tests, the benches and the demo share: an Argo CD API that needs neither a cluster nor
//! a network beyond loopback, and what a hostile component tries. It never depends on the host.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod attack;
pub mod harness;
pub mod rogue;
pub mod simulator;
