//! Why objects differ for ever: order, spelling, duplicates, defaults, copies, and who wrote what.

use serde_json::{Value, json};

use super::{
    broken::{Broken, merge},
    check::{check, row},
};

const NEW: &str = "2222222222222222222222222222222222222222";

/// One object: what is live, what Git asks for, and who wrote it.
struct Object {
    group: &'static str,
    kind: &'static str,
    live: Value,
    git: Value,
    /// What was applied last; what Git asks for, when left out.
    applied: Option<Value>,
    manager: &'static str,
    /// Fields of the manager's entry, and its time.
    fields: Value,
    time: &'static str,
}

impl Object {
    fn new(group: &'static str, kind: &'static str, live: Value, git: Value) -> Self {
        Self {
            group,
            kind,
            live,
            git,
            applied: None,
            manager: "argocd-controller",
            fields: json!({"f:spec": {}}),
            time: "2026-11-22T21:04:00Z",
        }
    }

    fn by(self, manager: &'static str, time: &'static str, fields: Value) -> Self {
        Self {
            manager,
            time,
            fields,
            ..self
        }
    }

    fn applied(self, applied: Value) -> Self {
        Self {
            applied: Some(applied),
            ..self
        }
    }

    /// Adds it to an application that is OutOfSync.
    fn in_app(self, mut broken: Broken) -> Broken {
        let whole = |part: &Value| {
            let mut object = json!({"apiVersion": "v1", "kind": self.kind, "metadata": {"name": "thing", "namespace": "web"}});
            merge(&mut object, part.clone());
            object
        };
        let applied = whole(self.applied.as_ref().unwrap_or(&self.git));
        let mut raw = whole(&self.live);
        merge(
            &mut raw,
            json!({"metadata": {
                "annotations": {"kubectl.kubernetes.io/last-applied-configuration": applied.to_string()},
                "managedFields": [{"manager": self.manager, "time": self.time, "operation": "Update", "fieldsV1": self.fields}]}}),
        );
        broken.managed.push(json!({
            "group": self.group, "kind": self.kind, "namespace": "web", "name": "thing",
            "liveState": raw.to_string(), "targetState": whole(&self.git).to_string(),
            "normalizedLiveState": whole(&self.live).to_string(), "predictedLiveState": whole(&self.git).to_string(),
        }));
        broken
    }
}

fn out() -> Broken {
    Broken::new().status(json!({"sync": {"status": "OutOfSync"}}))
}

fn healing(attempts: u32) -> Broken {
    out().status(
        json!({"operationState": {"operation": {"sync": {"autoHealAttemptsCount": attempts}}}}),
    )
}

/// What must never be said without a managed-fields entry.
const NOBODY: [&str; 4] = [
    "edited",
    "changes it back",
    "wrote web/thing",
    "last written by",
];

fn metric(name: &str, target: u32) -> Value {
    json!({"type": "Resource", "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": target}}})
}

#[test]
fn the_same_in_another_form() {
    let hpa = |metrics: Value| json!({"spec": {"metrics": metrics}});
    check(vec![
        row("order of metrics",
            Object::new("autoscaling", "HorizontalPodAutoscaler",
                hpa(json!([metric("memory", 60), metric("cpu", 50)])), hpa(json!([metric("cpu", 50), metric("memory", 60)]))).in_app(healing(12)),
            &["Only the order of spec.metrics", "memory 60, cpu 50 -> cpu 50, memory 60", "self-heal has run 12"], &NOBODY),
        row("order and a target",
            Object::new("autoscaling", "HorizontalPodAutoscaler",
                hpa(json!([metric("memory", 60), metric("cpu", 50)])), hpa(json!([metric("cpu", 55), metric("memory", 60)])))
                .by("kubectl-edit", "2026-11-22T20:00:00Z", json!({"f:spec": {"f:metrics": {}}})).in_app(out()),
            &["averageUtilization: 50 -> 55", "last written by kubectl-edit"], &["nly the order", "no value differs"]),
        row("durations of a certificate",
            Object::new("cert-manager.io", "Certificate", json!({"spec": {"duration": "2160h0m0s"}}), json!({"spec": {"duration": "2160h"}})).in_app(healing(40)),
            &["the same duration, written differently", "no value differs"], &NOBODY),
        row("another duration",
            Object::new("cert-manager.io", "Certificate", json!({"spec": {"duration": "2160h0m0s"}}), json!({"spec": {"duration": "720h"}})).applied(json!({"spec": {"duration": "2160h"}})).in_app(out()),
            &["\"2160h0m0s\" -> \"720h\""], &["the same duration", "no value differs"]),
        row("a port in quotes",
            Object::new("example.io", "Proxy", json!({"spec": {"port": "8443"}}), json!({"spec": {"port": 8443}})).in_app(out()),
            &["once in quotes"], &NOBODY),
        row("ignored already",
            Object::new("cert-manager.io", "Certificate", json!({"spec": {"duration": "2160h0m0s"}}), json!({"spec": {"duration": "2160h"}}))
                .in_app(healing(40).app(json!({"spec": {"ignoreDifferences": [{"group": "cert-manager.io", "kind": "Certificate", "jsonPointers": ["/spec/duration"]}]}}))),
            &["ignoreDifferences names this field of Certificate already"], &["or ignore it"]),
    ]);
}

