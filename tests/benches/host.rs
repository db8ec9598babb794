//! What a user feels, measured against a native program in the same run and printed as ratios:
//! start-up, one call, 32 calls at once, idle CPU, and guest memory over the size of the fleet.
//!
//! `just bench` prints the table for this machine; `--quick` runs everything briefly, for correctness.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs
)]

mod calls;
mod cores;
mod guards;
mod native;
mod peer;

use std::time::{Duration, Instant};

use argocd_tests::{harness::Start, simulator::Simulator};
use peer::Peer;
use serde_json::json;

const HOST: &str = env!("CARGO_BIN_EXE_argocd-host");
/// A small answer: one cluster, as a small installation has it.
const SMALL: &str = r#"{"metadata":{},"items":[{"server":"https://kubernetes.default.svc","name":"in-cluster","info":{"connectionState":{"status":"Successful"},"serverVersion":"1.36","applicationsCount":3}}]}"#;

struct Rounds {
    starts: usize,
    calls: usize,
    batches: usize,
    idle: Duration,
}

fn main() {
    if let Some(url) = std::env::var_os("ARGOCD_BENCH_NATIVE") {
        return native::serve(&url.to_string_lossy());
    }
    if guards::is_child() {
        return;
    }
    let quick = std::env::args().any(|argument| argument == "--quick" || argument == "--test");
    let rounds = if quick {
        Rounds {
            starts: 3,
            calls: 20,
            batches: 3,
            idle: Duration::from_millis(300),
        }
    } else {
        Rounds {
            starts: 40,
            calls: 600,
            batches: 400,
            idle: Duration::from_secs(5),
        }
    };
    println!(
        "profile: {}",
        match (cfg!(debug_assertions), quick) {
            (true, _) => "dev (ratios mean nothing)",
            (false, true) => "release, quick (too few rounds for figures)",
            (false, false) => "release",
        }
    );
    start_up(&rounds);
    let call = calls::measure(rounds.calls, rounds.batches);
    guards::print(call, SMALL);
    idle(&rounds);
    memory();
    println!("bench done");
}

/// Spawn to `initialize` answer: https server, system roots, nothing cached on disk.
fn start_up(rounds: &Rounds) {
    let simulator = Simulator::builder().https().start().unwrap();
    let url = simulator.url();
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..rounds.starts {
        let begun = Instant::now();
        assert!(
            std::process::Command::new("true")
                .status()
                .unwrap()
                .success()
        );
        floor.push(begun.elapsed());
        let begun = Instant::now();
        let mut peer = Peer::host(&[
            ("ARGOCD_SERVER", &url),
            ("ARGOCD_AUTH_TOKEN", simulator.token()),
        ]);
        let answer = peer.ask(
            r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#,
        );
        ours.push(begun.elapsed());
        assert!(answer.contains("protocolVersion"), "{answer}");
    }
    let (ours, floor) = (median(ours), median(floor));
    println!(
        "spawn to initialize answer   {:>9.2?}   starting `true`  {:>9.2?}   ratio {:.1}   bound 5 ms",
        ours,
        floor,
        ratio(ours, floor)
    );
}

/// CPU ticks of the process while nothing happens, after 100 calls.
fn idle(rounds: &Rounds) {
    let simulator = Simulator::builder().start().unwrap();
    let mut peer = Peer::host(&[
        ("ARGOCD_SERVER", &simulator.url()),
        ("ARGOCD_AUTH_TOKEN", simulator.token()),
    ]);
    for id in 0..100 {
        let answer = peer.ask(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"list_clusters"}}}}"#));
        assert!(answer.contains("in-cluster"), "{answer}");
    }
    // The ticker takes a few idle rounds to park.
    std::thread::park_timeout(Duration::from_millis(200));
    let before = peer.cpu_ticks();
    std::thread::park_timeout(rounds.idle);
    let used = peer.cpu_ticks() - before;
    println!(
        "idle for {:?} after 100 calls   {used} CPU ticks, {} KiB resident   bound 0 ticks",
        rounds.idle,
        peer.resident_kib()
    );
    assert_eq!(used, 0, "an idle server uses no CPU");
}

/// Largest guest memory for the applications list, from the limiter.
fn memory() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut first = None;
    for n in [1_000, 5_000, 50_000] {
        let simulator = Simulator::builder().generated(n).start().unwrap();
        let (peak, took) = runtime.block_on(async {
            let mut host = Start::run(HOST)
                .against(&simulator)
                .arg("--stats")
                .start()
                .unwrap();
            let begun = Instant::now();
            let answer = host.call("list_applications", json!({})).await.unwrap();
            let took = begun.elapsed();
            let counts = simulator.generated_counts();
            assert!(
                answer
                    .text
                    .starts_with(&format!("{} applications", counts.total)),
                "{}",
                answer.text
            );
            let ended = host.end().await.unwrap();
            let stats: serde_json::Value = ended
                .stderr
                .lines()
                .find_map(|line| serde_json::from_str(line).ok())
                .unwrap();
            (stats["peak_memory_bytes"].as_u64().unwrap(), took)
        });
        let base = *first.get_or_insert(peak);
        println!(
            "list of {n:>6} applications      {took:>9.2?}   guest peak {:>6} KiB   ratio to 1,000: {:.2}",
            peak >> 10,
            peak as f64 / base as f64
        );
    }
}

/// Prints one row and gives our median.
pub(crate) fn report(
    what: &str,
    ours: Vec<Duration>,
    native: Vec<Duration>,
    bound: &str,
) -> Duration {
    let (ours, native) = (median(ours), median(native));
    println!(
        "{what:<26}   {ours:>9.2?}   native           {native:>9.2?}   ratio {:.2}   bound {bound}",
        ratio(ours, native)
    );
    ours
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}
