//! A hostile Argo CD, or network in between: whatever it does, the tool answers with an error that
//! says what was wrong, in time; the host stays small; the audit has the reason; and once the server
//! behaves again, the next call works.

mod cases;

use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use argocd_tests::{
    harness::{Host, Memory, Start},
    hostile_server::{Act, Front, Server, answer},
};
use serde_json::json;
use tokio::sync::Semaphore;

use self::cases::{Case, Hostile, Tool, cases};
use crate::{
    HOST,
    certificates::{Authority, Ends},
    trail::Trail,
};

/// The longest exchange where only time ends it, by the policy file of the test. In earnest it is 60 s,
/// which is left alone where something else must be the end.
const TOTAL: Duration = Duration::from_secs(4);
/// Until the tool's answer: [`TOTAL`], and what a loaded machine takes to schedule it.
const IN_TIME: Duration = Duration::from_secs(20);
/// The largest body, by the policy file of the test: several times [`GROWTH_BYTES`], so that a host
/// that kept a body would be seen. In earnest it is 512 MiB.
const BODY_MIB: u64 = 48;
/// What one call may cost the host in memory, in bytes. The component's linear memory is counted in,
/// so this is more than is promised of the rest.
const GROWTH_BYTES: u64 = 16 << 20;
/// Rows that run at once: most of them wait.
const AT_ONCE: usize = 8;

/// What as many calls as may run at once may cost the host, in bytes: for each a connection with its
/// read buffer, the state of gzip, and a piece of the body.
const CROWD_BYTES: u64 = 80 << 20;
const CALLS: usize = 64;

const CLUSTERS: &str = r#"{"metadata":{},"items":[{"server":"https://kubernetes.default.svc","name":"in-cluster","info":{"connectionState":{"status":"Successful"}}}]}"#;
const LOG: &str = r#"{"result":{"content":"all is well","timeStamp":"2026-11-22T10:00:00Z","last":false,"timeStampStr":"2026-11-22T10:00:00Z","podName":"web-1"}}
"#;

#[tokio::test]
async fn each_case_is_an_error_in_time_and_bounded_memory_and_has_its_audit_line() {
    let canary = Server::start(|_| answer(200, "", "canary")).await.unwrap();
    let authority = Arc::new(Authority::new("Authority of the tests"));
    let cases = cases(&authority, canary.address);
    assert!(cases.len() >= 20, "{} cases", cases.len());
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let mut rows = Vec::new();
    for case in cases {
        let (authority, slots) = (authority.clone(), slots.clone());
        rows.push(tokio::spawn(async move {
            let _slot = slots.acquire().await.unwrap();
            row(&case, &authority).await
        }));
    }
    let mut problems = Vec::new();
    for each in rows {
        problems.extend(each.await.unwrap());
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!(canary.connections(), 0, "no redirect was followed");
}

/// What is wrong with one row.
async fn row(case: &Case, authority: &Authority) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let hostile = Arc::new(AtomicBool::new(false));
    let server = server(case, authority, hostile.clone()).await;
    let mut host = start(case, authority, server.address, folder.path());
    let mut problems = Vec::new();
    let mut check = |good: bool, what: String| {
        if !good {
            problems.push(format!("{}: {what}", case.name));
        }
    };
    // What is loaded once is loaded by now: the code for TLS, the trust roots, the component's heap.
    let before = call(&mut host, case).await;
    check(!before.1, format!("it works before: {}", before.0));
    let small = host.memory();

    hostile.store(true, Ordering::SeqCst);
    let begun = Instant::now();
    let (text, is_error) = call(&mut host, case).await;
    let took = begun.elapsed();
    hostile.store(false, Ordering::SeqCst);
    let words = text.to_lowercase().contains(case.words);
    check(is_error && words, format!("{}? {text}", case.words));
    check(took < IN_TIME, format!("took {took:?}"));
    check(text.len() < 2_000, format!("{} characters", text.len()));
    let growth = small.zip(host.memory()).map(growth);
    check(
        growth.is_none_or(|bytes| bytes < GROWTH_BYTES),
        format!("grew by {growth:?} bytes"),
    );

    let after = call(&mut host, case).await;
    check(!after.1, format!("it works again: {}", after.0));
    let ended = host.end().await.unwrap();
    check(ended.status.success(), ended.stderr);
    let trail = Trail::read(&folder.path().join("audit.jsonl"));
    let outcomes = trail.outcomes();
    let three = trail.decisions("guest", "allow").len() == 3 && outcomes.len() == 3;
    check(three, format!("three attempts: {outcomes:?}"));
    let line = outcomes.get(1).copied().cloned().unwrap_or_default();
    let reason = line["reason"].as_str().unwrap_or_default();
    let named = reason.starts_with(case.reason) && line["status"].as_u64() == case.status;
    check(named, format!("{}? {line}", case.reason));
    let kib = growth.map_or("?".to_owned(), |bytes| (bytes >> 10).to_string());
    eprintln!("{:42} {reason:18.18} {took:10.1?} {kib:>6} KiB", case.name);
    problems
}

