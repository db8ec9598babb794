//! While one call waits, everything else goes on, and a cancelled call ends upstream.

use std::time::{Duration, Instant};

use argocd_tests::{
    harness::{Answer, PATIENCE, Start},
    simulator::{Fault, FaultKind},
};
use serde_json::json;

use crate::{HOST, schema};

/// The bound of the issue: a ping beside a waiting call feels immediate.
const PING: Duration = Duration::from_millis(50);
const SLOW: &str = "/api/v1/applications/orders-api";

#[tokio::test]
async fn a_waiting_call_holds_up_nothing_and_can_be_cancelled() {
    let simulator = crate::argo_cd().start().unwrap();
    simulator.fault(Fault::on(SLOW, FaultKind::Hold));
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    host.initialize("2025-06-18").await.unwrap();
    let waiting = host
        .begin("get_application", json!({ "name": "orders-api" }))
        .await
        .unwrap();
    assert!(
        simulator.wait_until(|seen| seen.iter().any(|r| r.path() == SLOW), PATIENCE),
        "the slow call went out"
    );

    // The best of several: a loaded test machine may be slow once, a blocked server is slow always.
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let sent = Instant::now();
        host.ask("ping", json!({})).await.unwrap();
        best = best.min(sent.elapsed());
    }
    assert!(best < PING, "ping took {best:?} beside a waiting call");

    let mut others = Vec::new();
    for _ in 0..16 {
        others.push(host.begin("list_clusters", json!({})).await.unwrap());
    }
    for id in others {
        let answer = host.answer(id).await.unwrap();
        assert!(
            !answer.is_error && answer.text.contains("in-cluster"),
            "{}",
            answer.text
        );
    }

    host.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": waiting, "reason": "test" } }))
        .await
        .unwrap();
    assert!(
        simulator.wait_until(
            |seen| seen.iter().any(|r| r.path() == SLOW && r.aborted),
            PATIENCE
        ),
        "cancelling closes the upstream connection"
    );
    // The server is well after it, and the cancelled call is never answered.
    let after = host.call("list_projects", json!({})).await.unwrap();
    assert!(!after.is_error);
    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);
    for line in &ended.transcript {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_ne!(
            message["id"], waiting,
            "an answer to a cancelled call: {line}"
        );
    }
    schema::check(&ended.transcript, "2025-06-18");
}

#[tokio::test]
async fn open_calls_do_not_outlive_the_client() {
    let simulator = crate::argo_cd().start().unwrap();
    simulator.fault(Fault::on(SLOW, FaultKind::Hold));
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    host.begin("get_application", json!({ "name": "orders-api" }))
        .await
        .unwrap();
    assert!(simulator.wait_until(|seen| seen.iter().any(|r| r.path() == SLOW), PATIENCE));
    let ended = host.end().await.unwrap();
    assert!(
        ended.status.success(),
        "exit at the end of the input: {}",
        ended.stderr
    );
    assert!(simulator.wait_until(|seen| seen.iter().any(|r| r.aborted), PATIENCE));
}

#[tokio::test]
async fn duplicate_ids_are_both_answered() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    let call = json!({ "jsonrpc": "2.0", "id": "same", "method": "tools/call", "params": { "name": "list_clusters", "arguments": {} } });
    host.send(&call).await.unwrap();
    host.send(&call).await.unwrap();
    for _ in 0..2 {
        let message = host.next().await.unwrap();
        assert_eq!(message["id"], "same");
        assert!(!Answer::of(&message).unwrap().is_error);
    }
}

#[tokio::test]
async fn a_long_list_reports_progress_to_who_asked_for_it() {
    let simulator = crate::argo_cd().generated(3_500).start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    host.initialize("2025-06-18").await.unwrap();
    let params = json!({ "name": "list_applications", "arguments": {}, "_meta": { "progressToken": "p-1" } });
    let id = host.request("tools/call", params).await.unwrap();
    let mut seen = Vec::new();
    loop {
        let message = host.next().await.unwrap();
        if message["id"] == id {
            assert!(!Answer::of(&message).unwrap().is_error);
            break;
        }
        assert_eq!(message["method"], "notifications/progress", "{message}");
        assert_eq!(message["params"]["progressToken"], "p-1");
        seen.push(message["params"]["progress"].as_f64().unwrap());
    }
    assert!(
        !seen.is_empty() && seen.is_sorted_by(|a, b| a < b),
        "increasing: {seen:?}"
    );
    // The control: nobody asked, so nothing is said.
    let quiet = host.begin("list_applications", json!({})).await.unwrap();
    assert_eq!(host.next().await.unwrap()["id"], quiet);
    schema::check(&host.end().await.unwrap().transcript, "2025-06-18");
}
