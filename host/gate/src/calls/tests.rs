use super::*;

fn tools(calls: &Calls) -> Vec<String> {
    calls
        .open()
        .iter()
        .map(|call| format!("{}:{}", call.id, call.tool))
        .collect()
}

fn say(calls: &Calls, lines: &[&str]) {
    for line in lines {
        assert_eq!(calls.client_said(line.as_bytes()), Taken::Pass, "{line}");
    }
}

#[test]
fn a_call_is_open_until_answered_or_cancelled() {
    let calls = Calls::default();
    say(
        &calls,
        &[
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_clusters"}}"#,
            r#"{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"list_projects","arguments":{}}}"#,
            r#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
            r#"{"jsonrpc":"2.0","id":1.5,"method":"tools/call","params":{"name":"t"}}"#,
            r#"{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"t"}}"#,
            r#"{"jsonrpc":"2.0","id":[],"method":"tools/call","params":{"name":"t"}}"#,
            "no json",
        ],
    );
    assert_eq!(tools(&calls), ["1:list_clusters", "\"x\":list_projects"]);
    say(
        &calls,
        &[r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#],
    );
    assert_eq!(tools(&calls), ["\"x\":list_projects"]);
    let answer = br#"{"jsonrpc":"2.0","id":"x","result":{}}"#;
    assert_eq!(calls.component_said(answer), Verdict::Pass);
    assert!(tools(&calls).is_empty());
    assert_eq!(calls.take_ids(), [Arc::from("2")]);
}

#[test]
fn answers_are_counted_by_id_however_it_is_spelt() {
    let calls = Calls::default();
    say(
        &calls,
        &[
            r#"{"jsonrpc":"2.0","id":"\u0061\/b","method":"tools/list"}"#,
            r#"{"jsonrpc":"2.0","id":7,"method":5}"#,
            r#"{"jsonrpc":"2.0","id":1,"id":8}"#,
            r#"{"jsonrpc":"2.0","id":9,"result":{}}"#,
            r#"{"jsonrpc":"2.0","id":10,"method":"tools/list"}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":10}}"#,
        ],
    );
    for (line, expected) in [
        (r#"{"jsonrpc":"2.0","id":"a/b","result":{}}"#, Verdict::Pass),
        (
            r#"{"jsonrpc":"2.0","id":"a/b","result":{}}"#,
            Verdict::Refuse("an answer to no open call"),
        ),
        (
            r#"{"jsonrpc":"2.0","id":7,"error":{"code":-32600,"message":"m"}}"#,
            Verdict::Pass,
        ),
        (
            r#"{"jsonrpc":"2.0","id":8,"error":{"code":-32600,"message":"m","data":1}}"#,
            Verdict::Pass,
        ),
        (
            r#"{"jsonrpc":"2.0","id":9,"result":{}}"#,
            Verdict::Refuse("an answer to no open call"),
        ),
        (r#"{"jsonrpc":"2.0","id":10,"result":{}}"#, Verdict::Swallow),
        (
            r#"{"jsonrpc":"2.0","id":10,"result":{}}"#,
            Verdict::Refuse("an answer to no open call"),
        ),
    ] {
        assert_eq!(calls.component_said(line.as_bytes()), expected, "{line}");
    }
}

#[test]
fn each_unusable_line_earns_one_error_without_id() {
    let calls = Calls::default();
    let error = br#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}}"#;
    let refused = Verdict::Refuse("an error that answers no line");
    assert_eq!(calls.component_said(error), refused);
    say(
        &calls,
        &[
            "no json",
            "[]",
            r#"{"id":null,"method":"x"}"#,
            r#"{"method":"x"}"#,
        ],
    );
    for _ in 0..4 {
        assert_eq!(calls.component_said(error), Verdict::Pass);
    }
    assert_eq!(calls.component_said(error), refused);
}

#[test]
fn listed_notifications_pass_for_open_calls_only() {
    let calls = Calls::default();
    let progress = br#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":1}}"#;
    let accepted = br#"{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"notifications":{},"_meta":{"io.modelcontextprotocol/subscriptionId":2}}}"#;
    assert!(matches!(calls.component_said(progress), Verdict::Refuse(_)));
    assert!(matches!(calls.component_said(accepted), Verdict::Refuse(_)));
    say(
        &calls,
        &[
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"n","_meta":{"progressToken":"t"}}}"#,
            r#"{"jsonrpc":"2.0","id":2,"method":"subscriptions/listen","params":{"notifications":{}}}"#,
        ],
    );
    assert_eq!(calls.component_said(progress), Verdict::Pass);
    assert_eq!(calls.component_said(progress), Verdict::Pass);
    assert_eq!(calls.component_said(accepted), Verdict::Pass);
    assert!(matches!(calls.component_said(accepted), Verdict::Refuse(_)));
    calls.component_said(br#"{"jsonrpc":"2.0","id":1,"result":{}}"#);
    assert!(matches!(calls.component_said(progress), Verdict::Refuse(_)));
}

#[test]
fn what_names_itself_at_length_is_not_kept() {
    let calls = Calls::default();
    let long = "x".repeat(limits::ID_BYTES);
    for line in [
        format!(r#"{{"jsonrpc":"2.0","id":"{long}","method":"ping"}}"#),
        format!(
            r#"{{"jsonrpc":"2.0","id":1{},"method":"ping"}}"#,
            "0".repeat(limits::ID_BYTES)
        ),
        format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"x{long}"}}}}"#
        ),
        format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"_meta":{{"progressToken":"{long}"}}}}}}"#
        ),
    ] {
        assert_eq!(calls.client_said(line.as_bytes()), Taken::TooLong, "{line}");
    }
    assert!(calls.take_ids().is_empty());
}

