//! An element of the applications list, as far as a row needs it.

use super::top::{Key, Row};
use crate::{
    answer::{order, revision, word},
    model::{Destination, Health, Metadata, record::record},
    redact::Text,
};

record! {
    /// An application with the `fields` of [`crate::argocd::ListFields`].
    pub(in crate::tools) struct Application {
        pub(in crate::tools) metadata: Metadata = "metadata",
        pub(in crate::tools) spec: Spec = "spec",
        pub(in crate::tools) status: Status = "status",
    }
}

record! {
    pub(in crate::tools) struct Spec {
        pub(in crate::tools) project: Text = "project",
        pub(in crate::tools) destination: Destination = "destination",
        pub(in crate::tools) source: Source = "source",
        pub(in crate::tools) sources: Vec<Source> = "sources",
        /// Instead of a source: what is rendered into a branch of its own, and deployed from there.
        source_hydrator: Hydrator = "sourceHydrator",
    }
}

record! {
    struct Hydrator {
        dry_source: Source = "drySource",
    }
}

record! {
    pub(in crate::tools) struct Source {
        pub(in crate::tools) repo_url: Text = "repoURL",
        pub(in crate::tools) path: Text = "path",
        pub(in crate::tools) chart: Text = "chart",
        pub(in crate::tools) target_revision: Text = "targetRevision",
    }
}

record! {
    pub(in crate::tools) struct Status {
        sync: Sync = "sync",
        health: Health = "health",
        pub(in crate::tools) operation_state: Operation = "operationState",
        /// Only when asked for.
        summary: Summary = "summary",
        /// Only when asked for.
        pub(in crate::tools) resources: Vec<Owned> = "resources",
    }
}

record! {
    struct Summary {
        images: Vec<Text> = "images",
    }
}

record! {
    /// A resource that the application manages.
    pub(in crate::tools) struct Owned {
        pub(in crate::tools) group: Text = "group",
        pub(in crate::tools) kind: Text = "kind",
        pub(in crate::tools) namespace: Text = "namespace",
        pub(in crate::tools) name: Text = "name",
    }
}

record! {
    struct Sync {
        status: Text = "status",
        revision: Text = "revision",
    }
}

record! {
    pub(in crate::tools) struct Operation {
        pub(in crate::tools) phase: Text = "phase",
    }
}

impl Application {
    /// Its sources: one, or several.
    pub(in crate::tools) fn sources(&self) -> impl Iterator<Item = &Source> {
        let one = match self.spec.source.repo_url.is_empty() {
            true => &self.spec.source_hydrator.dry_source,
            false => &self.spec.source,
        };
        let one = self.spec.sources.is_empty().then_some(one);
        one.into_iter().chain(&self.spec.sources)
    }

    /// The repositories of its sources.
    pub(in crate::tools) fn repositories(&self) -> impl Iterator<Item = &Text> {
        self.sources()
            .map(|source| &source.repo_url)
            .filter(|url| !url.is_empty())
    }

    /// Its images, when they were asked for.
    pub(in crate::tools) fn images(&self) -> &[Text] {
        &self.status.summary.images
    }

    /// The sync status, `Unknown` when there is none yet.
    pub(in crate::tools) fn sync(&self) -> String {
        or_unknown(&self.status.sync.status)
    }

    /// The health, `Unknown` when there is none yet.
    pub(in crate::tools) fn health(&self) -> String {
        or_unknown(&self.status.health.status)
    }

    /// The row that the list shows; `by_name` orders it by its name alone.
    pub(in crate::tools) fn row(self, by_name: bool) -> Row {
        let (sync, health) = (self.sync(), self.health());
        let deleting = !self.metadata.deletion_timestamp.is_empty();
        Row {
            key: Key {
                rank: match by_name {
                    true => 0,
                    false => order::application_rank(&health, &sync),
                },
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
        let target = self.sources().next().map(|source| &*source.target_revision);
        let (target, compared) = (
            revision(target.unwrap_or_default()),
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
