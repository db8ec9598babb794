//! Whether Pods still serve while a workload is unhealthy.

use super::operation::short;
use crate::{
    answer::{plural, word},
    model::suspect::{Suspect, View},
};

/// Maximum Pods of a StatefulSet that are named.
const NAMES_MAX: usize = 3;

/// Kinds whose Pods serve, unlike those of Jobs.
const SERVES: [&str; 4] = ["Deployment", "Rollout", "StatefulSet", "DaemonSet"];

/// Names the healthy Pods next to the failing ones, those of older revisions first.
pub(super) fn still_serving(view: &View<'_>, suspect: &Suspect) -> String {
    let owners: Vec<usize> = view
        .owners(suspect.node)
        .into_iter()
        .chain([suspect.node])
        .collect();
    let Some(deployment) = owners.iter().copied().find(|owner| {
        view.children(*owner)
            .iter()
            .any(|child| &*view.nodes[*child].kind == "ReplicaSet")
    }) else {
        return beside(view, &owners);
    };
    let newest = view.newest(deployment);
    let is_well = |pod: &usize| &*view.nodes[*pod].health.status == "Healthy";
    let old: Vec<usize> = view
        .children(deployment)
        .iter()
        .filter(|set| Some(**set) != newest)
        .flat_map(|set| view.pods(*set))
        .filter(is_well)
        .collect();
    let new = newest.map_or(0, |set| {
        view.pods(set).iter().filter(|pod| is_well(pod)).count()
    });
    match (old.first(), new) {
        (Some(first), _) => {
            let images: Vec<String> = view.nodes[*first]
                .images
                .iter()
                .take(3)
                .map(|image| short(image))
                .collect();
            format!(
                "{} of the previous version {} still running and Healthy ({}), so it still serves.",
                plural(old.len(), "Pod"),
                are(old.len()),
                images.join(" + ")
            )
        }
        (None, 0) => format!(
            "No Pod of {} {} is Healthy: nothing serves.",
            word(&view.nodes[deployment].kind),
            word(&view.nodes[deployment].name)
        ),
        (None, _) => serving(view, deployment),
    }
}

/// `1 of 2 Pods is running and Healthy (StatefulSet db): db-0 (db:1.2).` Dead Pods do not count.
fn serving(view: &View<'_>, owner: usize) -> String {
    let pods: Vec<usize> = view
        .pods(owner)
        .into_iter()
        .filter(|pod| view.is_replica(*pod))
        .collect();
    let is_well = |pod: &&usize| &*view.nodes[**pod].health.status == "Healthy";
    let well: Vec<usize> = pods.iter().filter(is_well).copied().collect();
    let node = &view.nodes[owner];
    let mut names: Vec<String> = Vec::new();
    if &*node.kind == "StatefulSet" {
        for pod in well.iter().take(NAMES_MAX) {
            let pod = &view.nodes[*pod];
            let image = pod
                .images
                .first()
                .map_or(String::new(), |image| format!(" ({})", short(image)));
            names.push(format!("{}{image}", word(&pod.name)));
        }
    }
    let named = if names.is_empty() {
        String::new()
    } else {
        format!(": {}", names.join(", "))
    };
    format!(
        "{} of {} {} running and Healthy ({} {}){named}.",
        well.len(),
        plural(pods.len(), "Pod"),
        are(well.len()),
        word(&node.kind),
        word(&node.name)
    )
}

/// The verb for so many Pods.
fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// The other Pods of an owner without ReplicaSets.
fn beside(view: &View<'_>, owners: &[usize]) -> String {
    let Some(owner) = owners
        .iter()
        .copied()
        .find(|owner| SERVES.contains(&&*view.nodes[*owner].kind))
    else {
        return String::new();
    };
    let name = format!(
        "{} {}",
        word(&view.nodes[owner].kind),
        word(&view.nodes[owner].name)
    );
    let is_well = |pod: &usize| &*view.nodes[*pod].health.status == "Healthy";
    if view.pods(owner).iter().any(is_well) {
        serving(view, owner)
    } else {
        format!("No Pod of {name} is Healthy: nothing serves.")
    }
}
