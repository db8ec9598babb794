//! An element of the applications list, with the fields for rows and filters.
//!
//! It is a record of its own, and not [`super::Application`]: `items.spec.source` brings Helm values
//! with it, and reading a whole source would redact the values of each of 50,000 applications to
//! throw them away. So would a server that does not know `fields` with histories and resources.

use super::source::one_or_several;
use crate::{
    answer::{revision, word},
    model::{Destination, Health, Metadata, record::record},
    redact::Text,
};

record! {
    /// An application with the `fields` of [`crate::argocd::ListFields`]; with those of
    /// [`crate::argocd::Get::application_states`] only its name, namespace, sync and health come.
    pub(crate) struct ListElement {
        pub(crate) metadata: Metadata = "metadata",
        pub(crate) spec: Spec = "spec",
        pub(crate) status: Status = "status",
    }
}

record! {
    pub(crate) struct Spec {
        pub(crate) project: Text = "project",
        pub(crate) destination: Destination = "destination",
        source: Option<Source> = "source",
        sources: Vec<Source> = "sources",
        /// Instead of a source: what is rendered into a branch of its own, and deployed from there.
        source_hydrator: Option<Hydrator> = "sourceHydrator",
    }
}

record! {
    pub(crate) struct Hydrator {
        dry_source: Source = "drySource",
    }
}

record! {
    pub(crate) struct Source {
        pub(crate) repo_url: Text = "repoURL",
        pub(crate) path: Text = "path",
        pub(crate) chart: Text = "chart",
        pub(crate) target_revision: Text = "targetRevision",
    }
}

record! {
    pub(crate) struct Status {
        pub(crate) sync: Sync = "sync",
        pub(crate) health: Health = "health",
        pub(crate) operation_state: Operation = "operationState",
        /// Only when asked for.
        summary: Summary = "summary",
        /// Only when asked for.
        pub(crate) resources: Vec<Owned> = "resources",
    }
}

record! {
    pub(crate) struct Summary {
        images: Vec<Text> = "images",
    }
}

record! {
    /// A resource that the application manages.
    pub(crate) struct Owned {
        pub(crate) group: Text = "group",
        pub(crate) kind: Text = "kind",
        pub(crate) namespace: Text = "namespace",
        pub(crate) name: Text = "name",
    }
}

record! {
    pub(crate) struct Sync {
        pub(crate) status: Text = "status",
        revision: Text = "revision",
    }
}

record! {
    pub(crate) struct Operation {
        pub(crate) phase: Text = "phase",
    }
}

impl ListElement {
    /// Its sources: one, several, or what is hydrated.
    pub(crate) fn sources(&self) -> &[Source] {
        let spec = &self.spec;
        let one = spec.source.as_ref();
        let one = one.filter(|source| !source.repo_url.is_empty());
        let hydrator = spec.source_hydrator.as_ref();
        one_or_several(
            one.or(hydrator.map(|hydrator| &hydrator.dry_source)),
            &spec.sources,
        )
    }

    /// The repositories of its sources.
    pub(crate) fn repositories(&self) -> impl Iterator<Item = &Text> {
        self.sources()
            .iter()
            .map(|source| &source.repo_url)
            .filter(|url| !url.is_empty())
    }

    /// Its images, when they were asked for.
    pub(crate) fn images(&self) -> &[Text] {
        &self.status.summary.images
    }

    /// The sync status, `Unknown` when there is none yet.
    pub(crate) fn sync(&self) -> String {
        or_unknown(&self.status.sync.status)
    }

    /// The health, `Unknown` when there is none yet.
    pub(crate) fn health(&self) -> String {
        or_unknown(&self.status.health.status)
    }

    /// `main@3fcb20f`: what is wanted, and what it was when last compared.
    pub(crate) fn revision(&self) -> String {
        if self.spec.sources.len() > 1 {
            return format!("{} sources", self.spec.sources.len());
        }
        let target = self
            .sources()
            .first()
            .map(|source| &*source.target_revision);
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
