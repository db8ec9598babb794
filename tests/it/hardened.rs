//! The running process, seen from outside: hardened before it answers, and it still does its work.

use argocd_tests::harness::Start;
use serde_json::json;

use crate::HOST;

/// What the kernel says of a process: the value after `name:`.
fn status(pid: u32, name: &str) -> String {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().trim_start_matches(':').trim().to_owned()
}

#[tokio::test]
async fn a_serving_host_has_no_new_privileges_and_a_filter() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    let answer = host.call("list_clusters", json!({})).await.unwrap();
    assert!(!answer.is_error, "{}", answer.text);
    let (pid, own) = (host.pid().unwrap(), std::process::id());
    assert_eq!(status(pid, "NoNewPrivs"), "1");
    assert_eq!(status(pid, "Seccomp"), "2");
    let filters = |pid| status(pid, "Seccomp_filters").parse::<u32>().unwrap();
    assert_eq!(filters(pid), filters(own) + 1, "one more than this process");
    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);
    assert!(!ended.stderr.contains("warning"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_demo_serves_from_the_hardened_process_itself() {
    let mut host = Start::run(HOST).arg("--demo").start().unwrap();
    let answer = host.call("list_applications", json!({})).await.unwrap();
    assert!(!answer.is_error, "{}", answer.text);
    assert_eq!(status(host.pid().unwrap(), "Seccomp"), "2");
    assert!(host.end().await.unwrap().status.success());
}
