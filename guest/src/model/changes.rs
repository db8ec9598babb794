//! The fields in which two states of an object differ.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    answer::yaml,
    model::{
        alike,
        pairing::{orders, unequal},
        why::Why,
    },
    redact::{Node, capped, one_line},
};

/// Maximum length of a shown value, in characters.
const VALUE_CHARS: usize = 160;
/// Maximum depth of the comparison by field; a deeper value is one change.
const DEPTH_MAX: usize = 40;

/// Fields that identify an item of a list, in order of preference: Kubernetes' merge keys.
const ITEM_KEYS: [&str; 14] = [
    "name",
    "mountPath",
    "devicePath",
    "containerPort",
    "port",
    "key",
    "ip",
    "topologyKey",
    "type",
    "host",
    "path",
    "secretName",
    "uid",
    "kind",
];

/// One field that differs.
#[derive(Debug)]
pub(crate) struct Change {
    path: String,
    values: String,
    side: Side,
    /// The live value as compact JSON, cut; empty without one.
    live: String,
    why: Option<Why>,
}

/// Which of the two states has the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Only the live object.
    Live,
    /// Only what is wanted.
    Wanted,
    /// Both.
    Both,
}

impl Change {
    /// `spec.replicas`.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Which state has the field.
    pub(crate) fn side(&self) -> Side {
        self.side
    }

    /// The live value as compact JSON, cut; empty without one.
    pub(crate) fn live(&self) -> &str {
        &self.live
    }

    /// Why the states differ, if both sides or what was applied tell.
    pub(crate) fn why(&self) -> Option<&Why> {
        self.why.as_ref()
    }

    /// Whether the field is `path`, a part of it, or has it as a part.
    pub(crate) fn is_near(&self, path: &str) -> bool {
        is_within(&self.path, path) || is_within(path, &self.path)
    }

    /// Explains the difference, unless both sides told already.
    pub(crate) fn explain(&mut self, why: impl FnOnce(&Self) -> Option<Why>) {
        if self.why.is_none() {
            self.why = why(self);
        }
    }

    /// `path: live -> git`, with the reason.
    pub(crate) fn render(&self) -> String {
        let why = self.why.as_ref().and_then(Why::words);
        let why = why.map_or(String::new(), |why| format!(" ({why})"));
        format!("{}: {}{why}", self.path, self.values)
    }

    fn new(path: String, live: Option<&Node>, wanted: Option<&Node>) -> Self {
        let why = alike::of(live, wanted).filter(|alike| alike.holds_at(&path));
        Self {
            values: values(live, wanted),
            side: match (live, wanted) {
                (_, None) => Side::Live,
                (None, _) => Side::Wanted,
                _ => Side::Both,
            },
            live: live.map_or(String::new(), |live| {
                capped(&yaml::compact(live), VALUE_CHARS)
            }),
            why: why.map(Why::Alike),
            path,
        }
    }

    /// The same items in another order.
    fn order(path: String, live: &[Node], wanted: &[Node]) -> Self {
        Self {
            values: format!("same items in a different order: {}", orders(live, wanted)),
            side: Side::Both,
            live: String::new(),
            why: Some(Why::Order),
            path,
        }
    }
}

/// Whether field `inner` is `outer` or a part of it.
pub(crate) fn is_within(inner: &str, outer: &str) -> bool {
    let rest = inner.strip_prefix(outer);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// All fields in which `live` differs from `wanted`.
pub(crate) fn between(live: &Node, wanted: &Node) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(&mut changes, String::new(), Some(live), Some(wanted), 0);
    changes
}

fn compare(
    changes: &mut Vec<Change>,
    path: String,
    live: Option<&Node>,
    wanted: Option<&Node>,
    depth: usize,
) {
    match (live, wanted) {
        (live, wanted) if live == wanted => {}
        (Some(Node::Map(a)), Some(Node::Map(b))) if depth < DEPTH_MAX => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                compare(
                    changes,
                    field(&path, key),
                    a.get(key),
                    b.get(key),
                    depth + 1,
                );
            }
        }
        (Some(Node::List(a)), Some(Node::List(b))) if depth < DEPTH_MAX => {
            lists(changes, path, a, b, depth)
        }
        (Some(Node::Text(a)), Some(Node::Text(b))) if a.contains('\n') && b.contains('\n') => {
            changes.push(Change {
                values: lines(a, b),
                ..Change::new(path, live, wanted)
            });
        }
        (live, wanted) => changes.push(Change::new(path, live, wanted)),
    }
}

