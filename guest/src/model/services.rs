//! The Services of a tree: which of them a text names, and the Pods behind them.

use crate::{model::suspect::View, redact::Node};

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

/// The Services whose names stand as a host in `text`, in the order of the tree.
pub(crate) fn named_in(text: &str, view: &View<'_>) -> Vec<usize> {
    let services = (0..view.nodes.len()).filter(|at| is_service(view, *at));
    let named = services.filter(|at| is_host_in(text, &view.nodes[*at].name));
    named
        .filter(|at| !is_elsewhere(text, &view.nodes[*at].name, &view.nodes[*at].namespace))
        .collect()
}

/// Whether each host of that name has a domain other than the namespace's.
fn is_elsewhere(text: &str, name: &str, namespace: &str) -> bool {
    let mut after = text
        .match_indices(name)
        .map(|(at, _)| &text[at + name.len()..]);
    after.all(|after| {
        let mut labels = after.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let first = labels.nth(1).unwrap_or_default();
        let has_domain = after.starts_with('.') && !first.is_empty();
        has_domain && first != namespace && first != "svc"
    })
}

/// Whether the node is a Service of Kubernetes itself.
pub(crate) fn is_service(view: &View<'_>, at: usize) -> bool {
    &*view.nodes[at].kind == "Service" && view.nodes[at].group.is_empty()
}

/// Whether `host` stands in `text` as the name of a host: whole, and with a port, a domain, quotes or
/// words of connecting around it. A name with hyphens needs only to be whole.
pub(crate) fn is_host_in(text: &str, host: &str) -> bool {
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
pub(crate) fn backing(view: &View<'_>, service: usize) -> Vec<usize> {
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::{backing, is_host_in, named_in};
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
        assert_eq!(named_in("redis://cache:6379 and db-main", &view), [0, 1]);
        assert_eq!(named_in("lookup cache.n.svc: no such host", &view), [1]);
        // Another host that begins alike.
        assert!(named_in("dial tcp cache.example.com:6379: refused", &view).is_empty());
    }
}
