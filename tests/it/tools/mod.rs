//! One reviewed file for each tool: its entry in the tool list, and its answer on the recorded data.
//! `just bless` rewrites them.

use std::{collections::BTreeSet, panic::AssertUnwindSafe, path::Path};

use argocd_tests::harness::Start;
use serde_json::{Value, json};

use crate::{HOST, each_tool};

/// The folder of the reviewed files, from this one.
const FOLDER: &str = "snapshots";

#[tokio::test]
async fn the_tool_list_and_the_answers_are_reviewed() {
    let simulator = crate::argo_cd().unshared().start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    let tools = host.ask("tools/list", json!({})).await.unwrap()["result"]["tools"].take();
    let mut again = Start::run(HOST).against(&simulator).start().unwrap();
    let second = again.ask("tools/list", json!({})).await.unwrap();
    let texts = [&tools, &second["result"]["tools"]].map(Value::to_string);
    assert_eq!(texts[0], texts[1], "the same bytes each time");

    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(FOLDER);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let (mut names, mut differ) = (BTreeSet::new(), Vec::new());
    for tool in tools.as_array().unwrap() {
        let name = tool["name"].as_str().unwrap();
        let mut text = serde_json::to_string_pretty(tool).unwrap();
        let rows = each_tool().into_iter().filter(|(row, ..)| *row == name);
        let mut answers = 0;
        for (_, arguments, fact) in rows {
            let answer = host.call(name, arguments.clone()).await.unwrap();
            assert!(
                !answer.is_error && answer.text.contains(fact),
                "{name}: {}",
                answer.text
            );
            // Times change with the clock; everything else is the same at each run.
            let steady = without_openings(&without_ages(&answer.text, &simulator.url()));
            text.push_str(&format!("\n\n━━ {arguments}\n{steady}"));
            answers += 1;
        }
        assert!(
            answers > 0,
            "tests/clients/calls.json has no row for {name}"
        );
        let compare = || settings.bind(|| insta::assert_snapshot!(name, text));
        if std::panic::catch_unwind(AssertUnwindSafe(compare)).is_err() {
            differ.push(name);
        }
        names.insert(name.to_owned());
    }
    assert!(differ.is_empty(), "not as reviewed: {differ:?}");
    assert_eq!(reviewed(), names, "one file for each tool, and no other");
}

/// The tools that have a reviewed file.
fn reviewed() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/it/tools");
    let files = std::fs::read_dir(folder.join(FOLDER)).unwrap();
    files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .map(|file| file.strip_suffix(".snap").unwrap_or(&file).to_owned())
        .collect()
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
