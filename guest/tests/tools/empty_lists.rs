//! Lists that a filter empties: which filter it is, what was probably meant, and nothing else.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::replay::Replay;

fn app(name: &str, project: &str, repo: &str, image: &str, namespace: &str) -> Value {
    json!({"metadata": {"name": name, "namespace": "argocd"},
        "spec": {"project": project, "destination": {"name": "prod-eu", "namespace": namespace},
            "source": {"repoURL": format!("https://git.example.com/acme/{repo}.git"), "path": format!("apps/{name}"), "targetRevision": "release"}},
        "status": {"sync": {"status": "Synced"}, "health": {"status": "Healthy"}, "summary": {"images": [image]},
            "resources": [{"group": "apps", "kind": "Deployment", "namespace": namespace, "name": name}]}})
}

fn applications() -> [Value; 2] {
    [
        app(
            "checkout-api",
            "payments",
            "payments-deploy",
            "ghcr.io/acme/checkout:1.2",
            "checkout",
        ),
        app(
            "search",
            "catalog",
            "shop",
            "ghcr.io/acme/search:7",
            "search",
        ),
    ]
}

/// Argo CD with two applications, two ApplicationSets, two projects, two clusters and two
/// repositories, which filters by what Argo CD filters by.
fn fleet() -> Rc<Replay> {
    let known = |items: Value| json!({"items": items}).to_string().into_bytes();
    Replay::statuses(move |path, query| {
        let denied = (403, None);
        let missing = |what: &str| {
            let error = json!({"error": format!("{what} not found"), "code": 5, "message": format!("{what} not found")});
            (404, Some(error.to_string().into_bytes()))
        };
        let is = |key: &str, value: &str| query.get(key).is_none_or(|wanted| wanted == value);
        match path {
            "/api/version" => (
                200,
                Some(json!({"Version": "v3.5.1"}).to_string().into_bytes()),
            ),
            "/api/v1/applications" => {
                let fits = |app: &&Value| {
                    is("projects", app["spec"]["project"].as_str().unwrap())
                        && is("appNamespace", "argocd")
                        && !query.contains_key("selector")
                };
                (
                    200,
                    Some(known(applications().iter().filter(fits).cloned().collect())),
                )
            }
            "/api/v1/applicationsets" => {
                let set = |name: &str, project: &str| {
                    json!({"metadata": {"name": name, "namespace": "argocd"},
                    "spec": {"template": {"spec": {"project": project}}}})
                };
                let all = [
                    set("tenant-portals", "growth"),
                    set("promo-sites", "payments"),
                ];
                let fits = |set: &&Value| {
                    is(
                        "projects",
                        set["spec"]["template"]["spec"]["project"].as_str().unwrap(),
                    ) && is("appsetNamespace", "argocd")
                        && !query.contains_key("selector")
                };
                (200, Some(known(all.iter().filter(fits).cloned().collect())))
            }
            "/api/v1/projects" => (
                200,
                Some(known(
                    json!([{"metadata": {"name": "payments"}}, {"metadata": {"name": "catalog"}}]),
                )),
            ),
            "/api/v1/clusters" => (
                200,
                Some(known(json!([
                {"name": "prod-eu", "server": "https://eu.example.com", "info": {"connectionState": {"status": "Successful"}}},
                {"name": "prod-us", "server": "https://us.example.com", "info": {"connectionState": {"status": "Successful"}}}]))),
            ),
            "/api/v1/repositories" => (
                200,
                Some(known(json!([
                {"repo": "https://git.example.com/acme/payments-deploy.git", "connectionState": {"status": "Successful"}},
                {"repo": "https://git.example.com/acme/shop.git"}]))),
            ),
            path if path.starts_with("/api/v1/applicationsets/") => missing("applicationset"),
            path if path.starts_with("/api/v1/projects/") => missing("project"),
            _ => denied,
        }
    })
}

