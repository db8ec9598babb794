//! Operations in every phase that Argo CD has: what failed, what is waited for, who has to act.

use serde_json::{Value, json};

use super::{
    broken::{Broken, container, node, pod},
    check::{check, row},
};

const NEW: &str = "2222222222222222222222222222222222222222";

/// A row of a sync's result.
fn result(kind: &str, name: &str, more: Value) -> Value {
    let mut row = json!({"group": "", "version": "v1", "kind": kind, "namespace": "web", "name": name,
        "status": "Synced", "hookPhase": "Succeeded", "syncPhase": "Sync"});
    super::broken::merge(&mut row, more);
    row
}

/// An operation on a new revision, with its rows.
fn operation(phase: &str, message: &str, rows: Value) -> Broken {
    Broken::new().status(json!({
        "sync": {"status": "OutOfSync", "revision": NEW},
        "operationState": {"phase": phase, "message": message, "syncResult": {"revision": NEW, "resources": rows}},
    }))
}

/// The same while it runs.
fn running(message: &str, rows: Value) -> Broken {
    operation("Running", message, rows)
        .status(
            json!({"operationState": {"finishedAt": null, "startedAt": "2026-11-22T21:05:00Z"}}),
        )
        .app(json!({"operation": {"sync": {"revision": NEW}}}))
}

fn resource(kind: &str, name: &str, status: &str, health: &str) -> Value {
    let mut resource =
        json!({"kind": kind, "version": "v1", "namespace": "web", "name": name, "status": status});
    if !health.is_empty() {
        resource["health"] = json!({"status": health});
    }
    resource
}

/// A sync that waits for a hook's Job, which has this Pod.
fn hook_pod(health: Value, reason: &str, placed: bool) -> Broken {
    let job = node("Job", "migrate", None, json!({"status": "Progressing"}));
    let ready = if reason == "Running" { "1/1" } else { "0/1" };
    let pod = pod("migrate-x", &job, health, reason, ready, 0, placed);
    let mut broken = running(
        "waiting for completion of hook batch/Job/migrate",
        json!([result("Job", "migrate", hook())]),
    );
    broken.nodes = vec![job, pod];
    broken
}

fn hook() -> Value {
    json!({"hookType": "PreSync", "hookPhase": "Running", "syncPhase": "PreSync", "message": "job.batch/migrate created"})
}

