//! The replacements, and the one pass over a text that makes them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Shortest abbreviation of a commit, in characters: what Argo CD and Git show.
const SHORT_COMMIT: usize = 7;
/// Length of a commit's name, in characters.
pub(super) const COMMIT_CHARS: usize = 40;

/// What kind of thing an original is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Name,
    Host,
    Address,
    Commit,
    Person,
    /// It stands for itself: nothing in it is replaced.
    Kept,
}

impl Kind {
    /// For a reader.
    fn words(self) -> &'static str {
        match self {
            Kind::Name => "names",
            Kind::Host => "hosts",
            Kind::Address => "addresses",
            Kind::Commit => "commits",
            Kind::Person => "people",
            Kind::Kept => "kept",
        }
    }
}

/// Originals with what stands for each.
#[derive(Default)]
pub(super) struct Table {
    /// By their first byte, longest first.
    rows: HashMap<u8, Vec<Row>>,
    commits: BTreeMap<String, String>,
    used: BTreeSet<(Kind, String, String)>,
}

struct Row {
    kind: Kind,
    original: String,
    other: String,
}

impl Table {
    pub(super) fn add(&mut self, kind: Kind, original: &str, other: String) {
        let Some(first) = original.bytes().next() else {
            return;
        };
        if kind == Kind::Commit {
            self.commits.insert(original.to_owned(), other);
            return;
        }
        let rows = self.rows.entry(first).or_default();
        if rows.iter().all(|row| row.original != original) {
            let at = rows.partition_point(|row| row.original.len() >= original.len());
            let original = original.to_owned();
            rows.insert(
                at,
                Row {
                    kind,
                    original,
                    other,
                },
            );
        }
    }

    /// The text with each original replaced, where it stands as a word or at the beginning of a longer name.
    pub(super) fn replace(&mut self, text: &str) -> String {
        let bytes = text.as_bytes();
        let mut out = String::with_capacity(text.len());
        let (mut at, mut copied) = (0, 0);
        while at < bytes.len() {
            let found = starts_word(bytes, at).then(|| self.at(text, at)).flatten();
            let Some((kind, length, other)) = found else {
                at += 1;
                continue;
            };
            out.push_str(&text[copied..at]);
            let original = &text[at..at + length];
            out.push_str(&other);
            if kind != Kind::Kept {
                self.used.insert((kind, original.to_owned(), other));
            }
            at += length;
            copied = at;
        }
        out.push_str(&text[copied..]);
        out
    }

    /// The longest original that stands at `at`: its length, and what stands for it.
    fn at(&self, text: &str, at: usize) -> Option<(Kind, usize, String)> {
        let rest = &text[at..];
        let bytes = text.as_bytes();
        let fits = |row: &&Row| {
            rest.starts_with(&row.original) && ends_word(bytes, at + row.original.len())
        };
        let rows = self.rows.get(&bytes[at]).map_or(&[][..], Vec::as_slice);
        if let Some(row) = rows.iter().find(fits) {
            return Some((row.kind, row.original.len(), row.other.clone()));
        }
        let length = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        if !(SHORT_COMMIT..=COMMIT_CHARS).contains(&length) || !ends_word(bytes, at + length) {
            return None;
        }
        let word = &rest[..length];
        let (commit, other) = self.commits.range(word.to_owned()..).next()?;
        commit
            .starts_with(word)
            .then(|| (Kind::Commit, length, other[..length].to_owned()))
    }

    /// Each original that was found, with what stands for it.
    pub(super) fn used(&self) -> Vec<(String, String)> {
        let pairs = self.used.iter();
        pairs
            .map(|(_, original, other)| (original.clone(), other.clone()))
            .collect()
    }

    /// How many of each kind were found.
    pub(super) fn counts(&self) -> Vec<(&'static str, usize)> {
        let kinds: BTreeSet<Kind> = self.used.iter().map(|(kind, ..)| *kind).collect();
        let count = |kind: Kind| {
            self.used
                .iter()
                .filter(|(other, ..)| *other == kind)
                .count()
        };
        kinds
            .into_iter()
            .map(|kind| (kind.words(), count(kind)))
            .collect()
    }
}

/// Whether a word may start here: behind no letter and digit, or behind an escape.
fn starts_word(bytes: &[u8], at: usize) -> bool {
    if !bytes[at].is_ascii_alphanumeric() {
        return false;
    }
    match &bytes[..at] {
        [.., b'%', a, b] => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
        [.., b'\\', b'n' | b't' | b'r'] => true,
        [.., before] => !before.is_ascii_alphanumeric(),
        [] => true,
    }
}

fn ends_word(bytes: &[u8], end: usize) -> bool {
    bytes
        .get(end)
        .is_none_or(|byte| !byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::{Kind, Table};

    #[test]
    fn words_and_beginnings_of_names_are_replaced() {
        let mut table = Table::default();
        for (kind, original, other) in [
            (Kind::Name, "orders", "name-1"),
            (Kind::Name, "orders-api", "name-2"),
            (Kind::Host, "git.acme.com", "host-1.example"),
            (Kind::Kept, "orders.acme.io", "orders.acme.io"),
            (
                Kind::Commit,
                "0123456789abcdef0123456789abcdef01234567",
                "c000001000000000000000000000000000000000",
            ),
        ] {
            table.add(kind, original, other.to_owned());
        }
        for (text, expected) in [
            ("orders-api-67948d46c5-5bbdp", "name-2-67948d46c5-5bbdp"),
            ("reorders orders2 orders", "reorders orders2 name-1"),
            (
                "https://git.acme.com:8443/orders/x.git",
                "https://host-1.example:8443/name-1/x.git",
            ),
            (
                "https%3A%2F%2Fgit.acme.com%2Forders",
                "https%3A%2F%2Fhost-1.example%2Fname-1",
            ),
            (r"a\norders\tb", r"a\nname-1\tb"),
            ("orders.acme.io/v1", "orders.acme.io/v1"),
            (
                "at 0123456 and 0123456789abcdef0123456789abcdef01234567",
                "at c000001 and c000001000000000000000000000000000000000",
            ),
            ("0123457 012345", "0123457 012345"),
            ("örders-orders", "örders-name-1"),
        ] {
            assert_eq!(table.replace(text), expected, "{text}");
        }
        assert_eq!(table.counts(), [("names", 2), ("hosts", 1), ("commits", 2)]);
    }
}
