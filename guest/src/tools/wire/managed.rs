//! A managed resource as Argo CD compares it: the states come as JSON in strings, `"null"` for none.

use crate::{
    redact::{Manifest, Text},
    tools::record::{Field, record},
};

/// The last-applied object out of a live one; the rest of the live object is not kept.
#[derive(Default)]
pub(in crate::tools) struct Applied(pub(in crate::tools) Option<Manifest>);

/// The text of the annotation, for one moment only.
#[derive(Default)]
struct Raw(String);

impl Field for Raw {
    fn text(&mut self, text: &str) -> bool {
        text.clone_into(&mut self.0);
        true
    }
}

record! {
    struct Live {
        metadata: LiveMetadata = "metadata",
    }
}

record! {
    struct LiveMetadata {
        annotations: LiveAnnotations = "annotations",
    }
}

record! {
    struct LiveAnnotations {
        last_applied: Raw = "kubectl.kubernetes.io/last-applied-configuration",
    }
}

impl Field for Applied {
    fn text(&mut self, json: &str) -> bool {
        let live: Option<Live> = serde_json::from_str(json).ok();
        let annotation = live.map(|live| live.metadata.annotations.last_applied.0);
        // Of Secrets it is masked, and no object.
        self.0 = annotation.and_then(|text| serde_json::from_str(&text).ok());
        true
    }
}

record! {
    pub(in crate::tools) struct Item {
        pub(in crate::tools) group: Text = "group",
        pub(in crate::tools) kind: Text = "kind",
        pub(in crate::tools) namespace: Text = "namespace",
        pub(in crate::tools) name: Text = "name",
        pub(in crate::tools) hook: Option<bool> = "hook",
        /// What `kubectl apply` applied last, from the live object; absent with server-side apply.
        pub(in crate::tools) applied: Applied = "liveState",
        pub(in crate::tools) normalized_live_state: Manifest = "normalizedLiveState",
        pub(in crate::tools) predicted_live_state: Manifest = "predictedLiveState",
    }
}

record! {
    /// The part of an Application that says whether anything was compared.
    pub(in crate::tools) struct Status {
        pub(in crate::tools) status: StatusPart = "status",
    }
}

record! {
    pub(in crate::tools) struct StatusPart {
        pub(in crate::tools) sync: Sync = "sync",
    }
}

record! {
    pub(in crate::tools) struct Sync {
        pub(in crate::tools) status: Text = "status",
    }
}
