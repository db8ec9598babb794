//! The real token is nowhere that the component, the client or a log could show it.

use argocd_tests::{
    harness::Start,
    simulator::{Fault, FaultKind},
};
use serde_json::json;

use crate::{HOST, each_tool, hostile::HOSTILE};

const SPY: &str = concat!(env!("OUT_DIR"), "/spy.wasm");

/// The token in the spellings that could pass as text.
fn spellings(token: &str) -> Vec<String> {
    use base64::Engine;
    vec![
        token.to_owned(),
        base64::engine::general_purpose::STANDARD.encode(token),
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(token),
        token.replace('.', "%2E"),
    ]
}

fn assert_absent(token: &str, place: &str, text: &str) {
    for spelling in spellings(token) {
        assert!(!text.contains(&spelling), "{place} holds the token: {text}");
    }
}

#[tokio::test]
async fn a_component_that_prints_all_it_was_given_has_no_token() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST)
        .against(&simulator)
        .without("ARGOCD_MCP_TOOLSETS")
        .arg(SPY)
        .env("UNRELATED_SECRET", "unrelated")
        .start()
        .unwrap();
    let answer = host.call("list_applications", json!({})).await.unwrap();
    let seen: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    let names: Vec<&String> = seen["environment"].as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["ARGOCD_AUTH_TOKEN", "ARGOCD_HOST_MANAGED", "ARGOCD_SERVER"],
        "exactly the declared environment"
    );
    assert_eq!(seen["arguments"], json!(["argocd"]));
    // The control: the placeholder is there, in the token's place.
    let placeholder = seen["environment"]["ARGOCD_AUTH_TOKEN"].as_str().unwrap();
    assert!(placeholder.len() >= 16 && placeholder != simulator.token());
    let ended = host.end().await.unwrap();
    assert!(
        ended.stderr.contains("[guest] spy on stderr"),
        "{}",
        ended.stderr
    );
    for (place, text) in [
        ("stdout", ended.transcript.join("\n")),
        ("stderr", ended.stderr),
    ] {
        assert_absent(simulator.token(), place, &text);
        assert!(!text.contains("unrelated"), "{place}");
    }
}

#[tokio::test]
async fn a_run_of_all_tools_shows_no_token_even_when_the_server_echoes_it() {
    for echo in [false, true] {
        let simulator = crate::argo_cd().start().unwrap();
        if echo {
            simulator.fault(Fault::under("/api/", FaultKind::EchoHeaders));
        }
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("audit.jsonl");
        let mut host = Start::run(HOST)
            .against(&simulator)
            .arg("--audit-log")
            .arg(&log)
            .start()
            .unwrap();
        for (tool, arguments, _) in each_tool() {
            let answer = host.call(tool, arguments).await.unwrap();
            assert_eq!(answer.is_error, echo, "{tool}: {}", answer.text);
        }
        let ended = host.end().await.unwrap();
        // The control: the token did go out, to the server and nowhere else.
        let bearer = format!("Bearer {}", simulator.token());
        assert!(
            simulator
                .requests()
                .iter()
                .any(|r| r.header("authorization") == Some(bearer.as_str()))
        );
        let audit = std::fs::read_to_string(&log).unwrap();
        assert!(audit.lines().count() >= 20, "{audit}");
        for (place, text) in [
            ("stdout", ended.transcript.join("\n")),
            ("stderr", ended.stderr),
            ("audit", audit),
        ] {
            assert_absent(simulator.token(), place, &text);
        }
    }
}

#[tokio::test]
async fn what_the_server_echoes_reaches_the_component_overwriteach_tool() {
    let simulator = crate::argo_cd().start().unwrap();
    simulator.fault(Fault::under("/api/", FaultKind::EchoHeaders));
    let mut host = Start::run(HOST)
        .against(&simulator)
        .arg(HOSTILE)
        .start()
        .unwrap();
    let attempt = json!({ "scheme": "http", "authority": simulator.addr().to_string(), "path": "/api/v1/clusters", "authorized": true });
    let answer = host
        .call("list_clusters", json!({ "attempts": [attempt] }))
        .await
        .unwrap();
    assert!(answer.text.contains("-> status"), "{}", answer.text);
    assert_absent(
        simulator.token(),
        "what the component received",
        &answer.text,
    );
    // The control: something of the header did come back.
    assert!(answer.text.contains("Bearer "), "{}", answer.text);
}

#[tokio::test]
async fn a_password_and_the_session_it_opens_stay_in_the_host() {
    let simulator = crate::argo_cd()
        .account("ops", "correct-horse-battery")
        .start()
        .unwrap();
    let mut host = Start::run(HOST)
        .arg(SPY)
        .env("ARGOCD_SERVER", &simulator.url())
        .env("ARGOCD_USERNAME", "ops")
        .env("ARGOCD_PASSWORD", "correct-horse-battery")
        .start()
        .unwrap();
    let answer = host.call("list_applications", json!({})).await.unwrap();
    assert!(
        !answer.text.contains("correct-horse") && !answer.text.contains("ops"),
        "{}",
        answer.text
    );
}
