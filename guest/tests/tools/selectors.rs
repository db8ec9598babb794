//! One table for every tool that chooses objects: all spellings of a selector find the object, and a
//! selector that fits nothing says what there is and never reads as an all-clear.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::replay::Replay;

const OWN: &str = "https://kubernetes.default.svc";

fn deployment(namespace: &str, replicas: u32) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": namespace},
        "spec": {"replicas": replicas}})
}

fn settings(namespace: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": namespace},
        "data": {"size": "1"}})
}

fn managed(object: &Value, live: &Value) -> Value {
    let group = object["apiVersion"].as_str().unwrap();
    let group = group.split_once('/').map_or("", |(group, _)| group);
    json!({"group": group, "kind": object["kind"], "namespace": object["metadata"]["namespace"],
        "name": object["metadata"]["name"], "targetState": object.to_string(), "liveState": live.to_string(),
        "normalizedLiveState": live.to_string(), "predictedLiveState": object.to_string()})
}

fn node(group: &str, kind: &str, name: &str, parent: Value) -> Value {
    json!({"group": group, "version": "v1", "kind": kind, "name": name, "namespace": "home", "uid": format!("u-{name}-{kind}").to_lowercase(),
        "parentRefs": parent, "health": {"status": "Healthy"}})
}

/// An application with a Deployment that differs from Git, its Pod, and a ConfigMap that does not differ.
fn shop() -> Rc<Replay> {
    Replay::answering(|path, query| {
        let body = match path.strip_prefix("/api/v1/applications")? {
            "" => {
                let resources = json!([
                    {"group": "apps", "kind": "Deployment", "namespace": "home", "name": "web"},
                    {"group": "", "kind": "ConfigMap", "namespace": "home", "name": "settings"},
                ]);
                json!({"items": [app("shop", json!(resources)), app("depot", json!([]))]})
            }
            "/shop" => app("shop", json!([])),
            "/depot" => app("depot", json!([])),
            "/shop/manifests" => {
                json!({"manifests": [deployment("home", 2).to_string(), settings("home").to_string()]})
            }
            "/depot/manifests" => {
                json!({"manifests": [deployment("home", 5).to_string(), settings("home").to_string()]})
            }
            "/shop/managed-resources" => {
                let all = [
                    managed(&deployment("home", 2), &deployment("home", 9)),
                    managed(&settings("home"), &settings("home")),
                ];
                // Exact, as Argo CD filters.
                let fits = |item: &&Value| {
                    let is = |key: &str| query.get(key).is_none_or(|wanted| item[key] == **wanted);
                    ["group", "kind", "namespace", "name"].into_iter().all(is)
                };
                json!({"items": all.iter().filter(fits).collect::<Vec<_>>()})
            }
            "/shop/resource-tree" => json!({"nodes": [
                node("apps", "Deployment", "web", json!([])),
                node("", "Pod", "web-1", json!([{"uid": "u-web-deployment", "group": "apps", "kind": "Deployment", "name": "web", "namespace": "home"}])),
                node("", "ConfigMap", "settings", json!([])),
            ]}),
            "/shop/events" => {
                json!({"items": [{"type": "Warning", "reason": "BackOff", "message": "m",
                "involvedObject": {"kind": "X", "name": query.get("resourceName").map_or("shop", String::as_str)},
                "lastTimestamp": "2026-11-22T21:14:59Z"}]})
            }
            "/shop/resource" => {
                let object = match query["kind"].as_str() {
                    "ConfigMap" => settings("home"),
                    _ => deployment("home", 9),
                };
                json!({"manifest": object.to_string()})
            }
            "/shop/logs"
                if query
                    .get("resourceName")
                    .is_some_and(|name| name != "web" && name != "web-1") =>
            {
                return Some(Vec::new());
            }
            "/shop/logs" => {
                let time = "2026-11-22T21:14:00.5Z";
                json!({"result": {"content": "started", "timeStamp": time, "timeStampStr": time, "last": false, "podName": "web-1"}})
            }
            _ => return None,
        };
        Some(body.to_string().into_bytes())
    })
}

