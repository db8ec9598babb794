//! Whether a run's lines are all there: each number once and in turn, one outcome for each allowed
//! request.

use std::collections::BTreeMap;

use super::{
    place::{Finding, Findings},
    report,
};
use crate::limits::SUMMARY_OPEN;

/// An allowed request that has no outcome yet.
pub(super) struct Open {
    pub(super) line: u64,
    pub(super) tools: Vec<String>,
    pub(super) route: String,
}

/// The run that the lines belong to.
#[derive(Default)]
pub(super) struct Session {
    /// As it is reported; nothing before the first line.
    pub(super) shown: Option<report::Session>,
    seq: u64,
    open: BTreeMap<u64, Open>,
    /// Lines since the last number that could not be read: they explain as many missing numbers.
    pub(super) unread: u64,
}

impl Session {
    /// A run of which `before` lines are not expected.
    pub(super) fn new(shown: report::Session, before: u64) -> Session {
        Session {
            shown: Some(shown),
            seq: before,
            ..Session::default()
        }
    }

    /// Whether this number is of another run, whose first line is among those that could not be read.
    pub(super) fn begins_again(&self, seq: u64) -> bool {
        self.unread > 0 && seq <= self.seq
    }

    /// Takes the number of a line that counts; outcomes have their decision's.
    pub(super) fn count(&mut self, seq: u64, line: u64, findings: &mut Findings) {
        let unread = std::mem::take(&mut self.unread);
        if seq <= self.seq {
            findings.add(Finding::RepeatedNumber, 1, line, &format!("number {seq}"));
            return;
        }
        let missing = (seq - self.seq - 1).saturating_sub(unread);
        if missing > 0 {
            let detail = format!("{} to {} before this line", self.seq + 1, seq - 1);
            findings.add(Finding::MissingLines, missing, line, &detail);
        }
        self.seq = seq;
    }

    /// An allowed request; the oldest one is given up when too many are open.
    pub(super) fn opened(&mut self, seq: u64, open: Open, findings: &mut Findings) {
        self.open.insert(seq, open);
        if self.open.len() > SUMMARY_OPEN
            && let Some((seq, oldest)) = self.open.pop_first()
        {
            never_ended(seq, &oldest, findings);
        }
    }

    /// The request that has ended, when it is known.
    pub(super) fn ended(&mut self, seq: u64) -> Option<Open> {
        self.open.remove(&seq)
    }

    /// The run is over: what is open will not end any more.
    pub(super) fn over(&mut self, findings: &mut Findings) {
        for (seq, open) in std::mem::take(&mut self.open) {
            never_ended(seq, &open, findings);
        }
    }

    /// Requests that may still end.
    pub(super) fn open(&self) -> u64 {
        self.open.len() as u64
    }
}

fn never_ended(seq: u64, open: &Open, findings: &mut Findings) {
    let detail = format!("number {seq}, {}", open.route);
    findings.add(Finding::DecisionWithoutOutcome, 1, open.line, &detail);
}
