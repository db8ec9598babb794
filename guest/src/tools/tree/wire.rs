//! The resource tree as Argo CD sends it: a flat list of nodes that name their parents.

use serde::Deserialize;

use crate::{
    redact::Text,
    tools::wire::{Health, or_default},
};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Tree {
    #[serde(deserialize_with = "or_default")]
    pub(super) nodes: Vec<Node>,
    #[serde(deserialize_with = "or_default")]
    pub(super) orphaned_nodes: Vec<Node>,
}

/// A resource. One that is missing live has no `uid`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Node {
    pub(super) group: Text,
    pub(super) kind: Text,
    pub(super) namespace: Text,
    pub(super) name: Text,
    pub(super) uid: Text,
    #[serde(deserialize_with = "or_default")]
    pub(super) parent_refs: Vec<Parent>,
    #[serde(deserialize_with = "or_default")]
    pub(super) info: Vec<Info>,
    #[serde(deserialize_with = "or_default")]
    pub(super) images: Vec<Text>,
    #[serde(deserialize_with = "or_default")]
    pub(super) health: Health,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Parent {
    pub(super) group: Text,
    pub(super) kind: Text,
    pub(super) namespace: Text,
    pub(super) name: Text,
    pub(super) uid: Text,
}

/// A fact about the resource; `value` is left out when it is empty.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Info {
    pub(super) name: Text,
    pub(super) value: Text,
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
