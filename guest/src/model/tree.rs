//! The resource tree as Argo CD sends it: a flat list of nodes that name their parents.

use crate::{
    model::{Health, record::record},
    redact::{Manifest, Text},
};

record! {
    pub(crate) struct Tree {
        pub(crate) nodes: Vec<Node> = "nodes",
        pub(crate) orphaned_nodes: Vec<Node> = "orphanedNodes",
        pub(crate) hosts: Vec<Host> = "hosts",
    }
}

record! {
    /// A node of the cluster that Pods of the application run on, or could.
    pub(crate) struct Host {
        pub(crate) name: Text = "name",
        pub(crate) labels: Manifest = "labels",
        pub(crate) system: System = "systemInfo",
    }
}

record! {
    /// What a node says of its machine.
    pub(crate) struct System {
        /// `amd64`, `arm64`.
        pub(crate) architecture: Text = "architecture",
    }
}

record! {
    /// A resource. One that is missing live has no `uid`.
    pub(crate) struct Node {
        pub(crate) group: Text = "group",
        pub(crate) version: Text = "version",
        pub(crate) kind: Text = "kind",
        pub(crate) namespace: Text = "namespace",
        pub(crate) name: Text = "name",
        pub(crate) uid: Text = "uid",
        pub(crate) created_at: Text = "createdAt",
        pub(crate) parent_refs: Vec<Parent> = "parentRefs",
        pub(crate) info: Vec<Info> = "info",
        pub(crate) images: Vec<Text> = "images",
        pub(crate) health: Health = "health",
        pub(crate) networking: Networking = "networkingInfo",
    }
}

record! {
    /// The labels of a Pod, and those by which a Service selects.
    pub(crate) struct Networking {
        pub(crate) labels: Manifest = "labels",
        pub(crate) target_labels: Manifest = "targetLabels",
    }
}

record! {
    pub(crate) struct Parent {
        pub(crate) group: Text = "group",
        pub(crate) kind: Text = "kind",
        pub(crate) namespace: Text = "namespace",
        pub(crate) name: Text = "name",
        pub(crate) uid: Text = "uid",
    }
}

record! {
    /// A fact about the resource; `value` is left out when it is empty.
    pub(crate) struct Info {
        pub(crate) name: Text = "name",
        pub(crate) value: Text = "value",
    }
}

impl Node {
    /// The value of a fact, if there is one.
    pub(crate) fn fact(&self, name: &str) -> Option<&Text> {
        self.info
            .iter()
            .find(|info| &*info.name == name)
            .map(|info| &info.value)
            .filter(|value| !value.is_empty())
    }
}
