//! What an MCP client may do to the host: say nonsense, say too much, not listen, go away. The host stays
//! small, answers what can be answered, once, and goes on.

use std::{collections::BTreeSet, time::Duration};

use argocd_tests::{
    harness::{Host, Memory, PATIENCE, Start},
    simulator::{Fault, FaultKind, Request, Simulator},
};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, process::ChildStdin, time::timeout};

use crate::HOST;

/// What a client's words may cost the host in memory, in bytes, the component's linear memory counted
/// in: two queues of 4 and 8 MiB, a line of 1 MiB in some copies, and what an allocator adds.
const GROWTH_BYTES: u64 = 32 << 20;
/// What a host that has just been started takes until it serves, in bytes.
const STARTED_BYTES: u64 = 24 << 20;
/// A host that takes nothing for so long has stopped to.
const STALL: Duration = Duration::from_millis(500);
const CLUSTERS: &str = "/api/v1/clusters";

fn simulator() -> Simulator {
    crate::argo_cd().start().unwrap()
}

fn start(simulator: &Simulator) -> Host {
    Start::run(HOST).against(simulator).start().unwrap()
}

async fn ping(host: &mut Host) {
    let pong = host.ask("ping", json!({})).await.unwrap();
    assert_eq!(pong["result"], json!({}), "{pong}");
}

/// Fails when the process grew by `most` bytes or more between two looks, where the system says.
fn stayed_below(most: u64, before: Option<Memory>, after: Option<Memory>, what: &str) {
    let growth = before
        .zip(after)
        .map(|(before, after)| before.growth_until(after));
    assert!(
        growth.is_none_or(|bytes| bytes < most),
        "{what}: {growth:?} bytes"
    );
}

/// `bytes`, then a newline; the one answer.
async fn answer(host: &mut Host, bytes: &[u8]) -> Value {
    host.raw(bytes).await.unwrap();
    host.raw(b"\n").await.unwrap();
    host.next().await.unwrap()
}

#[tokio::test]
async fn huge_lines_are_bounded_in_memory_and_the_next_one_works() {
    let simulator = simulator();
    let ping_with = |text: &str| {
        format!(r#"{{"jsonrpc":"2.0","id":"x","method":"ping","params":{{"x":"{text}"}}}}"#)
            .into_bytes()
    };
    let rows: [(&str, Vec<u8>, Option<i64>); 6] = [
        ("a line of 64 MiB", vec![b' '; 64 << 20], Some(-32600)),
        ("a bomb of depth", vec![b'['; 1_000_000], Some(-32600)),
        ("zero bytes", vec![0; 1_000_000], Some(-32700)),
        ("no UTF-8", vec![0xff; 1_000_000], Some(-32700)),
        (
            "brackets in a string",
            ping_with(&"[".repeat(1_000_000)),
            None,
        ),
        ("escapes", ping_with(&"\\u0000".repeat(170_000)), None),
    ];
    for (name, line, code) in rows {
        let mut host = start(&simulator);
        ping(&mut host).await;
        let before = host.memory();
        let said = answer(&mut host, &line).await;
        assert_eq!(said["error"]["code"].as_i64(), code, "{name}: {said}");
        ping(&mut host).await;
        stayed_below(GROWTH_BYTES, before, host.memory(), name);
        let ended = host.end().await.unwrap();
        assert!(ended.status.success(), "{name}: {}", ended.stderr);
        assert_eq!(ended.transcript.len(), 3, "{name}");
    }
}

#[tokio::test]
async fn every_id_comes_back_as_it_was_or_as_an_error_without_one() {
    let simulator = simulator();
    let mut host = start(&simulator);
    let long = format!("\"{}\"", "x".repeat(100_000));
    let digits = "9".repeat(200);
    for id in [
        "0",
        "-0",
        "-1",
        "1.0",
        "1.5",
        "1e2",
        "1e400",
        "01",
        "18446744073709551615",
        "18446744073709551616",
        &digits,
        "true",
        "null",
        "[1]",
        "{\"a\":1}",
        "\"\"",
        "\"1\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"a\\u0062\"",
        "\"\u{202e}\"",
        &long,
        // Said twice: the last counts.
        "7,\"id\":8",
    ] {
        let line = format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"ping\"}}");
        let shown = &id[..id.len().min(40)];
        let said = answer(&mut host, line.as_bytes()).await;
        let message: Option<Value> = serde_json::from_str(&line).ok();
        let same = message.is_some_and(|message| message["id"] == said["id"]);
        let refused = said["id"].is_null() && said["error"]["code"].is_i64();
        assert!(
            same && said["result"].is_object() || refused,
            "{shown}: {said}"
        );
        ping(&mut host).await;
    }
    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);
    // No answer of the component was taken for one that nobody asked for.
    assert!(!ended.stderr.contains("refused"), "{}", ended.stderr);
}

