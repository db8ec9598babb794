//! What a running operation waits for, and who syncs an application whose automated sync is off.

use serde_json::{Value, json};

use super::{
    broken::{Broken, node},
    check::{check, row},
};

/// A sync that has been running for ten minutes with these rows, and waits.
fn running(message: &str, rows: Value) -> Broken {
    Broken::new().status(json!({
        "sync": {"status": "OutOfSync"},
        "operationState": {"phase": "Running", "message": message, "startedAt": "2026-11-22T21:05:00Z", "finishedAt": null,
            "syncResult": {"resources": rows}},
    }))
}

fn hook(kind: &str, name: &str) -> Value {
    json!({"kind": kind, "namespace": "web", "name": name, "status": "Synced", "hookType": "PostSync", "hookPhase": "Running", "syncPhase": "PostSync"})
}

fn manifests(broken: Broken, job: Value) -> Broken {
    broken.answers(
        "/api/v1/applications/shop/manifests",
        json!({"manifests": [job.to_string()]}),
    )
}

fn missing(kind: &str, name: &str, wave: i64) -> Value {
    json!({"kind": kind, "namespace": "web", "name": name, "status": "OutOfSync", "syncWave": wave, "health": {"status": "Missing"}})
}

#[test]
fn hooks_that_are_gone() {
    let shop = || node("Deployment", "shop", None, json!({"status": "Healthy"}));
    let waits = || {
        running(
            "waiting for completion of hook batch/Job/smoke-1a2b3c-postsync-1700000000",
            json!([hook("Job", "smoke-1a2b3c-postsync-1700000000")]),
        )
        .node(shop())
    };
    let generated = |ttl: u32| json!({"kind": "Job", "metadata": {"generateName": "smoke-"}, "spec": {"ttlSecondsAfterFinished": ttl}});
    check(vec![
        row(
            "a generated name",
            manifests(waits(), generated(5)),
            &[
                "hook Job smoke-1a2b3c-postsync-1700000000, which no longer exists",
                "ttlSecondsAfterFinished: 5",
                "Terminate the operation",
            ],
            &["has not started"],
        ),
        row(
            "a long time to live",
            manifests(waits(), generated(86_400)),
            &["ttlSecondsAfterFinished: 86400"],
            &["never see it finish"],
        ),
        row(
            "it is there",
            waits().node(node(
                "Job",
                "smoke-1a2b3c-postsync-1700000000",
                None,
                json!({"status": "Progressing"}),
            )),
            &["in progress: Job"],
            &["no longer exists", "Terminate"],
        ),
        row(
            "no tree",
            waits().answers("/api/v1/applications/shop/resource-tree", Value::Null),
            &["in progress: Job"],
            &["no longer exists"],
        ),
        row(
            "an empty tree",
            {
                let mut broken = waits();
                broken.nodes.clear();
                broken
            },
            &["in progress: Job"],
            &["no longer exists"],
        ),
        row(
            "just started",
            waits().status(json!({"operationState": {"startedAt": "2026-11-22T21:14:50Z"}})),
            &["in progress: Job"],
            &["no longer exists"],
        ),
    ]);
}

