//! Who may do what on a genuine server: tokens, logins that expire, weak accounts, a locked one.

use std::{sync::Arc, time::Duration};

use argocd_tests::{
    harness::{Host, Lab, PATIENCE, Start, exchange},
    simulator::{Passed, Reply, Simulator},
};
use serde_json::{Value, json};

use crate::HOST;

const SESSION: &str = "/api/v1/session";
/// How long a login is good where it is to expire: long enough for a call on a loaded machine.
const SHORT: &str = "--session=4s";
/// Between two looks at whether a token has expired: Argo CD tells nobody when it does.
const LOOK: Duration = Duration::from_millis(100);

fn with_token(lab: &Lab, account: &str) -> Host {
    Start::run(HOST)
        .env("ARGOCD_SERVER", lab.url())
        .env("ARGOCD_AUTH_TOKEN", lab.token(account))
        .env("ARGOCD_MCP_TOOLSETS", "all")
        .start()
        .unwrap()
}

async fn send(lab: &Lab, method: &str, path: &str, token: Option<&str>, body: Value) -> Reply {
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    headers.extend(token.map(|token| ("authorization".to_owned(), format!("Bearer {token}"))));
    let request = Passed {
        method: method.to_owned(),
        path_and_query: path.to_owned(),
        headers,
        body: match body {
            Value::Null => Vec::new(),
            body => body.to_string().into_bytes(),
        },
    };
    exchange(lab.address(), request).await.unwrap()
}

async fn login(lab: &Lab, user: &str, password: &str) -> Reply {
    let body = json!({ "username": user, "password": password });
    send(lab, "POST", SESSION, None, body).await
}

#[tokio::test]
async fn each_token_reads_what_its_account_may() {
    let lab = Lab::start::<&str>([]).unwrap();
    for (account, applications, orders, logs) in [
        ("admin", "31 applications", true, true),
        ("ci", "31 applications", true, true),
        ("viewer", "applications", false, false),
        ("proj-payments-ci-bot", "applications", true, true),
        ("nobody", "0 applications", false, false),
    ] {
        let mut host = with_token(&lab, account);
        let list = host
            .call("list_applications", json!({ "limit": 500 }))
            .await
            .unwrap();
        assert!(
            !list.is_error && list.text.contains(applications),
            "{account}: {}",
            list.text
        );
        assert_eq!(
            list.text.contains("orders-api"),
            orders,
            "{account}: {}",
            list.text
        );
        let guestbook = account != "nobody" && account != "proj-payments-ci-bot";
        assert_eq!(
            list.text.contains("guestbook"),
            guestbook,
            "{account}: {}",
            list.text
        );
        let app = host
            .call("get_application", json!({ "name": "orders-api" }))
            .await
            .unwrap();
        assert_eq!(app.is_error, !orders, "{account}: {}", app.text);
        let log = host
            .call("get_application_logs", json!({ "name": "orders-api" }))
            .await
            .unwrap();
        assert_eq!(log.is_error, !logs, "{account}: {}", log.text);
    }
    for refused in ["expired", "revoked"] {
        let answer = with_token(&lab, refused)
            .call("list_applications", json!({}))
            .await
            .unwrap();
        assert!(
            answer.is_error && answer.text.contains("401"),
            "{refused}: {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn an_expired_login_is_renewed_and_nobody_hears_of_it() {
    const PASSWORD: &str = r#"p"a\ss wörd ✓"#;
    let lab = Arc::new(Lab::start([SHORT, &format!("--account=ops={PASSWORD}")]).unwrap());
    let behind = Arc::clone(&lab);
    // In front of it, so that logins can be counted.
    let front = Simulator::builder()
        .behind(move |_| Ok(behind))
        .start()
        .unwrap();
    let mut host = Start::run(HOST)
        .env("ARGOCD_SERVER", &front.url())
        .env("ARGOCD_USERNAME", "ops")
        .env("ARGOCD_PASSWORD", PASSWORD)
        .start()
        .unwrap();
    let first = host.call("list_clusters", json!({})).await.unwrap();
    assert!(
        !first.is_error && first.text.contains("in-cluster"),
        "{}",
        first.text
    );
    assert_eq!(front.count("POST", SESSION), 1);
    // A login of our own, later than the host's: when it has expired, so has the host's.
    let reply = login(&lab, "ops", PASSWORD).await;
    let token: Value = serde_json::from_slice(&reply.body).unwrap();
    let token = token["token"].as_str().unwrap().to_owned();
    let expired = async {
        loop {
            let reply = send(
                &lab,
                "GET",
                "/api/v1/session/userinfo",
                Some(&token),
                Value::Null,
            )
            .await;
            if !String::from_utf8_lossy(&reply.body).contains("loggedIn") {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(PATIENCE, expired).await.unwrap();
    let again = host.call("list_clusters", json!({})).await.unwrap();
    assert!(
        !again.is_error && again.text.contains("in-cluster"),
        "{}",
        again.text
    );
    assert_eq!(
        front.count("POST", SESSION),
        2,
        "one login more, and only one"
    );
    let ended = host.end().await.unwrap();
    let said = ended.transcript.join("\n") + &ended.stderr;
    assert!(
        !said.contains("eyJ") && !said.contains("wörd"),
        "no token, no password: {said}"
    );
}

#[tokio::test]
async fn a_locked_account_is_tried_once_and_explained() {
    let lab = Arc::new(Lab::start(["--account=ops=the-right-one"]).unwrap());
    let behind = Arc::clone(&lab);
    let front = Simulator::builder()
        .behind(move |_| Ok(behind))
        .start()
        .unwrap();
    let host = || {
        Start::run(HOST)
            .env("ARGOCD_SERVER", &front.url())
            .env("ARGOCD_USERNAME", "ops")
            .env("ARGOCD_PASSWORD", "the-right-one")
            .start()
            .unwrap()
    };
    // The control: it works before it is locked.
    let before = host().call("list_clusters", json!({})).await.unwrap();
    assert!(!before.is_error, "{}", before.text);
    for _ in 0..5 {
        assert_eq!(login(&lab, "ops", "wrong").await.status, 401);
    }
    assert_eq!(login(&lab, "ops", "the-right-one").await.status, 401);
    front.clear_requests();
    let mut locked = host();
    for _ in 0..3 {
        let answer = locked.call("list_clusters", json!({})).await.unwrap();
        let text = answer.text.to_lowercase();
        assert!(
            answer.is_error && text.contains("password"),
            "{}",
            answer.text
        );
        assert!(!text.contains("the-right-one"), "{}", answer.text);
    }
    assert_eq!(front.count("POST", SESSION), 1);
}