#[tokio::test]
async fn what_a_call_is_named_by_is_short_or_not_kept() {
    const TIMES: usize = 100;
    let simulator = simulator();
    simulator.fault(Fault::on(CLUSTERS, FaultKind::Hold));
    let mut host = start(&simulator);
    ping(&mut host).await;
    let before = host.memory();
    let long = "x".repeat(1_000_000);
    let params = json!({ "name": "list_clusters", "arguments": {} });
    let mut with_token = params.clone();
    with_token["_meta"] = json!({ "progressToken": long });
    for (id, params) in [
        (json!(long), params),
        (json!(1), with_token),
        (json!(1), json!({ "name": long, "arguments": {} })),
    ] {
        let call = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
        for _ in 0..TIMES {
            host.send(&call).await.unwrap();
            let said = host.next().await.unwrap();
            let refused = said["id"].is_null() && said["error"]["code"] == -32600;
            assert!(refused, "{said}");
        }
    }
    stayed_below(GROWTH_BYTES, before, host.memory(), "long ids and tokens");
    ping(&mut host).await;
    assert!(simulator.requests().is_empty());
}

#[tokio::test]
async fn one_id_used_twice_has_two_answers_or_is_cancelled_twice() {
    // More often than calls may be open: what a cancellation leaves behind would add up to that.
    const TIMES: usize = 1_100;
    let simulator = simulator();
    simulator.fault(Fault::on(CLUSTERS, FaultKind::Hold));
    let mut host = start(&simulator);
    let call = json!({ "jsonrpc": "2.0", "id": "twice", "method": "tools/call", "params": { "name": "list_clusters", "arguments": {} } });
    let cancel = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": "twice" } });
    for _ in 0..TIMES {
        for message in [&call, &call, &cancel] {
            host.send(message).await.unwrap();
        }
    }
    ping(&mut host).await;
    host.send(&call).await.unwrap();
    host.send(&call).await.unwrap();
    // Both are open when the answers may come.
    ping(&mut host).await;
    simulator.clear_faults();
    simulator.release();
    for _ in 0..2 {
        let said = host.next().await.unwrap();
        let good = said["id"] == "twice" && said["result"].is_object();
        assert!(good, "{said}");
    }
    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);
    assert_eq!(ended.transcript.len(), 4, "{:?}", ended.transcript);
}

/// Writes until all is written, or the host takes no more; what is left.
async fn press<'a>(stdin: &mut ChildStdin, mut bytes: &'a [u8]) -> &'a [u8] {
    while !bytes.is_empty() {
        match timeout(STALL, stdin.write(bytes)).await {
            Ok(written) => bytes = &bytes[written.unwrap()..],
            Err(_) => break,
        }
    }
    bytes
}

/// What became of lines whose answers nobody read until the host took no more.
struct Unread {
    /// Bytes that it did not take before somebody read.
    left: usize,
    transcript: Vec<String>,
}

async fn unread(lines: Vec<u8>) -> Unread {
    let simulator = simulator();
    let start = Start::run(HOST).against(&simulator);
    let mut host = start.unread().start().unwrap();
    let before = host.memory();
    let mut stdin = host.take_stdin().unwrap();
    let left = press(&mut stdin, &lines).await.len();
    host.read_on();
    stdin.write_all(&lines[lines.len() - left..]).await.unwrap();
    let most = STARTED_BYTES + GROWTH_BYTES;
    stayed_below(most, before, host.memory(), "unread answers");
    drop(stdin);
    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);
    Unread {
        left,
        transcript: ended.transcript,
    }
}

/// Half a million lines that the host itself answers: three bytes each, and eighty for the answer.
const REFUSED: usize = 500_000;

fn refused() -> Vec<u8> {
    b"\xff \n".repeat(REFUSED)
}

