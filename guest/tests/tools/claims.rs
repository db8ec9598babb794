//! What is claimed of secrets that somebody asks for: a parameter that shows values shows those
//! whose name, neighbour or form says nothing of a secret. The others stay masked, in text and in
//! structured form, however deep they lie and whatever they are wrapped in.
//!
//! Not claimed: a value that nothing marks, such as `note: hunter2`; that Argo CD's own masks of
//! Secrets are complete; that a secret in prose is recognised.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::replay::Replay;

/// A source with a secret in each place that takes inputs; `at` tells deploys apart.
fn source(at: usize) -> Value {
    json!({
        "repoURL": "https://bot:CANARY-url@git.example.com/shop.git", "path": "shop", "targetRevision": "main",
        "helm": {
            "parameters": [{"name": "db.password", "value": format!("CANARY-parameter{at}")}, {"name": "replicas", "value": "OPEN-2"}],
            "fileParameters": [{"name": "token", "path": "files/token"}],
            "values": format!("mode: OPEN-mode\nextraEnv:\n- name: SMTP_PASSWORD\n  value: CANARY-values{at}\ndb: {{dsn: \"u:CANARY-dsn@tcp(db)/x\"}}\n"),
            "valuesObject": {"level": "OPEN-level", "sub": {"list": [{"deep": {"apiKey": format!("CANARY-object{at}")}}]},
                "extraEnv": [{"name": "LICENSE_KEY", "value": "CANARY-license"}]},
        },
        "kustomize": {"patches": [{"target": {"kind": "Deployment"},
            "patch": format!("- op: replace\n  path: /spec/template/spec/containers/0/env/0\n  value:\n    name: API_TOKEN\n    value: CANARY-patch{at}\n")}],
            "commonAnnotations": {"session-secret": "CANARY-common"}},
        "plugin": {"name": "avp", "env": [{"name": "AVP_SECRET_ID", "value": "CANARY-env"}],
            "parameters": [{"name": "vault-token", "string": "CANARY-string", "array": ["CANARY-array"], "map": {"a": "CANARY-map"}}]},
    })
}

fn application() -> Value {
    json!({
        "metadata": {"name": "shop", "namespace": "argocd", "annotations": {
            "team": "OPEN-team",
            "kubectl.kubernetes.io/last-applied-configuration": json!({"spec": source(0), "note": "CANARY-applied"}).to_string(),
            "hook.example.com/config": json!({"env": [{"name": "WEBHOOK_SECRET", "value": "CANARY-annotation"}]}).to_string(),
            "example.com/basic": "dXNlcjpDQU5BUlktYmFzaWM=",
        }},
        "spec": {"project": "default", "destination": {"name": "in-cluster", "namespace": "web"}, "source": source(2)},
        "operation": {"sync": {"source": source(2)}},
        "status": {
            "sync": {"status": "OutOfSync", "revision": "b".repeat(40), "comparedTo": {"source": source(2)}}, "health": {"status": "Degraded"},
            "conditions": [{"type": "ComparisonError", "message": "`helm template . --set a=CANARY-set,b=CANARY-set --set-string c=\"CANARY set\"` failed: authentication required for https://bot:CANARY-url@git.example.com"}],
            "operationState": {"phase": "Failed", "message": "clone bot:CANARY-bare@git.example.com/shop.git failed", "operation": {"sync": {"source": source(2)}},
                "syncResult": {"source": source(2), "resources": [{"kind": "Job", "name": "j", "status": "SyncFailed", "message": "env DB_PASSWORD=CANARY-message refused"}]}},
            "history": [{"id": 0, "revision": "a".repeat(40), "source": source(0)}, {"id": 1, "revision": "a".repeat(40), "source": source(1)}],
        },
    })
}

/// Objects as they are live and rendered; `at` tells the two apart.
fn objects(at: usize) -> Vec<Value> {
    let key = "-----BEGIN EC PRIVATE KEY-----\nCANARY\n-----END EC PRIVATE KEY-----\n";
    vec![
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "web"},
            "data": {"innocent": format!("CANARY{at}")}, "stringData": {"innocent": format!("CANARY{at}")}}),
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "web"}, "data": {
            "level": "OPEN-level", ".env": format!("MODE=x\nexport API_TOKEN=CANARY{at}\nDB_PASS=two CANARY{at}\n"),
            "app.yaml": format!("env:\n  - value: CANARY{at}\n    name: STRIPE_KEY\n"), "cert": key,
            "kube": "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpDQU5BUlk=", "jwt-like": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJDQU5BUlkifQ.CANARYaaaaaaa",
            "settings.json": json!({"users": [{"user": "a", "password": format!("CANARY{at}")}]}).to_string()}}),
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "namespace": "web"}, "spec": {"template": {"spec": {"containers": [
            {"name": "a", "image": "a:1", "args": ["--db-password", format!("CANARY{at}"), format!("--token=CANARY{at}")],
             "env": [{"name": "DB_PASSWORD", "value": format!("CANARY{at}")}, {"name": "MODE", "value": format!("OPEN-{at}")},
                     {"name": "DATABASE", "value": format!("postgres://app:CANARY{at}@db/x")}]}]}}}}),
    ]
}

