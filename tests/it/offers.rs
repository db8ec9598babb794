//! What a client may choose and discover beside tools: tool sets, the structured form, prompts,
//! resources, completion, progress. Every line fits the schema of its era.

use argocd_tests::harness::Start;
use serde_json::{Value, json};

use crate::{HOST, each_tool, schema};

const LEGACY: &str = "2025-11-25";

fn names(list: &Value) -> Vec<String> {
    let tools = list["result"]["tools"].as_array().unwrap().iter();
    tools
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn tools_that_a_policy_file_takes_away_are_not_there() {
    let simulator = crate::argo_cd().start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.toml");
    for (tools, asked, left) in [
        (
            r#"["list_clusters", "get_sync_windows"]"#,
            "",
            &["get_sync_windows", "list_clusters"][..],
        ),
        (
            r#"["list_clusters", "get_sync_windows", "resources/read"]"#,
            "list_clusters, list_projects",
            &["list_clusters"],
        ),
        ("[]", "", &[]),
        (r#"["list_clusters"]"#, "list_projects", &[]),
    ] {
        std::fs::write(&policy, format!("version = 1\ntools = {tools}")).unwrap();
        let start = Start::run(HOST).against(&simulator).arg("--policy");
        let start = start.arg(&policy).env("ARGOCD_MCP_TOOLS", asked);
        let mut host = start.start().unwrap();
        let mut listed = names(&host.ask("tools/list", json!({})).await.unwrap());
        listed.sort();
        assert_eq!(listed, left, "{tools}");
        simulator.clear_requests();
        for tool in ["list_clusters", "list_projects"] {
            let asked = json!({"name": tool, "arguments": {}});
            let answer = host.ask("tools/call", asked).await.unwrap();
            let is_there = left.contains(&tool);
            assert_eq!(answer.get("error").is_none(), is_there, "{answer}");
            if !is_there {
                assert_eq!(answer["error"]["code"], -32602, "{answer}");
            }
        }
        assert_eq!(simulator.requests().len(), usize::from(!left.is_empty()));
    }
}

#[tokio::test]
async fn tool_sets_choose_what_is_listed_and_what_can_be_called() {
    let simulator = crate::argo_cd().start().unwrap();
    for (setting, has, lacks) in [
        ("", "diagnose_application", "no_such_tool"),
        ("default", "get_server_info", "no_such_tool"),
        ("default, resources", "get_resource", "compare_applications"),
        ("all", "compare_applications", "no_such_tool"),
        ("rollout", "get_sync_windows", "list_applications"),
        (
            "rollout, applicationsets",
            "get_applicationset",
            "list_applications",
        ),
    ] {
        let start = Start::run(HOST)
            .against(&simulator)
            .env("ARGOCD_MCP_TOOLSETS", setting);
        let mut host = start.start().unwrap();
        let listed = names(&host.ask("tools/list", json!({})).await.unwrap());
        assert_eq!(
            listed.len() == each_tool().len(),
            setting == "all",
            "{setting}: {listed:?}"
        );
        assert!(
            listed.iter().any(|name| name == has),
            "{setting}: {listed:?}"
        );
        let unknown = host
            .ask(
                "tools/call",
                json!({"name": lacks, "arguments": {"name": "guestbook"}}),
            )
            .await
            .unwrap();
        assert_eq!(unknown["error"]["code"], -32602, "{setting}: {unknown}");
        let known = host
            .ask("tools/call", json!({"name": has, "arguments": {}}))
            .await
            .unwrap();
        assert!(known.get("error").is_none(), "{setting}: {known}");
    }
    // Without a choice a tool that an answer names can be called though it is not listed; to spell
    // the default out is no choice either.
    for setting in ["", "default"] {
        let start = Start::run(HOST).against(&simulator);
        let mut unset = start.env("ARGOCD_MCP_TOOLSETS", setting).start().unwrap();
        let called = unset
            .call("get_sync_windows", json!({"name": "ledger"}))
            .await
            .unwrap();
        assert!(
            !called.is_error && called.text.contains("deny"),
            "{}",
            called.text
        );
    }
    let wrong = Start::run(HOST)
        .against(&simulator)
        .env("ARGOCD_MCP_TOOLSETS", "rolout")
        .start()
        .unwrap();
    let ended = wrong.end().await.unwrap();
    assert!(
        ended.stderr.contains("Did you mean rollout?"),
        "{}",
        ended.stderr
    );
}

/// How the data has the fact of a row of `calls.json` that is a flag.
const FLAGS: [(&str, &str); 2] = [
    ("get_project", r#""allowed":false"#),
    ("get_sync_windows", r#""never_closes":true"#),
];

#[tokio::test]
async fn the_structured_form_fits_the_schema_that_the_list_declares() {
    let simulator = crate::argo_cd().start().unwrap();
    let start = Start::run(HOST)
        .against(&simulator)
        .env("ARGOCD_MCP_OUTPUT", "structured");
    let mut host = start.start().unwrap();
    host.initialize(LEGACY).await.unwrap();
    let list = host.ask("tools/list", json!({})).await.unwrap();
    let tools = list["result"]["tools"].as_array().unwrap();
    assert_eq!(tools.len(), each_tool().len());
    for tool in tools {
        let name = tool["name"].as_str().unwrap();
        let validator = jsonschema::validator_for(&tool["outputSchema"]).unwrap();
        assert!(
            !validator.is_valid(&json!({"summary": 5})),
            "{name}: the schema refuses nothing"
        );
        let (_, arguments, fact_of_text) = each_tool()
            .into_iter()
            .find(|(known, ..)| *known == name)
            .unwrap();
        let answer = host
            .ask("tools/call", json!({"name": name, "arguments": arguments}))
            .await
            .unwrap();
        let structured = &answer["result"]["structuredContent"];
        let errors: Vec<String> = validator
            .iter_errors(structured)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:?}\n{structured}");
        // A line of the text is several members, and a flag has other words as data.
        let data = structured.to_string();
        match FLAGS.iter().find(|(tool, _)| *tool == name) {
            Some((_, flag)) => assert!(data.contains(flag), "{name}: {structured}"),
            None => {
                let words = fact_of_text
                    .split([' ', ':', '/'])
                    .filter(|word| !word.is_empty());
                for word in words {
                    // A text in JSON is escaped once more.
                    let word = serde_json::to_string(word).unwrap();
                    let is_there = data.contains(word.trim_matches('"'));
                    assert!(is_there, "{name} says {word}: {structured}");
                }
            }
        }
        // A client that knows only text reads the same as without the setting.
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        assert!(text.contains(fact_of_text), "{name}: {text}");
    }
    let failed = host
        .call("get_application", json!({"name": "nothing-there"}))
        .await
        .unwrap();
    assert!(failed.is_error, "{}", failed.text);
    let ended = host.end().await.unwrap();
    schema::check(&ended.transcript, LEGACY);
}

#[tokio::test]
async fn text_is_the_default_form() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    let list = host.ask("tools/list", json!({})).await.unwrap();
    let tools = list["result"]["tools"].as_array().unwrap();
    assert_eq!(tools.len(), each_tool().len());
    assert!(tools.iter().all(|tool| tool.get("outputSchema").is_none()));
    let answer = host
        .ask(
            "tools/call",
            json!({"name": "list_projects", "arguments": {}}),
        )
        .await
        .unwrap();
    assert!(answer["result"].get("structuredContent").is_none());
    let wrong = Start::run(HOST)
        .against(&simulator)
        .env("ARGOCD_MCP_OUTPUT", "xml")
        .start()
        .unwrap();
    let ended = wrong.end().await.unwrap();
    assert!(
        ended.stderr.contains("ARGOCD_MCP_OUTPUT"),
        "{}",
        ended.stderr
    );
}

#[tokio::test]
async fn prompts_resources_and_completion() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    let shaken = host.initialize(LEGACY).await.unwrap();
    let offered = &shaken["result"]["capabilities"];
    for capability in ["tools", "prompts", "resources", "completions"] {
        assert!(offered[capability].is_object(), "{offered}");
    }
    assert!(
        shaken["result"]["instructions"]
            .as_str()
            .unwrap()
            .chars()
            .count()
            < 2_000
    );
    let prompts = host.ask("prompts/list", json!({})).await.unwrap();
    let prompts = prompts["result"]["prompts"].as_array().unwrap();
    assert_eq!(prompts.len(), 3);
    for prompt in prompts {
        let mut arguments = serde_json::Map::new();
        for argument in prompt["arguments"].as_array().unwrap() {
            arguments.insert(
                argument["name"].as_str().unwrap().to_owned(),
                json!("checkout-api"),
            );
        }
        let params = json!({"name": prompt["name"], "arguments": arguments});
        let got = host.ask("prompts/get", params).await.unwrap();
        let text = got["result"]["messages"][0]["content"]["text"]
            .as_str()
            .unwrap();
        assert!(text.contains("checkout-api"), "{text}");
    }
    let templates = host
        .ask("resources/templates/list", json!({}))
        .await
        .unwrap();
    assert_eq!(
        templates["result"]["resourceTemplates"][0]["uriTemplate"],
        "argocd://applications/{namespace}/{name}"
    );
    let uri = "argocd://applications/team-growth/ab-testing";
    let read = host
        .ask("resources/read", json!({"uri": uri}))
        .await
        .unwrap();
    let text = read["result"]["contents"][0]["text"].as_str().unwrap();
    assert!(
        text.contains("ab-testing:0.31.0") && !text.contains("CANARY"),
        "{text}"
    );
    let params = json!({
        "ref": {"type": "ref/resource", "uri": "argocd://applications/{namespace}/{name}"},
        "argument": {"name": "name", "value": "checkout"},
    });
    let completed = host.ask("completion/complete", params).await.unwrap();
    assert_eq!(
        completed["result"]["completion"]["values"],
        json!(["checkout-api"])
    );
    let gone = host
        .ask(
            "resources/read",
            json!({"uri": "argocd://applications/argocd/nothing-there"}),
        )
        .await
        .unwrap();
    assert_eq!(gone["error"]["code"], -32002, "{gone}");
    let ended = host.end().await.unwrap();
    schema::check(&ended.transcript, LEGACY);
}

#[tokio::test]
async fn progress_is_told_to_who_asks_for_it() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    host.initialize(LEGACY).await.unwrap();
    let call = json!({"name": "diagnose_application", "arguments": {"name": "checkout-api"}, "_meta": {"progressToken": "p1"}});
    let id = host.request("tools/call", call).await.unwrap();
    let mut told = Vec::new();
    loop {
        let message = host.next().await.unwrap();
        if message["id"] == id {
            break;
        }
        assert_eq!(message["method"], "notifications/progress", "{message}");
        assert_eq!(message["params"]["progressToken"], "p1", "{message}");
        told.push(message["params"]["progress"].as_f64().unwrap());
    }
    assert!(
        told.len() >= 3 && told.is_sorted_by(|a, b| a < b),
        "{told:?}"
    );
    let silent = host
        .ask(
            "tools/call",
            json!({"name": "diagnose_application", "arguments": {"name": "checkout-api"}}),
        )
        .await
        .unwrap();
    assert!(
        silent.get("result").is_some(),
        "the answer is the next line: {silent}"
    );
    let ended = host.end().await.unwrap();
    schema::check(&ended.transcript, LEGACY);
}
