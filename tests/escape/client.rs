//! Hostile input of the client, and hostile text of the cluster on its way to it.

use argocd_tests::{
    harness::corpus,
    hostile::{NAMES, SEQUENCES},
};
use serde_json::{Value, json};

use crate::{
    kit::{Arena, Kit, Tally, of_kind},
    stderr::is_clean,
};

const SPY: &str = concat!(env!("OUT_DIR"), "/spy.wasm");

/// Lines that the host answers itself: the component never sees them.
pub(crate) fn lines(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        format!(r#"{{"jsonrpc":"2.0","id":77,"method":"ping","params":{open}1{close}}}"#)
            .into_bytes()
    };
    let long = |bytes: usize| {
        let mut line = br#"{"jsonrpc":"2.0","id":78,"method":"ping","params":{"x":""#.to_vec();
        line.resize(bytes - 3, b'a');
        line.extend(br#""}}"#);
        line
    };
    let bad: Vec<(&str, Vec<u8>)> = vec![
        ("longer than 1 MiB", long((1 << 20) + 1)),
        ("8 MiB", long(8 << 20)),
        ("65 deep", nested(64)),
        ("100,000 deep", nested(100_000)),
        (
            "no UTF-8",
            b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}".to_vec(),
        ),
        ("surrogates", b"\xed\xa0\x80{}".to_vec()),
    ];
    kit.wait(async {
        let mut host = kit
            .run()
            .against(&arena.simulator)
            .arg(SPY)
            .start()
            .unwrap();
        for (name, line) in &bad {
            host.raw(line).await.unwrap();
            host.raw(b"\n").await.unwrap();
            let answer = host.next().await.unwrap();
            let code = &answer["error"]["code"];
            let refused = answer["id"].is_null() && (*code == -32600 || *code == -32700);
            tally.attempt(refused, || format!("{name}: {answer}"));
        }
        host.raw(&nested(63)).await.unwrap();
        host.raw(b"\n").await.unwrap();
        let answer = host.response(77).await.unwrap();
        let text = answer["result"]["content"][0]["text"]
            .as_str()
            .unwrap_or_default();
        let seen: Value = serde_json::from_str(text).unwrap_or_default();
        let known = seen["stdin"].as_array().map_or(0, Vec::len);
        tally.require(known == 1, format!("the component saw {known} lines"));
        tally.control(known >= 1, "a line 64 deep reaches the component");
        host.end().await.unwrap();
    });
    tally
}

/// Names are refused by the component, and what they would make by the host.
pub(crate) fn names(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let log = arena.log();
    let mut found = (false, false);
    kit.wait(async {
        let start = kit
            .run()
            .against(&arena.simulator)
            .arg("--audit-log")
            .arg(&log);
        let mut host = start.start().unwrap();
        for name in NAMES {
            let before = of_kind(&arena.audit(), "decision").len();
            let answer = host.call("get_application", json!({ "name": name })).await;
            let made = of_kind(&arena.audit(), "decision").len() - before;
            let error = answer.unwrap().is_error;
            tally.attempt(error && made == 0, || {
                format!("{name:?}: the component made {made} requests of it")
            });
        }
        tally.require(
            arena.simulator.requests().is_empty(),
            "the server saw a request",
        );
        let answer = host
            .call("get_application", json!({ "name": "orders-api" }))
            .await;
        found.0 = !answer.unwrap().is_error;
        host.end().await.unwrap();
    });
    let arena = Arena::new();
    kit.wait(async {
        let mut host = kit.hostile(&arena).start().unwrap();
        let authority = arena.simulator.addr().to_string();
        for (at, name) in NAMES.iter().chain(&["orders-api"]).enumerate() {
            let path = format!("/api/v1/applications/{name}");
            let attempt = json!({ "scheme": "http", "authority": authority, "path": path });
            let arguments = json!({ "attempts": [attempt] });
            let answer = host.call("get_application", arguments).await.unwrap().text;
            if at == NAMES.len() {
                found.1 = !answer.ends_with("HttpRequestDenied");
            } else {
                tally.attempt(answer.ends_with("HttpRequestDenied"), || answer);
            }
        }
        host.end().await.unwrap();
    });
    let seen = arena.simulator.requests().len();
    tally.require(
        seen == 1,
        format!("the server saw {seen} requests, not one"),
    );
    let denied = |line: &&&Value| line["decision"] == "deny";
    tally.lines = of_kind(&arena.audit(), "decision")
        .iter()
        .filter(denied)
        .count();
    tally.require(tally.lines == NAMES.len(), "one line for each path");
    tally.control(found == (true, true), "a true name passes both");
    tally
}

/// Inputs that fuzzing kept: after each the host still answers.
pub(crate) fn replay(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let inputs = corpus("framer");
    kit.wait(async {
        let mut host = kit.run().against(&arena.simulator).start().unwrap();
        for input in &inputs {
            host.raw(input).await.unwrap();
            host.raw(b"\n").await.unwrap();
            let pong = host.ask("ping", json!({})).await;
            tally.attempt(pong.is_ok(), || format!("after {input:?}: {pong:?}"));
        }
        let answer = host.call("list_clusters", json!({})).await.unwrap();
        tally.control(
            !answer.is_error,
            format!("{} kept inputs; a call after them works", inputs.len()),
        );
        let ended = host.end().await.unwrap();
        tally.require(ended.status.success(), ended.stderr);
    });
    tally.require(
        arena.simulator.requests().len() == 1,
        "odd lines made requests",
    );
    tally
}

/// Text of the cluster that steers a terminal, or holds a secret, in an application's condition.
pub(crate) fn planted(kit: &Kit) -> Tally {
    const SECRETS: [&str; 6] = [
        "https://user:CANARY@git.example.com/x.git",
        "password=CANARY",
        "Authorization: Bearer CANARY-0123456789",
        "AWS_SECRET_ACCESS_KEY=CANARY",
        "ghp_CANARY1234567890CANARY1234567890",
        "curl -u admin:CANARY https://h",
    ];
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let mut arrived = 0;
    kit.wait(async {
        let mut host = kit.run().against(&arena.simulator).start().unwrap();
        for text in SEQUENCES.iter().chain(&SECRETS) {
            arena
                .simulator
                .edit("/api/v1/applications/orders-api", |application| {
                    let message = format!("plain-mark {text}");
                    application["status"]["conditions"] =
                        json!([{ "type": "ComparisonError", "message": message }]);
                });
            let answer = host
                .call("get_application", json!({ "name": "orders-api" }))
                .await;
            let answer = answer.unwrap().text;
            arrived += usize::from(answer.contains("plain-mark"));
            let guidance = |line: &str| {
                let own = line.split(" > ").next().unwrap_or_default();
                (line.starts_with("Next: ") || line.starts_with("Note: ")) && own.contains("pwn3d")
            };
            let steered = !is_clean(&answer) || answer.lines().any(guidance);
            tally.attempt(!steered && !answer.contains("CANARY"), || {
                format!("{text:?}: {answer}")
            });
        }
        host.end().await.unwrap();
    });
    let all = SEQUENCES.len() + SECRETS.len();
    tally.control(
        arrived == all,
        format!("the text beside it arrives {arrived} times"),
    );
    tally
}
