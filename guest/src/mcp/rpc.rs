//! JSON-RPC 2.0 as MCP uses it: one object per message, ids that are strings or integers.
//!
//! Values stay raw text until they are read, so that an id or a token of any size goes back
//! unchanged. Batches are refused in every era (removed in 2025-06-18).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{error::Category, value::RawValue};

/// Broken JSON, or bytes that are not UTF-8.
pub const PARSE: i32 = -32700;
/// JSON, but no request: batch, bad id, no `jsonrpc`, line too long.
pub const INVALID_REQUEST: i32 = -32600;
/// No such method in this era.
pub const METHOD: i32 = -32601;
/// Bad parameters, unknown tool, bad cursor.
pub const PARAMS: i32 = -32602;
/// The server cannot serve this now.
pub const INTERNAL: i32 = -32603;
/// The request names a protocol revision that is not served (2026-07-28).
pub const VERSION: i32 = -32022;

/// A request id or a progress token: a string or an integer of any size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Id {
    /// A string, decoded.
    Text(String),
    /// An integer, as it was written.
    Integer(String),
}

impl Id {
    /// Reads an id; `None` for null, fractions and anything else that MCP does not allow.
    pub fn of(raw: &RawValue) -> Option<Self> {
        let text = raw.get();
        if text.starts_with('"') {
            return serde_json::from_str(text).ok().map(Self::Text);
        }
        let digits = text.strip_prefix('-').unwrap_or(text);
        (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| Self::Integer(text.to_owned()))
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(digits) => RawValue::from_string(digits.clone())
                .map_err(serde::ser::Error::custom)?
                .serialize(serializer),
        }
    }
}

/// The members of an object, each as raw JSON of the line that it was read from.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Object<'a>(#[serde(borrow)] BTreeMap<String, &'a RawValue>);

impl<'a> Object<'a> {
    /// The member `key`, unless it is absent or null.
    pub fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0.get(key).copied().filter(|raw| raw.get() != "null")
    }

    /// Whether there is a member `key`, even a null one.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// The member `key` as a `T`: `None` when absent or null, an error that says what it must be.
    pub fn read<T: Deserialize<'a>>(&self, key: &str, must_be: &str) -> Result<Option<T>, Fault> {
        self.get(key)
            .map(|raw| serde_json::from_str(raw.get()))
            .transpose()
            .map_err(|_| Fault::params(format!("`{key}` must be {must_be}")))
    }
}

/// A request: it gets exactly one answer, unless it is cancelled.
#[derive(Debug)]
pub struct Request<'a> {
    /// Goes back with the answer.
    pub id: Id,
    /// The method's name.
    pub method: String,
    /// The parameters, empty when absent.
    pub params: Object<'a>,
}

/// A notification: it is never answered.
#[derive(Debug)]
pub struct Notification<'a> {
    /// The method's name.
    pub method: String,
    /// The parameters, empty when absent or not an object.
    pub params: Object<'a>,
}

/// What one line contains.
#[derive(Debug)]
pub enum Message<'a> {
    /// To be answered.
    Request(Request<'a>),
    /// Never to be answered.
    Notification(Notification<'a>),
    /// A response (we never ask) or a blank line.
    Nothing,
}

/// A JSON-RPC error for the peer.
#[derive(Debug, Serialize)]
pub struct Fault {
    code: i32,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<serde_json::Value>,
}

impl Fault {
    /// An error with one of this module's codes.
    pub fn new(code: i32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            data: None,
        }
    }

    /// Bad parameters.
    pub fn params(message: impl Into<String>) -> Self {
        Self::new(PARAMS, message)
    }

    /// No such method.
    pub fn method(name: &str) -> Self {
        Self::new(METHOD, format!("method not found: {}", brief(name)))
    }

    /// The same with machine-readable facts.
    pub fn with(mut self, data: serde_json::Value) -> Self {
        self.data = Some(data);
        self
    }
}

/// A line that is not a message, with the id to answer to if it is valid.
#[derive(Debug)]
pub struct Refused {
    /// The id, when it is valid.
    pub id: Option<Id>,
    /// Why.
    pub fault: Fault,
}

