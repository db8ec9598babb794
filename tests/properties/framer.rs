//! The framer gives the frames that cutting the whole text gives, whatever the chunks, and never
//! holds more than its longest line.

use super::chunks;
use argocd_gate::framer::{Framed, Framer};

/// The first byte is the cap, then come the lengths of the chunks, then the text.
pub fn holds(data: &[u8]) -> bool {
    let Some((cap, data)) = data.split_first() else {
        return false;
    };
    let cap = usize::from(*cap);
    let (lengths, text) = chunks::lengths(data);
    let mut frames = Vec::new();
    let mut framer = Framer::with_cap(cap);
    for piece in chunks::cut(text, lengths) {
        framer.push(piece, |frame| frames.push(frame));
        assert!(
            framer.buffered() <= cap,
            "holds {} of {cap}",
            framer.buffered()
        );
    }
    framer.finish(|frame| frames.push(frame));
    assert_eq!(framer.buffered(), 0);
    assert_eq!(frames, expected(text, cap));
    frames.contains(&Framed::TooLong) && frames.len() > 1
}

/// The frames of a whole text: the definition.
fn expected(text: &[u8], cap: usize) -> Vec<Framed> {
    let frame = |line: &[u8]| {
        if line.len() > cap {
            return Some(Framed::TooLong);
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let blank = line.iter().all(u8::is_ascii_whitespace);
        (!blank).then(|| Framed::Line(line.to_vec()))
    };
    text.split(|byte| *byte == b'\n')
        .filter_map(frame)
        .collect()
}