#[test]
fn what_the_manifest_the_server_and_argo_cd_add() {
    let ports = |list: Value| json!({"spec": {"ports": list}});
    check(vec![
        row("one container port twice",
            Object::new("apps", "Deployment", ports(json!([{"containerPort": 9090, "protocol": "TCP", "name": "b"}])),
                ports(json!([{"containerPort": 9090, "protocol": "TCP", "name": "b"}, {"containerPort": 9090, "protocol": "TCP", "name": "a"}]))).in_app(healing(8)),
            &["9090 TCP is twice in Git", "Remove one of the duplicates"], &NOBODY),
        row("a claim template",
            Object::new("apps", "StatefulSet",
                json!({"spec": {"volumeClaimTemplates": [{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "status": {"phase": "Pending"}}]}}),
                json!({"spec": {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]}})).in_app(healing(8)),
            &["set by the API server", "ServerSideDiff=true"], &NOBODY),
        row("a claim template, compared on the server",
            Object::new("apps", "StatefulSet",
                json!({"spec": {"volumeClaimTemplates": [{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}}]}}),
                json!({"spec": {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]}}))
                .in_app(healing(8).app(json!({"metadata": {"annotations": {"argocd.argoproj.io/compare-options": "ServerSideDiff=true"}}}))),
            &["set by the API server"], &["or compare with"]),
        row("finalizers of a child",
            Object::new("argoproj.io", "Application",
                json!({"metadata": {"finalizers": ["resources-finalizer.argocd.argoproj.io", "post-delete-finalizer.argocd.argoproj.io/cleanup"]}}),
                json!({"metadata": {"finalizers": ["resources-finalizer.argocd.argoproj.io"]}})).in_app(healing(8)),
            &["added by Argo CD itself"], &NOBODY),
        row("a finalizer by somebody else",
            Object::new("argoproj.io", "Application",
                json!({"metadata": {"finalizers": ["example.com/keep"]}}), json!({"metadata": {"finalizers": []}})).in_app(out()),
            &["example.com/keep"], &["added by Argo CD"]),
        row("a webhook changes it on its way",
            Object::new("example.io", "Queue", json!({"spec": {"size": 4}}), json!({"spec": {"size": 2}}))
                .by("argocd-controller", "2026-11-22T21:04:00Z", json!({"f:spec": {"f:size": {}}})).in_app(healing(30)),
            &["changes while it is applied (API server or admission webhook)"], &NOBODY),
        row("an autoscaler of resources",
            Object::new("apps", "Deployment", json!({"spec": {"cpu": "500m"}}), json!({"spec": {"cpu": "250m"}}))
                .by("vpa-updater", "2026-11-22T21:09:00Z", json!({"f:spec": {"f:cpu": {}}})).in_app(healing(30)),
            &["vpa-updater wrote Deployment web/thing at 2026-11-22T21:09:00Z, after the last sync had ended", "self-heal has run 30 times"], &["while it is applied"]),
        row("a commit waits beside a default",
            Object::new("apps", "Deployment", json!({"spec": {"image": "a:1", "protocol": "TCP"}}), json!({"spec": {"image": "a:2"}}))
                .applied(json!({"spec": {"image": "a:1"}})).in_app(out().status(json!({"sync": {"revision": NEW}}))),
            &["\"a:1\" -> \"a:2\"", "The API server sets spec.protocol", "Git has a revision that is not synced yet: 1111111 -> 2222222", "pending"], &["no value differs"]),
        row("the same revision renders something else",
            Object::new("apps", "Deployment", json!({"spec": {"seed": "a"}}), json!({"spec": {"seed": "b"}})).applied(json!({"spec": {"seed": "a"}})).in_app(out()),
            &["Git has not moved since the last deploy (1111111), but renders something else"], &["a revision that is not synced"]),
    ]);
}

