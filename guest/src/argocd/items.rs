//! Cuts the elements out of `{"items":[…],…}` while the body arrives.
//!
//! Finds where each element begins and ends, whatever the borders of the pieces, and hands it out
//! whole; it holds at most one element. What the elements mean is for serde to say, and so are
//! errors inside them. Everything beside `items` is skipped, never kept.

use crate::limits;

/// Why the cutting stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault<E> {
    /// Not a document of the expected form; what was met where.
    Malformed(&'static str),
    /// One element is larger than [`limits::ITEM_BYTES`].
    ElementTooLarge,
    /// The consumer refused an element.
    Consumer(E),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the outer `{`.
    Start,
    /// Before a key or the outer `}`; the flag says whether `}` may come (not after a comma).
    Key { may_end: bool },
    /// Inside a key.
    InKey { escaped: bool },
    /// Before the `:`.
    Colon,
    /// Before the value of a key.
    Member,
    /// Inside a value that is skipped.
    Skip(Value),
    /// After a value: `,` or the outer `}`.
    AfterMember,
    /// Before an element or `]`; the flag as in `Key`.
    Element { may_end: bool },
    /// Inside an element.
    InElement(Value),
    /// After an element: `,` or `]`.
    AfterElement,
    /// After the outer `}`.
    End,
}

/// How far one JSON value has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    /// A number, `true`, `false` or `null`: ends before a delimiter.
    Scalar,
    /// A string that is a value by itself.
    Text { escaped: bool },
    /// Inside `depth` brackets.
    Nested { depth: u32 },
    /// Inside a string inside `depth` brackets.
    NestedText { depth: u32, escaped: bool },
}

enum Step {
    /// The value goes on after this byte.
    More(Value),
    /// This byte is the value's last one.
    Last,
    /// The value ended before this byte.
    Before,
}

impl Value {
    fn begin(byte: u8) -> Option<Value> {
        match byte {
            b'{' | b'[' => Some(Value::Nested { depth: 1 }),
            b'"' => Some(Value::Text { escaped: false }),
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => Some(Value::Scalar),
            _ => None,
        }
    }

    fn step(self, byte: u8) -> Step {
        match (self, byte) {
            (Value::Scalar, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r') => Step::Before,
            (Value::Text { escaped: false }, b'"') => Step::Last,
            (Value::Text { escaped }, _) => Step::More(Value::Text {
                escaped: !escaped && byte == b'\\',
            }),
            (Value::Nested { depth }, b'{' | b'[') => Step::More(Value::Nested {
                depth: depth.saturating_add(1),
            }),
            (Value::Nested { depth: 1 }, b'}' | b']') => Step::Last,
            (Value::Nested { depth }, b'}' | b']') => {
                Step::More(Value::Nested { depth: depth - 1 })
            }
            (Value::Nested { depth }, b'"') => Step::More(Value::NestedText {
                depth,
                escaped: false,
            }),
            (
                Value::NestedText {
                    depth,
                    escaped: false,
                },
                b'"',
            ) => Step::More(Value::Nested { depth }),
            (Value::NestedText { depth, escaped }, _) => Step::More(Value::NestedText {
                depth,
                escaped: !escaped && byte == b'\\',
            }),
            (same, _) => Step::More(same),
        }
    }
}

/// The cutter of one document.
pub(super) struct Items {
    state: State,
    key: Vec<u8>,
    partial: Vec<u8>,
    /// Whether the object has members, and whether one of them is `items`.
    members: bool,
    found: bool,
}

impl Items {
    pub(super) fn new() -> Items {
        Items {
            state: State::Start,
            key: Vec::new(),
            partial: Vec::new(),
            members: false,
            found: false,
        }
    }

    /// Takes the next piece and hands out every element that ends in it.
    pub(super) fn push<E>(
        &mut self,
        piece: &[u8],
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), Fault<E>> {
        // Where the current element begins in this piece; 0 when it began in an earlier one.
        let mut begin = 0;
        let mut at = 0;
        while let Some(&byte) = piece.get(at) {
            match self.state {
                State::InElement(Value::NestedText { escaped: false, .. })
                | State::Skip(
                    Value::NestedText { escaped: false, .. } | Value::Text { escaped: false },
                ) if !matches!(byte, b'"' | b'\\') => {
                    // Most bytes are plain text in strings: pass them in one go.
                    let plain = piece[at..]
                        .iter()
                        .position(|byte| matches!(byte, b'"' | b'\\'));
                    at = plain.map_or(piece.len(), |length| at + length);
                }
                State::InElement(value) => match value.step(byte) {
                    Step::More(value) => {
                        self.state = State::InElement(value);
                        at += 1;
                    }
                    end => {
                        at += usize::from(matches!(end, Step::Last));
                        self.state = State::AfterElement;
                        self.hand_out(&piece[begin..at], &mut each)?;
                    }
                },
                State::Element { may_end } => {
                    if let Some(value) = Value::begin(byte) {
                        begin = at;
                        self.state = State::InElement(value);
                    } else if byte == b']' && may_end {
                        self.state = State::AfterMember;
                    } else if !is_space(byte) {
                        return Err(Fault::Malformed("no element where one must begin"));
                    }
                    at += 1;
                }
                _ => at += usize::from(self.outside(byte).map_err(Fault::Malformed)?),
            }
        }
        match self.state {
            State::InElement(_) => self.keep(&piece[begin..]),
            _ => Ok(()),
        }
    }

