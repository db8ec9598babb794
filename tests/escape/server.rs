//! A hostile Argo CD, and a hostile network.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc,
};

use argocd_tests::{
    harness::PATIENCE,
    simulator::{Fault, FaultKind, Simulator},
};
use serde_json::{Value, json};

use crate::{
    control,
    kit::{Arena, HOSTILE, Kit, Tally, of_kind, text},
};

const CLUSTERS: &str = "/api/v1/clusters";

/// Answers that are none. Each is a short error, in time, and the next call works.
pub(crate) fn hostile(kit: &Kit) -> Tally {
    let kinds = [
        FaultKind::CloseBeforeHead,
        FaultKind::TornBody { after: 40 },
        FaultKind::Html { status: 200 },
        FaultKind::Html { status: 502 },
        FaultKind::HugeBody { bytes: 64 << 20 },
        FaultKind::GzipBomb { bytes: 1 << 30 },
        FaultKind::Status(200, "\u{0}\u{1b}[2J{not json".to_owned()),
        FaultKind::Status(200, "[".repeat(100_000)),
        FaultKind::Status(101, String::new()),
        FaultKind::Headers(
            (0..100)
                .map(|n| (format!("x-{n}"), "y".repeat(900)))
                .collect(),
        ),
        FaultKind::Headers(vec![("content-encoding".to_owned(), "br".to_owned())]),
    ];
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let mut worked = 0;
    kit.wait(async {
        let start = kit.run().against(&arena.simulator);
        let mut host = start.arg("--audit-log").arg(arena.log()).start().unwrap();
        for kind in &kinds {
            let name = format!("{kind:?}").chars().take(60).collect::<String>();
            arena
                .simulator
                .fault(Fault::on(CLUSTERS, kind.clone()).times(1));
            let answer = host.call("list_clusters", json!({})).await.unwrap();
            tally.attempt(answer.is_error && answer.text.len() < 2_000, || {
                format!(
                    "{name}: {}",
                    answer.text.chars().take(300).collect::<String>()
                )
            });
            arena.simulator.clear_faults();
            let next = host.call("list_clusters", json!({})).await.unwrap();
            worked += usize::from(next.text.contains("in-cluster"));
        }
        let ended = host.end().await.unwrap();
        tally.require(ended.status.success(), ended.stderr);
    });
    tally.lines = of_kind(&arena.audit(), "outcome").len();
    tally.require(
        tally.lines >= 2 * kinds.len(),
        "an outcome for each request",
    );
    tally.control(worked == kinds.len(), format!("{worked} next calls work"));
    tally
}

/// Servers that lead to this machine without saying so: by their address, and by a resolver's answer.
pub(crate) fn addresses(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let (port, log) = (
        arena.canary.address().port(),
        arena.log().display().to_string(),
    );
    for host in ["0.0.0.0", "[::ffff:127.0.0.1]", "[::]"] {
        let server = format!("http://{host}:{port}");
        let arguments = [
            "call",
            "list_clusters",
            "--plaintext",
            "--server",
            &server,
            "--audit-log",
            &log,
        ];
        let token = [("ARGOCD_AUTH_TOKEN", arena.simulator.token())];
        let output = kit.output(arena.folder.path(), &arguments, &token);
        let audit = arena.audit();
        let last = of_kind(&audit, "outcome")
            .last()
            .map(|line| line["reason"].to_string());
        let reason = last.unwrap_or_default();
        let denied = !output.status.success() && reason.starts_with("\"address-prohibited");
        tally.attempt(denied, || format!("{server}: {reason}: {}", text(&output)));
    }
    tally.lines = of_kind(&arena.audit(), "outcome").len();
    arena.canary_bytes(&mut tally);
    let reached = TcpStream::connect(("0.0.0.0", port)).is_ok();
    // The resolver is the process' own: the binary tries it itself.
    let output = kit.output(arena.folder.path(), &["selftest", "--format", "json"], &[]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let trials = found["trials"].as_array().unwrap().iter();
    for trial in trials.filter(|trial| trial["requirement"] == "R2.2") {
        tally.lines += usize::from(trial["audited"] == true);
        tally.attempt(trial["held"] == true, || trial.to_string());
    }
    tally.require(tally.attempts >= 9, "selftest tried no names");
    tally.control(reached, "0.0.0.0 leads to the canary");
    tally
}

/// Headers of an answer that a component has no business with, its trailers among them.
pub(crate) fn answer_headers(kit: &Kit) -> Tally {
    const NAMES: [&str; 10] = [
        "set-cookie",
        "server",
        "x-secret",
        "www-authenticate",
        "authorization",
        "strict-transport-security",
        "grpc-metadata-content-type",
        "link",
        "etag",
        "via",
    ];
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let attempt = json!({ "scheme": "http", "authority": arena.simulator.addr().to_string(), "path": CLUSTERS });
    let arguments = json!({ "attempts": [attempt] });
    let headers = NAMES
        .iter()
        .map(|name| ((*name).to_owned(), format!("of-{name}")));
    let kind = FaultKind::Headers(headers.collect());
    arena.simulator.fault(Fault::on(CLUSTERS, kind));
    let answer = kit.wait(async {
        let mut host = kit.hostile(&arena).start().unwrap();
        let answer = host.call("list_clusters", arguments.clone()).await;
        host.end().await.unwrap();
        answer.unwrap().text
    });
    tally.lines = of_kind(&arena.audit(), "outcome").len();
    for name in NAMES {
        let shown =
            answer.contains(&format!("[{name}: ")) || answer.contains(&format!("of-{name}"));
        tally.attempt(!shown, || format!("{name}: {answer}"));
    }
    tally.require(answer.contains("[content-type: "), "what is listed passes");
    let line = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "arguments": arguments } });
    let component = std::fs::read(HOSTILE).unwrap();
    let output = kit.wait(control::run(&component, &[], format!("{line}\n")));
    let shown = NAMES
        .iter()
        .filter(|name| output.contains(&format!("of-{name}")))
        .count();
    tally.control(
        shown == NAMES.len(),
        format!("{shown} pass a plain runtime"),
    );
    tally
}

