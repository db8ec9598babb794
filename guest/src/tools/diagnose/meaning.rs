//! What the texts of refused syncs mean for a person.

use crate::redact::Text;

/// What a refusal means for a person; nothing for texts that say it themselves.
pub(super) fn meaning(message: &Text) -> Option<String> {
    let has = |part: &str| message.contains(part);
    let text = if has("field is immutable")
        || has("updates to statefulset spec for fields other than")
    {
        "The field cannot be changed in place, so more retries do not help: revert it in Git, or delete and recreate the object (sync option Replace/Force)."
    } else if has("could not find version") {
        "The manifest names a version that the cluster does not serve: change apiVersion in Git to the installed one."
    } else if has("could not find") && has("CRD") {
        "The kind is unknown to the cluster: its CRD is not installed, or in another version."
    } else if has("failed calling webhook") {
        "The webhook itself does not answer: its Service is the root, not this object."
    } else if has("admission webhook") && has("denied") {
        "A policy in the cluster refuses the object: the manifest has to change, or the policy."
    } else if has("because it is being terminated") {
        "The namespace is being deleted; nothing can be made in it until it is gone."
    } else if has("namespaces \"") && has("not found") {
        "The namespace does not exist and sync option CreateNamespace=true is not set."
    } else if has("is forbidden: User \"system:serviceaccount") {
        "Argo CD's own service account lacks the right in the destination cluster."
    } else if has("is not permitted in project") {
        "The project does not allow this kind or namespace."
    } else if has("controller sync timeout") {
        "It ran longer than the controller's sync timeout allows: what it waited for is the cause."
    } else if has("Operation terminated") {
        "Somebody stopped it; nothing was found wrong by itself."
    } else if has("Shared resource found") {
        "The sync option FailOnSharedResource=true refuses objects that another application has: one of the two has to give it up."
    } else if has("no matching service account found") {
        "The project impersonates service accounts, and none of its destinationServiceAccounts fits this destination."
    } else if has("the server could not find the requested resource") {
        "The kind is unknown to the cluster: its CRD is not installed, or in another version."
    } else if has("metadata.annotations: Too long") {
        "The object is too large for client-side apply: use the sync option ServerSideApply=true."
    } else if has("conflict") && has("Apply failed") {
        "Another manager owns the field (server-side apply): give it up in Git, or force the conflict."
    } else if has("connection refused") || has("i/o timeout") || has("no such host") {
        "Something on the way to the cluster did not answer: another try may do."
    } else if has("is invalid:") || has("Unsupported value") || has("Invalid value") {
        "The manifest is invalid, so more retries do not help: it has to change in Git."
    } else {
        return None;
    };
    Some(text.to_owned())
}
