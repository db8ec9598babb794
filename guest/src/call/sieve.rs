//! Which of several filters emptied a list: how many rows each fits alone, and the value that was
//! probably meant. Asked only when no row passes all of them.

use serde_json::Value;

use crate::{
    answer::{
        Fact, Line, Remark,
        member::{Member, flag, number, objects, text, texts},
        word,
    },
    call::{Call, suggest::Nearest},
    redact::capped,
};

/// Shortest part of a value that is proposed, in bytes: shorter ones are in everything.
const PART_BYTES: usize = 3;
/// Maximum values named that a filter could have had.
const KNOWN_MAX: usize = 8;
/// How much of a filter's value an answer repeats, in characters.
const SHOWN_CHARS: usize = 80;

/// The member of an empty list's facts that says how many rows each filter fits.
pub(crate) const FILTERS: Member = objects(
    "filters",
    &[text("argument"), text("value"), number("fits")],
);

/// The member of an empty list's facts that says which values a filter could have had.
pub(crate) const KNOWN: Member = objects(
    "known",
    &[text("argument"), texts("values"), flag("has_more")],
);

/// The filters of a list.
pub(crate) struct Sieve {
    seen: usize,
    filters: Vec<Tried>,
}

struct Tried {
    argument: &'static str,
    value: String,
    fits: usize,
    near: Nearest<String>,
    /// The first different values that rows have.
    known: Vec<String>,
    /// Whether rows have others besides.
    has_more: bool,
}

/// What a filter looks for in the values that the rows have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Looks {
    /// The whole value.
    Whole,
    /// A part of it.
    Part,
    /// A word of a fixed set, which was checked already.
    Word,
}

impl Tried {
    fn of(argument: &'static str, value: String) -> Self {
        Self {
            argument,
            near: Nearest::to(&value),
            value,
            fits: 0,
            known: Vec::new(),
            has_more: false,
        }
    }

    fn knows(&mut self, value: &str) {
        let value = word(&capped(value, SHOWN_CHARS));
        if value.is_empty() || self.known.contains(&value) {
            return;
        }
        // Sorted, so that the order in which a server lists its rows does not show.
        let at = self.known.partition_point(|known| *known < value);
        self.known.insert(at, value);
        if self.known.len() > KNOWN_MAX {
            self.known.pop();
            self.has_more = true;
        }
    }

    /// The values that the filter could have had.
    fn others(&self) -> Option<Remark> {
        if self.known.is_empty() {
            return None;
        }
        let line = Line::new()
            .fact("argument", self.argument)
            .glue(" may be ")
            .fact("values", Fact::list(self.known.clone(), ", "))
            .fact("has_more", Fact::flag(self.has_more, " and others"));
        Some(line.glue(".").one_of("known").into())
    }
}

impl Sieve {
    /// Filters with their values; those without are not given.
    pub(crate) fn of(filters: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Self {
        let given = filters.into_iter().filter_map(|(argument, value)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some(Tried::of(argument, value))
        });
        Self {
            seen: 0,
            filters: given.collect(),
        }
    }

    /// The same filters, before any row.
    pub(crate) fn again(&self) -> Self {
        let filters = self.filters.iter();
        let filters = filters.map(|tried| Tried::of(tried.argument, tried.value.clone()));
        Self {
            seen: 0,
            filters: filters.collect(),
        }
    }

    /// Whether anything is filtered.
    pub(crate) fn is_any(&self) -> bool {
        !self.filters.is_empty()
    }

    /// How many rows there were.
    pub(crate) fn seen(&self) -> usize {
        self.seen
    }

    /// Counts a row, of which [`Self::tell`] says more.
    pub(crate) fn row(&mut self) {
        self.seen += 1;
    }

