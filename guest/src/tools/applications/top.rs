//! Keeps the first rows after a position from a stream that arrives in another order.

use std::{collections::BinaryHeap, fmt, num::ParseIntError, str::FromStr};

use crate::{
    answer::{cursor, order, word},
    call::choice::sets,
    model::application::listed::ListElement,
};

sets! {
    /// Orders of rows.
    Sort { Worst = "worst", Name = "name" }
}

/// The sort key of a row: worst first, then name, then namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) rank: u8,
    pub(super) name: String,
    pub(super) namespace: String,
}

/// One application, as shown.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) key: Key,
    pub(super) project: String,
    pub(super) sync: String,
    pub(super) health: String,
    pub(super) place: String,
    pub(super) revision: String,
    pub(super) operation: String,
}

impl Row {
    /// The row of `app`, for that order.
    pub(super) fn of(app: &ListElement, sort: Sort) -> Self {
        let (sync, health) = (app.sync(), app.health());
        let rank = match sort {
            Sort::Name => 0,
            Sort::Worst => order::application_rank(&health, &sync),
        };
        let operation = match &*app.status.operation_state.phase {
            _ if !app.metadata.deletion_timestamp.is_empty() => "being deleted".to_owned(),
            "" => "-".to_owned(),
            phase => word(phase),
        };
        Self {
            key: Key {
                rank,
                name: word(&app.metadata.name),
                namespace: word(&app.metadata.namespace),
            },
            project: word(&app.spec.project),
            place: app.spec.destination.place(),
            revision: app.revision(),
            operation,
            sync,
            health,
        }
    }
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

/// A sum over the keys of a set of rows, independent of their order: equal sets have equal sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of the set with `key` added.
    pub(super) fn with(self, key: &Key) -> Self {
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
pub(super) struct Top {
    most: usize,
    after: Option<Key>,
    heap: BinaryHeap<Row>,
    before: Fingerprint,
    waiting: usize,
}

impl Top {
    /// Nothing offered yet.
    pub(super) fn new(most: usize, after: Option<Key>) -> Self {
        Self {
            most,
            after,
            heap: BinaryHeap::new(),
            before: Fingerprint::default(),
            waiting: 0,
        }
    }

    /// Takes the next row of the stream.
    pub(super) fn offer(&mut self, row: Row) {
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
    pub(super) fn before(&self) -> Fingerprint {
        self.before
    }

    /// How many rows come after the position, kept or not.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// The kept rows in order.
    pub(super) fn into_rows(self) -> Vec<Row> {
        self.heap.into_sorted_vec()
    }
}
