//! A source of an application, or of one of its deploys, with the inputs that are set.
//!
//! Sources are compared whole. Values of Helm parameters and Helm values are shown only through
//! [`Parameter::value_in_words`] and [`Helm::values_in_words`], which hide values under secret-looking
//! keys; plugin environments are shown by name only.

use crate::{
    answer::{said, yaml},
    model::record::{Field, record},
    redact::{HIDDEN, Manifest, Node, Text, is_secret_key},
};

/// Maximum keys of Helm values kept by name; the others are counted.
const NAMES_MAX: usize = 12;

/// A value that Argo CD writes under one key when there is one, and under another when there are several.
pub(super) fn one_or_several<'a, T>(one: Option<&'a T>, several: &'a [T]) -> &'a [T] {
    match one {
        Some(one) if several.is_empty() => std::slice::from_ref(one),
        _ => several,
    }
}

record! {
    #[derive(PartialEq)]
    pub(crate) struct Source {
        pub(crate) repo_url: Text = "repoURL",
        pub(crate) path: Text = "path",
        pub(crate) chart: Text = "chart",
        pub(crate) target_revision: Text = "targetRevision",
        pub(crate) reference: Text = "ref",
        pub(crate) name: Text = "name",
        pub(crate) helm: Helm = "helm",
        pub(crate) kustomize: Kustomize = "kustomize",
        pub(crate) plugin: Option<Plugin> = "plugin",
        ..unnamed
    }
}

record! {
    #[derive(PartialEq)]
    pub(crate) struct Helm {
        pub(crate) release_name: Text = "releaseName",
        pub(crate) value_files: Vec<Text> = "valueFiles",
        pub(crate) parameters: Vec<Parameter> = "parameters",
        pub(crate) file_parameters: Vec<Named> = "fileParameters",
        values: YamlValues = "values",
        values_object: Manifest = "valuesObject",
        ..unnamed
    }
}

impl Helm {
    /// The top-level keys of `values`, when they are set.
    pub(crate) fn value_keys(&self) -> Option<&Keys> {
        self.values.keys.as_ref()
    }

    /// The top-level keys of `valuesObject`, when it is set.
    pub(crate) fn object_keys(&self) -> Option<Keys> {
        let mut keys = Keys::default();
        match self.values_object.node() {
            Node::Map(map) => map.keys().for_each(|key| keys.add(key)),
            Node::Null => return None,
            _ => {}
        }
        Some(keys)
    }

    /// Whether both have the same `values`.
    pub(crate) fn has_values_of(&self, other: &Helm) -> bool {
        self.values == other.values
    }

    /// `valuesObject`, for comparing by path.
    pub(crate) fn values_object(&self) -> &Node {
        self.values_object.node()
    }

    /// A line for each value that is set, with what keys name as secret hidden.
    pub(crate) fn values_in_words(&self) -> Vec<String> {
        let mut lines: Vec<String> = self
            .parameters
            .iter()
            .map(|parameter| {
                let (name, value) = (parameter.name.line(120), parameter.value_in_words());
                format!("parameter {name} = {value}")
            })
            .collect();
        if !self.values_object.is_absent() {
            lines.push("valuesObject:".to_owned());
            let object = yaml::write(self.values_object.node());
            lines.extend(object.lines().map(|line| format!("  {line}")));
        }
        if !self.values.text.trim().is_empty() {
            lines.push(format!("values{}", said(&self.values.text)));
        }
        lines
    }
}

record! {
    /// A parameter of Helm.
    #[derive(PartialEq)]
    pub(crate) struct Parameter {
        pub(crate) name: Text = "name",
        value: Text = "value",
        ..unnamed
    }
}

impl Parameter {
    /// The value, unless its key looks secret.
    pub(crate) fn value_in_words(&self) -> String {
        if is_secret_key(&self.name) {
            HIDDEN.to_owned()
        } else {
            self.value.line(120)
        }
    }

    /// Whether both have the same value.
    pub(crate) fn has_value_of(&self, other: &Parameter) -> bool {
        self.value == other.value
    }
}

/// The top-level keys of Helm values.
#[derive(Default, PartialEq)]
pub(crate) struct Keys {
    pub(crate) count: usize,
    pub(crate) names: Vec<Text>,
}

impl Keys {
    fn add(&mut self, name: &str) {
        self.count += 1;
        if self.names.len() < NAMES_MAX {
            self.names.push(Text::new(name));
        }
    }
}

