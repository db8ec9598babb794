//! What the API server, its webhooks and the project refuse of single objects in a sync.

use super::row::{
    ANY, Reason,
    Remedy::{Always, Unless},
    Setting::{AllowEmpty, CreateNamespace, Replace, ServerSideApply},
};
use crate::model::error::parts::{
    Component::AdmissionWebhook,
    Stage::{Delete, Sync},
};

/// A row about an object that was refused.
const SYNC: Reason = Reason {
    stages: &[Sync, Delete],
    ..ANY
};

pub(super) const ROWS: &[Reason] = &[
    Reason {
        name: "would-wipe-out",
        has: &["auto-sync will wipe out all resources"],
        says: "automated sync refuses to delete every object: Git no longer has any",
        remedy: Unless(
            AllowEmpty,
            "allowEmpty is off. If this is intended, sync manually or set allowEmpty; otherwise check the path and the rendering.",
            "Check the path and the rendering.",
        ),
        ..SYNC
    },
    Reason {
        name: "migration-too-long",
        has: &["client-side apply migration", "too long"],
        says: "what fails is the migration from client-side apply, which writes the annotation last-applied-configuration with the whole object",
        remedy: Unless(
            ServerSideApply,
            "Add the sync option ClientSideApplyMigration=false, upgrade Argo CD to 3.3.2 or later, or remove that annotation and its manager from the object.",
            "ServerSideApply=true is set already. Add the sync option ClientSideApplyMigration=false, upgrade Argo CD to 3.3.2 or later, or remove that annotation and its manager from the object.",
        ),
        ..SYNC
    },
    Reason {
        name: "migration",
        has: &["client-side apply migration"],
        says: "what fails is the migration from client-side apply, not the manifest",
        remedy: Always("The sync option ClientSideApplyMigration=false leaves it out."),
        ..SYNC
    },
    Reason {
        name: "annotation-too-long",
        has: &["metadata.annotations: too long"],
        says: "the annotations are too long, as client-side apply stores the whole object in one",
        remedy: Unless(
            ServerSideApply,
            "Use the sync option ServerSideApply=true.",
            "ServerSideApply=true is set already, so an annotation of the manifest itself, or the old last-applied-configuration, is too long.",
        ),
        ..SYNC
    },
    Reason {
        name: "tracking-label-too-long",
        has: &[
            "must be no more than 63",
            "metadata.labels|app.kubernetes.io/instance|argocd.argoproj.io/instance",
        ],
        says: "a label is longer than 63 characters; the tracking label that Argo CD itself adds is the application's name",
        remedy: Always(
            "If it is the tracking label, track by annotation (application.resourceTrackingMethod), or give the application a shorter name.",
        ),
        ..SYNC
    },
    Reason {
        name: "resource-version",
        has: &["must be specified for an update"],
        says: "the update that Argo CD sent lacks the object's resourceVersion: this comes from how it is applied, not from the manifest",
        ..SYNC
    },
    Reason {
        name: "modified-meanwhile",
        has: &["the object has been modified; please apply your changes"],
        says: "somebody else wrote the object during the sync: a retry may succeed",
        ..SYNC
    },
    Reason {
        name: "wrong-type",
        has: &[
            "unrecognized type: |cannot convert int64 to string|cannot convert bool to string|cannot convert float64 to string|of type string|expected string, got",
        ],
        says: "a value has another type than the field takes: a number or boolean where text belongs, or the other way round",
        remedy: Always("Quote the value in the manifest; retries do not help."),
        ..SYNC
    },
    Reason {
        name: "immutable",
        has: &[
            "field is immutable|updates to statefulset spec for fields other than|spec is immutable",
        ],
        says: "the field is immutable, so retries do not help",
        remedy: Always(
            "Revert it in Git, or delete and recreate the object (sync option Replace/Force).",
        ),
        ..SYNC
    },
    Reason {
        name: "version-not-served",
        has: &["could not find version"],
        says: "the manifest names a version that the cluster does not serve",
        remedy: Always("Change apiVersion in Git to the installed one."),
        ..SYNC
    },
    Reason {
        name: "webhook-down",
        has: &["failed calling webhook|conversion webhook for"],
        says: "the webhook does not answer",
        remedy: Always("Check the webhook's Service, not this object."),
        component: Some(AdmissionWebhook),
        ..SYNC
    },
    Reason {
        name: "webhook-denies",
        has: &["admission webhook|validatingadmissionpolicy", "denied"],
        says: "a policy in the cluster rejects the object",
        remedy: Always("Change the manifest or the policy."),
        component: Some(AdmissionWebhook),
        ..SYNC
    },
    Reason {
        name: "namespace-terminating",
        has: &["because it is being terminated"],
        says: "the namespace is Terminating: nothing can be created in it until it is gone",
        ..SYNC
    },
    Reason {
        name: "namespace-missing",
        has: &["namespaces \"", "not found"],
        says: "the namespace does not exist",
        remedy: Unless(
            CreateNamespace,
            "The sync option CreateNamespace=true is not set.",
            "CreateNamespace=true is set, but creates only the application's destination namespace.",
        ),
        ..SYNC
    },
    Reason {
        name: "quota",
        has: &["exceeded quota"],
        says: "a ResourceQuota of the namespace is used up",
        ..SYNC
    },
    Reason {
        name: "pod-security",
        has: &["violates podsecurity"],
        says: "the Pod Security level of the namespace does not allow this Pod",
        ..SYNC
    },
    Reason {
        name: "service-account-forbidden",
        has: &["is forbidden: user \"system:serviceaccount"],
        says: "Argo CD syncs with the service account that the message names; this service account lacks this permission in the destination cluster",
        ..SYNC
    },
    Reason {
        name: "not-permitted-in-project",
        has: &["is not permitted in project"],
        says: "the project does not allow this kind or namespace",
        ..SYNC
    },
    Reason {
        name: "sync-timeout",
        has: &["controller sync timeout"],
        says: "it exceeded the controller's sync timeout: the cause is what it waited for",
        ..SYNC
    },
    Reason {
        name: "terminated",
        has: &["operation terminated"],
        says: "it was terminated on request; this is not a fault in itself",
        ..SYNC
    },
    Reason {
        name: "shared",
        has: &["shared resource found"],
        says: "the sync option FailOnSharedResource=true rejects objects that another application manages",
        remedy: Always("Remove the object from one of the two."),
        ..SYNC
    },
    Reason {
        name: "no-service-account",
        has: &["no matching service account found"],
        says: "Argo CD impersonates a service account in syncs, and none of the project's destinationServiceAccounts matches this destination",
        remedy: Always(
            "Add an entry for this destination to the project's destinationServiceAccounts.",
        ),
        ..SYNC
    },
    Reason {
        name: "kind-unknown",
        has: &[
            "the server could not find the requested resource|no matches for kind|could not find",
            "the server could not find the requested resource|no matches for kind|crd is installed|crd",
        ],
        says: "the cluster does not know this kind: its CRD is missing or has another version",
        ..SYNC
    },
    Reason {
        name: "field-manager-conflict",
        has: &["apply failed with", "conflict"],
        says: "another field manager owns the field (server-side apply)",
        remedy: Always("Remove the field from Git, or let its manager give it up."),
        ..SYNC
    },
    Reason {
        name: "exists",
        has: &["already exists"],
        says: "the object exists already, and Argo CD created it in place of applying it",
        remedy: Unless(
            Replace,
            "",
            "Replace=true makes Argo CD create the object where it would apply, so one that exists is an error. Use ServerSideApply=true in place of Replace=true; for a hook also the delete policy BeforeHookCreation.",
        ),
        ..SYNC
    },
    Reason {
        name: "entry-duplicate",
        has: &["duplicate value:"],
        says: "the manifest has the same entry twice in a list whose entries must differ",
        ..SYNC
    },
    Reason {
        name: "already-allocated",
        has: &["provided port is already allocated|provided ip is already allocated"],
        says: "another Service uses this port or address already",
        ..SYNC
    },
    Reason {
        name: "object-too-large",
        has: &["request is too large|request entity too large"],
        says: "the object is larger than the API server accepts",
        ..SYNC
    },
    Reason {
        name: "strict-decoding",
        has: &["strict decoding error|unknown field \""],
        says: "the manifest has a field that the API does not know",
        ..SYNC
    },
    Reason {
        name: "connection",
        has: &[
            "connection refused|i/o timeout|no such host|tls handshake timeout|connection reset by peer",
        ],
        says: "a connection on the way to the cluster failed: a retry may succeed",
        ..SYNC
    },
    Reason {
        name: "invalid",
        has: &["is invalid:|unsupported value|invalid value"],
        says: "the API server rejects the manifest as invalid, so retries do not help",
        remedy: Always("Fix it in Git."),
        ..SYNC
    },
];
