//! The reviewed description of all tools, and one answer of each. `just bless` rewrites them.

use argocd_tests::harness::Start;
use serde_json::json;

use crate::{HOST, each_tool};

#[tokio::test]
async fn the_tool_list_is_reviewed_and_stable() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut texts = Vec::new();
    for _ in 0..2 {
        let mut host = Start::run(HOST).against(&simulator).start().unwrap();
        let list = host.ask("tools/list", json!({})).await.unwrap();
        texts.push(serde_json::to_string_pretty(&list["result"]["tools"]).unwrap());
    }
    assert_eq!(texts[0], texts[1], "the same bytes each time");
    insta::assert_snapshot!("tools_list", texts[0]);
}

#[tokio::test]
async fn answers_are_reviewed() {
    let simulator = crate::argo_cd().unshared().start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    let mut all = String::new();
    for (tool, arguments, fact) in each_tool() {
        let answer = host.call(tool, arguments.clone()).await.unwrap();
        assert!(
            !answer.is_error && answer.text.contains(fact),
            "{tool}: {}",
            answer.text
        );
        // Times change with the clock; everything else is the same at each run.
        let steady = without_openings(&without_ages(&answer.text, &simulator.url()));
        all.push_str(&format!("━━ {tool} {arguments}\n{steady}\n\n"));
    }
    insta::assert_snapshot!("answers", all);
}

/// Replaces "3 h ago" and the like, and the simulator's port.
fn without_ages(text: &str, url: &str) -> String {
    let mut out = String::new();
    let text = text.replace(url.trim_end_matches('/'), "http://argocd.test");
    let mut rest = text.as_str();
    while let Some(at) = rest.find(" ago") {
        let head = &rest[..at];
        let start = head
            .rfind(|c: char| !(c.is_ascii_digit() || c == ' ' || c.is_ascii_lowercase()))
            .map_or(0, |i| i + 1);
        out.push_str(&head[..start]);
        out.push_str(" AGE ago");
        rest = &rest[at + 4..];
    }
    out.push_str(rest);
    out
}

/// Replaces the time in "opens 2026-11-24T05:00:00Z (in 19 h)" and the like; a window of the demo is
/// open for two hours each morning.
fn without_openings(text: &str) -> String {
    let mut parts = text.split(" (in ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, rest) = part.split_once(')').unwrap();
        let before = out.rfind(' ').map_or(0, |at| at + 1);
        out.truncate(before);
        out.push_str("TIME (in AGE)");
        out.push_str(rest);
    }
    out.replace("open, closes TIME", "closed, opens TIME")
}
