//! A list in an answer: head lines, the rows from the cursor on, and the call that continues.

use crate::{
    answer::{Answer, Budget, Line, Page, Remark, order, plural, window::Window},
    call::{Call, Failure, suggest},
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

/// Proposes the call with the known name nearest to an unknown one.
pub(crate) fn did_you_mean(call: &Call, wanted: &str, known: &[String]) -> Option<Remark> {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let near = suggest::nearest(wanted, &known)?;
    let again = call.with(&[("name", Some(near.into()))]);
    Some(Remark::next(format!("did you mean {near}? {again}")))
}

/// The parameters of a list.
pub(crate) struct Listing<'a> {
    pub(crate) call: &'a Call,
    pub(crate) cursor: Option<&'a str>,
    /// Requested rows and default rows; above the default the answer may be longer.
    pub(crate) limit: (u32, u32),
    /// The noun for a row, for counting.
    pub(crate) noun: &'static str,
}

impl Listing<'_> {
    /// Writes a complete list, sorted, with its count out of `seen` and `more` after it. `none` explains
    /// an empty list; `end` closes the last page.
    pub(crate) fn write_counted(
        self,
        seen: usize,
        is_filtered: bool,
        (more, none): (&str, &str),
        mut rows: Vec<Row>,
        end: Option<Remark>,
    ) -> Result<Answer, Failure> {
        Row::sort(&mut rows);
        let count = if is_filtered {
            format!("{} of {}", rows.len(), plural(seen, self.noun))
        } else {
            plural(seen, self.noun)
        };
        let mut head = vec![format!("{count}{more}")];
        if rows.is_empty() {
            let why = if seen == 0 { none } else { "None matches." };
            head.push(why.to_owned());
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
