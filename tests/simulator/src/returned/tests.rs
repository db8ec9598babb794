//! Each rule with what it drops and what it leaves.

use super::*;

const LIST: &str = "/api/v1/applications";

fn application() -> Value {
    json!({
        "metadata": {"name": "web", "namespace": "argocd", "uid": "1", "labels": {"team": "a"}},
        "spec": {"project": "shop", "source": {"repoURL": "https://git.example.com/shop"}},
        "status": {
            "health": {"status": "Degraded"},
            "sync": {"status": "Synced", "revision": "abc"},
            "conditions": [{"type": "SyncError"}],
            "sourceHydrator": {"currentOperation": {}},
            "operationState": {"phase": "Failed", "message": "no", "syncResult": {"revision": "abc"}},
            "resources": [{"kind": "Pod", "health": {"status": "Degraded"}}],
        },
    })
}

/// The one application as `version` lists it with these `fields`.
fn shown(version: Version, fields: &str) -> Value {
    let document = json!({"metadata": {}, "items": [application()]});
    let path = format!("{LIST}?fields={fields}");
    returned(version, &path, document).unwrap()["items"][0].clone()
}

#[test]
fn a_path_that_the_list_does_not_know_is_dropped_in_silence() {
    for version in [
        Version(2, 8, 0),
        Version(3, 4, 7),
        Version(3, 5, 1),
        Version(3, 6, 1),
    ] {
        assert_eq!(
            shown(version, "items.metadata.name,items.status.health.status"),
            json!({"metadata": {"name": "web"}}),
            "{version:?}"
        );
        assert_eq!(
            shown(version, "items.status.health"),
            json!({"status": {"health": {"status": "Degraded"}}})
        );
        // Never in a list, whatever the version; the prefix is needed, and no space.
        for path in [
            "status.conditions",
            "metadata.uid",
            "status.operationState.message",
        ] {
            assert_eq!(
                shown(version, &format!("items.{path}")),
                json!({}),
                "{path}"
            );
        }
        assert_eq!(shown(version, "metadata.name"), json!({}));
        assert_eq!(
            shown(version, "items.metadata.uid,%20items.metadata.name"),
            json!({})
        );
    }
}

#[test]
fn the_paths_of_the_list_grew_with_the_versions() {
    let rows = [
        ("spec.project", Version(3, 5, 0)),
        ("spec.destination", Version(3, 5, 0)),
        ("spec.source", Version(3, 5, 0)),
        ("spec.sources", Version(3, 5, 0)),
        ("spec.sourceHydrator", Version(3, 5, 0)),
        ("spec.syncPolicy", Version(3, 5, 0)),
        ("status.sync.revision", Version(3, 5, 0)),
        ("status.sourceHydrator", Version(3, 2, 0)),
        ("status.sync.status", Version(2, 8, 0)),
        ("spec", Version(2, 8, 0)),
    ];
    let versions = [
        Version(2, 8, 0),
        Version(3, 1, 9),
        Version(3, 2, 0),
        Version(3, 4, 7),
        Version(3, 5, 0),
    ];
    for (path, since) in rows {
        for version in versions {
            let nothing = shown(version, &format!("items.{path}")) == json!({});
            assert_eq!(nothing, version < since, "{path} on {version:?}");
        }
    }
    let (whole_and_part, list) = (
        "items.spec,items.spec.project",
        |items| json!({"items": items}),
    );
    let ask = |version, items| {
        returned(
            version,
            &format!("{LIST}?fields={whole_and_part}"),
            list(items),
        )
    };
    assert_eq!(
        ask(Version(3, 5, 1), json!([application()])),
        Err(Refusal::Unwritable)
    );
    assert!(ask(Version(3, 4, 7), json!([application()])).is_ok());
    assert!(ask(Version(3, 5, 1), json!([])).is_ok());
}

#[test]
fn what_is_absent_comes_as_go_writes_it() {
    let bare = json!({"items": [{"metadata": {"name": "a"}}]});
    let fields =
        "items.spec.source,items.spec.sources,items.status.sync.revision,items.status.health";
    let shown = returned(Version(3, 5, 1), &format!("{LIST}?fields={fields}"), bare).unwrap();
    let expected = json!({
        "spec": {"source": null, "sources": null},
        "status": {"sync": {"revision": ""}, "health": {}},
    });
    assert_eq!(shown["items"][0], expected);
}

