//! Images that cannot be pulled.

use super::{
    evidence::{Evidence, waiting},
    finding::{Finding, Rank},
    proven::Proven as _,
    readings::Unpullable,
};
use crate::{
    answer::word,
    model::{pod, tree::Node as TreeNode},
};

/// The container waits for its image.
pub(super) fn image(name: &str, node: &TreeNode, evidence: &Evidence) -> Finding {
    let images: Vec<String> = node
        .images
        .iter()
        .take(3)
        .map(|image| image.line(200))
        .collect();
    let (container, message) = match waiting(evidence) {
        Some((container, _, message)) => {
            (format!(" of container {}", word(&container.name)), message)
        }
        None => (String::new(), node.health.message.clone()),
    };
    let state = node.fact("Status Reason").map_or("", |reason| &**reason);
    let reading = Unpullable::of(state, &message, &evidence.events);
    let why = match &reading {
        Some(reading) => reading.headline(),
        None => "the image cannot be pulled".to_owned(),
    };
    let mut finding = Finding::observed(
        Rank::Workload,
        format!("{name} is in {}: {why}", word(state)),
    )
    .quoting(&message);
    let place = node
        .fact("Node")
        .filter(|_| reading.as_ref().is_some_and(Unpullable::is_of_node));
    finding = finding.with_each(place.map(|place| format!("node: {}", word(place))));
    let wanted = match pod::bad(evidence.pod()) {
        Some(container) if !container.image.is_empty() => vec![word(&container.image)],
        _ => images,
    };
    if !wanted.is_empty() {
        finding.add(format!("image{container}: {}", wanted.join(", ")));
    }
    let live = evidence.pod();
    if !live.is_empty()
        && reading.is_some_and(|reading| reading.is_refused())
        && pod::items(live, &["spec", "imagePullSecrets"]).is_empty()
    {
        finding.add("The Pod has no imagePullSecrets.");
    }
    if live.is_empty() {
        return finding;
    }
    finding.with("The container has not started, so it has no log.")
}
