//! An object that a running operation waits for and that is not in the cluster.

use crate::{
    answer::{
        time::{self, Clock},
        word,
    },
    model::{
        application::{OperationState, ResultRow},
        tree::{Node, Tree},
    },
    tools::diagnose::proven::Proven,
};

/// Age of an operation in seconds from which the tree shows what it created: Argo CD's cache is a few
/// seconds behind the cluster.
const SETTLED_SECONDS: i64 = 120;

/// A hook that the operation waits for although the tree, which was read, does not have it.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Gone {
    object: String,
}

impl Gone {
    /// The proof: a row of the running operation still says Running, the operation is old enough, and no
    /// node of a tree with objects is the row's object.
    pub(in crate::tools::diagnose) fn of<'a>(
        state: &'a OperationState,
        tree: &Tree,
        clock: Clock,
    ) -> Option<(Self, &'a ResultRow)> {
        let started = time::seconds(&state.started_at)?;
        let is_settled = clock.seconds() - started >= SETTLED_SECONDS;
        // One that waits for a deletion goes on when the object is gone; one that retries waits for none.
        let waits = state.message.contains("waiting for completion of hook");
        if &*state.phase != "Running" || !is_settled || !waits {
            return None;
        }
        let rows = state.sync_result.resources.iter();
        let row = rows.into_iter().find(|row| is_gone(row, tree))?;
        let object = format!("{} {}", word(&row.kind), word(&row.name));
        Some((Self { object }, row))
    }
}

fn is_gone(row: &ResultRow, tree: &Tree) -> bool {
    let is_it = |node: &Node| {
        node.kind == row.kind
            && node.name == row.name
            && (node.namespace == row.namespace || node.namespace.is_empty() || row.namespace.is_empty())
            // A node without uid is what Git asks for and the cluster does not have.
            && !node.uid.is_empty()
    };
    let waits = &*row.hook_phase == "Running" && !row.hook_type.is_empty();
    let mut nodes = tree.nodes.iter().chain(&tree.orphaned_nodes);
    waits && !tree.nodes.is_empty() && !nodes.any(is_it)
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
    use serde_json::{Value, from_value, json};

    use super::*;

    const STARTED: &str = "2026-11-22T10:00:00Z";

    fn state(phase: &str, hook: &str, message: &str) -> OperationState {
        from_value(json!({"phase": "Running", "startedAt": STARTED, "message": message, "syncResult": {"resources": [{
            "kind": "Job", "namespace": "shop", "name": "migrate-x7k2p",
            "hookType": hook, "hookPhase": phase
        }]}}))
        .unwrap()
    }

    fn waiting(phase: &str, hook: &str) -> OperationState {
        let message = "waiting for completion of hook batch/Job/migrate-x7k2p and 1 more hooks";
        state(phase, hook, message)
    }

    fn tree(job: &str, uid: &str) -> Tree {
        from_value(json!({"nodes": [
            {"group": "batch", "kind": "Job", "namespace": "shop", "name": job, "uid": uid},
            {"kind": "Pod", "namespace": "shop", "name": "migrate-x7k2p", "uid": "2"}
        ]}))
        .unwrap()
    }

    fn after(seconds: i64) -> Clock {
        Clock::at((time::seconds(STARTED).unwrap() + seconds) * 1_000)
    }

    #[test]
    fn speaks_of_a_running_hook_that_the_tree_does_not_have() {
        let state = waiting("Running", "PreSync");
        for tree in [tree("other", "1"), tree("migrate-x7k2p", "")] {
            let (gone, row) = Gone::of(&state, &tree, after(600)).unwrap();
            assert!(gone.headline().contains("hook Job migrate-x7k2p"));
            assert_eq!(&*row.hook_type, "PreSync");
        }
    }

    #[test]
    fn silent_while_the_hook_exists_or_is_over_or_is_no_hook_or_nothing_was_read() {
        let empty: Tree = from_value(json!({"nodes": Value::Null})).unwrap();
        for (state, tree, age) in [
            (
                waiting("Running", "PreSync"),
                tree("migrate-x7k2p", "1"),
                600,
            ),
            (waiting("Succeeded", "PreSync"), tree("other", "1"), 600),
            (waiting("Running", ""), tree("other", "1"), 600),
            (waiting("Running", "PreSync"), tree("other", "1"), 5),
            (waiting("Running", "PreSync"), empty, 600),
            (
                state(
                    "Running",
                    "PreSync",
                    "one or more synchronization tasks completed unsuccessfully. Retrying attempt #1 at 10:00AM.",
                ),
                tree("other", "1"),
                600,
            ),
            (
                state(
                    "Running",
                    "PreSync",
                    "waiting for deletion of hook batch/Job/migrate-x7k2p",
                ),
                tree("other", "1"),
                600,
            ),
        ] {
            assert!(Gone::of(&state, &tree, after(age)).is_none());
        }
        let mut over = waiting("Running", "PreSync");
        over.phase = crate::redact::Text::new("Failed");
        assert!(Gone::of(&over, &tree("other", "1"), after(600)).is_none());
    }
}
