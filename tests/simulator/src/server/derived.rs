//! Answers that nobody recorded, derived from what the application says about itself. Modest but
//! consistent: the same resources, names and health everywhere.

use serde_json::{Map, Value, json};

use super::world::{app_name, text};
use crate::key::Key;
use crate::returned;

/// An application as the list shows it: resources have no health there, and the path names it.
pub(crate) fn as_listed(app: &Value, key: &Key) -> Value {
    let mut listed = app.clone();
    returned::without_resource_health(&mut listed);
    if !listed.is_object() {
        listed = json!({});
    }
    let metadata = &mut listed["metadata"];
    if !metadata.is_object() {
        *metadata = json!({});
    }
    for (field, value) in [
        ("name", key.path()[3].as_str()),
        ("namespace", key.app_namespace()),
    ] {
        if metadata.get(field).is_none() {
            metadata[field] = json!(value);
        }
    }
    listed
}

/// A listed application with the health of its resources, as far as the tree says it.
pub(crate) fn with_health(mut app: Value, tree: Option<&Value>) -> Value {
    let nodes = tree
        .and_then(|t| t["nodes"].as_array())
        .map_or(&[][..], Vec::as_slice);
    if let Some(resources) = app
        .pointer_mut("/status/resources")
        .and_then(Value::as_array_mut)
    {
        for resource in resources {
            let same = |node: &&Value| {
                ["/group", "/kind", "/namespace", "/name"]
                    .iter()
                    .all(|p| text(node, p) == text(resource, p))
            };
            if let Some(health) = nodes.iter().find(same).and_then(|node| node.get("health")) {
                resource["health"] = health.clone();
            }
        }
    }
    app
}

/// The tree of the managed resources alone.
pub(crate) fn resource_tree(app: &Value) -> Value {
    let health = app.pointer("/status/health/status").cloned();
    let nodes: Vec<Value> = resources(app)
        .iter()
        .map(|resource| {
            let mut node = resource.clone();
            if let Value::Object(map) = &mut node {
                map.remove("status");
                map.insert("uid".to_owned(), json!(uid(app, resource)));
                map.insert("resourceVersion".to_owned(), json!("1"));
                map.insert(
                    "createdAt".to_owned(),
                    app["metadata"]["creationTimestamp"].clone(),
                );
                if text(resource, "/kind") == "Deployment"
                    && let Some(health) = &health
                {
                    map.insert("health".to_owned(), json!({"status": health}));
                }
            }
            node
        })
        .collect();
    if nodes.is_empty() {
        json!({})
    } else {
        json!({"nodes": nodes})
    }
}

/// Managed resources; one that is out of sync differs in its replicas.
pub(crate) fn managed_resources(app: &Value) -> Value {
    let items: Vec<Value> = resources(app)
        .iter()
        .map(|resource| {
            let is_off = text(resource, "/status") == "OutOfSync";
            let (target, live) = (
                manifest(resource, 2),
                manifest(resource, if is_off { 5 } else { 2 }),
            );
            let mut item = Map::new();
            for field in ["group", "kind", "namespace", "name"] {
                if let Some(value) = resource.get(field) {
                    item.insert(field.to_owned(), value.clone());
                }
            }
            item.insert("targetState".to_owned(), json!(target));
            item.insert("liveState".to_owned(), json!(live));
            item.insert("normalizedLiveState".to_owned(), json!(live));
            item.insert("predictedLiveState".to_owned(), json!(target));
            item.insert("resourceVersion".to_owned(), json!("1"));
            if is_off {
                item.insert("modified".to_owned(), json!(true));
            }
            Value::Object(item)
        })
        .collect();
    if items.is_empty() {
        json!({})
    } else {
        json!({"items": items})
    }
}

/// What the repo-server would render.
pub(crate) fn manifests(app: &Value) -> Value {
    let texts: Vec<String> = resources(app).iter().map(|r| manifest(r, 2)).collect();
    if texts.is_empty() {
        json!({})
    } else {
        json!({"manifests": texts})
    }
}

/// Whether the application ever named a revision: in its history, its status or its operation.
pub(crate) fn knows_revision(app: &Value, revision: &str) -> bool {
    app.pointer("/status")
        .is_some_and(|status| mentions(status, revision))
}

/// A commit that nobody recorded.
pub(crate) fn revision_metadata(app: &Value, revision: &str) -> Value {
    json!({
        "author": "Release Bot <release-bot@example.com>",
        "date": app["metadata"]["creationTimestamp"],
        "message": format!("Release {} at {}", app_name(app), revision.get(..7).unwrap_or(revision)),
    })
}

fn mentions(value: &Value, revision: &str) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(key, value)| {
            let named = matches!(key.as_str(), "revision" | "revisions");
            (named && holds(value, revision)) || mentions(value, revision)
        }),
        Value::Array(items) => items.iter().any(|item| mentions(item, revision)),
        _ => false,
    }
}

fn holds(value: &Value, revision: &str) -> bool {
    match value {
        Value::String(text) => text == revision,
        Value::Array(items) => items.iter().any(|item| item == revision),
        _ => false,
    }
}

fn resources(app: &Value) -> &[Value] {
    app.pointer("/status/resources")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// A manifest with just enough in it to be one.
fn manifest(resource: &Value, replicas: u32) -> String {
    let group = text(resource, "/group");
    let version = text(resource, "/version");
    let api_version = if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    };
    let mut manifest = json!({
        "apiVersion": api_version,
        "kind": resource["kind"],
        "metadata": {"name": resource["name"], "namespace": resource["namespace"]},
    });
    if text(resource, "/kind") == "Deployment" {
        manifest["spec"] = json!({"replicas": replicas});
    }
    manifest.to_string()
}

/// A UID that is the same in every answer of every run.
fn uid(app: &Value, resource: &Value) -> String {
    let name = format!(
        "{}/{}/{}",
        app["metadata"], resource["kind"], resource["name"]
    );
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!(
        "{:08x}-0000-4000-8000-{:012x}",
        hash >> 32,
        hash & 0xffff_ffff_ffff
    )
}
