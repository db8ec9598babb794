//! A list in an answer: some lines above, the rows from the cursor on, and the call that goes on.

use super::call::{Call, Failure};
use crate::answer::{Answer, Budget, Line, Page, plural, window::Window};

/// One row: what it is ordered and found again by, and what it says.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) key: String,
    pub(super) line: Line,
}

impl Row {
    /// Puts rows into their order.
    pub(super) fn sort(rows: &mut [Row]) {
        rows.sort_by_cached_key(|row| (row.key.clone(), row.line.text()));
    }
}

/// What was asked of a list.
pub(super) struct Listing<'a> {
    pub(super) call: &'a Call,
    pub(super) cursor: Option<&'a str>,
    /// Rows asked for, and rows by default: who asks for more gets a longer answer.
    pub(super) limit: (u32, u32),
    /// What one row is, for counting.
    pub(super) noun: &'static str,
}

impl Listing<'_> {
    /// Writes `head`, the rows that fit, and `end` when there are no more.
    pub(super) fn write(
        self,
        head: Vec<String>,
        rows: &[Row],
        end: Option<String>,
    ) -> Result<Answer, Failure> {
        let Self {
            call,
            cursor,
            limit,
            noun,
        } = self;
        let keys: Vec<&str> = rows.iter().map(|row| row.key.as_str()).collect();
        let scope = call.scope();
        let window = Window::open(&scope, cursor, &keys)?;
        let mut page = Page::new(Budget::for_rows(limit.0, limit.1));
        for line in head {
            page.line(line);
        }
        if window.moved {
            page.line("Note: the list changed since the previous page; some rows may repeat or be missing.");
        }
        let rest = window.fill(&mut page, &keys, limit.0 as usize, |at| {
            rows[at].line.clone()
        });
        match rest {
            Some(rest) => page.line(format!(
                "Next: {} more: {}",
                plural(rest.left_out, noun),
                call.next(&rest.cursor)
            )),
            None => end.into_iter().for_each(|end| page.line(end)),
        }
        Ok(page.finish())
    }
}
