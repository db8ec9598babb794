//! A managed resource as Argo CD compares it: the states come as JSON in strings, `"null"` for none.

use serde::Deserialize;

use crate::{
    redact::{Manifest, Text},
    tools::wire::or_default,
};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Item {
    pub(super) kind: Text,
    pub(super) namespace: Text,
    pub(super) name: Text,
    pub(super) hook: Option<bool>,
    pub(super) normalized_live_state: Manifest,
    pub(super) predicted_live_state: Manifest,
}

/// The part of an Application that says whether anything was compared.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Status {
    #[serde(deserialize_with = "or_default")]
    pub(super) status: StatusPart,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct StatusPart {
    #[serde(deserialize_with = "or_default")]
    pub(super) sync: Sync,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sync {
    pub(super) status: Text,
}
