//! The calls that tests make on the recorded data: those of the clients, and each tool with each of its parameters.

use argocd_guest::tools;
use serde_json::{Value, json};

use crate::replay::{Call, Recorded, recorded};

/// A call that every client makes on the recorded data.
#[derive(serde::Deserialize)]
pub(crate) struct Row {
    pub(crate) tool: String,
    arguments: Value,
}

/// The calls that every client makes, one of each tool.
pub(crate) fn rows() -> Vec<Row> {
    serde_json::from_str(include_str!("../../../tests/clients/calls.json")).unwrap()
}

/// Calls that are about no single application, with each of their parameters.
const GENERAL: &[(&str, &str)] = &[
    ("list_applications", "{}"),
    ("list_applications", r#"{"limit": 500}"#),
    ("list_applications", r#"{"project": "finance"}"#),
    ("list_applications", r#"{"search": "api", "sort": "name"}"#),
    (
        "list_applications",
        r#"{"health": "Degraded,Progressing", "sync": "Synced"}"#,
    ),
    (
        "list_applications",
        r#"{"cluster": "in-cluster", "namespace": "checkout", "repo": "payments", "image": "checkout"}"#,
    ),
    (
        "list_applications",
        r#"{"phase": "Failed", "selector": "", "app_namespace": "team-growth"}"#,
    ),
    ("list_applications", r#"{"group_by": "repo"}"#),
    (
        "list_applications",
        r#"{"group_by": "cluster", "limit": 2}"#,
    ),
    ("list_projects", "{}"),
    ("list_projects", r#"{"search": "freeze"}"#),
    ("list_projects", r#"{"name": "finance"}"#),
    ("get_project", r#"{"name": "finance"}"#),
    ("list_clusters", "{}"),
    ("list_clusters", r#"{"failed_only": true, "server": "k8s"}"#),
    ("list_clusters", r#"{"name": "prod-eu"}"#),
    ("list_repositories", "{}"),
    ("list_repositories", r#"{"failed_only": true}"#),
    ("list_repositories", r#"{"search": "legacy"}"#),
    (
        "find_applications",
        r#"{"image": "checkout", "kind": "Deployment"}"#,
    ),
    (
        "find_applications",
        r#"{"repo": "payments", "path": "o", "target_revision": "h"}"#,
    ),
    (
        "find_applications",
        r#"{"cluster": "dr-west", "namespace": "edge", "project": "platform"}"#,
    ),
    ("find_applications", r#"{"resource": "config", "limit": 2}"#),
    ("list_applicationsets", "{}"),
    (
        "list_applicationsets",
        r#"{"project": "growth", "limit": 1}"#,
    ),
    ("get_applicationset", r#"{"name": "tenant-portals"}"#),
    ("get_applicationset", r#"{"name": "promo-sites"}"#),
    ("get_server_info", "{}"),
    (
        "compare_applications",
        r#"{"name": "cms-edge-a", "other": "cms-edge-b"}"#,
    ),
    (
        "compare_applications",
        r#"{"name": "billing", "other": "shop-gateway", "format": "unified", "kind": "Deployment"}"#,
    ),
    (
        "compare_applications",
        r#"{"name": "orders-api", "other": "ab-testing", "format": "stat"}"#,
    ),
];

/// Calls that fit every application, with each of their parameters.
const OF_ONE: &[(&str, &str)] = &[
    ("diagnose_application", "{}"),
    (
        "get_application",
        r#"{"include": "values,history,resources,annotations"}"#,
    ),
    (
        "get_application_resource_tree",
        r#"{"kind": "Pod", "depth": 3}"#,
    ),
    (
        "get_application_resource_tree",
        r#"{"health": "Degraded", "orphaned": true}"#,
    ),
    (
        "get_application_managed_resources",
        r#"{"view": "live", "kind": "Secret"}"#,
    ),
    (
        "get_application_managed_resources",
        r#"{"only": "changed"}"#,
    ),
    (
        "get_application_events",
        r#"{"warnings_only": true, "since": "1h"}"#,
    ),
    ("get_application_manifests", r#"{"view": "yaml"}"#),
    (
        "get_application_logs",
        r#"{"previous": true, "filter": "e"}"#,
    ),
    ("diff_application", "{}"),
    (
        "diff_application",
        r#"{"against": "previous", "format": "unified"}"#,
    ),
    ("get_application_history", "{}"),
    ("get_sync_status", "{}"),
    ("get_sync_windows", "{}"),
];

/// Every call that the recordings can answer, each tool for each application.
pub(crate) fn calls() -> Vec<Call> {
    let mut calls = Vec::new();
    for (tool, arguments) in GENERAL {
        add(&mut calls, (tool, serde_json::from_str(arguments).unwrap()));
    }
    for row in rows() {
        let tool = tools::find(&row.tool).unwrap_or_else(|| panic!("{} is no tool", row.tool));
        add(&mut calls, (tool.name, row.arguments));
    }
    for entry in recorded().iter().filter(|entry| entry.account == "ci") {
        let mut parts = entry.path.trim_start_matches("/api/v1/").split('/');
        let (Some("applications"), Some(name)) = (parts.next(), parts.next()) else {
            continue;
        };
        let mut arguments = json!({"name": name});
        if let Some(namespace) = entry.query.get("appNamespace") {
            arguments["app_namespace"] = namespace.as_str().into();
        }
        if let Some(below) = parts.next() {
            if let Some(call) = below_application(entry, below, arguments) {
                add(&mut calls, call);
            }
        } else {
            of_application(&arguments, &mut calls);
        }
    }
    calls
}

fn add(calls: &mut Vec<Call>, call: Call) {
    if !calls.contains(&call) {
        calls.push(call);
    }
}

/// The calls that fit the application that `arguments` names.
fn of_application(arguments: &Value, calls: &mut Vec<Call>) {
    for (tool, more) in OF_ONE {
        let mut all = arguments.clone();
        let more: Value = serde_json::from_str(more).unwrap();
        all.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        add(calls, (*tool, all));
    }
    let mut project = arguments.clone();
    project["application"] = project["name"].take();
    project.as_object_mut().unwrap().remove("name");
    calls.push(("get_project", project));
    add(calls, ("get_application", arguments.clone()));
}

/// The call that a recording of what is `below` an application answers.
fn below_application(entry: &Recorded, below: &str, mut arguments: Value) -> Option<Call> {
    let tool = match below {
        "resource" => {
            for key in ["group", "kind", "namespace"] {
                if let Some(value) = entry.query.get(key).filter(|value| !value.is_empty()) {
                    arguments[key] = value.as_str().into();
                }
            }
            arguments["resource"] = entry.query["resourceName"].as_str().into();
            "get_resource"
        }
        "resource-tree" => "get_application_resource_tree",
        "managed-resources" => "get_application_managed_resources",
        "events" => "get_application_events",
        "manifests" => {
            if let Some(revision) = entry.query.get("revision") {
                arguments["revision"] = revision.as_str().into();
            }
            "get_application_manifests"
        }
        "logs" => {
            arguments["pod"] = entry.query.get("podName")?.as_str().into();
            if let Some(container) = entry.query.get("container") {
                arguments["container"] = container.as_str().into();
            }
            "get_application_logs"
        }
        _ => return None,
    };
    Some((tool, arguments))
}
