#![allow(clippy::unwrap_used)]

use super::*;

fn judge(target: &str) -> Result<&'static str, String> {
    let (path, query) = target
        .split_once('?')
        .map_or((target, None), |(path, query)| (path, Some(query)));
    find(path, query)
        .map(|(route, _)| route.template)
        .map_err(|denial| denial.reason)
}

#[test]
fn listed_requests_find_their_route() {
    let rows = [
        ("/api/version", "/api/version"),
        ("/api/v1/applications", "/api/v1/applications"),
        (
            "/api/v1/applications?projects=a&projects=b&selector=x%3Dy",
            "/api/v1/applications",
        ),
        (
            "/api/v1/applications?name=web&fields=items.metadata.name,items.spec",
            "/api/v1/applications",
        ),
        ("/api/v1/applications/web.v2", "/api/v1/applications/{name}"),
        (
            "/api/v1/applications/web?appNamespace=team&project=p",
            "/api/v1/applications/{name}",
        ),
        (
            "/api/v1/applications/w/resource-tree",
            "/api/v1/applications/{name}/resource-tree",
        ),
        (
            "/api/v1/applications/w/managed-resources?fields=items.kind",
            "/api/v1/applications/{name}/managed-resources",
        ),
        (
            "/api/v1/applications/w/events",
            "/api/v1/applications/{name}/events",
        ),
        (
            "/api/v1/applications/w/manifests?revision=feature%2Fa%20b",
            "/api/v1/applications/{name}/manifests",
        ),
        (
            "/api/v1/applications/w/logs?podName=w-1&tailLines=200",
            "/api/v1/applications/{name}/logs",
        ),
        ("/api/v1/projects", "/api/v1/projects"),
        ("/api/v1/clusters", "/api/v1/clusters"),
        ("/api/v1/repositories", "/api/v1/repositories"),
    ];
    for (target, template) in rows {
        assert_eq!(judge(target), Ok(template), "{target}");
    }
}

#[test]
fn what_writes_by_get_does_not_exist() {
    let none = "there is no route for this path";
    let rows = [
        (
            "/api/v1/applications?refresh=hard",
            "refresh is not allowed on this route",
        ),
        (
            "/api/v1/applications/web?refresh=normal",
            "refresh is not allowed on this route",
        ),
        (
            "/api/v1/applications/web?hydrate=normal",
            "hydrate is not allowed on this route",
        ),
        (
            "/api/v1/applications/web/manifests?noCache=true",
            "noCache is not allowed on this route",
        ),
        (
            "/api/v1/repositories?forceRefresh=true",
            "forceRefresh is not allowed on this route",
        ),
        (
            "/api/v1/applications/w/logs?tailLines=1&follow=true",
            "follow is not allowed on this route",
        ),
        (
            "/api/v1/applications/web?Refresh=hard",
            "Refresh is not allowed on this route",
        ),
        ("/api/v1/applications/web/sync", none),
        ("/api/v1/applications/web/rollback", none),
        ("/api/v1/applications/web/server-side-diff", none),
        ("/api/v1/applications/web/pods/p/logs", none),
        ("/api/v1/session", none),
        ("/api/v1/projects/p/detailed", none),
        ("/api/v1/repocreds", none),
        ("/api/v1/account", none),
        ("/api/v1/settings/plugins", none),
        ("/api/v1/stream/applications", none),
        ("/api/dex/auth", none),
        ("/api/webhook", none),
        ("/api/badge", none),
        ("/auth/logout", none),
        ("/terminal", none),
        ("/extensions/x", none),
        ("/download/argocd-linux-amd64", none),
        ("/swagger.json", none),
        ("/metrics", none),
        ("/healthz", none),
        ("/API/version", none),
        ("/api", none),
        ("/applications", none),
    ];
    for (target, reason) in rows {
        assert_eq!(judge(target), Err(reason.to_owned()), "{target}");
    }
}

