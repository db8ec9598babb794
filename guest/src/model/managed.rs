//! A managed resource as Argo CD compares it: the states come as JSON in strings, `"null"` for none.

use crate::{
    model::record::{Field, record},
    redact::{Manifest, Text},
};

/// Who wrote a live object: the last applied configuration, the field managers, creator and owner. The
/// rest of the object is dropped.
#[derive(Default)]
pub(crate) struct Written {
    /// Absent with server-side apply, and of Secrets, where it is masked.
    pub(crate) applied: Option<Manifest>,
    /// Whether the object has the annotation at all, masked or not.
    pub(crate) is_applied: bool,
    pub(crate) managers: Vec<Manager>,
    /// RFC 3339.
    pub(crate) created_at: Text,
}

record! {
    /// An entry of `managedFields`: a program, never a person.
    pub(crate) struct Manager {
        pub(crate) name: Text = "manager",
        pub(crate) subresource: Text = "subresource",
        /// May be missing.
        pub(crate) time: Text = "time",
        /// `f:spec` -> `f:replicas` -> `{}`.
        pub(crate) fields: Manifest = "fieldsV1",
    }
}

/// The text of the annotation, kept only while parsing.
#[derive(Default)]
struct Raw(String);

impl Field for Raw {
    fn text(&mut self, text: &str) -> bool {
        text.clone_into(&mut self.0);
        true
    }
}

record! {
    struct Annotated {
        metadata: AnnotatedMetadata = "metadata",
    }
}

record! {
    struct AnnotatedMetadata {
        annotations: LastApplied = "annotations",
        managers: Vec<Manager> = "managedFields",
        created_at: Text = "creationTimestamp",
    }
}

record! {
    struct LastApplied {
        last_applied: Raw = "kubectl.kubernetes.io/last-applied-configuration",
    }
}

impl Field for Written {
    fn text(&mut self, json: &str) -> bool {
        let Ok(live) = serde_json::from_str::<Option<Annotated>>(json) else {
            return true;
        };
        let metadata = live.unwrap_or_default().metadata;
        let applied = &metadata.annotations.last_applied.0;
        self.applied = serde_json::from_str(applied).ok();
        self.is_applied = !applied.is_empty();
        self.managers = metadata.managers;
        self.created_at = metadata.created_at;
        true
    }
}

record! {
    pub(crate) struct Item {
        pub(crate) group: Text = "group",
        pub(crate) kind: Text = "kind",
        pub(crate) namespace: Text = "namespace",
        pub(crate) name: Text = "name",
        pub(crate) hook: Option<bool> = "hook",
        pub(crate) written: Written = "liveState",
        pub(crate) target: Manifest = "targetState",
        pub(crate) normalized_live_state: Manifest = "normalizedLiveState",
        pub(crate) predicted_live_state: Manifest = "predictedLiveState",
    }
}