/// Reads one line.
pub fn parse(line: &[u8]) -> Result<Message<'_>, Refused> {
    let refuse = |id, code, why: &str| {
        Err(Refused {
            id,
            fault: Fault::new(code, why),
        })
    };
    let Ok(text) = std::str::from_utf8(line) else {
        return refuse(None, PARSE, "the line is not UTF-8");
    };
    let text = text.trim();
    if text.is_empty() {
        return Ok(Message::Nothing);
    }
    let object: Object = match serde_json::from_str(text) {
        Ok(object) => object,
        Err(error) if error.classify() != Category::Data => {
            return refuse(None, PARSE, &format!("the line is not JSON: {error}"));
        }
        // The whole line has not been read yet: what follows may still be broken JSON.
        Err(_) if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() => {
            return refuse(None, PARSE, "the line is not JSON");
        }
        Err(_) if text.starts_with('[') => {
            return refuse(
                None,
                INVALID_REQUEST,
                "batches are not supported: send one message per line",
            );
        }
        Err(_) => return refuse(None, INVALID_REQUEST, "a message is a JSON object"),
    };
    message(object)
}

fn message(object: Object<'_>) -> Result<Message<'_>, Refused> {
    let id = object.get("id").and_then(Id::of);
    let refuse = |why: &str| {
        Err(Refused {
            id: id.clone(),
            fault: Fault::new(INVALID_REQUEST, why),
        })
    };
    if !object.has("method") && (object.has("result") || object.has("error")) {
        return Ok(Message::Nothing);
    }
    if !matches!(object.read::<String>("jsonrpc", ""), Ok(Some(version)) if version == "2.0") {
        return refuse("`jsonrpc` must be \"2.0\"");
    }
    let Ok(Some(method)) = object.read::<String>("method", "") else {
        return refuse("`method` must be a string");
    };
    let params = object.read::<Object>("params", "an object");
    if !object.has("id") {
        let params = params.ok().flatten().unwrap_or_default();
        return Ok(Message::Notification(Notification { method, params }));
    }
    let Some(id) = id else {
        return refuse("`id` must be a string or an integer");
    };
    match params {
        Ok(params) => Ok(Message::Request(Request {
            id,
            method,
            params: params.unwrap_or_default(),
        })),
        Err(fault) => Err(Refused {
            id: Some(id),
            fault,
        }),
    }
}

/// The message that answers `id` with `result`.
pub fn result(id: &Id, result: &impl Serialize) -> String {
    #[derive(Serialize)]
    struct Line<'a, R> {
        jsonrpc: &'static str,
        id: &'a Id,
        result: &'a R,
    }
    line(&Line {
        jsonrpc: "2.0",
        id,
        result,
    })
}

/// The message that answers with an error; without a valid id it carries null,
/// as clients log an error without an id as broken.
pub fn fault(id: Option<&Id>, error: &Fault) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        jsonrpc: &'static str,
        id: Option<&'a Id>,
        error: &'a Fault,
    }
    line(&Line {
        jsonrpc: "2.0",
        id,
        error,
    })
}

/// The message of a notification.
pub fn notification(method: &str, params: &impl Serialize) -> String {
    #[derive(Serialize)]
    struct Line<'a, P> {
        jsonrpc: &'static str,
        method: &'a str,
        params: &'a P,
    }
    line(&Line {
        jsonrpc: "2.0",
        method,
        params,
    })
}

fn line(message: &impl Serialize) -> String {
    // Serialising our own structs to memory cannot fail; the fallback keeps the wire valid anyway.
    serde_json::to_string(message).unwrap_or_else(|_| {
        r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32603,"message":"the answer could not be written"}}"#.to_owned()
    })
}

