//! Legal answers of Argo CD that the recordings do not have: other shapes of the same things.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::replay::Replay;

const OWN: &str = "https://kubernetes.default.svc";

fn app(namespace: &str, name: &str, spec: Value, status: Value) -> Value {
    json!({"metadata": {"name": name, "namespace": namespace}, "spec": spec, "status": status})
}

fn bytes(value: &Value) -> Option<Vec<u8>> {
    Some(value.to_string().into_bytes())
}

fn listed(items: &[Value]) -> Rc<Replay> {
    Replay::with("/applications", json!({"items": items}))
}

/// Argo CD with these applications, which says 403 and 404 as the genuine one does.
fn fleet(apps: Vec<Value>) -> Rc<Replay> {
    Replay::answering(move |path, query| {
        if path == "/api/v1/applications" {
            return bytes(&json!({"items": apps}));
        }
        let name = path.strip_prefix("/api/v1/applications/")?;
        let space = query.get("appNamespace").map_or("argocd", String::as_str);
        let fits = |app: &&Value| {
            let of_project = query
                .get("project")
                .is_none_or(|project| app["spec"]["project"] == **project);
            app["metadata"]["name"] == name && app["metadata"]["namespace"] == space && of_project
        };
        bytes(apps.iter().find(fits)?)
    })
}

