//! The values that a proposed call may have, and its spelling.

use serde_json::{Map, Value};

use crate::answer::order;

/// Maximum length of a name or cursor in a proposed call, in bytes.
const PLAIN_BYTES: usize = 512;

/// Whether a value is a name, a number or a cursor, not a sentence.
pub(super) fn is_plain(value: &Value) -> bool {
    value.as_str().is_none_or(is_name)
}

/// Whether a text has only characters of Kubernetes names and cursors.
pub(super) fn is_name(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:/@+=,".contains(&b);
    text.len() <= PLAIN_BYTES && text.bytes().all(is_plain)
}

/// A call as an answer spells it, with the arguments in a stable order.
pub(super) fn another(tool: &str, arguments: Map<String, Value>) -> String {
    let mut arguments: Vec<String> = arguments
        .iter()
        .map(|(key, value)| format!("{}:{value}", Value::String(key.clone())))
        .collect();
    order::by(&mut arguments, String::cmp);
    format!("{tool} {{{}}}", arguments.join(","))
}