/// A live object that is not in Git.
fn copy(manager: &str, metadata: Value) -> Broken {
    let mut live = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ca", "namespace": "team", "creationTimestamp": "2026-11-22T21:05:04Z"}});
    merge(&mut live, json!({ "metadata": metadata }));
    let mut raw = live.clone();
    raw["metadata"]["managedFields"] =
        json!([{"manager": manager, "time": "2026-11-22T21:05:04Z", "fieldsV1": {"f:data": {}}}]);
    let mut broken = healing(7).status(json!({"operationState": {"syncResult": {"resources": [
        {"kind": "ConfigMap", "namespace": "team", "name": "ca", "status": "Pruned", "message": "pruned"}]}}}));
    broken.managed.push(json!({"kind": "ConfigMap", "namespace": "team", "name": "ca",
        "liveState": raw.to_string(), "normalizedLiveState": live.to_string(), "predictedLiveState": "null"}));
    broken
}

#[test]
fn copies_by_an_operator() {
    let tracked = json!({"labels": {"app.kubernetes.io/instance": "shop"}, "annotations": {"example.com/replicated-from": "web/ca"}});
    check(vec![
        row(
            "a replicated ConfigMap",
            copy("replicator", tracked.clone()),
            &[
                "Not in Git, and nothing shows that Argo CD applied them",
                "replicator created them again (2026-11-22T21:05:04Z)",
                "example.com/replicated-from: web/ca",
                "Track by annotation",
            ],
            &["no longer in Git"],
        ),
        row(
            "removed from Git",
            copy("argocd-controller", tracked),
            &["to prune, not in Git"],
            &["nothing shows", "created them again"],
        ),
    ]);
}

#[test]
fn objects_that_argo_cd_failed_to_compare_are_not_in_sync() {
    let mut broken = out();
    let states = json!({"kind": "ConfigMap", "namespace": "web", "name": "thing", "liveState": "{\"kind\":\"ConfigMap\"}",
        "targetState": "{\"kind\":\"ConfigMap\"}", "normalizedLiveState": "{}", "predictedLiveState": "{}"});
    broken.managed.push(states);
    for (tool, says) in [
        (
            "get_application_managed_resources",
            "1 resource: 1 not compared",
        ),
        (
            "diff_application",
            "0 objects differ from Git and 1 object not compared",
        ),
        ("diagnose_application", "1 not compared"),
    ] {
        let replay = broken.clone().served();
        let text = replay.call(tool, json!({"name": "shop"})).text().to_owned();
        assert!(text.contains(says), "{tool}: {text}");
        assert!(
            !text.contains("in sync") && !text.contains("Nothing differs"),
            "{tool}: {text}"
        );
    }
}

#[test]
fn every_tool_gives_the_same_reason() {
    let broken = Object::new(
        "cert-manager.io",
        "Certificate",
        json!({"spec": {"duration": "2160h0m0s"}}),
        json!({"spec": {"duration": "2160h"}}),
    )
    .in_app(out());
    for tool in [
        "get_application_managed_resources",
        "diff_application",
        "diagnose_application",
    ] {
        let text = broken
            .clone()
            .served()
            .call(tool, json!({"name": "shop"}))
            .text()
            .to_owned();
        let line =
            "spec.duration: \"2160h0m0s\" -> \"2160h\" (the same duration, written differently)";
        assert!(text.contains(line), "{tool}: {text}");
    }
}

#[test]
fn ignored_fields_are_shown_with_both_values() {
    let mut broken = out().app(json!({"spec": {"ignoreDifferences": [{"kind": "Deployment", "jsonPointers": ["/spec/replicas"], "jqPathExpressions": [".spec.paused", ".spec.containers[].image"]}]}}));
    let state = |replicas: u32| {
        json!({"kind": "Deployment", "spec": {"replicas": replicas, "paused": true}}).to_string()
    };
    broken.managed.push(
        json!({"kind": "Deployment", "namespace": "web", "name": "thing", "liveState": state(9),
        "targetState": state(2), "normalizedLiveState": state(1), "predictedLiveState": state(1)}),
    );
    let text = broken
        .served()
        .call("diff_application", json!({"name": "shop"}))
        .text()
        .to_owned();
    assert!(
        text.contains("Deployment web/thing, ignored: spec.replicas: 9 -> 2"),
        "{text}"
    );
    assert!(!text.contains("spec.paused:"), "{text}");
}
