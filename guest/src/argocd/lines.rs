//! Cuts newline-delimited JSON into lines while the body arrives. Holds at most one line.

use std::ops::ControlFlow;

use crate::limits;

/// One line is longer than [`limits::ITEM_BYTES`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LineTooLong;

/// The cutter of one stream.
#[derive(Default)]
pub(super) struct Lines {
    partial: Vec<u8>,
}

impl Lines {
    /// Takes the next piece and hands out every line that ends in it; blank lines are passed over.
    pub(super) fn push(
        &mut self,
        piece: &[u8],
        mut each: impl FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, LineTooLong> {
        let mut rest = piece;
        while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
            let (line, after) = (&rest[..end], &rest[end + 1..]);
            rest = after;
            let flow = if self.partial.is_empty() && line.len() <= limits::ITEM_BYTES {
                hand_out(line, &mut each)
            } else {
                self.keep(line)?;
                self.finish(&mut each)
            };
            if flow.is_break() {
                return Ok(flow);
            }
        }
        self.keep(rest)?;
        Ok(ControlFlow::Continue(()))
    }

    /// Hands out the last line, which need not end in a newline.
    pub(super) fn finish(
        &mut self,
        mut each: impl FnMut(&[u8]) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let flow = hand_out(&self.partial, &mut each);
        self.partial.clear();
        flow
    }

    fn keep(&mut self, part: &[u8]) -> Result<(), LineTooLong> {
        if self.partial.len() + part.len() > limits::ITEM_BYTES {
            return Err(LineTooLong);
        }
        self.partial.extend_from_slice(part);
        Ok(())
    }
}

fn hand_out(line: &[u8], each: &mut impl FnMut(&[u8]) -> ControlFlow<()>) -> ControlFlow<()> {
    match line.trim_ascii() {
        [] => ControlFlow::Continue(()),
        line => each(line),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn cut(pieces: &[&[u8]]) -> Vec<String> {
        let mut lines = Lines::default();
        let mut found = Vec::new();
        let mut each = |line: &[u8]| {
            found.push(String::from_utf8(line.to_vec()).unwrap());
            ControlFlow::Continue(())
        };
        for piece in pieces {
            assert_eq!(lines.push(piece, &mut each), Ok(ControlFlow::Continue(())));
        }
        let _ = lines.finish(&mut each);
        found
    }

    #[test]
    fn the_same_lines_wherever_the_pieces_are_cut() {
        let text = "{\"a\":1}\r\n\n{\"b\":\"ü\\n\"}\n  \n{\"c\":3}".as_bytes();
        for first in 0..=text.len() {
            for second in first..=text.len() {
                let found = cut(&[&text[..first], &text[first..second], &text[second..]]);
                assert_eq!(
                    found,
                    ["{\"a\":1}", "{\"b\":\"ü\\n\"}", "{\"c\":3}"],
                    "{first}/{second}"
                );
            }
        }
        assert_eq!(cut(&[b""]), Vec::<String>::new());
        assert_eq!(cut(&[b"x\n"]), ["x"]);
    }

    #[test]
    fn the_reader_may_stop_and_a_huge_line_is_refused() {
        let mut count = 0;
        let mut lines = Lines::default();
        let flow = lines.push(b"1\n2\n3\n", |_| {
            count += 1;
            if count == 2 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert_eq!((flow, count), (Ok(ControlFlow::Break(())), 2));
        let mut lines = Lines::default();
        let half = vec![b'x'; limits::ITEM_BYTES / 2 + 1];
        let go_on = |_: &[u8]| ControlFlow::Continue(());
        assert!(lines.push(&half, go_on).is_ok());
        assert_eq!(lines.push(&half, go_on), Err(LineTooLong));
    }
}
