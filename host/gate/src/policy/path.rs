//! Whether a path with its query means one thing to everybody: to us, to Argo CD's router and to
//! any proxy before it.
//!
//! Ambiguous ones are refused, never normalised. No route of ours needs an escape in its path, so
//! none is accepted there, which settles encoded slashes, dots and double encoding at once.

use percent_encoding::percent_decode_str;

use super::Denial;
use crate::{
    guard::{self, Guard},
    limits::{QUERY_PAIRS, QUERY_VALUE_BYTES, TARGET_BYTES},
};

/// A path that is unambiguous, and its query, not yet matched with a route.
#[derive(Debug)]
pub struct Checked<'a> {
    /// From its `/`, without the query.
    pub path: &'a str,
    /// What follows the first `?`, as it came.
    pub query: Option<&'a str>,
}

/// The path and query of a raw target that means the same to every reader; why not otherwise.
pub fn check(raw: &str) -> Result<Checked<'_>, Denial> {
    let deny = |reason: &str| Err(Denial::new("path", reason));
    let (path, query) = match raw.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (raw, None),
    };
    if guard::off(Guard::Path) {
        return Ok(Checked { path, query });
    }
    if raw.len() > TARGET_BYTES {
        return deny("the path and query are too long");
    }
    if !raw.starts_with('/') {
        return deny("the path does not begin with a slash");
    }
    if let Some(byte) = raw.bytes().find(|byte| !byte.is_ascii_graphic()) {
        return deny(if byte.is_ascii() {
            "control character or space"
        } else {
            "not ASCII"
        });
    }
    if raw.contains('#') {
        return deny("a fragment is not allowed");
    }
    if path.contains('\\') {
        return deny("a backslash is not allowed");
    }
    if raw.contains(';') {
        return deny("a semicolon is not allowed");
    }
    if path.contains('%') {
        return deny("an escape in the path is not allowed");
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~*".contains(&byte);
    if !path.bytes().all(plain) {
        return deny("a character that no route contains");
    }
    for segment in path.split('/').skip(1) {
        match segment {
            "" => return deny("an empty path segment is not allowed"),
            "." | ".." => return deny("a path segment of dots is not allowed"),
            _ => {}
        }
    }
    Ok(Checked { path, query })
}

/// Cuts a query into raw keys and decoded values. Each pair is complete, each key plain text.
pub fn pairs(query: &str) -> Result<Vec<(&str, String)>, Denial> {
    let mut pairs = Vec::new();
    for pair in query.split('&') {
        let deny = |reason: &str| Err(Denial::new("query", reason));
        let Some((key, value)) = pair.split_once('=') else {
            return deny("a key without a value");
        };
        if key.is_empty()
            || !key
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'.')
        {
            return deny("a key with other characters than letters and dots");
        }
        if pairs.len() == QUERY_PAIRS {
            return deny("too many keys");
        }
        let Some(value) = decode(value) else {
            return Err(Denial::new(
                "query",
                format!("ambiguous value of {}", cut(key)),
            ));
        };
        pairs.push((key, value));
    }
    Ok(pairs)
}

/// `None` for what two parsers could read differently: `+`, an incomplete escape, reserved
/// characters in clear, no UTF-8, control characters.
fn decode(raw: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~,:/*!()@%=".contains(&byte);
    let escapes = raw.split('%').skip(1).all(|after| {
        let digits = after.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    if !raw.bytes().all(plain) || !escapes {
        return None;
    }
    let value = percent_decode_str(raw).decode_utf8().ok()?;
    let acceptable = value.len() <= QUERY_VALUE_BYTES && !value.chars().any(char::is_control);
    acceptable.then(|| value.into_owned())
}

pub(super) fn cut(key: &str) -> &str {
    // Keys are ASCII by now.
    &key[..key.len().min(32)]
}

#[cfg(test)]
mod tests;
