//! Connections, TLS, prefixes, compression and the record of requests.

use std::io::Read as _;

use super::{PATIENCE, start};
use crate::Simulator;
use crate::server::test_client::{Client, get};

#[test]
fn tls_is_trusted_by_its_own_authority_for_its_own_names() {
    let sim = Simulator::builder().https().start().unwrap();
    assert!(sim.url().starts_with("https://127.0.0.1:"));
    for name in ["localhost", "127.0.0.1"] {
        let mut client = Client::connect_tls(&sim, name).unwrap();
        assert_eq!(client.get("/api/version", sim.token()).status, 200);
    }
    assert!(Client::connect_tls(&sim, "argocd.example.com").is_err());
    let got = get(&sim, "/api/version?a=1");
    let to = "https://argocd.example.com/api/version?a=1";
    assert_eq!((got.status, got.header("location")), (307, to));

    let other = Simulator::builder()
        .https_for(&["argocd.example.com"])
        .start()
        .unwrap();
    assert!(Client::connect_tls(&other, "127.0.0.1").is_err());
    assert!(Client::connect_tls(&other, "argocd.example.com").is_ok());
    assert_eq!(start().ca_pem(), None);
}

#[test]
fn everything_lives_below_the_prefix() {
    let sim = Simulator::builder().prefix("/argocd/").start().unwrap();
    assert!(sim.url().ends_with("/argocd"));
    for (path, status) in [
        ("/argocd/api/version", 200),
        ("/argocd/api/v1/applications/guestbook", 200),
        ("/api/version", 404),
        ("/argocdx/api/version", 404),
        ("/argocd", 307),
        ("/healthz", 200),
    ] {
        assert_eq!(get(&sim, path).status, status, "{path}");
    }
    assert_eq!(sim.count("GET", "/api/v1/applications/"), 1);
    assert_eq!(
        sim.requests()[1].path_and_query,
        "/argocd/api/v1/applications/guestbook"
    );
}

#[test]
fn answers_are_compressed_for_who_asks() {
    let sim = start();
    let authorization = format!("Bearer {}", sim.token());
    let path = "/api/v1/applications/guestbook";
    let ask = |sim: &Simulator| {
        let headers = [
            ("authorization", authorization.as_str()),
            ("accept-encoding", "gzip"),
        ];
        Client::connect(sim)
            .send("GET", path, &headers, "")
            .unwrap()
    };
    let packed = ask(&sim);
    assert_eq!(packed.header("content-encoding"), "gzip");
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&packed.body[..])
        .read_to_end(&mut text)
        .unwrap();
    let plain = get(&sim, path);
    assert_eq!(plain.header("content-encoding"), "");
    assert_eq!(text, plain.body);
    let without = Simulator::builder().without_gzip().start().unwrap();
    assert_eq!(ask(&without).body, plain.body);
}

#[test]
fn requests_are_kept_as_they_came() {
    let sim = start();
    let mut client = Client::connect(&sim);
    let path = "/api/v1/applications/a%2Fb?x=%41&x=+b";
    let headers = [("x-one", "1"), ("accept", "application/json")];
    assert_eq!(client.send("GET", path, &headers, "").unwrap().status, 404);
    client.get("/api/version", sim.token());
    assert!(sim.wait_until(
        |seen| seen.iter().filter(|r| r.finished).count() == 2,
        PATIENCE
    ));
    let requests = sim.requests();
    assert_eq!(requests[0].path_and_query, path);
    assert_eq!(requests[0].path(), "/api/v1/applications/a%2Fb");
    assert_eq!(requests[0].query("x").as_deref(), Some("A"));
    assert_eq!(requests[0].header("x-one"), Some("1"));
    assert_eq!(requests[0].status, Some(404));
    // Kept alive: one connection for both.
    assert_eq!((requests[0].connection, requests[1].connection), (1, 1));
    assert_eq!((sim.connections(), sim.open_connections()), (1, 1));
    drop(client);
    assert!(sim.wait_until(|_| sim.open_connections() == 0, PATIENCE));
    sim.clear_requests();
    assert!(sim.requests().is_empty());
}

#[test]
fn a_dropped_simulator_listens_no_longer() {
    let sim = start();
    let addr = sim.addr();
    let mut client = Client::connect(&sim);
    drop(sim);
    assert!(client.send("GET", "/api/version", &[], "").is_none());
    assert!(std::net::TcpStream::connect(addr).is_err());
}

#[test]
fn a_wait_that_is_in_vain_ends() {
    let sim = start();
    assert!(!sim.wait_until(|seen| !seen.is_empty(), std::time::Duration::from_millis(1)));
}
