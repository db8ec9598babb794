//! The first rows after a position of a list that streams by in another order.

use std::{collections::BinaryHeap, fmt, num::ParseIntError, str::FromStr};

use crate::answer::cursor;

/// What rows are ordered by: worst first, then name, then namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::tools) struct Key {
    pub(in crate::tools) rank: u8,
    pub(in crate::tools) name: String,
    pub(in crate::tools) namespace: String,
}

/// One application, as shown.
#[derive(Debug)]
pub(in crate::tools) struct Row {
    pub(in crate::tools) key: Key,
    pub(in crate::tools) project: String,
    pub(in crate::tools) sync: String,
    pub(in crate::tools) health: String,
    pub(in crate::tools) place: String,
    pub(in crate::tools) revision: String,
    pub(in crate::tools) operation: String,
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Row {}

impl PartialOrd for Row {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Row {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

/// A sum over the keys of a set of rows: equal sets, equal sums, in whatever order they come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::tools) struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of the set with `key` added.
    pub(in crate::tools) fn with(self, key: &Key) -> Self {
        let text = format!("{}\n{}\n{}", key.rank, key.name, key.namespace);
        Self(self.0.wrapping_add(cursor::hash(&text)))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Fingerprint {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self)
    }
}

/// Keeps the first `most` rows after a position, and a fingerprint of those up to it.
pub(in crate::tools) struct Top {
    most: usize,
    after: Option<Key>,
    heap: BinaryHeap<Row>,
    before: Fingerprint,
    waiting: usize,
}

impl Top {
    /// Nothing offered yet.
    pub(in crate::tools) fn new(most: usize, after: Option<Key>) -> Self {
        Self {
            most,
            after,
            heap: BinaryHeap::new(),
            before: Fingerprint::default(),
            waiting: 0,
        }
    }

    /// Takes the next row of the stream.
    pub(in crate::tools) fn offer(&mut self, row: Row) {
        if self.after.as_ref().is_some_and(|after| row.key <= *after) {
            self.before = self.before.with(&row.key);
            return;
        }
        self.waiting += 1;
        if self.heap.len() < self.most {
            self.heap.push(row);
        } else if let Some(mut last) = self.heap.peek_mut()
            && row < *last
        {
            *last = row;
        }
    }

    /// The rows up to the position.
    pub(in crate::tools) fn before(&self) -> Fingerprint {
        self.before
    }

    /// How many rows come after the position, kept or not.
    pub(in crate::tools) fn waiting(&self) -> usize {
        self.waiting
    }

    /// The kept rows in order.
    pub(in crate::tools) fn into_rows(self) -> Vec<Row> {
        self.heap.into_sorted_vec()
    }
}