#[test]
fn lists_that_are_empty_are_null_and_trees_leave_them_out() {
    let version = Version(3, 5, 1);
    let empty = json!({"metadata": {"resourceVersion": "1"}, "items": []});
    for path in [
        "applications",
        "applications?fields=items.metadata.name",
        "projects",
        "clusters",
        "repositories",
        "applicationsets",
        "applications/web/events",
    ] {
        let shown = returned(version, &format!("/api/v1/{path}"), empty.clone()).unwrap();
        assert_eq!(shown["items"], Value::Null, "{path}");
    }
    for (path, document) in [
        ("managed-resources", json!({"items": []})),
        (
            "managed-resources?name=nope",
            json!({"items": [{"name": "web"}]}),
        ),
        ("resource-tree", json!({"nodes": [], "orphanedNodes": []})),
    ] {
        let path = format!("{LIST}/web/{path}");
        assert_eq!(returned(version, &path, document), Ok(json!({})), "{path}");
    }
}

#[test]
fn lists_are_filtered_by_what_each_obeys() {
    let version = Version(3, 5, 1);
    let count = |path: &str, row: &Value| {
        let shown = returned(
            version,
            &format!("/api/v1/{path}"),
            json!({"items": [row, row]}),
        );
        shown.unwrap()["items"].as_array().map_or(0, Vec::len)
    };
    let application = application();
    let set = json!({"metadata": {"name": "s", "namespace": "argocd"}, "spec": {"template": {"spec": {"project": "shop"}}}});
    let cluster = json!({"name": "prod", "server": "https://prod"});
    let named = json!({"metadata": {"name": "n"}, "repo": "r"});
    for (path, row, expected) in [
        ("applications?projects=shop", &application, 2),
        ("applications?projects=other", &application, 0),
        ("applications?name=web", &application, 1),
        ("applications?appNamespace=team", &application, 0),
        (
            "applications?repo=https%3A%2F%2Fgit.example.com%2Fshop",
            &application,
            2,
        ),
        ("applications?repo=shop", &application, 0),
        ("applications?selector=team%3Db", &application, 0),
        ("applications?limit=1", &application, 2),
        ("applicationsets?projects=shop", &set, 2),
        ("applicationsets?projects=other", &set, 0),
        ("applicationsets?appsetNamespace=team", &set, 0),
        ("clusters?name=other", &cluster, 0),
        ("clusters?server=https%3A%2F%2Fprod", &cluster, 2),
        // These two ignore what would choose a row.
        ("projects?name=other", &named, 2),
        ("repositories?repo=other", &named, 2),
    ] {
        assert_eq!(count(path, row), expected, "{path}");
    }
    let broken = returned(
        version,
        &format!("{LIST}?selector=a+in+%28"),
        json!({"items": []}),
    );
    assert!(matches!(broken, Err(Refusal::Selector(_))), "{broken:?}");
}

#[test]
fn health_of_resources_left_the_list_with_3_0() {
    let shown = |version| {
        let path = format!("{LIST}?fields=items.status.resources");
        returned(version, &path, json!({"items": [application()]})).unwrap()
    };
    let pointer = "/items/0/status/resources/0/health";
    assert_eq!(shown(Version(3, 0, 0)).pointer(pointer), None);
    assert!(shown(Version(2, 14, 0)).pointer(pointer).is_some());
}

#[test]
fn managed_resources_and_projects_take_any_path_and_other_lists_none() {
    let version = Version(3, 5, 1);
    let managed =
        json!({"items": [{"kind": "Pod", "name": "a", "liveState": "{}", "targetState": "{}"}]});
    let path = format!("{LIST}/web/managed-resources?fields=items.kind,items.liveState");
    assert_eq!(
        returned(version, &path, managed),
        Ok(json!({"items": [{"kind": "Pod", "liveState": "{}"}]}))
    );
    let list = json!({"items": [{"metadata": {"name": "a"}, "spec": {}}]});
    let path = "/api/v1/projects?fields=items.metadata.name";
    assert_eq!(
        returned(version, path, list.clone()),
        Ok(json!({"items": [{"metadata": {"name": "a"}}]}))
    );
    for kind in ["applicationsets", "clusters", "repositories"] {
        let path = format!("/api/v1/{kind}?fields=items.metadata.name");
        assert_eq!(returned(version, &path, list.clone()), Ok(list.clone()));
    }
}
