//! Opaque cursors: where a list continues, bound to the call that created them.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::limits;

/// First part of every cursor; a later layout gets another one.
const VERSION: &str = "1";

/// A cursor that is not valid for this call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadCursor;

/// Encodes `parts` as a cursor that is valid only for calls of the same `scope`.
pub(crate) fn encode(scope: &str, parts: &[&str]) -> String {
    let scope = hash(scope).to_string();
    let all: Vec<&str> = [VERSION, &scope]
        .into_iter()
        .chain(parts.iter().copied())
        .collect();
    URL_SAFE_NO_PAD.encode(all.join("\n"))
}

/// The `N` parts of a cursor that [`encode`] made with the same `scope`.
pub(crate) fn decode<const N: usize>(scope: &str, cursor: &str) -> Result<[String; N], BadCursor> {
    if cursor.len() > limits::CURSOR_BYTES {
        return Err(BadCursor);
    }
    let bytes = URL_SAFE_NO_PAD
        .decode(cursor.trim())
        .map_err(|_| BadCursor)?;
    let text = String::from_utf8(bytes).map_err(|_| BadCursor)?;
    let mut parts = text.split('\n');
    if parts.next() != Some(VERSION) || parts.next() != Some(hash(scope).to_string().as_str()) {
        return Err(BadCursor);
    }
    let parts: Vec<String> = parts.map(str::to_owned).collect();
    parts.try_into().map_err(|_| BadCursor)
}

/// FNV-1a, 64 bits: the same on every machine, which `DefaultHasher` does not promise.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, b| {
        (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{BadCursor, decode, encode};

    #[test]
    fn a_cursor_is_good_for_its_own_call_only() {
        let cursor = encode("list {}", &["3", "web"]);
        assert_eq!(decode::<2>("list {}", &cursor).unwrap(), ["3", "web"]);
        for (scope, cursor) in [
            ("list {\"project\":\"x\"}", cursor.as_str()),
            ("list {}", ""),
            ("list {}", "!!!"),
            ("list {}", "5"),
            ("list {}", &cursor[1..]),
            ("list {}", &"A".repeat(5_000)),
        ] {
            assert_eq!(
                decode::<2>(scope, cursor),
                Err(BadCursor),
                "{scope} {cursor}"
            );
        }
        assert_eq!(decode::<3>("list {}", &cursor), Err(BadCursor));
    }
}
