//! The comparison itself: typed and structured merges, server-side diff, health checks, ignored differences.

use super::row::{
    ANY, Look, Reason,
    Remedy::{Always, Unless},
    Setting::ServerSideDiff,
};
use crate::model::error::parts::Stage::{Compare, Health};

pub(super) const ROWS: &[Reason] = &[
    Reason {
        name: "live-entry-twice",
        has: &["duplicate entries for key", "typedlive|from live resource"],
        says: "the live object has one entry twice in a list whose entries must differ, which the structured comparison refuses",
        remedy: Always("Remove the second entry, in the source and in the cluster."),
        ..ANY
    },
    Reason {
        name: "entry-twice",
        has: &["duplicate entries for key"],
        says: "an object has one entry twice in a list whose entries must differ, which the structured comparison refuses",
        remedy: Always("Remove the second entry from the manifest."),
        ..ANY
    },
    Reason {
        name: "field-not-in-crd",
        stages: &[Compare],
        has: &[
            "field not declared in schema",
            "dryrun mode|server side diff|serversidediff",
        ],
        says: "the comparison fails: server-side diff asks the cluster for a dry run, and the cluster's schema does not have a field of the manifest",
        remedy: Unless(
            ServerSideDiff,
            "Apply the newer CRD by hand first, if a newer one adds the field.",
            "ServerSideDiff=true is set on the application. Apply the newer CRD by hand first, if a newer one adds the field; or turn ServerSideDiff off.",
        ),
        look: Look::Definition,
        ..ANY
    },
    Reason {
        name: "field-not-in-schema",
        stages: &[Compare],
        has: &["field not declared in schema"],
        says: "the comparison fails: a field is not in the schema that Argo CD compares with",
        ..ANY
    },
    Reason {
        name: "dry-run-refused",
        stages: &[Compare],
        has: &[
            "dryrun mode|server side diff|serversidediff",
            "admission webhook",
            "denied the request",
        ],
        says: "the comparison fails: server-side diff asks the cluster for a dry run, and an admission webhook refuses it",
        ..ANY
    },
    Reason {
        name: "dry-run-failed",
        stages: &[Compare],
        has: &["dryrun mode|server side diff|serversidediff"],
        says: "the comparison fails: server-side diff asks the cluster for a dry run, which fails",
        ..ANY
    },
    Reason {
        name: "ignored-path-fails",
        stages: &[Compare],
        has: &["jq|jsonpointer|json pointer|managedfieldsmanagers"],
        says: "the comparison fails: an expression of ignoreDifferences cannot be evaluated",
        remedy: Always(
            "Correct the expression in the application's ignoreDifferences or in Argo CD's settings.",
        ),
        ..ANY
    },
    Reason {
        name: "health-check-fails",
        has: &["failed to get resource health|error setting app health"],
        stages: &[Health],
        says: "a health check itself fails; the sync status is not affected",
        ..ANY
    },
];