/// A request with an answer of 1.4 kB.
fn initialize(id: usize) -> String {
    let params = json!({  "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "x", "version": "1" } });
    format!(
        "{}\n",
        json!({ "jsonrpc": "2.0", "id": id, "method": "initialize", "params": params })
    )
}

#[tokio::test]
async fn ten_thousand_requests_of_a_client_that_does_not_read_are_each_answered_once() {
    const REQUESTS: usize = 10_000;
    let lines: String = (0..REQUESTS).map(initialize).collect();
    let answers = unread(lines.into_bytes()).await.transcript;
    assert_eq!(answers.len(), REQUESTS);
    let mut ids = BTreeSet::new();
    for line in &answers {
        let said: Value = serde_json::from_str(line).unwrap();
        let refused = said["error"]["message"].as_str().unwrap_or_default();
        let good = said["result"].is_object() || refused.contains("calls are in progress");
        assert!(good, "{line}");
        ids.insert(said["id"].as_u64().unwrap());
    }
    assert_eq!(ids.len(), REQUESTS);
}

#[tokio::test]
async fn what_the_host_itself_refuses_waits_for_a_client_that_reads_too() {
    let Unread { left, transcript } = unread(refused()).await;
    assert!(left > 0, "the host took everything, unread");
    assert_eq!(transcript.len(), REFUSED);
    assert!(transcript.iter().all(|line| line.contains("-32700")));
}

#[tokio::test]
async fn a_thousand_calls_at_once_are_64_requests_at_once_and_all_are_answered() {
    const CALLS: usize = 1_000;
    const REQUESTS: usize = 64;
    let simulator = simulator();
    simulator.fault(Fault::on(CLUSTERS, FaultKind::Hold));
    let mut host = start(&simulator);
    let mut ids = Vec::new();
    for _ in 0..CALLS {
        ids.push(host.begin("list_clusters", json!({})).await.unwrap());
    }
    assert!(simulator.wait_until(|seen| seen.len() >= REQUESTS, PATIENCE));
    // All thousand were read by now, and everything that they start has started.
    ping(&mut host).await;
    let open = (simulator.requests().len(), simulator.open_connections());
    assert_eq!(open, (REQUESTS, REQUESTS));
    simulator.clear_faults();
    simulator.release();
    for id in ids {
        let answer = host.answer(id).await.unwrap();
        assert!(!answer.is_error, "{}", answer.text);
    }
    assert_eq!(simulator.requests().len(), CALLS);
}

#[tokio::test]
async fn the_end_of_stdin_ends_open_calls_with_an_answer_and_aborts_them_upstream() {
    let simulator = simulator();
    simulator.fault(Fault::on(CLUSTERS, FaultKind::Hold));
    let mut host = start(&simulator);
    for _ in 0..5 {
        host.begin("list_clusters", json!({})).await.unwrap();
    }
    assert!(simulator.wait_until(|seen| seen.len() == 5, PATIENCE));
    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);
    let said = |line: &String| serde_json::from_str::<Value>(line).unwrap();
    let mut ids: Vec<i64> = ended
        .transcript
        .iter()
        .map(said)
        .filter(|said| said["error"]["code"] == -32603)
        .filter_map(|said| said["id"].as_i64())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, [1, 2, 3, 4, 5], "{:?}", ended.transcript);
    let aborted = |seen: &[Request]| seen.iter().filter(|r| r.aborted).count() == 5;
    assert!(simulator.wait_until(aborted, PATIENCE));
}

#[tokio::test]
async fn a_client_that_closes_stdout_first_ends_the_host_cleanly() {
    let simulator = simulator();
    // Before an answer, and with more answers waiting than fit into the queue.
    for (lines, all) in [(initialize(1).into_bytes(), true), (refused(), false)] {
        let start = Start::run(HOST).against(&simulator);
        let mut host = start.unread().start().unwrap();
        let mut stdin = host.take_stdin().unwrap();
        let left = press(&mut stdin, &lines).await;
        assert_eq!(left.is_empty(), all, "{} bytes are left", left.len());
        host.close_stdout();
        // It goes on taking what a client without ears says.
        stdin.write_all(left).await.unwrap();
        drop(stdin);
        let ended = host.end().await.unwrap();
        assert!(ended.status.success(), "{}", ended.stderr);
        assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn strange_cancellations_and_progress_tokens_change_nothing() {
    let simulator = simulator();
    simulator.fault(Fault::on(CLUSTERS, FaultKind::Hold));
    let mut host = start(&simulator);
    let open = host.begin("list_clusters", json!({})).await.unwrap();
    for params in [
        "{\"requestId\":999}",
        "{\"requestId\":\"1\"}",
        "{\"requestId\":1.0}",
        "{\"requestId\":1.5}",
        "{\"requestId\":null}",
        "{\"requestId\":[1]}",
        "{\"requestId\":{}}",
        "{\"reason\":1}",
        "[1]",
        "1",
        "null",
    ] {
        let line = format!(
            "{{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{params}}}\n"
        );
        host.raw(line.as_bytes()).await.unwrap();
    }
    ping(&mut host).await;
    simulator.clear_faults();
    simulator.release();
    assert!(!host.answer(open).await.unwrap().is_error);
    for token in [
        json!(null),
        json!(true),
        json!(1.5),
        json!([1]),
        json!({ "a": 1 }),
        json!(""),
        json!("x".repeat(1_000)),
        json!(-1),
        json!(u64::MAX),
    ] {
        let params = json!({ "name": "list_clusters", "arguments": {}, "_meta": { "progressToken": token } });
        let said = host.ask("tools/call", params).await.unwrap();
        let answered = said["result"].is_object() || said["error"]["code"] == -32602;
        assert!(answered, "{said}");
    }
    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);
}

#[tokio::test]
async fn a_last_line_without_its_end_is_a_line() {
    let simulator = simulator();
    for (half, part) in [
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#,
            r#""result":{}"#,
        ),
        (r#"{"jsonrpc":"2.0","id":1,"met"#, "-32700"),
    ] {
        let mut host = start(&simulator);
        host.raw(half.as_bytes()).await.unwrap();
        let ended = host.end().await.unwrap();
        assert!(ended.status.success(), "{}", ended.stderr);
        let [line] = &ended.transcript[..] else {
            panic!("{half}: {:?}", ended.transcript)
        };
        assert!(line.contains(part), "{half}: {line}");
    }
}
