//! What several tools read of Argo CD's answers. Older and newer servers differ, and
//! `fields` leaves things out: see [`record`](super::record).

pub(super) mod application;
pub(super) mod event;
pub(super) mod managed;
pub(super) mod project;
pub(super) mod seal;
pub(super) mod tree;
pub(super) mod values;
pub(super) mod window;

use super::record::record;
use crate::redact::Text;

record! {
    /// Part of `metadata`.
    pub(super) struct Metadata {
        pub(super) name: Text = "name",
        pub(super) namespace: Text = "namespace",
        pub(super) deletion_timestamp: Text = "deletionTimestamp",
    }
}

record! {
    /// `spec.destination`.
    pub(super) struct Destination {
        pub(super) server: Text = "server",
        pub(super) name: Text = "name",
        pub(super) namespace: Text = "namespace",
    }
}

/// The cluster that Argo CD runs in: its name and its URL.
pub(super) const OWN_CLUSTER: (&str, &str) = ("in-cluster", "https://kubernetes.default.svc");

impl Destination {
    /// `in-cluster/web`, `https://…/web`: the cluster by name where it has one.
    pub(super) fn place(&self) -> String {
        let cluster = self.cluster();
        match self.namespace.is_empty() {
            true => cluster,
            false => format!("{cluster}/{}", self.namespace.line(63)),
        }
    }

    /// `in-cluster`, `https://…`: the cluster by name where it has one.
    pub(super) fn cluster(&self) -> String {
        match (self.name.is_empty(), &*self.server) {
            (false, _) => self.name.line(100),
            (true, server) if server == OWN_CLUSTER.1 => OWN_CLUSTER.0.to_owned(),
            (true, "") => "-".to_owned(),
            (true, server) => crate::redact::one_line(server, 100),
        }
    }
}

record! {
    /// `health` of an application, a resource or a node.
    pub(super) struct Health {
        pub(super) status: Text = "status",
        pub(super) message: Text = "message",
        pub(super) last_transition_time: Text = "lastTransitionTime",
    }
}

record! {
    /// `connectionState` of a cluster or repository.
    pub(super) struct ConnectionState {
        pub(super) status: Text = "status",
        pub(super) message: Text = "message",
        pub(super) attempted_at: Text = "attemptedAt",
    }
}

/// What Argo CD wraps around the reason that a connection fails; it tells nothing.
const WRAPPERS: [&str; 3] = [
    "Unable to connect to repository: ",
    "rpc error: code = Unknown desc = ",
    "error testing repository connectivity: ",
];

impl ConnectionState {
    /// ` > reason`, nothing when there is none.
    pub(super) fn said(&self) -> String {
        let mut reason: &str = &self.message;
        while let Some(rest) = WRAPPERS.iter().find_map(|wrap| reason.strip_prefix(wrap)) {
            reason = rest;
        }
        crate::answer::said(&Text::new(reason))
    }

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
