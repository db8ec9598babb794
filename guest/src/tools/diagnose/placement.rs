//! Unschedulable Pods, claims without a volume, and Pods that fail because of their node.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    evidence::{Evidence, NAMES_MAX, health},
    finding::{Finding, Rank},
};
use crate::{
    answer::{plural, word},
    model::{
        pod::{self, MountKind},
        suspect::{Suspect, View},
        tree::Node as TreeNode,
    },
    redact::{Node, Text},
};

/// The scheduler's reason, what the Pod requires, and what the nodes have.
pub(super) fn unscheduled(view: &View<'_>, name: &str, evidence: &Evidence) -> Finding {
    let live = evidence.pod();
    let mut finding = Finding::observed(
        Rank::Workload,
        format!("{name} is Pending: no node is suitable"),
    );
    let refusal = pod::false_condition(live, "PodScheduled").map(|(_, message)| message);
    let refusal = refusal.filter(|message| !message.is_empty()).or_else(|| {
        let mut events = evidence.events.iter();
        let refusal = events.find(|event| &*event.reason == "FailedScheduling");
        refusal.map(|event| event.message.to_string())
    });
    if let Some(message) = &refusal {
        finding = finding.quoting(&Text::new(reasons(message)));
    }
    let gates = names(live, &["spec", "schedulingGates"], &["name"]);
    if !gates.is_empty() {
        finding.add(format!(
            "Its scheduling gates must be removed first: {}.",
            gates.join(", ")
        ));
    }
    let mut asks: Vec<String> = pod::asks(live).iter().map(|ask| word(ask)).collect();
    asks.truncate(NAMES_MAX);
    let refusal = refusal.unwrap_or_default().to_ascii_lowercase();
    if refusal.contains("volume") {
        let claims = pod::mounts(live).into_iter();
        let claims = claims.filter(|mount| mount.kind == MountKind::Claim);
        asks.extend(claims.map(|claim| claim.to_string()));
    }
    if refusal.contains("taint") {
        asks.push(format!("tolerates {}", tolerated(live)));
    }
    if !asks.is_empty() {
        finding.add(format!("it requires: {}", asks.join(", ")));
    }
    for line in offered(view, &pod::selected(live)) {
        finding.add(line);
    }
    if live.is_empty() {
        finding
    } else {
        finding.with("It has never started, so it has no log.")
    }
}

/// The scheduler's message without the part on preemption, which is never the cause.
pub(super) fn reasons(message: &str) -> &str {
    let ends = [" preemption:", " no new claims to deallocate"];
    let end = ends.iter().filter_map(|end| message.find(end)).min();
    &message[..end.unwrap_or(message.len())]
}

fn names(object: &Node, list: &[&str], key: &[&str]) -> Vec<String> {
    pod::items(object, list)
        .iter()
        .filter_map(|item| item.text(key).map(word))
        .take(NAMES_MAX)
        .collect()
}

/// The taints that the Pod tolerates, without the default tolerations.
fn tolerated(live: &Node) -> String {
    let keys = names(live, &["spec", "tolerations"], &["key"]);
    let own: Vec<String> = keys
        .into_iter()
        .filter(|key| {
            !matches!(
                key.as_str(),
                "node.kubernetes.io/not-ready" | "node.kubernetes.io/unreachable"
            )
        })
        .collect();
    if own.is_empty() {
        "no taint".to_owned()
    } else {
        format!("taints {}", own.join(" and "))
    }
}

/// The known nodes' values of the required labels.
fn offered(view: &View<'_>, selected: &[(String, String)]) -> Vec<String> {
    let mut lines = Vec::new();
    for (key, wanted) in selected {
        let mut values: BTreeMap<String, usize> = BTreeMap::new();
        for host in view.hosts {
            let value = host
                .labels
                .node()
                .text(&[key])
                .map_or("(none)".to_owned(), word);
            *values.entry(value).or_default() += 1;
        }
        if !values.is_empty() && !values.contains_key(wanted) {
            let labels: Vec<String> = values
                .iter()
                .take(NAMES_MAX)
                .map(|(value, count)| format!("{value} ({count})"))
                .collect();
            lines.push(format!(
                "known nodes have {}: {}",
                word(key),
                labels.join(", ")
            ));
        }
    }
    lines
}

/// A claim without a volume; its events explain it.
pub(super) fn claim(name: &str, node: &TreeNode, evidence: &Evidence) -> Finding {
    let text = if &*node.health.status == "Degraded" {
        format!("{name} has lost its volume")
    } else if waits_for_pod(evidence) {
        format!("{name} has no volume yet, which is normal until a Pod that uses it is scheduled")
    } else {
        format!("{name} has no volume yet ({})", health(node))
    };
    Finding::observed(Rank::Workload, text).quoting(&node.health.message)
}

/// Whether the claim waits for its Pod, and not the Pod for the claim.
pub(super) fn waits_for_pod(evidence: &Evidence) -> bool {
    let has = |reason: &str| evidence.events.iter().any(|event| &*event.reason == reason);
    has("WaitForFirstConsumer") && !has("ProvisioningFailed")
}

/// The node that all failing Pods share, when they belong to several workloads and Pods on other
/// nodes are Healthy: then the node is the likely cause, not the workloads.
pub(super) fn shared_node(view: &View<'_>, suspects: &[Suspect]) -> Option<String> {
    let place = |node: &'_ TreeNode| node.fact("Node").map(|name| word(name));
    let pods = suspects
        .iter()
        .filter(|suspect| &*view.nodes[suspect.node].kind == "Pod");
    let (mut nodes, mut owners) = (BTreeSet::new(), BTreeSet::new());
    for suspect in pods {
        nodes.insert(place(&view.nodes[suspect.node])?);
        owners.insert(view.owners(suspect.node).last().copied());
    }
    let mut shared = nodes.into_iter();
    let (node, None) = (shared.next()?, shared.next()) else {
        return None;
    };
    let well_elsewhere = view.nodes.iter().any(|other| {
        &*other.kind == "Pod"
            && &*other.health.status == "Healthy"
            && place(other).is_some_and(|other| other != node)
    });
    (owners.len() > 1 && well_elsewhere).then(|| {
        format!(
            "All failing Pods of {} are on node {node}; Pods on other nodes are healthy: check the node.",
            plural(owners.len(), "workload")
        )
    })
}
