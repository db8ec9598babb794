//! A workload whose live object says that it is rolled out while Argo CD shows another health.

use crate::{
    answer::{time, time::Clock, word},
    model::{
        condition::{self, Tone},
        pod::number,
        tree::Node as TreeNode,
    },
    redact::Node,
    tools::diagnose::proven::Proven,
};

/// Seconds for which the live object must have been rolled out: the tree and the object are read one
/// after the other, and Argo CD follows within seconds.
const SETTLED_SECONDS: i64 = 120;

/// A rollout that is complete according to the live object, for a while already.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct StaleRollout {
    name: String,
    health: String,
    replicas: i64,
    since: String,
}

impl StaleRollout {
    /// The proof: the controller has seen the newest spec, all replicas are updated and available,
    /// no condition is bad, and the last condition changed at least [`SETTLED_SECONDS`] ago.
    pub(in crate::tools::diagnose) fn of(
        node: &TreeNode,
        live: &Node,
        clock: Clock,
    ) -> Option<Self> {
        let is_claimed = matches!(&*node.health.status, "Progressing" | "Degraded");
        if &*node.kind != "Deployment" || !is_claimed {
            return None;
        }
        let count = |keys: &[&str]| number(live, keys);
        let wanted = count(&["spec", "replicas"])?;
        let is_whole = [
            "replicas",
            "updatedReplicas",
            "readyReplicas",
            "availableReplicas",
        ]
        .iter()
        .all(|key| count(&["status", key]) == Some(wanted));
        let is_seen =
            count(&["status", "observedGeneration"])? >= count(&["metadata", "generation"])?;
        let is_paused = live.at(&["spec", "paused"]) == Some(&Node::Bool(true));
        let conditions = condition::conditions(live);
        let is_well = conditions.iter().all(|one| one.tone != Tone::Bad);
        let times = conditions
            .iter()
            .map(|one| (time::seconds(&one.since), &one.since));
        let (changed, since) = times.max_by_key(|(seconds, _)| *seconds)?;
        let is_settled = clock.seconds() - changed? >= SETTLED_SECONDS;
        (wanted > 0 && is_whole && is_seen && is_well && !is_paused && is_settled).then(|| Self {
            name: format!("{} {}", word(&node.kind), word(&node.name)),
            health: word(&node.health.status),
            replicas: wanted,
            since: clock.both(since),
        })
    }
}

impl Proven for StaleRollout {
    fn headline(&self) -> String {
        format!(
            "Argo CD shows {} as {}, but the live object says {n} of {n} replicas are updated and available since {}: the health that Argo CD shows is out of date, not the rollout",
            self.name,
            self.health,
            self.since,
            n = self.replicas
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;
    use crate::redact::Manifest;

    const NOW: &str = "2026-09-01T10:00:00Z";

    fn merge(base: &mut Value, more: Value) {
        match (base, more) {
            (Value::Object(base), Value::Object(more)) => {
                for (key, value) in more {
                    merge(base.entry(key).or_insert(Value::Null), value);
                }
            }
            (base, more) => *base = more,
        }
    }

    fn reading(kind: &str, health: &str, more: Value) -> Option<StaleRollout> {
        let node = from_value(json!({
            "group": "apps", "kind": kind, "name": "web", "health": {"status": health}
        }));
        let mut live = json!({
            "metadata": {"generation": 4}, "spec": {"replicas": 3},
            "status": {
                "observedGeneration": 4, "replicas": 3, "updatedReplicas": 3,
                "readyReplicas": 3, "availableReplicas": 3,
                "conditions": [{"type": "Available", "status": "True", "lastTransitionTime": "2026-09-01T09:00:00Z"}]
            }
        });
        merge(&mut live, more);
        let live: Manifest = from_value(live).unwrap();
        let clock = Clock::at(time::seconds(NOW).unwrap() * 1_000);
        StaleRollout::of(&node.unwrap(), live.node(), clock)
    }

    #[test]
    fn speaks_when_the_live_object_has_been_whole_for_a_while() {
        for health in ["Progressing", "Degraded"] {
            let headline = reading("Deployment", health, json!({})).unwrap().headline();
            assert!(headline.contains("3 of 3 replicas") && headline.contains("1 h ago"));
        }
    }

    #[test]
    fn silent_about_rollouts_that_are_not_over_or_only_just() {
        let condition = |status: &str, since: &str| json!({"status": {"conditions": [{"type": "Available", "status": status, "lastTransitionTime": since}]}});
        for (what, more) in [
            (
                "one is not available",
                json!({"status": {"availableReplicas": 2}}),
            ),
            ("an old one still runs", json!({"status": {"replicas": 4}})),
            ("the spec is newer", json!({"metadata": {"generation": 5}})),
            (
                "a condition is bad",
                condition("False", "2026-09-01T09:00:00Z"),
            ),
            (
                "it ended just now",
                condition("True", "2026-09-01T09:59:30Z"),
            ),
            ("it says no time", json!({"status": {"conditions": []}})),
            ("it is paused", json!({"spec": {"paused": true}})),
            ("it is scaled to 0", json!({"spec": {"replicas": 0}})),
        ] {
            assert!(
                reading("Deployment", "Progressing", more).is_none(),
                "{what}"
            );
        }
        assert!(reading("Deployment", "Healthy", json!({})).is_none());
        assert!(reading("Rollout", "Progressing", json!({})).is_none());
    }
}
