//! The host against a genuine Argo CD API server (`tests/lab`), and the simulator compared with it.
//! Go builds the server; `just lab` runs these, and `cargo test` alone leaves them out.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod contract;
mod elsewhere;
mod front;
mod reads;
mod scale;
mod sessions;
mod shape;
mod transport;
mod writes;

/// The host binary under test.
pub(crate) const HOST: &str = env!("CARGO_BIN_EXE_argocd-host");
