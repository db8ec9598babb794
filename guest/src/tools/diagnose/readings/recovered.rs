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

/// Words of a condition that only waits: success of one step does not contradict it. In lower case.
const WAITS: [&str; 9] = [
    "wait",
    "pending",
    "creating",
    "provision",
    "progress",
    "not yet",
    "reconcil",
    "unready",
    "scheduled",
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
    /// The proof: each bad condition quotes a failure and says when it changed; the newest of all events
    /// is Normal, reports success, and is newer than each of them and than each Warning; and the
    /// success is of the same thing: a Warning quotes the same failure, or what the object makes was
    /// `made` after the condition.
    pub(in crate::tools::diagnose) fn of(
        name: &str,
        conditions: &[Condition],
        events: &[Event],
        made: Option<&str>,
        clock: Clock,
    ) -> Option<Self> {
        let bad = conditions.iter().filter(|one| one.tone == Tone::Bad);
        let first = bad.clone().next()?;
        let mut changed = time::seconds(&first.since)?;
        for condition in bad {
            let words = format!("{} {}", condition.reason, condition.message.trim());
            let lower = words.to_ascii_lowercase();
            if condition.message.is_empty() || WAITS.iter().any(|word| lower.contains(word)) {
                return None;
            }
            changed = changed.max(time::seconds(&condition.since)?);
        }
        let quotes = |event: &Event| {
            &*event.kind == "Warning" && event.message.contains(first.message.trim())
        };
        let is_made = made.and_then(time::seconds).is_some_and(|at| at > changed);
        if !is_made && !events.iter().any(quotes) {
            return None;
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

    const AFTER: Option<&str> = Some("2026-08-29T10:03:00Z");

    fn reading(condition: Value, events: Value, made: Option<&str>) -> Option<Recovered> {
        let live: Manifest = from_value(json!({"status": {"conditions": [condition]}})).unwrap();
        let events: Vec<Event> = from_value(events).unwrap();
        let clock = Clock::at(time::seconds("2026-09-01T10:00:00Z").unwrap() * 1_000);
        let conditions = condition::conditions(live.node());
        Recovered::of("Widget a", &conditions, &events, made, clock)
    }

    fn bad() -> Value {
        json!({"type": "Synced", "status": "False", "message": "no key fits", "lastTransitionTime": "2026-08-29T10:00:00Z"})
    }

    fn event(kind: &str, message: &str, last: &str) -> Value {
        json!({"type": kind, "reason": "R", "message": message, "count": 7, "lastTimestamp": last})
    }

    #[test]
    fn speaks_when_success_of_the_same_is_the_newest_word() {
        let success = event("Normal", "written successfully", "2026-09-01T09:50:00Z");
        let failure = event("Warning", "failed: no key fits", "2026-08-29T10:01:00Z");
        for (events, made) in [(json!([success, failure]), None), (json!([success]), AFTER)] {
            let found = reading(bad(), events, made).unwrap();
            assert!(found.headline().contains("Widget a") && found.headline().contains("3 d ago"));
            assert_eq!(
                found.event(),
                "event x7 R 10 min ago > written successfully"
            );
        }
    }

    #[test]
    fn silent_without_a_newer_success_of_the_same() {
        let late = "2026-09-01T09:50:00Z";
        let success = || json!([event("Normal", "composed successfully", late)]);
        for (what, condition, events, made) in [
            (
                "still waits",
                bad(),
                json!([event("Normal", "resource is not yet ready", late)]),
                AFTER,
            ),
            (
                "a Warning says it",
                bad(),
                json!([event("Warning", "done successfully", late)]),
                AFTER,
            ),
            (
                "older than the condition",
                bad(),
                json!([event("Normal", "success", "2026-08-29T09:00:00Z")]),
                AFTER,
            ),
            (
                "of the same moment",
                bad(),
                json!([event("Normal", "success", "2026-08-29T10:00:20Z")]),
                AFTER,
            ),
            (
                "a Warning is newer",
                bad(),
                json!([
                    event("Normal", "success", "2026-08-30T09:00:00Z"),
                    event("Warning", "no", late)
                ]),
                AFTER,
            ),
            ("nothing was made since", bad(), success(), None),
            (
                "it was made before",
                bad(),
                success(),
                Some("2026-08-29T09:00:00Z"),
            ),
            (
                "another failure was warned of",
                bad(),
                json!([
                    event("Normal", "success", late),
                    event("Warning", "quota", "2026-08-29T10:01:00Z")
                ]),
                None,
            ),
        ] {
            assert!(reading(condition, events, made).is_none(), "{what}");
        }
    }

    #[test]
    fn silent_about_conditions_that_wait_or_say_too_little() {
        let late = "2026-09-01T09:50:00Z";
        let success = || json!([event("Normal", "composed successfully", late)]);
        let with = |more: Value| {
            let mut condition = bad();
            condition
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            condition
        };
        for (what, condition, events, made) in [
            (
                "the condition waits",
                with(json!({"message": "waiting for the composite to be ready"})),
                success(),
                AFTER,
            ),
            (
                "its reason is a step",
                with(json!({"reason": "Creating"})),
                success(),
                AFTER,
            ),
            (
                "it quotes nothing",
                with(json!({"message": ""})),
                success(),
                AFTER,
            ),
            (
                "it says no time",
                with(json!({"lastTransitionTime": ""})),
                success(),
                AFTER,
            ),
            (
                "nothing is bad",
                with(json!({"status": "True"})),
                success(),
                AFTER,
            ),
            ("no events", bad(), json!([]), AFTER),
        ] {
            assert!(reading(condition, events, made).is_none(), "{what}");
        }
    }
}
