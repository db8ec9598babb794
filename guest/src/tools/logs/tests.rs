#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::{Ask, Call, LogSource, Stream, Subject, name, query, view};
use crate::answer::Answer;

fn line(second: usize, content: &str) -> String {
    let time = format!("2026-11-22T21:{:02}:{:02}.5Z", second / 60, second % 60);
    json!({"result": {"content": content, "timeStamp": time, "last": false, "timeStampStr": time, "podName": "web-1"}}).to_string()
}

fn kubelet(content: &str) -> String {
    json!({"result": {"content": content, "timeStamp": null, "last": false, "timeStampStr": "0001-01-01T00:00:00Z", "podName": ""}})
        .to_string()
}

const LAST: &str = r#"{"result":{"content":"","timeStamp":"2026-11-22T21:13:23Z","last":true,"timeStampStr":"2026-11-22T21:13:23.1Z","podName":""}}"#;

fn answer(lines: &[String], arguments: &Value) -> Answer {
    let mut stream = Stream::default();
    lines.iter().for_each(|line| stream.push(line.as_bytes()));
    let call = Call::new(
        "get_application_logs",
        arguments.as_object().unwrap().clone(),
        &std::rc::Rc::new(crate::tools::Offer::all(crate::tools::all())),
    );
    let input: Ask = call.input().unwrap();
    let subject = Subject {
        name: name(&query(&input, LogSource::Pod(input.pod.clone().unwrap()))),
        notes: Vec::new(),
        tail: 200,
        containers: Vec::new(),
    };
    view::write(&stream, &subject, &input, &call).unwrap()
}

#[test]
fn lines_have_times_and_repeats_are_folded() {
    let lines = [
        line(1, "start"),
        line(2, "retry"),
        line(3, "retry"),
        line(4, "retry"),
        line(5, "\u{1b}[31mfailed\u{1b}[0m password=x"),
        LAST.to_owned(),
    ];
    let answer = answer(&lines, &json!({"name": "shop", "pod": "web-1"}));
    let want = "Pod web-1: 5 lines, times of 2026-11-22 in UTC\n21:00:01 > start\n21:00:02 > retry (x3, until 21:00:04)\n21:00:05 > failed password=(hidden)";
    assert_eq!(answer.text(), want);
    assert!(!answer.is_error());
}

#[test]
fn kubelet_errors_are_errors_and_propose_containers() {
    let text = "a container name must be specified for pod web-1, choose one of: [api envoy] or one of the init containers: [wait]";
    let answer = answer(
        &[kubelet(text), LAST.to_owned()],
        &json!({"name": "shop", "pod": "web-1"}),
    );
    assert!(answer.is_error());
    assert!(answer.text().contains(text));
    for container in ["api", "envoy", "wait"] {
        let call = format!(
            r#"get_application_logs {{"container":"{container}","name":"shop","pod":"web-1"}}"#
        );
        assert!(answer.text().contains(&call), "{}", answer.text());
    }
}

#[test]
fn trouble_is_told_apart() {
    let pod = json!({"name": "shop", "pod": "web-1"});
    let stream_error = r#"{"error":{"grpc_code":13,"http_code":500,"message":"boom https://u:p@h","http_status":"x"}}"#.to_owned();
    for (lines, is_error, part) in [
        (vec![], true, "no Pod web-1"),
        (vec![LAST.to_owned()], false, "has written nothing"),
        (
            vec![kubelet(
                "container \"api\" in pod \"web-1\" is waiting to start: ContainerCreating",
            )],
            true,
            "has not started",
        ),
        (
            vec![kubelet("Get \"https://h:6443/x\": dial tcp: refused")],
            true,
            "list_clusters",
        ),
        (vec![stream_error.clone()], true, "boom https://h"),
        (vec![line(1, "one"), stream_error], true, "> one"),
        (vec!["<html>".to_owned()], true, "not valid JSON"),
        (
            vec![
                "{}".to_owned(),
                "{\"result\":null}".to_owned(),
                line(1, "one"),
            ],
            false,
            "> one",
        ),
    ] {
        let answer = answer(&lines, &pod);
        assert_eq!(answer.is_error(), is_error, "{lines:?}: {}", answer.text());
        assert!(answer.text().contains(part), "{lines:?}: {}", answer.text());
    }
}

#[test]
fn pages_go_back_and_show_each_line_once() {
    let lines: Vec<_> = (0..600)
        .map(|n| line(n, &format!("line {n:03} {}", "x".repeat(50))))
        .collect();
    let (mut arguments, mut all, mut pages) = (
        json!({"name": "shop", "pod": "web-1", "tail_lines": 600}),
        String::new(),
        0,
    );
    loop {
        let answer = answer(&lines, &arguments);
        let text = answer.text().to_owned();
        assert!(text.chars().count() <= 8_000);
        assert!(pages > 0 || text.contains("line 599"));
        all.push_str(&text);
        pages += 1;
        let Some(call) = text
            .lines()
            .find_map(|line| line.split_once("get_application_logs "))
            .map(|(_, call)| call.to_owned())
        else {
            break;
        };
        arguments = serde_json::from_str(&call).unwrap();
        assert!(pages < 20);
    }
    for n in 0..600 {
        assert_eq!(all.matches(&format!("line {n:03} ")).count(), 1, "{n}");
    }
}

#[test]
fn private_keys_over_lines_are_hidden() {
    let lines = [
        line(1, "-----BEGIN PRIVATE KEY-----"),
        line(2, "CANARY"),
        line(3, "-----END PRIVATE KEY-----"),
        line(4, "after"),
    ];
    let answer = answer(&lines, &json!({"name": "shop", "pod": "web-1"}));
    assert!(
        !answer.text().contains("CANARY") && answer.text().contains("after"),
        "{}",
        answer.text()
    );
}
