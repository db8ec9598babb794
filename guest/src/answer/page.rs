//! An answer being written, line by line, within its budget.

use super::{Answer, Budget};
use crate::limits;

/// Lines of an answer. Rows stop before the budget does, so that the last lines always fit.
pub(crate) struct Page {
    text: String,
    chars: usize,
    budget: Budget,
}

impl Page {
    /// An empty page.
    pub(crate) fn new(budget: Budget) -> Self {
        Self {
            text: String::new(),
            chars: 0,
            budget,
        }
    }

    /// Adds a line that every answer of its kind has; the caller knows that it is short.
    pub(crate) fn line(&mut self, line: impl AsRef<str>) {
        self.push(line.as_ref());
    }

    /// Adds a record, which may be several lines, if it fits; `false` when the budget ends here.
    pub(crate) fn row(&mut self, record: impl AsRef<str>) -> bool {
        let record = record.as_ref();
        let fits = self.chars + record.chars().count() < self.room();
        if fits {
            self.push(record);
        }
        fits
    }

    /// How many characters rows may still take.
    pub(crate) fn left(&self) -> usize {
        self.room().saturating_sub(self.chars)
    }

    /// The finished answer.
    pub(crate) fn finish(self) -> Answer {
        self.end(false)
    }

    /// The finished answer of a call that failed.
    pub(crate) fn finish_error(self) -> Answer {
        self.end(true)
    }

    fn room(&self) -> usize {
        self.budget.chars() - limits::TAIL_CHARS
    }

    fn push(&mut self, record: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
            self.chars += 1;
        }
        self.chars += record.chars().count();
        self.text.push_str(record);
    }

    /// Enforces the budget whatever the tool did: whole lines, and the cut is said.
    fn end(mut self, is_error: bool) -> Answer {
        const CUT: &str = "\nNote: cut here, the answer was too long.";
        if self.chars > self.budget.chars() {
            let keep = self.budget.chars() - CUT.len();
            let end = self
                .text
                .char_indices()
                .nth(keep)
                .map_or(self.text.len(), |(at, _)| at);
            let line = self.text[..end].rfind('\n').unwrap_or(end);
            self.text.truncate(line);
            self.text.push_str(CUT);
        }
        Answer {
            text: self.text,
            is_error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, Page};
    use crate::limits::ANSWER_CHARS;

    #[test]
    fn rows_leave_room_for_the_tail() {
        let mut page = Page::new(Budget::default());
        let mut rows = 0;
        while page.row("ä".repeat(99)) {
            rows += 1;
        }
        page.line("x".repeat(1_000));
        let text = page.finish().text().to_owned();
        assert_eq!(rows, 68);
        assert!(text.chars().count() <= ANSWER_CHARS);
        assert!(text.ends_with('x'));
    }

    #[test]
    fn the_cap_holds_whatever_a_tool_does() {
        let mut page = Page::new(Budget::default());
        for _ in 0..1_000 {
            page.line("0123456789");
        }
        let text = page.finish().text().to_owned();
        assert!(text.chars().count() <= ANSWER_CHARS);
        assert!(text.ends_with("too long."));
    }
}