/// Compares lists of named items by name, other objects by likeness, values as a whole.
fn lists(changes: &mut Vec<Change>, path: String, live: &[Node], wanted: &[Node], depth: usize) {
    let is_object = |node: &Node| matches!(node, Node::Map(_) | Node::List(_));
    if let Some((key, a, b)) = ITEM_KEYS
        .iter()
        .find_map(|key| Some((key, named(live, key)?, named(wanted, key)?)))
    {
        let before = changes.len();
        let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        for name in names {
            let label = labelled(key, name);
            compare(
                changes,
                format!("{path}[{label}]"),
                a.get(name).copied(),
                b.get(name).copied(),
                depth + 1,
            );
        }
        if changes.len() == before {
            changes.push(Change::order(path, live, wanted));
        }
        return;
    }
    let pairs = unequal(live, wanted);
    if pairs.is_empty() {
        changes.push(Change::order(path, live, wanted));
    } else if live.iter().chain(wanted).any(is_object) {
        for pair in pairs {
            let path = format!("{path}[{}]", pair.at);
            compare(changes, path, pair.live, pair.wanted, depth + 1);
        }
    } else {
        let (live, wanted) = (Node::List(live.to_vec()), Node::List(wanted.to_vec()));
        changes.push(Change::new(path, Some(&live), Some(&wanted)));
    }
}

fn labelled(key: &str, name: &str) -> String {
    match key {
        "name" => name.to_owned(),
        _ => format!("{key}={name}"),
    }
}

/// The name of an item with `keys`, as in paths.
pub(crate) fn label(keys: &serde_json::Map<String, serde_json::Value>) -> Option<String> {
    let key = ITEM_KEYS.iter().find(|key| keys.contains_key(**key))?;
    let name = match keys.get(*key)? {
        serde_json::Value::String(name) => one_line(name, 80),
        other => other.to_string(),
    };
    Some(labelled(key, &name))
}

/// The items by their `key`, when each has one and no two have the same.
fn named<'a>(items: &'a [Node], key: &str) -> Option<BTreeMap<String, &'a Node>> {
    let mut by_name = BTreeMap::new();
    for item in items {
        let name = match item.at(&[key])? {
            Node::Text(name) => one_line(name, 80),
            Node::Number(number) => number.to_string(),
            _ => return None,
        };
        if by_name.insert(name, item).is_some() {
            return None;
        }
    }
    Some(by_name)
}

/// `spec.replicas`, `metadata.annotations["example.com/a"]`.
pub(crate) fn field(path: &str, key: &str) -> String {
    let is_plain = !key.is_empty()
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    match (is_plain, path.is_empty()) {
        (true, true) => key.to_owned(),
        (true, false) => format!("{path}.{key}"),
        (false, _) => format!("{path}[{}]", yaml::quoted(&one_line(key, 120))),
    }
}

fn values(live: Option<&Node>, wanted: Option<&Node>) -> String {
    let show = |node: Option<&Node>| match node {
        None => "(absent)".to_owned(),
        Some(node) => capped(&yaml::compact(node), VALUE_CHARS),
    };
    let (a, b) = (show(live), show(wanted));
    match (live, wanted) {
        // Two hidden values, or values that differ only in what is hidden or cut.
        (Some(Node::Masked(..)), Some(Node::Masked(..))) if a == b => "differs (hidden)".to_owned(),
        _ if a == b => format!("differs beyond the shown part: {a}"),
        _ => format!("{a} -> {b}"),
    }
}

