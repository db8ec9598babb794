//! What the status of a live object says, for any kind: its conditions, its phase, and whether its
//! controller has seen the newest spec.
//!
//! The words are the object's own. Only their tone is ours: whether a condition speaks of trouble.

use crate::{
    answer::{order, word},
    model::pod::{items, number},
    redact::{Node, Text},
};

/// Whether a condition speaks of trouble; trouble comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tone {
    /// A failure, or not Ready.
    Bad,
    /// Neither: in progress, idle, or a word that says nothing by itself.
    Unclear,
    /// As it should be.
    Good,
}

/// A condition, or a phase as a condition: `Ready False`, `phase Failed`.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) kind: String,
    pub(crate) status: String,
    pub(crate) reason: String,
    pub(crate) message: Text,
    /// When it last changed; empty when the object does not say.
    pub(crate) since: String,
    pub(crate) tone: Tone,
}

impl Condition {
    /// `condition Ready False`, `status.phase Failed`.
    pub(crate) fn place(&self) -> String {
        // The API's conventions write types in UpperCamelCase and members in lowerCamelCase.
        let before = if PHASES.contains(&&*self.kind) || FLAGS.contains(&&*self.kind) {
            "status."
        } else {
            "condition "
        };
        format!("{before}{} {}", word(&self.kind), word(&self.status))
    }
}

/// Parts of the types of conditions that are trouble when they are True, in lower case.
const NEGATIVE: [&str; 38] = [
    "fail",
    "error",
    "stalled",
    "degraded",
    "invalid",
    "unavailable",
    "conflict",
    "paused",
    "blocked",
    "missing",
    "denied",
    "pressure",
    "unhealthy",
    "lost",
    "expired",
    "unreachable",
    "reject",
    "refus",
    "exceeded",
    "problem",
    "warning",
    "deadlock",
    "timeout",
    "timedout",
    "broken",
    "outdated",
    "duplicate",
    "orphan",
    "stuck",
    "corrupt",
    "crash",
    "suspended",
    "unschedulable",
    "dangling",
    "overlapping",
    "unsupported",
    "insufficient",
    "mismatch",
];
/// Types that contain a negative word and are none.
const NOT_NEGATIVE: [&str; 3] = ["failover", "errorfree", "conflictfree"];
/// Types in `…ing` that are a normal state, and no transition.
const LASTING: [&str; 4] = ["running", "serving", "listening", "working"];
/// Types of which False is as normal as True, in lower case.
const EITHER: [&str; 9] = [
    "active",
    "complete",
    "completed",
    "finished",
    "upgradeable",
    "fallback",
    "scalinglimited",
    "running",
    "promoted",
];
/// Types of which Unknown means not yet well, in lower case.
const VERDICTS: [&str; 5] = ["ready", "synced", "available", "healthy", "succeeded"];
/// Members of a status that are its verdict in one word.
const PHASES: [&str; 4] = ["phase", "state", "health", "status"];
/// Members of a status that are its verdict as a boolean, or the number of times that it failed.
const FLAGS: [&str; 3] = ["ready", "healthy", "accepted"];
/// Members of a status that explain its phase.
const REASONS: [&str; 7] = [
    "message",
    "error",
    "errorMessage",
    "lastError",
    "failureMessage",
    "phaseReason",
    "reason",
];
/// Phases of trouble and of success, in lower case.
const BAD_PHASES: [&str; 20] = [
    "fail",
    "error",
    "degraded",
    "lost",
    "unhealthy",
    "invalid",
    "stalled",
    "blocked",
    "denied",
    "crash",
    "broken",
    "unavailable",
    "notready",
    "not ready",
    "reject",
    "outofsync",
    "conflict",
    "expired",
    "unreachable",
    "aborted",
];
const GOOD_PHASES: [&str; 22] = [
    "ready",
    "running",
    "healthy",
    "active",
    "bound",
    "succeeded",
    "available",
    "completed",
    "complete",
    "deployed",
    "synced",
    "online",
    "enabled",
    "valid",
    "ok",
    "created",
    "established",
    "green",
    "success",
    "up",
    "accepted",
    "normal",
];

/// The conditions of an object, trouble first; the phase stands among them.
pub(crate) fn conditions(object: &Node) -> Vec<Condition> {
    let Some(Node::Map(status)) = object.at(&["status"]) else {
        return Vec::new();
    };
    let mut all: Vec<Condition> = items(object, &["status", "conditions"])
        .iter()
        .filter_map(|item| condition(item, ""))
        .collect();
    // Routes and gateways have conditions for each parent or listener.
    for (key, list) in status {
        let Node::List(entries) = list else { continue };
        for entry in entries {
            let name = entry.text(&["name"]).or(entry.text(&["parentRef", "name"]));
            let place = name.map_or(key.clone(), |name| format!("{key} {name}"));
            let within = items(entry, &["conditions"]).iter();
            all.extend(within.filter_map(|item| condition(item, &format!("{place}: "))));
        }
    }
    all.extend(phase(object));
    order::by_key(&mut all, |condition| condition.tone);
    all
}

