//! The dialer with a resolver that lies, and the times that it gives a connection.

use std::{net::SocketAddr, sync::atomic::AtomicUsize};

use super::{server::*, *};

#[test]
fn a_name_is_reached_at_checked_addresses_only() {
    let rule = |server| OriginRule::parse(server, crate::policy::Plaintext::Allowed).unwrap();
    let addresses = |list: &[&str]| {
        list.iter()
            .map(|text| text.parse().unwrap())
            .collect::<Vec<_>>()
    };
    let (named, reach) = (rule("argocd.example.com"), Default::default());
    let mixed = addresses(&[
        "127.0.0.1:443",
        "10.0.0.1:443",
        "[fe80::1]:443",
        "8.8.8.8:443",
    ]);
    assert_eq!(
        dial::check(&mixed, &named, &reach),
        Ok(addresses(&["10.0.0.1:443", "8.8.8.8:443"]))
    );
    for bad in [
        "127.0.0.1:443",
        "169.254.169.254:443",
        "[::1]:443",
        "[::ffff:127.0.0.1]:443",
        "0.0.0.0:443",
    ] {
        let found = addresses(&[bad]);
        assert_eq!(
            dial::check(&found, &named, &reach),
            Err(Error::AddressProhibited(found[0].ip())),
            "{bad}"
        );
    }
    let local = rule("localhost");
    assert_eq!(
        dial::check(&mixed, &local, &reach),
        Ok(addresses(&["127.0.0.1:443"]))
    );
}

/// A resolver that answers its calls in turn, over and over, and counts them.
fn in_turn(answers: Vec<Vec<SocketAddr>>) -> (Network, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = calls.clone();
    let resolver = Resolver::new(move |_, _| {
        let call = count.fetch_add(1, Ordering::SeqCst);
        let answer = answers[call % answers.len()].clone();
        Box::pin(async move { Ok(answer) })
    });
    let network = Network {
        resolver,
        ..Network::default()
    };
    (network, calls)
}

#[tokio::test]
async fn a_name_that_moves_is_reached_where_it_was_checked_or_not_at_all() {
    // One request for each connection, so that each one asks the resolver anew.
    let once = |body: &'static str| {
        Server::start(move |_| {
            [answer(200, "connection: close\r\n", body), vec![Act::Close]].concat()
        })
    };
    let (server, canary) = (once("x").await.unwrap(), once("canary").await.unwrap());
    let good = server.address;
    let metadata: SocketAddr = "169.254.169.254:80".parse().unwrap();
    // What a second question inside one connection would lead to: another listener of this machine.
    let moved: SocketAddr = canary.address;
    let answers = vec![
        vec![good],
        vec![metadata],
        vec![metadata, good],
        vec![moved],
    ];
    let (network, lookups) = in_turn(answers);
    let config = EgressConfig {
        network,
        ..config(
            &format!("http://localhost:{}", good.port()),
            token(),
            Trust::System,
        )
    };
    let (egress, log) = started(config);
    for turn in 0..100 {
        let found = get(&egress).await.map(|(_, _, body)| body);
        let expected = match turn % 4 {
            0 | 2 => Ok("x".to_owned()),
            1 => Err(Error::AddressProhibited(metadata.ip())),
            // The control: an address that passes is the one that is reached, wherever it is.
            _ => Ok("canary".to_owned()),
        };
        assert_eq!(found, expected, "turn {turn}");
    }
    assert_eq!(lookups.load(Ordering::SeqCst), 100, "one question each");
    assert_eq!((server.connections(), canary.connections()), (50, 25));
    let lines = log.text();
    let at = |address: SocketAddr| lines.matches(&format!("\"address\":\"{address}\"")).count();
    assert_eq!((at(good), at(moved), at(metadata)), (50, 25, 0));
}

#[tokio::test]
async fn lookup_and_connect_end_in_time() {
    let bounds = Bounds {
        lookup: Duration::from_millis(100),
        connect: Duration::from_millis(100),
        ..quick()
    };
    let silent = Resolver::new(|_, _| Box::pin(std::future::pending()));
    let network = Network {
        resolver: silent,
        ..Network::default()
    };
    let config = EgressConfig {
        network,
        bounds,
        ..config("http://localhost:1", token(), Trust::System)
    };
    let (egress, log) = started(config);
    assert_eq!(get(&egress).await.unwrap_err(), Error::Dns);
    assert_eq!(log.outcomes(), ["outcome guest - dns"]);

    // A listener whose queue is full: Linux drops further SYNs.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    let connect = || tokio::net::TcpStream::connect(address);
    while let Ok(Ok(tcp)) = tokio::time::timeout(Duration::from_millis(100), connect()).await {
        queue.push(tcp);
    }
    let (egress, log) = bounded(&format!("http://{address}"), token(), Trust::System, bounds);
    assert_eq!(get(&egress).await.unwrap_err(), Error::ConnectTimeout);
    assert_eq!(log.outcomes(), ["outcome guest - connect-timeout"]);
}

#[tokio::test]
async fn a_server_that_demands_a_certificate_gets_ours_and_no_other_client_gets_in() {
    let issued = |name: &str| rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let (of_server, ours, foreign) = (issued("localhost"), issued("client"), issued("client"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(ours.cert.der().clone()).unwrap();
    let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(
        Arc::new(roots),
        provider.clone(),
    );
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(of_server.signing_key.serialize_der());
    let demanding = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(vec![of_server.cert.der().clone()], key.into())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(demanding));
    let server = Server::with_tls(acceptor, |_| answer(200, "", "x"))
        .await
        .unwrap();
    let identity = |it: &rcgen::CertifiedKey<rcgen::KeyPair>| {
        let (chain, key) = (it.cert.pem(), it.signing_key.serialize_pem());
        Identity::from_pem(chain.as_bytes(), key.as_bytes()).unwrap()
    };
    for (identity, good) in [
        (Some(identity(&ours)), true),
        (Some(identity(&foreign)), false),
        (None, false),
    ] {
        let trust = Trust::CaFile(of_server.cert.pem().into_bytes());
        let config = EgressConfig {
            identity,
            ..config(
                &format!("https://localhost:{}", server.address.port()),
                token(),
                trust,
            )
        };
        let before = server.count("GET");
        let (egress, _) = started(config);
        assert_eq!(get(&egress).await.is_ok(), good);
        assert_eq!(server.count("GET") - before, usize::from(good));
    }
    let mixed = Identity::from_pem(
        ours.cert.pem().as_bytes(),
        foreign.signing_key.serialize_pem().as_bytes(),
    );
    assert!(mixed.is_err_and(|why| why.contains("does not belong")));
}