/// The first line in which two texts differ, and how many lines are different after it.
fn lines(live: &str, wanted: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (live.lines().collect(), wanted.lines().collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let tail = a[same..]
        .iter()
        .rev()
        .zip(b[same..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (a, b) = (&a[same..a.len() - tail], &b[same..b.len() - tail]);
    let show = |lines: &[&str]| match lines.first() {
        None => "(absent)".to_owned(),
        Some(line) => yaml::quoted(&one_line(line, VALUE_CHARS)),
    };
    let more = match a.len().max(b.len()) {
        0 => return "only line endings differ".to_owned(),
        1 => String::new(),
        lines => format!(" (first of {lines} different lines)"),
    };
    format!("line {}: {} -> {}{more}", same + 1, show(a), show(b))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use crate::model::changes::between;
    use crate::redact::Manifest;

    fn shown(live: Value, wanted: Value) -> Vec<String> {
        let read = |value: Value| serde_json::from_value::<Manifest>(value).unwrap();
        between(read(live).node(), read(wanted).node())
            .iter()
            .map(crate::model::changes::Change::render)
            .collect()
    }

    #[test]
    fn fields_by_path_and_items_by_name() {
        let live = json!({"spec": {"replicas": 5, "containers": [
            {"name": "b", "image": "r/b:1"}, {"name": "a", "image": "r/a:2", "env": [{"name": "T", "value": "1"}]}],
            "ports": [{"port": 80, "targetPort": 1}], "args": ["a", "b"], "on": true,
            "rules": [{"x": 1}, {"x": 2}]}, "metadata": {"annotations": {"example.com/a": "old"}}});
        let wanted = json!({"spec": {"replicas": 3, "containers": [
            {"name": "a", "image": "r/a:1", "env": [{"name": "T", "value": "2"}]}, {"name": "b", "image": "r/b:1"}, {"name": "c", "image": "r/c"}],
            "ports": [{"port": 80, "targetPort": 2}], "args": ["a"], "on": null,
            "rules": [{"x": 1}, {"x": 3}]}, "metadata": {"annotations": {}}});
        assert_eq!(
            shown(live, wanted),
            [
                r#"metadata.annotations["example.com/a"]: "old" -> (absent)"#,
                r#"spec.args: ["a","b"] -> ["a"]"#,
                r#"spec.containers[a].env[T].value: "1" -> "2""#,
                r#"spec.containers[a].image: "r/a:2" -> "r/a:1""#,
                r#"spec.containers[c]: (absent) -> {"image":"r/c","name":"c"}"#,
                "spec.on: true -> null",
                "spec.ports[port=80].targetPort: 1 -> 2",
                "spec.replicas: 5 -> 3",
                "spec.rules[1].x: 2 -> 3",
            ]
        );
    }

    #[test]
    fn order_texts_and_hidden_parts() {
        let named = |names: [&str; 2]| json!({"l": names.map(|name| json!({"name": name}))});
        assert_eq!(
            shown(named(["a", "b"]), named(["b", "a"])),
            ["l: same items in a different order: a, b -> b, a"]
        );
        assert_eq!(
            shown(json!({"args": ["a", "b"]}), json!({"args": ["b", "a"]})),
            ["args: same items in a different order: a, b -> b, a"]
        );
        assert_eq!(
            shown(
                json!({"l": [{"name": "a", "cpu": "1"}]}),
                json!({"l": [{"name": "a", "cpu": "1000m"}]})
            ),
            [r#"l[a].cpu: "1" -> "1000m" (the same amount, written differently)"#]
        );
        // What a program reads as a text is not an amount.
        assert_eq!(
            shown(
                json!({"data": {"cpu": "1"}}),
                json!({"data": {"cpu": "1000m"}})
            ),
            [r#"data.cpu: "1" -> "1000m""#]
        );
        assert_eq!(
            shown(
                json!({"data": {"f": "a\nb\nc\n"}}),
                json!({"data": {"f": "a\nx\ny\nc\n"}})
            ),
            [r#"data.f: line 2: "b" -> "x" (first of 2 different lines)"#]
        );
        let ini = |value: &str| json!({"data": {"f": format!("user=a\npassword={value}")}});
        assert_eq!(shown(ini("one"), ini("two")), ["data.f: differs (hidden)"]);
        assert_eq!(
            shown(json!({"a": "x\nNext: y > z"}), json!({"a": 1})),
            [r#"a: "x\nNext: y > z" -> 1"#]
        );
    }
}
