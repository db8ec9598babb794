#![allow(clippy::unwrap_used)]

mod dialing;
mod login;
mod server;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use http::HeaderMap;
use http_body_util::BodyExt;
use tokio::io::AsyncWriteExt;

use super::*;
use server::*;

const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJyZWFkZXIifQ.c2lnbmF0dXJlMTIz";

fn token() -> Credentials {
    Credentials::Token(Secret::new(TOKEN.to_owned()))
}

fn plain(server: &Server) -> (Arc<Egress>, Log) {
    egress(
        &format!("http://{}", server.address),
        token(),
        Trust::System,
    )
}

#[tokio::test]
async fn the_token_leaves_and_never_comes_back() {
    let echo = |request: &str| {
        let bearer = request
            .lines()
            .find_map(|line| line.strip_prefix("authorization: "))
            .unwrap();
        let headers = format!(
            "content-type: text/plain\r\nx-echo: {bearer}\r\nset-cookie: a=b\r\nlocation: /x?{bearer}\r\n"
        );
        answer(
            200,
            &headers.replace(' ', "").replace("/plain", "/plain "),
            request,
        )
    };
    let server = Server::start(echo).await.unwrap();
    let (egress, log) = plain(&server);
    let (status, headers, body) = get(&egress).await.unwrap();
    let request = server.requests()[0].clone();
    assert!(
        request.starts_with("GET /api/v1/applications HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(request.contains(&format!("authorization: Bearer {TOKEN}\r\n")));
    assert!(
        request.contains("accept-encoding: gzip\r\n")
            && request.contains("user-agent: argocd-host/")
    );
    assert!(request.contains(&format!("host: {}\r\n", server.address)));
    assert_eq!(status, 200);
    assert_eq!(body, request.replace(TOKEN, &"*".repeat(TOKEN.len())));
    let mut names: Vec<&str> = headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["content-length", "content-type", "location"]);
    assert_eq!(
        headers["location"],
        format!("/x?Bearer{}", "*".repeat(TOKEN.len()))
    );
    assert_eq!(headers["content-length"], body.len().to_string());
    assert_eq!(
        log.lines(),
        ["decision guest - allow", "outcome guest 200 ok"]
    );
    let text = log.text();
    assert!(
        !text.contains(TOKEN) && !text.contains("placeholder"),
        "{text}"
    );
    assert!(text.contains(&format!("\"bytes\":{}", body.len())));
    assert!(text.contains(&format!("\"address\":\"{}\"", server.address)));
}

#[tokio::test]
async fn added_headers_leave_and_never_come_back() {
    const KEY: &str = "0123456789abcdef";
    let server = Server::start(|request| answer(200, "", request))
        .await
        .unwrap();
    let header = SealedHeader::parse(&format!("X-Key: Bearer {KEY}")).unwrap();
    let config = EgressConfig {
        headers: vec![header, SealedHeader::parse("X-Short: abc").unwrap()],
        ..config(
            &format!("http://{}", server.address),
            token(),
            Trust::System,
        )
    };
    let (egress, log) = started(config);
    let (_, _, body) = get(&egress).await.unwrap();
    let request = server.requests()[0].clone();
    assert!(
        request.contains(&format!("x-key: Bearer {KEY}\r\n")),
        "{request}"
    );
    // The control: the names and the value that is too short to be sealed came back.
    assert!(
        body.contains("x-key: ***") && body.contains("x-short: abc"),
        "{body}"
    );
    assert!(!body.contains(KEY) && !body.contains(TOKEN) && !log.text().contains(KEY));
}

#[tokio::test]
async fn gzip_is_undone_under_a_cap() {
    let text = "x".repeat(1 << 20);
    let packed = gzip(text.as_bytes());
    let server = Server::start(move |_| answer(200, "content-encoding: gzip\r\n", &packed))
        .await
        .unwrap();
    let (egress, _) = plain(&server);
    let (_, headers, body) = get(&egress).await.unwrap();
    assert!(body == text && !headers.contains_key("content-length"));

    let bomb = gzip(&vec![0; 64 << 20]);
    let server = Server::start(move |_| answer(200, "content-encoding: gzip\r\n", &bomb))
        .await
        .unwrap();
    let (egress, log) = plain(&server);
    let mut body = egress
        .clone()
        .exchange(admit(&egress, LIST).unwrap())
        .await
        .unwrap()
        .into_body();
    let mut passed = 0;
    let error = loop {
        match body.frame().await.unwrap() {
            Ok(frame) => {
                let length = frame.into_data().unwrap().len();
                assert!(
                    length < 2 * crate::limits::GUNZIP_STEP_BYTES,
                    "{length} at once"
                );
                passed += length;
            }
            Err(error) => break error,
        }
    };
    assert_eq!(error, Error::BodySize);
    assert!(passed <= 1 << 20, "{passed} bytes passed a cap of 1 MiB");
    assert_eq!(log.outcomes(), ["outcome guest 200 body-size"]);
    assert!(body.frame().await.is_none(), "an error is the end");
}

#[tokio::test]
async fn the_wire_has_a_cap_of_its_own() {
    let bounds = Bounds {
        body_wire_bytes: 100,
        ..quick()
    };
    for (length, expected) in [(100, Ok(100)), (101, Err(Error::BodySize))] {
        let server = Server::start(move |_| answer(200, "", vec![b'x'; length]))
            .await
            .unwrap();
        let origin = format!("http://{}", server.address);
        let (egress, _) = bounded(&origin, token(), Trust::System, bounds);
        let body = get(&egress).await.map(|(_, _, body)| body.len());
        assert_eq!(body, expected);
    }
}

/// What a server does, the error that it makes, and the status in the outcome.
type Fault = (Vec<Act>, Error, &'static str);

const OK: &str = "HTTP/1.1 200 x\r\n";
const PAUSE: Duration = Duration::from_millis(200);

fn faults_of_the_head() -> Vec<Fault> {
    let send = |text: String| vec![Act::Send(text.into_bytes())];
    let many = send(format!("{OK}{}\r\n", "a: b\r\n".repeat(65)));
    let long = send(format!("{OK}a: {}\r\n\r\n", "x".repeat(1 << 20)));
    let location = format!("location: {}\r\n", "x".repeat(5_000));
    let upgrade = "HTTP/1.1 101 x\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n";
    let drip = vec![Act::Drip(OK.as_bytes().to_vec(), PAUSE)];
    let brotli = answer(200, "content-encoding: br\r\n", "x");
    vec![
        (vec![Act::Wait], Error::ResponseTimeout, "-"),
        (vec![Act::Close], Error::ConnectionClosed, "-"),
        (drip, Error::ResponseTimeout, "-"),
        (send("SSH-2.0-x\r\n\r\n".into()), Error::Protocol, "-"),
        (many, Error::HeaderSize, "-"),
        (long, Error::HeaderSize, "-"),
        (answer(200, &location, ""), Error::HeaderSize, "200"),
        (send(upgrade.into()), Error::Protocol, "101"),
        (brotli, Error::ContentCoding, "200"),
    ]
}

fn faults_of_the_body() -> Vec<Fault> {
    let then = |text: &str, act: Act| vec![Act::Send(format!("{OK}{text}").into_bytes()), act];
    let gzipped = |body: &[u8]| answer(200, "content-encoding: gzip\r\n", body);
    let packed = gzip(&[b'x'; 10_000]);
    let torn = &packed[..packed.len() - 6];
    let nine = "content-length: 9\r\n\r\nabc";
    let chunk = "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n";
    let drip = Act::Drip(vec![b'x'; 99], PAUSE);
    let drip = then("content-length: 99\r\n\r\n", drip);
    let flood = Act::Flood(vec![b'x'; 64 << 10]);
    let flood = then("content-length: 9999999999\r\n\r\n", flood);
    vec![
        (gzipped(b"not gzip at all"), Error::ContentCoding, "200"),
        (gzipped(torn), Error::Incomplete, "200"),
        (then(nine, Act::Close), Error::Incomplete, "200"),
        (then(chunk, Act::Close), Error::Incomplete, "200"),
        (then(nine, Act::Wait), Error::ReadTimeout, "200"),
        (drip, Error::ResponseTimeout, "200"),
        (flood, Error::BodySize, "200"),
    ]
}

#[tokio::test]
async fn each_fault_has_its_error_and_its_line_and_the_next_request_works() {
    let faults = [faults_of_the_head(), faults_of_the_body()].concat();
    let mut tasks = Vec::new();
    for (row, (acts, error, status)) in faults.into_iter().enumerate() {
        tasks.push(tokio::spawn(async move {
            let first = AtomicBool::new(true);
            let server = Server::start(move |_| {
                if first.swap(false, Ordering::SeqCst) {
                    acts.clone()
                } else {
                    answer(200, "", "fine")
                }
            });
            let (egress, log) = plain(&server.await.unwrap());
            assert_eq!(get(&egress).await.unwrap_err(), error, "row {row}");
            assert_eq!(log.outcomes(), [format!("outcome guest {status} {error}")]);
            assert_eq!(get(&egress).await.unwrap().2, "fine", "after {error}");
            assert_eq!(log.outcomes().len(), 2);
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn nobody_there() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let (egress, log) = egress(&format!("http://{free}"), token(), Trust::System);
    assert_eq!(get(&egress).await.unwrap_err(), Error::ConnectRefused);
    assert_eq!(
        log.lines(),
        ["decision guest - allow", "outcome guest - connect-refused"]
    );
}

#[tokio::test]
async fn redirects_are_passed_on_and_never_followed() {
    let other = Server::start(|_| answer(200, "", "elsewhere"))
        .await
        .unwrap();
    let location = format!("location: http://{}/\r\n", other.address);
    let server = Server::start(move |_| answer(302, &location, ""))
        .await
        .unwrap();
    let (egress, _) = plain(&server);
    let (status, headers, _) = get(&egress).await.unwrap();
    assert_eq!(
        (
            status,
            headers["location"]
                .to_str()
                .unwrap()
                .starts_with("http://127")
        ),
        (302, true)
    );
    assert_eq!((server.count("GET"), other.connections()), (1, 0));
}

#[tokio::test]
async fn trailers_are_dropped() {
    let body = "HTTP/1.1 200 x\r\ntrailer: x-t\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-t: secret\r\n\r\n";
    let server = Server::start(move |_| vec![Act::Send(body.into())])
        .await
        .unwrap();
    let (egress, log) = plain(&server);
    let body = egress
        .clone()
        .exchange(admit(&egress, LIST).unwrap())
        .await
        .unwrap()
        .into_body();
    let collected = body.collect().await.unwrap();
    assert!(collected.trailers().is_none());
    assert_eq!(
        (&*collected.to_bytes(), log.outcomes()),
        (&b"abc"[..], vec!["outcome guest 200 ok".to_owned()])
    );
}

#[tokio::test]
async fn connections_are_reused_and_a_stale_one_is_replaced() {
    let server = Server::start(|_| answer(200, "", "x")).await.unwrap();
    let (egress, _) = plain(&server);
    for _ in 0..5 {
        get(&egress).await.unwrap();
    }
    assert_eq!(server.connections(), 1);

    let server = Server::start(|_| [answer(200, "", "x"), vec![Act::Close]].concat())
        .await
        .unwrap();
    let (egress, log) = plain(&server);
    for _ in 0..3 {
        get(&egress).await.unwrap();
    }
    assert_eq!((server.connections(), log.outcomes().len()), (3, 3));
}

#[tokio::test]
async fn what_is_dropped_has_its_outcome() {
    let server = Server::start(|_| vec![Act::Wait]).await.unwrap();
    let (egress, log) = plain(&server);
    drop(admit(&egress, LIST).unwrap());
    let cut = tokio::time::timeout(Duration::from_millis(50), get(&egress)).await;
    assert!(cut.is_err());
    assert_eq!(
        log.outcomes(),
        ["outcome guest - cancelled", "outcome guest - cancelled"]
    );

    let server = Server::start(|_| {
        vec![
            Act::Send(b"HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\nabc".to_vec()),
            Act::Wait,
        ]
    })
    .await
    .unwrap();
    let (egress, log) = plain(&server);
    let mut body = egress
        .clone()
        .exchange(admit(&egress, LIST).unwrap())
        .await
        .unwrap()
        .into_body();
    assert_eq!(
        body.frame().await.unwrap().unwrap().into_data().unwrap(),
        "abc"
    );
    drop(body);
    assert_eq!(log.outcomes(), ["outcome guest 200 dropped"]);

    let server = Server::start(|_| answer(200, "", "abc")).await.unwrap();
    let (egress, log) = plain(&server);
    let mut body = egress
        .clone()
        .exchange(admit(&egress, LIST).unwrap())
        .await
        .unwrap()
        .into_body();
    body.frame().await.unwrap().unwrap();
    drop(body);
    assert_eq!(
        log.outcomes(),
        ["outcome guest 200 ok"],
        "the announced length has been read"
    );
}

#[tokio::test]
async fn no_line_no_request() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let server = Server::start(|_| answer(200, "", "x")).await.unwrap();
    let config = config(
        &format!("http://{}", server.address),
        token(),
        Trust::System,
    );
    let egress = Egress::new(config, Arc::new(Audit::to_writer(Full))).unwrap();
    assert!(matches!(admit(&egress, LIST), Err(Denied::Audit(_))));
    assert!(matches!(admit(&egress, "/terminal"), Err(Denied::Audit(_))));
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_denial_has_its_line_and_no_connection() {
    let server = Server::start(|_| answer(200, "", "x")).await.unwrap();
    let (egress, log) = plain(&server);
    for path in [
        "/api/v1/applications?refresh=hard",
        "/terminal",
        "/api/v1/session",
        "/api/../x?a=b",
    ] {
        assert!(
            matches!(admit(&egress, path), Err(Denied::Policy(_))),
            "{path}"
        );
    }
    let headers = HeaderMap::new();
    let target = Target {
        method: "GET",
        scheme: None,
        authority: None,
        path_with_query: None,
        headers: &headers,
    };
    assert!(
        matches!(egress.refuse_body(&target, &[].into()), Denied::Policy(denial) if denial.rule == "origin")
    );
    assert_eq!(log.lines(), ["decision guest - deny"; 5]);
    assert!(log.text().contains("\"keys\":[\"refresh\"]") && !log.text().contains("hard"));
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn requests_beyond_the_cap_wait_for_a_slot() {
    let server = Server::start(|_| answer(200, "", "abc")).await.unwrap();
    let bounds = Bounds {
        concurrent_requests: 1,
        ..quick()
    };
    let origin = format!("http://{}", server.address);
    let (egress, _) = bounded(&origin, token(), Trust::System, bounds);
    let first = egress
        .clone()
        .exchange(admit(&egress, LIST).unwrap())
        .await
        .unwrap();
    let mut second = Box::pin(get(&egress));
    assert!(
        tokio::time::timeout(Duration::from_millis(50), &mut second)
            .await
            .is_err()
    );
    assert_eq!(server.count("GET"), 1);
    drop(first);
    assert_eq!(second.await.unwrap().0, 200);
}

type Issued = rcgen::CertifiedKey<rcgen::KeyPair>;

fn issued(names: &[&str]) -> Issued {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    rcgen::generate_simple_self_signed(names).unwrap()
}

fn acceptor(issued: &Issued) -> tokio_rustls::TlsAcceptor {
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(issued.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![issued.cert.der().clone()], key.into())
        .unwrap();
    tokio_rustls::TlsAcceptor::from(Arc::new(config))
}

fn pem(issued: &Issued) -> Trust {
    Trust::CaFile(issued.cert.pem().into_bytes())
}

#[tokio::test]
async fn tls_is_checked_by_name_and_trust() {
    let (right, wrong) = (
        issued(&["localhost", "127.0.0.1"]),
        issued(&["other.example"]),
    );
    let server = Server::with_tls(acceptor(&right), |_| answer(200, "", "x"))
        .await
        .unwrap();
    let other = Server::with_tls(acceptor(&wrong), |_| answer(200, "", "x"))
        .await
        .unwrap();
    let rows = [
        (&server, "localhost", pem(&right), "ok"),
        (&server, "127.0.0.1", pem(&right), "ok"),
        (&server, "localhost", Trust::Insecure, "ok"),
        (&other, "localhost", Trust::Insecure, "ok"),
        (&server, "localhost", pem(&wrong), "tls-certificate"),
        (&other, "localhost", pem(&wrong), "tls-certificate"),
    ];
    for (server, host, trust, expected) in rows {
        let before = server.count("GET");
        let (egress, _) = egress(
            &format!("https://{host}:{}", server.address.port()),
            token(),
            trust,
        );
        let result = get(&egress)
            .await
            .map_or_else(|error| error.name(), |_| "ok");
        assert_eq!(result, expected);
        let sent = usize::from(expected == "ok");
        assert_eq!(
            server.count("GET") - before,
            sent,
            "nothing leaves before the peer is checked"
        );
    }
    assert!(Tls::new(&Trust::CaFile(b"no PEM".to_vec()), None).is_err());
}

#[tokio::test]
async fn a_peer_that_stays_silent_and_one_without_tls_are_told_apart() {
    let trust = issued(&["localhost"]);
    let tarpit = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let clear = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let rows = [(&tarpit, "tls-timeout"), (&clear, "tls-protocol")];
    let clear_address = clear.local_addr().unwrap();
    for (listener, expected) in rows {
        let address = listener.local_addr().unwrap();
        let (egress, _) = egress(&format!("https://{address}"), token(), pem(&trust));
        let speak = async {
            let (mut tcp, _) = listener.accept().await.unwrap();
            if address == clear_address {
                tcp.write_all(b"HTTP/1.0 400 x\r\n\r\n").await.unwrap();
            }
            tcp
        };
        let (result, _tcp) = tokio::join!(get(&egress), speak);
        assert_eq!(result.unwrap_err().name(), expected);
    }
}

#[tokio::test]
async fn system_roots_are_loaded_once_in_the_background() {
    let tls = Tls::new(&Trust::System, None).unwrap();
    tls.load_in_background();
    tls.load_in_background();
    let (one, two) = (tls.config().await, tls.config().await);
    match (one, two) {
        (Ok(one), Ok(two)) => assert!(Arc::ptr_eq(&one, &two)),
        (one, two) => assert_eq!(
            one.err(),
            two.err(),
            "a machine without roots says so each time"
        ),
    }
}
