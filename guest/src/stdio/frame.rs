//! Cuts the bytes of stdin into lines: one message per line, CRLF tolerated, length capped.
//!
//! Never buffers more than one line up to the cap, and never looks into a line.

/// One line of input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame<'a> {
    /// A line without its end (`\n` or `\r\n`); it may be blank.
    Line(&'a [u8]),
    /// A line longer than the cap. Reported once, when the cap is passed; the rest is skipped.
    TooLong,
}

/// Collects bytes until a line is complete.
pub(super) struct Framer {
    cap: usize,
    partial: Vec<u8>,
    skipping: bool,
}

impl Framer {
    /// A framer that accepts lines of up to `cap` bytes.
    pub(super) fn new(cap: usize) -> Self {
        Self {
            cap,
            partial: Vec::new(),
            skipping: false,
        }
    }

    /// Takes the next bytes and hands each line that they complete to `each`.
    pub(super) fn push(&mut self, bytes: &[u8], mut each: impl FnMut(Frame<'_>)) {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
            self.end_line(&rest[..end], &mut each);
            rest = &rest[end + 1..];
        }
        self.keep(rest, &mut each);
    }

    /// The input has ended: a last line without a newline counts as a line.
    pub(super) fn finish(&mut self, each: impl FnOnce(Frame<'_>)) {
        let line = std::mem::take(&mut self.partial);
        if !line.is_empty() {
            each(Frame::Line(trimmed(&line)));
        }
        self.skipping = false;
    }

    fn end_line(&mut self, tail: &[u8], each: &mut impl FnMut(Frame<'_>)) {
        if std::mem::take(&mut self.skipping) {
            return;
        }
        if self.partial.is_empty() && tail.len() <= self.cap {
            return each(Frame::Line(trimmed(tail)));
        }
        self.keep(tail, each);
        if !std::mem::take(&mut self.skipping) {
            let line = std::mem::take(&mut self.partial);
            each(Frame::Line(trimmed(&line)));
        }
    }

    fn keep(&mut self, part: &[u8], each: &mut impl FnMut(Frame<'_>)) {
        if self.skipping || part.is_empty() {
            return;
        }
        if self.partial.len() + part.len() > self.cap {
            self.skipping = true;
            self.partial = Vec::new();
            return each(Frame::TooLong);
        }
        self.partial.extend_from_slice(part);
    }
}

fn trimmed(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `input`, arriving in pieces of `step` bytes, is cut into; too long lines are `!`.
    fn cut(input: &[u8], step: usize, cap: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let mut note = |frame: Frame<'_>| {
            lines.push(match frame {
                Frame::Line(line) => String::from_utf8_lossy(line).into_owned(),
                Frame::TooLong => "!".to_owned(),
            });
        };
        let mut framer = Framer::new(cap);
        for piece in input.chunks(step) {
            framer.push(piece, &mut note);
        }
        framer.finish(&mut note);
        lines
    }

    #[test]
    fn lines_are_the_same_however_the_bytes_arrive() {
        let rows: [(&str, &[&str]); 8] = [
            ("", &[]),
            ("a\nb\n", &["a", "b"]),
            ("a\r\nb\r\n", &["a", "b"]),
            ("a\n\n\r\nb", &["a", "", "", "b"]),
            ("12345678\nx\n", &["12345678", "x"]),
            ("123456789\nx\n", &["!", "x"]),
            ("1234567890123456789012345\nx\n", &["!", "x"]),
            ("x\n123456789012", &["x", "!"]),
        ];
        for (input, expected) in rows {
            for step in 1..=input.len().max(1) {
                assert_eq!(
                    cut(input.as_bytes(), step, 8),
                    expected,
                    "{input:?} by {step}"
                );
            }
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_not_kept() {
        let mut framer = Framer::new(8);
        for _ in 0..1000 {
            framer.push(&[b'x'; 1000], |_| {});
            assert!(framer.partial.capacity() <= 8);
        }
    }
}