#[test]
fn nothing_else_passes() {
    let calls = Calls::default();
    say(
        &calls,
        &[
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","_meta":{"progressToken":"p"}}}"#,
            // By position: the component sees no id and no name there.
            r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":[1]}"#,
            r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":["u"]}"#,
        ],
    );
    for line in [
        r#"{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{}}"#,
        r#"{"jsonrpc":"2.0","id":"s","method":"elicitation/create"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"roots/list"}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":{},"method":"sampling/createMessage"}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}"#,
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":""}}"#,
        r#"{"jsonrpc":"2.0","id":1,"error":null}"#,
        r#"{"jsonrpc":"2.0","id":1}"#,
        r#"{"jsonrpc":"2.0","id":null,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":1,"id":1,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":{},"extra":1}"#,
        r#"{"jsonrpc":"1.0","id":1,"result":{}}"#,
        r#"{"id":1,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":{"#,
        r#"[{"jsonrpc":"2.0","id":1,"result":{}}]"#,
        r#"{"jsonrpc":"2.0","method":"notifications/message","params":{}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[\r{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"roots/list\"}\r]}",
        r#"["2.0",1]"#,
        r#"{"jsonrpc":"2.0","id":1,"error":[1,"m"]}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/progress","params":["p"]}"#,
        "plain text",
        "",
    ] {
        let verdict = calls.component_said(line.as_bytes());
        assert!(matches!(verdict, Verdict::Refuse(_)), "{line}: {verdict:?}");
    }
    assert!(matches!(
        calls.component_said(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"\xff\"}"),
        Verdict::Refuse(_)
    ));
    assert_eq!(tools(&calls), ["1:t"]);
}

#[test]
fn a_handshake_is_replayed_and_its_answer_swallowed_once() {
    let calls = Calls::default();
    assert!(calls.replay().is_empty(), "none was made");
    say(
        &calls,
        &[
            r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#,
        ],
    );
    assert!(calls.replay().is_empty(), "none was accepted");
    calls.take_ids();
    say(
        &calls,
        &[
            r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        ],
    );
    calls.component_said(br#"{"jsonrpc":"2.0","id":0,"result":{}}"#);
    let lines = calls.replay();
    let Asked::Request { id, method, params } = from_client(&lines[0]) else {
        panic!("{lines:?}")
    };
    assert_eq!(method, "initialize");
    assert!(params.unwrap().get().contains("2025-06-18"));
    assert!(String::from_utf8_lossy(&lines[1]).contains("notifications/initialized"));
    let answer = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{}}}}"#);
    assert_eq!(calls.component_said(answer.as_bytes()), Verdict::Swallow);
    assert!(matches!(
        calls.component_said(answer.as_bytes()),
        Verdict::Refuse(_)
    ));
}

#[test]
fn a_full_table_takes_no_more_calls() {
    let calls = Calls::default();
    for id in 0..limits::OPEN_CALLS {
        say(
            &calls,
            &[&format!(
                r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/list"}}"#
            )],
        );
    }
    assert_eq!(
        calls.client_said(br#"{"jsonrpc":"2.0","id":"one","method":"tools/list"}"#),
        Taken::Full("\"one\"".into())
    );
}
