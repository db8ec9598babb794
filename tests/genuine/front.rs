//! What stands between the host and the genuine server when tests/it runs on it: requests go through and
//! are recorded, and faults are injected on the way.

use std::sync::Arc;

use argocd_tests::{
    harness::{Lab, Start, exchange},
    simulator::{Fault, FaultKind, Passed, Simulator, recorded_file},
};
use serde_json::{Value, json};

use crate::HOST;

#[tokio::test]
async fn requests_go_through_unless_a_test_wants_otherwise() {
    let lab = Arc::new(Lab::start::<&str>([]).unwrap());
    let behind = Arc::clone(&lab);
    let front = Simulator::builder()
        .behind(move |_| Ok(behind))
        .start()
        .unwrap();
    assert_eq!(front.token(), lab.token("ci"));
    let version = |address: String| {
        let request = Passed {
            method: "GET".to_owned(),
            path_and_query: "/api/version".to_owned(),
            headers: vec![(
                "authorization".to_owned(),
                format!("Bearer {}", lab.token("ci")),
            )],
            body: Vec::new(),
        };
        async move {
            let reply = exchange(address, request).await.unwrap();
            serde_json::from_slice::<Value>(&reply.body).unwrap()
        }
    };
    let genuine = version(lab.address()).await;
    assert_eq!(version(front.addr().to_string()).await, genuine);
    let recorded = recorded_file("_server", "version.json").unwrap();
    let recorded: Value = serde_json::from_slice(recorded).unwrap();
    assert_ne!(genuine, recorded, "it is not the recording that answers");
    assert_eq!(genuine["Version"], recorded["Version"]);

    let mut host = Start::run(HOST).against(&front).start().unwrap();
    let mut call = async || host.call("list_clusters", json!({})).await.unwrap();
    assert!(!call().await.is_error);
    assert_eq!(front.count("GET", "/api/v1/clusters"), 1);
    front.fault(Fault::on(
        "/api/v1/clusters",
        FaultKind::Html { status: 502 },
    ));
    let broken = call().await;
    assert!(
        broken.is_error && broken.text.contains("502"),
        "{}",
        broken.text
    );
    front.clear_faults();
    front.reject_all();
    let refused = call().await;
    assert!(
        refused.is_error && refused.text.contains("401"),
        "{}",
        refused.text
    );
}