/// Helm values as YAML in a text. The keys are read before anything is hidden or cut.
#[derive(Default, PartialEq)]
struct YamlValues {
    keys: Option<Keys>,
    text: Text,
}

impl Field for YamlValues {
    fn text(&mut self, yaml: &str) -> bool {
        let mut keys = Keys::default();
        for line in yaml.lines() {
            let starts_key =
                line.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '"');
            if let (true, Some((name, _))) = (starts_key, line.split_once(':')) {
                keys.add(name.trim_matches('"'));
            }
        }
        self.keys = Some(keys);
        self.text = Text::new(yaml);
        true
    }
}

/// The Kustomize settings of an Application.
#[derive(Default, PartialEq)]
pub(crate) struct Kustomize(Manifest);

impl Field for Kustomize {
    fn manifest(&mut self) -> Option<&mut Manifest> {
        Some(&mut self.0)
    }
}

impl Kustomize {
    /// All of it, for comparing by path.
    pub(crate) fn node(&self) -> &Node {
        self.0.node()
    }

    /// The text under `key`; empty without one.
    pub(crate) fn text(&self, key: &str) -> Text {
        Text::new(self.node().text(&[key]).unwrap_or_default())
    }

    /// The items of the list under `key`.
    pub(crate) fn items(&self, key: &str) -> &[Node] {
        match self.node().at(&[key]) {
            Some(Node::List(items)) => items,
            _ => &[],
        }
    }

    /// All of it but patches: those are YAML in texts, and hold whatever an object may hold. What
    /// they make is among the rendered objects.
    pub(crate) fn without_patches(&self) -> Node {
        let Node::Map(inputs) = self.node() else {
            return Node::Null;
        };
        let mut inputs = inputs.clone();
        inputs.retain(|key, _| key != "patches");
        Node::Map(inputs)
    }
}

record! {
    #[derive(PartialEq)]
    pub(crate) struct Plugin {
        pub(crate) name: Text = "name",
        pub(crate) env: Vec<Named> = "env",
        pub(crate) parameters: Vec<Named> = "parameters",
        ..unnamed
    }
}

record! {
    /// The name of something whose value is not for answers.
    #[derive(PartialEq)]
    pub(crate) struct Named {
        pub(crate) name: Text = "name",
        ..unnamed
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::Source;

    fn read(value: Value) -> Source {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn sources_are_equal_when_the_objects_are() {
        let base = json!({"repoURL": "https://git.example.com/shop.git", "path": "shop"});
        let with = |key: &str, value: Value| {
            let mut source = base.clone();
            source[key] = value;
            source
        };
        for other in [
            with("path", json!("web")),
            with("directory", json!({"recurse": true})),
            with("helm", json!({"skipCrds": true})),
            with("helm", json!({"values": "a: 1"})),
            with("helm", json!({"valuesObject": {"a": 1}})),
            with("helm", json!({"parameters": [{"name": "a", "value": "1"}]})),
            with(
                "helm",
                json!({"fileParameters": [{"name": "a", "path": "f"}]}),
            ),
            with("kustomize", json!({"namePrefix": "a-"})),
            with("plugin", json!({"env": [{"name": "A", "value": "1"}]})),
        ] {
            assert!(read(base.clone()) != read(other.clone()), "{other}");
            assert!(read(other.clone()) == read(other));
        }
    }

    #[test]
    fn values_are_counted_by_key_and_told_without_secrets() {
        let source = read(json!({"helm": {
            "values": "image:\n  tag: 2\nreplicas: 3\n",
            "valuesObject": {"b": 1, "a": {"c": 2}},
            "parameters": [{"name": "db.password", "value": "CANARY"}, {"name": "size", "value": "4"}],
        }}));
        let keys = source.helm.value_keys().unwrap();
        assert_eq!(keys.count, 2);
        let object = source.helm.object_keys().unwrap();
        let names: Vec<&str> = object.names.iter().map(|name| &**name).collect();
        assert_eq!(names, ["a", "b"]);
        let words = source.helm.values_in_words().join("\n");
        assert!(
            words.contains("parameter db.password = (hidden)"),
            "{words}"
        );
        assert!(words.contains("parameter size = 4") && !words.contains("CANARY"));
        assert!(read(json!({})).helm.value_keys().is_none());
        assert!(read(json!({})).helm.object_keys().is_none());
    }
}
