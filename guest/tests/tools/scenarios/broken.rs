//! Applications that are broken in ways that nobody recorded, in the shapes of Argo CD's answers.

use std::{collections::BTreeMap, rc::Rc};

use serde_json::{Value, json};

use crate::replay::Replay;

/// An application `shop` in namespace `web`, with what its endpoints answer.
#[derive(Clone)]
pub(crate) struct Broken {
    pub(crate) app: Value,
    pub(crate) nodes: Vec<Value>,
    /// Live objects by name.
    pub(crate) live: BTreeMap<String, Value>,
    /// Events by the name of their object.
    pub(crate) events: BTreeMap<String, Vec<Value>>,
    pub(crate) log: Vec<String>,
    /// The log of the run before; the same one when left out.
    pub(crate) previous: Option<Vec<String>>,
    /// Items of `managed-resources`.
    pub(crate) managed: Vec<Value>,
    pub(crate) windows: Value,
    pub(crate) project: Value,
    /// Other applications of the list.
    pub(crate) others: Vec<Value>,
    /// Whole answers by path.
    pub(crate) more: BTreeMap<String, Value>,
    /// Nodes of the cluster, as the tree lists them.
    pub(crate) hosts: Vec<Value>,
}

/// Puts `more` over `base`, objects merged.
pub(crate) fn merge(base: &mut Value, more: Value) {
    match (base, more) {
        (Value::Object(base), Value::Object(more)) => {
            for (key, value) in more {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, more) => *base = more,
    }
}

/// A node of the tree; its uid is made of kind and name.
pub(crate) fn node(kind: &str, name: &str, parent: Option<&Value>, health: Value) -> Value {
    let group = match kind {
        "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" => "apps",
        "Job" | "CronJob" => "batch",
        "HorizontalPodAutoscaler" => "autoscaling",
        _ => "",
    };
    let version = if kind == "HorizontalPodAutoscaler" {
        "v2"
    } else {
        "v1"
    };
    let mut node = json!({
        "group": group, "version": version, "kind": kind, "namespace": "web", "name": name,
        "uid": format!("{}-{name}", kind.to_lowercase()), "createdAt": "2026-11-22T21:05:00Z",
    });
    if !health.is_null() {
        node["health"] = health;
    }
    if let Some(parent) = parent {
        let reference: serde_json::Map<String, Value> =
            ["group", "version", "kind", "namespace", "name", "uid"]
                .iter()
                .map(|key| ((*key).to_owned(), parent[*key].clone()))
                .collect();
        node["parentRefs"] = json!([reference]);
    }
    node
}

/// A Pod's node: status reason, `ready/all`, restarts, and whether it is on a node.
pub(crate) fn pod(
    name: &str,
    parent: &Value,
    health: Value,
    reason: &str,
    containers: &str,
    restarts: u32,
    placed: bool,
) -> Value {
    let mut pod = node("Pod", name, Some(parent), health);
    let mut info = vec![
        json!({"name": "Status Reason", "value": reason}),
        json!({"name": "Containers", "value": containers}),
    ];
    if restarts > 0 {
        info.push(json!({"name": "Restart Count", "value": restarts.to_string()}));
    }
    if placed {
        info.push(json!({"name": "Node", "value": "node-1"}));
    }
    pod["info"] = info.into();
    pod["images"] = json!(["registry.example.com/shop:2.0"]);
    pod
}

/// A warning event.
pub(crate) fn event(reason: &str, message: &str) -> Value {
    json!({
        "type": "Warning", "reason": reason, "message": message, "count": 3,
        "firstTimestamp": "2026-11-22T21:10:00Z", "lastTimestamp": "2026-11-22T21:14:00Z",
        "involvedObject": {"kind": "Pod", "name": "x"},
    })
}

/// The status of one container.
pub(crate) fn container(
    name: &str,
    state: Value,
    last: Value,
    ready: bool,
    restarts: u32,
) -> Value {
    json!({"name": name, "image": "registry.example.com/shop:2.0", "ready": ready, "restartCount": restarts, "state": state, "lastState": last})
}

impl Broken {
    /// Synced and Healthy, with nothing in it.
    pub(crate) fn new() -> Self {
        Self {
            app: json!({
                "metadata": {"name": "shop", "namespace": "argocd"},
                "spec": {
                    "project": "default",
                    "destination": {"server": "https://kubernetes.default.svc", "namespace": "web"},
                    "source": {"repoURL": "https://git.example.com/shop.git", "path": "deploy", "targetRevision": "main"},
                    "syncPolicy": {"automated": {"prune": true, "selfHeal": true}},
                },
                "status": {
                    "sync": {"status": "Synced", "revision": "1111111111111111111111111111111111111111"},
                    "health": {"status": "Healthy"},
                    "operationState": {
                        "phase": "Succeeded", "message": "successfully synced (all tasks run)",
                        "startedAt": "2026-11-22T21:04:00Z", "finishedAt": "2026-11-22T21:05:00Z",
                        "operation": {"initiatedBy": {"automated": true}},
                        "syncResult": {"revision": "1111111111111111111111111111111111111111", "resources": []},
                    },
                    "history": [{"id": 0, "revision": "1111111111111111111111111111111111111111", "deployedAt": "2026-11-22T21:05:00Z", "initiatedBy": {"automated": true}}],
                    "summary": {"images": ["registry.example.com/shop:2.0"]},
                    "resources": [],
                },
            }),
            nodes: Vec::new(),
            live: BTreeMap::new(),
            events: BTreeMap::new(),
            log: Vec::new(),
            previous: None,
            more: BTreeMap::new(),
            hosts: Vec::new(),
            managed: Vec::new(),
            windows: json!({"canSync": true}),
            others: Vec::new(),
            project: json!({"metadata": {"name": "default", "namespace": "argocd"}, "spec": {"sourceRepos": ["*"], "destinations": [{"server": "*", "namespace": "*"}]}}),
        }
    }

    /// A Deployment `shop` that waits for its only Pod, `shop-1-a`.
    pub(crate) fn deployment(
        health: Value,
        reason: &str,
        containers: &str,
        restarts: u32,
        placed: bool,
    ) -> Self {
        let waits = "Waiting for rollout to finish: 0 of 1 updated replicas are available...";
        let deployment = node(
            "Deployment",
            "shop",
            None,
            json!({"status": "Progressing", "message": waits}),
        );
        let mut set = node(
            "ReplicaSet",
            "shop-1",
            Some(&deployment),
            json!({"status": "Progressing", "message": "Waiting for rollout to finish: 0 out of 1 new replicas are available..."}),
        );
        set["info"] = json!([{"name": "Revision", "value": "Rev:1"}]);
        let pod = pod(
            "shop-1-a", &set, health, reason, containers, restarts, placed,
        );
        let mut broken = Self::new();
        broken.nodes = vec![deployment, set, pod];
        broken.status(json!({"health": {"status": "Progressing"}}))
    }

    /// The live Pod `shop-1-a` with its status.
    pub(crate) fn live_pod(mut self, status: Value) -> Self {
        let live = json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "shop-1-a", "namespace": "web"},
            "spec": {"containers": [{"name": "api", "image": "registry.example.com/shop:2.0", "resources": {"limits": {"memory": "64Mi"}, "requests": {"cpu": "2"}}}]},
            "status": status,
        });
        self.live.insert("shop-1-a".to_owned(), live);
        self
    }

    /// Changes the live object `name`.
    pub(crate) fn object(mut self, name: &str, more: Value) -> Self {
        merge(
            self.live
                .entry(name.to_owned())
                .or_insert_with(|| json!({})),
            more,
        );
        self
    }

    pub(crate) fn status(mut self, more: Value) -> Self {
        merge(&mut self.app["status"], more);
        self
    }

    pub(crate) fn app(mut self, more: Value) -> Self {
        merge(&mut self.app, more);
        self
    }

    pub(crate) fn event(mut self, name: &str, reason: &str, message: &str) -> Self {
        self.events
            .entry(name.to_owned())
            .or_default()
            .push(event(reason, message));
        self
    }

    pub(crate) fn log(mut self, lines: &[&str]) -> Self {
        self.log = lines.iter().map(|line| (*line).to_owned()).collect();
        self
    }

    /// An event as the scheduler writes it: no count, no timestamps but `eventTime`.
    pub(crate) fn new_event(mut self, name: &str, kind: &str, reason: &str, message: &str) -> Self {
        let event = json!({
            "type": kind, "reason": reason, "message": message, "source": {},
            "firstTimestamp": null, "lastTimestamp": null, "eventTime": "2026-11-22T21:14:00.123456Z",
            "reportingComponent": "default-scheduler", "involvedObject": {"kind": "Pod", "name": name},
        });
        self.events.entry(name.to_owned()).or_default().push(event);
        self
    }

    /// The log of the run before the last restart.
    pub(crate) fn previous(mut self, lines: &[&str]) -> Self {
        self.previous = Some(lines.iter().map(|line| (*line).to_owned()).collect());
        self
    }

    /// The whole answer to `path`; `null` is a refusal.
    pub(crate) fn answers(mut self, path: &str, body: Value) -> Self {
        self.more.insert(path.to_owned(), body);
        self
    }

    pub(crate) fn node(mut self, node: Value) -> Self {
        self.nodes.push(node);
        self
    }

    /// A failed sync with these results: kind, name, status, message.
    pub(crate) fn failed(self, message: &str, rows: &[(&str, &str, &str, &str)]) -> Self {
        let rows: Vec<Value> = rows
            .iter()
            .map(|(kind, name, status, message)| json!({"kind": kind, "namespace": "web", "name": name, "status": status, "message": message, "syncPhase": "Sync"}))
            .collect();
        self.status(json!({
            "sync": {"status": "OutOfSync", "revision": "2222222222222222222222222222222222222222"},
            "operationState": {"phase": "Failed", "message": message, "retryCount": 5,
                "syncResult": {"revision": "2222222222222222222222222222222222222222", "resources": rows}},
        }))
    }

    /// A managed resource: what is live, and what a sync would make of it.
    pub(crate) fn managed(mut self, kind: &str, name: &str, live: Value, wanted: Value) -> Self {
        let text = |value: &Value| {
            if value.is_null() {
                "null".to_owned()
            } else {
                value.to_string()
            }
        };
        self.managed.push(json!({
            "kind": kind, "namespace": "web", "name": name,
            "normalizedLiveState": text(&live), "predictedLiveState": text(&wanted), "liveState": text(&live),
        }));
        self
    }

    /// Argo CD with this application and nothing else.
    pub(crate) fn served(self) -> Rc<Replay> {
        Replay::answering(move |path, query| {
            let object = |key: &str| query.get(key).cloned().unwrap_or_default();
            if let Some(body) = self.more.get(path) {
                return match body {
                    Value::Null => None,
                    Value::String(text) => Some(text.clone().into_bytes()),
                    body => Some(body.to_string().into_bytes()),
                };
            }
            let value = match path {
                "/api/v1/applications/shop" => self.app.clone(),
                "/api/v1/applications/shop/resource-tree" => {
                    json!({"nodes": self.nodes, "hosts": self.hosts})
                }
                "/api/v1/applications/shop/managed-resources" => json!({"items": self.managed}),
                "/api/v1/applications/shop/syncwindows" => self.windows.clone(),
                "/api/v1/applications/shop/resource" => {
                    json!({"manifest": self.live.get(&object("resourceName"))?.to_string()})
                }
                "/api/v1/applications/shop/events" => {
                    json!({"items": self.events.get(&object("resourceName")).cloned().unwrap_or_default()})
                }
                "/api/v1/applications/shop/logs" => {
                    let log = match (&self.previous, object("previous").as_str()) {
                        (Some(previous), "true") => previous,
                        _ => &self.log,
                    };
                    let lines = log.iter().map(|line| {
                        json!({"result": {"content": line, "timeStampStr": "2026-11-22T21:13:00Z", "podName": object("podName")}}).to_string()
                    });
                    return Some(lines.collect::<Vec<_>>().join("\n").into_bytes());
                }
                "/api/v1/applications" => {
                    let all: Vec<&Value> = std::iter::once(&self.app).chain(&self.others).collect();
                    json!({"items": all})
                }
                "/api/v1/projects/default" => self.project.clone(),
                path if path.starts_with("/api/v1/applications/shop/revisions/") => {
                    json!({"author": "Ada", "date": "2026-11-22T20:00:00Z", "message": "shop 2.0"})
                }
                "/api/version" => json!({"Version": "v3.5.1"}),
                _ => return None,
            };
            Some(value.to_string().into_bytes())
        })
    }
}
