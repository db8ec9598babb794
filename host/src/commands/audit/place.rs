//! What is wrong with a log, and where.

use std::collections::BTreeMap;

use argocd_gate::audit;
use serde::Serialize;

use crate::limits::SUMMARY_PLACES;

/// Why a line tells nothing.
pub(super) enum Unread {
    /// No JSON object with the members of its kind; what the parser says.
    Broken(String),
    /// Over the bound.
    TooLong,
    /// A kind that this version does not know.
    Kind { seq: u64, kind: String },
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Finding {
    BrokenLine,
    LineTooLong,
    TornEnd,
    UnknownKind,
    MissingLines,
    RepeatedNumber,
    NoStart,
    OutcomeWithoutDecision,
    DecisionWithoutOutcome,
    LinesAfterEnd,
}

impl Finding {
    /// For a reader.
    pub(super) fn words(self) -> &'static str {
        match self {
            Finding::BrokenLine => "lines that are not audit lines",
            Finding::LineTooLong => "lines that are too long",
            Finding::TornEnd => "last line cut off",
            Finding::UnknownKind => "lines of an unknown kind",
            Finding::MissingLines => "lines missing by their numbers",
            Finding::RepeatedNumber => "repeated numbers",
            Finding::NoStart => "runs without a first line",
            Finding::OutcomeWithoutDecision => "outcomes without a decision",
            Finding::DecisionWithoutOutcome => "allowed requests without an outcome",
            Finding::LinesAfterEnd => "lines after the end of their run",
        }
    }
}

/// How often one thing is wrong, and the first places.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Places {
    pub(super) count: u64,
    pub(super) first: Vec<Place>,
}

/// A line number, and what is to be said about it.
#[derive(Debug, Serialize)]
pub(crate) struct Place {
    pub(super) line: u64,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) detail: String,
}

/// All that is wrong.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Findings(pub(super) BTreeMap<Finding, Places>);

impl Findings {
    pub(super) fn add(&mut self, what: Finding, count: u64, line: u64, detail: &str) {
        let places = self.0.entry(what).or_default();
        places.count += count;
        if places.first.len() < SUMMARY_PLACES {
            let detail = audit::cut(detail).into_owned();
            places.first.push(Place { line, detail });
        }
    }
}