/// A tool, arguments one of which is misspelt, and the call that is proposed for them.
const MISSPELT: &[(&str, &str, &str)] = &[
    (
        "list_applications",
        r#"{"project": "paymnets"}"#,
        r#""project":"payments""#,
    ),
    (
        "list_applications",
        r#"{"app_namespace": "argcd"}"#,
        r#""app_namespace":"argocd""#,
    ),
    (
        "list_applications",
        r#"{"repo": "paymnets"}"#,
        r#""repo":"payments""#,
    ),
    (
        "list_applications",
        r#"{"repo": "https://git.example.com/acme/paymnets-deploy"}"#,
        r#""repo":"https://git.example.com/acme/payments-deploy.git""#,
    ),
    (
        "list_applications",
        r#"{"image": "chekout"}"#,
        r#""image":"checkout""#,
    ),
    (
        "list_applications",
        r#"{"namespace": "chekout"}"#,
        r#""namespace":"checkout""#,
    ),
    (
        "list_applications",
        r#"{"cluster": "prodeu"}"#,
        r#""cluster":"prod-eu""#,
    ),
    (
        "list_applications",
        r#"{"search": "chekout"}"#,
        r#""search":"checkout""#,
    ),
    (
        "list_applications",
        r#"{"project": "paymnets", "search": "chekout"}"#,
        r#""project":"payments","search":"checkout""#,
    ),
    (
        "list_applications",
        r#"{"project": "payments", "search": "chekout"}"#,
        r#""project":"payments","search":"checkout""#,
    ),
    (
        "find_applications",
        r#"{"image": "chekout"}"#,
        r#""image":"checkout""#,
    ),
    (
        "find_applications",
        r#"{"repo": "paymnets"}"#,
        r#""repo":"payments""#,
    ),
    (
        "find_applications",
        r#"{"path": "chekout-api"}"#,
        r#""path":"checkout-api""#,
    ),
    (
        "find_applications",
        r#"{"target_revision": "relaese"}"#,
        r#""target_revision":"release""#,
    ),
    (
        "find_applications",
        r#"{"cluster": "prodeu"}"#,
        r#""cluster":"prod-eu""#,
    ),
    (
        "find_applications",
        r#"{"namespace": "chekout"}"#,
        r#""namespace":"checkout""#,
    ),
    (
        "find_applications",
        r#"{"resource": "chekout-api"}"#,
        r#""resource":"checkout-api""#,
    ),
    (
        "find_applications",
        r#"{"kind": "deploymnt"}"#,
        r#""kind":"Deployment""#,
    ),
    (
        "find_applications",
        r#"{"image": "checkout", "project": "paymnets"}"#,
        r#""project":"payments""#,
    ),
    (
        "list_applicationsets",
        r#"{"project": "grwth"}"#,
        r#""project":"growth""#,
    ),
    (
        "list_applicationsets",
        r#"{"appset_namespace": "argcd"}"#,
        r#""appset_namespace":"argocd""#,
    ),
    (
        "list_projects",
        r#"{"name": "paymnets"}"#,
        r#""name":"payments""#,
    ),
    (
        "list_projects",
        r#"{"search": "paymnets"}"#,
        r#""search":"payments""#,
    ),
    (
        "list_clusters",
        r#"{"name": "prod-eo"}"#,
        r#""name":"prod-eu""#,
    ),
    (
        "list_clusters",
        r#"{"server": "exmaple"}"#,
        r#""server":"example""#,
    ),
    (
        "list_repositories",
        r#"{"search": "paymnets"}"#,
        r#""search":"payments""#,
    ),
    (
        "get_applicationset",
        r#"{"name": "tenant-portal"}"#,
        r#"get_applicationset {"name":"tenant-portals"}"#,
    ),
    (
        "get_project",
        r#"{"name": "paymnets"}"#,
        r#"get_project {"name":"payments"}"#,
    ),
];

#[test]
fn a_misspelt_filter_is_named_with_what_was_meant() {
    for (tool, arguments, near) in MISSPELT {
        let arguments: Value = serde_json::from_str(arguments).unwrap();
        let replay = fleet();
        let answer = replay.call(tool, arguments.clone());
        let text = answer.text();
        let context = format!("{tool} {arguments}: {text}");
        assert!(text.contains(near), "{context}");
        let said = text.lines().last().unwrap();
        assert!(said.starts_with("Next: did you mean "), "{context}");
        assert!(!text.contains("elector"), "{context}");
        for value in arguments.as_object().unwrap().values() {
            assert!(text.contains(value.as_str().unwrap()), "{context}");
        }
        assert!(replay.requests().len() <= 3, "{:?}", replay.requests());
        // The call that is proposed finds something, but for those that the list alone answers.
        let call = said.split_once("? ").unwrap().1;
        let (again, more) = call.split_once(' ').unwrap();
        if again.starts_with("list_") || again.starts_with("find_") {
            let answer = fleet().call(again, serde_json::from_str(more).unwrap());
            assert!(
                !answer.text().contains("did you mean"),
                "{context}\n{}",
                answer.text()
            );
        }
    }
}

