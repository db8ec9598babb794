//! The stateless revision 2026-07-28: `server/discover`, `subscriptions/listen`, and the fields
//! that every modern result carries.

use serde::Serialize;
use serde_json::Value;

use super::{
    era::{self, Era},
    info::{CAPABILITIES, Capabilities, SERVER, ServerInfo},
    rpc::{Fault, Id, Object},
};

/// How long a client may keep the tool list and the discovery, in milliseconds: they never change
/// while the process runs, so an hour only bounds how long an upgrade stays unseen.
const TTL_MS: u32 = 3_600_000;

/// The additional fields of every modern result.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Complete {
    result_type: &'static str,
    #[serde(rename = "_meta")]
    meta: Meta,
}

#[derive(Serialize)]
struct Meta {
    #[serde(rename = "io.modelcontextprotocol/serverInfo")]
    server_info: ServerInfo,
    #[serde(
        rename = "io.modelcontextprotocol/subscriptionId",
        skip_serializing_if = "Option::is_none"
    )]
    subscription: Option<Id>,
}

impl Complete {
    /// For the result of a plain request.
    pub fn new() -> Self {
        Self::of(None)
    }

    fn of(subscription: Option<Id>) -> Self {
        Self {
            result_type: "complete",
            meta: Meta {
                server_info: SERVER,
                subscription,
            },
        }
    }
}

impl Default for Complete {
    fn default() -> Self {
        Self::new()
    }
}

/// The fields of a result that clients may cache. Public: it has no user's data.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cached {
    ttl_ms: u32,
    cache_scope: &'static str,
}

/// The same for discovery and the tool list.
pub const CACHED: Cached = Cached {
    ttl_ms: TTL_MS,
    cache_scope: "public",
};

/// The result of `server/discover`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Discovered<'a> {
    supported_versions: [&'static str; era::SERVED.len()],
    capabilities: Capabilities,
    instructions: &'a str,
    #[serde(flatten)]
    cached: Cached,
    #[serde(flatten)]
    complete: Complete,
}

/// The same for what belongs to the account and may change at any moment.
pub const FRESH: Cached = Cached {
    ttl_ms: 0,
    cache_scope: "private",
};

/// A result of either era: `body` with what the era adds. `cached` for the results that clients may keep.
#[derive(Serialize)]
pub struct Wrapped<'a> {
    #[serde(flatten)]
    body: &'a Value,
    #[serde(flatten)]
    cached: Option<Cached>,
    #[serde(flatten)]
    complete: Option<Complete>,
}

/// Wraps `body`, an object.
pub fn wrap(era: Era, body: &Value, cached: Option<Cached>) -> Wrapped<'_> {
    let modern = era == Era::Modern;
    Wrapped {
        body,
        cached: cached.filter(|_| modern),
        complete: modern.then(Complete::new),
    }
}

/// Answers `server/discover`.
pub fn discover(instructions: &str) -> Discovered<'_> {
    Discovered {
        supported_versions: era::SERVED,
        capabilities: CAPABILITIES,
        instructions,
        cached: CACHED,
        complete: Complete::new(),
    }
}

/// Checks the parameters of `subscriptions/listen`. None of the subscribable lists ever changes, so
/// none is promised.
pub fn listen(params: &Object) -> Result<(), Fault> {
    match params.read::<Object>("notifications", "an object")? {
        Some(_) => Ok(()),
        None => Err(Fault::params("`notifications` is missing: an object")),
    }
}

/// The result that ends the subscription `id` when the server goes.
pub fn listened(id: &Id) -> Complete {
    Complete::of(Some(id.clone()))
}
