//! What holds for all tools at once.

use argocd_tests::{harness::Start, simulator::Simulator};
use serde_json::{Value, json};

use crate::{HOST, each_tool};

/// Longest default answer, in characters (tools.md, rule 4), and the hard cap.
const ANSWER_CHARS: usize = 8_000;

async fn listed(simulator: &Simulator) -> Vec<Value> {
    let mut host = Start::run(HOST).against(simulator).start().unwrap();
    let list = host.ask("tools/list", json!({})).await.unwrap();
    list["result"]["tools"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_tool_is_described_annotated_and_closed() {
    let simulator = crate::argo_cd().start().unwrap();
    let tools = listed(&simulator).await;
    let names: Vec<&str> = tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    let expected: Vec<&str> = each_tool().iter().map(|(name, ..)| *name).collect();
    assert_eq!(names, expected);
    for tool in &tools {
        let name = tool["name"].as_str().unwrap();
        assert!(
            name.len() <= 40 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
            "{name}"
        );
        let description = tool["description"].as_str().unwrap();
        assert!(
            (20..500).contains(&description.len()),
            "{name}: {description}"
        );
        let hints = &tool["annotations"];
        assert!(
            hints["title"]
                .as_str()
                .is_some_and(|title| !title.is_empty()),
            "{name}"
        );
        assert_eq!(
            [
                &hints["readOnlyHint"],
                &hints["destructiveHint"],
                &hints["idempotentHint"],
                &hints["openWorldHint"]
            ],
            [&json!(true), &json!(false), &json!(true), &json!(true)],
            "{name}"
        );
        assert_eq!(tool["inputSchema"]["type"], "object", "{name}");
        assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{name}");
        for (parameter, schema) in tool["inputSchema"]["properties"].as_object().unwrap() {
            assert!(
                schema["description"]
                    .as_str()
                    .is_some_and(|text| text.len() > 5),
                "{name}.{parameter}"
            );
        }
    }
}

#[tokio::test]
async fn every_tool_refuses_an_unknown_argument_by_name_before_any_request() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    for (tool, mut arguments, _) in each_tool() {
        arguments["nmae"] = json!("x");
        let answer = host.call(tool, arguments).await.unwrap();
        assert!(
            answer.is_error && answer.text.contains("nmae"),
            "{tool}: {}",
            answer.text
        );
    }
    assert!(
        simulator.requests().is_empty(),
        "{:?}",
        simulator.requests()
    );
}

#[tokio::test]
async fn every_tool_accepts_null_for_absent_and_numbers_as_text() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    for tool in listed(&simulator).await {
        let name = tool["name"].as_str().unwrap().to_owned();
        let (_, mut arguments, fact) = each_tool()
            .into_iter()
            .find(|(tool, ..)| *tool == name)
            .unwrap();
        for (parameter, schema) in tool["inputSchema"]["properties"].as_object().unwrap() {
            // Limits only: a depth or a history id of 50 would be another question.
            let number = parameter == "limit" || parameter == "tail_lines";
            assert!(!number || schema.to_string().contains("integer"));
            if arguments.get(parameter).is_none() {
                arguments[parameter] = if number { json!("10") } else { Value::Null };
            }
        }
        let answer = host.call(&name, arguments).await.unwrap();
        assert!(
            !answer.is_error && answer.text.contains(fact),
            "{name}: {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn hostile_names_are_refused_before_any_request() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    for name in [
        "../clusters",
        "a/b/c",
        "web?refresh=hard",
        "web%2f..",
        "a b",
        "",
        "ü",
        "web/sync#",
        &"x".repeat(300),
    ] {
        for (tool, mut arguments, _) in each_tool() {
            if arguments.get("name").is_none() {
                continue;
            }
            arguments["name"] = json!(name);
            let answer = host.call(tool, arguments).await.unwrap();
            assert!(answer.is_error, "{tool} {name:?}: {}", answer.text);
        }
    }
    assert!(
        simulator.requests().is_empty(),
        "{:?}",
        simulator.requests()
    );
}

/// Every application of the recordings, every tool: an answer within the budget, no withheld value.
#[tokio::test]
async fn no_answer_shows_a_planted_secret_or_passes_the_budget() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(argocd_tests::harness::fixtures())
        .unwrap()
        .flatten()
    {
        let file = entry.path().join("application.json");
        let Ok(text) = std::fs::read_to_string(file) else {
            continue;
        };
        let application: Value = serde_json::from_str(&text).unwrap();
        let namespace = application["metadata"]["namespace"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        names.push((
            namespace,
            application["metadata"]["name"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        ));
    }
    assert!(names.len() >= 20, "{names:?}");
    let mut answered = 0;
    for (namespace, name) in names {
        for (tool, mut arguments, _) in each_tool() {
            if arguments.get("name").is_none() {
                continue;
            }
            arguments["name"] = json!(format!("{namespace}/{name}"));
            let answer = host.call(tool, arguments).await.unwrap();
            assert!(
                !answer.text.contains("CANARY"),
                "{tool} {name}: {}",
                answer.text
            );
            assert!(
                answer.text.chars().count() <= ANSWER_CHARS,
                "{tool} {name}: {} characters",
                answer.text.chars().count()
            );
            answered += usize::from(!answer.is_error);
        }
    }
    assert!(answered > 100, "most of them are answered: {answered}");
    for tool in [
        "list_applications",
        "list_projects",
        "list_clusters",
        "list_repositories",
    ] {
        let answer = host.call(tool, json!({})).await.unwrap();
        assert!(
            !answer.is_error && !answer.text.contains("CANARY"),
            "{tool}: {}",
            answer.text
        );
        assert!(answer.text.chars().count() <= ANSWER_CHARS, "{tool}");
    }
}

#[tokio::test]
async fn fifty_thousand_applications_are_counted_in_flat_memory() {
    let mut peaks = Vec::new();
    for n in [1_000, 50_000] {
        let simulator = crate::argo_cd().generated(n).start().unwrap();
        let mut host = Start::run(HOST)
            .against(&simulator)
            .arg("--stats")
            .start()
            .unwrap();
        let answer = host.call("list_applications", json!({})).await.unwrap();
        assert!(!answer.is_error, "{}", answer.text);
        assert!(
            answer.text.contains(&format!("{n} applications")),
            "{}",
            answer.text
        );
        let ended = host.end().await.unwrap();
        let stats: Value = ended
            .stderr
            .lines()
            .find_map(|line| serde_json::from_str(line).ok())
            .expect("the stats line");
        peaks.push(stats["peak_memory_bytes"].as_u64().unwrap());
    }
    assert!(
        peaks[1] <= peaks[0] * 5 / 4,
        "peak memory grows with the fleet: {peaks:?}"
    );
    assert!(peaks[1] <= 32 << 20, "{peaks:?}");
}
