//! What the genuine server wrote on behalf of the host: nothing.

use argocd_tests::{
    harness::{Lab, Start, exchange},
    simulator::Passed,
};
use serde_json::{Value, json};

use crate::HOST;

async fn writes(lab: &Lab) -> Vec<Value> {
    let (address, path) = lab
        .writes_url()
        .strip_prefix("http://")
        .and_then(|rest| rest.split_once('/'))
        .unwrap();
    let request = Passed {
        method: "GET".to_owned(),
        path_and_query: format!("/{path}"),
        headers: Vec::new(),
        body: Vec::new(),
    };
    let reply = exchange(address.to_owned(), request).await.unwrap();
    serde_json::from_slice(&reply.body).unwrap()
}

#[tokio::test]
async fn no_tool_makes_the_server_write() {
    let lab = Lab::start::<&str>([]).unwrap();
    let mut host = Start::run(HOST)
        .env("ARGOCD_SERVER", lab.url())
        .env("ARGOCD_AUTH_TOKEN", lab.token("ci"))
        .env("ARGOCD_MCP_TOOLSETS", "all")
        .start()
        .unwrap();
    let calls: Vec<Value> = serde_json::from_str(include_str!("../clients/calls.json")).unwrap();
    assert!(calls.len() > 20, "{}", calls.len());
    for call in &calls {
        let (tool, fact) = (
            call["tool"].as_str().unwrap(),
            call["fact"].as_str().unwrap(),
        );
        let answer = host.call(tool, call["arguments"].clone()).await.unwrap();
        assert!(
            !answer.is_error && answer.text.contains(fact),
            "{tool}: {}",
            answer.text
        );
    }
    assert_eq!(writes(&lab).await, Vec::<Value>::new());
    // The control: the same account, and one key that the host's table does not have.
    let refresh = Passed {
        method: "GET".to_owned(),
        path_and_query: "/api/v1/applications/guestbook?refresh=normal".to_owned(),
        headers: vec![(
            "authorization".to_owned(),
            format!("Bearer {}", lab.token("ci")),
        )],
        body: Vec::new(),
    };
    let reply = exchange(lab.address(), refresh).await.unwrap();
    assert_eq!(reply.status, 200, "{reply:?}");
    let patch = json!({ "verb": "patch", "resource": "applications", "namespace": "argocd", "name": "guestbook" });
    assert!(writes(&lab).await.contains(&patch));
}
