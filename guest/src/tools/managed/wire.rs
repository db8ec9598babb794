//! A managed resource as Argo CD compares it: the states come as JSON in strings, `"null"` for none.

use crate::{
    redact::{Manifest, Text},
    tools::record::record,
};

record! {
    pub(super) struct Item {
        pub(super) kind: Text = "kind",
        pub(super) namespace: Text = "namespace",
        pub(super) name: Text = "name",
        pub(super) hook: Option<bool> = "hook",
        pub(super) normalized_live_state: Manifest = "normalizedLiveState",
        pub(super) predicted_live_state: Manifest = "predictedLiveState",
    }
}

record! {
    /// The part of an Application that says whether anything was compared.
    pub(super) struct Status {
        pub(super) status: StatusPart = "status",
    }
}

record! {
    pub(super) struct StatusPart {
        pub(super) sync: Sync = "sync",
    }
}

record! {
    pub(super) struct Sync {
        pub(super) status: Text = "status",
    }
}
