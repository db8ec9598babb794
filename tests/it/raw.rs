//! Raw lines, for what SDKs normalise away: broken JSON, batches, odd ids, huge and non-UTF-8 lines,
//! requests before the handshake, both eras on one process.

use argocd_tests::{
    harness::{Host, Start},
    simulator::Simulator,
};
use serde_json::{Value, json};

use crate::{HOST, schema};

const MODERN: &str = "2026-07-28";

fn meta(version: &str) -> Value {
    json!({ "io.modelcontextprotocol/protocolVersion": version, "io.modelcontextprotocol/clientCapabilities": {} })
}

async fn line(host: &mut Host, text: &[u8]) -> Value {
    host.raw(text).await.unwrap();
    host.raw(b"\n").await.unwrap();
    host.next().await.unwrap()
}

fn host() -> (Simulator, Host) {
    let simulator = crate::argo_cd().start().unwrap();
    let host = Start::run(HOST).against(&simulator).start().unwrap();
    (simulator, host)
}

#[tokio::test]
async fn each_bad_line_gets_its_error_and_the_next_one_works() {
    let (_simulator, mut host) = host();
    let huge = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"x":"{}"}}}}"#,
        "a".repeat(1 << 20)
    );
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{}1{}}}"#,
        "[".repeat(70),
        "]".repeat(70)
    );
    let table: &[(&[u8], Value, i64)] = &[
        (b"{not json", Value::Null, -32700),
        (b"\xff\xfe{}", Value::Null, -32700),
        (br#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, Value::Null, -32600),
        (b"[]", Value::Null, -32600),
        (b"42", Value::Null, -32600),
        (br#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, Value::Null, -32600),
        (br#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, Value::Null, -32600),
        (br#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, Value::Null, -32600),
        (br#"{"id":7,"method":"ping"}"#, json!(7), -32600),
        (br#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#, json!(7), -32600),
        (br#"{"jsonrpc":"2.0","id":"u","method":"no/such"}"#, json!("u"), -32601),
        (br#"{"jsonrpc":"2.0","id":8,"method":"logging/setLevel"}"#, json!(8), -32601),
        (br#"{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{}}"#, json!(9), -32602),
        (br#"{"jsonrpc":"2.0","id":9,"method":"tools/call"}"#, json!(9), -32602),
        (br#"{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"sync_application"}}"#, json!(9), -32602),
        (br#"{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"list_projects","arguments":[]}}"#, json!(9), -32602),
        (br#"{"jsonrpc":"2.0","id":9,"method":"tools/list","params":{"cursor":"bogus"}}"#, json!(9), -32602),
        (huge.as_bytes(), Value::Null, -32600),
        (deep.as_bytes(), Value::Null, -32600),
    ];
    for (text, id, code) in table {
        let shown = String::from_utf8_lossy(&text[..text.len().min(120)]).into_owned();
        let answer = line(&mut host, text).await;
        assert_eq!(answer["error"]["code"], *code, "{shown}: {answer}");
        assert_eq!(answer["id"], *id, "{shown}: {answer}");
        let pong = line(
            &mut host,
            br#"{"jsonrpc":"2.0","id":"after","method":"ping"}"#,
        )
        .await;
        assert_eq!(
            pong,
            json!({ "jsonrpc": "2.0", "id": "after", "result": {} }),
            "after {shown}"
        );
    }
    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);
    schema::check(&ended.transcript, "2025-11-25");
}

#[tokio::test]
async fn what_is_tolerated_is_served() {
    let (_simulator, mut host) = host();
    // Before any handshake, with carriage returns, blank lines, unknown notifications and stray responses.
    host.raw(b"\r\n  \n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/whatever\"}\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n").await.unwrap();
    let answer = line(&mut host, b"{\"jsonrpc\":\"2.0\",\"id\":9007199254740993,\"method\":\"tools/call\",\"params\":{\"name\":\"list_projects\",\"arguments\":null}}\r").await;
    assert_eq!(
        answer["id"],
        json!(9007199254740993_i64),
        "large ids come back exactly"
    );
    let is_error = answer["result"].get("isError").and_then(Value::as_bool);
    assert_ne!(is_error, Some(true), "{answer}");
    for _ in 0..2 {
        let response = host.initialize("2025-06-18").await.unwrap();
        assert_eq!(
            response["result"]["protocolVersion"], "2025-06-18",
            "a second initialize is answered again"
        );
    }
    let ended = host.end().await.unwrap();
    schema::check(&ended.transcript, "2025-06-18");
}

#[tokio::test]
async fn handshake_revisions_are_echoed_and_others_get_the_newest() {
    let (_simulator, mut host) = host();
    for (asked, answered) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        (MODERN, "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
    ] {
        let response = host.initialize(asked).await.unwrap();
        assert_eq!(response["result"]["protocolVersion"], answered);
        schema::check_result(&response["result"], answered, "InitializeResult");
        let list = host.ask("tools/list", json!({})).await.unwrap();
        schema::check_result(&list["result"], answered, "ListToolsResult");
        assert!(
            list["result"].get("resultType").is_none() && list["result"].get("ttlMs").is_none(),
            "legacy results carry no modern fields"
        );
        let call = host
            .ask(
                "tools/call",
                json!({ "name": "list_clusters", "arguments": {} }),
            )
            .await
            .unwrap();
        schema::check_result(&call["result"], answered, "CallToolResult");
    }
}

#[tokio::test]
async fn the_stateless_era_is_served_on_the_same_process() {
    let (_simulator, mut host) = host();
    let legacy = host.ask("tools/list", json!({})).await.unwrap();
    let discovered = host
        .ask("server/discover", json!({ "_meta": meta(MODERN) }))
        .await
        .unwrap();
    let result = &discovered["result"];
    schema::check_result(result, MODERN, "DiscoverResult");
    assert!(
        result["supportedVersions"]
            .as_array()
            .unwrap()
            .contains(&json!(MODERN))
    );
    assert!(result["instructions"].as_str().unwrap().len() < 2_000);
    let list = host
        .ask("tools/list", json!({ "_meta": meta(MODERN) }))
        .await
        .unwrap();
    schema::check_result(&list["result"], MODERN, "ListToolsResult");
    assert_eq!(
        list["result"]["tools"], legacy["result"]["tools"],
        "same tools, same order in both eras"
    );
    let call = host
        .ask(
            "tools/call",
            json!({ "name": "list_clusters", "arguments": {}, "_meta": meta(MODERN) }),
        )
        .await
        .unwrap();
    assert_eq!(call["result"]["resultType"], "complete");
    schema::check_result(&call["result"], MODERN, "CallToolResult");
    for (method, params, code) in [
        ("tools/list", json!({ "_meta": meta("1999-01-01") }), -32022),
        (
            "tools/list",
            json!({ "_meta": { "io.modelcontextprotocol/protocolVersion": MODERN } }),
            -32602,
        ),
        ("ping", json!({ "_meta": meta(MODERN) }), -32601),
        (
            "logging/setLevel",
            json!({ "level": "info", "_meta": meta(MODERN) }),
            -32601,
        ),
    ] {
        let answer = host.ask(method, params).await.unwrap();
        assert_eq!(answer["error"]["code"], code, "{method}: {answer}");
        if code == -32022 {
            assert_eq!(
                answer["error"]["data"]["supported"], result["supportedVersions"],
                "one list of versions"
            );
            assert_eq!(answer["error"]["data"]["requested"], "1999-01-01");
        }
    }
    let ended = host.end().await.unwrap();
    // The first line answers the legacy request.
    schema::check(&ended.transcript[1..], MODERN);
}

#[tokio::test]
async fn a_subscription_is_acknowledged_and_answered_at_the_end() {
    let (_simulator, mut host) = host();
    let id = host
        .request(
            "subscriptions/listen",
            json!({ "notifications": { "toolsListChanged": true }, "_meta": meta(MODERN) }),
        )
        .await
        .unwrap();
    let acknowledged = host.next().await.unwrap();
    assert_eq!(
        acknowledged["method"],
        "notifications/subscriptions/acknowledged"
    );
    assert_eq!(
        acknowledged["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"],
        id
    );
    let ended = host.end().await.unwrap();
    let last: Value = serde_json::from_str(ended.transcript.last().unwrap()).unwrap();
    assert_eq!(
        (&last["id"], &last["result"]["resultType"]),
        (&json!(id), &json!("complete")),
        "{last}"
    );
    schema::check(&ended.transcript, MODERN);
}

#[tokio::test]
async fn stdin_may_be_a_file_or_nothing() {
    let simulator = crate::argo_cd().start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("lines");
    std::fs::write(
        &script,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n",
    )
    .unwrap();
    for (input, expected) in [
        (script.as_path(), 1),
        (std::path::Path::new("/dev/null"), 0),
    ] {
        let output = tokio::process::Command::new(HOST)
            .arg("run")
            .env("ARGOCD_SERVER", simulator.url())
            .env("ARGOCD_AUTH_TOKEN", simulator.token())
            .stdin(std::fs::File::open(input).unwrap())
            .output()
            .await
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(
            output.stdout.iter().filter(|byte| **byte == b'\n').count(),
            expected,
            "{}",
            input.display()
        );
    }
}
