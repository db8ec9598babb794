//! Each fault does what it says.

use std::io::Read as _;
use std::time::Duration;

use base64::Engine as _;

use super::{PATIENCE, start};
use crate::server::test_client::{Client, get};
use crate::{Fault, FaultKind, Simulator};

const PATH: &str = "/api/v1/applications/guestbook";

fn with(kind: FaultKind) -> Simulator {
    let sim = start();
    sim.fault(Fault::on(PATH, kind));
    sim
}

#[test]
fn a_held_request_waits_for_the_release_and_no_longer() {
    let sim = start();
    sim.fault(Fault::on("/api/version", FaultKind::Hold).times(1));
    std::thread::scope(|scope| {
        let held = scope.spawn(|| get(&sim, "/api/version").status);
        assert!(sim.wait_until(|seen| seen.len() == 1, PATIENCE));
        assert_eq!(get(&sim, "/api/version").status, 200);
        assert_eq!(sim.requests()[0].status, None);
        sim.release();
        assert_eq!(held.join().unwrap(), 200);
    });
    assert!(sim.requests().iter().all(|r| r.finished && !r.aborted));
}

#[test]
fn a_client_that_hangs_up_is_seen() {
    let sim = with(FaultKind::Hold);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            use std::io::Write as _;
            let mut stream = std::net::TcpStream::connect(sim.addr()).unwrap();
            write!(stream, "GET {PATH} HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
            assert!(sim.wait_until(|seen| seen.len() == 1, PATIENCE));
        });
    });
    assert!(sim.wait_until(|seen| seen[0].aborted, PATIENCE));
    assert!(sim.wait_until(|_| sim.open_connections() == 0, PATIENCE));
    assert_eq!(sim.requests()[0].status, None);
}

#[test]
fn a_client_that_hangs_up_in_the_body_is_seen() {
    let sim = with(FaultKind::SlowBody {
        chunk: 1,
        every: Duration::from_secs(3_600),
    });
    {
        use std::io::Write as _;
        let mut stream = std::net::TcpStream::connect(sim.addr()).unwrap();
        let token = sim.token();
        write!(
            stream,
            "GET {PATH} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\r\n"
        )
        .unwrap();
        let mut head = [0; 12];
        stream.read_exact(&mut head).unwrap();
        assert_eq!(&head, b"HTTP/1.1 200");
    }
    assert!(sim.wait_until(|seen| seen[0].aborted, PATIENCE));
    assert_eq!(sim.requests()[0].status, Some(200));
}

#[test]
fn slow_answers_are_whole() {
    let whole = get(&start(), PATH).body;
    for kind in [
        FaultKind::SlowHead(Duration::from_millis(1)),
        FaultKind::SlowBody {
            chunk: 1_000,
            every: Duration::from_millis(1),
        },
    ] {
        let got = get(&with(kind), PATH);
        assert_eq!(got.body, whole);
        assert_eq!(got.header("content-length"), whole.len().to_string());
    }
}

#[test]
fn a_torn_body_breaks_where_it_says() {
    for after in [0, 10] {
        let got = get(&with(FaultKind::TornBody { after }), PATH);
        assert_eq!((got.status, got.broke, got.body.len()), (200, true, after));
    }
}

#[test]
fn a_closed_connection_has_no_answer() {
    let sim = with(FaultKind::CloseBeforeHead);
    assert!(Client::connect(&sim).send("GET", PATH, &[], "").is_none());
    assert_eq!(sim.requests()[0].status, None);
    assert!(!sim.requests()[0].aborted);
}

#[test]
fn bodies_of_other_sizes_and_sorts() {
    let got = get(&with(FaultKind::HugeBody { bytes: 5_000_000 }), PATH);
    assert_eq!(got.body.len(), 5_000_000);

    let got = get(&with(FaultKind::GzipBomb { bytes: 5_000_000 }), PATH);
    assert_eq!(got.header("content-encoding"), "gzip");
    assert!(got.body.len() < 50_000);
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&got.body[..])
        .read_to_end(&mut text)
        .unwrap();
    assert_eq!(text.len(), 5_000_000);

    let got = get(&with(FaultKind::Gzip), PATH);
    assert_eq!(got.header("content-encoding"), "gzip");

    let got = get(&with(FaultKind::Status(503, "upstream".to_owned())), PATH);
    assert_eq!((got.status, got.text()), (503, "upstream".to_owned()));

    let got = get(&with(FaultKind::Unauthorized), PATH);
    assert_eq!((got.status, got.json()["code"].as_u64()), (401, Some(16)));

    let got = get(&with(FaultKind::Html { status: 200 }), PATH);
    assert_eq!(got.header("content-type"), "text/html; charset=utf-8");

    let to = "https://elsewhere.example.com/".to_owned();
    let got = get(&with(FaultKind::Redirect { to: to.clone() }), PATH);
    assert_eq!((got.status, got.header("location")), (302, to.as_str()));

    let cookie = vec![("set-cookie".to_owned(), "argocd.token=renewed".to_owned())];
    let got = get(&with(FaultKind::Headers(cookie)), PATH);
    assert_eq!(
        (got.status, got.header("set-cookie")),
        (200, "argocd.token=renewed")
    );
}

#[test]
fn an_echo_repeats_the_token_in_every_form() {
    let sim = with(FaultKind::EchoHeaders);
    let got = Client::connect(&sim).get(PATH, "to/ken+1");
    let base64 = base64::engine::general_purpose::STANDARD.encode("Bearer to/ken+1");
    let message = got.json()["message"].as_str().unwrap().to_owned();
    for (header, form) in [
        ("x-echo-plain", "Bearer to/ken+1"),
        ("x-echo-percent", "Bearer%20to%2Fken%2B1"),
        ("x-echo-base64", &base64),
    ] {
        assert_eq!(got.header(header), form);
        assert!(message.contains(form), "{message}");
    }
}

#[test]
fn cleared_faults_are_gone() {
    let sim = with(FaultKind::Unauthorized);
    assert_eq!(get(&sim, PATH).status, 401);
    sim.clear_faults();
    assert_eq!(get(&sim, PATH).status, 200);
}
