//! What an answer costs Argo CD, and what it holds when Argo CD cannot give everything: at the wire.

use argocd_tests::{
    harness::Start,
    simulator::{Fault, FaultKind, Simulator},
};
use serde_json::{Value, json};

use crate::{HOST, each_tool, most_gets};

/// Most GETs that a look-up after a 403 adds: the list, and nothing else before the call is repeated.
const LOOK_UP: usize = 2;

fn gets(simulator: &Simulator) -> usize {
    let requests = simulator.requests();
    assert!(
        requests.iter().all(|request| request.method == "GET"),
        "{requests:?}"
    );
    requests
        .iter()
        .filter(|request| request.path() != "/api/version")
        .count()
}

#[tokio::test]
async fn each_tool_asks_argo_cd_as_often_as_it_says() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    for (tool, arguments, _) in each_tool() {
        let most = most_gets(tool);
        simulator.clear_requests();
        let answer = host.call(tool, arguments).await.unwrap();
        let asked = gets(&simulator);
        assert!(
            !answer.is_error && (1..=most).contains(&asked),
            "{tool}: {asked} GETs of at most {most}"
        );
    }
    // The version is asked for once a session, not once a call.
    let mut fresh = Start::run(HOST).against(&simulator).start().unwrap();
    simulator.clear_requests();
    for _ in 0..3 {
        assert!(
            !fresh
                .call("list_applications", json!({}))
                .await
                .unwrap()
                .is_error
        );
    }
    assert!(simulator.count("GET", "/api/version") <= 1);
}

#[tokio::test]
async fn every_recorded_application_is_diagnosed_in_eight() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    let mut most = 0;
    for folder in std::fs::read_dir(argocd_tests::harness::fixtures())
        .unwrap()
        .flatten()
    {
        let Ok(text) = std::fs::read_to_string(folder.path().join("application.json")) else {
            continue;
        };
        let app: Value = serde_json::from_str(&text).unwrap();
        let text = |key: &str| app["metadata"][key].as_str().unwrap_or_default().to_owned();
        let name = format!("{}/{}", text("namespace"), text("name"));
        simulator.clear_requests();
        let answer = host
            .call("diagnose_application", json!({"name": name}))
            .await
            .unwrap();
        assert!(!answer.is_error, "{name}: {}", answer.text);
        assert!(gets(&simulator) <= 8, "{name}: {:?}", simulator.requests());
        most = most.max(gets(&simulator));
    }
    assert!(most > 3, "the diagnosis reads something: {most}");
}

#[tokio::test]
async fn a_look_up_adds_two_gets_to_any_tool() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    let of_one = each_tool()
        .into_iter()
        .filter(|(_, arguments, _)| arguments.get("name").is_some());
    let mut looked = 0;
    for (tool, mut arguments, _) in of_one.filter(|(tool, ..)| *tool != "get_applicationset") {
        arguments["name"] = json!("team-growth/ab-testing");
        simulator.clear_requests();
        let straight = host.call(tool, arguments.clone()).await.unwrap();
        let direct = gets(&simulator);
        arguments["name"] = json!("ab-testing");
        simulator.clear_requests();
        let found = host.call(tool, arguments.clone()).await.unwrap();
        // What was asked before the 403 is asked again in the right namespace; the list comes between.
        let forbidden =
            1 + usize::from(tool == "compare_applications" || tool == "get_application_logs");
        assert!(
            gets(&simulator) <= direct + LOOK_UP.max(1 + forbidden),
            "{tool}: {} instead of {direct}",
            gets(&simulator)
        );
        assert_eq!(found.is_error, straight.is_error, "{tool}: {}", found.text);
        if !found.is_error {
            assert!(
                found.text.contains("is in namespace team-growth"),
                "{tool}: {}",
                found.text
            );
            looked += 1;
        }
        // A misspelt name costs the same and is not guessed at.
        arguments["name"] = json!("ab-testng");
        simulator.clear_requests();
        let misspelt = host.call(tool, arguments).await.unwrap();
        assert!(
            misspelt.is_error && misspelt.text.contains("ab-testing"),
            "{tool}: {}",
            misspelt.text
        );
        assert!(
            gets(&simulator) <= 1 + LOOK_UP,
            "{tool}: {}",
            gets(&simulator)
        );
    }
    assert!(looked > 8, "{looked}");
}

