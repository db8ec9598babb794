//! An object that a running operation waits for and that is not in the cluster.

use crate::{
    answer::word,
    model::{
        application::ResultRow,
        tree::{Node, Tree},
    },
    tools::diagnose::proven::Proven,
};

/// A hook that the operation waits for although the tree, which was read, does not have it.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Gone {
    object: String,
}

impl Gone {
    /// The proof: the row still says Running, and no node of the tree is the row's object.
    pub(in crate::tools::diagnose) fn hook(row: &ResultRow, tree: &Tree) -> Option<Self> {
        let is_it = |node: &Node| {
            node.kind == row.kind && node.name == row.name && node.namespace == row.namespace
        };
        let waits = &*row.hook_phase == "Running" && !row.hook_type.is_empty();
        let is_there = tree.nodes.iter().chain(&tree.orphaned_nodes).any(is_it);
        (waits && !is_there).then(|| Self {
            object: format!("{} {}", word(&row.kind), word(&row.name)),
        })
    }
}

impl Proven for Gone {
    fn headline(&self) -> String {
        format!(
            "the sync waits for hook {}, which no longer exists: Argo CD cannot finish this operation",
            self.object
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    fn row(phase: &str, hook: &str) -> ResultRow {
        from_value(json!({
            "kind": "Job", "namespace": "shop", "name": "migrate",
            "hookType": hook, "hookPhase": phase
        }))
        .unwrap()
    }

    fn tree(job: &str) -> Tree {
        from_value(json!({"nodes": [
            {"group": "batch", "kind": "Job", "namespace": "shop", "name": job, "uid": "1"},
            {"kind": "Pod", "namespace": "shop", "name": "migrate", "uid": "2"}
        ]}))
        .unwrap()
    }

    #[test]
    fn speaks_of_a_running_hook_that_the_tree_does_not_have() {
        let gone = Gone::hook(&row("Running", "PreSync"), &tree("other")).unwrap();
        assert!(gone.headline().contains("hook Job migrate"));
    }

    #[test]
    fn silent_while_the_hook_exists_or_is_over_or_is_no_hook() {
        for (row, tree) in [
            (row("Running", "PreSync"), tree("migrate")),
            (row("Succeeded", "PreSync"), tree("other")),
            (row("Running", ""), tree("other")),
        ] {
            assert!(Gone::hook(&row, &tree).is_none());
        }
    }
}
