//! A list in an answer: head lines, the rows from the cursor on, and the call that continues.

use crate::{
    answer::{Answer, Budget, Line, Page, Remark, order, plural, window::Window},
    call::{Call, Failure, sieve::Sieve},
};

/// One row, with the key that orders and identifies it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) key: String,
    pub(crate) line: Line,
}

impl Row {
    /// Puts rows into their order.
    pub(crate) fn sort(rows: &mut Vec<Row>) {
        order::by_key(rows, |row| format!("{}\0{}", row.key, row.line.text()));
    }
}

/// The first `most` of some names: `a, b and 3 more`.
pub(crate) fn first(names: &[String], most: usize) -> String {
    let first = &names[..names.len().min(most)];
    match names.len() - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// What was asked of a list.
pub(crate) struct Listing<'a> {
    pub(crate) call: &'a Call,
    pub(crate) cursor: Option<&'a str>,
    /// Requested rows and default rows; above the default the answer may be longer.
    pub(crate) limit: (u32, u32),
    /// The noun for a row, for counting.
    pub(crate) noun: &'static str,
}

impl Listing<'_> {
    /// Writes a list that was read to its end, sorted: how many of the rows that `sieve` has seen there
    /// are, with `more` behind. When there are none at all, `none` says what that may mean. `end`
    /// closes the last page.
    pub(crate) fn complete(
        self,
        sieve: Sieve,
        (more, none): (&str, &str),
        mut rows: Vec<Row>,
        end: Option<Remark>,
    ) -> Result<Answer, Failure> {
        Row::sort(&mut rows);
        let seen = sieve.seen();
        let count = if sieve.is_any() {
            format!("{} of {}", rows.len(), plural(seen, self.noun))
        } else {
            plural(seen, self.noun)
        };
        let mut head: Vec<Remark> = vec![format!("{count}{more}").into()];
        if rows.is_empty() && seen == 0 {
            head.push(none.into());
        } else if rows.is_empty() {
            head.extend(sieve.lines(self.call));
        }
        self.write(head, &rows, end)
    }

    /// Writes `head`, the rows that fit, and `end` after the last row.
    pub(crate) fn write(
        self,
        head: Vec<impl Into<Remark>>,
        rows: &[Row],
        end: Option<Remark>,
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
            page.line(Remark::note(
                "the list changed since the previous page; some rows may repeat or be missing.",
            ));
        }
        let rest = window.fill(&mut page, &keys, limit.0 as usize, |at| {
            rows[at].line.clone()
        });
        match rest {
            Some(rest) => page.line(Remark::next(format!(
                "{} more: {}",
                plural(rest.left_out, noun),
                call.next(&rest.cursor)
            ))),
            None => end.into_iter().for_each(|end| page.line(end)),
        }
        Ok(page.finish())
    }
}
