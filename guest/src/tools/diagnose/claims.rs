//! Two Pods of one workload on one volume: the new one waits for what the old one holds.

use super::{
    evidence::Evidence,
    finding::Finding,
    gather::Gather,
    proven::Proven as _,
    readings::{SharedClaim, claims},
};
use crate::{
    argocd::{AppRef, Get},
    model::{
        live::Live,
        suspect::{self, Suspect, View},
    },
};

/// Reads the old Pod when the new one's log or events speak of a lock, and tells what it shows.
pub(super) async fn add(
    gather: &Gather<'_>,
    app_ref: &AppRef,
    view: &View<'_>,
    (suspect, evidence): (&Suspect, &Evidence),
    finding: &mut Finding,
) {
    if gather.left() < 2 || claims(evidence.pod()).is_empty() || !is_locked(evidence) {
        return;
    }
    let Some(object) = old(view, suspect).and_then(|at| suspect::object(&view.nodes[at])) else {
        return;
    };
    let get = Get::resource(app_ref, &object);
    let Some(live) = gather.json::<Live>("the old Pod", &get).await else {
        return;
    };
    if let Some(shared) = SharedClaim::of(evidence.pod(), live.manifest.node()) {
        finding.lead("Use the strategy Recreate, or delete the old Pod.");
        finding.lead(shared.headline());
    }
}

fn is_locked(evidence: &Evidence) -> bool {
    let log = evidence.log.iter().flat_map(|log| &log.lines);
    let mut lines = log.map(|line| &*line.content);
    let mut events = evidence.events.iter().map(|event| &*event.message);
    lines.any(SharedClaim::is_told_by) || events.any(SharedClaim::is_told_by)
}

/// A Healthy Pod of an older ReplicaSet of the same workload.
fn old(view: &View<'_>, suspect: &Suspect) -> Option<usize> {
    let owners = view.owners(suspect.node);
    let (set, workload) = (*owners.first()?, *owners.get(1)?);
    let sets = view
        .children(workload)
        .iter()
        .filter(|other| **other != set);
    let mut pods = sets.flat_map(|set| view.pods(*set));
    pods.find(|pod| &*view.nodes[*pod].health.status == "Healthy")
}
