//! What the host looks at in a line before the component may see it: length, nesting, UTF-8.
//! A refused line is answered by the host itself, and the component is not invoked.

use argocd_gate::{framer::Framed, limits::LINE_BYTES};

use super::answer::{self, Code};
use crate::limits;

/// What becomes of a framed line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Inbound {
    /// For the component, newline included.
    Pass(Vec<u8>),
    /// Refused: the JSON-RPC answer to write instead, newline included.
    Answer(Vec<u8>),
}

/// Judges one framed line.
pub(crate) fn judge(framed: Framed) -> Inbound {
    let refuse = |code, why: &str| Inbound::Answer(answer::error(None, code, why));
    let mut line = match framed {
        Framed::TooLong => {
            let why = format!("line longer than {LINE_BYTES} bytes");
            return refuse(Code::InvalidRequest, &why);
        }
        Framed::Line(line) => line,
    };
    if std::str::from_utf8(&line).is_err() {
        return refuse(Code::Parse, "line is not UTF-8");
    }
    if depth(&line) > limits::JSON_DEPTH {
        let why = format!("JSON nested deeper than {} levels", limits::JSON_DEPTH);
        return refuse(Code::InvalidRequest, &why);
    }
    line.push(b'\n');
    Inbound::Pass(line)
}

/// Deepest nesting of brackets outside strings, counted over bytes before any parser runs.
fn depth(line: &[u8]) -> usize {
    let (mut now, mut deepest, mut in_string, mut escaped) = (0usize, 0usize, false, false);
    for byte in line {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (true, b'"') => in_string = false,
            (true, _) => {}
            (false, b'"') => in_string = true,
            (false, b'{' | b'[') => {
                now += 1;
                deepest = deepest.max(now);
            }
            (false, b'}' | b']') => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_ignores_strings() {
        for (text, expected) in [
            ("{}", 1),
            ("[[1],{\"a\":[]}]", 3),
            (r#"{"a":"[[[\"[["}"#, 1),
            ("]]][", 1),
        ] {
            assert_eq!(depth(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn refused_lines_are_answered_with_the_right_code() {
        let deep = "[".repeat(limits::JSON_DEPTH + 1);
        for (framed, code) in [
            (Framed::TooLong, "-32600"),
            (Framed::Line(vec![0xff, 0xfe]), "-32700"),
            (Framed::Line(deep.into_bytes()), "-32600"),
        ] {
            let Inbound::Answer(answer) = judge(framed) else {
                panic!("passed")
            };
            let answer = String::from_utf8(answer).unwrap();
            assert!(
                answer.contains(code) && answer.contains("\"id\":null") && answer.ends_with('\n'),
                "{answer}"
            );
        }
        let allowed = "[".repeat(limits::JSON_DEPTH);
        assert!(matches!(
            judge(Framed::Line(allowed.into_bytes())),
            Inbound::Pass(_)
        ));
    }
}
