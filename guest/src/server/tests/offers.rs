//! Prompts, resources and completion, in both eras.

use serde_json::{Value, json};

use super::rig::{Rig, legacy, modern};

fn both(method: &str, params: Value) -> (Value, Value) {
    let rig = Rig::new();
    let old = rig.ask(&legacy(1, method, params.clone()));
    let new = rig.ask(&modern(2, method, params));
    (old, new)
}

#[test]
fn lists_are_one_page_and_may_be_kept() {
    for (method, key, count) in [
        ("prompts/list", "prompts", 3),
        ("resources/list", "resources", 0),
        ("resources/templates/list", "resourceTemplates", 1),
    ] {
        let (old, new) = both(method, json!({}));
        assert_eq!(old["result"][key].as_array().unwrap().len(), count);
        assert_eq!(old["result"].as_object().unwrap().len(), 1, "{old}");
        assert_eq!(new["result"][key], old["result"][key]);
        assert_eq!(new["result"]["resultType"], "complete");
        assert_eq!(new["result"]["cacheScope"], "public");
        let (old, _) = both(method, json!({"cursor": "x"}));
        assert_eq!(old["error"]["code"], -32602);
    }
}

#[test]
fn a_prompt_names_its_application() {
    let params = json!({"name": "compare_deploys", "arguments": {"application": "team/web"}});
    let (old, new) = both("prompts/get", params);
    assert!(
        old["result"]["messages"][0]["content"]["text"]
            .as_str()
            .unwrap()
            .contains("team/web")
    );
    assert_eq!(old["result"]["messages"], new["result"]["messages"]);
    assert_eq!(new["result"].get("ttlMs"), None);
    let (old, _) = both("prompts/get", json!({"name": "nothing"}));
    assert_eq!(old["error"]["code"], -32602);
}

#[test]
fn a_resource_is_the_card_of_an_application() {
    let uri = "argocd://applications/team/web";
    let (old, new) = both("resources/read", json!({"uri": uri}));
    let contents = json!([{"uri": uri, "mimeType": "text/plain", "text": "card of \"team/web\""}]);
    assert_eq!(old["result"], json!({"contents": contents}));
    assert_eq!(new["result"]["contents"], contents);
    assert_eq!(
        (&new["result"]["cacheScope"], &new["result"]["ttlMs"]),
        (&json!("private"), &json!(0))
    );
    let (old, new) = both(
        "resources/read",
        json!({"uri": "argocd://applications/argocd/gone"}),
    );
    assert_eq!(
        (&old["error"]["code"], &new["error"]["code"]),
        (&json!(-32002), &json!(-32602))
    );
    let (old, _) = both("resources/read", json!({"uri": "file:///etc/passwd"}));
    assert_eq!(old["error"]["code"], -32602);
}

#[test]
fn names_are_completed() {
    let template =
        json!({"type": "ref/resource", "uri": "argocd://applications/{namespace}/{name}"});
    let prompt = json!({"type": "ref/prompt", "name": "explain_out_of_sync"});
    for (of, name, value, context, expected) in [
        (&template, "name", "WEB", json!({}), json!(["web", "web-2"])),
        (
            &template,
            "name",
            "web",
            json!({"arguments": {"namespace": "team"}}),
            json!(["web-2"]),
        ),
        (
            &template,
            "namespace",
            "",
            json!({}),
            json!(["argocd", "team"]),
        ),
        (
            &prompt,
            "application",
            "web",
            json!({}),
            json!(["argocd/web", "team/web-2"]),
        ),
        (&prompt, "other", "web", json!({}), json!([])),
    ] {
        let params =
            json!({"ref": of, "argument": {"name": name, "value": value}, "context": context});
        let (old, new) = both("completion/complete", params);
        let completion = &old["result"]["completion"];
        assert_eq!(completion["values"], expected);
        assert_eq!(completion["total"], expected.as_array().unwrap().len());
        assert_eq!(&new["result"]["completion"], completion);
    }
    let (old, _) = both("completion/complete", json!({}));
    assert_eq!(old["error"]["code"], -32602);
}
