//! Every parameter of every tool is obeyed or refused: a value that fits nothing is an error, or an answer
//! that says that it fits nothing and what there is. Never is it left out in silence.

use argocd_guest::{answer::Answer, tools};
use serde_json::{Value, json};

use crate::replay::Replay;

/// Fits no name, no label, no word and no number.
const NOTHING: &str = "fits-nothing-here";

/// Parameters whose value Argo CD judges, which the recordings answer alike whatever it is.
const JUDGED_BY_ARGO_CD: [(&str, &str); 2] = [
    ("get_application_managed_resources", "project"),
    ("get_applicationset", "appset_namespace"),
];

/// Arguments with which the tool finds something.
fn arguments(tool: &str, has_application: bool) -> Value {
    match tool {
        "get_applicationset" => json!({"name": "tenant-portals"}),
        "get_project" => json!({"name": "payments"}),
        "compare_applications" => json!({"name": "checkout-api", "other": "orders-api"}),
        "get_resource" => {
            json!({"name": "checkout-api", "resource": "checkout-api", "kind": "Deployment"})
        }
        _ if has_application => json!({"name": "checkout-api"}),
        _ => json!({}),
    }
}

/// Whether the answer says that the value of `key` fits nothing, with what there is.
fn says_so(answer: &Answer, key: &str) -> bool {
    let text = answer.text();
    let what_there_is = [
        "may be ",
        "It has ",
        "Resources of these",
        "would be listed",
        "Next: ",
    ];
    let fits_nothing = [
        format!("None of them fits {key} {NOTHING}"),
        format!("The selector {NOTHING} matches none"),
        "The selector matches none".to_owned(),
        "matches the filter".to_owned(),
    ];
    fits_nothing
        .iter()
        .any(|words| text.contains(words.as_str()))
        && what_there_is.iter().any(|words| text.contains(words))
}

#[test]
fn each_is_obeyed_or_refused() {
    let replay = Replay::faithful();
    let mut checked = 0;
    for tool in tools::all() {
        let schema = tool.input_schema();
        let params = schema["properties"].as_object().unwrap();
        let has_application = params.contains_key("app_namespace") && params.contains_key("name");
        for (key, param) in params {
            if JUDGED_BY_ARGO_CD.contains(&(tool.name, key.as_str())) {
                continue;
            }
            let mut arguments = arguments(tool.name, has_application);
            arguments[key] = NOTHING.into();
            let answer = replay.call(tool.name, arguments.clone());
            assert!(
                answer.is_error() || says_so(&answer, key),
                "{} obeys no {key} and does not say so: {}",
                tool.name,
                answer.text()
            );
            // A number or a flag in words is refused with what it may be.
            if matches!(param["type"].as_str(), Some("integer" | "boolean")) {
                assert!(
                    answer.text().starts_with(&format!("{key} must be ")),
                    "{}",
                    answer.text()
                );
            }
            checked += 1;
        }
    }
    assert!(checked > 140, "{checked}");
}

#[test]
fn the_check_itself_can_fail() {
    let replay = Replay::faithful();
    let all = replay.call("list_projects", json!({}));
    assert!(!all.is_error() && !says_so(&all, "name"));
    let one = replay.call("list_projects", json!({"name": NOTHING}));
    assert!(
        says_so(&one, "name") && !says_so(&one, "search"),
        "{}",
        one.text()
    );
}

#[test]
fn a_project_that_does_not_exist_has_no_rights() {
    let replay = Replay::faithful();
    let answer = replay.call("get_server_info", json!({"project": "paymnets"}));
    assert!(answer.is_error(), "{}", answer.text());
    let proposed = r#"did you mean payments? get_server_info {"project":"payments"}"#;
    assert!(answer.text().contains(proposed), "{}", answer.text());
    let right = replay.call("get_server_info", json!({"project": "payments"}));
    assert!(
        right.text().contains("Rights in project payments:"),
        "{}",
        right.text()
    );
}

/// Argo CD whose logs answer 403 in these words, for an application that may be read.
fn refusing_logs(message: &'static str) -> std::rc::Rc<Replay> {
    Replay::statuses(move |path, _| {
        let error = json!({"error": {"grpc_code": 7, "http_code": 403, "message": message, "http_status": "Forbidden"}});
        if path.ends_with("/logs") {
            return (403, Some(error.to_string().into_bytes()));
        }
        let pod = json!({"kind": "Pod", "name": "web-1", "namespace": "web", "uid": "u", "version": "v1"});
        let body = match path {
            path if path.ends_with("/resource-tree") => json!({"nodes": [pod]}),
            "/api/v1/applications" => {
                json!({"items": [{"metadata": {"name": "web", "namespace": "argocd"}}]})
            }
            _ => return (403, None),
        };
        (200, Some(body.to_string().into_bytes()))
    })
}

