//! The summary, as data: what `--format json` prints.

use std::collections::BTreeMap;

use serde::Serialize;

use super::place::Findings;

#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(super) lines: u64,
    /// Times of the first and last line, as written there.
    pub(super) first: String,
    pub(super) last: String,
    pub(super) sessions: Vec<Session>,
    /// Sessions beyond the bound of what is listed.
    pub(super) sessions_not_listed: u64,
    /// Sessions without their last line.
    pub(super) sessions_not_ended: u64,
    pub(super) allowed: u64,
    pub(super) denied: u64,
    /// Of the allowed ones, those of the host itself: a login, a repeat after 401.
    pub(super) by_host: u64,
    pub(super) tools: Vec<Requests>,
    pub(super) routes: Vec<Requests>,
    /// Denied requests by the rule that denied.
    pub(super) rules: BTreeMap<String, u64>,
    pub(super) denials: Vec<Denials>,
    /// What was refused where no request exists.
    pub(super) refused: Vec<Denials>,
    pub(super) findings: Findings,
    /// Allowed requests that had no outcome yet when the log ended.
    pub(super) open: u64,
}

/// One run of the host.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Session {
    pub(super) run: String,
    pub(super) line: u64,
    pub(super) first: String,
    pub(super) last: String,
    pub(super) component: String,
    pub(super) policies: Vec<String>,
    pub(super) origin: String,
    pub(super) trust: String,
    pub(super) allowed: u64,
    pub(super) denied: u64,
    /// Of its last line; none when that is not there.
    pub(super) exit_code: Option<u8>,
    /// Whether it has no last line because its component was refused before it started.
    pub(super) refused: bool,
}

/// Requests with a tool or a route in common.
#[derive(Debug, Serialize)]
pub(crate) struct Requests {
    pub(super) name: String,
    pub(super) allowed: u64,
    pub(super) denied: u64,
    /// Answers by status.
    pub(super) statuses: BTreeMap<u16, u64>,
    /// Ends other than `ok`.
    pub(super) failed: BTreeMap<String, u64>,
    pub(super) bytes: u64,
    /// Exact below 128 ms, to 2 % above; none without an outcome.
    pub(super) median_ms: Option<u64>,
    pub(super) max_ms: Option<u64>,
}

/// What was denied alike.
#[derive(Debug, Serialize)]
pub(crate) struct Denials {
    pub(super) rule: String,
    pub(super) reason: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) method: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) authority: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) path: String,
    pub(super) count: u64,
    pub(super) first: String,
    pub(super) last: String,
}

/// What can be said about whether all lines are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Each run has its first and last line and all between them.
    Whole,
    /// No gap, but a run has no last line: it may go on, was killed, or its end was cut off.
    NotEnded,
    /// A line is missing, comes twice, or can't be read.
    Gap,
    /// There is no line.
    Empty,
}

impl Report {
    /// The verdict on the log.
    pub(crate) fn verdict(&self) -> Verdict {
        if !self.findings.0.is_empty() {
            Verdict::Gap
        } else if self.sessions.is_empty() {
            Verdict::Empty
        } else if self.sessions_not_ended > 0 {
            Verdict::NotEnded
        } else {
            Verdict::Whole
        }
    }
}

impl Session {
    /// Whether nothing of it can come after its last line here.
    pub(super) fn is_over(&self) -> bool {
        self.exit_code.is_some() || self.refused
    }
}