fn app(name: &str, resources: Value) -> Value {
    json!({"metadata": {"name": name, "namespace": "argocd"},
        "spec": {"project": "default", "destination": {"server": OWN, "namespace": "home"}, "source": {"repoURL": "https://git.example.com/shop.git"}},
        "status": {"sync": {"status": "OutOfSync"}, "health": {"status": "Healthy"}, "resources": resources}})
}

/// A tool with its other arguments, and what it says when it has found the Deployment or the ConfigMap.
struct Row {
    tool: &'static str,
    arguments: Value,
    deployment: &'static str,
    settings: &'static str,
    /// Where a tool names the object by a part only.
    by_part: bool,
}

fn row(
    tool: &'static str,
    arguments: Value,
    deployment: &'static str,
    settings: &'static str,
) -> Row {
    Row {
        tool,
        arguments,
        deployment,
        settings,
        by_part: matches!(tool, "get_application_resource_tree" | "find_applications"),
    }
}

fn rows() -> Vec<Row> {
    let mut rows = rows_of_states();
    rows.extend(rows_of_objects());
    rows
}

/// The tools that compare an object's states, or show one of them.
fn rows_of_states() -> Vec<Row> {
    vec![
        row(
            "diff_application",
            json!({"name": "shop"}),
            "Deployment home/web: 1 field changed",
            "Nothing differs in the 1 object that fits.",
        ),
        row(
            "diff_application",
            json!({"name": "shop", "against": "main"}),
            "Nothing differs in the 1 object that fits.",
            "Nothing differs in the 1 object that fits.",
        ),
        row(
            "compare_applications",
            json!({"name": "shop", "other": "depot"}),
            "Deployment web: 1 field changed",
            "Rendered objects: 0 differ, 1 equal",
        ),
        row(
            "get_application_managed_resources",
            json!({"name": "shop"}),
            "Deployment home/web",
            "In sync: ConfigMap home/settings",
        ),
        row(
            "get_application_managed_resources",
            json!({"name": "shop", "view": "live"}),
            "replicas: 9",
            "size: \"1\"",
        ),
        row(
            "get_application_managed_resources",
            json!({"name": "shop", "view": "desired"}),
            "replicas: 2",
            "size: \"1\"",
        ),
    ]
}

/// The tools that are about an object as it is.
fn rows_of_objects() -> Vec<Row> {
    let shop = || json!({"name": "shop"});
    vec![
        row(
            "get_application_manifests",
            shop(),
            "replicas: 2",
            "size: \"1\"",
        ),
        row(
            "get_application_resource_tree",
            shop(),
            "Deployment web",
            "ConfigMap settings",
        ),
        row(
            "get_application_events",
            shop(),
            "of Deployment web",
            "of ConfigMap settings",
        ),
        row(
            "get_resource",
            shop(),
            "Deployment web in home, live",
            "ConfigMap settings in home, live",
        ),
        row(
            "find_applications",
            json!({}),
            "Deployment home/web",
            "ConfigMap home/settings",
        ),
        row("get_application_logs", shop(), "Pod of Deployment web", ""),
    ]
}

fn call(row: &Row, kind: Option<&str>, name: Option<&str>) -> (Value, String, bool) {
    let mut arguments = row.arguments.clone();
    for (key, value) in [("kind", kind), ("resource", name)] {
        if let Some(value) = value {
            arguments[key] = value.into();
        }
    }
    let answer = shop().call(row.tool, arguments.clone());
    (arguments, answer.text().to_owned(), answer.is_error())
}

/// What an answer to a selector that fits nothing must never say.
const ALL_CLEARS: [&str; 9] = [
    "Nothing differs",
    "0 differ",
    "0 objects differ",
    "equal",
    "no events",
    "0 warnings",
    "in sync",
    "In sync",
    "written nothing",
];