#[test]
fn a_missing_right_to_logs_is_named() {
    let ask = json!({"name": "web", "pod": "web-1"});
    let told = refusing_logs("permission denied: logs, get, default/web, sub: ci, iat: 1");
    let answer = told.call("get_application_logs", ask.clone());
    let text = answer.text();
    assert!(answer.is_error() && text.contains("`logs, get`"), "{text}");
    assert!(!text.contains("does not exist"), "{text}");
    // Without the right's name it may as well be the application that is refused.
    let bare = refusing_logs("permission denied").call("get_application_logs", ask);
    assert!(bare.is_error(), "{}", bare.text());
}

/// Applications named `reporting` in these namespaces, all well.
fn namesakes(spaces: &'static [&'static str]) -> std::rc::Rc<Replay> {
    Replay::answering(move |path, _| {
        let app = |space: &str, name: &str| {
            json!({"metadata": {"name": name, "namespace": space}, "spec": {"project": "default"},
                "status": {"sync": {"status": "Synced"}, "health": {"status": "Healthy"}}})
        };
        let body = match path {
            "/api/v1/applications" => {
                let mut items: Vec<Value> =
                    spaces.iter().map(|space| app(space, "reporting")).collect();
                items.push(app("team-data", "reporting-jobs"));
                json!({"items": items})
            }
            "/api/v1/applications/reporting" => app("argocd", "reporting"),
            path if path.ends_with("/resource-tree") => json!({"nodes": []}),
            _ => json!({}),
        };
        Some(body.to_string().into_bytes())
    })
}

#[test]
fn a_bare_name_that_is_well_has_its_namesakes_told() {
    let text = |spaces, arguments: Value| {
        let answer = namesakes(spaces).call("diagnose_application", arguments);
        answer.text().to_owned()
    };
    let bare = json!({"name": "reporting"});
    let told = text(&["argocd", "team-data"], bare.clone());
    assert!(
        told.starts_with("Note: another application of this name is team-data/reporting.\n"),
        "{told}"
    );
    let several = text(&["argocd", "team-data", "team-x"], bare.clone());
    assert!(
        several.contains("are team-data/reporting, team-x/reporting."),
        "{several}"
    );
    for (spaces, arguments) in [
        (&["argocd"][..], bare),
        (
            &["argocd", "team-data"][..],
            json!({"name": "reporting", "app_namespace": "argocd"}),
        ),
    ] {
        let text = text(spaces, arguments);
        assert!(!text.contains("of this name"), "{text}");
    }
}

/// Argo CD whose source has one revision besides the target.
fn source_without(message: &'static str) -> std::rc::Rc<Replay> {
    Replay::statuses(move |path, query| {
        let error = json!({"error": message, "code": 2, "message": message}).to_string();
        let history = json!([{"id": 3, "revision": "a"}, {"id": 4, "revision": "b"}]);
        let body = match path {
            "/api/v1/applications/web" => {
                json!({"metadata": {"name": "web", "namespace": "argocd"},
                "spec": {"source": {"repoURL": "https://git.example.com/web.git"}},
                "status": {"sync": {"status": "Synced"}, "history": history}})
            }
            "/api/v1/applications/web/manifests" if query.contains_key("revision") => {
                return (500, Some(error.into_bytes()));
            }
            "/api/v1/applications/web/manifests" => json!({"manifests": []}),
            _ => return (403, None),
        };
        (200, Some(body.to_string().into_bytes()))
    })
}

#[test]
fn a_revision_that_does_not_exist_is_told_from_other_failures() {
    let unknown = "rpc error: code = Unknown desc = unable to resolve 'previos' to a commit SHA";
    let ask = json!({"name": "web", "against": "previos"});
    let answer = source_without(unknown).call("diff_application", ask.clone());
    let text = answer.text();
    assert!(answer.is_error(), "{text}");
    for part in [
        "The source has no such revision; get_application_history names",
        "against may be live, synced, previous, an id of the history (4, 3), or a revision of the source.",
        r#"did you mean previous? diff_application {"against":"previous","name":"web"}"#,
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let manifests = json!({"name": "web", "revision": "mian"});
    let answer = source_without(unknown).call("get_application_manifests", manifests);
    assert!(
        answer.text().contains("The source has no such revision"),
        "{}",
        answer.text()
    );
    let other = source_without("rpc error: code = Unknown desc = authentication required");
    let answer = other.call("diff_application", ask);
    assert!(
        !answer.text().contains("no such revision"),
        "{}",
        answer.text()
    );
}
