//! Compares two sets of rendered manifests object by object.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join;
use similar::TextDiff;

use crate::{
    answer::{
        Fact, Line,
        member::{Member, number, objects, text, texts},
        word, yaml,
    },
    argocd::{AppRef, Client, Error, Get, Rendering},
    limits,
    model::{changes, record::record},
    redact::{Manifest, Node, one_line},
};

/// Maximum changed fields shown per object.
const FIELDS_MAX: usize = 40;
/// Lines of context of a unified diff, as Argo CD's own.
const CONTEXT: usize = 2;
/// Maximum length of a line of a unified diff, in characters.
const LINE_CHARS: usize = 400;

record! {
    /// The response of `manifests`.
    pub(crate) struct Rendered {
        pub(crate) manifests: Vec<Manifest> = "manifests",
    }
}

impl Rendered {
    /// Reads the objects of two renderings concurrently.
    pub(crate) async fn both(
        client: &Client,
        before: (&AppRef, &Rendering),
        after: (&AppRef, &Rendering),
    ) -> (Result<Vec<Node>, Error>, Result<Vec<Node>, Error>) {
        let read = async |(app, what)| {
            let get = Get::manifests(app, what);
            let rendered = client.json::<Self>(&get, limits::UPSTREAM).await;
            rendered.map(Self::nodes)
        };
        join(read(before), read(after)).await
    }

    /// The objects.
    pub(crate) fn nodes(self) -> Vec<Node> {
        self.manifests
            .into_iter()
            .map(Manifest::into_node)
            .collect()
    }
}

/// How differences are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `path: before -> after`.
    Paths,
    /// A unified diff of the YAML.
    Unified,
    /// Counts only.
    Stat,
}

/// One object that differs.
pub(crate) struct Difference {
    /// `Deployment orders/orders-api`.
    pub(crate) name: String,
    /// What differs, without the name.
    pub(crate) what: Line,
}

impl Difference {
    /// The whole, with the name as `object`.
    pub(crate) fn line(self) -> Line {
        let line = Line::new().fact("object", self.name).glue(": ");
        line.and(self.what)
    }
}

/// The members of a difference.
pub(crate) const DIFFERENCE: [Member; 8] = [
    text("object"),
    text("state"),
    text("description").maybe(),
    texts("writers"),
    number("fields").maybe(),
    objects("changes", &changes::CHANGE),
    number("more_fields").maybe(),
    texts("diff"),
];

/// `Deployment orders/orders-api` of a manifest.
pub(crate) fn name(node: &Node) -> String {
    let text = |keys: &[&str]| node.text(keys).map(word);
    let kind = text(&["kind"]).unwrap_or_else(|| "(no kind)".to_owned());
    let name = text(&["metadata", "name"])
        .or_else(|| text(&["metadata", "generateName"]).map(|prefix| format!("{prefix}…")))
        .unwrap_or_else(|| "(no name)".to_owned());
    match text(&["metadata", "namespace"]) {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    }
}

/// The values of all keys named `image` in an object.
pub(crate) fn images(node: &Node) -> Vec<String> {
    match node {
        Node::Map(map) => map
            .iter()
            .flat_map(|(key, value)| match value {
                Node::Text(image) if key == "image" => vec![one_line(image, 200)],
                value => images(value),
            })
            .collect(),
        Node::List(items) => items.iter().flat_map(images).collect(),
        _ => Vec::new(),
    }
}

/// The objects in which two sets differ, by the key that `key` gives each; `takes` chooses objects.
pub(crate) fn differences<'a>(
    before: &'a [Node],
    after: &'a [Node],
    key: impl Fn(&Node, bool) -> String,
    takes: impl Fn(&Node) -> bool,
    format: Format,
) -> (Vec<Difference>, usize) {
    let by_key = |all: &'a [Node], is_after: bool| -> BTreeMap<String, &'a Node> {
        let nodes = all.iter().filter(|node| takes(node));
        nodes.map(|node| (key(node, is_after), node)).collect()
    };
    let (before, after) = (by_key(before, false), by_key(after, true));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut found = Vec::new();
    let mut equal = 0;
    for name in names {
        match between(before.get(name).copied(), after.get(name).copied(), format) {
            Some(what) => found.push(Difference {
                name: name.clone(),
                what,
            }),
            None => equal += 1,
        }
    }
    (found, equal)
}