/// A name from the peer as an error message may repeat it: at most 64 characters.
pub fn brief(name: &str) -> String {
    const CHARS: usize = 64;
    let mut brief: String = name.chars().take(CHARS).collect();
    if brief.len() < name.len() {
        brief.push('…');
    }
    brief
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn said(line: &[u8]) -> String {
        match parse(line) {
            Ok(Message::Request(request)) => format!("request {:?} {}", request.id, request.method),
            Ok(Message::Notification(notification)) => {
                format!("notification {}", notification.method)
            }
            Ok(Message::Nothing) => "nothing".to_owned(),
            Err(refused) => format!("{} {:?}", refused.fault.code, refused.id),
        }
    }

    #[test]
    fn lines_are_what_json_rpc_says() {
        let rows: [(&[u8], &str); 29] = [
            (
                br#"{"jsonrpc":"2.0","id":1,"method":"m"}"#,
                r#"request Integer("1") m"#,
            ),
            (
                br#"{"jsonrpc":"2.0","id":"a","method":"m","params":null}"#,
                r#"request Text("a") m"#,
            ),
            (
                br#"{"jsonrpc":"2.0","id":-9,"method":"m"}"#,
                r#"request Integer("-9") m"#,
            ),
            (
                br#"{"jsonrpc":"2.0","id":123456789012345678901234567890,"method":"m"}"#,
                r#"request Integer("123456789012345678901234567890") m"#,
            ),
            (br#"{"jsonrpc":"2.0","method":"m"}"#, "notification m"),
            (
                br#"{"jsonrpc":"2.0","method":"m","params":[1]}"#,
                "notification m",
            ),
            (br#"{"jsonrpc":"2.0","id":1,"result":{}}"#, "nothing"),
            (
                br#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}}"#,
                "nothing",
            ),
            (b"", "nothing"),
            (b"  \t", "nothing"),
            (b"{", "-32700 None"),
            (b"nonsense", "-32700 None"),
            (b"{} {}", "-32700 None"),
            (b"[1,", "-32700 None"),
            (b"\"\xff\"", "-32700 None"),
            (
                b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xc3\x28\"}",
                "-32700 None",
            ),
            (b"[]", "-32600 None"),
            (
                br#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#,
                "-32600 None",
            ),
            (b"1", "-32600 None"),
            (b"null", "-32600 None"),
            (b"\"text\"", "-32600 None"),
            (b"{}", "-32600 None"),
            (
                br#"{"jsonrpc":"2.0","id":null,"method":"m"}"#,
                "-32600 None",
            ),
            (br#"{"jsonrpc":"2.0","id":1.5,"method":"m"}"#, "-32600 None"),
            (br#"{"jsonrpc":"2.0","id":{},"method":"m"}"#, "-32600 None"),
            (br#"{"id":1,"method":"m"}"#, r#"-32600 Some(Integer("1"))"#),
            (
                br#"{"jsonrpc":"1.0","id":"a","method":"m"}"#,
                r#"-32600 Some(Text("a"))"#,
            ),
            (
                br#"{"jsonrpc":"2.0","id":1,"method":7}"#,
                r#"-32600 Some(Integer("1"))"#,
            ),
            (
                br#"{"jsonrpc":"2.0","id":1,"method":"m","params":[]}"#,
                r#"-32602 Some(Integer("1"))"#,
            ),
        ];
        for (line, expected) in rows {
            assert_eq!(said(line), expected, "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn nesting_of_any_depth_is_skipped_and_only_refused_when_it_is_to_be_read() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        let line = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"m","params":{{"a":{deep}}}}}"#);
        let Ok(Message::Request(request)) = parse(line.as_bytes()) else {
            panic!("not a request");
        };
        assert!(request.params.read::<serde_json::Value>("a", "").is_err());
    }

    #[test]
    fn ids_go_back_as_they_came() {
        for id in [
            "1",
            "-7",
            "123456789012345678901234567890",
            r#""a\"b""#,
            r#""""#,
        ] {
            let raw = RawValue::from_string(id.to_owned()).unwrap();
            let line = result(&Id::of(&raw).unwrap(), &serde_json::json!({}));
            assert_eq!(
                line,
                format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{}}}}")
            );
        }
    }

    #[test]
    fn an_error_without_a_valid_id_carries_null() {
        assert_eq!(
            fault(None, &Fault::new(PARSE, "why")),
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"why\"}}"
        );
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(brief("short"), "short");
        assert_eq!(brief(&"ä".repeat(70)), format!("{}…", "ä".repeat(64)));
    }
}
