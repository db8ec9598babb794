//! What a running operation waits for, read against the cluster: a hook that is gone, and its manifest;
//! an object that waits for one of a later wave.

use super::{
    evidence::Evidence,
    finding::{Finding, Rank},
    gather::Gather,
    readings::{Deadlock, Gone},
    seen::Seen,
};
use crate::{
    answer::{said, time::Clock, word},
    argocd::{AppRef, Get, Rendering},
    model::{
        application::ResultRow,
        rendered::Rendered,
        suspect::{Suspect, View},
    },
    redact::Node,
};

/// Requests that are kept for the workloads when a hook's manifest is read.
const KEPT: u32 = 3;
/// Time to live in seconds up to which a Job can be gone before Argo CD has seen it finish.
const SHORT_SECONDS: i64 = 60;

/// Adds what the manifest of a hook that is gone says about its removal.
pub(super) async fn hook(
    gather: &Gather<'_>,
    app_ref: &AppRef,
    seen: &Seen,
    findings: &mut [Finding],
    clock: Clock,
) {
    let state = seen.app.status.operation_state.as_ref();
    let gone = state
        .zip(seen.tree.as_ref())
        .and_then(|(state, tree)| Gone::of(state, tree, clock));
    let finding = findings
        .iter_mut()
        .find(|finding| finding.rank == Rank::Waiting);
    let (Some((_, row)), Some(finding)) = (gone, finding) else {
        return;
    };
    if &*row.kind != "Job" || gather.left() <= KEPT {
        return;
    }
    let get = Get::manifests(app_ref, &Rendering::Target);
    let rendered: Option<Rendered> = gather.json("the manifest of the hook", &get).await;
    let all = rendered.map_or(Vec::new(), Rendered::nodes);
    if let Some(line) = all
        .iter()
        .filter(|manifest| is_of(manifest, row))
        .find_map(removal)
    {
        finding.add(line);
    }
}

/// Whether the manifest is the row's object: by its name, or by the prefix that its name was made of.
fn is_of(manifest: &Node, row: &ResultRow) -> bool {
    let text = |keys: &[&str]| manifest.text(keys);
    text(&["kind"]) == Some(&*row.kind)
        && match (
            text(&["metadata", "name"]),
            text(&["metadata", "generateName"]),
        ) {
            (Some(name), _) => name == &*row.name,
            (None, Some(prefix)) => !prefix.is_empty() && row.name.starts_with(prefix),
            (None, None) => false,
        }
}

/// When Kubernetes removes the Job.
fn removal(manifest: &Node) -> Option<String> {
    let Some(Node::Number(seconds)) = manifest.at(&["spec", "ttlSecondsAfterFinished"]) else {
        return None;
    };
    let seconds = seconds.as_i64()?;
    let sees = if seconds <= SHORT_SECONDS {
        ", so Argo CD may never see it finish. Remove the ttlSecondsAfterFinished or raise it; a hook-delete-policy removes the Job"
    } else {
        ""
    };
    Some(format!(
        "Its manifest sets ttlSecondsAfterFinished: {seconds}: Kubernetes removes the Job {seconds} s after it ends{sees}."
    ))
}

/// Explains the running operation by a deadlock, if `suspect` is what it waits for; whether it is.
pub(super) fn deadlock(
    seen: &Seen,
    view: &View<'_>,
    suspect: &Suspect,
    evidence: &Evidence,
    findings: &mut [Finding],
) -> bool {
    let node = &view.nodes[suspect.node];
    let owners: Vec<_> = view
        .owners(suspect.node)
        .into_iter()
        .map(|at| &view.nodes[at])
        .collect();
    let health = std::iter::once(&*node.health.message);
    let events = evidence.events.iter().map(|event| &*event.message);
    let differences = seen.differences.as_deref().unwrap_or_default();
    let found = Deadlock::of(
        &seen.app,
        (node, &owners),
        events.chain(health),
        differences,
    );
    let finding = findings
        .iter_mut()
        .find(|finding| finding.rank == Rank::Waiting);
    let (Some(deadlock), Some(finding)) = (found, finding) else {
        return false;
    };
    finding.restate(&deadlock);
    finding.lead(deadlock.remedy());
    let told = evidence
        .events
        .iter()
        .find(|event| deadlock.is_read_off(&event.message));
    if let Some(event) = told {
        let times = match event.times() {
            1 => String::new(),
            times => format!(" {times} times"),
        };
        finding.lead(format!(
            "{} {}: {}{times}{}",
            word(&node.kind),
            word(&node.name),
            word(&event.reason),
            said(&event.message)
        ));
    }
    true
}
