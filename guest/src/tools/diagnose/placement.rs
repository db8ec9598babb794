//! Unschedulable Pods, claims without a volume, and Pods that fail because of their node.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    evidence::{Evidence, NAMES_MAX, age, health, reason},
    finding::{Finding, Rank},
    proven::Proven as _,
    readings::{Pinned, Replaced, Unscalable, Unstartable},
};
use crate::{
    answer::{plural, time::Clock, word},
    model::{
        pod::{self, MountKind},
        suspect::{Sign, Suspect, View},
        tree::Node as TreeNode,
    },
    redact::{Node, Text},
};

/// Signs that may depend on the node that the Pod is on.
const BY_NODE: [Sign; 6] = [
    Sign::Image,
    Sign::Config,
    Sign::Init,
    Sign::Crash,
    Sign::Starting,
    Sign::Unready,
];

/// The scheduler's reason, what the Pod requires, and what the nodes have.
pub(super) fn unscheduled(view: &View<'_>, at: usize, name: &str, evidence: &Evidence) -> Finding {
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
    let refused = refusal.unwrap_or_default();
    let pinned = Pinned::of(view, at, live, &refused);
    let scaled = Unscalable::of(&evidence.events);
    let refusal = refused.to_ascii_lowercase();
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
    if let Some(pinned) = pinned {
        finding = finding.because(&pinned).with(pinned.remedy());
    } else if let Some(scaled) = scaled {
        finding.add(
            format!("{}. {}", scaled.headline(), scaled.remedy())
                .trim_end()
                .to_owned(),
        );
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

/// A dead Pod: history where its owner has replaced it, with what the kubelet says of its node.
pub(super) fn dead(
    view: &View<'_>,
    suspect: &Suspect,
    name: &str,
    evidence: &Evidence,
    clock: Clock,
) -> Finding {
    let node = &view.nodes[suspect.node];
    let place = node.fact("Node").map(|name| &**name);
    let why = Unstartable::of("", &node.health.message, place);
    let (why, helps) = why.map_or(Default::default(), |why| (why.headline(), why.remedy()));
    let Some(replaced) = Replaced::of(view, suspect, evidence.pod()) else {
        let text = format!("{name} failed: {}", reason(node));
        return Finding::observed(Rank::Workload, text)
            .quoting(&node.health.message)
            .with(why)
            .with(helps);
    };
    Finding::proven(Rank::Warning, &replaced)
        .quoting(&node.health.message)
        .with(why)
        .with(helps)
        .with(format!(
            "Left over{}: they harm nothing and can be deleted.",
            age(node, clock)
        ))
}

/// The node of a bad Pod, and a Healthy Pod of the same workload and image on another one; empty when
/// there is none.
pub(super) fn beside(view: &View<'_>, suspect: &Suspect) -> String {
    let bad = &view.nodes[suspect.node];
    let (Some(place), Some(owner)) = (bad.fact("Node"), view.owners(suspect.node).first().copied())
    else {
        return String::new();
    };
    let is_brother = |at: &usize| {
        let pod = &view.nodes[*at];
        *at != suspect.node
            && &*pod.health.status == "Healthy"
            && pod.images == bad.images
            && pod.fact("Node").is_some_and(|other| other != place)
    };
    let brother = view.pods(owner).into_iter().find(is_brother);
    let Some(brother) = brother
        .filter(|_| BY_NODE.contains(&suspect.sign))
        .map(|at| &view.nodes[at])
    else {
        return String::new();
    };
    let other = brother.fact("Node").map_or("", |other| &**other);
    format!(
        "It is on node {}{}; Pod {} with the same image is Healthy on node {}{}.",
        word(place),
        machine(view, place),
        word(&brother.name),
        word(other),
        machine(view, other)
    )
}

/// ` (arm64)`: the architecture of a node, where the known nodes have several.
fn machine(view: &View<'_>, name: &str) -> String {
    let several: BTreeSet<&str> = view
        .hosts
        .iter()
        .map(|host| &*host.system.architecture)
        .collect();
    let host = view.hosts.iter().find(|host| &*host.name == name);
    match host.filter(|host| several.len() > 1 && !host.system.architecture.is_empty()) {
        Some(host) => format!(" ({})", word(&host.system.architecture)),
        None => String::new(),
    }
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