#[test]
fn deadlocks_of_the_sync_order() {
    let sync = |kind: &str, name: &str| json!({"kind": kind, "namespace": "web", "name": name, "status": "Synced", "hookPhase": "Running", "syncPhase": "Sync"});
    let claim = || {
        running(
            "waiting for healthy state of /PersistentVolumeClaim/store",
            json!([sync("PersistentVolumeClaim", "store")]),
        )
        .node(node(
            "PersistentVolumeClaim",
            "store",
            None,
            json!({"status": "Progressing"}),
        ))
        .new_event(
            "store",
            "Normal",
            "WaitForFirstConsumer",
            "waiting for first consumer to be created before binding",
        )
    };
    let user = |claim: &str| json!({"kind": "StatefulSet", "spec": {"template": {"spec": {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": claim}}]}}}});
    check(vec![
        row(
            "a claim before its consumer",
            claim()
                .status(json!({"resources": [missing("StatefulSet", "db", 2)]}))
                .managed("StatefulSet", "db", Value::Null, user("store")),
            &[
                "deadlock in the sync order",
                "waits for PersistentVolumeClaim store (Sync), which waits for StatefulSet db (wave 2)",
                "WaitForFirstConsumer",
                "into the same sync wave",
            ],
            &[],
        ),
        row(
            "a claim whose consumer is another's",
            claim()
                .status(json!({"resources": [missing("StatefulSet", "db", 2)]}))
                .managed("StatefulSet", "db", Value::Null, user("other")),
            &["in progress: PersistentVolumeClaim web/store"],
            &["deadlock"],
        ),
    ]);
}

/// An application of ApplicationSet `fleet` that is OutOfSync, with automated sync off.
fn made(set: Value) -> Broken {
    let mut broken = Broken::new()
        .status(json!({"sync": {"status": "OutOfSync", "revision": "2222222222222222222222222222222222222222"}}))
        .managed("ConfigMap", "flags", json!({"kind": "ConfigMap", "data": {"a": "1"}}), json!({"kind": "ConfigMap", "data": {"a": "2"}}))
        .answers("/api/v1/applicationsets/fleet", set);
    broken.app["metadata"]["ownerReferences"] =
        json!([{"kind": "ApplicationSet", "name": "fleet"}]);
    broken.app["spec"]["syncPolicy"] = json!({"automated": {"enabled": false}});
    broken
}

fn rollout(own: Value) -> Value {
    json!({"metadata": {"name": "fleet", "namespace": "argocd"}, "spec": {"strategy": {"type": "RollingSync"}},
        "status": {"conditions": [{"type": "RolloutProgressing", "status": "True"}], "applicationStatus": [
            {"application": "canary", "step": "1", "status": "Progressing", "targetRevisions": ["2222222222222222222222222222222222222222"]}, own]}})
}

#[test]
fn the_applicationset_that_owns_it() {
    let broken_set = json!({"metadata": {"name": "fleet", "namespace": "argocd"}, "status": {"conditions": [
        {"type": "ErrorOccurred", "status": "True", "message": "application references unregistered cluster edge-7", "reason": "ApplicationValidationError"}]}});
    let waiting = json!({"application": "shop", "step": "2", "status": "Waiting", "targetRevisions": ["2222222222222222222222222222222222222222"]});
    let healthy = {
        let mut healthy = made(broken_set.clone());
        healthy.managed.clear();
        healthy.status(json!({"sync": {"status": "Synced"}}))
    };
    check(vec![
        row(
            "waits for an earlier step",
            made(rollout(waiting)),
            &[
                "only ApplicationSet fleet syncs it (RollingSync",
                "step 2 is Waiting for an earlier step (canary step 1 Progressing",
            ],
            &["this needs a manual sync", "old target revision"],
        ),
        row(
            "no rollout",
            made(json!({"metadata": {"name": "fleet", "namespace": "argocd"}, "spec": {}})),
            &["this needs a manual sync"],
            &["RollingSync"],
        ),
        row(
            "its error",
            made(broken_set),
            &[
                "ApplicationSet fleet, which made the application: ErrorOccurred > application references unregistered cluster edge-7",
            ],
            &[],
        ),
        row(
            "its error, and nothing else",
            healthy,
            &["unregistered cluster edge-7"],
            &["Nothing wrong", "Nothing broken"],
        ),
        row(
            "it cannot be read",
            {
                let mut broken = made(Value::Null);
                broken.app["status"]["operationState"]["operation"]["initiatedBy"] =
                    json!({"username": "applicationset-controller"});
                broken
            },
            &[
                "the controller of ApplicationSets started the last sync",
                "not read: the ApplicationSet",
            ],
            &["this needs a manual sync"],
        ),
    ]);
}

#[test]
fn the_worst_child_says_why() {
    let mut child = node("Application", "payments", None, Value::Null);
    child["group"] = json!("argoproj.io");
    child["namespace"] = json!("argocd");
    let listed = json!({"metadata": {"name": "payments", "namespace": "argocd"}, "status": {"sync": {"status": "Unknown"}, "health": {"status": "Healthy"}}});
    let mut whole = listed.clone();
    whole["status"]["conditions"] =
        json!([{"type": "ComparisonError", "message": "app path does not exist"}]);
    let mut broken = Broken::new()
        .node(child)
        .answers("/api/v1/applications/payments", whole);
    broken.others = vec![listed];
    check(vec![row(
        "a condition of the child",
        broken,
        &[
            "payments (Unknown, Healthy)",
            "payments: ComparisonError > app path does not exist",
        ],
        &["Nothing wrong"],
    )]);
}
