//! Explains the messages of rejected syncs.

use crate::redact::Text;

/// Explains a rejection; `None` for messages that explain themselves.
pub(super) fn meaning(message: &Text) -> Option<String> {
    let has = |part: &str| message.contains(part);
    let text = if has("field is immutable")
        || has("updates to statefulset spec for fields other than")
    {
        "The field is immutable, so retries do not help: revert it in Git, or delete and recreate the object (sync option Replace/Force)."
    } else if has("could not find version") {
        "The manifest names a version that the cluster does not serve: change apiVersion in Git to the installed one."
    } else if has("could not find") && has("CRD") {
        "The cluster does not know this kind: its CRD is missing or has another version."
    } else if has("failed calling webhook") {
        "The webhook does not answer: check its Service, not this object."
    } else if has("admission webhook") && has("denied") {
        "A policy in the cluster rejects the object: change the manifest or the policy."
    } else if has("because it is being terminated") {
        "The namespace is Terminating: nothing can be created in it until it is gone."
    } else if has("namespaces \"") && has("not found") {
        "The namespace does not exist and sync option CreateNamespace=true is not set."
    } else if has("is forbidden: User \"system:serviceaccount") {
        "Argo CD's service account lacks this permission in the destination cluster."
    } else if has("is not permitted in project") {
        "The project does not allow this kind or namespace."
    } else if has("controller sync timeout") {
        "It exceeded the controller's sync timeout: the cause is what it waited for."
    } else if has("Operation terminated") {
        "It was terminated on request; this is not a fault in itself."
    } else if has("Shared resource found") {
        "The sync option FailOnSharedResource=true rejects objects that another application manages: remove the object from one of the two."
    } else if has("no matching service account found") {
        "The project impersonates service accounts, and none of its destinationServiceAccounts matches this destination."
    } else if has("the server could not find the requested resource") {
        "The cluster does not know this kind: its CRD is missing or has another version."
    } else if has("metadata.annotations: Too long") {
        "The object is too large for client-side apply: use the sync option ServerSideApply=true."
    } else if has("conflict") && has("Apply failed") {
        "Another field manager owns the field (server-side apply): remove it from Git or force the conflict."
    } else if has("connection refused") || has("i/o timeout") || has("no such host") {
        "A connection on the way to the cluster failed: a retry may succeed."
    } else if has("is invalid:") || has("Unsupported value") || has("Invalid value") {
        "The manifest is invalid, so retries do not help: fix it in Git."
    } else {
        return None;
    };
    Some(text.to_owned())
}
