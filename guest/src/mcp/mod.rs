//! The Model Context Protocol, as messages: what arrives, what leaves, in both eras.
//!
//! Two eras are served by one process and told apart per request ([`era`]): the handshake
//! revisions 2024-11-05 to 2025-11-25 ([`legacy`]) and the stateless 2026-07-28 ([`modern`]).
//! Nothing here does I/O, keeps state, or knows a tool.

pub mod era;
pub mod info;
pub mod legacy;
pub mod modern;
pub mod notify;
pub mod prompts;
pub mod resources;
pub mod rpc;
pub mod tools;