/// The objects of either set, each once.
pub(crate) fn either<'a>(before: &'a [Node], after: &'a [Node]) -> Vec<&'a Node> {
    let known: BTreeSet<String> = before.iter().map(name).collect();
    let new = after.iter().filter(|node| !known.contains(&name(node)));
    before.iter().chain(new).collect()
}

/// How two states of one object differ; `None` when they do not.
pub(crate) fn between(before: Option<&Node>, after: Option<&Node>, format: Format) -> Option<Line> {
    let nothing = Node::Null;
    let (a, b) = (before.unwrap_or(&nothing), after.unwrap_or(&nothing));
    if a == b {
        return None;
    }
    let changes = changes::between(a, b);
    let line = match (before, after) {
        (None, _) => Line::new().fact("state", "added"),
        (_, None) => Line::new().fact("state", "removed"),
        _ => Line::new()
            .fact("fields", Fact::plural(changes.len(), "field"))
            .glue(" ")
            .fact("state", "changed"),
    };
    Some(match format {
        Format::Stat => line,
        Format::Unified => unified(a, b)
            .into_iter()
            .fold(line, |line, each| line.below("diff", each)),
        Format::Paths if before.is_some() && after.is_some() => {
            let first = changes.iter().take(FIELDS_MAX);
            let line = first.fold(line, |line, change| line.below("changes", change.line()));
            match changes.len().saturating_sub(FIELDS_MAX) {
                0 => line,
                more => {
                    let more = Fact::plural(more, "more field");
                    line.below("", Line::new().glue("and ").fact("more_fields", more))
                }
            }
        }
        Format::Paths => line,
    })
}

/// The lines of the two as YAML, as `diff -u` shows them.
fn unified(before: &Node, after: &Node) -> Vec<String> {
    let text = |node: &Node| match node {
        Node::Null => String::new(),
        node => yaml::write(node),
    };
    let (a, b) = (text(before), text(after));
    let diff = TextDiff::from_lines(&a, &b);
    let diff = diff.unified_diff().context_radius(CONTEXT).to_string();
    let capped = |line| crate::redact::capped(line, LINE_CHARS);
    let mut lines: Vec<String> = diff.lines().map(capped).collect();
    if lines.is_empty() {
        // Both look alike: what differs is hidden.
        lines.push("only hidden values differ".to_owned());
    }
    lines
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use crate::model::rendered::{Format, Manifest, Node, differences, name};

    fn set(values: &[Value]) -> Vec<Node> {
        values
            .iter()
            .map(|value| {
                serde_json::from_value::<Manifest>(value.clone())
                    .unwrap()
                    .into_node()
            })
            .collect()
    }

    fn shown(format: Format) -> String {
        let before = set(&[
            json!({"kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"x": "1", "size": "2"}}),
            json!({"kind": "Service", "metadata": {"name": "s"}}),
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "t"}, "data": {"k": "one"}}),
        ]);
        let after = set(&[
            json!({"kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"x": "1", "size": "3"}}),
            json!({"kind": "Job", "metadata": {"generateName": "j-"}}),
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "t"}, "data": {"k": "two"}}),
        ]);
        let (found, equal) = differences(&before, &after, |node, _| name(node), |_| true, format);
        assert_eq!(equal, 0);
        found
            .into_iter()
            .map(|difference| difference.line().text())
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn three_formats_of_the_same() {
        assert_eq!(
            shown(Format::Paths),
            "ConfigMap a: 1 field changed\n  data.size: \"2\" -> \"3\"\nJob j-…: added\nSecret t: 1 field changed\n  data.k: differs (hidden)\nService s: removed"
        );
        assert_eq!(shown(Format::Stat).lines().count(), 4);
        let unified = shown(Format::Unified);
        assert!(
            unified.contains("  -  size: \"2\"\n  +  size: \"3\""),
            "{unified}"
        );
        assert!(unified.contains("only hidden values differ"), "{unified}");
        assert!(
            !unified.contains("one") && !unified.contains("two"),
            "{unified}"
        );
    }
}
