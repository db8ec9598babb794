//! A log, line by line, without holding more than one bounded line.

use std::io::{self, BufRead, Read};

use crate::limits::SUMMARY_LINE_BYTES;

/// One line, with its number from 1.
pub(super) enum Line<'a> {
    /// A line without its newline.
    Text(u64, &'a [u8]),
    /// A line over the bound: skipped.
    TooLong(u64),
    /// The end of the log, when it is inside a line: an audit ends each line with a newline.
    Torn(u64),
}

/// The lines of a source.
pub(super) struct Lines<R> {
    source: R,
    line: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(source: R) -> Self {
        Lines {
            source,
            line: Vec::new(),
            number: 0,
        }
    }

    /// Lines seen so far, the torn one included.
    pub(super) fn count(&self) -> u64 {
        self.number
    }

    /// The next line; blank ones are passed over.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        loop {
            self.line.clear();
            let most = SUMMARY_LINE_BYTES + 1;
            let read = self
                .source
                .by_ref()
                .take(most)
                .read_until(b'\n', &mut self.line)?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            if self.line.last() == Some(&b'\n') {
                if self.line.trim_ascii().is_empty() {
                    continue;
                }
                return Ok(Some(Line::Text(self.number, self.line.trim_ascii())));
            }
            if (read as u64) < most {
                return Ok(Some(Line::Torn(self.number)));
            }
            // `skip_until` reads without keeping.
            self.source.skip_until(b'\n')?;
            return Ok(Some(Line::TooLong(self.number)));
        }
    }
}
