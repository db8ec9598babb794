//! The resource tree as Argo CD sends it: a flat list of nodes that name their parents.

use crate::{
    redact::{Manifest, Text},
    tools::{record::record, wire::Health},
};

record! {
    pub(in crate::tools) struct Tree {
        pub(in crate::tools) nodes: Vec<Node> = "nodes",
        pub(in crate::tools) orphaned_nodes: Vec<Node> = "orphanedNodes",
        pub(in crate::tools) hosts: Vec<Host> = "hosts",
    }
}

record! {
    /// A node of the cluster that Pods of the application run on, or could.
    pub(in crate::tools) struct Host {
        pub(in crate::tools) name: Text = "name",
        pub(in crate::tools) labels: Manifest = "labels",
    }
}

record! {
    /// A resource. One that is missing live has no `uid`.
    pub(in crate::tools) struct Node {
        pub(in crate::tools) group: Text = "group",
        pub(in crate::tools) version: Text = "version",
        pub(in crate::tools) kind: Text = "kind",
        pub(in crate::tools) namespace: Text = "namespace",
        pub(in crate::tools) name: Text = "name",
        pub(in crate::tools) uid: Text = "uid",
        pub(in crate::tools) created_at: Text = "createdAt",
        pub(in crate::tools) parent_refs: Vec<Parent> = "parentRefs",
        pub(in crate::tools) info: Vec<Info> = "info",
        pub(in crate::tools) images: Vec<Text> = "images",
        pub(in crate::tools) health: Health = "health",
    }
}

record! {
    pub(in crate::tools) struct Parent {
        pub(in crate::tools) group: Text = "group",
        pub(in crate::tools) kind: Text = "kind",
        pub(in crate::tools) namespace: Text = "namespace",
        pub(in crate::tools) name: Text = "name",
        pub(in crate::tools) uid: Text = "uid",
    }
}

record! {
    /// A fact about the resource; `value` is left out when it is empty.
    pub(in crate::tools) struct Info {
        pub(in crate::tools) name: Text = "name",
        pub(in crate::tools) value: Text = "value",
    }
}

impl Node {
    /// The value of a fact, if there is one.
    pub(in crate::tools) fn fact(&self, name: &str) -> Option<&Text> {
        self.info
            .iter()
            .find(|info| &*info.name == name)
            .map(|info| &info.value)
            .filter(|value| !value.is_empty())
    }
}
