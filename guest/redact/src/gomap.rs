//! Maps as Go prints them, which Argo CD's errors quote: `map[name:PORT value:8080]`. A value in one ends
//! with its map, never with the sentence around it.

use crate::limits;

/// Where the inside of the innermost map around `at` starts.
pub(super) fn opening(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let from = at.saturating_sub(limits::GO_MAP_BYTES);
    let mut closed = 0_usize;
    for (back, byte) in bytes[from..at].iter().enumerate().rev() {
        match byte {
            b'\n' => return None,
            b']' => closed += 1,
            b'[' if closed > 0 => closed -= 1,
            b'[' => {
                let open = from + back;
                // A list inside of a map opens a bracket of its own.
                return bytes[..open].ends_with(b"map").then_some(open + 1);
            }
            _ => {}
        }
    }
    None
}

/// Where the map ends that is open at `start`. A bracket that is part of the value is not its end: behind
/// the last one of a map comes another, a blank, a quote, a comma, or nothing.
pub(super) fn closing(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let most = bytes.len().min(start + limits::GO_MAP_BYTES);
    let mut open = 0_usize;
    for at in start..most {
        match bytes[at] {
            b'\n' => return at,
            b'[' => open += 1,
            b']' if ends_map(&bytes[at + 1..]) => {
                if open == 0 {
                    return at;
                }
                open -= 1;
            }
            _ => {}
        }
    }
    // Cut off, or too long to be told apart from what follows.
    text[start..].find('\n').map_or(text.len(), |n| start + n)
}

/// Where the value that starts at `start` ends: before the next key of its map, or with the map.
pub(super) fn value_end(text: &str, start: usize) -> usize {
    let end = closing(text, start);
    let bytes = text.as_bytes();
    let mut open = 0_usize;
    for at in start..end {
        match bytes[at] {
            b'[' => open += 1,
            b']' => open = open.saturating_sub(1),
            b' ' if open == 0 && starts_key(&bytes[at + 1..end]) => return at,
            _ => {}
        }
    }
    end
}

fn ends_map(rest: &[u8]) -> bool {
    match rest {
        [] | [b']' | b' ' | b'"' | b'\'' | b'`' | b',' | b'\\' | b'\n', ..] | [b':'] => true,
        [b':', next, ..] => *next == b' ',
        _ => false,
    }
}

/// Whether a key and its colon stand here.
fn starts_key(rest: &[u8]) -> bool {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"_-./".contains(b);
    let length = rest.iter().take_while(is_part).count();
    length > 0 && rest[0].is_ascii_alphabetic() && rest.get(length) == Some(&b':')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{closing, opening, value_end};

    #[test]
    fn the_map_around_a_value_is_the_innermost() {
        for (text, inside) in [
            ("map[name:a value:b]", Some("name:a value:b]")),
            (
                "map[env:[map[name:a] map[name:b value:c]]]",
                Some("name:b value:c]]]"),
            ),
            ("map[a:[x value:c]]", None),
            ("items[name:a value:b]", None),
            ("map[name:a] value:b", None),
            ("map[name:a\nvalue:b]", None),
        ] {
            let at = text.find("value").unwrap();
            assert_eq!(
                opening(text, at).map(|open| &text[open..]),
                inside,
                "{text}"
            );
        }
    }

    #[test]
    fn a_value_ends_with_its_map() {
        for (text, map, value) in [
            ("a b valueFrom:c] d", "a b valueFrom:c", "a b"),
            ("8080]] name:x]]\": cannot", "8080", "8080"),
            ("map[x:y z:w] k:v] d", "map[x:y z:w] k:v", "map[x:y z:w]"),
            ("a]b] d", "a]b", "a]b"),
            ("cut off", "cut off", "cut off"),
            ("a\nb]", "a", "a"),
        ] {
            assert_eq!(&text[..closing(text, 0)], map, "{text}");
            assert_eq!(&text[..value_end(text, 0)], value, "{text}");
        }
    }
}