/// Argo CD with that application.
fn shop() -> Rc<Replay> {
    Replay::answering(|path, query| {
        let text = |value: &Value| Some(value.to_string().into_bytes());
        let strings = |all: Vec<Value>| all.iter().map(Value::to_string).collect::<Vec<_>>();
        match path.strip_prefix("/api/v1/")? {
            "applications/shop" => text(&application()),
            "applications/shop/manifests" => {
                text(&json!({"manifests": strings(objects(query.len() + 3))}))
            }
            "applications/shop/managed-resources" => {
                let pairs = objects(1).into_iter().zip(objects(2));
                let items = pairs.map(|(live, target)| json!({"kind": live["kind"], "name": live["metadata"]["name"], "namespace": "web",
                    "normalizedLiveState": live.to_string(), "liveState": live.to_string(),
                    "predictedLiveState": target.to_string(), "targetState": target.to_string()}));
                text(&json!({"items": items.collect::<Vec<_>>()}))
            }
            "applications/shop/resource-tree" => {
                let nodes = objects(1).into_iter().map(|object| {
                    json!({"kind": object["kind"], "version": "v1", "uid": "u",
                    "name": object["metadata"]["name"], "namespace": "web"})
                });
                text(&json!({"nodes": nodes.collect::<Vec<_>>()}))
            }
            "applications/shop/resource" => {
                let fits = |object: &Value| object["metadata"]["name"] == *query["resourceName"];
                text(&json!({"manifest": objects(1).into_iter().find(fits)?.to_string()}))
            }
            "applicationsets/portals" => text(
                &json!({"metadata": {"name": "portals", "namespace": "argocd"},
                "spec": {"generators": [{"list": {"elements": [{"password": "CANARY"}, {"plain": "CANARY"}]}}, {"plugin": {"input": {"parameters": {"k": "CANARY"}}}}],
                    "template": {"metadata": {"name": "x"}, "spec": {"project": "p", "source": source(0)}}},
                "status": {"conditions": [{"type": "ErrorOccurred", "status": "True", "message": "GET https://bot:CANARY@git.example.com: token=CANARY"}]}}),
            ),
            _ => None,
        }
    })
}

#[test]
fn secrets_stay_masked_whatever_is_asked_for() {
    let named = |more: Value| {
        let mut arguments = json!({"name": "shop"});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        arguments
    };
    let mut open = String::new();
    let mut ask = |tool: &str, more: Value| {
        let answer = shop().call(tool, named(more.clone()));
        for text in [answer.text().to_owned(), answer.structured().to_string()] {
            assert!(!text.contains("CANARY"), "{tool} {more}:\n{text}");
            assert!(!text.contains("DQU5BUl"), "{tool} {more}:\n{text}");
            assert!(!answer.is_error(), "{tool} {more}:\n{text}");
        }
        open.push_str(answer.text());
    };
    for include in [
        "values",
        "annotations",
        "values,history,resources,annotations",
    ] {
        ask("get_application", json!({"include": include}));
    }
    for view in ["summary", "diff", "live", "desired"] {
        ask("get_application_managed_resources", json!({"view": view}));
    }
    for format in ["paths", "unified", "stat"] {
        ask("diff_application", json!({"format": format}));
        ask(
            "diff_application",
            json!({"format": format, "against": "previous"}),
        );
        ask(
            "compare_applications",
            json!({"format": format, "other": "shop"}),
        );
    }
    for view in ["list", "yaml"] {
        ask(
            "get_application_manifests",
            json!({"view": view, "limit": 200}),
        );
    }
    for resource in ["s", "c", "d"] {
        ask("get_resource", json!({"resource": resource}));
    }
    ask(
        "get_resource",
        json!({"resource": "c", "path": "data[\".env\"]"}),
    );
    ask(
        "get_resource",
        json!({"resource": "s", "path": "data.innocent"}),
    );
    ask("get_application_history", json!({}));
    ask("get_sync_status", json!({}));
    ask("diagnose_application", json!({}));
    let set = shop().call("get_applicationset", json!({"name": "portals"}));
    assert!(!set.text().contains("CANARY"), "{}", set.text());
    // The positive control: what was asked for is there.
    for part in ["OPEN-mode", "OPEN-level", "OPEN-team", "OPEN-2", "OPEN-1"] {
        assert!(open.contains(part), "{part}");
    }
}
