//! What peers get wrong, each with the right answer: errors told apart, filters that filter, prefixes
//! kept, pages explained, resources to prune shown, values withheld.

use argocd_tests::{
    harness::{Answer, Start},
    simulator::{Fault, FaultKind, Request, Simulator},
};
use serde_json::{Value, json};

use crate::HOST;

async fn ask(simulator: &Simulator, tool: &str, arguments: Value) -> Answer {
    let mut host = Start::run(HOST).against(simulator).start().unwrap();
    host.call(tool, arguments).await.unwrap()
}

fn simulator() -> Simulator {
    crate::argo_cd().start().unwrap()
}

#[tokio::test]
async fn failures_are_errors_and_told_apart() {
    let clusters = "/api/v1/clusters";
    let forbidden = r#"{"error":"permission denied","code":7,"message":"permission denied"}"#;
    let too_large = r#"{"error":"grpc: trying to send message larger than max (218973300 vs. 209715200)","code":8,"message":"grpc: trying to send message larger than max (218973300 vs. 209715200)"}"#;
    for (kind, words) in [
        (
            FaultKind::Status(403, forbidden.into()),
            &["403", "permission"][..],
        ),
        (FaultKind::Unauthorized, &["401", "token"]),
        (FaultKind::Status(404, "Not Found".into()), &["404"]),
        (
            FaultKind::Status(
                400,
                r#"{"error":"bad thing","code":3,"message":"bad thing"}"#.into(),
            ),
            &["400", "bad thing"],
        ),
        (
            FaultKind::Status(429, too_large.into()),
            &["429", "larger than max"],
        ),
        (
            FaultKind::Status(
                500,
                r#"{"error":"it broke","code":2,"message":"it broke"}"#.into(),
            ),
            &["500", "it broke"],
        ),
        (
            FaultKind::Status(503, "upstream connect error".into()),
            &["503"],
        ),
        (FaultKind::Html { status: 200 }, &["html"]),
        (FaultKind::Html { status: 502 }, &["502"]),
        (
            FaultKind::Redirect {
                to: "https://sso.example.com/login".into(),
            },
            &["redirect"],
        ),
        (FaultKind::TornBody { after: 40 }, &["connection"]),
        (FaultKind::CloseBeforeHead, &["connection"]),
        (
            FaultKind::GzipBomb { bytes: 3 << 30 },
            &["exceeds the limit"],
        ),
        (FaultKind::HugeBody { bytes: 64 << 20 }, &["items"]),
    ] {
        let simulator = simulator();
        let name = format!("{kind:?}");
        simulator.fault(Fault::on(clusters, kind));
        let answer = ask(&simulator, "list_clusters", json!({})).await;
        assert!(answer.is_error, "{name}: {}", answer.text);
        let text = answer.text.to_lowercase();
        for word in words {
            assert!(
                text.contains(&word.to_lowercase()),
                "{name} says {word}: {}",
                answer.text
            );
        }
        assert!(answer.text.len() < 2_000, "{name}: an error is short");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_explained() {
    let simulator = simulator();
    let (url, token) = (simulator.url(), simulator.token().to_owned());
    drop(simulator);
    let mut host = Start::run(HOST)
        .env("ARGOCD_SERVER", &url)
        .env("ARGOCD_AUTH_TOKEN", &token)
        .start()
        .unwrap();
    let answer = host.call("list_clusters", json!({})).await.unwrap();
    assert!(
        answer.is_error && answer.text.to_lowercase().contains("connect"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn an_untrusted_certificate_is_a_tls_error() {
    let simulator = crate::argo_cd().https().start().unwrap();
    let answer = ask(&simulator, "list_clusters", json!({})).await;
    assert!(
        answer.is_error && answer.text.to_lowercase().contains("certificate"),
        "{}",
        answer.text
    );
    assert!(
        simulator.requests().is_empty(),
        "nothing was sent, the token least of all"
    );
    // The control: told to accept any certificate, it works.
    let mut host = Start::run(HOST)
        .against(&simulator)
        .env("ARGOCD_INSECURE", "1")
        .start()
        .unwrap();
    assert!(
        !host
            .call("list_clusters", json!({}))
            .await
            .unwrap()
            .is_error
    );
}

#[tokio::test]
async fn the_path_prefix_is_kept_and_what_people_paste_is_understood() {
    let simulator = crate::argo_cd().prefix("/argocd").start().unwrap();
    let base = simulator.url();
    let base = base.trim_end_matches('/');
    for pasted in [
        base.to_owned(),
        format!("{base}/"),
        format!("{base}/applications/argocd/web?view=tree#x"),
        format!("{base}/settings/clusters"),
        format!("{base}/login"),
        format!("{base}/user-info"),
    ] {
        simulator.clear_requests();
        let mut host = Start::run(HOST)
            .against(&simulator)
            .env("ARGOCD_SERVER", &pasted)
            .start()
            .unwrap();
        let answer = host.call("list_clusters", json!({})).await.unwrap();
        assert!(!answer.is_error, "{pasted}: {}", answer.text);
        let requests = simulator.requests();
        let below = |r: &Request| r.path_and_query.starts_with("/argocd/api/");
        assert!(
            !requests.is_empty() && requests.iter().all(below),
            "{pasted}: {requests:?}"
        );
    }
    let wrong = format!("http://{}", simulator.addr());
    let mut host = Start::run(HOST)
        .against(&simulator)
        .env("ARGOCD_SERVER", &wrong)
        .start()
        .unwrap();
    let answer = host.call("list_clusters", json!({})).await.unwrap();
    assert!(
        answer.is_error && answer.text.contains("prefix"),
        "a missing prefix is suspected: {}",
        answer.text
    );
}

#[tokio::test]
async fn filters_filter() {
    let simulator = crate::argo_cd().generated(500).start().unwrap();
    let mut host = Start::run(HOST).against(&simulator).start().unwrap();
    let all = host.call("list_applications", json!({})).await.unwrap();
    assert!(all.text.contains("500 applications"), "{}", all.text);
    let none = host
        .call("list_applications", json!({ "project": "no-such-project" }))
        .await
        .unwrap();
    assert!(
        !none.is_error
            && none.text.starts_with("0 of 500 applications match.")
            && none.text.contains("project no-such-project"),
        "{}",
        none.text
    );
    let recorded = ask(
        &crate::argo_cd().start().unwrap(),
        "list_applications",
        json!({ "project": "payments" }),
    )
    .await;
    assert!(
        recorded.text.contains("orders-api") && !recorded.text.contains("guestbook"),
        "{}",
        recorded.text
    );
    let bad = host
        .call("list_applications", json!({ "selector": "a in (" }))
        .await
        .unwrap();
    assert!(
        bad.is_error,
        "a malformed selector is refused: {}",
        bad.text
    );
}

#[tokio::test]
async fn an_error_in_a_log_stream_is_an_error() {
    let simulator = simulator();
    let waiting = ask(
        &simulator,
        "get_application_logs",
        json!({ "name": "search-suggest", "pod": "search-suggest-5668c49c5c-lxmqj" }),
    )
    .await;
    assert!(
        waiting.is_error && waiting.text.contains("failing to pull image"),
        "a container that has never started: {}",
        waiting.text
    );
    let stream = r#"{"result":{"content":"first line","timeStamp":"2026-11-22T10:00:00Z","last":false,"timeStampStr":"2026-11-22T10:00:00Z","podName":"p"}}
{"error":{"grpc_code":2,"http_code":500,"message":"container went away","http_status":"Internal Server Error"}}
"#;
    simulator.replace("/api/v1/applications/checkout-api/logs", stream);
    let broken = ask(
        &simulator,
        "get_application_logs",
        json!({ "name": "checkout-api", "pod": crate::CRASHING, "container": "api" }),
    )
    .await;
    assert!(
        broken.is_error && broken.text.contains("container went away"),
        "{}",
        broken.text
    );
    assert!(
        broken.text.contains("first line"),
        "what came before is not lost: {}",
        broken.text
    );
}

#[tokio::test]
async fn what_is_to_be_pruned_missing_or_changed_is_shown() {
    let answer = ask(
        &simulator(),
        "get_application_managed_resources",
        json!({ "name": "orders-api" }),
    )
    .await;
    let text = answer.text.to_lowercase();
    for (fact, word) in [
        ("to prune", "orders-feature-toggles"),
        ("missing", "poddisruptionbudget"),
        ("changed field", "replicas"),
        ("a Secret differs", "orders-db"),
    ] {
        assert!(text.contains(word), "{fact}: {}", answer.text);
    }
    assert!(
        text.contains("prune") && text.contains("missing") && text.contains("differs"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn helm_values_and_last_applied_are_never_shown_unasked() {
    let simulator = simulator();
    for (tool, name) in [
        ("get_application", "billing"),
        ("get_application_managed_resources", "billing"),
        ("get_application_manifests", "billing"),
        ("get_application", "shop-gateway"),
        ("get_application_manifests", "shop-gateway"),
    ] {
        let answer = ask(&simulator, tool, json!({ "name": name })).await;
        assert!(!answer.is_error, "{tool} {name}: {}", answer.text);
        assert!(
            !answer.text.contains("CANARY"),
            "{tool} {name}: {}",
            answer.text
        );
        assert!(
            !answer.text.contains("last-applied-configuration"),
            "{tool} {name}: {}",
            answer.text
        );
        assert!(!answer.text.contains("managedFields"), "{tool} {name}");
    }
}
