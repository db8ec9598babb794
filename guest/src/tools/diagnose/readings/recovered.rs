//! A condition of trouble that a newer event of success contradicts.

use crate::{
    answer::{said, time, time::Clock, word},
    model::{
        condition::{Condition, Tone},
        event::Event,
    },
    tools::diagnose::proven::Proven,
};

/// Seconds by which the event must be newer: a controller writes event and condition in one go.
const NEWER_SECONDS: i64 = 60;
/// Words of success, in lower case.
const SUCCESS: [&str; 5] = ["success", "succeeded", "is ready", "is valid", "recovered"];
/// Words that turn them round, in lower case.
const NEGATION: [&str; 9] = [
    "not ",
    "n't",
    "unsuccess",
    "fail",
    "error",
    "cannot",
    "waiting",
    "until",
    "without",
];

/// A status that its own controller's newest event contradicts.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Recovered {
    name: String,
    condition: String,
    since: String,
    event: String,
}

impl Recovered {
    /// The proof: all bad conditions say when they changed, and the newest of all events is Normal,
    /// reports success, and is newer than each of them and than each Warning.
    pub(in crate::tools::diagnose) fn of(
        name: &str,
        conditions: &[Condition],
        events: &[Event],
        clock: Clock,
    ) -> Option<Self> {
        let mut bad = conditions.iter().filter(|one| one.tone == Tone::Bad);
        let first = bad.clone().next()?;
        let mut changed = time::seconds(&first.since)?;
        for condition in bad.by_ref() {
            changed = changed.max(time::seconds(&condition.since)?);
        }
        let newest = events.iter().max_by_key(|event| event.last().0)?;
        let (seen, at) = newest.last();
        let lower = newest.message.to_ascii_lowercase();
        let is_success = SUCCESS.iter().any(|word| lower.contains(word))
            && !NEGATION.iter().any(|word| lower.contains(word));
        let is_newest = events
            .iter()
            .all(|event| event.last().0 < seen || &*event.kind != "Warning");
        let proves = &*newest.kind == "Normal" && is_success && is_newest;
        (proves && seen - changed >= NEWER_SECONDS).then(|| Self {
            name: name.to_owned(),
            condition: format!("{} {}", word(&first.kind), word(&first.status)),
            since: clock.both(&first.since),
            event: format!(
                "event x{} {} {}{}",
                newest.times(),
                word(&newest.reason),
                clock.ago(at).unwrap_or_default(),
                said(&newest.message)
            ),
        })
    }

    /// The newer event, as a line of evidence.
    pub(in crate::tools::diagnose) fn event(&self) -> &str {
        &self.event
    }
}

impl Proven for Recovered {
    fn headline(&self) -> String {
        format!(
            "the status of {} is out of date: its condition {} is from {}, and its newest event reports success",
            self.name, self.condition, self.since
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;
    use crate::{model::condition, redact::Manifest};

    fn reading(condition: Value, events: Value) -> Option<Recovered> {
        let live: Manifest = from_value(json!({"status": {"conditions": [condition]}})).unwrap();
        let events: Vec<Event> = from_value(events).unwrap();
        let clock = Clock::at(time::seconds("2026-09-01T10:00:00Z").unwrap() * 1_000);
        let conditions = condition::conditions(live.node());
        Recovered::of("Widget a", &conditions, &events, clock)
    }

    fn bad() -> Value {
        json!({"type": "Synced", "status": "False", "lastTransitionTime": "2026-08-29T10:00:00Z"})
    }

    fn event(kind: &str, message: &str, last: &str) -> Value {
        json!({"type": kind, "reason": "R", "message": message, "count": 7, "lastTimestamp": last})
    }

    #[test]
    fn speaks_when_success_is_the_newest_word() {
        let found = reading(
            bad(),
            json!([
                event("Normal", "written successfully", "2026-09-01T09:50:00Z"),
                event("Warning", "failed to write", "2026-08-29T10:01:00Z"),
            ]),
        );
        let found = found.unwrap();
        assert!(found.headline().contains("Widget a") && found.headline().contains("3 d ago"));
        assert_eq!(
            found.event(),
            "event x7 R 10 min ago > written successfully"
        );
    }

    #[test]
    fn silent_without_a_newer_success() {
        let late = "2026-09-01T09:50:00Z";
        for (what, condition, events) in [
            (
                "still waits",
                bad(),
                json!([event("Normal", "resource is not yet ready", late)]),
            ),
            (
                "a Warning says it",
                bad(),
                json!([event("Warning", "done successfully", late)]),
            ),
            (
                "older than the condition",
                bad(),
                json!([event("Normal", "success", "2026-08-29T09:00:00Z")]),
            ),
            (
                "of the same moment",
                bad(),
                json!([event("Normal", "success", "2026-08-29T10:00:20Z")]),
            ),
            (
                "a Warning is newer",
                bad(),
                json!([
                    event("Normal", "success", "2026-08-30T09:00:00Z"),
                    event("Warning", "no", late)
                ]),
            ),
            (
                "no time of the condition",
                json!({"type": "Ready", "status": "False"}),
                json!([event("Normal", "success", late)]),
            ),
            (
                "nothing is bad",
                json!({"type": "Ready", "status": "True", "lastTransitionTime": "2026-08-29T10:00:00Z"}),
                json!([event("Normal", "success", late)]),
            ),
            ("no events", bad(), json!([])),
        ] {
            assert!(reading(condition, events).is_none(), "{what}");
        }
    }
}
