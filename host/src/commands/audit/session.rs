//! Whether a run's lines are all there: each number once and in turn, one outcome for each allowed
//! request.

use std::collections::BTreeMap;

use super::{
    place::{Finding, Findings},
    report,
};

/// An allowed request that has no outcome yet.
pub(super) struct Open {
    pub(super) line: u64,
    pub(super) tools: Vec<String>,
    pub(super) route: String,
}

/// One run of the host. Several may write into one log at a time.
pub(super) struct Session {
    /// As it is reported.
    pub(super) shown: report::Session,
    /// The last line that is its.
    pub(super) line: u64,
    seq: u64,
    open: BTreeMap<u64, Open>,
    /// Lines of the log that could not be read when the last number was taken: as many numbers as
    /// such lines since then are not missing, they may be there.
    unread: u64,
}

impl Session {
    /// A run of which `before` lines are not expected, in a log of which `unread` lines could not be
    /// read so far.
    pub(super) fn new(shown: report::Session, before: u64, unread: u64) -> Session {
        Session {
            line: shown.line,
            shown,
            seq: before,
            open: BTreeMap::new(),
            unread,
        }
    }

    /// Takes the number of a line that counts; outcomes have their decision's.
    pub(super) fn count(&mut self, seq: u64, line: u64, unread: u64, findings: &mut Findings) {
        let unread = unread - std::mem::replace(&mut self.unread, unread);
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

    /// An allowed request. Says whether there was none with that number.
    pub(super) fn opened(&mut self, seq: u64, open: Open) -> bool {
        self.open.insert(seq, open).is_none()
    }

    /// Gives up the oldest allowed request.
    pub(super) fn give_up(&mut self, findings: &mut Findings) {
        if let Some((seq, oldest)) = self.open.pop_first() {
            never_ended(seq, &oldest, findings);
        }
    }

    /// The request that has ended, when it is known.
    pub(super) fn ended(&mut self, seq: u64) -> Option<Open> {
        self.open.remove(&seq)
    }

    /// Takes the last line of the run.
    pub(super) fn last(&mut self, exit_code: u8, findings: &mut Findings) {
        self.shown.exit_code = Some(exit_code);
        self.over(findings);
    }

    /// The run is over: what is open never ends.
    pub(super) fn over(&mut self, findings: &mut Findings) {
        for (seq, open) in std::mem::take(&mut self.open) {
            never_ended(seq, &open, findings);
        }
    }

    /// Requests that may still end.
    pub(super) fn open(&self) -> usize {
        self.open.len()
    }
}

fn never_ended(seq: u64, open: &Open, findings: &mut Findings) {
    let detail = format!("number {seq}, {}", open.route);
    findings.add(Finding::DecisionWithoutOutcome, 1, open.line, &detail);
}
