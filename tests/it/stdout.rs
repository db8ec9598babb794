//! A component can say nothing to the client but answers to what it asked and listed notifications.

use argocd_tests::{harness::Start, hostile::FORGED};
use serde_json::{Value, json};

use crate::{HOST, control, traps::FAULTY};

fn say(lines: &[&str]) -> Value {
    json!({ "do": "say", "lines": lines })
}

#[tokio::test]
async fn nothing_forged_reaches_the_client_and_each_line_is_noted() {
    let simulator = crate::argo_cd().start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let mut host = Start::run(HOST)
        .against(&simulator)
        .arg(FAULTY)
        .arg("--audit-log")
        .arg(&log)
        .start()
        .unwrap();
    host.call("list_clusters", say(FORGED)).await.unwrap();
    // The session goes on, and what is allowed passes: progress of the open call and its one answer.
    let progress = r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"p","progress":1}}"#;
    let early = r#"{"jsonrpc":"2.0","id":2,"result":{"early":true}}"#;
    let params = json!({ "name": "list_clusters", "arguments": say(&[progress, early, early]), "_meta": { "progressToken": "p" } });
    let response = host.ask("tools/call", params).await.unwrap();
    assert_eq!(response["result"]["early"], true);
    let error = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}}"#;
    host.raw(b"no json\n").await.unwrap();
    host.call("list_clusters", say(&[error, error]))
        .await
        .unwrap();
    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);

    let (first, rest) = ended.transcript.split_first().unwrap();
    assert!(
        first.contains("\"id\":1") && first.contains("resultType"),
        "{first}"
    );
    assert_eq!(rest[..3], [progress, early, error], "{rest:?}");
    assert_eq!(rest.len(), 4, "{rest:?}");

    let audit = std::fs::read_to_string(&log).unwrap();
    let refused = audit
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["kind"] == "refused" && line["rule"] == "stdout")
        .count();
    // Besides the forged ones: the second early answer, the true one, and the second error.
    assert_eq!(refused, FORGED.len() + 3, "{audit}");
}

#[tokio::test]
async fn in_a_runtime_without_the_guard_every_line_gets_through() {
    let line = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "list_clusters", "arguments": say(FORGED) } });
    let component = std::fs::read(FAULTY).unwrap();
    let output = control::run(&component, &[], format!("{line}\n")).await;
    let lines: Vec<&str> = output.split('\n').collect();
    assert_eq!(lines[..FORGED.len()], *FORGED);
}