#[test]
fn operations_that_run() {
    check(vec![
        row("waits for its next retry",
            operation("Running", "one or more objects failed to apply, reason: Service \"shop\" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive. Retrying attempt #3 at 9:16PM.",
                json!([result("Service", "shop", json!({"status": "SyncFailed", "hookPhase": "Failed", "message": "Service \"shop\" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive"})), result("ConfigMap", "shop", json!({"message": "configmap/shop unchanged"}))]))
                .status(json!({"operationState": {"retryCount": 2}}))
                .app(json!({"operation": {"sync": {}}})),
            &["Service web/shop", "must be between 1 and 65535", "waits for its next retry", "attempt #3"], &["is Running", "1 field"]),
        row("pruning confirmation",
            running("waiting for pruning confirmation of /Namespace/old and 1 more resources", json!([])),
            &["waits for pruning to be confirmed", "/Namespace/old", "argocd.argoproj.io/deletion-approved"], &[]),
        row("waits for a deletion",
            running("waiting for deletion of hook batch/Job/migrate", json!([result("Job", "migrate", hook())])).node(node("Job", "migrate", None, json!({"status": "Progressing", "message": "Pending deletion"})))
                .object("migrate", json!({"kind": "Job", "metadata": {"name": "migrate", "deletionTimestamp": "2026-11-22T21:06:00Z", "finalizers": ["example.com/hold"]}})),
            &["waiting for deletion of hook batch/Job/migrate", "example.com/hold"], &[]),
        row("a refused object hides behind a running wave",
            running("waiting for healthy state of apps/Deployment/shop", json!([
                result("Service", "shop", json!({"status": "SyncFailed", "hookPhase": "Failed", "message": "Service \"shop\" is invalid: spec.clusterIP: Invalid value: \"10.0.0.9\": field is immutable"})),
                result("Deployment", "shop", json!({"group": "apps", "hookPhase": "Running", "message": "deployment.apps/shop configured"}))])),
            &["Service web/shop: SyncFailed", "field is immutable", "waiting for healthy state of apps/Deployment/shop"], &[]),
        row("requested and not started",
            { let mut broken = Broken::new().app(json!({"operation": {"sync": {"revision": NEW}}})).status(json!({"sync": {"status": "OutOfSync"}})); broken.app["status"]["operationState"] = Value::Null; broken },
            &["a requested sync has not started"], &["never been synced"]),
        row("a window closes on it",
            { let mut broken = running("Sync operation blocked by sync window", json!([]));
              broken.windows = json!({"canSync": false, "assignedWindows": [{"kind": "deny", "schedule": "0 20 * * *", "duration": "4h"}], "activeWindows": [{"kind": "deny", "schedule": "0 20 * * *", "duration": "4h"}]});
              broken.project["spec"]["syncWindows"] = json!([{"kind": "deny", "schedule": "0 20 * * *", "duration": "4h", "applications": ["*"], "description": "evening freeze"}]);
              broken },
            &["a sync window", "0 20 * * *", "2026-11-23T00:00:00Z", "evening freeze"], &["will sync"]),
        row("waits for a StatefulSet whose Pod crashes", {
            let set = node("StatefulSet", "db", None, json!({"status": "Progressing", "message": "Waiting for 1 pods to be ready..."}));
            let bad = pod("db-0", &set, json!({"status": "Degraded", "message": "back-off"}), "CrashLoopBackOff", "0/1", 5, true);
            let mut broken = running("waiting for healthy state of apps/StatefulSet/db", json!([result("StatefulSet", "db", json!({"group": "apps", "hookPhase": "Running"}))]))
                .status(json!({"resources": [resource("StatefulSet", "db", "Synced", "Progressing"), {"group": "apps", "kind": "Deployment", "version": "v1", "namespace": "web", "name": "shop", "status": "OutOfSync", "health": {"status": "Missing"}, "syncWave": 2}]}))
                .object("db-0", json!({"kind": "Pod", "status": {"containerStatuses": [container("db", json!({"waiting": {"reason": "CrashLoopBackOff"}}), json!({"terminated": {"reason": "Error", "exitCode": 1}}), false, 5)]}}))
                .log(&["PANIC: could not locate a valid checkpoint record"])
                .managed("Deployment", "shop", Value::Null, json!({"kind": "Deployment"}));
            broken.nodes = vec![set, bad]; broken
        }, &["waiting for healthy state of apps/StatefulSet/db", "not started, later wave: Deployment web/shop (wave 2, Missing)", "could not locate a valid checkpoint"], &["needs a manual sync"]),
    ]);
}