    /// Whether the row passes the filter `argument` alone, and the values of the row that it looks at.
    pub(crate) fn tell<'a>(
        &mut self,
        argument: &'static str,
        passes: bool,
        looks: Looks,
        values: impl IntoIterator<Item = &'a str>,
    ) {
        let mut filters = self.filters.iter_mut();
        let Some(tried) = filters.find(|tried| tried.argument == argument) else {
            return;
        };
        tried.fits += usize::from(passes);
        if passes || looks == Looks::Word {
            return;
        }
        for value in values {
            offer(&mut tried.near, value);
            tried.knows(value);
            if looks == Looks::Part {
                parts(&mut tried.near, value);
            }
        }
    }

    /// Why no row passes, and the call that was probably meant.
    pub(crate) fn lines(self, call: &Call) -> Vec<Remark> {
        if self.seen == 0 || self.filters.is_empty() {
            return Vec::new();
        }
        let shown = |tried: &Tried| {
            let value = word(&capped(&tried.value, SHOWN_CHARS));
            Line::new()
                .fact("argument", tried.argument)
                .glue(" ")
                .fact("value", value)
        };
        let mut lines: Vec<Remark> = vec![match &self.filters[..] {
            [one] => Line::new()
                .glue("None of them fits ")
                .and(shown(one).keeping("fits", 0).one_of("filters"))
                .glue(".")
                .into(),
            several => {
                let line = Line::new().glue("Each filter alone: ");
                let all = several.iter().enumerate();
                let line = all.fold(line, |line, (at, tried)| {
                    let one = shown(tried).glue(" fits ").fact("fits", tried.fits);
                    line.glue(if at == 0 { "" } else { ", " })
                        .and(one.one_of("filters"))
                });
                line.glue(".").into()
            }
        }];
        let mut near: Vec<(&'static str, String)> = Vec::new();
        for mut tried in self.filters.into_iter().filter(|tried| tried.fits == 0) {
            // A value that is near is proposed; otherwise what there is helps.
            let found = std::mem::replace(&mut tried.near, Nearest::to("")).found();
            match found {
                Some(found) => near.push((tried.argument, found)),
                None => lines.extend(tried.others()),
            }
        }
        if !near.is_empty() {
            let names: Vec<&str> = near.iter().map(|(_, near)| near.as_str()).collect();
            let mut changes: Vec<(&str, Option<Value>)> = vec![("cursor", None)];
            let values = near
                .iter()
                .map(|(argument, near)| (*argument, Some(near.as_str().into())));
            changes.extend(values);
            lines.push(Remark::next(format!(
                "did you mean {}? {}",
                names.join(" and "),
                call.with(&changes)
            )));
        }
        lines
    }
}

fn offer(near: &mut Nearest<String>, value: &str) {
    if !value.is_empty() {
        near.offer(value, || value.to_owned());
    }
}

/// The parts that people look for: of a URL or an image, each step of its path, and each word of that.
fn parts(near: &mut Nearest<String>, value: &str) {
    let is_step = |c: char| matches!(c, '/' | ':' | '@') || c.is_whitespace();
    let long = |part: &&str| part.len() >= PART_BYTES;
    for step in value.split(is_step).filter(long) {
        let step = step.trim_end_matches(".git");
        offer(near, step);
        for part in step.split(['-', '.', '_']).filter(long) {
            offer(near, part);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::{Call, Looks, Sieve};

    fn lines(filters: [(&'static str, &str); 2], rows: &[[&str; 2]]) -> String {
        let given = filters.map(|(argument, value)| (argument, Some(value.to_owned())));
        let mut sieve = Sieve::of(given);
        for row in rows {
            sieve.row();
            for ((argument, value), known) in filters.iter().zip(row) {
                sieve.tell(argument, known.contains(value), Looks::Part, [*known]);
            }
        }
        let arguments = json!({"cursor": "c"});
        let call = Call::new(
            "list",
            arguments.as_object().unwrap().clone(),
            &std::rc::Rc::new(crate::call::offer::Offer::all(&[])),
        );
        let lines = sieve.lines(&call);
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }

    #[test]
    fn the_filter_that_fits_nothing_is_named_with_what_was_meant() {
        let rows = [
            ["https://git.example.com/acme/payments-deploy.git", "prod"],
            ["https://git.example.com/acme/shop.git", "test"],
        ];
        assert_eq!(
            lines([("repo", "paymnets"), ("namespace", "prod")], &rows),
            "Each filter alone: repo paymnets fits 0, namespace prod fits 1.\n\
             Next: did you mean payments? list {\"repo\":\"payments\"}"
        );
        assert_eq!(
            lines([("repo", "shop"), ("namespace", "prod")], &rows),
            "Each filter alone: repo shop fits 1, namespace prod fits 1."
        );
        assert_eq!(
            lines([("repo", "nothing-alike"), ("namespace", "x")], &[]),
            ""
        );
    }

    #[test]
    fn the_order_in_which_a_server_lists_does_not_show() {
        let names: Vec<String> = (0..12).map(|at| format!("team-{at:02}")).collect();
        let rows: Vec<[&str; 2]> = names.iter().map(|name| [name.as_str(), "a"]).collect();
        let reversed: Vec<[&str; 2]> = rows.iter().rev().copied().collect();
        let filters = [("project", "zzz-zzz-zzz"), ("namespace", "a")];
        let told = lines(filters, &rows);
        assert!(
            told.contains("team-00, team-01") && told.contains("and others"),
            "{told}"
        );
        assert_eq!(told, lines(filters, &reversed));
    }
}
