//! A managed resource as Argo CD compares it: the states come as JSON in strings, `"null"` for none.

use crate::{
    redact::{Manifest, Text},
    tools::record::record,
};

record! {
    pub(in crate::tools) struct Item {
        pub(in crate::tools) kind: Text = "kind",
        pub(in crate::tools) namespace: Text = "namespace",
        pub(in crate::tools) name: Text = "name",
        pub(in crate::tools) hook: Option<bool> = "hook",
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
