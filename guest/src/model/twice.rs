//! Items that a manifest has twice in a list in which each name may stand once: an API server keeps one
//! of them, so that live and desired state never agree.

use std::collections::BTreeMap;

use crate::{
    answer::{word, yaml},
    model::changes,
    redact::{Node, capped},
};

/// Lists with the keys that identify their items together (Kubernetes' merge keys; ports by number).
const LISTS: [(&str, &[&str]); 12] = [
    ("env", &["name"]),
    ("ports", &["containerPort", "port", "protocol"]),
    ("volumes", &["name"]),
    ("volumeMounts", &["mountPath"]),
    ("volumeDevices", &["devicePath"]),
    ("containers", &["name"]),
    ("initContainers", &["name"]),
    ("imagePullSecrets", &["name"]),
    ("hostAliases", &["ip"]),
    (
        "topologySpreadConstraints",
        &["topologyKey", "whenUnsatisfiable"],
    ),
    ("secrets", &["name"]),
    ("volumeClaimTemplates", &["name"]),
];
/// Maximum depth of the manifest that is searched.
const DEPTH_MAX: usize = 40;
/// Maximum definitions of one item that are shown, and their length in characters.
const SHOWN_MAX: usize = 3;
const SHOWN_CHARS: usize = 60;

/// One item that a manifest has several times.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Twice {
    /// The path of the list.
    pub(crate) list: String,
    /// The item, by its keys.
    item: String,
    /// How paths name its definitions.
    labels: Vec<String>,
    /// Its definitions.
    values: Vec<String>,
}

impl Twice {
    /// Whether a field is one of the definitions or a part of it.
    pub(crate) fn has(&self, path: &str) -> bool {
        let mut labels = self.labels.iter();
        labels.any(|label| changes::is_within(path, &format!("{}[{label}]", self.list)))
    }

    /// `BATCH_SIZE is twice in Git: "50" and "200"`.
    pub(crate) fn words(&self) -> String {
        let times = match self.values.len() {
            2 => "twice".to_owned(),
            times => format!("{times} times"),
        };
        let shown: Vec<&str> = self
            .values
            .iter()
            .take(SHOWN_MAX)
            .map(String::as_str)
            .collect();
        format!("{} is {times} in Git: {}", self.item, shown.join(" and "))
    }
}

/// All items that `manifest` has twice.
pub(crate) fn of(manifest: &Node) -> Vec<Twice> {
    let mut found = Vec::new();
    walk(manifest, String::new(), 0, &mut found);
    found
}

fn walk(node: &Node, path: String, depth: usize, found: &mut Vec<Twice>) {
    if depth >= DEPTH_MAX {
        return;
    }
    match node {
        Node::Map(map) => {
            for (key, value) in map {
                let path = changes::field(&path, key);
                if let (Node::List(items), Some(keys)) = (value, keys(key)) {
                    doubles(items, keys, &path, found);
                }
                walk(value, path, depth + 1, found);
            }
        }
        Node::List(items) => {
            for (at, item) in items.iter().enumerate() {
                let label = item.text(&["name"]).map(word);
                let label = label.unwrap_or_else(|| at.to_string());
                walk(item, format!("{path}[{label}]"), depth + 1, found);
            }
        }
        _ => {}
    }
}

/// The keys of a list's items.
fn keys(list: &str) -> Option<&'static [&'static str]> {
    let row = LISTS.iter().find(|(name, _)| *name == list);
    row.map(|(_, keys)| *keys)
}

fn doubles(items: &[Node], keys: &[&str], list: &str, found: &mut Vec<Twice>) {
    let mut by_name: BTreeMap<String, Vec<&Node>> = BTreeMap::new();
    for item in items {
        let parts = keys.iter().filter_map(|key| item.at(&[key]));
        let parts: Vec<String> = parts.map(shown).collect();
        if !parts.is_empty() {
            by_name.entry(parts.join(" ")).or_default().push(item);
        }
    }
    for (item, all) in by_name {
        if all.len() > 1 {
            found.push(Twice {
                list: list.to_owned(),
                item,
                labels: all.iter().flat_map(|item| labels(item, keys)).collect(),
                values: all.into_iter().map(definition).collect(),
            });
        }
    }
}

/// `a`, `containerPort=80`.
fn labels(item: &Node, keys: &[&str]) -> Vec<String> {
    let name = item.at(&["name"]).map(shown);
    let by_key = keys.iter().filter(|key| **key != "name").filter_map(|key| {
        let value = item.at(&[key])?;
        Some(format!("{key}={}", shown(value)))
    });
    name.into_iter().chain(by_key).collect()
}

fn shown(node: &Node) -> String {
    match node {
        Node::Text(text) => word(&capped(text, SHOWN_CHARS)),
        node => capped(&yaml::compact(node), SHOWN_CHARS),
    }
}

/// What tells a definition from the other: its value, or all of it.
fn definition(item: &Node) -> String {
    let value = item.at(&["value"]).unwrap_or(item);
    capped(&yaml::compact(value), SHOWN_CHARS)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::of;
    use crate::redact::Manifest;

    fn found(container: Value) -> Vec<String> {
        let manifest = json!({"spec": {"containers": [container]}});
        let manifest: Manifest = serde_json::from_value(manifest).unwrap();
        let found = of(manifest.node());
        found
            .iter()
            .map(|twice| format!("{}: {}", twice.list, twice.words()))
            .collect()
    }

    #[test]
    fn items_with_one_name_and_their_look_alikes() {
        assert_eq!(
            found(
                json!({"name": "a", "env": [{"name": "X", "value": "1"}, {"name": "Y", "value": "1"}, {"name": "X", "value": "2"}]})
            ),
            [r#"spec.containers[a].env: X is twice in Git: "1" and "2""#]
        );
        let none: [String; 0] = [];
        for container in [
            json!({"name": "a", "env": [{"name": "X", "value": "1"}, {"name": "Y", "value": "1"}]}),
            json!({"name": "a", "args": ["x", "x"]}),
            json!({"name": "a", "ports": [{"containerPort": 53, "protocol": "UDP"}, {"containerPort": 53, "protocol": "TCP"}]}),
            json!({"name": "a", "envFrom": [{"configMapRef": {"name": "x"}}, {"configMapRef": {"name": "x"}}]}),
            json!({"name": "X", "env": [{"name": "X", "value": "1"}]}),
        ] {
            assert_eq!(found(container.clone()), none, "{container}");
        }
    }
}
