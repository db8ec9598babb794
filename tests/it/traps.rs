//! A trap costs calls, not the session: open calls are answered, the component starts again, and the
//! client's handshake holds.

use argocd_tests::{
    harness::{Ended, Host, Start},
    simulator::Simulator,
};
use serde_json::{Value, json};

use crate::HOST;

pub(crate) const FAULTY: &str = concat!(env!("OUT_DIR"), "/faulty.wasm");

fn start(simulator: &Simulator) -> Host {
    Start::run(HOST)
        .against(simulator)
        .arg(FAULTY)
        .start()
        .unwrap()
}

async fn trap(host: &mut Host) {
    let id = host
        .begin("list_clusters", json!({ "do": "trap" }))
        .await
        .unwrap();
    let response = host.response(id).await.unwrap();
    assert_eq!(response["error"]["code"], -32603, "{response}");
}

fn modern() -> Value {
    json!({ "name": "list_clusters", "arguments": {},
        "_meta": { "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {} } })
}

/// The cause stands in the first line of each trap, before its backtrace.
fn causes(ended: &Ended) -> usize {
    let lines = ended.stderr.lines();
    lines
        .filter(|line| line.starts_with("argocd-host: component trapped: wasm trap: "))
        .count()
}

#[tokio::test]
async fn five_open_calls_get_five_errors_and_the_next_call_works() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = start(&simulator);
    let mut ids = Vec::new();
    for what in ["hold", "hold", "hold", "hold", "trap"] {
        let id = host.begin("list_clusters", json!({ "do": what })).await;
        ids.push(id.unwrap());
    }
    for id in ids {
        let response = host.response(id).await.unwrap();
        assert_eq!(response["error"]["code"], -32603, "{response}");
    }
    let response = host.ask("tools/call", modern()).await.unwrap();
    assert_eq!(response["result"]["content"][0]["text"], "modern");
    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);
    assert_eq!(ended.transcript.len(), 6, "{:?}", ended.transcript);
    assert_eq!(causes(&ended), 1, "{}", ended.stderr);
}

#[tokio::test]
async fn a_handshake_is_made_again_and_the_client_does_not_see_it() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = start(&simulator);
    host.initialize("2025-06-18").await.unwrap();
    trap(&mut host).await;
    let answer = host.call("list_clusters", json!({})).await.unwrap();
    assert_eq!(answer.text, "legacy 2025-06-18");
    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);
    assert_eq!(ended.transcript.len(), 3, "{:?}", ended.transcript);
    assert!(
        !ended.stderr.contains("\"refused\""),
        "the replayed answer is no fault: {}",
        ended.stderr
    );
}

#[tokio::test]
async fn without_a_handshake_none_is_made_up() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = start(&simulator);
    trap(&mut host).await;
    let answer = host.call("list_clusters", json!({})).await.unwrap();
    assert_eq!(answer.text, "no handshake was made");
}

#[tokio::test]
async fn the_fourth_trap_in_a_minute_is_the_end() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = start(&simulator);
    for _ in 0..4 {
        trap(&mut host).await;
    }
    let ended = host.end().await.unwrap();
    assert_eq!(ended.status.code(), Some(134), "{}", ended.stderr);
    assert_eq!(causes(&ended), 4, "{}", ended.stderr);
}
