//! The applications list beyond what was recorded.

use std::collections::BTreeMap;

use serde_json::Value;

use super::start;
use crate::Simulator;
use crate::server::test_client::{Client, Got, get};

const LIST: &str = "/api/v1/applications";

fn items(got: &Got) -> Vec<Value> {
    assert_eq!(got.status, 200, "{}", got.text());
    got.json()["items"].as_array().cloned().unwrap_or_default()
}

fn text<'a>(app: &'a Value, pointer: &str) -> &'a str {
    app.pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

#[test]
fn fields_follow_the_version() {
    let slim = format!("{LIST}?fields=items.metadata.name,items.spec.project");
    let trap = format!("{LIST}?fields=items.spec,items.spec.project");
    let new = start();
    assert_eq!(
        text(&items(&get(&new, &slim))[0], "/spec/project"),
        "growth"
    );
    let got = get(&new, &trap);
    assert_eq!(
        (got.status, got.text().as_str()),
        (500, r#"{"error": "failed to marshal error message"}"#)
    );

    let old = Simulator::builder().version("v3.4.7").start().unwrap();
    assert_eq!(get(&old, "/api/version").json()["Version"], "v3.4.7");
    assert_eq!(items(&get(&old, &slim))[0].get("spec"), None);
    assert_eq!(
        text(&items(&get(&old, &trap))[0], "/spec/project"),
        "growth"
    );
}

#[test]
fn filters_combine() {
    let sim = start();
    let count = |query: &str| items(&get(&sim, &format!("{LIST}?{query}"))).len();
    let payments = count("projects=payments");
    assert!(payments > 0);
    assert_eq!(count("projects=payments&projects=finance"), payments + 1);
    assert_eq!(count("projects=payments&selector=team%3Dfinance"), 0);
    assert_eq!(count("appNamespace=team-growth"), 1);
    assert_eq!(count("limit=1"), count(""));
    assert_eq!(
        get(&sim, &format!("{LIST}?projects=nope")).json()["items"],
        Value::Null
    );
}

#[test]
fn weak_accounts_see_their_project_in_any_query() {
    let sim = start();
    let path = format!("{LIST}?selector=team");
    let got = Client::connect(&sim).get(&path, &sim.token_of("viewer"));
    let projects: Vec<_> = items(&got)
        .iter()
        .map(|app| text(app, "/spec/project").to_owned())
        .collect();
    assert!(!projects.is_empty() && projects.iter().all(|project| project == "storefront"));
}

#[test]
fn generated_applications_are_what_the_counts_say() {
    let sim = Simulator::builder().generated(1_000).start().unwrap();
    let expected = sim.generated_counts();
    let path = format!(
        "{LIST}?fields=items.metadata.name,items.metadata.namespace,items.metadata.labels,items.spec,items.status.sync.status,items.status.health"
    );
    let got = get(&sim, &path);
    let apps = items(&got);
    let tally = |pointer: &str| {
        let mut counts = BTreeMap::new();
        for app in &apps {
            *counts.entry(text(app, pointer).to_owned()).or_insert(0) += 1;
        }
        counts
    };
    assert_eq!(apps.len(), expected.total);
    assert_eq!(tally("/status/health/status"), expected.health);
    assert_eq!(tally("/status/sync/status"), expected.sync);
    assert_eq!(tally("/spec/project"), expected.projects);
    assert_eq!(tally("/metadata/namespace"), expected.namespaces);
    assert_eq!(tally("/metadata/labels/team"), expected.teams);
    let per_application = got.body.len() / apps.len();
    assert!(
        (3_000..3_900).contains(&per_application),
        "{per_application}"
    );
    assert_eq!(
        get(
            &Simulator::builder().generated(1_000).start().unwrap(),
            &path
        )
        .body,
        got.body
    );
}

#[test]
fn namesakes_change_places_and_nothing_else_does() {
    let sim = Simulator::builder()
        .generated(60)
        .keep_recorded()
        .start()
        .unwrap();
    let path = format!("{LIST}?fields=items.metadata.name,items.metadata.namespace");
    let order = || -> Vec<(String, String)> {
        let apps = items(&get(&sim, &path));
        apps.iter()
            .map(|app| {
                (
                    text(app, "/metadata/name").to_owned(),
                    text(app, "/metadata/namespace").to_owned(),
                )
            })
            .collect()
    };
    let (first, second) = (order(), order());
    assert_ne!(first, second);
    let names = |list: &[(String, String)]| {
        list.iter()
            .map(|(name, _)| name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&first), names(&second));
    assert!(names(&first).is_sorted());
    assert!(names(&first).contains(&"guestbook".to_owned()));
}

#[test]
fn a_generated_application_answers_every_route() {
    let sim = Simulator::builder().generated(10).start().unwrap();
    let name = "service-00003-dev";
    let app = get(&sim, &format!("{LIST}/{name}")).json();
    assert_eq!(text(&app, "/status/sync/status"), "OutOfSync");
    let managed = get(
        &sim,
        &format!("{LIST}/{name}/managed-resources?kind=Deployment"),
    )
    .json();
    assert_eq!(managed["items"].as_array().unwrap().len(), 1);
    assert_ne!(
        managed["items"][0]["normalizedLiveState"],
        managed["items"][0]["predictedLiveState"]
    );
    let tree = get(&sim, &format!("{LIST}/{name}/resource-tree")).json();
    assert_eq!(
        text(&tree, "/nodes/1/health/status"),
        text(&app, "/status/health/status")
    );
    let revision = text(&app, "/status/sync/revision");
    for rest in [
        "events",
        "syncwindows",
        "manifests",
        "logs",
        &format!("revisions/{revision}/metadata"),
    ] {
        assert_eq!(
            get(&sim, &format!("{LIST}/{name}/{rest}")).status,
            200,
            "{rest}"
        );
    }
    assert_eq!(get(&sim, &format!("{LIST}/guestbook")).status, 403);
    assert_eq!(
        get(
            &sim,
            &format!("{LIST}/service-00000-dev?appNamespace=team-growth")
        )
        .status,
        200
    );
}

#[test]
fn the_message_limit_counts_what_fields_leave_out() {
    let sim = Simulator::builder()
        .generated(5_000)
        .application_weight(43_800)
        .start()
        .unwrap();
    let got = get(&sim, &format!("{LIST}?fields=items.metadata.name"));
    assert_eq!((got.status, got.json()["code"].as_u64()), (429, Some(8)));
    assert!(
        got.text()
            .contains("trying to send message larger than max (219000000 vs. 209715200)")
    );
    let part = get(
        &sim,
        &format!("{LIST}?fields=items.metadata.name&projects=payments"),
    );
    assert_eq!(
        items(&part).len(),
        sim.generated_counts().projects["payments"]
    );
}
