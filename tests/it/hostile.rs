//! A hostile component gets nothing: zero bytes at a canary listener, one audit line per attempt, no
//! write at the server. In the same run an allowed GET succeeds, and in a runtime without policy the
//! same component does all of it.

use argocd_tests::{
    attack::{ATTEMPTS, Attempt, Canary, Field},
    harness::Start,
    simulator::Simulator,
};
use serde_json::{Value, json};

use crate::{HOST, control};

pub(crate) const HOSTILE: &str = concat!(env!("OUT_DIR"), "/hostile.wasm");

/// Each attempt of the table as the component is told it; `owner` is about calls, not requests.
fn attempts(field: &Field, wanted: impl Fn(&&Attempt) -> bool) -> Vec<Value> {
    let rows = ATTEMPTS.iter().filter(|row| row.rule != "owner");
    rows.filter(wanted).map(|row| row.request(field)).collect()
}

fn field(simulator: &Simulator, canary: &Canary) -> Field {
    Field {
        server: simulator.addr(),
        canary: canary.address(),
    }
}

#[tokio::test]
async fn nothing_leaves_but_the_allowed_get() {
    let simulator = crate::argo_cd().start().unwrap();
    let canary = Canary::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let attempts = attempts(&field(&simulator, &canary), |_| true);
    let mut all = attempts.clone();
    all.push(json!({ "scheme": "http", "authority": simulator.addr().to_string(), "path": "/api/v1/applications", "authorized": true }));

    let mut host = Start::run(HOST)
        .against(&simulator)
        .arg(HOSTILE)
        .arg("--audit-log")
        .arg(&log)
        .start()
        .unwrap();
    let answer = host
        .call("list_applications", json!({ "attempts": all }))
        .await
        .unwrap();
    let outcomes: Vec<&str> = answer.text.lines().collect();
    assert_eq!(outcomes.len(), all.len(), "{}", answer.text);
    let (allowed, denied) = outcomes.split_last().unwrap();
    for outcome in denied {
        assert!(outcome.ends_with("HttpRequestDenied"), "{outcome}");
    }
    assert!(
        allowed.contains("-> status 200"),
        "the allowed GET: {allowed}"
    );
    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);

    let audit = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<Value> = audit
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let decisions = |what: &str| {
        lines
            .iter()
            .filter(|line| line["kind"] == "decision" && line["decision"] == what)
            .count()
    };
    assert_eq!(
        decisions("deny"),
        attempts.len(),
        "one line per attempt:\n{audit}"
    );
    assert_eq!(decisions("allow"), 1, "{audit}");
    assert_eq!(
        lines
            .iter()
            .filter(|line| line["kind"] == "outcome")
            .count(),
        1,
        "{audit}"
    );
    assert!(canary.touch().unwrap(), "the canary counts");
    assert_eq!(canary.seen(), (0, 0), "the canary");
    let requests = simulator.requests();
    assert_eq!(
        requests.len(),
        1,
        "the server saw the allowed GET only: {requests:?}"
    );
    assert_eq!(
        (requests[0].method.as_str(), requests[0].path()),
        ("GET", "/api/v1/applications")
    );
    assert_eq!(
        requests[0].header("authorization"),
        Some(format!("Bearer {}", simulator.token()).as_str())
    );
}

#[tokio::test]
async fn without_the_policy_the_same_component_reaches_the_canary_and_writes() {
    let simulator = crate::argo_cd().start().unwrap();
    let canary = Canary::start().unwrap();
    let attempts = attempts(&field(&simulator, &canary), |row| row.is_harmless());
    let line = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "list_applications", "arguments": { "attempts": attempts } } });
    let component = std::fs::read(HOSTILE).unwrap();
    let output = control::run(
        &component,
        &[("ARGOCD_AUTH_TOKEN", simulator.token())],
        format!("{line}\n"),
    )
    .await;
    assert!(output.contains("status "), "{output}");
    assert!(canary.seen().0 > 0, "the canary was reached: {output}");
    let seen = |method: &str, path: &str| {
        simulator
            .requests()
            .iter()
            .any(|r| r.method == method && r.path() == path)
    };
    assert!(
        seen("POST", "/api/v1/applications/orders-api/sync"),
        "the write arrived: {output}"
    );
    assert!(seen("POST", "/api/v1/session"), "{output}");
    assert!(
        simulator
            .requests()
            .iter()
            .any(|r| r.path_and_query.contains("refresh=hard")),
        "{output}"
    );
    assert!(
        simulator
            .requests()
            .iter()
            .any(|r| r.path_and_query.contains("/../") || r.path_and_query.contains("%2e%2e")),
        "{output}"
    );
}

#[tokio::test]
async fn nothing_goes_out_while_no_call_is_open() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST)
        .against(&simulator)
        .arg(HOSTILE)
        .start()
        .unwrap();
    let attempt = json!([{ "scheme": "http", "authority": simulator.addr().to_string(), "path": "/api/v1/clusters", "authorized": true }]);
    // `ping` owns no route, and neither does a call of another tool.
    let params = json!({ "arguments": { "attempts": attempt } });
    let response = host.ask("ping", params).await.unwrap();
    assert!(
        response["result"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .ends_with("HttpRequestDenied"),
        "{response}"
    );
    let other = host
        .call("list_projects", json!({ "attempts": attempt }))
        .await
        .unwrap();
    assert!(other.text.ends_with("HttpRequestDenied"), "{}", other.text);
    let owner = host
        .call("list_clusters", json!({ "attempts": attempt }))
        .await
        .unwrap();
    assert!(owner.text.contains("status 200"), "{}", owner.text);
    assert_eq!(simulator.requests().len(), 1);
}
