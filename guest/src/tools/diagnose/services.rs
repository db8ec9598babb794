//! A host in a log that no Service has, and the Services that there are.

use super::{evidence::Evidence, proven::Proven as _, readings::NoService};
use crate::{
    answer::word,
    model::{
        pod::items,
        services::{backing, is_host_in, is_service},
        suspect::{Suspect, View},
    },
    redact::Node,
};

/// Maximum Services and variables told of beside a name that no Service has.
const NEAR_MAX: usize = 3;

/// `Service db: 1 of 2 Pods Healthy`.
pub(super) fn line(view: &View<'_>, service: usize) -> String {
    let pods = backing(view, service);
    let well = pods
        .iter()
        .filter(|at| &*view.nodes[**at].health.status == "Healthy");
    let name = word(&view.nodes[service].name);
    match pods.len() {
        0 => format!("Service {name}: the tree has no Pod behind it"),
        all => format!(
            "Service {name}: {} of {all} Pods behind it Healthy",
            well.count()
        ),
    }
}

/// The host in the log that does not resolve, when no Service of the namespace is called so: which
/// Services there are and how their Pods are, and who names the host.
pub(super) fn unresolved(view: &View<'_>, suspect: &Suspect, evidence: &Evidence) -> Vec<String> {
    let namespace = &*view.nodes[suspect.node].namespace;
    let services = names(view, namespace);
    let mut lines = evidence.log.iter().flat_map(|log| &log.lines);
    let found = lines.find_map(|line| NoService::of(&line.content, namespace, &services));
    let Some(missing) = found else {
        return Vec::new();
    };
    let mut told = vec![missing.headline()];
    let variables = variables(evidence.pod(), missing.host());
    if !variables.is_empty() {
        told.push(format!(
            "{} names {}",
            variables.join(", "),
            word(missing.host())
        ));
    }
    let near = (0..view.nodes.len()).filter(|at| is_service(view, *at));
    let near = near.filter(|at| missing.resembles(&view.nodes[*at].name));
    told.extend(
        near.filter(|at| !backing(view, *at).is_empty())
            .take(NEAR_MAX)
            .map(|at| line(view, at)),
    );
    told
}

/// The environment variables of a Pod whose values name the host.
fn variables(pod: &Node, host: &str) -> Vec<String> {
    let lists = ["initContainers", "containers"];
    let containers = lists.iter().flat_map(|list| items(pod, &["spec", list]));
    let variables = containers.flat_map(|container| items(container, &["env"]));
    let names = variables.filter_map(|variable| {
        let value = variable.text(&["value"])?;
        let name = variable.text(&["name"])?;
        is_host_in(value, host).then(|| word(name))
    });
    names.take(NEAR_MAX).collect()
}

/// The names of the tree's Services in a namespace.
fn names<'a>(view: &'a View<'_>, namespace: &str) -> Vec<&'a str> {
    let services = (0..view.nodes.len()).filter(|at| is_service(view, *at));
    services
        .map(|at| &view.nodes[at])
        .filter(|node| &*node.namespace == namespace)
        .map(|node| &*node.name)
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{from_value, json};

    use super::line;
    use crate::model::{suspect::View, tree::Tree};

    #[test]
    fn a_service_is_told_with_the_pods_behind_it() {
        let pod = |name: &str, health: &str| {
            json!({"kind": "Pod", "namespace": "n", "name": name, "uid": name,
                "networkingInfo": {"labels": {"app": "db"}}, "health": {"status": health}})
        };
        let tree: Tree = from_value(json!({"nodes": [
            {"kind": "Service", "namespace": "n", "name": "db-main", "uid": "1", "networkingInfo": {"targetLabels": {"app": "db"}}},
            pod("a", "Degraded"),
            pod("b", "Healthy"),
        ]}))
        .unwrap();
        assert_eq!(
            line(&View::of(&tree), 0),
            "Service db-main: 1 of 2 Pods behind it Healthy"
        );
    }
}
