//! An application in deletion, and what holds it.

use super::{
    finding::{Finding, Rank},
    proven::Proven,
    readings::Unregistered,
};
use crate::{
    answer::{listed, said, time::Clock, word},
    model::{
        application::Application,
        pod,
        tree::{Node as TreeNode, Tree},
    },
    redact::{Manifest, Node, Text},
};

/// Maximum objects named.
const OBJECTS_MAX: usize = 6;

/// Index of the first node in the tree that is pending deletion.
pub(super) fn pending(tree: &Tree) -> Option<usize> {
    tree.nodes
        .iter()
        .position(|node| node.health.message.contains("Pending deletion"))
}

/// Why the application is still there; `held` is the live object of [`pending`].
pub(super) fn finding(
    app: &Application,
    tree: Option<&Tree>,
    held: Option<&Manifest>,
    clock: Clock,
) -> Option<Finding> {
    if app.metadata.deletion_timestamp.is_empty() {
        return None;
    }
    let finalizers = &app.metadata.finalizers;
    let mut finding = Finding::observed(
        Rank::Deleting,
        format!(
            "deletion of the application started {} and waits for its finalizers: {}",
            clock.both(&app.metadata.deletion_timestamp),
            listed(finalizers.iter(), finalizers.len())
        ),
    );
    let nodes = tree.map_or(&[][..], |tree| &tree.nodes);
    if let Some(object) = held.map(Manifest::node) {
        finding.add(holds(object, clock));
    }
    let waiting = nodes
        .iter()
        .filter(|node| node.health.message.contains("Pending deletion"));
    let waiting: Vec<String> = waiting
        .skip(usize::from(held.is_some()))
        .take(OBJECTS_MAX)
        .map(|node| format!("{} {}", word(&node.kind), word(&node.name)))
        .collect();
    if !waiting.is_empty() {
        finding.add(format!("also pending deletion: {}", waiting.join(", ")));
    }
    finding.add(gone(app));
    let confirm: Vec<String> = app
        .status
        .resources
        .iter()
        .filter(|resource| resource.requires_deletion_confirmation == Some(true))
        .take(OBJECTS_MAX)
        .map(|resource| format!("{} {}", word(&resource.kind), word(&resource.name)))
        .collect();
    if !confirm.is_empty() {
        finding.add(format!(
            "The deletion of {} needs confirmation: in the UI, or with the annotation argocd.argoproj.io/deletion-approved on the application.",
            confirm.join(", ")
        ));
    }
    match Unregistered::of(app) {
        Some(unregistered) => {
            finding.add(unregistered.headline());
            finding.add("Register the cluster again, or remove that finalizer by hand: nothing on the cluster is cleaned up then.");
            return Some(finding);
        }
        None => finding.add(hooks(app, nodes)),
    }
    let is_pending = held.is_some() || !waiting.is_empty();
    let has_failed = app
        .status
        .conditions
        .iter()
        .any(|condition| &*condition.kind == "DeletionError");
    finding.add(match (is_pending, tree) {
        (true, _) => "Argo CD is right to wait: removing the application's finalizer by hand would leave these objects in the cluster.",
        _ if has_failed || !confirm.is_empty() => "",
        (false, Some(_)) => "The tree shows no object in deletion: the application waits for a hook, the controller or the cluster.",
        (false, None) => "The remaining objects could not be read.",
    });
    Some(finding)
}

/// The objects that the deletion has removed already.
fn gone(app: &Application) -> String {
    let gone = app
        .status
        .resources
        .iter()
        .filter(|resource| &*resource.health.status == "Missing");
    let gone: Vec<String> = gone
        .take(OBJECTS_MAX)
        .map(|resource| format!("{} {}", word(&resource.kind), word(&resource.name)))
        .collect();
    if gone.is_empty() {
        String::new()
    } else {
        format!("already gone: {}", gone.join(", "))
    }
}

/// The delete hook that the finalizers wait for, with the Jobs that may belong to it.
fn hooks(app: &Application, nodes: &[TreeNode]) -> String {
    let mut finalizers = app.metadata.finalizers.iter();
    let waited = finalizers.find_map(|finalizer| {
        let hook = if finalizer.starts_with("pre-delete-finalizer.") {
            "PreDelete"
        } else if finalizer.starts_with("post-delete-finalizer.") {
            "PostDelete"
        } else {
            return None;
        };
        Some((hook, finalizer.ends_with("/cleanup")))
    });
    let Some((hook, is_cleanup)) = waited else {
        return String::new();
    };
    let jobs: Vec<String> = nodes
        .iter()
        .filter(|node| matches!(&*node.kind, "Job" | "Pod") && node.parent_refs.is_empty())
        .take(OBJECTS_MAX)
        .map(|node| format!("{} {}", word(&node.kind), word(&node.name)))
        .collect();
    let waits = if is_cleanup {
        format!("Argo CD still has to remove the objects of its {hook} hooks")
    } else {
        format!("Its {hook} hook must succeed first")
    };
    if jobs.is_empty() {
        format!("{waits}.")
    } else {
        format!("{waits}: {}.", jobs.join(", "))
    }
}

/// `ConfigMap x has been Terminating since …, held by its finalizers: …`.
pub(super) fn holds(object: &Node, clock: Clock) -> String {
    let text = |keys: &[&str]| object.text(keys).unwrap_or_default();
    let finalizers: Vec<String> = match object.at(&["metadata", "finalizers"]) {
        Some(Node::List(items)) => items
            .iter()
            .filter_map(|item| match item {
                Node::Text(text) => Some(word(text)),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    let name = format!(
        "{} {}",
        word(text(&["kind"])),
        word(text(&["metadata", "name"]))
    );
    let since = clock.both(text(&["metadata", "deletionTimestamp"]));
    let remains: Vec<String> = pod::items(object, &["status", "conditions"])
        .iter()
        .filter(|condition| {
            condition.text(&["status"]) == Some("True")
                && condition
                    .text(&["type"])
                    .is_some_and(|kind| kind.starts_with("Namespace"))
        })
        .filter_map(|condition| condition.text(&["message"]))
        .map(|message| said(&Text::new(message)))
        .collect();
    match finalizers.is_empty() {
        true if !remains.is_empty() => {
            format!(
                "{name} has been Terminating since {since} and is not empty{}",
                remains.concat()
            )
        }
        true => format!(
            "{name} has been Terminating since {since} without finalizers: an object it owns or a grace period holds it"
        ),
        false => format!(
            "{name} has been Terminating since {since}, held by its finalizers: {}. {}",
            finalizers.join(", "),
            holder(&finalizers)
        ),
    }
}

/// Says who removes the finalizers.
fn holder(finalizers: &[String]) -> &'static str {
    let is = |name: &str| finalizers.iter().any(|finalizer| finalizer == name);
    if is("kubernetes.io/pvc-protection") {
        "A Pod still uses the claim: it is deleted when the Pod is gone."
    } else if is("foregroundDeletion") {
        "Its dependents must be deleted first."
    } else {
        "The controller or user that added them must remove them."
    }
}