#[test]
fn every_spelling_of_a_kind_finds_its_objects() {
    let deployments = [
        "Deployment",
        "deployment",
        "DEPLOYMENT",
        "deployments",
        "Deployments",
        "deploy",
        "deployment.apps",
        "deployments.apps",
        "deployments.v1.apps",
    ];
    let maps = ["ConfigMap", "configmap", "configmaps", "cm", "config-map"];
    for row in rows() {
        for (kinds, name, want) in [
            (&deployments[..], "web", row.deployment),
            (&maps[..], "settings", row.settings),
        ] {
            for kind in kinds.iter().filter(|_| !want.is_empty()) {
                let alone = match row.tool {
                    "get_resource" => Some(name),
                    _ => None,
                };
                let both = format!("{kind}/{name}");
                let asked = [
                    (Some(*kind), alone),
                    (Some(*kind), Some(name)),
                    (None, Some(both.as_str())),
                    (Some(*kind), Some(both.as_str())),
                ];
                for (kind, name) in asked {
                    let (arguments, text, is_error) = call(&row, kind, name);
                    assert!(
                        !is_error && text.contains(want),
                        "{} {arguments}: {text}",
                        row.tool
                    );
                }
            }
        }
    }
}

#[test]
fn a_kind_that_fits_nothing_names_those_that_there_are() {
    for row in rows() {
        for (kind, near) in [
            ("deploymnt", Some("Deployment")),
            ("confgmap", Some("ConfigMap")),
            ("Secret", None),
            ("sts", None),
            ("deployment.extensions", None),
            ("widgets.example.com", None),
        ] {
            let name = (row.tool == "get_resource").then_some("web");
            let (arguments, text, is_error) = call(&row, Some(kind), name);
            let context = format!("{} {arguments}: {text}", row.tool);
            for clear in ALL_CLEARS {
                assert!(!text.contains(clear), "{clear}: {context}");
            }
            assert!(text.contains(kind), "{context}");
            if row.tool == "find_applications" {
                assert!(text.contains("0 of 2 applications match"), "{context}");
            } else {
                assert!(is_error && text.contains("No object of shop"), "{context}");
            }
            assert!(text.contains("1 Deployment"), "{context}");
            if let Some(near) = near {
                assert!(text.contains(&format!("did you mean {near}?")), "{context}");
                assert!(text.contains(&format!("\"kind\":\"{near}\"")), "{context}");
            }
        }
    }
}

#[test]
fn a_name_that_fits_nothing_names_those_that_there_are() {
    for row in rows() {
        for (kind, name) in [
            (Some("deploy"), "wbe"),
            (Some("deploy"), "settings"),
            (None, "sttings"),
            (None, "deploy/wxb"),
        ] {
            let (arguments, text, is_error) = call(&row, kind, Some(name));
            let context = format!("{} {arguments}: {text}", row.tool);
            for clear in ALL_CLEARS {
                assert!(!text.contains(clear), "{clear}: {context}");
            }
            match row.tool {
                "find_applications" => {
                    assert!(text.contains("0 of 2 applications match"), "{context}");
                }
                _ => assert!(is_error && text.contains("No object of shop"), "{context}"),
            }
            if row.by_part || name != "sttings" {
                continue;
            }
            assert!(text.contains("did you mean settings?"), "{context}");
        }
    }
}

#[test]
fn a_namespace_or_group_that_fits_nothing_is_no_all_clear() {
    for (tool, more) in [
        (
            "get_application_managed_resources",
            json!({"namespace": "hom"}),
        ),
        (
            "get_application_managed_resources",
            json!({"group": "batch"}),
        ),
        (
            "get_application_managed_resources",
            json!({"namespace": "hom", "view": "live"}),
        ),
        (
            "get_application_events",
            json!({"kind": "Pod", "namespace": "hom"}),
        ),
        (
            "get_resource",
            json!({"resource": "web", "namespace": "hom"}),
        ),
        ("get_resource", json!({"resource": "web", "group": "batch"})),
    ] {
        let mut arguments = json!({"name": "shop"});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let answer = shop().call(tool, arguments.clone());
        let context = format!("{tool} {arguments}: {}", answer.text());
        assert!(
            answer.is_error() && answer.text().contains("No object of shop"),
            "{context}"
        );
    }
    let group = json!({"name": "shop", "group": "core"});
    let answer = shop().call("get_application_managed_resources", group);
    assert!(
        answer.text().contains("ConfigMap") && !answer.text().contains("Deployment"),
        "{}",
        answer.text()
    );
}
