//! Pods that are refused before they exist: no Pod tells why, the owner or its event does.

use super::{
    evidence::Evidence,
    finding::{Finding, Rank},
};
use crate::{
    answer::{plural, word},
    model::suspect::{Sign, Suspect, View},
    redact::Text,
};

/// The text of the refusal: a ReplicaSet has it as its condition; StatefulSets, DaemonSets and Jobs
/// have nothing but the event.
pub(super) fn text(view: &View<'_>, suspect: &Suspect, evidence: &Evidence) -> Option<Text> {
    let node = &view.nodes[suspect.node];
    if suspect.sign == Sign::Refused {
        return Some(node.health.message.clone());
    }
    let makes_pods = matches!(
        &*node.kind,
        "StatefulSet" | "DaemonSet" | "Job" | "CronJob" | "ReplicaSet"
    );
    let refusals = evidence
        .events
        .iter()
        .filter(|event| &*event.reason == "FailedCreate");
    let newest = refusals.max_by_key(|event| event.last().0)?;
    (suspect.sign == Sign::Unwell && makes_pods).then(|| {
        Text::new(
            newest
                .message
                .trim_start_matches("(combined from similar events): ")
                .trim_start_matches("Error creating: "),
        )
    })
}

/// No Pod is made, for the reason that `message` gives.
pub(super) fn refused(view: &View<'_>, suspect: &Suspect, message: &Text) -> Finding {
    let node = &view.nodes[suspect.node];
    let pods = match view.pods(suspect.node).len() {
        1 => "1 Pod exists".to_owned(),
        count => format!("{} exist", plural(count, "Pod")),
    };
    Finding::new(
        Rank::Workload,
        format!(
            "{}: {} {} (FailedCreate, {pods})",
            why(message),
            word(&node.kind),
            word(&node.name)
        ),
    )
    .quoting(message)
    .with("This is no scheduling problem: the missing Pods are never created.")
    .with_each(quota(view, message))
}

fn why(message: &Text) -> &'static str {
    let has = |part: &str| message.contains(part);
    if has("exceeded quota") {
        "a ResourceQuota refuses its Pods"
    } else if has("failed quota") {
        "a ResourceQuota refuses its Pods, as they do not say what they need"
    } else if has("violates PodSecurity") {
        "Pod security refuses its Pods"
    } else if has("failed calling webhook") {
        "a webhook that every new Pod has to pass does not answer (its Service is the root)"
    } else if has("admission webhook") {
        "an admission webhook refuses its Pods"
    } else if has("ValidatingAdmissionPolicy") {
        "an admission policy refuses its Pods"
    } else if has("serviceaccount") || has("service account") {
        "its service account does not exist"
    } else if has(" usage per ") || has("limit to request ratio") {
        "a LimitRange refuses its Pods"
    } else if has("PriorityClass") {
        "its priority class does not exist"
    } else {
        "its Pods are refused before they exist"
    }
}

/// The ResourceQuota that `message` names, when it is one of the application's own objects.
fn quota(view: &View<'_>, message: &Text) -> Option<String> {
    let (_, rest) = message.split_once(" quota: ")?;
    let name = rest.split([',', ' ', ':']).next()?;
    let mut nodes = view.nodes.iter();
    nodes
        .any(|node| &*node.kind == "ResourceQuota" && &*node.name == name)
        .then(|| {
            format!(
                "ResourceQuota {} belongs to this application.",
                word(&Text::new(name))
            )
        })
}
