//! A list in an answer: some lines above, the rows from the cursor on, and the call that goes on.

use crate::{
    answer::{Answer, Budget, Line, Page, Remark, order, plural, window::Window},
    call::{Call, Failure, suggest},
};

/// One row: what it is ordered and found again by, and what it says.
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

/// The call with the known name that is nearest to one that nothing has.
pub(crate) fn did_you_mean(call: &Call, wanted: &str, known: &[String]) -> Option<Remark> {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let near = suggest::nearest(wanted, &known)?;
    let again = call.with(&[("name", Some(near.into()))]);
    Some(Remark::next(format!("did you mean {near}? {again}")))
}

/// What was asked of a list.
pub(crate) struct Listing<'a> {
    pub(crate) call: &'a Call,
    pub(crate) cursor: Option<&'a str>,
    /// Rows asked for, and rows by default: who asks for more gets a longer answer.
    pub(crate) limit: (u32, u32),
    /// What one row is, for counting.
    pub(crate) noun: &'static str,
}

impl Listing<'_> {
    /// Writes a whole list, sorted: how many of the `seen` there are, with `more` behind; when there
    /// are none at all, `none` says what that may mean. `end` closes the last page.
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
            let why = if seen == 0 {
                none
            } else {
                "None of them matches."
            };
            head.push(why.to_owned());
        }
        self.write(head, &rows, end)
    }

    /// Writes `head`, the rows that fit, and `end` when there are no more.
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
