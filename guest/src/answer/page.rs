//! An answer being written, line by line, within its budget, as text and as records at once.

use std::cell::OnceCell;

use serde_json::Value;

use super::{
    budget::Budget,
    fact::Fact,
    finished::{Answer, Piece},
    line::Line,
    remark::Remark,
};
use crate::limits;

/// Room for the sentence about the cut-off part of a record, in characters.
const CUT_CHARS: usize = 100;

/// Lines of an answer. Rows stop before the budget does, so that the last lines always fit.
pub(crate) struct Page {
    text: String,
    chars: usize,
    budget: Budget,
    pieces: Vec<(usize, Piece)>,
    is_cut: bool,
}

impl Page {
    /// An empty page.
    pub(crate) fn new(budget: Budget) -> Self {
        Self {
            text: String::new(),
            chars: 0,
            budget,
            pieces: Vec::new(),
            is_cut: false,
        }
    }

    /// Adds a line of fixed, short length.
    pub(crate) fn line(&mut self, line: impl Into<Remark>) {
        self.remark(line.into());
    }

    fn remark(&mut self, line: Remark) {
        self.push(&line.to_string());
        self.pieces.push((self.text.len(), Piece::Remark(line)));
    }

    /// Adds words above lines, if they fit; `false` when the budget ends here.
    pub(crate) fn heading(&mut self, words: &'static str) -> bool {
        let fits = self.chars + words.len() < self.room();
        if fits {
            self.line(Remark::heading(words));
        } else {
            self.is_cut = true;
        }
        fits
    }

    /// Adds a record line by line, so that a budget that ends within it leaves what came before. Facts that
    /// were added before it are of the same record.
    pub(crate) fn card(&mut self, record: Line) {
        let (head, below) = record.apart();
        self.below("", head);
        for (name, line) in below {
            self.below(name, line.indented());
        }
    }

    /// Adds data to the facts of the summary that another line, such as a heading, says.
    pub(crate) fn keep_fact(&mut self, name: &'static str, data: impl Into<Value>) {
        let line = Line::new().keeping(name, data);
        self.pieces.push((self.text.len(), Piece::Fact(line)));
    }

    /// Adds data to the item before it that another line, such as a note, says.
    pub(crate) fn keep(&mut self, name: &'static str, data: impl Into<Value>) {
        let line = Line::new().keeping(name, data);
        self.pieces.push((self.text.len(), Piece::Below("", line)));
    }

    /// Adds a line of the item before it: one of its list `name`, or without a name facts of its own.
    pub(crate) fn below(&mut self, name: &'static str, line: impl Into<Line>) {
        let line = line.into();
        self.push(&line.text());
        self.pieces
            .push((self.text.len(), Piece::Below(name, line)));
    }

    /// The same, if it fits; `false` when the budget ends here.
    pub(crate) fn row_below(&mut self, name: &'static str, line: impl Into<Line>) -> bool {
        let line = line.into();
        let fits = self.chars + line.text().chars().count() < self.room();
        if fits {
            self.below(name, line);
        } else {
            self.is_cut = true;
        }
        fits
    }

    /// Adds a record whatever its length; the caller has measured it with [`Page::left`].
    pub(crate) fn item(&mut self, record: impl Into<Line>) {
        let record = record.into();
        let text = record.text();
        self.add(record, &text);
    }

    /// Adds a record, which may be several lines, if it fits; `false` when the budget ends here.
    pub(crate) fn row(&mut self, record: impl Into<Line>) -> bool {
        let record = record.into();
        let text = record.text();
        let fits = self.chars + text.chars().count() < self.room();
        if fits {
            self.add(record, &text);
        } else {
            self.is_cut = true;
        }
        fits
    }

