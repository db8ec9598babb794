//! The resource tree as Argo CD sends it: a flat list of nodes that name their parents.

use crate::{
    redact::Text,
    tools::{record::record, wire::Health},
};

record! {
    pub(super) struct Tree {
        pub(super) nodes: Vec<Node> = "nodes",
        pub(super) orphaned_nodes: Vec<Node> = "orphanedNodes",
    }
}

record! {
    /// A resource. One that is missing live has no `uid`.
    pub(super) struct Node {
        pub(super) group: Text = "group",
        pub(super) kind: Text = "kind",
        pub(super) namespace: Text = "namespace",
        pub(super) name: Text = "name",
        pub(super) uid: Text = "uid",
        pub(super) parent_refs: Vec<Parent> = "parentRefs",
        pub(super) info: Vec<Info> = "info",
        pub(super) images: Vec<Text> = "images",
        pub(super) health: Health = "health",
    }
}

record! {
    pub(super) struct Parent {
        pub(super) group: Text = "group",
        pub(super) kind: Text = "kind",
        pub(super) namespace: Text = "namespace",
        pub(super) name: Text = "name",
        pub(super) uid: Text = "uid",
    }
}

record! {
    /// A fact about the resource; `value` is left out when it is empty.
    pub(super) struct Info {
        pub(super) name: Text = "name",
        pub(super) value: Text = "value",
    }
}

impl Node {
    /// The value of a fact, if there is one.
    pub(super) fn fact(&self, name: &str) -> Option<&Text> {
        self.info
            .iter()
            .find(|info| &*info.name == name)
            .map(|info| &info.value)
            .filter(|value| !value.is_empty())
    }
}