/// A tool, its arguments, the path that fails, what is answered all the same, and what is said of
/// the part that failed.
const PARTS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "diagnose_application",
        r#"{"name": "orders-api"}"#,
        "/api/v1/applications/orders-api/resource-tree",
        "data.password: differs (hidden)",
        "not read: resource tree",
    ),
    (
        "diagnose_application",
        r#"{"name": "checkout-api"}"#,
        "/api/v1/applications/checkout-api/logs",
        "CrashLoopBackOff",
        "not read: its log",
    ),
    (
        "diagnose_application",
        r#"{"name": "ledger"}"#,
        "/api/v1/projects/finance",
        "active deny window",
        "not read: the project",
    ),
    (
        "get_sync_windows",
        r#"{"name": "ledger"}"#,
        "/api/v1/projects/finance",
        "deny 0 0 * * *",
        "project finance cannot be read",
    ),
    (
        "get_sync_windows",
        r#"{"name": "ledger"}"#,
        "/api/v1/applications/ledger/syncwindows",
        "so it never closes",
        "Argo CD's own verdict is missing",
    ),
    (
        "compare_applications",
        r#"{"name": "cms-edge-a", "other": "cms-edge-b"}"#,
        "/api/v1/applications/cms-edge-b/manifests",
        "sources:",
        "the manifests of cms-edge-b cannot be rendered",
    ),
    (
        "get_application_history",
        r#"{"name": "guestbook"}"#,
        "/api/v1/applications/guestbook/manifests",
        "Guestbook 1.3.0",
        "could not be rendered",
    ),
    (
        "get_application",
        r#"{"name": "billing", "include": "values"}"#,
        "/api/v1/applications/billing/manifests",
        "image.tag = 5.3.0",
        "what is rendered with them cannot be read",
    ),
    (
        "get_server_info",
        r#"{}"#,
        "/api/v1/settings",
        "v3.5",
        "not read",
    ),
];

#[tokio::test]
async fn a_failed_part_is_named_and_the_rest_arrives() {
    let broken = || {
        FaultKind::Status(
            500,
            r#"{"error":"x","code":2,"message":"cache is gone"}"#.into(),
        )
    };
    for &(tool, arguments, path, says, missing) in PARTS {
        let arguments: Value = serde_json::from_str(arguments).unwrap();
        let simulator = crate::argo_cd().start().unwrap();
        let mut host = Start::run(HOST).against(&simulator).start().unwrap();
        let whole = host.call(tool, arguments.clone()).await.unwrap();
        assert!(
            !whole.is_error && !whole.text.contains(missing),
            "{tool} {path}: {}",
            whole.text
        );
        simulator.fault(Fault::on(path, broken()));
        let part = host.call(tool, arguments).await.unwrap();
        assert!(!part.is_error, "{tool} {path}: {}", part.text);
        assert!(
            part.text.contains(says) && part.text.contains(missing),
            "{tool} {path}: {}",
            part.text
        );
    }
}

#[tokio::test]
async fn fifty_thousand_applications_pass_every_filter_in_flat_memory() {
    const COUNT: usize = 50_000;
    let simulator = crate::argo_cd().generated(COUNT).start().unwrap();
    let mut host = Start::run(HOST)
        .against(&simulator)
        .arg("--stats")
        .start()
        .unwrap();
    for arguments in [
        json!({"search": "app-4"}),
        json!({"health": "Degraded,Missing", "sync": "OutOfSync"}),
        json!({"cluster": "in-cluster", "namespace": "app-1"}),
        json!({"repo": "git", "image": "registry"}),
        json!({"phase": "Failed"}),
        json!({"group_by": "project"}),
        json!({"sort": "name", "limit": 500}),
    ] {
        let answer = match host.call("list_applications", arguments.clone()).await {
            Ok(answer) => answer,
            Err(error) => panic!("{arguments}: {error}\n{}", host.end().await.unwrap().stderr),
        };
        assert!(!answer.is_error, "{arguments}: {}", answer.text);
        assert!(
            answer.text.contains(&COUNT.to_string()),
            "{arguments}: {}",
            answer.text
        );
    }
    let found = host
        .call("find_applications", json!({"repo": "git", "limit": 1}))
        .await
        .unwrap();
    assert!(
        !found.is_error && found.text.contains(&COUNT.to_string()),
        "{}",
        found.text
    );
    let ended = host.end().await.unwrap();
    let stats: Value = ended
        .stderr
        .lines()
        .find_map(|line| serde_json::from_str(line).ok())
        .unwrap();
    assert!(
        stats["peak_memory_bytes"].as_u64().unwrap() <= 32 << 20,
        "{stats}"
    );
}

#[tokio::test]
async fn a_list_beyond_argo_cds_message_limit_is_read_project_by_project() {
    // 200 MB is the limit of a message; 5,000 applications of 50 kB exceed it together, no project does.
    let simulator = crate::argo_cd()
        .generated(5_000)
        .application_weight(50_000)
        .start()
        .unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    for (tool, arguments) in [
        ("list_applications", json!({})),
        ("find_applications", json!({"repo": "git", "limit": 1})),
    ] {
        let answer = host.call(tool, arguments).await.unwrap();
        assert!(
            !answer.is_error && answer.text.contains("5000 applications"),
            "{tool}: {}",
            answer.text
        );
    }
    let by_project = simulator
        .requests()
        .iter()
        .filter(|request| request.query("projects").is_some())
        .count();
    assert!(by_project > 1, "{by_project}");
}
