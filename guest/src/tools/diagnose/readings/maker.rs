//! The object of the tree whose spec says that it makes a Secret or ConfigMap.

use crate::{answer::word, model::missing::Missing, redact::Node, tools::diagnose::proven::Proven};

/// Where specs say what they write; `*` stands for each key of an object.
const WRITES: [&[&str]; 11] = [
    &["writeConnectionSecretToRef", "name"],
    &["publishConnectionDetailsTo", "name"],
    &["secretName"],
    &["target", "name"],
    &["destination", "name"],
    &["template", "metadata", "name"],
    &["secretTemplate", "metadata", "name"],
    &["template", "secret", "metadata", "name"],
    &["outputs", "*", "name"],
    &["outputSecretName"],
    &["targetSecretName"],
];

/// An object that makes what another one lacks.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Maker {
    object: String,
    missing: Missing,
    path: String,
}

impl Maker {
    /// The proof: a member of the live spec that says what the object writes has the missing name.
    pub(in crate::tools::diagnose) fn of(
        object: &str,
        live: &Node,
        missing: &Missing,
    ) -> Option<Self> {
        let spec = live.at(&["spec"])?;
        let path = WRITES
            .iter()
            .find(|path| names(spec, path, &missing.name))?;
        Some(Self {
            object: object.to_owned(),
            missing: missing.clone(),
            path: path.join("."),
        })
    }
}

fn names(node: &Node, path: &[&str], name: &str) -> bool {
    match (path, node) {
        ([], Node::Text(text)) => text == name,
        (["*", rest @ ..], Node::Map(map)) => map.values().any(|value| names(value, rest, name)),
        ([key, rest @ ..], Node::Map(map)) => {
            map.get(*key).is_some_and(|value| names(value, rest, name))
        }
        _ => false,
    }
}

impl Proven for Maker {
    fn headline(&self) -> String {
        format!(
            "{} is to write {} {} (spec.{})",
            self.object,
            self.missing.kind,
            word(&self.missing.name),
            self.path
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;
    use crate::redact::Manifest;

    fn reading(spec: Value) -> Option<Maker> {
        let live: Manifest = from_value(json!({"spec": spec})).unwrap();
        let missing = Missing {
            kind: "Secret",
            name: "db".to_owned(),
        };
        Maker::of("Claim a", live.node(), &missing)
    }

    #[test]
    fn speaks_of_the_spec_that_writes_it() {
        for spec in [
            json!({"writeConnectionSecretToRef": {"name": "db"}}),
            json!({"target": {"name": "db"}}),
            json!({"outputs": {"connection": {"name": "db"}}}),
        ] {
            let headline = reading(spec).unwrap().headline();
            assert!(
                headline.contains("Claim a is to write Secret db"),
                "{headline}"
            );
        }
    }

    #[test]
    fn silent_about_specs_that_only_use_it_or_write_another() {
        for spec in [
            json!({"auth": {"secretRef": {"name": "db"}}}),
            json!({"passwordSecret": "db"}),
            json!({"target": {"name": "db-two"}}),
            json!({}),
        ] {
            assert!(reading(spec.clone()).is_none(), "{spec}");
        }
    }
}
