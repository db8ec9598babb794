//! The calls that read an application: those of a person who wants to know all of it, and then each
//! object and log of its tree.

use std::collections::BTreeSet;

use argocd_gate::escape::escaped;
use serde_json::{Value, json};

use crate::{
    exit::Failure,
    limits,
    session::Session,
    upstream::{Exchange, Tap},
};

/// The tool that finds out whether the application can be read at all.
pub(super) const FIRST: &str = "diagnose_application";
/// About the application, by its name alone.
const ABOUT: [&str; 8] = [
    "get_application",
    "get_application_resource_tree",
    "get_application_events",
    "get_application_history",
    "get_application_manifests",
    "diff_application",
    "get_sync_status",
    "get_sync_windows",
];
/// About the server around it.
const AROUND: [&str; 3] = ["get_server_info", "list_clusters", "list_repositories"];

/// Makes all calls and returns what was answered, path prefix removed. That some of it cannot be read is
/// part of the incident; that the application cannot is a failure.
pub(super) async fn all(
    session: &mut Session,
    tap: &Tap,
    prefix: &str,
    application: &str,
) -> Result<Vec<Exchange>, Failure> {
    let first = session.call(FIRST, json!({ "name": application })).await?;
    let mut read = taken(tap, prefix);
    let path = format!("/api/v1/applications/{}", name_of(application));
    let is_there = |exchange: &Exchange| {
        exchange.status == 200 && exchange.request.split('?').next() == Some(&*path)
    };
    if !read.iter().any(is_there) {
        let said = first["result"]["content"][0]["text"]
            .as_str()
            .unwrap_or("no answer");
        let said = escaped(said.lines().next().unwrap_or_default());
        return Err(Failure::Component(format!("nothing was recorded: {said}")));
    }
    for tool in ABOUT {
        session.call(tool, json!({ "name": application })).await?;
    }
    for (tool, arguments) in [
        (
            "get_application",
            json!({"name": application, "include": "values,history,resources,annotations"}),
        ),
        (
            "get_application_managed_resources",
            json!({"name": application, "view": "live"}),
        ),
        (
            "get_application_managed_resources",
            json!({"name": application, "view": "desired"}),
        ),
        ("get_project", json!({"application": application})),
    ] {
        session.call(tool, arguments).await?;
    }
    for tool in AROUND {
        session.call(tool, json!({})).await?;
    }
    read.extend(taken(tap, prefix));
    if let Some(set) = owner(&read, &path) {
        session
            .call("get_applicationset", json!({ "name": set }))
            .await?;
    }
    for object in objects(&read, &path) {
        let named = object.arguments(application);
        session.call("get_resource", named.clone()).await?;
        session
            .call("get_application_events", without(named, "group"))
            .await?;
        let seen = taken(tap, prefix);
        let logs = if object.kind == "Pod" {
            logs(&seen, &object)
        } else {
            Vec::new()
        };
        read.extend(seen);
        for (container, previous) in logs {
            let mut arguments = json!({
                "name": application, "pod": object.name, "namespace": object.namespace,
                "previous": previous, "tail_lines": limits::RECORDED_LINES,
            });
            if let Some(container) = container {
                arguments["container"] = json!(container);
            }
            session.call("get_application_logs", arguments).await?;
        }
    }
    read.extend(taken(tap, prefix));
    Ok(read)
}

/// The name without the namespace before it.
fn name_of(application: &str) -> &str {
    application.rsplit('/').next().unwrap_or(application)
}

fn taken(tap: &Tap, prefix: &str) -> Vec<Exchange> {
    let mut exchanges = tap.take();
    for exchange in &mut exchanges {
        if let Some(below) = exchange.request.strip_prefix(prefix) {
            exchange.request = below.to_owned();
        }
    }
    exchanges
}

/// The document of a path, if it was read.
fn document(read: &[Exchange], path: &str) -> Option<Value> {
    let of_path = |exchange: &&Exchange| {
        exchange.status == 200 && exchange.request.split('?').next() == Some(path)
    };
    let found = read.iter().filter(of_path);
    found
        .filter_map(|exchange| serde_json::from_slice(&exchange.body).ok())
        .next()
}

/// The ApplicationSet that the application belongs to.
fn owner(read: &[Exchange], path: &str) -> Option<String> {
    let application = document(read, path)?;
    let owners = application["metadata"]["ownerReferences"].as_array()?;
    let set = owners
        .iter()
        .find(|owner| owner["kind"] == "ApplicationSet")?;
    Some(set["name"].as_str()?.to_owned())
}

/// An object of the tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Object {
    /// Unwell ones come first.
    is_well: bool,
    kind: String,
    group: String,
    namespace: String,
    name: String,
}

impl Object {
    fn arguments(&self, application: &str) -> Value {
        let mut arguments = json!({"name": application, "resource": self.name, "kind": self.kind});
        for (key, value) in [("namespace", &self.namespace), ("group", &self.group)] {
            if !value.is_empty() {
                arguments[key] = json!(value);
            }
        }
        arguments
    }
}

fn without(mut arguments: Value, key: &str) -> Value {
    if let Value::Object(members) = &mut arguments {
        members.remove(key);
    }
    arguments
}

/// The objects of the tree, unwell ones first, as many as are read one by one.
fn objects(read: &[Exchange], path: &str) -> Vec<Object> {
    let tree = document(read, &format!("{path}/resource-tree")).unwrap_or_default();
    let nodes = tree["nodes"].as_array().cloned().unwrap_or_default();
    let word = |node: &Value, key: &str| node[key].as_str().unwrap_or_default().to_owned();
    let found: BTreeSet<Object> = nodes
        .iter()
        // A node without a uid is of Git alone.
        .filter(|node| node["uid"].is_string() && node["name"].is_string())
        .map(|node| Object {
            is_well: node["health"]["status"]
                .as_str()
                .is_none_or(|status| status == "Healthy"),
            kind: word(node, "kind"),
            group: word(node, "group"),
            namespace: word(node, "namespace"),
            name: word(node, "name"),
        })
        .collect();
    found.into_iter().take(limits::RECORDED_OBJECTS).collect()
}

/// The containers of a Pod that was read, each with `false`, and with `true` too when it was restarted; and
/// first without a container, as somebody asks who knows none.
fn logs(read: &[Exchange], pod: &Object) -> Vec<(Option<String>, bool)> {
    let manifests = read.iter().filter(|exchange| {
        exchange.status == 200
            && exchange
                .request
                .split('?')
                .next()
                .is_some_and(|path| path.ends_with("/resource"))
    });
    let mut found = manifests.filter_map(|exchange| {
        let answer: Value = serde_json::from_slice(&exchange.body).ok()?;
        serde_json::from_str::<Value>(answer["manifest"].as_str()?).ok()
    });
    let Some(manifest) = found.rfind(|manifest| manifest["metadata"]["name"] == *pod.name) else {
        return Vec::new();
    };
    let mut containers = vec![(None, false)];
    for (specs, statuses) in [
        ("initContainers", "initContainerStatuses"),
        ("containers", "containerStatuses"),
    ] {
        for spec in manifest["spec"][specs].as_array().into_iter().flatten() {
            let Some(name) = spec["name"].as_str() else {
                continue;
            };
            let statuses = manifest["status"][statuses].as_array();
            let status = statuses.and_then(|all| all.iter().find(|one| one["name"] == *name));
            containers.push((Some(name.to_owned()), false));
            if status.is_some_and(|status| status["restartCount"].as_u64() > Some(0)) {
                containers.push((Some(name.to_owned()), true));
            }
        }
    }
    containers
}
