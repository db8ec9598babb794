//! The handshake revisions, 2024-11-05 to 2025-11-25: `initialize`, and results without any of the
//! modern fields.

use serde::Serialize;

use super::{
    era,
    info::{CAPABILITIES, Capabilities, SERVER, ServerInfo},
    rpc::Object,
};

/// The result of `initialize`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Initialized<'a> {
    protocol_version: &'static str,
    capabilities: Capabilities,
    server_info: ServerInfo,
    instructions: &'a str,
}

/// The result of `ping`.
#[derive(Serialize)]
pub struct Empty {}

/// Answers `initialize`, at any time and any number of times. Clients that leave the version out
/// are answered too: there is nothing to gain from refusing them.
pub fn initialize<'a>(params: &Object, instructions: &'a str) -> Initialized<'a> {
    let asked: Option<String> = params.read("protocolVersion", "").ok().flatten();
    Initialized {
        protocol_version: era::handshake(asked.as_deref().unwrap_or_default()),
        capabilities: CAPABILITIES,
        server_info: SERVER,
        instructions,
    }
}
