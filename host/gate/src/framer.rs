//! Cuts bytes into lines. A line over the cap is reported once and skipped to its newline without
//! being buffered; `\r\n` and blank lines are what people type.

use crate::limits;

/// What a framer found.
#[derive(Debug, PartialEq, Eq)]
pub enum Framed {
    /// A line without its newline, never empty.
    Line(Vec<u8>),
    /// A line longer than the cap: its bytes are gone.
    TooLong,
}

/// State between two reads.
pub struct Framer {
    line: Vec<u8>,
    skipping: bool,
    cap: usize,
}

impl Default for Framer {
    /// A framer with the cap of [`limits::LINE_BYTES`].
    fn default() -> Framer {
        Framer::with_cap(limits::LINE_BYTES)
    }
}

impl Framer {
    /// A framer whose longest line has `cap` bytes.
    pub fn with_cap(cap: usize) -> Framer {
        Framer {
            line: Vec::new(),
            skipping: false,
            cap,
        }
    }

    /// Bytes that it holds between two pushes.
    pub fn buffered(&self) -> usize {
        self.line.len()
    }

    /// Takes one piece of input and hands out what it completes.
    pub fn push(&mut self, mut piece: &[u8], mut found: impl FnMut(Framed)) {
        while let Some(end) = memchr::memchr(b'\n', piece) {
            self.extend(&piece[..end], &mut found);
            piece = &piece[end + 1..];
            self.end_line(&mut found);
        }
        self.extend(piece, &mut found);
    }

    /// The end of the input: an unfinished last line counts as a line.
    pub fn finish(&mut self, mut found: impl FnMut(Framed)) {
        self.end_line(&mut found);
    }

    fn extend(&mut self, part: &[u8], found: &mut impl FnMut(Framed)) {
        if self.skipping {
            return;
        }
        if self.line.len() + part.len() > self.cap {
            self.skipping = true;
            self.line = Vec::new();
            found(Framed::TooLong);
        } else {
            self.line.extend_from_slice(part);
        }
    }

    fn end_line(&mut self, found: &mut impl FnMut(Framed)) {
        self.skipping = false;
        let mut line = std::mem::take(&mut self.line);
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        if !line.iter().all(u8::is_ascii_whitespace) {
            found(Framed::Line(line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(cap: usize, pieces: &[&[u8]]) -> Vec<Framed> {
        let mut out = Vec::new();
        let mut framer = Framer::with_cap(cap);
        for piece in pieces {
            framer.push(piece, |f| out.push(f));
        }
        framer.finish(|f| out.push(f));
        out
    }

    fn line(text: &str) -> Framed {
        Framed::Line(text.as_bytes().to_vec())
    }

    #[test]
    fn lines_come_out_whole() {
        assert_eq!(
            frames(9, &[b"a\r\n\n  \nbc", b"d\ne"]),
            [line("a"), line("bcd"), line("e")]
        );
    }

    #[test]
    fn a_long_line_is_reported_once_and_the_next_one_works() {
        assert_eq!(
            frames(4, &[b"12345", b"678", b"9\nok\n"]),
            [Framed::TooLong, line("ok")]
        );
        assert_eq!(frames(4, &[b"1234\n"]), [line("1234")]);
    }

    #[test]
    fn every_split_gives_the_same_lines() {
        let text = b"{\"a\":1}\r\n\ntoolongtoolong\nxy\n";
        let whole = frames(8, &[text]);
        for at in 0..text.len() {
            assert_eq!(
                frames(8, &[&text[..at], &text[at..]]),
                whole,
                "split at {at}"
            );
        }
    }
}
