//! The containers of a live Pod.

use std::fmt;

use crate::redact::Node;

/// How a container exited.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ended {
    pub(crate) reason: String,
    pub(crate) code: Option<i64>,
    pub(crate) message: String,
    pub(crate) at: String,
}

/// One container with its state.
#[derive(Clone, Debug, Default)]
pub(crate) struct Container {
    pub(crate) name: String,
    pub(crate) is_init: bool,
    /// An init container that keeps running next to the others (native sidecar).
    pub(crate) is_sidecar: bool,
    pub(crate) image: String,
    pub(crate) waiting: Option<(String, String)>,
    pub(crate) ended: Option<Ended>,
    pub(crate) last: Option<Ended>,
    pub(crate) is_running: bool,
    pub(crate) is_ready: bool,
    /// Whether its startup probe has passed; `true` without one, and where the server does not say.
    pub(crate) has_started: bool,
    pub(crate) restarts: i64,
}

impl Container {
    /// Whether nothing else starts before it completes, or as a native sidecar before it has started.
    pub(crate) fn holds(&self) -> bool {
        self.is_init && self.is_running && (!self.is_sidecar || !self.has_started)
    }
}

fn text(node: &Node, keys: &[&str]) -> String {
    node.text(keys).unwrap_or_default().to_owned()
}

/// A whole number; `None` for anything else.
pub(crate) fn number(node: &Node, keys: &[&str]) -> Option<i64> {
    match node.at(keys)? {
        Node::Number(number) => number.as_i64(),
        _ => None,
    }
}

/// The items of a list; empty without a list.
pub(crate) fn items<'a>(node: &'a Node, keys: &[&str]) -> &'a [Node] {
    match node.at(keys) {
        Some(Node::List(items)) => items,
        _ => &[],
    }
}

fn ended(node: Option<&Node>) -> Option<Ended> {
    let node = node.filter(|node| !node.is_empty())?;
    Some(Ended {
        reason: text(node, &["reason"]),
        code: number(node, &["exitCode"]),
        message: text(node, &["message"]),
        at: text(node, &["finishedAt"]),
    })
}

/// The containers of a Pod, init containers first.
pub(crate) fn containers(pod: &Node) -> Vec<Container> {
    let mut all = Vec::new();
    for (list, is_init) in [
        ("initContainerStatuses", true),
        ("containerStatuses", false),
    ] {
        for status in items(pod, &["status", list]) {
            let waiting = status.at(&["state", "waiting"]);
            let name = text(status, &["name"]);
            let policy = spec(pod, &name).and_then(|spec| spec.text(&["restartPolicy"]));
            all.push(Container {
                is_sidecar: is_init && policy == Some("Always"),
                name,
                is_init,
                image: text(status, &["image"]),
                waiting: waiting
                    .map(|waiting| (text(waiting, &["reason"]), text(waiting, &["message"]))),
                ended: ended(status.at(&["state", "terminated"])),
                last: ended(status.at(&["lastState", "terminated"])),
                is_running: status.at(&["state", "running"]).is_some(),
                is_ready: status.at(&["ready"]) == Some(&Node::Bool(true)),
                has_started: status.at(&["started"]) != Some(&Node::Bool(false)),
                restarts: number(status, &["restartCount"]).unwrap_or(0),
            });
        }
    }
    all
}

/// The failing container: one with a waiting reason, else one that failed, else a running init
/// container, else one that is not Ready, else the one with the most restarts.
pub(crate) fn bad(pod: &Node) -> Option<Container> {
    let all = containers(pod);
    let waits = |container: &&Container| {
        container.waiting.as_ref().is_some_and(|(reason, _)| {
            !matches!(
                reason.as_str(),
                "ContainerCreating" | "PodInitializing" | ""
            )
        })
    };
    let failed = |container: &&Container| {
        container
            .ended
            .as_ref()
            .is_some_and(|ended| ended.code != Some(0))
    };
    let holds = |container: &&Container| container.holds();
    let unready = |container: &&Container| !container.is_ready && !container.is_init;
    let most = || {
        all.iter()
            .filter(|container| container.restarts > 0)
            .max_by_key(|container| container.restarts)
    };
    all.iter()
        .find(waits)
        .or_else(|| all.iter().find(failed))
        .or_else(|| all.iter().find(holds))
        .or_else(|| {
            all.iter()
                .filter(|container| unready(container) && container.restarts > 0)
                .max_by_key(|container| container.restarts)
        })
        .or_else(|| all.iter().find(unready))
        .or_else(most)
        .cloned()
}

