//! An element of the applications list, as far as a row needs it.

use serde::Deserialize;

use super::top::{Key, Row};
use crate::{
    answer::{order, revision, word},
    redact::Text,
    tools::wire::{Destination, Health, Metadata, or_default},
};

/// An application with the `fields` of [`crate::argocd::ListFields`].
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Application {
    #[serde(deserialize_with = "or_default")]
    pub(super) metadata: Metadata,
    #[serde(deserialize_with = "or_default")]
    spec: Spec,
    #[serde(deserialize_with = "or_default")]
    status: Status,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Spec {
    project: Text,
    #[serde(deserialize_with = "or_default")]
    destination: Destination,
    #[serde(deserialize_with = "or_default")]
    source: Source,
    #[serde(deserialize_with = "or_default")]
    sources: Vec<Source>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Source {
    target_revision: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    #[serde(deserialize_with = "or_default")]
    sync: Sync,
    #[serde(deserialize_with = "or_default")]
    health: Health,
    #[serde(deserialize_with = "or_default")]
    operation_state: Operation,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Sync {
    status: Text,
    revision: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Operation {
    phase: Text,
}

impl Application {
    /// The sync status, `Unknown` when there is none yet.
    pub(super) fn sync(&self) -> String {
        or_unknown(&self.status.sync.status)
    }

    /// The health, `Unknown` when there is none yet.
    pub(super) fn health(&self) -> String {
        or_unknown(&self.status.health.status)
    }

    /// The row that the list shows.
    pub(super) fn row(self) -> Row {
        let (sync, health) = (self.sync(), self.health());
        let deleting = !self.metadata.deletion_timestamp.is_empty();
        Row {
            key: Key {
                rank: order::application_rank(&health, &sync),
                name: word(&self.metadata.name),
                namespace: word(&self.metadata.namespace),
            },
            project: word(&self.spec.project),
            place: self.spec.destination.place(),
            revision: self.revision(),
            operation: match (deleting, &*self.status.operation_state.phase) {
                (true, _) => "being deleted".to_owned(),
                (false, "") => "-".to_owned(),
                (false, phase) => word(phase),
            },
            sync,
            health,
        }
    }

    /// `main@3fcb20f`: what is wanted, and what it was when last compared.
    fn revision(&self) -> String {
        if self.spec.sources.len() > 1 {
            return format!("{} sources", self.spec.sources.len());
        }
        let source = self.spec.sources.first().unwrap_or(&self.spec.source);
        let (target, compared) = (
            revision(&source.target_revision),
            revision(&self.status.sync.revision),
        );
        match (target.as_str(), compared.as_str()) {
            ("", "") => "-".to_owned(),
            (target, "") => target.to_owned(),
            ("", compared) => compared.to_owned(),
            (target, compared) if target == compared => target.to_owned(),
            (target, compared) => format!("{target}@{compared}"),
        }
    }
}

fn or_unknown(status: &Text) -> String {
    if status.is_empty() {
        "Unknown".to_owned()
    } else {
        word(status)
    }
}
