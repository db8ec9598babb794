//! What stands in for Argo CD: a server on loopback, the recorded answers behind it, a folder of recorded
//! answers without any server, and one definition of what a GET returns. `argocd-host` ships it for `demo`,
//! `selftest` and `--replay`; the tests share it.
//!
//! Without the feature `server` it links no network code.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

#[cfg(feature = "server")]
mod archive;
pub mod hostile;
mod key;
mod query;
#[cfg(feature = "server")]
mod recorded;
mod replay;
mod returned;
#[cfg(feature = "server")]
mod server;
mod timestamp;

#[cfg(feature = "server")]
pub use recorded::{file as recorded_file, folders as recorded_folders};
pub use replay::{Replay, Replayed, Unreadable};
pub use returned::{Refusal, Version, returned, returned_body};
#[cfg(feature = "server")]
pub use server::*;