    /// Adds the start of a record that is longer than a page, in whole lines, and how much is left
    /// out: no record may be skipped silently or block later pages.
    pub(crate) fn start_of(&mut self, record: &Line) {
        let room = self.left().saturating_sub(CUT_CHARS).max(CUT_CHARS);
        let (kept, left) = record.cut(room);
        self.is_cut = true;
        self.item(match left {
            0 => kept,
            left => kept.below(
                "",
                Line::new()
                    .glue("… cut here, ")
                    .fact("left_out", Fact::plural(left, "more line"))
                    .glue(": longer than a page"),
            ),
        });
    }

    /// Marks the structured form as truncated.
    pub(crate) fn has_more(&mut self) {
        self.is_cut = true;
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

    fn add(&mut self, record: Line, text: &str) {
        self.push(text);
        self.pieces.push((self.text.len(), Piece::Item(record)));
    }

    fn push(&mut self, record: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
            self.chars += 1;
        }
        self.chars += record.chars().count();
        self.text.push_str(record);
    }

    /// Enforces the budget for any tool: cuts at whole lines and adds a note.
    fn end(mut self, is_error: bool) -> Answer {
        const CUT: &str = "cut here: the answer was too long.";
        if self.chars > self.budget.chars() {
            let keep = self.budget.chars() - CUT.len() - "\nNote: ".len();
            let end = self
                .text
                .char_indices()
                .nth(keep)
                .map_or(self.text.len(), |(at, _)| at);
            let line = self.text[..end].rfind('\n').unwrap_or(end);
            self.text.truncate(line);
            self.pieces.retain(|(end, _)| *end <= line);
            self.is_cut = true;
            self.line(Remark::note(CUT));
        }
        Answer {
            text: self.text,
            pieces: self.pieces.into_iter().map(|(_, piece)| piece).collect(),
            is_cut: self.is_cut,
            structured: OnceCell::new(),
            is_error,
        }
    }
}

impl Answer {
    /// A failure: what failed, why, and what to do next.
    pub(crate) fn error(text: &str) -> Self {
        let mut page = Page::new(Budget::default());
        for line in text.lines() {
            if page.left() < line.chars().count() {
                page.has_more();
                break;
            }
            page.line(match line.strip_prefix("Next: ") {
                Some(next) => Remark::next(next),
                None => line.into(),
            });
        }
        page.finish_error()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Answer, Budget, Fact, Line, Page, Remark};
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
        let answer = page.finish();
        assert!(answer.text().chars().count() <= ANSWER_CHARS);
        assert!(answer.text().ends_with("too long."));
        let lines = answer.text().lines().count() - 1;
        let structured = answer.structured();
        assert_eq!(structured["summary"].as_array().map(Vec::len), Some(lines));
        assert_eq!(structured["truncated"], json!(true));
    }

    #[test]
    fn both_forms_say_the_same() {
        let mut page = Page::new(Budget::default());
        page.line(Line::new().fact("pods", Fact::plural(2, "Pod")));
        page.line(Remark::note("old"));
        page.line(Remark::heading("name | health"));
        assert!(
            page.row(
                Line::new()
                    .fact("name", "a")
                    .glue(" is ")
                    .fact("health", "Degraded")
            )
        );
        page.below("images", Line::from("web:1").indented());
        assert!(page.row("b"));
        page.line(Remark::next("go on"));
        let answer = page.finish();
        assert_eq!(
            answer.text(),
            "2 Pods\nNote: old\nname | health\na is Degraded\n  web:1\nb\nNext: go on"
        );
        assert_eq!(
            *answer.structured(),
            json!({
                "summary": ["2 Pods"], "facts": {"pods": 2}, "items": [{"name": "a", "health": "Degraded", "images": ["web:1"]}, {"text": "b"}],
                "notes": ["old"], "next": [{"text": "go on"}], "truncated": false
            })
        );
    }

    #[test]
    fn errors_are_bounded() {
        let answer = Answer::error(&"a line\n".repeat(100_000));
        assert!(answer.is_error());
        assert!(answer.text().len() <= 8_000);
    }
}
