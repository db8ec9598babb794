//! User and password, counted at the server: the host logs in, once for everybody.

use argocd_tests::{
    harness::{Host, PATIENCE, Start},
    simulator::{Fault, FaultKind, Simulator},
};
use serde_json::json;

use crate::HOST;

const SESSION: &str = "/api/v1/session";
const USER: &str = "ci-bot";
const PASSWORD: &str = r#"p"a\ss wörd ✓"#;

fn simulator() -> Simulator {
    crate::argo_cd().account(USER, PASSWORD).start().unwrap()
}

fn start(simulator: &Simulator, password: &str) -> Host {
    Start::run(HOST)
        .env("ARGOCD_SERVER", &simulator.url())
        .env("ARGOCD_USERNAME", USER)
        .env("ARGOCD_PASSWORD", password)
        .start()
        .unwrap()
}

async fn parallel(host: &mut Host, n: usize) -> Vec<argocd_tests::harness::Answer> {
    let mut ids = Vec::new();
    for _ in 0..n {
        ids.push(host.begin("list_clusters", json!({})).await.unwrap());
    }
    let mut answers = Vec::new();
    for id in ids {
        answers.push(host.answer(id).await.unwrap());
    }
    answers
}

#[tokio::test]
async fn parallel_first_calls_make_one_login_and_parallel_401s_one_more() {
    let simulator = simulator();
    let mut host = start(&simulator, PASSWORD);
    for answer in parallel(&mut host, 16).await {
        assert!(
            !answer.is_error && answer.text.contains("in-cluster"),
            "{}",
            answer.text
        );
    }
    assert_eq!(simulator.count("POST", SESSION), 1, "16 first calls");

    simulator.expire_tokens();
    simulator.clear_requests();
    for answer in parallel(&mut host, 16).await {
        assert!(!answer.is_error, "{}", answer.text);
    }
    assert_eq!(simulator.count("POST", SESSION), 1, "16 parallel 401s");
    let statuses: Vec<u16> = simulator
        .requests()
        .iter()
        .filter(|r| r.path() == "/api/v1/clusters")
        .filter_map(|r| r.status)
        .collect();
    let rejected = statuses.iter().filter(|status| **status == 401).count();
    assert_eq!(
        statuses.len(),
        16 + rejected,
        "each rejected GET is repeated once: {statuses:?}"
    );
    assert!((1..=16).contains(&rejected), "{statuses:?}");
}

#[tokio::test]
async fn a_token_that_stays_rejected_is_not_a_loop() {
    let simulator = simulator();
    let mut host = start(&simulator, PASSWORD);
    assert!(
        !host
            .call("list_clusters", json!({}))
            .await
            .unwrap()
            .is_error
    );
    simulator.reject_all();
    simulator.clear_requests();
    for _ in 0..3 {
        for answer in parallel(&mut host, 4).await {
            assert!(answer.is_error, "{}", answer.text);
        }
    }
    assert_eq!(
        simulator.count("POST", SESSION),
        1,
        "one new login, then none for a minute"
    );
}

#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    let simulator = simulator();
    let mut host = start(&simulator, "wrong");
    let mut answers = parallel(&mut host, 10).await;
    for _ in 0..10 {
        answers.push(host.call("list_clusters", json!({})).await.unwrap());
    }
    assert_eq!(answers.len(), 20);
    for answer in &answers {
        assert!(answer.is_error, "{}", answer.text);
        let text = answer.text.to_lowercase();
        assert!(
            text.contains("password"),
            "the error says so: {}",
            answer.text
        );
    }
    assert_eq!(simulator.count("POST", SESSION), 1);
}

#[tokio::test]
async fn cancelling_the_call_that_triggered_the_login_does_not_cancel_the_login() {
    let simulator = simulator();
    simulator.fault(Fault::on(SESSION, FaultKind::Hold).times(1));
    let mut host = start(&simulator, PASSWORD);
    let first = host.begin("list_clusters", json!({})).await.unwrap();
    assert!(simulator.wait_until(|seen| seen.iter().any(|r| r.path() == SESSION), PATIENCE));
    let second = host.begin("list_projects", json!({})).await.unwrap();
    host.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": first } })).await.unwrap();
    // The host has read the cancellation once a later ping is answered.
    host.ask("ping", json!({})).await.unwrap();
    simulator.release();
    let answer = host.answer(second).await.unwrap();
    assert!(!answer.is_error, "{}", answer.text);
    assert_eq!(simulator.count("POST", SESSION), 1);
    assert!(
        !simulator
            .requests()
            .iter()
            .any(|r| r.path() == SESSION && r.aborted)
    );
    let ended = host.end().await.unwrap();
    assert!(!ended.transcript.is_empty());
    let cancelled = format!("\"id\":{first},");
    assert!(!ended.transcript.concat().contains(&cancelled));
}

#[tokio::test]
async fn a_token_is_never_exchanged() {
    let simulator = simulator();
    simulator.reject_all();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    for _ in 0..3 {
        let answer = host.call("list_clusters", json!({})).await.unwrap();
        assert!(
            answer.is_error && answer.text.contains("401"),
            "{}",
            answer.text
        );
    }
    assert_eq!(simulator.count("POST", SESSION), 0);
}