#[test]
fn hooks_that_run() {
    check(vec![
        row("a hook that cannot pull its image",
            hook_pod(json!({"status": "Progressing"}), "ImagePullBackOff", true)
                .object("migrate-x", json!({"kind": "Pod", "status": {"containerStatuses": [container("migrate", json!({"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image \"registry.example.com/migrate:9\": ErrImagePull: registry.example.com/migrate:9: not found"}}), json!({}), false, 0)]}})),
            &["hook batch/Job/migrate", "ImagePullBackOff", "migrate:9: not found"], &[]),
        row("a hook that no node takes",
            hook_pod(json!({"status": "Progressing"}), "Pending", false)
                .object("migrate-x", json!({"kind": "Pod", "status": {"conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available: 3 Insufficient memory."}]}})),
            &["hook batch/Job/migrate", "3 Insufficient memory"], &[]),
        row("a hook that runs for ever",
            hook_pod(json!({"status": "Progressing"}), "Running", true)
                .object("migrate-x", json!({"kind": "Pod", "status": {"phase": "Running", "containerStatuses": [container("migrate", json!({"running": {"startedAt": "2026-11-22T21:05:10Z"}}), json!({}), true, 0)]}}))
                .log(&["acquiring lock", "waiting for lock held by pid 4711"]),
            &["hook batch/Job/migrate", "10 min ago", "migrate-x is still running", "waiting for lock held by pid 4711"], &["not ready"]),
        row("a suspended hook",
            { let mut flow = node("Workflow", "smoke", None, json!({"status": "Suspended"})); flow["group"] = json!("argoproj.io"); flow["version"] = json!("v1alpha1");
              running("waiting for completion of hook argoproj.io/Workflow/smoke", json!([result("Workflow", "smoke", json!({"group": "argoproj.io", "hookType": "PostSync", "hookPhase": "Running", "syncPhase": "PostSync"}))])).node(flow)
                .object("smoke", json!({"kind": "Workflow", "spec": {"suspend": true}})) },
            &["hook argoproj.io/Workflow/smoke", "Workflow smoke is Suspended until resumed: spec.suspend is true"], &[]),
    ]);
}

