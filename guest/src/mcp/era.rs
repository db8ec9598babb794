//! Which era a request belongs to. Decided for each request by itself: no state, so that both eras
//! may share one process (facts: all measured clients were served this way).

use serde::Deserialize;
use serde_json::json;

use super::rpc::{self, Fault, Object, Request};

/// The stateless revision, the newest.
pub const MODERN: &str = "2026-07-28";
/// The newest revision with a handshake: what `initialize` answers to a version it does not know.
pub const HANDSHAKE: &str = "2025-11-25";
/// Every revision served, newest first. `server/discover` and the version error say the same list.
pub const SERVED: [&str; 5] = [MODERN, HANDSHAKE, "2025-06-18", "2025-03-26", "2024-11-05"];

const PROTOCOL_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CLIENT_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
const CLIENT_INFO: &str = "io.modelcontextprotocol/clientInfo";

/// An era, which decides methods and the shape of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// Revisions with `initialize`.
    Legacy,
    /// 2026-07-28: a version in each request, a `resultType` in each result.
    Modern,
}

/// The handshake revision to answer to the one that `initialize` asks for. Never the modern one:
/// a client that gets it would switch eras in the middle.
pub fn handshake(asked: &str) -> &'static str {
    let known = SERVED
        .into_iter()
        .find(|version| *version == asked && *version != MODERN);
    known.unwrap_or(HANDSHAKE)
}

/// The era of `request`, or what is wrong with its `_meta`.
pub fn of(request: &Request) -> Result<Era, Fault> {
    // On stdio `initialize` is the handshake, whatever `_meta` it carries.
    if request.method == "initialize" {
        return Ok(Era::Legacy);
    }
    let meta = meta(&request.params)?;
    let modern_only = matches!(
        request.method.as_str(),
        "server/discover" | "subscriptions/listen"
    );
    if !modern_only && !meta.has(PROTOCOL_VERSION) {
        return Ok(Era::Legacy);
    }
    let version: String = required(&meta, PROTOCOL_VERSION, "a string")?;
    if !SERVED.contains(&version.as_str()) {
        let message = format!("unsupported protocol version: {}", rpc::brief(&version));
        let data = json!({ "supported": SERVED, "requested": version });
        return Err(Fault::new(rpc::VERSION, message).with(data));
    }
    if version != MODERN && !modern_only {
        return Ok(Era::Legacy);
    }
    required::<Object>(&meta, CLIENT_CAPABILITIES, "an object")?;
    meta.read::<Object>(CLIENT_INFO, "an object")?;
    Ok(Era::Modern)
}

/// The `_meta` of a request's parameters, empty when absent.
pub fn meta<'a>(params: &Object<'a>) -> Result<Object<'a>, Fault> {
    Ok(params.read("_meta", "an object")?.unwrap_or_default())
}

fn required<'a, T: Deserialize<'a>>(
    meta: &Object<'a>,
    key: &str,
    must_be: &str,
) -> Result<T, Fault> {
    let missing = || Fault::params(format!("`_meta` lacks `{key}`, {must_be}"));
    meta.read(key, must_be)?.ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::mcp::rpc::Message;

    fn era(method: &str, params: &str) -> String {
        let line = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
        let Ok(Message::Request(request)) = rpc::parse(line.as_bytes()) else {
            panic!("not a request: {line}");
        };
        match of(&request) {
            Ok(era) => format!("{era:?}"),
            Err(fault) => serde_json::to_value(&fault).unwrap()["code"].to_string(),
        }
    }

    #[test]
    fn the_version_in_meta_decides() {
        let full = r#"{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}"#;
        let version = |version: &str| {
            format!(r#"{{"_meta":{{"io.modelcontextprotocol/protocolVersion":{version}}}}}"#)
        };
        let rows = [
            ("tools/list", full.to_owned(), "Modern"),
            ("server/discover", full.to_owned(), "Modern"),
            ("initialize", full.to_owned(), "Legacy"),
            ("tools/list", "{}".to_owned(), "Legacy"),
            ("tools/list", "null".to_owned(), "Legacy"),
            (
                "tools/list",
                r#"{"_meta":{"progressToken":1}}"#.to_owned(),
                "Legacy",
            ),
            ("tools/list", r#"{"_meta":7}"#.to_owned(), "-32602"),
            ("tools/list", version(r#""2026-07-28""#), "-32602"),
            ("tools/list", version("7"), "-32602"),
            ("tools/list", version("null"), "-32602"),
            ("tools/list", version(r#""2099-01-01""#), "-32022"),
            ("server/discover", version(r#""2099-01-01""#), "-32022"),
            ("server/discover", "{}".to_owned(), "-32602"),
            ("subscriptions/listen", "{}".to_owned(), "-32602"),
            ("tools/list", version(r#""2025-11-25""#), "Legacy"),
        ];
        for (method, params, expected) in rows {
            assert_eq!(era(method, &params), expected, "{method} {params}");
        }
    }

    #[test]
    fn client_info_and_capabilities_must_be_objects() {
        let params = |capabilities: &str, info: &str| {
            format!(
                r#"{{"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{capabilities},"io.modelcontextprotocol/clientInfo":{info}}}}}"#
            )
        };
        assert_eq!(
            era("tools/list", &params("{}", r#"{"name":"n","version":"1"}"#)),
            "Modern"
        );
        assert_eq!(era("tools/list", &params("[]", "{}")), "-32602");
        assert_eq!(era("tools/list", &params("{}", "\"me\"")), "-32602");
    }

    #[test]
    fn the_handshake_never_answers_the_modern_version() {
        let rows = [
            ("2024-11-05", "2024-11-05"),
            ("2025-03-26", "2025-03-26"),
            ("2025-06-18", "2025-06-18"),
            ("2025-11-25", "2025-11-25"),
            ("2026-07-28", "2025-11-25"),
            ("1999-01-01", "2025-11-25"),
            ("", "2025-11-25"),
        ];
        for (asked, answered) in rows {
            assert_eq!(handshake(asked), answered, "{asked}");
        }
    }
}
