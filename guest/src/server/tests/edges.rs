//! The table of edge cases: what each odd line gets, and that the server goes on.

use serde_json::{Value, json};

use super::rig::{Rig, legacy, modern, notification};

fn code(answer: &Value) -> i64 {
    answer["error"]["code"]
        .as_i64()
        .unwrap_or_else(|| panic!("not an error: {answer}"))
}

/// The server still answers.
fn goes_on(rig: &Rig) {
    let pong = rig.ask(&legacy("still there", "ping", json!({})));
    assert_eq!(
        pong,
        json!({ "jsonrpc": "2.0", "id": "still there", "result": {} })
    );
}

#[test]
fn lines_that_are_no_requests_get_an_error_and_the_server_goes_on() {
    let rows: [(&[u8], i64, Value); 10] = [
        (b"{", -32700, Value::Null),
        (b"Content-Length: 12", -32700, Value::Null),
        (
            b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\xfe\"}",
            -32700,
            Value::Null,
        ),
        (
            br#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#,
            -32600,
            Value::Null,
        ),
        (
            br#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            -32600,
            Value::Null,
        ),
        (
            br#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
            -32600,
            Value::Null,
        ),
        (
            br#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#,
            -32600,
            Value::Null,
        ),
        (br#"{"id":7,"method":"ping"}"#, -32600, json!(7)),
        (br#"{"jsonrpc":"2.0","id":"a"}"#, -32600, json!("a")),
        (
            br#"{"jsonrpc":"2.0","id":7,"method":"ping","params":[]}"#,
            -32602,
            json!(7),
        ),
    ];
    let rig = Rig::new();
    for (line, expected, id) in rows {
        let shown = String::from_utf8_lossy(&line[..line.len().min(80)]);
        let lines = rig.raw(&[line, b"\n"].concat());
        assert_eq!(lines.len(), 1, "{shown}");
        let answer: Value = serde_json::from_str(&lines[0]).unwrap();
        assert_eq!((code(&answer), &answer["id"]), (expected, &id), "{shown}");
        goes_on(&rig);
    }
}

#[test]
fn what_is_never_answered_is_not_answered() {
    let rig = Rig::new();
    let rows: [&[u8]; 9] = [
        b"\n",
        b"\r\n\r\n   \n",
        br#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        br#"{"jsonrpc":"2.0","method":"notifications/unheard_of","params":{"a":1}}"#,
        br#"{"jsonrpc":"2.0","method":"tools/list"}"#,
        br#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"never seen"}}"#,
        br#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":[]}"#,
        br#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
        br#"{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}"#,
    ];
    for line in rows {
        assert_eq!(
            rig.raw(line),
            Vec::<String>::new(),
            "{}",
            String::from_utf8_lossy(line)
        );
        goes_on(&rig);
    }
}

#[test]
fn a_crlf_line_is_a_line() {
    let lines = Rig::new().raw(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\r\n");
    assert_eq!(lines, ["{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"]);
}

#[test]
fn ids_of_any_size_come_back_exactly() {
    let rig = Rig::new();
    for id in [
        "9007199254740993",
        "-1",
        "184467440737095516160",
        r#""quote \" and ü""#,
    ] {
        let line = format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"echo"}}}}"#
        );
        let lines = rig.raw(line.as_bytes());
        assert!(
            lines[0].starts_with(&format!(r#"{{"jsonrpc":"2.0","id":{id},"result""#)),
            "{lines:?}"
        );
    }
}

#[test]
fn methods_of_the_other_era_and_of_no_era_are_not_found() {
    let rig = Rig::new();
    for method in [
        "logging/setLevel",
        "resources/subscribe",
        "tools/delete",
        "notifications/initialized",
        "",
    ] {
        assert_eq!(
            code(&rig.ask(&legacy(1, method, json!({})))),
            -32601,
            "legacy {method}"
        );
        assert_eq!(
            code(&rig.ask(&modern(1, method, json!({})))),
            -32601,
            "modern {method}"
        );
    }
    assert_eq!(code(&rig.ask(&modern(1, "ping", json!({})))), -32601);
    let long = rig.ask(&legacy(1, &"x".repeat(10_000), json!({})));
    assert!(long.to_string().len() < 300, "the name is repeated in full");
}

#[test]
fn calls_that_are_no_calls_are_parameter_errors() {
    let rig = Rig::new();
    let rows = [
        json!({}),
        json!({ "name": null }),
        json!({ "name": 7 }),
        json!({ "name": "no such tool" }),
        json!({ "name": "ECHO" }),
        json!({ "name": "echo", "arguments": [] }),
        json!({ "name": "echo", "arguments": "{}" }),
        json!({ "name": "echo", "_meta": { "progressToken": 1.5 } }),
    ];
    for params in rows {
        assert_eq!(
            code(&rig.ask(&legacy(1, "tools/call", params.clone()))),
            -32602,
            "{params}"
        );
        assert_eq!(
            code(&rig.ask(&modern(1, "tools/call", params.clone()))),
            -32602,
            "{params}"
        );
    }
    assert_eq!(rig.fake.alive.get(), 0);
}

#[test]
fn absent_and_null_arguments_are_none() {
    let rig = Rig::new();
    for params in [
        json!({ "name": "echo" }),
        json!({ "name": "echo", "arguments": null }),
    ] {
        let answer = rig.ask(&legacy(1, "tools/call", params));
        assert_eq!(answer["result"]["content"][0]["text"], "{}");
        assert_eq!(answer["result"]["isError"], false);
    }
}

#[test]
fn a_failed_tool_is_a_result() {
    let answer = Rig::new().ask(&legacy(1, "tools/call", json!({ "name": "fail" })));
    assert_eq!(answer["result"]["isError"], true);
    assert_eq!(answer.get("error"), None);
}

#[test]
fn any_cursor_is_a_bad_one() {
    let rig = Rig::new();
    for cursor in [json!("bogus"), json!(""), json!(1)] {
        assert_eq!(
            code(&rig.ask(&legacy(1, "tools/list", json!({ "cursor": cursor })))),
            -32602
        );
        assert_eq!(
            code(&rig.ask(&modern(1, "tools/list", json!({ "cursor": cursor })))),
            -32602
        );
    }
    assert!(
        rig.ask(&legacy(1, "tools/list", json!({ "cursor": null })))["result"]["tools"].is_array()
    );
}

#[test]
fn nothing_waits_for_the_handshake_and_it_can_be_repeated() {
    let rig = Rig::new();
    goes_on(&rig);
    assert!(rig.ask(&legacy(1, "tools/call", json!({ "name": "echo" })))["result"].is_object());
    for id in 2..4 {
        let answer = rig.ask(&legacy(
            id,
            "initialize",
            json!({ "protocolVersion": "2025-06-18" }),
        ));
        assert_eq!(answer["result"]["protocolVersion"], "2025-06-18");
        assert!(
            rig.say(&notification("notifications/initialized", json!({})))
                .is_empty()
        );
    }
}

#[test]
fn a_version_that_is_not_served_is_refused_with_those_that_are() {
    let rig = Rig::new();
    let mut request = modern(1, "tools/list", json!({}));
    request["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2030-01-01");
    let answer = rig.ask(&request);
    assert_eq!(code(&answer), -32022);
    let discovered = rig.ask(&modern(2, "server/discover", json!({})));
    assert_eq!(
        answer["error"]["data"]["supported"],
        discovered["result"]["supportedVersions"]
    );
    assert_eq!(answer["error"]["data"]["requested"], "2030-01-01");
}