#[test]
fn operations_that_failed() {
    check(vec![
        row("a wave's resource got Degraded",
            operation("Failed", "one or more synchronization tasks completed unsuccessfully", json!([
                result("ConfigMap", "shop", json!({})),
                result("Deployment", "shop", json!({"group": "apps", "hookPhase": "Failed", "message": "Deployment \"shop\" exceeded its progress deadline"}))]))
                .status(json!({"health": {"status": "Degraded"}, "resources": [resource("Deployment", "shop", "Synced", "Degraded"), resource("Deployment", "late", "OutOfSync", "Missing")]})),
            &["Deployment web/shop", "exceeded its progress deadline", "Degraded"], &["refused", "SyncFailed"]),
        row("terminated by somebody", operation("Failed", "Operation terminated", json!([])), &["Operation terminated", "terminated on request"], &["refused"]),
        row("terminated by the timeout", operation("Failed", "Operation terminated, triggered by controller sync timeout", json!([])), &["controller sync timeout"], &["Somebody, or"]),
        row("tasks are not valid",
            operation("Failed", "one or more synchronization tasks are not valid: resource rbac.authorization.k8s.io:ClusterRole is not permitted in project shop", json!([
                result("ClusterRole", "shop", json!({"group": "rbac.authorization.k8s.io", "namespace": "", "status": "SyncFailed", "hookPhase": "", "message": "resource rbac.authorization.k8s.io:ClusterRole is not permitted in project shop"}))])),
            &["ClusterRole shop", "is not permitted in project shop", "project does not allow"], &[]),
        row("old API version",
            operation("Failed", "one or more synchronization tasks are not valid", json!([
                result("PodDisruptionBudget", "shop", json!({"status": "SyncFailed", "message": "The Kubernetes API could not find version \"v1beta1\" of policy/PodDisruptionBudget for requested resource web/shop. Version \"v1\" of policy/PodDisruptionBudget is installed on the destination cluster."}))])),
            &["could not find version \"v1beta1\"", "Version \"v1\"", "version"], &["CRD is not installed"]),
        row("the namespace row",
            operation("Failed", "the namespace failed to apply, reason: namespaces is forbidden: User \"system:serviceaccount:argocd:argocd-application-controller\" cannot create resource \"namespaces\" in API group \"\" at the cluster scope", json!([
                result("Namespace", "web", json!({"namespace": "", "syncPhase": "PreSync", "status": "SyncFailed", "hookPhase": "Failed", "message": "namespaces is forbidden: User \"system:serviceaccount:argocd:argocd-application-controller\" cannot create resource \"namespaces\" in API group \"\" at the cluster scope"}))])),
            &["Namespace web", "cannot create resource \"namespaces\"", "service account lacks this permission"], &[]),
        row("a shared resource fails the sync", operation("Failed", "Shared resource found: ConfigMap/flags is part of applications argocd/shop and other", json!([])), &["Shared resource found", "argocd/shop and other", "FailOnSharedResource"], &[]),
        row("Argo CD itself could not run it", operation("Error", "Failed to load application project: appproject.argoproj.io \"gone\" not found", json!([])), &["last sync Error", "appproject.argoproj.io \"gone\" not found"], &[]),
        row("no service account to impersonate", operation("Error", "no matching service account found for destination server https://kubernetes.default.svc and namespace web", json!([])), &["no matching service account found"], &[]),
        row("the object went away while it was waited for", operation("Failed", "one or more synchronization tasks completed unsuccessfully", json!([
                result("Deployment", "shop", json!({"group": "apps", "hookPhase": "Failed", "message": "Resource apps/Deployment/shop is missing, it might have been deleted"}))])),
            &["Deployment web/shop", "it might have been deleted"], &["refused"]),
        row("a hook whose Job is gone", operation("Failed", "one or more synchronization tasks completed unsuccessfully", json!([
                result("Job", "smoke", json!({"group": "batch", "hookType": "PostSync", "syncPhase": "PostSync", "hookPhase": "Failed", "message": "Job has reached the specified backoff limit"}))])),
            &["a PostSync hook failed", "Job web/smoke", "backoff limit", "was applied"], &["None of the new revision was applied"]),
        row("a hook that never started its container", {
            let job = node("Job", "migrate", None, json!({"status": "Degraded", "message": "Job was active longer than specified deadline"}));
            let mut broken = operation("Failed", "one or more synchronization tasks completed unsuccessfully", json!([
                result("Job", "migrate", json!({"group": "batch", "hookType": "PreSync", "syncPhase": "PreSync", "hookPhase": "Failed", "message": "Job was active longer than specified deadline"}))]))
                .event("migrate", "FailedCreate", "Error creating: pods \"migrate-x\" is forbidden: error looking up service account web/migrator: serviceaccount \"migrator\" not found");
            broken.nodes = vec![job]; broken
        }, &["a PreSync hook failed", "active longer than specified deadline", "serviceaccount \"migrator\" not found"], &[]),
        row("the apply text with a temporary file", operation("Failed", "one or more objects failed to apply, reason: error when patching \"/dev/shm/3874629\": admission webhook \"v.example.com\" denied the request: no", json!([
                result("Ingress", "shop", json!({"status": "SyncFailed", "hookPhase": "Failed", "message": "error when patching \"/dev/shm/3874629\": admission webhook \"v.example.com\" denied the request: host is taken"}))])),
            &["host is taken", "policy in the cluster rejects"], &["/dev/shm"]),
        row("failed once, in sync since", operation("Failed", "one or more objects failed to apply, reason: x", json!([
                result("Service", "shop", json!({"status": "SyncFailed", "hookPhase": "Failed", "message": "connection refused"}))]))
                .status(json!({"sync": {"status": "Synced"}})),
            &["has become Synced since", "connection refused"], &["The previous version is still live"]),
        row("pruning is skipped", operation("Succeeded", "successfully synced (no more tasks)", json!([
                result("ConfigMap", "old", json!({"status": "PruneSkipped", "message": "ignored (requires pruning)"}))]))
                .app(json!({"spec": {"syncPolicy": {"automated": {"prune": false}}}}))
                .managed("ConfigMap", "old", json!({"kind": "ConfigMap"}), Value::Null),
            &["ConfigMap web/old: to prune", "prune is off"], &["self-heal is off"]),
        row("no namespace for any of them", operation("Failed", "one or more objects failed to apply, reason: namespaces \"web\" not found,namespaces \"web\" not found", json!([
                result("ConfigMap", "shop", json!({"status": "SyncFailed", "message": "namespaces \"web\" not found"})),
                result("Service", "shop", json!({"status": "SyncFailed", "message": "namespaces \"web\" not found"})),
                result("Deployment", "shop", json!({"status": "SyncFailed", "message": "namespaces \"web\" not found"}))])),
            &["3 objects rejected", "ConfigMap web/shop and 2 more: SyncFailed > namespaces \"web\" not found", "CreateNamespace=true"], &[]),
        row("many of one cause", {
            let rows: Vec<Value> = (0..120).map(|at| result("Thing", &format!("t{at:03}"), json!({"group": "example.com", "status": "SyncFailed", "message": format!("Internal error occurred: failed calling webhook \"w.example.com\": failed to call webhook: Post \"https://w.w.svc:443/x?timeout=10s\": context deadline exceeded {at}")}))).collect();
            operation("Failed", "one or more objects failed to apply, reason: many", rows.into())
        }, &["120 objects rejected", "The webhook does not answer", "and 119 more"], &[]),
    ]);
}

