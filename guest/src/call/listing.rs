//! A list in an answer: head lines, the rows from the cursor on, and the call that continues.

use std::cmp::Reverse;

use crate::{
    answer::{Answer, Budget, Line, Page, Remark, order, plural, window::Window},
    call::{Call, Failure, sieve::Sieve},
};

/// One row, with what orders and identifies it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    rank: u8,
    newest: Reverse<i64>,
    pub(crate) key: String,
    pub(crate) line: Line,
}

impl Row {
    /// The row of that key, in the order of the keys.
    pub(crate) fn of(key: String, line: impl Into<Line>) -> Self {
        Self {
            rank: 0,
            newest: Reverse(0),
            key,
            line: line.into(),
        }
    }

    /// The same among the rows of `rank`, which stand behind those of each lower rank.
    #[must_use]
    pub(crate) fn ranked(self, rank: u8) -> Self {
        Self { rank, ..self }
    }

    /// The same behind the newer ones of its rank; `time` in seconds since the Unix epoch.
    #[must_use]
    pub(crate) fn at(self, time: i64) -> Self {
        Self {
            newest: Reverse(time),
            ..self
        }
    }

    /// Puts rows into their order.
    pub(crate) fn sort(rows: &mut Vec<Row>) {
        order::by(rows, |a, b| {
            let order = (a.rank, a.newest, &a.key).cmp(&(b.rank, b.newest, &b.key));
            order.then_with(|| a.line.text().cmp(&b.line.text()))
        });
    }

    /// What a cursor knows the row by: a row that has another place since then is another one.
    fn identity(&self) -> String {
        format!("{} {} {}", self.rank, self.newest.0, self.key)
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
        let keys: Vec<String> = rows.iter().map(Row::identity).collect();
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

#[cfg(test)]
mod tests {
    use super::Row;

    #[test]
    fn rows_stand_by_rank_then_time_then_key_and_a_moved_row_is_another() {
        let row = |key: &str| Row::of(key.to_owned(), "line");
        let mut rows = vec![
            row("b").ranked(10),
            row("c").ranked(2).at(9),
            row("b").ranked(2).at(10),
            row("a").ranked(2).at(9),
            row("d").ranked(2).at(i64::MIN),
            Row::of("a".to_owned(), "before"),
            row("a"),
        ];
        Row::sort(&mut rows);
        let seen: Vec<String> = rows.iter().map(Row::identity).collect();
        assert_eq!(
            seen,
            [
                "0 0 a",
                "0 0 a",
                "2 10 b",
                "2 9 a",
                "2 9 c",
                "2 -9223372036854775808 d",
                "10 0 b"
            ]
        );
        assert_eq!(rows[0].line.text(), "before");
    }
}
