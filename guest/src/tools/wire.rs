//! What several tools read of Argo CD's answers. Every field may be absent or `null`: older and
//! newer servers differ, and `fields` leaves things out.

use serde::{Deserialize, Deserializer};

use crate::redact::Text;

/// For lists and objects that Argo CD writes as `null` when they are empty.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Part of `metadata`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Metadata {
    pub(super) name: Text,
    pub(super) namespace: Text,
    pub(super) deletion_timestamp: Text,
}

/// `spec.destination`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Destination {
    pub(super) server: Text,
    pub(super) name: Text,
    pub(super) namespace: Text,
}

impl Destination {
    /// `in-cluster/web`, `https://…/web`: the cluster by name where it has one.
    pub(super) fn place(&self) -> String {
        let cluster = match (self.name.is_empty(), &*self.server) {
            (false, _) => self.name.line(100),
            (true, "https://kubernetes.default.svc") => "in-cluster".to_owned(),
            (true, "") => "-".to_owned(),
            (true, server) => crate::redact::one_line(server, 100),
        };
        match self.namespace.is_empty() {
            true => cluster,
            false => format!("{cluster}/{}", self.namespace.line(63)),
        }
    }
}

/// `health` of an application, a resource or a node.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Health {
    pub(super) status: Text,
    pub(super) message: Text,
    pub(super) last_transition_time: Text,
}

/// `connectionState` of a cluster or repository.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ConnectionState {
    pub(super) status: Text,
    pub(super) message: Text,
    pub(super) attempted_at: Text,
}

impl ConnectionState {
    /// The place of its status: failures first, then what is not known.
    pub(super) fn rank(&self) -> u8 {
        match &*self.status {
            "Failed" => 0,
            "Successful" => 2,
            _ => 1,
        }
    }

    /// The status as a word.
    pub(super) fn word(&self) -> String {
        if self.status.is_empty() {
            "Unknown".to_owned()
        } else {
            self.status.line(40)
        }
    }
}
