//! What a line says, as far as the host must know it: of the client's lines what the component will
//! make of them, of the component's lines whether they may pass at all. Values stay raw text.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A line of the client.
#[derive(Debug)]
pub(super) enum Asked<'a> {
    /// To be answered, with this id.
    Request {
        id: Cow<'a, str>,
        method: String,
        params: Option<&'a RawValue>,
    },
    /// Never answered.
    Notification {
        method: String,
        params: Option<&'a RawValue>,
    },
    /// A response: the host lets no request through, so it answers nothing.
    Response,
    /// No message, or one without a usable id: one error without an id may answer it.
    Unusable,
}

/// A line of the component that has the form of something that may pass.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said<'a> {
    /// An answer to `id`.
    Answer { id: Cow<'a, str>, result: bool },
    /// An error without an id.
    NullError,
    /// Progress of the call with this token.
    Progress { token: Cow<'a, str> },
    /// The subscription with this id is accepted.
    Acknowledged { id: Cow<'a, str> },
}

/// An id or token in one spelling: two of them are equal when their text is. `None` for what MCP
/// does not allow (null, fractions, lists). The component may spell `"\u0061"` as `"a"`.
pub(super) fn canonical(raw: &str) -> Option<Cow<'_, str>> {
    if raw.starts_with('"') {
        if !raw.contains('\\') {
            return Some(Cow::Borrowed(raw));
        }
        let text: String = serde_json::from_str(raw).ok()?;
        return serde_json::to_string(&text).ok().map(Cow::Owned);
    }
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(Cow::Borrowed(raw))
}

/// A struct out of a JSON object. serde would also fill one from a list, by position, where a component
/// that obeys JSON-RPC sees nothing.
pub(super) fn object<'a, T: Deserialize<'a>>(raw: &'a str) -> Option<T> {
    raw.starts_with('{')
        .then(|| serde_json::from_str(raw).ok())
        .flatten()
}

/// Reads a line of the client as leniently as a component does: of a repeated member the last counts.
pub(super) fn from_client(line: &[u8]) -> Asked<'_> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Object<'a>(#[serde(borrow)] BTreeMap<Cow<'a, str>, &'a RawValue>);

    let Ok(Object(object)) = serde_json::from_slice::<Object<'_>>(line) else {
        return Asked::Unusable;
    };
    let get = |key: &str| object.get(key).map(|raw| raw.get());
    if get("method").is_none() && (get("result").is_some() || get("error").is_some()) {
        return Asked::Response;
    }
    let method: Option<String> = get("method").and_then(|raw| serde_json::from_str(raw).ok());
    let params = object.get("params").copied();
    if let Some(id) = get("id").and_then(canonical) {
        // Without a method it is answered all the same, with an error.
        let method = method.unwrap_or_default();
        return Asked::Request { id, method, params };
    }
    let version: Option<String> = get("jsonrpc").and_then(|raw| serde_json::from_str(raw).ok());
    match method {
        Some(method) if get("id").is_none() && version.as_deref() == Some("2.0") => {
            Asked::Notification { method, params }
        }
        _ => Asked::Unusable,
    }
}

/// The members that a line of the component may have, once each.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    jsonrpc: &'a str,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    method: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    result: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    error: Option<&'a RawValue>,
}

/// A member that is there, also when it is null.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(from: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&'a RawValue>::deserialize(from).map(Some)
}

#[derive(Deserialize)]
struct ErrorObject<'a> {
    #[serde(rename = "code")]
    _code: i64,
    #[serde(borrow, rename = "message")]
    _message: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Progress<'a> {
    #[serde(borrow)]
    progress_token: &'a RawValue,
}

#[derive(Deserialize)]
struct Acknowledged<'a> {
    #[serde(borrow, rename = "_meta")]
    meta: &'a RawValue,
}

#[derive(Deserialize)]
struct Subscription<'a> {
    #[serde(borrow, rename = "io.modelcontextprotocol/subscriptionId")]
    id: &'a RawValue,
}

/// Reads a line of the component strictly: the reason why it may not pass, in fixed words.
pub(super) fn from_component(line: &[u8]) -> Result<Said<'_>, &'static str> {
    // White space to JSON, but the end of a line to some clients: the rest would be a line of its own.
    if memchr::memchr(b'\r', line).is_some() {
        return Err("a carriage return");
    }
    let line = std::str::from_utf8(line).ok();
    let line: Line<'_> = line
        .and_then(|line| object(line.trim_ascii()))
        .ok_or("no JSON-RPC message")?;
    if line.jsonrpc != "2.0" {
        return Err("no JSON-RPC message");
    }
    match (line.method, line.id, line.result, line.error) {
        (Some(method), None, None, None) => notification(method, line.params),
        (Some(_), _, None, None) => Err("a request to the client"),
        (None, Some(id), Some(_), None) if line.params.is_none() => Ok(Said::Answer {
            id: canonical(id.get()).ok_or("an answer without a usable id")?,
            result: true,
        }),
        (None, Some(id), None, Some(error)) if line.params.is_none() => {
            let _: ErrorObject<'_> = object(error.get()).ok_or("an error of another form")?;
            match id.get() {
                "null" => Ok(Said::NullError),
                id => Ok(Said::Answer {
                    id: canonical(id).ok_or("an answer without a usable id")?,
                    result: false,
                }),
            }
        }
        _ => Err("no JSON-RPC message"),
    }
}

fn notification<'a>(
    method: &RawValue,
    params: Option<&'a RawValue>,
) -> Result<Said<'a>, &'static str> {
    let params = params.map_or("null", RawValue::get);
    match method.get() {
        "\"notifications/progress\"" => {
            let token = object(params)
                .and_then(|progress: Progress<'a>| canonical(progress.progress_token.get()));
            Ok(Said::Progress {
                token: token.ok_or("progress without a token")?,
            })
        }
        "\"notifications/subscriptions/acknowledged\"" => {
            let id = object(params)
                .and_then(|accepted: Acknowledged<'a>| object(accepted.meta.get()))
                .and_then(|subscription: Subscription<'a>| canonical(subscription.id.get()));
            Ok(Said::Acknowledged {
                id: id.ok_or("an acknowledgement without a subscription")?,
            })
        }
        _ => Err("a notification that is not listed"),
    }
}