    /// Whether the document is complete; otherwise the body was torn.
    pub(super) fn is_complete(&self) -> bool {
        self.state == State::End
    }

    /// Whether the document is an answer with a list: `items` is there, or nothing at all (`{}` is
    /// Argo CD's empty list of managed resources). Anything else is not from Argo CD.
    pub(super) fn is_list(&self) -> bool {
        self.found || !self.members
    }

    fn keep<E>(&mut self, part: &[u8]) -> Result<(), Fault<E>> {
        if self.partial.len() + part.len() > limits::ITEM_BYTES {
            return Err(Fault::ElementTooLarge);
        }
        self.partial.extend_from_slice(part);
        Ok(())
    }

    fn hand_out<E>(
        &mut self,
        rest: &[u8],
        each: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), Fault<E>> {
        if self.partial.is_empty() && rest.len() <= limits::ITEM_BYTES {
            return each(rest).map_err(Fault::Consumer);
        }
        self.keep(rest)?;
        let outcome = each(&self.partial).map_err(Fault::Consumer);
        self.partial.clear();
        outcome
    }

    /// One byte outside of elements. Says whether the byte is used up.
    fn outside(&mut self, byte: u8) -> Result<bool, &'static str> {
        self.state = match (self.state, byte) {
            (State::InKey { escaped: false }, b'"') => State::Colon,
            (State::InKey { escaped }, _) => {
                // One byte more than `items` needs: a longer key must not look like it.
                if self.key.len() <= ITEMS.len() {
                    self.key.push(byte);
                }
                State::InKey {
                    escaped: !escaped && byte == b'\\',
                }
            }
            (State::Skip(value), _) => match value.step(byte) {
                Step::More(value) => State::Skip(value),
                Step::Last => State::AfterMember,
                Step::Before => {
                    self.state = State::AfterMember;
                    return Ok(false);
                }
            },
            (state, byte) if is_space(byte) => state,
            (State::Start, b'{') => State::Key { may_end: true },
            (State::Key { .. }, b'"') => {
                self.key.clear();
                State::InKey { escaped: false }
            }
            (State::Key { may_end: true }, b'}') => State::End,
            (State::Colon, b':') => State::Member,
            (State::Member, byte) => self.member(byte)?,
            (State::AfterMember, b',') => State::Key { may_end: false },
            (State::AfterMember, b'}') => State::End,
            (State::AfterElement, b',') => State::Element { may_end: false },
            (State::AfterElement, b']') => State::AfterMember,
            (State::Start, _) => return Err("the body is not a JSON object"),
            (State::End, _) => return Err("something follows the JSON object"),
            _ => return Err("a bracket, comma or colon is missing"),
        };
        Ok(true)
    }

    fn member(&mut self, byte: u8) -> Result<State, &'static str> {
        self.members = true;
        if self.key == ITEMS {
            self.found = true;
            return match byte {
                b'[' => Ok(State::Element { may_end: true }),
                b'n' => Ok(State::Skip(Value::Scalar)),
                _ => Err("`items` is not a list"),
            };
        }
        Value::begin(byte)
            .map(State::Skip)
            .ok_or("a value is missing")
    }
}

