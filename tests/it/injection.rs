//! Tool arguments that try to be more than a value: whatever a client writes into any text parameter of
//! any tool, the server sees listed GETs only.

use argocd_tests::harness::Start;
use serde_json::{Value, json};

use crate::{HOST, each_tool};

/// Each with what it would do if it were pasted into a URL or a header.
const TRIES: &[&str] = &[
    "x/../../session",
    "x/%2e%2e/%2e%2e/session",
    "..%2f..%2fsession",
    "%252e%252e%252fsession",
    "..\\..\\session",
    "//hostile.example.com/x",
    "http://hostile.example.com/",
    "x?refresh=hard",
    "x&refresh=hard",
    "x%26refresh=hard",
    "x#/sync",
    "x;refresh=hard",
    "x HTTP/1.1\r\nx-hostile: 1\r\n\r\nPOST /api/v1/session",
    "x\nx-hostile: 1",
    "x\0y",
    "\u{ff0e}\u{ff0e}\u{2215}session",
    "*",
    "-",
    "a/b/c/d",
];

/// Query keys that the route table knows; `refresh` and its like are not among them.
fn is_known(key: &str) -> bool {
    [
        "projects",
        "selector",
        "appNamespace",
        "name",
        "fields",
        "project",
        "group",
        "kind",
        "namespace",
        "resourceNamespace",
        "resourceName",
        "resourceUID",
        "version",
        "revision",
        "revisions",
        "sourcePositions",
        "sourceIndex",
        "versionId",
        "podName",
        "container",
        "previous",
        "sinceSeconds",
        "filter",
        "matchCase",
        "tailLines",
        "appsetNamespace",
    ]
    .contains(&key)
}

#[tokio::test]
async fn no_argument_becomes_path_query_or_header() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    let list = host.ask("tools/list", json!({})).await.unwrap();
    let mut tried = 0;
    for tool in list["result"]["tools"].as_array().unwrap() {
        let name = tool["name"].as_str().unwrap();
        let known = each_tool();
        let (_, arguments, _) = known.iter().find(|(it, ..)| *it == name).unwrap();
        for (parameter, schema) in tool["inputSchema"]["properties"].as_object().unwrap() {
            if !schema["type"].to_string().contains("string") || schema.get("enum").is_some() {
                continue;
            }
            let mut ids = Vec::new();
            for text in TRIES {
                let mut arguments = arguments.clone();
                arguments[parameter] = json!(text);
                ids.push(host.begin(name, arguments).await.unwrap());
            }
            for id in ids {
                // An error or an answer: what counts is what went out.
                host.response(id).await.unwrap();
                tried += 1;
            }
        }
    }
    assert!(tried > 500, "{tried} tries");
    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);
    // Denials stand on stderr. The guest alone suffices for names; text with an escape in it is nothing
    // that the host lets through, wherever it stands.
    for line in ended
        .stderr
        .lines()
        .filter(|line| line.contains("\"deny\""))
    {
        assert!(line.contains("\"reason\":\"ambiguous value of "), "{line}");
    }
    let requests = simulator.requests();
    // The control: some of these texts are honest values, such as a revision, and went out as such.
    let mut revisions = requests.iter().filter_map(|r| r.query("revision"));
    assert!(revisions.any(|value| value == "x&refresh=hard"));
    for request in &requests {
        let target = &request.path_and_query;
        assert_eq!(request.method, "GET", "{target}");
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/.-*".contains(&byte);
        let path = request.path();
        let clean = path.bytes().all(plain) && !path.contains("..") && !path.contains("//");
        assert!(clean, "{target}");
        let query = target.split_once('?').map_or("", |(_, query)| query);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let key = pair.split('=').next().unwrap();
            assert!(is_known(key), "{key}: {target}");
        }
        assert!(request.header("x-hostile").is_none());
        assert_ne!(request.header("host"), Some("hostile.example.com"));
    }
}

/// A value is a name or it is not: nothing is cut, folded or decoded until it fits.
#[tokio::test]
async fn names_that_no_object_can_have_cost_no_request() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    for text in TRIES.iter().filter(|text| **text != "-") {
        for tool in ["get_application", "get_project", "get_applicationset"] {
            let said: Value = host
                .ask(
                    "tools/call",
                    json!({ "name": tool, "arguments": { "name": text } }),
                )
                .await
                .unwrap();
            assert_eq!(said["result"]["isError"], true, "{tool} {text:?}: {said}");
        }
    }
    assert!(simulator.requests().is_empty());
}
