//! The parts of Argo CD's responses that several tools read. Older and newer servers differ, and
//! `fields` leaves things out: see [`record`](crate::model::record).

pub(crate) mod alike;
pub(crate) mod application;
pub(crate) mod appset;
pub(crate) mod causes;
pub(crate) mod changes;
pub(crate) mod classify;
pub(crate) mod commit;
pub(crate) mod condition;
pub(crate) mod error;
pub(crate) mod event;
pub(crate) mod forest;
pub(crate) mod glob;
pub(crate) mod judged;
pub(crate) mod live;
pub(crate) mod log;
pub(crate) mod logged;
pub(crate) mod managed;
pub(crate) mod missing;
pub(crate) mod operation;
pub(crate) mod owners;
pub(crate) mod pairing;
pub(crate) mod permit;
pub(crate) mod pod;
pub(crate) mod project;
pub(crate) mod record;
pub(crate) mod rendered;
pub(crate) mod services;
pub(crate) mod suspect;
pub(crate) mod tree;
pub(crate) mod twice;
pub(crate) mod why;
pub(crate) mod window;
pub(crate) mod windows;

use crate::{model::record::record, redact::Text};

record! {
    /// `metadata` of whatever Argo CD sends, as far as a list has it.
    pub(crate) struct Metadata {
        pub(crate) name: Text = "name",
        pub(crate) namespace: Text = "namespace",
        pub(crate) deletion_timestamp: Text = "deletionTimestamp",
    }
}

record! {
    /// `spec.destination`.
    pub(crate) struct Destination {
        pub(crate) server: Text = "server",
        pub(crate) name: Text = "name",
        pub(crate) namespace: Text = "namespace",
    }
}

/// The cluster that Argo CD runs in: its name and its URL.
pub(crate) const OWN_CLUSTER: (&str, &str) = ("in-cluster", "https://kubernetes.default.svc");

impl Destination {
    /// `in-cluster/web`, `https://…/web`: the cluster by name where it has one.
    pub(crate) fn place(&self) -> String {
        let cluster = self.cluster();
        if self.namespace.is_empty() {
            cluster
        } else {
            format!("{cluster}/{}", self.namespace.line(63))
        }
    }

    /// `in-cluster`, `https://…`: the cluster by name where it has one.
    pub(crate) fn cluster(&self) -> String {
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
    pub(crate) struct Health {
        pub(crate) status: Text = "status",
        pub(crate) message: Text = "message",
        pub(crate) last_transition_time: Text = "lastTransitionTime",
    }
}

record! {
    /// `connectionState` of a cluster or repository.
    pub(crate) struct ConnectionState {
        pub(crate) status: Text = "status",
        pub(crate) message: Text = "message",
        pub(crate) attempted_at: Text = "attemptedAt",
    }
}

/// Wrappers that Argo CD puts around the reason of a failed connection.
const WRAPPERS: [&str; 3] = [
    "Unable to connect to repository: ",
    "rpc error: code = Unknown desc = ",
    "error testing repository connectivity: ",
];

impl ConnectionState {
    /// ` > reason`, nothing when there is none.
    pub(crate) fn said(&self) -> String {
        crate::answer::said(&self.reason())
    }

    /// The reason, without what Argo CD puts around it; empty when there is none.
    pub(crate) fn reason(&self) -> Text {
        let mut reason: &str = &self.message;
        while let Some(rest) = WRAPPERS.iter().find_map(|wrap| reason.strip_prefix(wrap)) {
            reason = rest;
        }
        Text::new(reason)
    }

    /// The rank of its status: failures first, then unknown.
    pub(crate) fn rank(&self) -> u8 {
        match &*self.status {
            "Failed" => 0,
            "Successful" => 2,
            _ => 1,
        }
    }

    /// The status as a word.
    pub(crate) fn word(&self) -> String {
        if self.status.is_empty() {
            "Unknown".to_owned()
        } else {
            self.status.line(40)
        }
    }
}
