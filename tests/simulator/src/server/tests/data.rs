//! What tests may change, and answers that are derived.

use serde_json::{Value, json};

use super::start;
use crate::server::test_client::get;

const APP: &str = "/api/v1/applications/guestbook";

#[test]
fn an_edited_application_changes_in_the_list_too() {
    let sim = start();
    sim.edit(APP, |app| {
        app["status"]["health"]["status"] = json!("Degraded")
    });
    assert_eq!(
        get(&sim, APP).json()["status"]["health"]["status"],
        "Degraded"
    );
    let list = get(
        &sim,
        "/api/v1/applications?name=guestbook&fields=items.status.health",
    )
    .json();
    assert_eq!(list["items"][0]["status"]["health"]["status"], "Degraded");
    // A second edit starts from the first.
    sim.edit(APP, |app| {
        assert_eq!(app["status"]["health"]["status"], "Degraded")
    });
}

#[test]
fn an_application_that_nobody_knew_can_be_made() {
    let sim = start();
    let path = "/api/v1/applications/brand-new?appNamespace=team-growth";
    sim.edit(path, |app| {
        assert!(app.is_null());
        *app = json!({"spec": {"project": "growth"}, "status": {"resources": [
            {"version": "v1", "kind": "ConfigMap", "namespace": "new", "name": "settings", "status": "Synced"},
        ]}});
    });
    let listed = get(&sim, "/api/v1/applications?appNamespace=team-growth").json();
    let names: Vec<_> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|app| &app["metadata"]["name"])
        .collect();
    assert_eq!(names, ["ab-testing", "brand-new"]);
    let tree = get(
        &sim,
        "/api/v1/applications/brand-new/resource-tree?appNamespace=team-growth",
    )
    .json();
    assert_eq!(tree["nodes"][0]["name"], "settings");
    assert_eq!(get(&sim, path).status, 200);
}

#[test]
fn filters_and_fields_work_on_edited_answers() {
    let sim = start();
    sim.edit(&format!("{APP}/managed-resources"), |value| {
        value["items"][0]["normalizedLiveState"] = json!("{\"changed\":true}");
    });
    let path = format!("{APP}/managed-resources?kind=ConfigMap&fields=items.normalizedLiveState");
    let expected = json!({"items": [{"normalizedLiveState": "{\"changed\":true}"}]});
    assert_eq!(get(&sim, &path).json(), expected);
    let none = get(&sim, &format!("{APP}/managed-resources?name=nope")).json();
    assert_eq!(none, json!({}));
}

#[test]
fn a_recorded_error_can_be_edited_into_an_answer() {
    let sim = start();
    let path = "/api/v1/applications/edge-cache/resource-tree";
    sim.edit(path, |tree| {
        assert!(tree.is_null());
        *tree = json!({});
    });
    let got = get(&sim, path);
    assert_eq!((got.status, got.json()), (200, json!({})));
}

#[test]
fn a_replacement_holds_for_its_query_or_for_all() {
    let sim = start();
    let path = "/api/v1/clusters";
    sim.replace(path, "{}");
    sim.replace("/api/v1/clusters?name=a&server=b", r#"{"items":[]}"#);
    assert_eq!(get(&sim, "/api/v1/clusters?name=x").json(), json!({}));
    assert_eq!(
        get(&sim, "/api/v1/clusters?server=b&name=a").json(),
        json!({"items": []})
    );
    sim.replace(path, r#"{"items":null}"#);
    assert_eq!(get(&sim, path).json(), json!({"items": null}));
}

#[test]
fn what_was_not_recorded_is_derived() {
    let sim = start();
    // Only the first of these three is recorded.
    for name in ["tenant-portal-acme", "tenant-portal-globex", "old-charts"] {
        for rest in [
            "",
            "/resource-tree",
            "/managed-resources",
            "/events",
            "/syncwindows",
        ] {
            let got = get(&sim, &format!("/api/v1/applications/{name}{rest}"));
            assert_eq!(got.status, 200, "{name}{rest}");
        }
    }
    // A node of the tree without recorded events has none; a stranger is refused.
    let tree = get(&sim, &format!("{APP}/resource-tree")).json();
    let node = tree["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|n| n["kind"] == "Service")
        .unwrap();
    let text = |key: &str| node[key].as_str().unwrap();
    let query = format!(
        "resourceName={}&resourceNamespace={}&resourceUID={}",
        text("name"),
        text("namespace"),
        text("uid")
    );
    let events = get(&sim, &format!("{APP}/events?{query}"));
    assert_eq!(
        (events.status, &events.json()["items"]),
        (200, &Value::Null)
    );
    assert_eq!(get(&sim, &format!("{APP}/events?{query}x")).status, 400);
    let live = get(
        &sim,
        &format!(
            "{APP}/resource?kind=Service&version=v1&namespace=guestbook&resourceName=guestbook"
        ),
    );
    assert!(
        live.json()["manifest"]
            .as_str()
            .unwrap()
            .contains("clusterIP")
    );
}

#[test]
fn identity_errors_are_the_same_on_each_route() {
    let sim = start();
    for rest in [
        "",
        "/resource-tree",
        "/managed-resources",
        "/events",
        "/manifests",
        "/syncwindows",
        "/logs",
    ] {
        for (name, query, status) in [
            ("nope", "", 403),
            ("nope", "project=storefront", 404),
            ("guestbook", "project=payments", 404),
            ("guestbook", "project=storefront", 200),
            (
                "guestbook",
                "appNamespace=kube-system&project=storefront",
                403,
            ),
            ("ab-testing", "", 403),
            ("ab-testing", "appNamespace=team-growth&project=growth", 200),
            ("guestbook", "project=a&project=b", 400),
        ] {
            let path = format!("/api/v1/applications/{name}{rest}?{query}");
            assert_eq!(get(&sim, &path).status, status, "{path}");
        }
    }
}