#[test]
fn values_have_types() {
    let logs = "/api/v1/applications/w/logs";
    let typed = |key: &str| Err(format!("{key} has a value of the wrong type"));
    let rows = [
        (
            format!("{logs}?podName=w"),
            Err("tailLines is missing".to_owned()),
        ),
        (logs.to_owned(), Err("tailLines is missing".to_owned())),
        (
            format!("{logs}?tailLines=1&tailLines=1"),
            Err("tailLines is repeated".to_owned()),
        ),
        (format!("{logs}?tailLines=0"), typed("tailLines")),
        (format!("{logs}?tailLines=-1"), typed("tailLines")),
        (format!("{logs}?tailLines=01"), typed("tailLines")),
        (format!("{logs}?tailLines=10001"), typed("tailLines")),
        (
            format!("{logs}?tailLines=99999999999999999999999"),
            typed("tailLines"),
        ),
        (format!("{logs}?tailLines=1e3"), typed("tailLines")),
        (format!("{logs}?tailLines="), typed("tailLines")),
        (format!("{logs}?tailLines=1&podName=../x"), typed("podName")),
        (format!("{logs}?tailLines=1&podName=A"), typed("podName")),
        (format!("{logs}?tailLines=1&namespace="), typed("namespace")),
        (
            "/api/v1/applications?fields=-items.spec".to_owned(),
            typed("fields"),
        ),
        (
            "/api/v1/applications?fields=items.spec%20".to_owned(),
            typed("fields"),
        ),
        (
            "/api/v1/applications?selector=".to_owned(),
            typed("selector"),
        ),
        (
            "/api/v1/applications?name=a&name=b".to_owned(),
            Err("name is repeated".to_owned()),
        ),
        (
            "/api/v1/applications/w?project=a&project=b".to_owned(),
            Err("project is repeated".to_owned()),
        ),
        (
            "/api/version?a=b".to_owned(),
            Err("a is not allowed on this route".to_owned()),
        ),
        (
            format!("{logs}?tailLines=10000"),
            Ok("/api/v1/applications/{name}/logs"),
        ),
    ];
    for (target, expected) in rows {
        assert_eq!(judge(&target), expected, "{target}");
    }
}

#[test]
fn a_name_in_a_path_is_a_kubernetes_name() {
    for name in [
        "-a",
        "a-",
        ".a",
        "a.",
        "a..b",
        "A",
        "a_b",
        "a~b",
        "",
        &"a".repeat(254),
    ] {
        assert!(
            judge(&format!("/api/v1/applications/{name}")).is_err(),
            "{name}"
        );
    }
}

#[test]
fn objects_revisions_and_rights_are_typed() {
    let app = "/api/v1/applications/web";
    for (target, allowed) in [
        (
            "/resource?namespace=&resourceName=system%3Anode&version=v1&group=&kind=ClusterRole",
            true,
        ),
        (
            "/resource?namespace=a%2Fb&resourceName=x&version=v1&group=&kind=Pod",
            false,
        ),
        ("/resource?resourceName=x&resourceName=y", false),
        (
            "/events?resourceNamespace=ns&resourceName=web-1&resourceUID=0a-1",
            true,
        ),
        (
            "/revisions/3b7b90d/metadata?sourceIndex=0&versionId=3",
            true,
        ),
        ("/revisions/3b7b90d/metadata?sourceIndex=-1", false),
        ("/revisions/1.2.3-rc.1/chartdetails", true),
        ("/revisions/-x/metadata", false),
        ("/revisions/a*/metadata", false),
        (
            "/manifests?revisions=a&sourcePositions=1&revisions=b&sourcePositions=2",
            true,
        ),
        ("/manifests?revisions=a&sourcePositions=0", false),
        (
            "/logs?group=apps&kind=Deployment&resourceName=web&previous=true&sinceSeconds=60&filter=%21x&tailLines=20",
            true,
        ),
        (
            "/logs?group=apps&kind=Deployment&resourceName=web&follow=true&tailLines=20",
            false,
        ),
        (
            "/managed-resources?kind=Deployment&name=web&fields=items.kind",
            true,
        ),
        ("/managed-resources?refresh=hard", false),
    ] {
        assert_eq!(
            judge(&format!("{app}{target}")).is_ok(),
            allowed,
            "{target}"
        );
    }
    for (path, allowed) in [
        ("/api/v1/account/can-i/applications/get/*/*", true),
        ("/api/v1/account/can-i/clusters/get/*", true),
        ("/api/v1/account/can-i/applications/get/payments/*", true),
        ("/api/v1/account/can-i/applications/get/**/*", false),
        ("/api/v1/account", false),
        ("/api/v1/session/userinfo", true),
        ("/api/v1/session", false),
        ("/api/v1/projects/finance", true),
        ("/api/v1/projects/finance/detailed", false),
        (
            "/api/v1/applicationsets/tenants?appsetNamespace=argocd",
            true,
        ),
        ("/api/v1/applicationsets/generate", true),
        ("/api/v1/applications/*", false),
    ] {
        assert_eq!(judge(path).is_ok(), allowed, "{path}");
    }
}

#[test]
fn the_table_has_no_key_that_writes_and_an_owner_for_each_route() {
    for route in ROUTES {
        assert!(!route.owners.is_empty(), "{}", route.template);
        for Key(key, ..) in route.keys {
            let writes = [
                "refresh",
                "hydrate",
                "forceRefresh",
                "hard",
                "noCache",
                "follow",
            ];
            assert!(!writes.contains(key), "{} {key}", route.template);
        }
        assert_eq!(
            ROUTES
                .iter()
                .filter(|other| other.template == route.template)
                .count(),
            1
        );
    }
}
