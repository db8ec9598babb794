//! Which objects Argo CD gives no health although they have a state of their own.
//!
//! A ConfigMap or a Role has no state, so no health is normal. A custom resource usually has one, which
//! only its live object tells; an application reads Healthy without it.

use std::collections::BTreeMap;

use crate::{
    answer::{plural, word},
    model::tree::Node,
};

/// API groups of Kubernetes itself: Argo CD knows the health of each of their kinds that has one.
const BUILT_IN: [&str; 20] = [
    "",
    "apps",
    "batch",
    "autoscaling",
    "policy",
    "extensions",
    "rbac.authorization.k8s.io",
    "networking.k8s.io",
    "storage.k8s.io",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "scheduling.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "node.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "certificates.k8s.io",
    "events.k8s.io",
    "metrics.k8s.io",
];
/// Maximum kinds named.
const KINDS_MAX: usize = 6;

/// Whether the state of an object of this kind is not known from `health`, which Argo CD gave it.
pub(crate) fn is_unjudged(group: &str, kind: &str, health: &str) -> bool {
    // Child Applications are read from the list of applications.
    // A template is read by others, and has no state.
    let is_template = kind.ends_with("Template");
    health.is_empty() && !is_child(group, kind) && !is_template && has_own_group(group)
}

/// Whether it is an Application: a child of the one that manages it.
pub(crate) fn is_child(group: &str, kind: &str) -> bool {
    group == "argoproj.io" && kind == "Application"
}

/// Whether the API group is none of Kubernetes' own.
pub(crate) fn has_own_group(group: &str) -> bool {
    !BUILT_IN.contains(&group)
}

/// Whether the node is live and its state is not known; a child of an object that has a health is
/// judged with it.
pub(crate) fn is_node_unjudged(node: &Node, owners: &[&Node]) -> bool {
    is_unjudged(&node.group, &node.kind, &node.health.status)
        && !node.uid.is_empty()
        && owners
            .iter()
            .all(|owner| &*owner.health.status != "Healthy")
}

/// `2 RabbitmqUsers and 1 Queue`, of objects given as kinds.
pub(crate) fn counted<'a>(kinds: impl Iterator<Item = &'a str>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for kind in kinds {
        *counts.entry(word(kind)).or_default() += 1;
    }
    let named: Vec<String> = (counts.iter().take(KINDS_MAX))
        .map(|(kind, count)| plural(*count, kind))
        .collect();
    match counts.len().saturating_sub(KINDS_MAX) {
        0 => named.join(", "),
        more => format!("{} and {}", named.join(", "), plural(more, "more kind")),
    }
}

#[cfg(test)]
mod tests {
    use super::{counted, is_unjudged};

    #[test]
    fn kinds_without_a_health_of_their_own_are_not_missed() {
        for (group, kind, health, want) in [
            ("rabbitmq.com", "RabbitmqUser", "", true),
            ("gateway.networking.k8s.io", "HTTPRoute", "", true),
            ("rabbitmq.com", "RabbitmqUser", "Healthy", false),
            ("", "ConfigMap", "", false),
            ("rbac.authorization.k8s.io", "Role", "", false),
            ("networking.k8s.io", "NetworkPolicy", "", false),
            ("argoproj.io", "Application", "", false),
            ("argoproj.io", "Rollout", "", true),
            ("argoproj.io", "AnalysisTemplate", "", false),
            ("template.example.org", "TemplateInstance", "", true),
        ] {
            assert_eq!(is_unjudged(group, kind, health), want, "{group} {kind}");
        }
    }

    #[test]
    fn objects_are_counted_by_kind() {
        let kinds = ["Queue", "RabbitmqUser", "RabbitmqUser"];
        assert_eq!(counted(kinds.into_iter()), "1 Queue, 2 RabbitmqUsers");
    }
}
