//! The shape of results: modern ones carry the modern fields, legacy ones none of them.

use serde_json::{Value, json};

use super::rig::{Rig, legacy, modern};

const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn initialize_says_who_this_is() {
    let params = json!({ "protocolVersion": "2026-07-28", "capabilities": {}, "clientInfo": { "name": "c", "version": "1" } });
    let answer = Rig::new().ask(&legacy(1, "initialize", params));
    let result = &answer["result"];
    assert_eq!(
        keys(result),
        [
            "capabilities",
            "instructions",
            "protocolVersion",
            "serverInfo"
        ]
    );
    assert_eq!(result["protocolVersion"], "2025-11-25");
    assert_eq!(
        result["capabilities"],
        json!({ "tools": {}, "prompts": {}, "resources": {}, "completions": {} })
    );
    assert_eq!(result["serverInfo"]["name"], "argocd");
    assert_eq!(result["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn initialize_with_modern_meta_is_the_handshake() {
    let answer = Rig::new().ask(&modern(
        1,
        "initialize",
        json!({ "protocolVersion": "2025-06-18" }),
    ));
    assert_eq!(answer["result"]["protocolVersion"], "2025-06-18");
    assert_eq!(answer["result"].get("resultType"), None);
}

#[test]
fn discover_says_the_same_as_initialize() {
    let rig = Rig::new();
    let legacy = rig.ask(&legacy(1, "initialize", json!({})));
    let modern = rig.ask(&modern(2, "server/discover", json!({})));
    let result = &modern["result"];
    let expected = [
        "_meta",
        "cacheScope",
        "capabilities",
        "instructions",
        "resultType",
        "supportedVersions",
        "ttlMs",
    ];
    assert_eq!(keys(result), expected);
    assert_eq!(result["resultType"], "complete");
    assert!(result["ttlMs"].as_u64().unwrap() > 0);
    assert_eq!(result["supportedVersions"][0], "2026-07-28");
    for (modern, legacy) in [
        (&result["capabilities"], &legacy["result"]["capabilities"]),
        (&result["instructions"], &legacy["result"]["instructions"]),
        (
            &result["_meta"][SERVER_INFO],
            &legacy["result"]["serverInfo"],
        ),
    ] {
        assert_eq!(modern, legacy);
    }
}

#[test]
fn the_tool_list_is_the_same_in_both_eras_and_each_time() {
    let rig = Rig::new();
    let legacy = rig.ask(&legacy(1, "tools/list", json!({})));
    let first = rig.ask(&modern(2, "tools/list", json!({})));
    assert_eq!(keys(&legacy["result"]), ["tools"]);
    assert_eq!(
        keys(&first["result"]),
        ["_meta", "cacheScope", "resultType", "tools", "ttlMs"]
    );
    assert_eq!(legacy["result"]["tools"], first["result"]["tools"]);
    assert_eq!(first, rig.ask(&modern(2, "tools/list", json!({}))));
    assert_eq!(
        legacy["result"]["tools"].as_array().unwrap().len(),
        crate::tools::all()
            .iter()
            .filter(|tool| tool.listed == crate::tools::Listed::ByDefault)
            .count()
    );
}

#[test]
fn each_listed_tool_is_annotated_as_read_only() {
    let list = Rig::new().ask(&legacy(1, "tools/list", json!({})));
    let tools = list["result"]["tools"].as_array().unwrap();
    assert!(!tools.is_empty());
    for tool in tools {
        let annotations = json!({
            "title": tool["title"], "readOnlyHint": true, "destructiveHint": false,
            "idempotentHint": true, "openWorldHint": true,
        });
        assert_eq!(tool["annotations"], annotations, "{}", tool["name"]);
        assert_eq!(tool["inputSchema"]["type"], "object", "{}", tool["name"]);
    }
}

#[test]
fn a_call_answers_in_the_shape_of_its_era() {
    let rig = Rig::new();
    let params = json!({ "name": "echo", "arguments": { "a": 1 } });
    let content = json!([{ "type": "text", "text": "{\"a\":1}" }]);
    let old = rig.ask(&legacy(1, "tools/call", params.clone()));
    assert_eq!(
        old["result"],
        json!({ "content": content, "isError": false })
    );
    let new = rig.ask(&modern(2, "tools/call", params));
    assert_eq!(
        keys(&new["result"]),
        ["_meta", "content", "isError", "resultType"]
    );
    assert_eq!(new["result"]["content"], content);
    assert_eq!(keys(&new["result"]["_meta"]), [SERVER_INFO]);
}
