//! A condition that says paused although nothing pauses the object and it works.

use super::paused::Paused;
use crate::{
    answer::{time, time::Clock, word},
    model::condition,
    redact::Node,
    tools::diagnose::proven::Proven,
};

/// A condition of a pause that is over.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct StalePause {
    name: String,
    condition: String,
    since: String,
    newer: String,
}

impl StalePause {
    /// The proof: a condition Paused or Suspended is True because of an annotation, the live object has
    /// neither an annotation nor a field that pauses it, and a condition of working became True later.
    pub(in crate::tools::diagnose) fn of(name: &str, live: &Node, clock: Clock) -> Option<Self> {
        let conditions = condition::conditions(live);
        let is_pause = |kind: &str| matches!(kind, "Paused" | "Suspended");
        let paused = conditions
            .iter()
            .find(|one| is_pause(&one.kind) && one.status == "True")?;
        // What pauses it otherwise may stand in another object.
        let is_annotated = paused.message.to_ascii_lowercase().contains("annotation");
        let from = time::seconds(&paused.since)?;
        let works = |kind: &str| matches!(kind, "Active" | "Ready" | "Running" | "ScalingActive");
        let newer = conditions.iter().find(|one| {
            works(&one.kind)
                && one.status == "True"
                && time::seconds(&one.since).is_some_and(|at| at > from)
        })?;
        (is_annotated && Paused::of(name, live).is_none()).then(|| Self {
            name: name.to_owned(),
            condition: format!("{} True", word(&paused.kind)),
            since: clock.both(&paused.since),
            newer: format!(
                "{} True since {}",
                word(&newer.kind),
                clock.both(&newer.since)
            ),
        })
    }
}

impl Proven for StalePause {
    fn headline(&self) -> String {
        format!(
            "{} is not paused: its condition {} is out of date (from {}); no field or annotation of the live object pauses it, and {} is newer",
            self.name, self.condition, self.since, self.newer
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;
    use crate::redact::Manifest;

    fn reading(more: Value, active: &str, since: &str) -> Option<StalePause> {
        let mut live = json!({"status": {"conditions": [
            {"type": "Paused", "status": "True", "message": "the annotation is set", "lastTransitionTime": "2026-09-01T06:00:00Z"},
            {"type": "Active", "status": active, "lastTransitionTime": since}
        ]}});
        if let Value::Object(more) = more {
            live.as_object_mut().unwrap().extend(more);
        }
        let live: Manifest = from_value(live).unwrap();
        let clock = Clock::at(time::seconds("2026-09-01T10:00:00Z").unwrap() * 1_000);
        StalePause::of("Widget a", live.node(), clock)
    }

    #[test]
    fn speaks_when_it_works_since_later_and_nothing_pauses_it() {
        let found = reading(json!({}), "True", "2026-09-01T08:00:00Z").unwrap();
        assert!(found.headline().contains("Paused True is out of date"));
    }

    #[test]
    fn silent_while_it_is_paused_or_has_not_worked_since() {
        let late = "2026-09-01T08:00:00Z";
        let annotated =
            json!({"metadata": {"annotations": {"autoscaling.keda.sh/paused": "true"}}});
        assert!(reading(annotated, "True", late).is_none());
        assert!(reading(json!({"spec": {"suspend": true}}), "True", late).is_none());
        let by_owner = json!({"status": {"conditions": [
            {"type": "Paused", "status": "True", "message": "Cluster spec.paused is set to true", "lastTransitionTime": "2026-09-01T06:00:00Z"},
            {"type": "Ready", "status": "True", "lastTransitionTime": late}
        ]}});
        assert!(reading(by_owner, "True", late).is_none());
        assert!(reading(json!({}), "False", late).is_none());
        assert!(reading(json!({}), "True", "2026-09-01T05:00:00Z").is_none());
    }
}