/// The key whose elements are handed out.
const ITEMS: &[u8] = b"items";

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::Value as Json;

    use super::*;

    /// Feeds `pieces` and returns the elements as text, and whether the document was complete.
    fn cut(pieces: &[&[u8]]) -> Result<(Vec<String>, bool), Fault<()>> {
        let mut items = Items::new();
        let mut found = Vec::new();
        for piece in pieces {
            items.push(piece, |element| {
                found.push(String::from_utf8(element.to_vec()).unwrap());
                Ok(())
            })?;
        }
        Ok((found, items.is_complete()))
    }

    const DOCUMENTS: &[&str] = &[
        r#"{}"#,
        r#"{"items":null}"#,
        r#" { "metadata" : {"items":[1,2],"a":"]}"} , "items" : [ ] } "#,
        r#"{"items":[]}"#,
        r#"{"items":[{"a":1}]}"#,
        r#"{"metadata":{"v":"1"},"items":[{"a":{"b":[{"c":"}]"}]}},{"a":"\\"},{"q":"\\\"}"}]}"#,
        r#"{"items":[{"t":"ü€😀\u005d\ud83d\ude00"},{"t":"\\"}],"metadata":{},"n":null,"x":-1.5e3,"y":true,"z":"\\\""}"#,
        r#"{"itemsX":[{"no":1}],"item":[9],"items":[1,"two\\","]",null,true,[3,[4]],{"five":{}},-6.0]}"#,
        "{\r\n\t\"items\": [\n  {\"a\": 1},\n  {\"b\": 2}\n ]\n}\n",
        r#"{"a\"items":[7],"\\":0,"items":[{"items":[{"items":null}]}]}"#,
    ];

    #[test]
    fn the_same_elements_as_serde_wherever_the_pieces_are_cut() {
        for document in DOCUMENTS {
            let whole: Json = serde_json::from_str(document).unwrap();
            let expected = whole["items"].as_array().cloned().unwrap_or_default();
            let bytes = document.as_bytes();
            let check = |pieces: &[&[u8]], how: &str| {
                let (found, complete) =
                    cut(pieces).unwrap_or_else(|fault| panic!("{document} {how}: {fault:?}"));
                let found: Vec<Json> = found
                    .iter()
                    .map(|element| serde_json::from_str(element).unwrap())
                    .collect();
                assert_eq!(found, expected, "{document} {how}");
                assert!(complete, "{document} {how}");
            };
            for first in 0..=bytes.len() {
                for second in first..=bytes.len() {
                    check(
                        &[&bytes[..first], &bytes[first..second], &bytes[second..]],
                        &format!("{first}/{second}"),
                    );
                }
            }
            for size in 1..=4 {
                check(
                    &bytes.chunks(size).collect::<Vec<_>>(),
                    &format!("pieces of {size}"),
                );
            }
        }
    }

    #[test]
    fn a_document_cut_short_is_never_complete() {
        for document in DOCUMENTS {
            let bytes = document.trim_end().as_bytes();
            for end in 0..bytes.len() {
                let (_, complete) = cut(&[&bytes[..end]]).unwrap();
                assert!(!complete, "{document} cut at {end}");
            }
        }
    }

    #[test]
    fn other_documents_are_refused() {
        for document in [
            "<html>",
            "[]",
            "null",
            r#"{"items":{}}"#,
            r#"{"items":"x"}"#,
            r#"{"items":[1 2]}"#,
            r#"{"items":[1,]}"#,
            r#"{"items":[,1]}"#,
            r#"{"a":1,}"#,
            r#"{"a" 1}"#,
            r#"{"a":}"#,
            r#"{}x"#,
            r#"{"items":[]]}"#,
            r#"{a:1}"#,
        ] {
            assert!(
                matches!(cut(&[document.as_bytes()]), Err(Fault::Malformed(_))),
                "{document}"
            );
        }
    }

    #[test]
    fn one_huge_element_is_refused_and_many_large_ones_pass() {
        let large = format!("\"{}\"", "x".repeat(limits::ITEM_BYTES - 2));
        let fits = format!(r#"{{"items":[{large},{large}]}}"#);
        for size in [7_919, 1 << 20, fits.len()] {
            let pieces: Vec<&[u8]> = fits.as_bytes().chunks(size).collect();
            assert_eq!(cut(&pieces).unwrap().0.len(), 2);
        }
        let huge = format!(r#"{{"items":["x{}"]}}"#, &large[1..]);
        for size in [7_919, huge.len()] {
            let pieces: Vec<&[u8]> = huge.as_bytes().chunks(size).collect();
            assert_eq!(cut(&pieces), Err(Fault::ElementTooLarge));
        }
    }

    #[test]
    fn memory_stays_at_one_element() {
        let mut items = Items::new();
        items.push(br#"{"items":["#, |_| Ok::<(), ()>(())).unwrap();
        let element = format!("{{\"v\":\"{}\"}},", "y".repeat(1_000));
        for _ in 0..2_000 {
            for piece in element.as_bytes().chunks(300) {
                items.push(piece, |_| Ok::<(), ()>(())).unwrap();
            }
        }
        assert!(
            items.partial.capacity() < 4_096,
            "{}",
            items.partial.capacity()
        );
    }

    #[test]
    fn a_consumer_can_stop() {
        let mut items = Items::new();
        let outcome = items.push(br#"{"items":[1,2,3]}"#, |element| {
            if element == b"2" {
                Err("enough")
            } else {
                Ok(())
            }
        });
        assert_eq!(outcome, Err(Fault::Consumer("enough")));
    }
}
