//! An element of the applications list, as far as a row needs it.

use super::top::{Key, Row};
use crate::{
    answer::{order, revision, word},
    redact::Text,
    tools::{
        record::record,
        wire::{Destination, Health, Metadata},
    },
};

record! {
    /// An application with the `fields` of [`crate::argocd::ListFields`].
    pub(super) struct Application {
        pub(super) metadata: Metadata = "metadata",
        spec: Spec = "spec",
        status: Status = "status",
    }
}

record! {
    struct Spec {
        project: Text = "project",
        destination: Destination = "destination",
        source: Source = "source",
        sources: Vec<Source> = "sources",
    }
}

record! {
    struct Source {
        target_revision: Text = "targetRevision",
    }
}

record! {
    struct Status {
        sync: Sync = "sync",
        health: Health = "health",
        operation_state: Operation = "operationState",
    }
}

record! {
    struct Sync {
        status: Text = "status",
        revision: Text = "revision",
    }
}

record! {
    struct Operation {
        phase: Text = "phase",
    }
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