#[test]
fn applications_that_are_deleted() {
    let deleted = |finalizer: &str| {
        Broken::new().app(json!({"metadata": {"deletionTimestamp": "2026-11-22T20:00:00Z", "finalizers": [finalizer]}}))
        .status(json!({"sync": {"status": "OutOfSync"}, "health": {"status": "Progressing"}}))
    };
    let own = "resources-finalizer.argocd.argoproj.io";
    check(vec![
        row("a post-delete hook runs for ever", {
            let job = node("Job", "cleanup", None, json!({"status": "Progressing"}));
            let pod = pod("cleanup-x", &job, json!({"status": "Progressing"}), "ImagePullBackOff", "0/1", 0, true);
            let mut broken = deleted("post-delete-finalizer.argocd.argoproj.io");
            broken.nodes = vec![job, pod]; broken
        }, &["deletion of the application started", "post-delete-finalizer", "PostDelete hook", "cleanup-x", "ImagePullBackOff"], &[]),
        row("deletion fails", deleted(own).status(json!({"conditions": [{"type": "DeletionError", "message": "failed to get cluster info for \"https://10.0.0.7\": dial tcp 10.0.0.7:443: i/o timeout", "lastTransitionTime": "2026-11-22T20:01:00Z"}]})),
            &["DeletionError", "dial tcp 10.0.0.7:443: i/o timeout"], &["waits as it should"]),
        row("deletion wants confirmation", deleted(own).status(json!({"resources": [{"kind": "Namespace", "version": "v1", "name": "web", "status": "OutOfSync", "requiresDeletionConfirmation": true}]}))
                .node(node("Namespace", "web", None, json!({"status": "Healthy"}))),
            &["Namespace web", "confirm", "deletion-approved"], &["waits as it should"]),
        row("a namespace that does not go", deleted(own).node(node("Namespace", "web", None, json!({"status": "Progressing", "message": "Pending deletion"})))
                .object("web", json!({"kind": "Namespace", "metadata": {"name": "web", "deletionTimestamp": "2026-11-22T20:00:10Z"}, "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Terminating", "conditions": [{"type": "NamespaceContentRemaining", "status": "True", "reason": "SomeResourcesRemain", "message": "Some resources are remaining: challenges.acme.cert-manager.io has 1 resource instances"}, {"type": "NamespaceFinalizersRemaining", "status": "True", "reason": "SomeFinalizersRemain", "message": "Some content in the namespace has finalizers remaining: finalizer.acme.cert-manager.io in 1 resource instances"}]}})),
            &["Namespace web", "challenges.acme.cert-manager.io has 1 resource instances", "finalizer.acme.cert-manager.io"], &[]),
        row("nothing is left but the application", deleted(own), &["deletion of the application started", "resources-finalizer.argocd.argoproj.io", "no object"], &[]),
    ]);
}