/// The spec of the container `name`.
pub(crate) fn spec<'a>(pod: &'a Node, name: &str) -> Option<&'a Node> {
    ["initContainers", "containers"]
        .into_iter()
        .flat_map(|list| items(pod, &["spec", list]))
        .find(|container| container.text(&["name"]) == Some(name))
}

/// Names of the environment variables in the container's `env`.
pub(crate) fn variables(container: &Node) -> Vec<String> {
    items(container, &["env"])
        .iter()
        .filter_map(|variable| variable.text(&["name"]).map(str::to_owned))
        .collect()
}

/// The message of the condition `kind` when it is False.
pub(crate) fn false_condition(object: &Node, kind: &str) -> Option<(String, String)> {
    condition(object, kind, "False")
}

/// Reason and message of the condition `kind` when its status is `status`.
pub(crate) fn condition(object: &Node, kind: &str, status: &str) -> Option<(String, String)> {
    let condition = items(object, &["status", "conditions"])
        .iter()
        .find(|condition| {
            condition.text(&["type"]) == Some(kind) && condition.text(&["status"]) == Some(status)
        })?;
    Some((text(condition, &["reason"]), text(condition, &["message"])))
}

/// The labels of the Pod's node selector, with their values.
pub(crate) fn selected(pod: &Node) -> Vec<(String, String)> {
    match pod.at(&["spec", "nodeSelector"]) {
        Some(Node::Map(selector)) => selector
            .iter()
            .filter_map(|(key, value)| match value {
                Node::Text(value) => Some((key.clone(), value.clone())),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The Pod's requirements of a node: selector, affinity, resources, in the terms of its spec.
pub(crate) fn asks(pod: &Node) -> Vec<String> {
    let mut asks = Vec::new();
    for (key, value) in selected(pod) {
        asks.push(format!("node label {key}={value}"));
    }
    let affinity = [
        "spec",
        "affinity",
        "nodeAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
        "nodeSelectorTerms",
    ];
    for term in items(pod, &affinity) {
        for expression in items(term, &["matchExpressions"]) {
            let values: Vec<&str> = items(expression, &["values"])
                .iter()
                .filter_map(|value| match value {
                    Node::Text(value) => Some(value.as_str()),
                    _ => None,
                })
                .collect();
            let (key, operator) = (text(expression, &["key"]), text(expression, &["operator"]));
            asks.push(format!("node label {key} {operator} {}", values.join(",")));
        }
    }
    for container in items(pod, &["spec", "containers"]) {
        for list in ["requests", "limits"] {
            if let Some(Node::Map(resources)) = container.at(&["resources", list]) {
                for (resource, amount) in resources {
                    let amount = match amount {
                        Node::Text(amount) => amount.clone(),
                        Node::Number(amount) => amount.to_string(),
                        _ => continue,
                    };
                    let ask = format!("{resource} {amount}");
                    if !asks.iter().any(|known| known.ends_with(&ask))
                        && (list == "requests" || resource.contains('/'))
                    {
                        asks.push(ask);
                    }
                }
            }
        }
    }
    asks
}

/// What kind of object a Pod mounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MountKind {
    Secret,
    ConfigMap,
    /// A PersistentVolumeClaim.
    Claim,
}

/// An object that a Pod mounts: `Secret tls`, `ConfigMap conf`, `claim data`.
pub(crate) struct Mount {
    pub(crate) kind: MountKind,
    name: String,
}

impl fmt::Display for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            MountKind::Secret => "Secret",
            MountKind::ConfigMap => "ConfigMap",
            MountKind::Claim => "claim",
        };
        write!(f, "{kind} {}", self.name)
    }
}

/// Objects that the Pod mounts and that must exist.
pub(crate) fn mounts(pod: &Node) -> Vec<Mount> {
    let mut mounts = Vec::new();
    let kinds = [
        (MountKind::Secret, ["secret", "secretName"]),
        (MountKind::ConfigMap, ["configMap", "name"]),
        (MountKind::Claim, ["persistentVolumeClaim", "claimName"]),
    ];
    for volume in items(pod, &["spec", "volumes"]) {
        for (kind, keys) in kinds {
            let is_optional = volume.at(&[keys[0], "optional"]) == Some(&Node::Bool(true));
            if let Some(name) = volume.text(&keys).filter(|_| !is_optional) {
                let name = crate::answer::word(name);
                mounts.push(Mount { kind, name });
            }
        }
    }
    mounts
}
