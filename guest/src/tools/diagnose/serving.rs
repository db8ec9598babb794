//! Whether Pods still serve while a workload is unhealthy.

use super::operation::short;
use crate::{
    answer::{plural, word},
    model::suspect::{Suspect, View},
};

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
        return beside(view, suspect, &owners);
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
        (None, well) => format!(
            "{} of {} {} {} running and Healthy.",
            plural(well, "other Pod"),
            word(&view.nodes[deployment].kind),
            word(&view.nodes[deployment].name),
            are(well)
        ),
    }
}

/// The verb for so many Pods.
fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// The other Pods of an owner without ReplicaSets.
fn beside(view: &View<'_>, suspect: &Suspect, owners: &[usize]) -> String {
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
    let well = view
        .pods(owner)
        .into_iter()
        .filter(|pod| *pod != suspect.node && &*view.nodes[*pod].health.status == "Healthy");
    match well.count() {
        0 => format!("No Pod of {name} is Healthy: nothing serves."),
        well => format!(
            "{} of {name} {} running and Healthy.",
            plural(well, "other Pod"),
            are(well)
        ),
    }
}
