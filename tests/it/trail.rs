//! What a run left in its audit, and whether it adds up.

use std::path::Path;

use serde_json::Value;

/// The lines of one audit log.
pub(crate) struct Trail(Vec<Value>);

impl Trail {
    /// Every line of the file at `path`.
    pub(crate) fn read(path: &Path) -> Trail {
        let text = std::fs::read_to_string(path).unwrap();
        Trail(
            text.lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect(),
        )
    }

    fn of(&self, kind: &str) -> Vec<&Value> {
        self.0.iter().filter(|line| line["kind"] == kind).collect()
    }

    /// Decisions of this actor (`guest`, `host`) and kind (`allow`, `deny`).
    pub(crate) fn decisions(&self, actor: &str, decision: &str) -> Vec<&Value> {
        let mut lines = self.of("decision");
        lines.retain(|line| line["actor"] == actor && line["decision"] == decision);
        lines
    }

    /// Outcomes in the order of their decisions.
    pub(crate) fn outcomes(&self) -> Vec<&Value> {
        let mut lines = self.of("outcome");
        lines.sort_by_key(|line| line["seq"].as_u64());
        lines
    }

    /// Each allowed decision has one outcome, of the same actor, and the server saw exactly those
    /// that have a status.
    pub(crate) fn assert_balanced(&self, requests: usize) {
        let key = |line: &&Value| (line["seq"].as_u64(), line["actor"].to_string());
        let mut allowed = self.decisions("guest", "allow");
        allowed.extend(self.decisions("host", "allow"));
        allowed.sort_by_key(|line| line["seq"].as_u64());
        let allowed: Vec<_> = allowed.iter().map(key).collect();
        let outcomes = self.outcomes();
        let ended: Vec<_> = outcomes.iter().map(key).collect();
        assert_eq!(allowed, ended, "one outcome for each allowed attempt");
        let answered = outcomes
            .iter()
            .filter(|line| line["status"].is_u64())
            .count();
        assert_eq!(answered, requests, "outcomes with a status, and requests");
    }
}
