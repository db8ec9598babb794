//! Dead Pods that their owner has replaced: history, and no present failure.

use crate::{
    answer::{plural, word},
    model::suspect::{Suspect, View},
    redact::Node,
    tools::diagnose::proven::Proven,
};

/// Failed Pods of an owner that has all its replicas.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Replaced {
    pods: String,
    reason: String,
    owner: String,
    node: String,
}

impl Replaced {
    /// The proof: an owner is Healthy and another of its Pods is too, so the dead one is none of its
    /// replicas; the live Pod, where it was read, is in phase Failed.
    pub(in crate::tools::diagnose) fn of(
        view: &View<'_>,
        suspect: &Suspect,
        live: &Node,
    ) -> Option<Self> {
        let is_well = |at: usize| &*view.nodes[at].health.status == "Healthy";
        // Of an old ReplicaSet no Pod is left: then its Deployment has them.
        let has_all = |owner: &usize| is_well(*owner) && view.pods(*owner).into_iter().any(is_well);
        let owner = view.owners(suspect.node).into_iter().find(has_all)?;
        let phase = live.text(&["status", "phase"]).unwrap_or("Failed");
        let pod = &view.nodes[suspect.node];
        let node = pod.fact("Node").map(|node| word(node));
        (phase == "Failed").then(|| Self {
            pods: match suspect.alike {
                1 => format!("Pod {} failed and was replaced", word(&pod.name)),
                alike => format!(
                    "{} ({} and others) failed and were replaced",
                    plural(alike, "Pod"),
                    word(&pod.name)
                ),
            },
            reason: pod
                .fact("Status Reason")
                .map_or_else(|| word(&pod.health.status), |reason| word(reason)),
            owner: format!(
                "{} {}",
                word(&view.nodes[owner].kind),
                word(&view.nodes[owner].name)
            ),
            node: node.map_or(String::new(), |node| format!(" on node {node}")),
        })
    }
}

impl Proven for Replaced {
    fn headline(&self) -> String {
        format!(
            "{}: {}{}; all replicas of {} are available",
            self.pods, self.reason, self.node, self.owner
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;
    use crate::{
        model::{suspect::Sign, tree::Tree},
        redact::Manifest,
    };

    fn read(owner: &str, other: &str, phase: &str) -> Option<String> {
        let parent = json!([{"group": "apps", "kind": "ReplicaSet", "namespace": "n", "name": "w", "uid": "o"}]);
        let tree: Tree = from_value(json!({"nodes": [
            {"group": "apps", "kind": "ReplicaSet", "namespace": "n", "name": "w", "uid": "o", "health": {"status": owner}},
            {"kind": "Pod", "namespace": "n", "name": "w-1", "uid": "1", "parentRefs": parent, "info": [{"name": "Status Reason", "value": "OutOfcpu"}], "health": {"status": "Degraded"}},
            {"kind": "Pod", "namespace": "n", "name": "w-2", "uid": "2", "parentRefs": parent, "health": {"status": other}}
        ]}))
        .unwrap();
        let live: Manifest = from_value(json!({"status": {"phase": phase}})).unwrap();
        let suspect = Suspect {
            node: 1,
            sign: Sign::Evicted,
            alike: 3,
        };
        let replaced = Replaced::of(&View::of(&tree), &suspect, live.node())?;
        Some(replaced.headline())
    }

    #[test]
    fn speaks_of_dead_pods_beside_all_replicas() {
        let text = read("Healthy", "Healthy", "Failed").unwrap();
        assert_eq!(
            text,
            "3 Pods (w-1 and others) failed and were replaced: OutOfcpu; all replicas of ReplicaSet w are available"
        );
    }

    #[test]
    fn silent_while_the_owner_lacks_replicas_or_the_pod_still_runs() {
        assert_eq!(read("Progressing", "Healthy", "Failed"), None);
        assert_eq!(read("Healthy", "Degraded", "Failed"), None);
        assert_eq!(read("Healthy", "Healthy", "Running"), None);
    }
}
