//! What Argo CD refuses in an application's spec.

use super::row::{ANY, Look, Reason, Remedy::Always};
use crate::model::error::parts::Stage::{Delete, Spec, Sync};

pub(super) const ROWS: &[Reason] = &[
    Reason {
        name: "cluster-not-registered",
        has: &[
            "there are no clusters with this name|error getting cluster by server|cluster \"|unable to find destination server|unable to find destination cluster",
            "there are no clusters with this name|not found|no clusters",
        ],
        stages: &[Spec, Sync, Delete],
        lacks: "namespaces \"|secret \"|configmap \"",
        says: "the destination cluster is not registered in Argo CD",
        remedy: Always(
            "Register the cluster under this name, or correct the application's destination.",
        ),
        look: Look::Clusters,
        ..ANY
    },
    Reason {
        name: "cluster-name-twice",
        has: &["there are 2 clusters with the same name|clusters with the same name"],
        says: "several registered clusters have the name that the application gives as its destination",
        remedy: Always("Name the destination by its server URL."),
        ..ANY
    },
    Reason {
        name: "destination-name-and-server",
        has: &["can't have both name and server defined|cannot have both name and server defined"],
        says: "the destination has both a name and a server",
        remedy: Always("Keep one of destination.name and destination.server."),
        ..ANY
    },
    Reason {
        name: "destination-not-permitted",
        has: &["do not match any of the allowed destinations in project"],
        says: "the project does not allow this destination",
        ..ANY
    },
    Reason {
        name: "repository-not-permitted",
        has: &["application repo", "is not permitted in project"],
        says: "the project does not allow this repository",
        ..ANY
    },
    Reason {
        name: "project-missing",
        has: &["referencing project", "which does not exist"],
        says: "the application's project does not exist",
        ..ANY
    },
    Reason {
        name: "namespace-not-permitted",
        has: &[
            "is not permitted to use project|is not allowed to use project|not permitted in project",
            "application",
        ],
        stages: &[Spec],
        lacks: "application repo",
        says: "the project does not accept applications of this namespace (sourceNamespaces)",
        ..ANY
    },
    Reason {
        name: "revision-required",
        has: &["targetrevision is required"],
        says: "a Helm chart needs a targetRevision",
        ..ANY
    },
    Reason {
        name: "source-incomplete",
        has: &["spec.source.repourl and", "are required|is required"],
        says: "the source names neither a path nor a chart",
        ..ANY
    },
    Reason {
        name: "object-without-namespace",
        has: &["namespace for ", " is missing"],
        says: "an object has no namespace, and the application's destination has none either",
        remedy: Always("Set destination.namespace, or the object's metadata.namespace."),
        ..ANY
    },
];
