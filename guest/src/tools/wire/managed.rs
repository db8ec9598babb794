//! A managed resource as Argo CD compares it: the states come as JSON in strings, `"null"` for none.

use crate::{
    redact::{Manifest, Text},
    tools::record::{Field, record},
};

/// Who wrote a live object: what was applied last, and the managers of its fields. The rest of the
/// object is not kept.
#[derive(Default)]
pub(in crate::tools) struct Written {
    /// Absent with server-side apply, and of Secrets, where it is masked.
    pub(in crate::tools) applied: Option<Manifest>,
    pub(in crate::tools) managers: Vec<Manager>,
}

record! {
    /// An entry of `managedFields`: a program, never a person.
    pub(in crate::tools) struct Manager {
        pub(in crate::tools) name: Text = "manager",
        pub(in crate::tools) subresource: Text = "subresource",
        /// May be missing.
        pub(in crate::tools) time: Text = "time",
        /// `f:spec` -> `f:replicas` -> `{}`.
        pub(in crate::tools) fields: Manifest = "fieldsV1",
    }
}

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
        managers: Vec<Manager> = "managedFields",
    }
}

record! {
    struct LiveAnnotations {
        last_applied: Raw = "kubectl.kubernetes.io/last-applied-configuration",
    }
}

impl Field for Written {
    fn text(&mut self, json: &str) -> bool {
        let Ok(live) = serde_json::from_str::<Option<Live>>(json) else {
            return true;
        };
        let metadata = live.unwrap_or_default().metadata;
        self.applied = serde_json::from_str(&metadata.annotations.last_applied.0).ok();
        self.managers = metadata.managers;
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
        pub(in crate::tools) written: Written = "liveState",
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