/// Each bomb alone is small. All that may run at once unfold in the same host.
#[tokio::test]
async fn sixty_four_gzip_bombs_at_once_are_bounded_together() {
    let bomb = cases::gzip_bomb();
    let server = Server::start(move |_| bomb.clone()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.toml");
    std::fs::write(&policy, "version = 1\n[limits]\nresponse_body_mib = 8\n").unwrap();
    let start = Start::run(HOST)
        .env("ARGOCD_SERVER", &format!("http://{}", server.address))
        .env("ARGOCD_AUTH_TOKEN", "header.payload.signature")
        .arg("--policy")
        .arg(policy);
    let mut host = start.start().unwrap();
    host.ask("ping", json!({})).await.unwrap();
    let before = host.memory();
    let mut ids = Vec::new();
    for _ in 0..CALLS {
        ids.push(host.begin("list_clusters", json!({})).await.unwrap());
    }
    for id in ids {
        let answer = host.answer(id).await.unwrap();
        assert!(answer.text.contains("exceeds the limit"), "{}", answer.text);
    }
    let growth = before.zip(host.memory()).map(growth);
    let small = growth.is_none_or(|bytes| bytes < CROWD_BYTES);
    assert!(small, "grew by {growth:?} bytes");
}

fn growth((before, after): (Memory, Memory)) -> u64 {
    before.growth_until(after)
}

/// The server of one row. Each request has a connection of its own, so that each one begins anew.
async fn server(case: &Case, authority: &Authority, hostile: Arc<AtomicBool>) -> Server {
    let good = match &case.hostile {
        Hostile::Answer(_) => Front::Plain,
        Hostile::Begin(_) => Front::Tls(authority.issue("127.0.0.1", Ends::Later).acceptor(None)),
    };
    let (bad, acts) = match case.hostile.clone() {
        Hostile::Begin(front) => (front, None),
        Hostile::Answer(acts) => (good.clone(), Some(acts)),
    };
    let also = hostile.clone();
    let front = move || {
        let which = if also.load(Ordering::SeqCst) {
            &bad
        } else {
            &good
        };
        which.clone()
    };
    let handler = move |request: &str| match (&acts, hostile.load(Ordering::SeqCst)) {
        (Some(acts), true) => acts.clone(),
        _ => {
            let body = if request.contains("/logs?") {
                LOG
            } else {
                CLUSTERS
            };
            let headers = "content-type: application/json\r\nconnection: close\r\n";
            [answer(200, headers, body), vec![Act::Close]].concat()
        }
    };
    Server::fronted(front, handler).await.unwrap()
}

fn start(case: &Case, authority: &Authority, address: SocketAddr, folder: &Path) -> Host {
    let mut policy = format!("version = 1\n[limits]\nresponse_body_mib = {BODY_MIB}\n");
    if case.reason == "response-timeout" {
        policy.push_str(&format!("total_seconds = {}\n", TOTAL.as_secs()));
    }
    let (policy_file, ca) = (folder.join("policy.toml"), folder.join("ca.pem"));
    std::fs::write(&policy_file, policy).unwrap();
    std::fs::write(&ca, &authority.pem).unwrap();
    let scheme = match case.hostile {
        Hostile::Answer(_) => "http",
        Hostile::Begin(_) => "https",
    };
    let start = Start::run(HOST)
        .env("ARGOCD_SERVER", &format!("{scheme}://{address}"))
        .env("ARGOCD_AUTH_TOKEN", "header.payload.signature")
        .arg("--policy")
        .arg(policy_file)
        .arg("--audit-log")
        .arg(folder.join("audit.jsonl"))
        .arg("--ca-file")
        .arg(ca);
    start.start().unwrap()
}

/// The answer's text, and whether it is an error.
async fn call(host: &mut Host, case: &Case) -> (String, bool) {
    let (tool, arguments) = match case.tool {
        Tool::Clusters => ("list_clusters", json!({})),
        Tool::Log => (
            "get_application_logs",
            json!({ "name": "web", "pod": "web-1", "container": "web" }),
        ),
    };
    let answer = host.call(tool, arguments).await.unwrap();
    (answer.text, answer.is_error)
}
