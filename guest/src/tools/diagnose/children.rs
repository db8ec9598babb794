//! Child Applications (app of apps): the tree has no health for them, so their parent is Healthy
//! regardless of theirs.

use std::collections::BTreeSet;

use super::{
    child,
    finding::{Finding, Rank},
    gather::Gather,
};
use crate::{
    answer::{order, plural, word},
    argocd::Get,
    call::{Call, listing},
    model::{application::listed::ListElement, tree::Tree},
};

/// Maximum children named.
const NAMED_MAX: usize = 8;

/// The children that are not Synced and Healthy, worst first; one GET, and none without children.
pub(super) async fn finding(
    gather: &Gather<'_>,
    tree: Option<&Tree>,
    call: &Call,
) -> Option<Finding> {
    let nodes = tree?.nodes.iter();
    let children: BTreeSet<(String, String)> = nodes
        .filter(|node| &*node.kind == "Application" && &*node.group == "argoproj.io")
        .map(|node| (node.namespace.to_string(), node.name.to_string()))
        .collect();
    if children.is_empty() {
        return None;
    }
    let mut unseen = children.clone();
    let mut unwell: Vec<(u8, String, String)> = Vec::new();
    let each = |child: ListElement| {
        let (namespace, name) = (&child.metadata.namespace, &child.metadata.name);
        let key = (namespace.to_string(), name.to_string());
        if !unseen.remove(&key) {
            return;
        }
        let rank = order::application_rank(&child.status.health.status, &child.status.sync.status);
        let is_well = rank >= order::application_rank("Healthy", "Synced");
        if !is_well {
            let (sync, health) = (&child.status.sync.status, &child.status.health.status);
            let words = format!("{} ({}, {})", word(name), word(sync), word(health));
            unwell.push((rank, words, format!("{}/{}", &**namespace, &**name)));
        }
    };
    let get = Get::application_states();
    gather.items("the child applications", &get, each).await?;
    if !unseen.is_empty() {
        gather.unread(format!(
            "{} of {} (not in the list of applications that this account may see)",
            unseen.len(),
            plural(children.len(), "child Application"),
        ));
    }
    order::by(&mut unwell, Ord::cmp);
    let worst = unwell.first()?.2.clone();
    let names: Vec<String> = unwell.iter().map(|(_, words, _)| words.clone()).collect();
    let cause = format!(
        "{} of {} not Synced and Healthy: {}",
        unwell.len(),
        plural(children.len(), "child Application"),
        listing::first(&names, NAMED_MAX)
    );
    let finding = Finding::observed(Rank::Workload, cause);
    let lines = child::causes(gather, &worst).await.into_iter();
    let finding = lines.fold(finding, Finding::with);
    let next = call.other("diagnose_application", &[("name", &worst)]);
    Some(match next {
        Some(next) => finding.next(next),
        None => finding,
    })
}
