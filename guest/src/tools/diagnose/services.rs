//! The Services of the tree that a text names, and the Pods behind them.

use super::{evidence::Evidence, proven::Proven as _, readings::NoService};
use crate::{
    answer::word,
    model::{
        pod::items,
        suspect::{Suspect, View},
    },
    redact::Node,
};

/// Maximum Services and variables told of beside a name that no Service has.
const NEAR_MAX: usize = 3;
/// What stands right before a host in a message.
const BEFORE: [&str; 10] = [
    "//",
    "@",
    "lookup ",
    "host ",
    "hostname ",
    "address ",
    "to ",
    "ENOTFOUND ",
    "host: ",
    "dial tcp ",
];

fn is_service(view: &View<'_>, at: usize) -> bool {
    &*view.nodes[at].kind == "Service" && view.nodes[at].group.is_empty()
}

/// Whether `host` stands in `text` as the name of a host: whole, and with a port, a domain, quotes or
/// words of connecting around it. A name with hyphens needs only to be whole.
fn is_host_in(text: &str, host: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.match_indices(host).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + host.len()..]);
        if host.is_empty()
            || before.ends_with(|c| is_part(c) || c == '.')
            || after.starts_with(is_part)
        {
            return false;
        }
        let has_port = after
            .strip_prefix(':')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let has_domain = after
            .strip_prefix('.')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
        let is_quoted = before.ends_with(['"', '\'', '`']) && after.starts_with(['"', '\'', '`']);
        host.contains('-')
            || has_port
            || has_domain
            || is_quoted
            || BEFORE.iter().any(|word| before.ends_with(word))
    })
}

/// The Pods that the Service selects; by its name when the tree has no labels.
pub(super) fn backing(view: &View<'_>, service: usize) -> Vec<usize> {
    let of = &view.nodes[service];
    let pods = (0..view.nodes.len())
        .filter(|at| &*view.nodes[*at].kind == "Pod" && view.nodes[*at].namespace == of.namespace);
    let is_labelled = |at: usize| !view.nodes[at].networking.labels.node().is_empty();
    match of.networking.target_labels.node() {
        Node::Map(wanted) if !wanted.is_empty() && pods.clone().any(is_labelled) => pods
            .filter(|at| {
                let labels = view.nodes[*at].networking.labels.node();
                wanted
                    .iter()
                    .all(|(key, value)| labels.at(&[key]) == Some(value))
            })
            .collect(),
        _ => pods
            .filter(|at| {
                let mut owners = view.owners(*at).into_iter();
                owners.any(|owner| view.nodes[owner].name == of.name)
            })
            .collect(),
    }
}

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
    use serde_json::{Value, from_value, json};

    use super::{backing, is_host_in, line};
    use crate::model::{suspect::View, tree::Tree};

    #[test]
    fn hosts_are_whole_names_in_the_place_of_a_host() {
        for (text, host, want) in [
            (
                "dial tcp: lookup shop-db on 10.0.0.10:53: no such host",
                "shop-db",
                true,
            ),
            ("connect to shop-db:5432 refused", "shop-db", true),
            ("postgres://u@db/x", "db", true),
            ("cannot reach db.web.svc.cluster.local", "db", true),
            ("host \"db\" unknown", "db", true),
            ("connect to shop-db-2:5432 refused", "shop-db", false),
            ("connect to my-shop-db:5432 refused", "shop-db", false),
            ("www.db.example.com", "db", false),
            ("the db failed", "db", false),
            ("anything", "", false),
        ] {
            assert_eq!(is_host_in(text, host), want, "{text} {host}");
        }
    }

    fn tree(nodes: Value) -> Tree {
        from_value(json!({"nodes": nodes})).unwrap()
    }

    #[test]
    fn services_and_their_pods() {
        let label = |value: &str| json!({"labels": {"app": value}});
        let tree = tree(json!([
            {"kind": "Service", "namespace": "n", "name": "db-main", "uid": "1", "networkingInfo": {"targetLabels": {"app": "db"}}},
            {"kind": "Service", "namespace": "n", "name": "cache", "uid": "2"},
            {"kind": "Pod", "namespace": "n", "name": "a", "uid": "3", "networkingInfo": label("db"), "health": {"status": "Degraded"}},
            {"kind": "Pod", "namespace": "n", "name": "b", "uid": "4", "networkingInfo": label("db"), "health": {"status": "Healthy"}},
            {"kind": "Pod", "namespace": "n", "name": "c", "uid": "5", "networkingInfo": label("web")},
            {"group": "apps", "kind": "StatefulSet", "namespace": "n", "name": "cache", "uid": "6"},
            {"kind": "Pod", "namespace": "n", "name": "cache-0", "uid": "7", "health": {"status": "Healthy"}, "parentRefs": [{"uid": "6"}]}
        ]));
        let view = View::of(&tree);
        assert_eq!(backing(&view, 0), [2, 3]);
        assert_eq!(backing(&view, 1), [6]);
        assert_eq!(
            line(&view, 0),
            "Service db-main: 1 of 2 Pods behind it Healthy"
        );
    }
}