#[test]
fn an_application_is_found_wherever_it_is_and_however_it_is_spelt() {
    let of = |project: &str| json!({"project": project, "destination": {"server": OWN}});
    let apps = vec![
        app("argocd", "checkout-api", of("shop"), json!({})),
        app("team-a", "twin", of("a"), json!({})),
        app("team-b", "twin", of("b"), json!({})),
        app("team-c", "ledger-worker", of("c"), json!({})),
    ];
    for (arguments, parts) in [
        // Another project, in Argo CD's own namespace and in another one.
        (
            json!({"name": "checkout-api", "project": "wrong"}),
            vec!["called without project wrong", "project shop"],
        ),
        (
            json!({"name": "team-c/ledger-worker", "project": "wrong"}),
            vec!["called without project wrong", "project c"],
        ),
        (
            json!({"name": "ledger-worker", "app_namespace": "team-z"}),
            vec!["is in namespace team-c, not in team-z"],
        ),
        // Two of one name: both, each with its call.
        (
            json!({"name": "twin"}),
            vec![r#""app_namespace":"team-a""#, r#""app_namespace":"team-b""#],
        ),
        // Misspelt: the call names the namespace too, so it needs no second look-up.
        (
            json!({"name": "ledgr-workr"}),
            vec![
                "Did you mean ledger-worker?",
                r#""name":"team-c/ledger-worker""#,
            ],
        ),
        (
            json!({"name": "nothing-alike-at-all"}),
            vec![
                "nothing-alike-at-all is not among the 4",
                "list_applications",
            ],
        ),
    ] {
        let replay = fleet(apps.clone());
        let answer = replay.call("get_application", arguments.clone());
        for part in parts {
            assert!(
                answer.text().contains(part),
                "{arguments}: {}",
                answer.text()
            );
        }
        assert!(replay.requests().len() <= 3, "{:?}", replay.requests());
    }
}

#[test]
fn a_missing_right_is_not_taken_for_a_wrong_name() {
    let replay = Replay::answering(|path, _| match path {
        "/api/v1/applications" => {
            bytes(&json!({"items": [app("argocd", "web", json!({}), json!({}))]}))
        }
        _ => None,
    });
    let answer = replay.call("get_application", json!({"name": "argocd/web"}));
    assert!(
        answer.is_error() && answer.text().contains("exists"),
        "{}",
        answer.text()
    );
    let answer = replay.call("get_application", json!({"name": "web"}));
    assert!(
        answer.is_error() && answer.text().contains("argocd"),
        "{}",
        answer.text()
    );
}

#[test]
fn filters_by_cluster_name_the_cluster_and_nothing_else() {
    let to = |server: &str, name: &str, namespace: &str| {
        let destination = json!({"server": server, "name": name, "namespace": namespace});
        json!({"project": "p", "destination": destination})
    };
    let items = [
        app("argocd", "by-url", to(OWN, "", "payments"), json!({})),
        app("argocd", "by-name", to("", "in-cluster", "web"), json!({})),
        app(
            "argocd",
            "east",
            to("https://east.example.com", "", "in-cluster"),
            json!({}),
        ),
    ];
    for (arguments, want) in [
        (json!({"cluster": "payments"}), "0 of 3"),
        (json!({"cluster": "IN-CLUSTER"}), "2 of 3"),
        (json!({"cluster": OWN}), "2 of 3"),
        (json!({"cluster": "east"}), "1 of 3"),
        (json!({"search": "argocd/by"}), "2 of 3"),
        (
            json!({"cluster": "in-cluster", "namespace": "WEB", "health": "unknown", "sync": "unknown"}),
            "1 of 3",
        ),
    ] {
        let answer = listed(&items).call("list_applications", arguments.clone());
        assert!(
            answer.text().starts_with(want),
            "{arguments}: {}",
            answer.text()
        );
    }
}

#[test]
fn a_list_too_large_for_one_message_is_never_said_to_be_empty() {
    // Nothing but the version is answered with success: see `refusing`.
    for (projects, want) in [
        (json!(null), "sees no project"),
        (
            json!([{"metadata": {"name": "big"}}]),
            "project big: alone larger",
        ),
    ] {
        let answer = refusing(projects).call("list_applications", json!({}));
        let text = answer.text();
        assert!(!text.contains("0 applications"), "{text}");
        assert!(
            text.contains("No application could be read") && text.contains(want),
            "{text}"
        );
    }
    let one = refusing(json!([{"metadata": {"name": "big"}}]));
    let answer = one.call("list_applications", json!({"project": "big"}));
    assert!(
        answer.is_error() && answer.text().contains("selector"),
        "{}",
        answer.text()
    );
}

/// Argo CD whose list of applications is too large, whatever part of it is asked for.
fn refusing(projects: Value) -> Rc<Replay> {
    Replay::statuses(move |path, _| match path {
        "/api/v1/applications" => (
            429,
            bytes(
                &json!({"code": 8, "message": "grpc: trying to send message larger than max (218973300 vs. 209715200)"}),
            ),
        ),
        "/api/v1/projects" => (200, bytes(&json!({"items": projects}))),
        _ => (200, bytes(&json!({"Version": "v3.5.1"}))),
    })
}

#[test]
fn hydrated_sources_are_sources() {
    let spec = json!({
        "project": "p", "destination": {"server": OWN, "namespace": "web"},
        "sourceHydrator": {
            "drySource": {"repoURL": "https://git.example.com/dry.git", "targetRevision": "main", "path": "charts/web",
                "helm": {"parameters": [{"name": "image.tag", "value": "7"}]}},
            "syncSource": {"targetBranch": "env/prod", "path": "web"}, "hydrateTo": {"targetBranch": "env/prod-next"}},
    });
    let status = json!({
        "sync": {"status": "Synced", "revision": "0123456789abcdef0123456789abcdef01234567"}, "health": {"status": "Healthy"},
        "sourceHydrator": {"currentOperation": {"phase": "Failed", "message": "no chart", "drySHA": "89abcdef0123456789abcdef0123456789abcdef"}},
    });
    let one = app("argocd", "web", spec, status);
    let replay = Replay::with("/applications/web", one.clone());
    let text = replay
        .call("get_application", json!({"name": "web"}))
        .text()
        .to_owned();
    for part in [
        "Source: https://git.example.com/dry.git path charts/web, target main",
        "parameters: 1 key, values hidden: image.tag",
        "Hydrated into branch env/prod path web, through branch env/prod-next: Failed of 89abcde > no chart",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let values = replay.call(
        "get_application",
        json!({"name": "web", "include": "values"}),
    );
    assert!(values.text().contains("image.tag = 7"), "{}", values.text());
    let list = listed(std::slice::from_ref(&one));
    let text = list
        .call("list_applications", json!({"repo": "dry"}))
        .text()
        .to_owned();
    assert!(text.contains("main@0123456"), "{text}");
    let found = list.call("find_applications", json!({"path": "charts"}));
    assert!(
        found.text().starts_with("1 of 1 application"),
        "{}",
        found.text()
    );
}

#[test]
fn a_resource_is_found_in_its_own_namespace_worst_application_first() {
    let with = |name: &str, health: &str, namespace: &str| {
        let resources = json!([{"kind": "Deployment", "name": "api", "namespace": namespace}]);
        let status = json!({"health": {"status": health}, "sync": {"status": "Synced"}, "resources": resources});
        app(
            "argocd",
            name,
            json!({"project": "p", "destination": {"server": OWN, "namespace": "home"}}),
            status,
        )
    };
    let items = [
        with("a", "Healthy", "web"),
        with("b", "Degraded", "web"),
        with("c", "Degraded", "db"),
    ];
    let arguments = json!({"kind": "deployment", "resource": "API", "namespace": "web"});
    let answer = listed(&items).call("find_applications", arguments);
    let text = answer.text();
    assert!(text.starts_with("2 of 3 applications match"), "{text}");
    let place = |name: &str| text.find(&format!("\nargocd/{name} |"));
    assert!(place("b") < place("a") && place("b").is_some(), "{text}");
    assert!(text.contains("Deployment web/api"), "{text}");
}

#[test]
fn rows_of_a_list_may_lack_everything() {
    for items in [
        json!(null),
        json!([]),
        json!([{}, {"metadata": null, "spec": null, "status": null}]),
    ] {
        for (tool, arguments) in [
            ("list_applications", json!({})),
            ("find_applications", json!({"kind": "Pod"})),
            ("list_projects", json!({})),
            ("list_clusters", json!({})),
            ("list_repositories", json!({})),
            ("list_applicationsets", json!({})),
        ] {
            let body = json!({"metadata": {}, "items": items});
            let replay = Replay::changed(move |path, recorded| {
                if path.ends_with("/version") {
                    recorded
                } else {
                    body.to_string().into_bytes()
                }
            });
            let answer = replay.call(tool, arguments);
            assert!(!answer.is_error(), "{tool} {items}: {}", answer.text());
        }
    }
}

#[test]
fn counts_at_the_edges() {
    let items: Vec<Value> = (0..60)
        .map(|n| app("argocd", &format!("a-{n:02}"), json!({}), json!({})))
        .collect();
    for (limit, is_right) in [
        (json!(1), true),
        (json!("5"), true),
        (json!(null), true),
        (json!(500), true),
        (json!(5.0), true),
        (json!(0), false),
        (json!(-1), false),
        (json!(501), false),
        (json!(1e300), false),
        (json!(2.5), false),
        (json!([1]), false),
    ] {
        let answer = listed(&items).call("list_applications", json!({"limit": limit}));
        assert_eq!(!answer.is_error(), is_right, "{limit}: {}", answer.text());
    }
}

#[test]
fn names_in_order_are_visited_once_though_applications_come_and_go() {
    let items = |from: usize, to: usize| -> Vec<Value> {
        (from..to)
            .map(|n| app("argocd", &format!("a-{n:03}"), json!({}), json!({})))
            .collect()
    };
    let first =
        listed(&items(0, 100)).call("list_applications", json!({"sort": "name", "limit": 40}));
    let next = first.text().lines().last().unwrap().to_owned();
    let arguments: Value =
        serde_json::from_str(next.split_once("list_applications ").unwrap().1).unwrap();
    // The first twenty are gone, ten more have come.
    let second = listed(&items(20, 110)).call("list_applications", arguments);
    assert!(
        second.text().contains("\na-040 |") && !second.text().contains("\na-039 |"),
        "{}",
        second.text()
    );
}

#[test]
fn a_name_in_another_spelling_is_proposed() {
    for (tool, path, item) in [
        (
            "list_projects",
            "/projects",
            json!({"metadata": {"name": "team-finance"}}),
        ),
        (
            "list_clusters",
            "/clusters",
            json!({"name": "prod-eu", "server": "https://eu.example.com"}),
        ),
    ] {
        let replay = Replay::with(path, json!({"items": [item]}));
        let exact = item["metadata"]["name"]
            .as_str()
            .or(item["name"].as_str())
            .unwrap()
            .to_owned();
        let upper = replay.call(tool, json!({"name": exact.to_uppercase()}));
        assert!(upper.text().starts_with("1 of 1"), "{}", upper.text());
        let slip = replay.call(tool, json!({"name": exact.replace('e', "a")}));
        assert!(
            slip.text().contains(&format!("did you mean {exact}?")),
            "{}",
            slip.text()
        );
    }
}

#[test]
fn an_applicationset_says_how_many_it_made_and_claims_nothing_unseen() {
    let made: Vec<Value> = (0..100)
        .map(|n| json!({"kind": "Application", "name": format!("portal-of-a-tenant-with-a-long-name-{n:04}"),
            "namespace": "argocd-applications-of-tenants", "status": "Synced", "health": {"status": "Healthy"}}))
        .collect();
    let set = json!({"metadata": {"name": "portals", "namespace": "argocd"},
        "spec": {"generators": [{"clusters": {}}], "template": {"metadata": {"name": "x"}, "spec": {"project": "p"}}},
        "status": {"resources": made, "resourcesCount": 6_000}});
    let answer = Replay::with("/applicationsets/portals", set)
        .call("get_applicationset", json!({"name": "portals"}));
    let text = answer.text();
    assert!(
        text.contains("no conditions yet")
            && text.contains("6000 applications made; of the 100 that its status names, 0 not"),
        "{text}"
    );
    let shown = text
        .lines()
        .filter(|line| line.contains("/portal-of-a"))
        .count();
    assert!(
        text.contains(&format!("and {} more applications", 6_000 - shown)),
        "{text}"
    );
    assert_eq!(answer.structured()["truncated"], json!(true));
}

#[test]
fn objects_of_one_name_in_two_namespaces_are_compared_each() {
    let object = |namespace: &str, size: &str| {
        json!({"kind": "ConfigMap", "metadata": {"name": "settings", "namespace": namespace}, "data": {"size": size}})
            .to_string()
    };
    let gateway =
        json!({"kind": "Service", "metadata": {"name": "api-gateway", "namespace": "test"}})
            .to_string();
    let replay = Replay::answering(move |path, _| {
        match path.strip_prefix("/api/v1/applications/")? {
            "api/manifests" => bytes(
                &json!({"manifests": [object("test", "1"), object("monitoring", "1"), gateway]}),
            ),
            "api-prod/manifests" => {
                let gateway = gateway.replace("test", "prod");
                bytes(
                    &json!({"manifests": [object("prod", "1"), object("monitoring", "2"), gateway]}),
                )
            }
            name => {
                let namespace = if name == "api" { "test" } else { "prod" };
                let spec = json!({"destination": {"server": OWN, "namespace": namespace}});
                bytes(&app("argocd", name, spec, json!({})))
            }
        }
    });
    let answer = replay.call(
        "compare_applications",
        json!({"name": "api", "other": "api-prod"}),
    );
    let text = answer.text();
    assert!(
        text.contains("Rendered objects: 1 differ, 2 equal"),
        "{text}"
    );
    assert!(
        text.contains("ConfigMap monitoring/settings: 1 field changed"),
        "{text}"
    );
}

#[test]
fn commits_are_read_for_the_page_that_is_shown() {
    let sha = |n: usize| format!("{n:040x}");
    let history: Vec<Value> = (0..12)
        .map(|n| json!({"id": n, "revision": sha(n + 1)}))
        .collect();
    let one = app("argocd", "web", json!({}), json!({"history": history}));
    let replay = Replay::answering(move |path, _| {
        if path.contains("/revisions/") {
            bytes(&json!({"author": "Jo", "message": "subject"}))
        } else {
            bytes(&one).filter(|_| !path.ends_with("/manifests"))
        }
    });
    let first = replay.call("get_application_history", json!({"name": "web"}));
    let next = first.text().lines().last().unwrap().to_owned();
    let arguments: Value =
        serde_json::from_str(next.split_once("get_application_history ").unwrap().1).unwrap();
    let second = replay.call("get_application_history", arguments);
    assert!(
        second.text().contains("\nid 6: ") && !second.text().contains("\nid 7: "),
        "{}",
        second.text()
    );
    assert_eq!(
        second.text().matches("by Jo > subject").count(),
        5,
        "{}",
        second.text()
    );
}

fn window(kind: &str, schedule: &str, duration: &str, more: Value) -> Value {
    let mut window =
        json!({"kind": kind, "schedule": schedule, "duration": duration, "applications": ["*"]});
    window
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    window
}

#[test]
fn windows_that_hold_back_come_first_whatever_the_project_says_of_them() {
    // Now is 2026-11-22T21:15:00Z, a Sunday.
    let windows = json!([
        window("deny", "0 9 * * *", "1h", json!({})),
        window("allow", "0 3 * * *", "1.5h", json!({"manualSync": true})),
        window(
            "deny",
            "0 21 * * SUN",
            "2h",
            json!({"timeZone": "Mars/Base"})
        ),
        window(
            "deny",
            "0 21 * * SUN",
            "2h",
            json!({"timeZone": "Mars/Base"})
        ),
        window(
            "deny",
            "0 0 * * *",
            "24h",
            json!({"applications": [], "clusters": ["east"]})
        ),
        window(
            "deny",
            "0 0 * * *",
            "24h",
            json!({"andOperator": true, "namespaces": ["db"]})
        ),
        window("deny", "0 0 * * *", "24h", json!({"applications": null})),
    ]);
    let project = json!({"metadata": {"name": "default"}, "spec": {"syncWindows": windows}});
    let replay = Replay::answering(move |path, _| match path {
        "/api/v1/projects/default" => bytes(&project),
        "/api/v1/applications/web/syncwindows" => bytes(&json!({})),
        // No project: that is the default one. The destination is written as a URL.
        _ => bytes(&app(
            "argocd",
            "web",
            json!({"destination": {"server": "https://east.example.com", "namespace": "web"}}),
            json!({}),
        )),
    });
    let answer = replay.call("get_sync_windows", json!({"name": "web"}));
    let text = answer.text();
    let rows: Vec<&str> = text
        .lines()
        .filter(|line| line.contains(" | applies") || line.contains(" for "))
        .collect();
    assert_eq!(rows.len(), 4, "{text}");
    assert!(rows[0].starts_with("deny 0 21 * * SUN for 2h UTC (unknown time zone Mars/Base) | open, closes 2026-11-22T23:00:00Z"), "{text}");
    assert_eq!(rows[0], rows[1], "{text}");
    assert!(
        rows[2].starts_with("allow 0 3 * * * for 1.5h")
            && rows[2].contains("manual sync allowed outside it"),
        "{text}"
    );
    assert!(
        rows[3].contains("closed, opens 2026-11-23T09:00:00Z"),
        "{text}"
    );
    assert!(
        text.contains("Changes: automatic sync is allowed from 2026-11-23T03:00:00Z"),
        "{text}"
    );
}