/// A tool, arguments that fit nothing together, and what is said of each of them.
const APART: &[(&str, &str, &[&str])] = &[
    (
        "list_applications",
        r#"{"project": "payments", "search": "search"}"#,
        &[
            "0 of 1 application",
            "project payments fits 1",
            "search search fits 0",
        ],
    ),
    (
        "list_applications",
        r#"{"image": "checkout", "namespace": "search"}"#,
        &[
            "0 of 2 applications",
            "image checkout fits 1",
            "namespace search fits 1",
        ],
    ),
    (
        "list_applications",
        r#"{"health": "Degraded", "project": "payments"}"#,
        &["0 of 1 application", "health Degraded fits 0"],
    ),
    (
        "find_applications",
        r#"{"image": "checkout", "repo": "shop"}"#,
        &[
            "0 of 2 applications",
            "image checkout fits 1",
            "repo shop fits 1",
        ],
    ),
    (
        "find_applications",
        r#"{"kind": "StatefulSet"}"#,
        &["0 of 2 applications", "kind StatefulSet", "2 Deployment"],
    ),
    (
        "list_clusters",
        r#"{"name": "prod-eu", "failed_only": true}"#,
        &[
            "0 of 2 clusters",
            "name prod-eu fits 1",
            "failed_only true fits 0",
        ],
    ),
    (
        "list_repositories",
        r#"{"failed_only": true}"#,
        &["0 of 2 repositories: 0 Failed, 1 Unknown, 1 Successful"],
    ),
    (
        "list_applications",
        r#"{"selector": "team=shop"}"#,
        &[
            "0 of 2 applications",
            "The selector team=shop fits none; without it 2 would be listed.",
        ],
    ),
    (
        "list_applications",
        r#"{"selector": "team=shop", "search": "chekout"}"#,
        &[
            "0 of 2 applications",
            "a selector looks at the labels",
            "search chekout",
        ],
    ),
    (
        "list_applicationsets",
        r#"{"selector": "team=shop"}"#,
        &[
            "0 of 2 ApplicationSets",
            "The selector fits none; without it 2 would be listed.",
        ],
    ),
];

#[test]
fn filters_that_fit_only_apart_are_counted() {
    for (tool, arguments, parts) in APART {
        let arguments: Value = serde_json::from_str(arguments).unwrap();
        let answer = fleet().call(tool, arguments.clone());
        for part in *parts {
            assert!(
                answer.text().contains(part),
                "{part}: {tool} {arguments}: {}",
                answer.text()
            );
        }
        assert!(
            !answer.text().contains("did you mean") || arguments["search"] == "chekout",
            "{}",
            answer.text()
        );
    }
}

#[test]
fn a_filter_that_fits_is_not_explained() {
    for (tool, arguments, part) in [
        (
            "list_applications",
            json!({"project": "payments"}),
            "1 application",
        ),
        (
            "list_applications",
            json!({"image": "*checkout*"}),
            "1 of 2 applications match",
        ),
        (
            "find_applications",
            json!({"kind": "deploy"}),
            "2 of 2 applications match",
        ),
        (
            "list_repositories",
            json!({"search": "PAYMENTS"}),
            "1 of 2 repositories",
        ),
        (
            "list_applicationsets",
            json!({"project": "growth"}),
            "1 ApplicationSet: 0 with errors, 1 without, 1 of them without conditions yet",
        ),
    ] {
        let answer = fleet().call(tool, arguments.clone());
        let text = answer.text();
        assert!(text.starts_with(part), "{tool} {arguments}: {text}");
        for word in ["alone", "fits", "did you mean", "None of them"] {
            assert!(!text.contains(word), "{tool} {arguments}: {text}");
        }
    }
}

#[test]
fn arguments_that_would_change_nothing_are_refused_before_any_request() {
    let silent = Replay::changed(|path, _| panic!("{path} was asked"));
    for (tool, arguments) in [
        (
            "list_applications",
            json!({"group_by": "project", "sort": "name"}),
        ),
        (
            "list_applications",
            json!({"group_by": "project", "cursor": "x"}),
        ),
        (
            "get_project",
            json!({"name": "payments", "app_namespace": "team"}),
        ),
        (
            "get_application_managed_resources",
            json!({"name": "shop", "view": "live", "only": "all"}),
        ),
        (
            "get_application_events",
            json!({"name": "shop", "namespace": "home"}),
        ),
        (
            "get_application_logs",
            json!({"name": "shop", "invert": true}),
        ),
        ("find_applications", json!({"project": "payments"})),
    ] {
        let answer = silent.call(tool, arguments.clone());
        let context = format!("{tool} {arguments}: {}", answer.text());
        assert!(
            answer.is_error() && answer.text().contains("Next: "),
            "{context}"
        );
    }
}
