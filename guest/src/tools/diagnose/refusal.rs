//! Pods that are rejected at creation: only the owner or its events explain why.

use super::{
    evidence::Evidence,
    finding::{Finding, Rank},
};
use crate::{
    answer::{plural, word},
    model::suspect::{Sign, Suspect, View},
    redact::Text,
};

/// The rejection message: a ReplicaSet has it as a condition; StatefulSets, DaemonSets and Jobs
/// only as an event.
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

/// No Pod is created, for the reason in `message`.
pub(super) fn refused(view: &View<'_>, suspect: &Suspect, message: &Text) -> Finding {
    let node = &view.nodes[suspect.node];
    let pods = match view.pods(suspect.node).len() {
        1 => "1 Pod exists".to_owned(),
        count => format!("{} exist", plural(count, "Pod")),
    };
    Finding::observed(
        Rank::Workload,
        format!(
            "{}: {} {} (FailedCreate, {pods})",
            why(message),
            word(&node.kind),
            word(&node.name)
        ),
    )
    .quoting(message)
    .with("This is not a scheduling problem: the missing Pods are never created.")
    .with_each(quota(view, message))
}

fn why(message: &Text) -> &'static str {
    let has = |part: &str| message.contains(part);
    if has("exceeded quota") {
        "a ResourceQuota rejects its Pods"
    } else if has("failed quota") {
        "a ResourceQuota rejects its Pods: they lack required requests or limits"
    } else if has("violates PodSecurity") {
        "Pod Security rejects its Pods"
    } else if has("failed calling webhook") {
        "an admission webhook for new Pods does not answer (check its Service)"
    } else if has("admission webhook") {
        "an admission webhook rejects its Pods"
    } else if has("ValidatingAdmissionPolicy") {
        "an admission policy rejects its Pods"
    } else if has("serviceaccount") || has("service account") {
        "its service account does not exist"
    } else if has(" usage per ") || has("limit to request ratio") {
        "a LimitRange rejects its Pods"
    } else if has("PriorityClass") {
        "its priority class does not exist"
    } else {
        "its Pods are rejected at creation"
    }
}

/// The ResourceQuota in `message`, when it belongs to the application.
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
