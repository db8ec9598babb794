#![allow(clippy::unwrap_used)]

use super::{
    super::{
        names::{PodName, Revision},
        selector::Selector,
    },
    *,
};

fn app() -> AppRef {
    AppRef::parse("team/web.v2", None, Some("payments")).unwrap()
}

fn bare() -> AppRef {
    AppRef::parse("web", None, None).unwrap()
}

/// Another constructor needs an operation of its own, for which the comparison with a genuine
/// server then asks.
#[test]
fn each_constructor_has_an_operation_of_its_own() {
    let source = include_str!("../get.rs");
    let mut built = Vec::new();
    for function in source.split("    pub fn ").skip(1) {
        let (head, body) = function.split_once(" {\n").unwrap();
        if head.ends_with("-> Get") {
            let operation = body.split("Operation::").nth(1).unwrap();
            built.push(operation.split([',', ')']).next().unwrap());
        }
    }
    let mut all: Vec<String> = Operation::GETS
        .iter()
        .map(|operation| format!("{operation:?}"))
        .collect();
    built.sort_unstable();
    all.sort_unstable();
    assert_eq!(built, all);
}

fn assert_paths(rows: &[(Get, String)]) {
    for (get, expected) in rows {
        assert_eq!(get.path_and_query(), expected, "{}", get.operation());
    }
}

#[test]
fn paths_of_an_application() {
    let positions = Rendering::Positions(vec![
        (1, Revision::parse("a").unwrap()),
        (3, Revision::parse("b").unwrap()),
    ]);
    let revision = Revision::parse("feature/a b&c").unwrap();
    let identity = "?appNamespace=team&project=payments";
    assert_paths(&[
        (
            Get::application(&bare()),
            "/api/v1/applications/web".to_owned(),
        ),
        (
            Get::application(&app()),
            format!("/api/v1/applications/web.v2{identity}"),
        ),
        (
            Get::resource_tree(&app()),
            format!("/api/v1/applications/web.v2/resource-tree{identity}"),
        ),
        (
            Get::events(&app()),
            format!("/api/v1/applications/web.v2/events{identity}"),
        ),
        (
            Get::manifests(&app(), &Rendering::Target),
            format!("/api/v1/applications/web.v2/manifests{identity}"),
        ),
        (
            Get::manifests(&bare(), &Rendering::Revision(revision)),
            "/api/v1/applications/web/manifests?revision=feature%2Fa%20b%26c".to_owned(),
        ),
        (
            Get::manifests(&bare(), &positions),
            "/api/v1/applications/web/manifests?revisions=a&sourcePositions=1&revisions=b&sourcePositions=3".to_owned(),
        ),
    ]);
}

#[test]
fn paths_of_logs() {
    let logs = LogQuery::new(LogSource::Pod(PodName::parse("web-1").unwrap()), 200);
    let below = LogQuery {
        previous: true,
        since_seconds: Some(60),
        ..LogQuery::new(
            LogSource::Below(
                Some(Group::parse("apps").unwrap()),
                Kind::parse("Deployment").unwrap(),
                ObjectName::parse("web").unwrap(),
            ),
            20,
        )
    };
    assert_paths(&[
        (
            Get::logs(&bare(), &logs),
            "/api/v1/applications/web/logs?podName=web-1&tailLines=200".to_owned(),
        ),
        (
            Get::logs(&bare(), &below),
            "/api/v1/applications/web/logs?group=apps&kind=Deployment&resourceName=web&previous=true&sinceSeconds=60&tailLines=20".to_owned(),
        ),
    ]);
}

#[test]
fn paths_of_objects_and_commits() {
    let object = Object {
        group: None,
        version: Some(ApiVersion::parse("v1").unwrap()),
        kind: Some(Kind::parse("Pod").unwrap()),
        namespace: Some(Namespace::parse("ns").unwrap()),
        name: Some(ObjectName::parse("web-1").unwrap()),
        uid: Some(Uid::parse("0-1").unwrap()),
    };
    let commit = Pinned::parse("3b7b90d").unwrap();
    let at = SourceAt {
        index: Some(1),
        history_id: Some(4),
    };
    assert_paths(&[
        (
            Get::resource(&bare(), &object),
            "/api/v1/applications/web/resource?namespace=ns&resourceName=web-1&version=v1&group=&kind=Pod".to_owned(),
        ),
        (
            Get::events_of(&bare(), &object),
            "/api/v1/applications/web/events?resourceNamespace=ns&resourceName=web-1&resourceUID=0-1".to_owned(),
        ),
        (
            Get::revision_metadata(&bare(), &commit, at),
            "/api/v1/applications/web/revisions/3b7b90d/metadata?sourceIndex=1&versionId=4".to_owned(),
        ),
    ]);
}

#[test]
fn paths_beside_applications() {
    let sync = Right {
        resource: "applications",
        action: "sync",
        in_projects: true,
    };
    let project = ProjectName::parse("payments").unwrap();
    assert_paths(&[
        (Get::version(), "/api/version".to_owned()),
        (
            Get::can_i(sync, None),
            "/api/v1/account/can-i/applications/sync/*/*".to_owned(),
        ),
        (
            Get::can_i(sync, Some(&project)),
            "/api/v1/account/can-i/applications/sync/payments/*".to_owned(),
        ),
        (
            Get::project(&project),
            "/api/v1/projects/payments".to_owned(),
        ),
        (Get::projects(), "/api/v1/projects".to_owned()),
        (Get::clusters(), "/api/v1/clusters".to_owned()),
        (Get::repositories(), "/api/v1/repositories".to_owned()),
    ]);
}

#[test]
fn the_list_sends_all_filters_and_fields_last() {
    let filter = ListFilter {
        projects: vec![
            ProjectName::parse("a").unwrap(),
            ProjectName::parse("b").unwrap(),
        ],
        selector: Some(Selector::parse("team in (x,y)").unwrap()),
        app_namespace: Some(Namespace::parse("team").unwrap()),
    };
    let get = Get::applications(&filter, &ListFields::for_version(None), &[]);
    let path = get.path_and_query();
    let head = "/api/v1/applications?projects=a&projects=b&selector=team%20in%20%28x%2Cy%29&appNamespace=team&fields=items.";
    assert!(path.starts_with(head), "{path}");
    let all = Get::applications(&ListFilter::default(), &ListFields::for_version(None), &[]);
    assert!(
        all.path_and_query()
            .starts_with("/api/v1/applications?fields=items.")
    );
}

#[test]
fn managed_resources_ask_for_both_comparisons_and_what_explains_them() {
    let path = Get::managed_resources(&bare()).path_and_query().to_owned();
    assert!(
        path.ends_with("%2Citems.normalizedLiveState%2Citems.predictedLiveState%2Citems.targetState%2Citems.liveState"),
        "{path}"
    );
    assert!(!path.contains("%20") && !path.contains("%0A"), "{path}");
}

#[test]
fn the_whole_log_is_never_asked_for() {
    for (asked, sent) in [(0, 1), (1, 1), (u32::MAX, limits::TAIL_LINES_MAX)] {
        let query = LogQuery {
            container: Some(ContainerName::parse("main").unwrap()),
            namespace: Some(Namespace::parse("shop").unwrap()),
            ..LogQuery::new(LogSource::Pod(PodName::parse("web-1").unwrap()), asked)
        };
        let get = Get::logs(&bare(), &query);
        let end = format!("/logs?podName=web-1&container=main&namespace=shop&tailLines={sent}");
        assert!(
            get.path_and_query().ends_with(&end),
            "{}",
            get.path_and_query()
        );
    }
}