fn condition(item: &Node, place: &str) -> Option<Condition> {
    let text = |key: &str| item.text(&[key]).unwrap_or_default().to_owned();
    let (kind, status) = (text("type"), text("status"));
    if kind.is_empty() || status.is_empty() {
        return None;
    }
    let reason = text("reason");
    Some(Condition {
        tone: tone(&kind, &status, &reason),
        kind: format!("{place}{kind}"),
        status,
        reason,
        message: Text::new(&text("message")),
        since: text("lastTransitionTime"),
    })
}

/// The tone of a condition.
fn tone(kind: &str, status: &str, reason: &str) -> Tone {
    let lower = kind.to_ascii_lowercase();
    let has = |words: &[&str], text: &str| words.iter().any(|word| text.contains(word));
    let is_negated = |prefix: &str| {
        let rest = kind.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    };
    let is_negative = is_negated("No")
        || is_negated("Not")
        || has(&NEGATIVE, &lower) && !has(&NOT_NEGATIVE, &lower);
    let is_passing = lower.ends_with("ing") && !LASTING.contains(&&*lower);
    let is_failed = || has(&NEGATIVE, &reason.to_ascii_lowercase());
    match status {
        "True" if is_negative => Tone::Bad,
        "True" if is_passing => Tone::Unclear,
        "True" => Tone::Good,
        "False" if is_negative => Tone::Good,
        "False" if is_passing || EITHER.contains(&&*lower) => {
            if is_failed() {
                Tone::Bad
            } else {
                Tone::Unclear
            }
        }
        // The HPA's word for a target of 0 replicas.
        "False" if reason == "ScalingDisabled" => Tone::Unclear,
        "False" => Tone::Bad,
        _ if VERDICTS.contains(&&*lower) => Tone::Bad,
        _ => Tone::Unclear,
    }
}

/// The verdict of a status that has it in one word, or as a boolean.
fn phase(object: &Node) -> Option<Condition> {
    let status = object.at(&["status"])?;
    let word = PHASES
        .iter()
        .find_map(|key| Some((*key, status.text(&[key])?)));
    let flag = || {
        let mut flags = FLAGS.iter();
        flags.find_map(|key| match status.at(&[key]) {
            Some(Node::Bool(false)) => Some((*key, "false")),
            _ => None,
        })
    };
    let reason = REASONS.iter().find_map(|key| status.text(&[key]));
    let (kind, value) = match word.filter(|(_, value)| !value.is_empty()) {
        Some(found) => found,
        None => flag()?,
    };
    let lower = value.to_ascii_lowercase();
    let tone = if lower == "false" || BAD_PHASES.iter().any(|bad| lower.contains(bad)) {
        Tone::Bad
    } else if GOOD_PHASES.contains(&&*lower) {
        Tone::Good
    } else {
        Tone::Unclear
    };
    Some(Condition {
        kind: kind.to_owned(),
        status: value.to_owned(),
        reason: String::new(),
        message: Text::new(reason.unwrap_or_default()),
        since: String::new(),
        tone,
    })
}

/// Whether the object has no status at all.
pub(crate) fn is_silent(object: &Node) -> bool {
    object.at(&["status"]).is_none_or(Node::is_empty)
}

/// The generation of the spec and the older one that the controller has acted on.
pub(crate) fn behind(object: &Node) -> Option<(i64, i64)> {
    let spec = number(object, &["metadata", "generation"])?;
    let seen = number(object, &["status", "observedGeneration"])?;
    (seen < spec).then_some((spec, seen))
}

/// Longest value of a status that is shown beside its conditions, in bytes: a name or a word.
const VALUE_BYTES: usize = 80;
/// Parts of the names of members that say nothing to a reader, in lower case.
const NOISE: [&str; 9] = [
    "generation",
    "hash",
    "checksum",
    "time",
    "resourceversion",
    "uid",
    "selector",
    "collision",
    "last",
];

/// The names, words and counts of a status: `latestReadyRevisionName web-2`.
pub(crate) fn values(object: &Node) -> Vec<String> {
    scalars(object, "status", &|key| {
        let lower = key.to_ascii_lowercase();
        !NOISE.iter().any(|part| lower.contains(part))
            && !PHASES.contains(&key)
            && !REASONS.contains(&key)
    })
}

