//! The Argo CD MCP server as a library, without any WASI in it.
//!
//! Layers, top to bottom: `stdio` (lines), `server` (lifecycle, dispatch), `mcp` (messages of both eras),
//! `tools`, `call` (what each call goes through), `model` (what was read), `answer` (views to text under
//! a budget), `argocd` (GETs, errors, session), `redact` (while deserialising), `http` (the port).
//! `wasi/` implements the port.

pub mod answer;
pub mod argocd;
pub(crate) mod call;
pub mod http;
pub mod limits;
pub mod mcp;
pub(crate) mod model;
pub mod redact;
pub mod server;
pub mod stdio;
pub mod tools;
#[cfg(target_os = "wasi")]
pub mod wasi;
