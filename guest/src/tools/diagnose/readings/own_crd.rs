//! A definition that the application itself brings, and that its failed comparison keeps from being applied.

use crate::{
    answer::word,
    model::{
        application::Application,
        error::{Look, Trouble},
    },
    tools::diagnose::proven::Proven,
};

/// The definition, among the application's own objects, of the kind whose comparison fails.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct OwnDefinition {
    name: String,
}

impl OwnDefinition {
    /// The proof: the message names group and kind of the object, and the application manages a
    /// CustomResourceDefinition of that group whose name begins with that kind.
    pub(in crate::tools::diagnose) fn of(app: &Application, trouble: &Trouble) -> Option<Self> {
        if trouble.known()?.look != Look::Definition {
            return None;
        }
        let (before, kind) = trouble.reason.split_once(", Kind=")?;
        let kind = kind.split([')', ' ', ';', ',']).next()?.to_lowercase();
        let group = before.rsplit(['(', ' ', ';']).next()?.split_once('/')?.0;
        // Plurals change the last letter at most: policy, policies.
        let stem = kind.strip_suffix('y').unwrap_or(&kind);
        let is_it = |name: &str| {
            let plural = name.strip_suffix(group)?.strip_suffix('.')?;
            (!stem.is_empty() && plural.starts_with(stem) && !plural.contains('.')).then_some(())
        };
        let mut resources = app.status.resources.iter();
        let definition = resources.find(|resource| {
            &*resource.kind == "CustomResourceDefinition" && is_it(&resource.name).is_some()
        })?;
        Some(Self {
            name: word(&definition.name),
        })
    }
}

impl Proven for OwnDefinition {
    fn headline(&self) -> String {
        format!(
            "CustomResourceDefinition {} of that kind is part of this same application: while the comparison fails, automated sync does not apply it.",
            self.name
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;
    use crate::redact::Text;

    fn headline(definition: &str, message: &str) -> Option<String> {
        let app: Application = from_value(json!({"status": {"resources": [
            {"kind": "CustomResourceDefinition", "group": "apiextensions.k8s.io", "name": definition}
        ]}}))
        .unwrap();
        let trouble = Trouble::read(&Text::new(message), None);
        OwnDefinition::of(&app, &trouble).map(|reading| reading.headline())
    }

    const MESSAGE: &str = "Failed to compare desired state to live state: failed to calculate diff: error calculating server side diff: serverSideDiff error: error running server side apply in dryrun mode for resource Policy/a: failed to create typed patch object (web/a; example.io/v1, Kind=Policy): .spec.size: field not declared in schema";

    #[test]
    fn speaks_of_the_definition_of_that_kind() {
        let headline = headline("policies.example.io", MESSAGE).unwrap();
        assert!(headline.contains("policies.example.io"), "{headline}");
    }

    #[test]
    fn silent_about_definitions_of_other_kinds_and_groups() {
        for definition in [
            "widgets.example.io",
            "policies.other.io",
            "policies.more.example.io",
        ] {
            assert_eq!(headline(definition, MESSAGE), None, "{definition}");
        }
        assert_eq!(headline("policies.example.io", "the moon is full"), None);
    }
}