pub(crate) fn redirects(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let there = arena.canary.address();
    let location = |to: &str| vec![("location".to_owned(), to.to_owned())];
    let mut faults: Vec<(String, Vec<FaultKind>)> = Vec::new();
    for to in [
        format!("http://{there}/api/v1/clusters"),
        format!("https://{there}/api/v1/clusters"),
        format!("//{there}/api/v1/clusters"),
        format!("http://user@{there}/"),
        "/api/v1/projects".to_owned(),
        "../../session".to_owned(),
    ] {
        faults.push((to.clone(), vec![FaultKind::Redirect { to }]));
    }
    for status in [301, 303, 307, 308] {
        let kinds = vec![
            FaultKind::Status(status, String::new()),
            FaultKind::Headers(location(&format!("http://{there}/"))),
        ];
        faults.push((status.to_string(), kinds));
    }
    let mut answered = 0;
    kit.wait(async {
        let start = kit.run().against(&arena.simulator);
        let mut host = start.arg("--audit-log").arg(arena.log()).start().unwrap();
        for (name, kinds) in &faults {
            arena.simulator.clear_requests();
            arena.simulator.clear_faults();
            for kind in kinds {
                arena.simulator.fault(Fault::on(CLUSTERS, kind.clone()));
            }
            let answer = host.call("list_clusters", json!({})).await.unwrap();
            let seen = arena.simulator.requests();
            answered += usize::from(
                seen.first()
                    .is_some_and(|r| r.status.is_some_and(|s| s / 100 == 3)),
            );
            tally.attempt(answer.is_error && seen.len() == 1, || {
                format!("{name}: {} requests, {}", seen.len(), answer.text)
            });
        }
        host.end().await.unwrap();
    });
    tally.lines = of_kind(&arena.audit(), "outcome").len();
    arena.canary_bytes(&mut tally);
    tally.control(
        answered == faults.len(),
        format!("the server did redirect {answered} times"),
    );
    tally
}

/// A server that speaks this version of TLS at most. It tells how many of its client's records came
/// after its hello, alerts left out.
fn old_server(version: u8) -> (SocketAddr, mpsc::Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 4096];
        let _ = stream.read(&mut buffer).unwrap();
        // ServerHello: version, random, no session, TLS_RSA_WITH_AES_128_CBC_SHA, no compression.
        let mut hello = vec![2, 0, 0, 38, 3, version];
        hello.extend([7; 32]);
        hello.extend([0, 0, 0x2f, 0]);
        let mut record = vec![22, 3, version, 0, 42];
        record.extend(hello);
        stream.write_all(&record).unwrap();
        let mut rest = Vec::new();
        // A reset is an end too.
        let _ = stream.read_to_end(&mut rest);
        let mut records = 0;
        let mut at = &rest[..];
        while let [kind, _, _, high, low, after @ ..] = at {
            records += usize::from(*kind != 21);
            let length = usize::from(*high) << 8 | usize::from(*low);
            at = after.get(length..).unwrap_or_default();
        }
        let _ = sender.send(records);
    });
    (address, receiver)
}

pub(crate) fn old_tls(kit: &Kit) -> Tally {
    let mut tally = Tally::default();
    let arena = Arena::with(Simulator::builder().https().start().unwrap());
    let (folder, token) = (arena.folder.path(), arena.simulator.token());
    let call = |url: &str, more: &[(&str, &str)]| {
        let log = arena.log().display().to_string();
        let mut environment = vec![("ARGOCD_SERVER", url), ("ARGOCD_AUTH_TOKEN", token)];
        environment.extend(more);
        let arguments = ["call", "list_clusters", "--audit-log", &log];
        kit.output(folder, &arguments, &environment)
    };
    for (name, version) in [("SSL 3.0", 0), ("TLS 1.0", 1), ("TLS 1.1", 2)] {
        let (address, records) = old_server(version);
        // Whoever it is: even without a look at certificates.
        let output = call(&format!("https://{address}"), &[("ARGOCD_INSECURE", "1")]);
        let sent = records.recv_timeout(PATIENCE).unwrap();
        tally.attempt(!output.status.success() && sent == 0, || {
            format!("{name}: {sent} records: {}", text(&output))
        });
    }
    let audit = arena.audit();
    tally.lines = of_kind(&audit, "outcome").len();
    let marked = of_kind(&audit, "started");
    let marked = marked
        .iter()
        .filter(|line| line["trust"] == "insecure")
        .count();
    tally.attempt(marked == 3, || {
        "ARGOCD_INSECURE is not marked in the audit".to_owned()
    });
    // Nobody vouches for this one.
    let url = arena.simulator.url();
    let output = call(&url, &[]);
    let unseen = arena.simulator.requests().is_empty();
    tally.attempt(!output.status.success() && unseen, || text(&output));
    let authority = folder.join("ca.pem");
    std::fs::write(&authority, arena.simulator.ca_pem().unwrap()).unwrap();
    let output = call(
        &url,
        &[("ARGOCD_CA_FILE", &authority.display().to_string())],
    );
    tally.control(
        output.status.success(),
        "TLS 1.3 with a known authority works",
    );
    tally
}
