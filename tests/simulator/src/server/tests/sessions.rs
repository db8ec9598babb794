//! Tokens, logins and what they run into.

use serde_json::json;

use super::start;
use crate::Simulator;
use crate::server::test_client::{Client, Got};

const USERINFO: &str = "/api/v1/session/userinfo";
const LIST: &str = "/api/v1/applications?fields=items.metadata.name";

fn login(sim: &Simulator, user: &str, password: &str) -> Got {
    let body = json!({"username": user, "password": password}).to_string();
    let headers = [("content-type", "application/json")];
    Client::connect(sim)
        .send("POST", "/api/v1/session", &headers, &body)
        .unwrap()
}

fn token(got: &Got) -> String {
    got.json()["token"].as_str().unwrap().to_owned()
}

fn status(sim: &Simulator, token: &str) -> u16 {
    Client::connect(sim).get(LIST, token).status
}

#[test]
fn each_login_gives_a_token_that_can_expire() {
    let sim = Simulator::builder()
        .account("alice", "right")
        .start()
        .unwrap();
    let first = login(&sim, "alice", "right");
    assert_eq!(first.status, 200);
    let first = token(&first);
    assert_eq!(first.split('.').count(), 3);
    assert_eq!(status(&sim, &first), 200);
    assert_eq!(
        Client::connect(&sim).get(USERINFO, &first).json()["username"],
        "alice"
    );

    sim.expire_tokens();
    let refused = Client::connect(&sim).get(LIST, &first);
    assert_eq!(refused.status, 401);
    assert!(refused.text().contains("token is expired"));
    assert_eq!(status(&sim, sim.token()), 200);

    let second = token(&login(&sim, "alice", "right"));
    assert_ne!(first, second);
    assert_eq!(status(&sim, &second), 200);
    assert_eq!(sim.logins(), 2);

    sim.reject_all();
    let third = token(&login(&sim, "alice", "right"));
    assert_eq!(
        (status(&sim, &third), status(&sim, sim.token())),
        (401, 401)
    );
}

#[test]
fn five_failures_lock_a_name_but_not_its_tokens() {
    let sim = Simulator::builder()
        .account("alice", "right")
        .account("bob", "right")
        .start()
        .unwrap();
    let early = token(&login(&sim, "alice", "right"));
    for _ in 0..5 {
        assert_eq!(login(&sim, "alice", "wrong").status, 401);
    }
    let locked = login(&sim, "alice", "right");
    assert_eq!(locked.status, 401);
    assert!(locked.text().contains("Invalid username or password"));
    assert_eq!(status(&sim, &early), 200);
    assert_eq!(login(&sim, "bob", "right").status, 200);
}

#[test]
fn a_login_names_its_content_type_exactly() {
    let sim = Simulator::builder()
        .account("alice", "right")
        .start()
        .unwrap();
    let body = r#"{"username":"alice","password":"right"}"#;
    for (content_type, expected) in [
        ("application/json", 200),
        ("application/json; charset=utf-8", 415),
        ("text/plain", 415),
    ] {
        let got = Client::connect(&sim)
            .send(
                "POST",
                "/api/v1/session",
                &[("content-type", content_type)],
                body,
            )
            .unwrap();
        assert_eq!(got.status, expected, "{content_type}");
    }
    assert_eq!(sim.requests()[0].body, body.as_bytes());
}

#[test]
fn a_token_can_be_good_for_so_many_requests() {
    let sim = Simulator::builder()
        .account("alice", "right")
        .token_lifetime_requests(2)
        .start()
        .unwrap();
    let token = token(&login(&sim, "alice", "right"));
    let statuses = [
        status(&sim, &token),
        status(&sim, &token),
        status(&sim, &token),
    ];
    assert_eq!(statuses, [200, 200, 401]);
}

#[test]
fn the_token_comes_in_a_header_or_a_cookie() {
    let sim = Simulator::builder().token("opaque-token").start().unwrap();
    assert_eq!(status(&sim, "opaque-token"), 200);
    assert_eq!(status(&sim, "another"), 401);
    let cookie = format!("a=b; argocd.token={}", sim.token_of("nobody"));
    let send = |authorization: &str| {
        let headers = [
            ("cookie", cookie.as_str()),
            ("authorization", authorization),
        ];
        Client::connect(&sim)
            .send("GET", USERINFO, &headers, "")
            .unwrap()
            .json()["username"]
            .clone()
    };
    // An unknown opaque Bearer is skipped in favour of the cookie, one of three parts wins.
    assert_eq!(send("Bearer another"), "nobody");
    assert_eq!(
        send(&format!("Bearer {}", sim.token_of("viewer"))),
        "viewer"
    );
}

#[test]
fn a_write_goes_through_and_is_seen() {
    let sim = start();
    let authorization = format!("Bearer {}", sim.token());
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/json"),
    ];
    let path = "/api/v1/applications/guestbook/sync";
    let got = Client::connect(&sim)
        .send("POST", path, &headers, r#"{"revision":"main"}"#)
        .unwrap();
    assert_eq!(
        (got.status, got.json()["metadata"]["name"].as_str()),
        (200, Some("guestbook"))
    );
    assert_eq!(sim.count("POST", "/api/v1/applications/"), 1);
    assert_eq!(
        Client::connect(&sim)
            .send("POST", path, &[], "")
            .unwrap()
            .status,
        401
    );
    let got = Client::connect(&sim)
        .send("POST", "/api/version", &headers, "")
        .unwrap();
    assert_eq!(got.status, 405);
}