/// Those of the members `keys` of a part of the object: `maxReplicas 20`.
pub(crate) fn members(object: &Node, part: &str, keys: &[&str]) -> Vec<String> {
    scalars(object, part, &|key| keys.contains(&key))
}

fn scalars(object: &Node, part: &str, wants: &dyn Fn(&str) -> bool) -> Vec<String> {
    let Some(Node::Map(members)) = object.at(&[part]) else {
        return Vec::new();
    };
    let mut values = Vec::new();
    for (key, value) in members.iter().filter(|(key, _)| wants(key)) {
        match value {
            Node::Text(text)
                if !text.is_empty() && text.len() <= VALUE_BYTES && !text.contains(' ') =>
            {
                values.push(format!("{} {}", word(key), word(text)));
            }
            Node::Number(number) => values.push(format!("{} {number}", word(key))),
            _ => {}
        }
    }
    values
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::{Tone, behind, conditions, is_silent, tone, values};
    use crate::redact::Manifest;

    fn object(value: Value) -> Manifest {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn tones() {
        for (kind, status, reason, want) in [
            ("Ready", "False", "", Tone::Bad),
            ("Ready", "Unknown", "", Tone::Bad),
            ("Ready", "True", "LastErrorCleared", Tone::Good),
            ("NoMatchingInstance", "True", "", Tone::Bad),
            ("NotReady", "True", "", Tone::Bad),
            ("NotReady", "False", "", Tone::Good),
            ("Normalized", "True", "", Tone::Good),
            ("Notified", "True", "", Tone::Good),
            ("Stalled", "True", "", Tone::Bad),
            ("Stalled", "False", "", Tone::Good),
            ("FailoverReady", "True", "", Tone::Good),
            ("Reconciling", "True", "", Tone::Unclear),
            ("Reconciling", "False", "", Tone::Unclear),
            (
                "Progressing",
                "False",
                "ProgressDeadlineExceeded",
                Tone::Bad,
            ),
            ("Progressing", "False", "AsExpected", Tone::Unclear),
            ("Running", "True", "", Tone::Good),
            ("Active", "False", "ScalerNotActive", Tone::Unclear),
            (
                "ScalingActive",
                "False",
                "FailedGetExternalMetric",
                Tone::Bad,
            ),
            ("ScalingActive", "False", "ScalingDisabled", Tone::Unclear),
            ("Paused", "Unknown", "", Tone::Unclear),
        ] {
            assert_eq!(tone(kind, status, reason), want, "{kind} {status} {reason}");
        }
    }

    #[test]
    fn trouble_comes_first_also_in_parts_and_phases() {
        let object = object(json!({"status": {
            "conditions": [{"type": "Ready", "status": "True"}, {"type": "Stalled", "status": "True", "reason": "R", "message": "m"}],
            "parents": [{"parentRef": {"name": "gw"}, "conditions": [{"type": "Accepted", "status": "False", "reason": "NoMatchingParent"}]}],
            "phase": "Failed", "message": "because"
        }}));
        let found: Vec<String> = conditions(object.node())
            .iter()
            .map(|condition| format!("{} {}", condition.kind, condition.status))
            .collect();
        assert_eq!(
            found,
            [
                "Stalled True",
                "parents gw: Accepted False",
                "phase Failed",
                "Ready True"
            ]
        );
        assert_eq!(&*conditions(object.node())[2].message, "because");
    }

    #[test]
    fn phases_and_flags() {
        for (status, want) in [
            (json!({"phase": "Failed"}), Some(Tone::Bad)),
            (json!({"state": "READY"}), Some(Tone::Good)),
            (json!({"phase": "Setting up primary"}), Some(Tone::Unclear)),
            (json!({"ready": false}), Some(Tone::Bad)),
            (json!({"ready": true}), None),
            (json!({"phase": ""}), None),
        ] {
            let object = object(json!({"status": status}));
            let found = conditions(object.node())
                .first()
                .map(|condition| condition.tone);
            assert_eq!(found, want, "{status}");
        }
    }

    #[test]
    fn generations_values_and_nothing() {
        let stale = object(
            json!({"metadata": {"generation": 3}, "status": {"observedGeneration": 2, "readyName": "web-2", "replicas": 4, "url": "a b"}}),
        );
        assert_eq!(behind(stale.node()), Some((3, 2)));
        assert_eq!(values(stale.node()), ["readyName web-2", "replicas 4"]);
        assert!(!is_silent(stale.node()));
        for value in [json!({}), json!({"status": {}}), json!({"status": null})] {
            assert!(is_silent(object(value).node()));
        }
        assert_eq!(
            behind(object(json!({"metadata": {"generation": 3}})).node()),
            None
        );
    }
}
