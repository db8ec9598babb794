//! A Pod that is not Ready because its node is not.

use crate::{
    answer::word,
    model::{
        event::Event,
        pod::{self, Container},
    },
    redact::Node,
    tools::diagnose::proven::Proven,
};

/// The event of the node controller, and the reason of a condition that the kubelet no longer updates.
const NOT_READY: [&str; 2] = ["NodeNotReady", "NodeStatusUnknown"];

/// A node that is not ready, with a Pod on it whose containers were well when it was last seen.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct NodeLost {
    pod: String,
    node: String,
    reason: String,
}

impl NodeLost {
    /// The proof: the Pod is not Ready although all its containers are and no readiness gate holds it, and
    /// an event or its condition says that the node is not ready.
    pub(in crate::tools::diagnose) fn of(
        name: &str,
        node: Option<&str>,
        live: &Node,
        events: &[Event],
    ) -> Option<Self> {
        let all = pod::containers(live);
        let is_well = |container: &Container| container.is_init || container.is_ready;
        let (unready, _) = not_ready(live)?;
        let is_gated = !pod::items(live, &["spec", "readinessGates"]).is_empty();
        if is_gated || all.is_empty() || !all.iter().all(is_well) {
            return None;
        }
        let known = |reason: &str| NOT_READY.contains(&reason);
        let event = events.iter().find(|event| known(&event.reason));
        let reason = match event {
            Some(event) => format!("event {}", word(&event.reason)),
            None if known(&unready) => format!("condition Ready: {}", word(&unready)),
            None => return None,
        };
        Some(Self {
            pod: name.to_owned(),
            node: node
                .or_else(|| live.text(&["spec", "nodeName"]))
                .map(word)?,
            reason,
        })
    }
}

/// Reason and message of the condition Ready when it is not True.
fn not_ready(live: &Node) -> Option<(String, String)> {
    pod::false_condition(live, "Ready").or_else(|| pod::condition(live, "Ready", "Unknown"))
}

impl Proven for NodeLost {
    fn headline(&self) -> String {
        format!(
            "node {} is not ready ({}): {} is on it, its containers were ready when last seen",
            self.node, self.reason, self.pod
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;
    use crate::redact::Manifest;

    fn pod(ready: bool, condition: &str, reason: &str, gates: usize) -> Manifest {
        from_value(json!({
            "spec": {"nodeName": "n7", "containers": [{"name": "a"}], "readinessGates": vec![json!({"conditionType": "x"}); gates]},
            "status": {
                "conditions": [{"type": "Ready", "status": condition, "reason": reason}],
                "containerStatuses": [{"name": "a", "ready": ready, "state": {"running": {}}}]
            }
        }))
        .unwrap()
    }

    fn events(reason: &str) -> Vec<Event> {
        vec![from_value(json!({"type": "Warning", "reason": reason, "message": "x"})).unwrap()]
    }

    fn read(pod: &Manifest, events: &[Event]) -> Option<String> {
        let lost = NodeLost::of("Pod a", None, pod.node(), events)?;
        Some(lost.headline())
    }

    #[test]
    fn speaks_of_a_well_pod_on_a_node_that_is_not_ready() {
        let text = read(&pod(true, "False", "", 0), &events("NodeNotReady")).unwrap();
        assert!(text.starts_with("node n7 is not ready (event NodeNotReady): Pod a is on it"));
        let text = read(&pod(true, "Unknown", "NodeStatusUnknown", 0), &[]).unwrap();
        assert!(text.contains("condition Ready: NodeStatusUnknown"));
    }

    #[test]
    fn silent_of_an_unready_container_a_gate_a_ready_pod_or_without_word_of_the_node() {
        for (pod, events) in [
            (
                pod(false, "False", "ContainersNotReady", 0),
                events("NodeNotReady"),
            ),
            (
                pod(true, "False", "ReadinessGatesNotReady", 1),
                events("NodeNotReady"),
            ),
            (pod(true, "True", "", 0), events("NodeNotReady")),
            (pod(true, "False", "", 0), events("Unhealthy")),
            (Manifest::default(), events("NodeNotReady")),
        ] {
            assert_eq!(read(&pod, &events), None);
        }
    }
}
