#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::{Application, Destination, Project, rulings};

fn refusals(project: Value, app: Value) -> Vec<String> {
    let project: Project = serde_json::from_value(project).unwrap();
    let app: Application = serde_json::from_value(app).unwrap();
    let target = Destination {
        server: app.spec.destination.server.clone(),
        name: app.spec.destination.name.clone(),
        namespace: app.spec.destination.namespace.clone(),
    };
    let all = rulings(&project, &app, &target);
    all.into_iter()
        .filter_map(|ruling| Some(format!("{}: {}", ruling.about, ruling.refused?)))
        .collect()
}

fn project(spec: Value) -> Value {
    json!({"metadata": {"name": "p", "namespace": "argocd"}, "spec": spec})
}

fn app(repo: &str, server: &str, namespace: &str, resources: Value) -> Value {
    json!({
        "metadata": {"name": "a", "namespace": "argocd"},
        "spec": {"source": {"repoURL": repo}, "destination": {"server": server, "namespace": namespace}},
        "status": {"resources": resources},
    })
}

const REPO: &str = "https://git.example.com/team/app.git";
const CLUSTER: &str = "https://east.example.com";

#[test]
fn sources() {
    for (repos, want) in [
        (json!(["*"]), None),
        (json!(["https://git.example.com/**"]), None),
        (json!(["https://GIT.example.com/team/app"]), None),
        (
            json!(["https://git.example.com/*"]),
            Some("no sourceRepos pattern"),
        ),
        (json!(["!https://git.example.com/other/**"]), None),
        (
            json!(["*", "!https://git.example.com/team/**"]),
            Some("denied by !https"),
        ),
        (json!([]), Some("no sourceRepos pattern")),
    ] {
        let spec =
            json!({"sourceRepos": repos, "destinations": [{"server": "*", "namespace": "*"}]});
        let found = refusals(project(spec), app(REPO, CLUSTER, "web", json!([])));
        assert_eq!(
            found.len(),
            usize::from(want.is_some()),
            "{repos} {found:?}"
        );
        assert!(
            want.is_none_or(|want| found[0].contains(want)),
            "{repos} {found:?}"
        );
    }
}

#[test]
fn destinations() {
    for (destinations, want) in [
        (json!([{"server": "*", "namespace": "*"}]), None),
        (json!([{"server": CLUSTER, "namespace": "we*"}]), None),
        (
            json!([{"server": CLUSTER, "namespace": "db"}, {"server": "https://west.example.com", "namespace": "web"}]),
            Some("no destinations entry"),
        ),
        (
            json!([{"name": "east", "namespace": "web"}]),
            Some("no destinations entry"),
        ),
        (
            json!([{"server": "*", "namespace": "*"}, {"server": "*", "namespace": "!web"}]),
            Some("denied by"),
        ),
        (
            json!([{"server": "*", "namespace": "*"}, {"server": "!https://east*", "namespace": "*"}]),
            Some("denied by"),
        ),
        (json!([]), Some("no destinations entry")),
    ] {
        let spec = json!({"sourceRepos": ["*"], "destinations": destinations});
        let found = refusals(project(spec), app(REPO, CLUSTER, "web", json!([])));
        assert_eq!(
            found.len(),
            usize::from(want.is_some()),
            "{destinations} {found:?}"
        );
        assert!(
            want.is_none_or(|want| found[0].contains(want)),
            "{destinations} {found:?}"
        );
    }
}

#[test]
fn kinds_namespaces_and_home() {
    let resources = json!([
        {"kind": "Deployment", "group": "apps", "namespace": "web", "name": "a"},
        {"kind": "ResourceQuota", "namespace": "web", "name": "q"},
        {"kind": "Service", "namespace": "db", "name": "s"},
        {"kind": "ClusterRole", "group": "rbac.authorization.k8s.io", "name": "r"},
        {"kind": "Namespace", "name": "web"},
    ]);
    let spec = json!({
        "sourceRepos": ["*"],
        "destinations": [{"server": "*", "namespace": "web"}],
        "clusterResourceWhitelist": [{"group": "", "kind": "Namespace"}],
        "namespaceResourceBlacklist": [{"group": "", "kind": "ResourceQuota"}],
    });
    let mut other = app(REPO, CLUSTER, "web", resources.clone());
    other["metadata"]["namespace"] = json!("team-a");
    assert_eq!(
        refusals(project(spec), other),
        [
            "Application in namespace team-a: no sourceNamespaces pattern of the project matches; only argocd needs none",
            "namespace db (of Service s): no destinations entry matches both cluster and namespace",
            "kind ResourceQuota (q): denied by ResourceQuota",
            "kind ClusterRole (r): not among the allowed cluster-scoped kinds",
        ]
    );
    let by_name = json!({
        "sourceRepos": ["*"], "sourceNamespaces": ["/^team-/"],
        "destinations": [{"server": "*", "namespace": "*"}],
        "clusterResourceWhitelist": [{"group": "", "kind": "Namespace", "name": "web-*"}],
    });
    let spaces =
        json!([{"kind": "Namespace", "name": "web-1"}, {"kind": "Namespace", "name": "db"}]);
    let mut other = app(REPO, CLUSTER, "web", spaces);
    other["metadata"]["namespace"] = json!("team-a");
    let found = refusals(project(by_name), other);
    assert!(
        found.len() == 2 && found[0].contains("regular expression /^team-/"),
        "{found:?}"
    );
    assert_eq!(
        found[1],
        "kind Namespace (db): not among the allowed cluster-scoped kinds"
    );
    let spec = json!({
        "sourceRepos": ["*"],
        "destinations": [{"server": "*", "namespace": "*"}],
        "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
        "clusterResourceBlacklist": [{"group": "rbac.*", "kind": "*"}],
        "namespaceResourceWhitelist": [{"group": "apps", "kind": "*"}, {"group": "", "kind": "Service"}],
    });
    assert_eq!(
        refusals(project(spec), app(REPO, CLUSTER, "web", resources)),
        [
            "kind ResourceQuota (q): not among the allowed namespaced kinds",
            "kind ClusterRole (r): denied by rbac.*/*",
        ]
    );
}
