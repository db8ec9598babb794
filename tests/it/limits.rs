//! A component that takes more than it may have ends in time, the client gets an answer, and the next
//! call works.

use std::time::{Duration, Instant};

use argocd_tests::harness::Start;
use serde_json::json;

use crate::HOST;

const GLUTTON: &str = concat!(env!("OUT_DIR"), "/glutton.wasm");
/// Burst and refill make 5.6 s of computing; the rest is a loaded machine's.
const IN_TIME: Duration = Duration::from_secs(30);

#[tokio::test]
async fn each_excess_ends_in_time_and_the_client_is_answered() {
    let simulator = crate::argo_cd().start().unwrap();
    for (what, words) in [
        ("spin", "CPU limit"),
        ("memory", "memory allocation"),
        ("recursion", "trapped"),
        ("random", "exceeds limit 65536"),
        ("handles", "no free keys"),
        ("headers", "total size of fields exceeds limit"),
    ] {
        let mut host = Start::run(HOST)
            .against(&simulator)
            .arg(GLUTTON)
            .start()
            .unwrap();
        let begun = Instant::now();
        let id = host
            .begin("list_clusters", json!({ "what": what }))
            .await
            .unwrap();
        let response = host.response(id).await.unwrap();
        assert_eq!(response["error"]["code"], -32603, "{what}: {response}");
        assert!(
            begun.elapsed() < IN_TIME,
            "{what} took {:?}",
            begun.elapsed()
        );
        let next = host.call("list_clusters", json!({})).await.unwrap();
        assert_eq!(next.text, "enough", "{what}: the next call");
        let ended = host.end().await.unwrap();
        assert!(ended.status.success(), "{what}: {}", ended.stderr);
        assert!(ended.stderr.contains(words), "{what}: {}", ended.stderr);
    }
    assert!(simulator.requests().is_empty());
}
