//! What the live state of an object says, whatever its kind: its conditions as they are, the other
//! words of its status, and what its spec refers to.

use super::{around::pods, evidence::health};
use crate::{
    answer::{said, time::Clock, word},
    model::{
        condition::{self, Condition, Tone},
        suspect::View,
        tree::Node as TreeNode,
    },
    redact::Node,
};

/// Maximum conditions shown in full.
const CONDITIONS_MAX: usize = 4;
/// Maximum values of a status, references and selectors shown.
const VALUES_MAX: usize = 6;
const REFERENCES_MAX: usize = 3;
/// Members of a spec that say what the object is for, or how much it may.
const TELLING: [&str; 12] = [
    "dnsName",
    "host",
    "hostname",
    "domain",
    "endpoint",
    "url",
    "minReplicas",
    "maxReplicas",
    "minReplicaCount",
    "maxReplicaCount",
    "storageClassName",
    "ingressClassName",
];

/// What the status of a live object says, besides `told`: the conditions as they are, the other words
/// of the status, and what its spec refers to.
pub(super) fn says(view: &View<'_>, live: &Node, told: &str, clock: Clock) -> Vec<String> {
    if live.is_empty() {
        return Vec::new();
    }
    let mut lines = Vec::new();
    if let Some((spec, seen)) = condition::behind(live) {
        lines.push(format!(
            "its controller has not acted on the newest spec: generation {spec}, observed {seen}"
        ));
    }
    if condition::is_silent(live) {
        lines.push("it has no status at all".to_owned());
    }
    let (mut rest, mut told) = (Vec::new(), told.to_owned());
    for condition in condition::conditions(live) {
        if condition.tone == Tone::Good || lines.len() >= CONDITIONS_MAX {
            rest.push(short(&condition));
            continue;
        }
        lines.push(line(&condition, &told, clock));
        told.push_str(&condition.message);
    }
    if !rest.is_empty() {
        rest.truncate(VALUES_MAX);
        lines.push(format!("also: {}", rest.join(", ")));
    }
    let mut values = condition::values(live);
    values.truncate(VALUES_MAX);
    if !values.is_empty() {
        lines.push(format!("status: {}", values.join(", ")));
    }
    let spec = condition::members(live, "spec", &TELLING);
    if !spec.is_empty() {
        lines.push(format!("spec: {}", spec.join(", ")));
    }
    lines.extend(references(view, live));
    lines.extend(selectors(live));
    lines
}

/// `Ready True (Reason)`.
fn short(condition: &Condition) -> String {
    let reason = match &*condition.reason {
        "" => String::new(),
        reason => format!(" ({})", word(reason)),
    };
    format!(
        "{} {}{reason}",
        word(&condition.kind),
        word(&condition.status)
    )
}

/// `condition Ready False since 2026-09-01T10:00:00Z (3 h ago), reason Waiting > message`.
pub(super) fn line(condition: &Condition, told: &str, clock: Clock) -> String {
    let since = match &*condition.since {
        "" => String::new(),
        since => format!(" since {}", clock.both(since)),
    };
    let reason = match &*condition.reason {
        "" => String::new(),
        reason => format!(", reason {}", word(reason)),
    };
    let is_told = told.contains(condition.message.trim());
    let message = if is_told {
        String::new()
    } else {
        said(&condition.message)
    };
    format!("{}{since}{reason}{message}", condition.place())
}

/// What the spec refers to by name, and how that is.
fn references(view: &View<'_>, live: &Node) -> Vec<String> {
    let Some(Node::Map(spec)) = live.at(&["spec"]) else {
        return Vec::new();
    };
    let named = |(key, value): (&String, &Node)| {
        let is_reference = key.ends_with("Ref") && !key.to_ascii_lowercase().contains("secret");
        let name = value.text(&["name"]).filter(|_| is_reference)?;
        let kind = value.text(&["kind"]);
        let fits = |node: &&TreeNode| {
            &*node.name == name
                && match kind {
                    Some(kind) => &*node.kind == kind,
                    None => matches!(&*node.kind, "Deployment" | "StatefulSet"),
                }
        };
        let at = view.nodes.iter().position(|node| fits(&node));
        let state = match at {
            Some(at) => format!(
                "{}{}",
                health(&view.nodes[at]),
                pods(view, at).map_or(String::new(), |pods| format!(", {pods}"))
            ),
            None => "not in this application's tree".to_owned(),
        };
        let kind = kind.or(at.map(|at| &*view.nodes[at].kind))?;
        Some(format!(
            "spec.{key}: {} {}, {state}",
            word(kind),
            word(name)
        ))
    };
    spec.iter().filter_map(named).take(REFERENCES_MAX).collect()
}

/// The labels by which the spec selects: `spec.instanceSelector: team=a`.
pub(super) fn selectors(live: &Node) -> Vec<String> {
    let Some(Node::Map(spec)) = live.at(&["spec"]) else {
        return Vec::new();
    };
    let selects = |(key, value): (&String, &Node)| {
        let labels = value
            .at(&["matchLabels"])
            .filter(|_| key.ends_with("Selector"))?;
        let Node::Map(labels) = labels else {
            return None;
        };
        let labels: Vec<String> = labels
            .iter()
            .filter_map(|(label, value)| match value {
                Node::Text(value) => Some(format!("{}={}", word(label), word(value))),
                _ => None,
            })
            .collect();
        Some(format!("spec.{key}: {}", labels.join(", ")))
    };
    spec.iter()
        .filter_map(selects)
        .take(REFERENCES_MAX)
        .collect()
}
