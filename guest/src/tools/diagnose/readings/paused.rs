//! What pauses an object: a field or an annotation of the live object.

use crate::{answer::word, redact::Node, tools::diagnose::proven::Proven};

/// Members of a spec or status that pause when they are true.
const FIELDS: [[&str; 2]; 6] = [
    ["spec", "suspend"],
    ["spec", "suspended"],
    ["spec", "paused"],
    ["spec", "pause"],
    ["status", "controllerPause"],
    ["status", "paused"],
];

/// An object that its own spec, status or annotation pauses.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Paused {
    name: String,
    by: String,
}

impl Paused {
    /// The proof: the field that is true, a pause of a Rollout's step, or the annotation.
    pub(in crate::tools::diagnose) fn of(name: &str, live: &Node) -> Option<Self> {
        let by = field(live).or_else(|| annotation(live))?;
        Some(Self {
            name: name.to_owned(),
            by,
        })
    }
}

fn field(live: &Node) -> Option<String> {
    let mut fields = FIELDS.iter();
    let field = fields.find(|keys| live.at(*keys) == Some(&Node::Bool(true)));
    if let Some(keys) = field {
        return Some(format!("{} is true", keys.join(".")));
    }
    let conditions = ["status", "pauseConditions"];
    let first = crate::model::pod::items(live, &conditions).first()?;
    Some(format!(
        "status.pauseConditions: {}",
        word(first.text(&["reason"]).unwrap_or_default())
    ))
}

/// An annotation that pauses, as those of many operators: its last part names a pause.
fn annotation(live: &Node) -> Option<String> {
    let Some(Node::Map(all)) = live.at(&["metadata", "annotations"]) else {
        return None;
    };
    let (key, value) = all.iter().find(|(key, value)| {
        let name = key
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let pauses =
            name.starts_with("paused") || ["pause", "suspend", "suspended"].contains(&&*name);
        pauses && !matches!(value, Node::Text(text) if matches!(&**text, "false" | ""))
    })?;
    let value = match value {
        Node::Text(text) => format!(": {}", word(text)),
        _ => String::new(),
    };
    Some(format!("annotation {}{value}", word(key)))
}

impl Proven for Paused {
    fn headline(&self) -> String {
        format!("{} is Suspended until resumed: {}", self.name, self.by)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;
    use crate::redact::Manifest;

    #[test]
    fn speaks_of_what_pauses() {
        for (live, says) in [
            (json!({"spec": {"suspend": true}}), "spec.suspend is true"),
            (
                json!({"status": {"pauseConditions": [{"reason": "CanaryPauseStep"}]}}),
                "CanaryPauseStep",
            ),
            (
                json!({"metadata": {"annotations": {"autoscaling.keda.sh/paused-replicas": "0"}}}),
                "paused-replicas: 0",
            ),
        ] {
            let live: Manifest = from_value(live).unwrap();
            let headline = Paused::of("Widget a", live.node()).unwrap().headline();
            assert!(headline.contains(says), "{headline}");
        }
    }

    #[test]
    fn silent_when_nothing_pauses() {
        for live in [
            json!({}),
            json!({"spec": {"suspend": false}}),
            json!({"status": {"conditions": [{"type": "Paused", "status": "True"}]}}),
            json!({"metadata": {"annotations": {"autoscaling.keda.sh/paused": "false"}}}),
            json!({"metadata": {"annotations": {"paused.example.com/owner": "a"}}}),
            json!({"metadata": {"annotations": {"example.com/suspend-after": "22:00"}}}),
        ] {
            let live: Manifest = from_value(live).unwrap();
            assert!(Paused::of("Widget a", live.node()).is_none(), "{live:?}");
        }
    }
}
