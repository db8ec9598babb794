//! A Rollout that has aborted an update.

use crate::{answer::word, model::suspect::View, tools::diagnose::proven::Proven};

/// What Argo Rollouts says of an update that it has aborted.
const ABORTED: &str = "RolloutAborted";

/// An aborted update, of which no Pod is left.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Aborted {
    rollout: String,
    set: String,
}

impl Aborted {
    /// The proof: the node or an owner is a Rollout whose message says so, and the ReplicaSet of its newest
    /// revision has no Pods in the tree.
    pub(in crate::tools::diagnose) fn of(view: &View<'_>, at: usize) -> Option<Self> {
        let is_aborted = |at: &usize| {
            let node = &view.nodes[*at];
            &*node.kind == "Rollout" && node.health.message.starts_with(ABORTED)
        };
        let mut nodes = std::iter::once(at).chain(view.owners(at));
        let rollout = nodes.find(is_aborted)?;
        let set = view.newest(rollout)?;
        view.pods(set).is_empty().then(|| Self {
            rollout: word(&view.nodes[rollout].name),
            set: word(&view.nodes[set].name),
        })
    }
}

impl Proven for Aborted {
    fn headline(&self) -> String {
        format!(
            "Rollout {} aborted the update: ReplicaSet {} is scaled to 0; it stays Degraded until somebody retries it or Git changes",
            self.rollout, self.set
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;
    use crate::model::tree::Tree;

    fn read(message: &str, pods_of: &str) -> Option<Aborted> {
        let parent = |kind: &str, name: &str| json!([{"group": "x", "kind": kind, "namespace": "n", "name": name, "uid": name}]);
        let set = |name: &str, revision: &str| {
            json!({"group": "apps", "kind": "ReplicaSet", "namespace": "n", "name": name, "uid": name,
                "parentRefs": parent("Rollout", "shop"), "info": [{"name": "Revision", "value": revision}]})
        };
        let tree: Tree = from_value(json!({"nodes": [
            {"group": "argoproj.io", "kind": "Rollout", "namespace": "n", "name": "shop", "uid": "shop", "health": {"status": "Degraded", "message": message}},
            set("shop-old", "Rev:4"),
            set("shop-new", "Rev:5"),
            {"kind": "Pod", "namespace": "n", "name": "p", "uid": "p", "parentRefs": parent("ReplicaSet", pods_of)}
        ]}))
        .unwrap();
        Aborted::of(&View::of(&tree), 0)
    }

    #[test]
    fn speaks_of_an_aborted_update_without_pods() {
        let text = read(
            "RolloutAborted: Rollout aborted update to revision 5",
            "shop-old",
        );
        assert!(
            text.unwrap()
                .headline()
                .contains("ReplicaSet shop-new is scaled to 0")
        );
    }

    #[test]
    fn silent_while_its_pods_run_and_for_other_messages() {
        assert!(
            read(
                "RolloutAborted: Rollout aborted update to revision 5",
                "shop-new"
            )
            .is_none()
        );
        assert!(read("ProgressDeadlineExceeded: timed out", "shop-old").is_none());
        assert!(read("CanaryPauseStep", "shop-old").is_none());
    }
}
