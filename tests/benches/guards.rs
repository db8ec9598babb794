//! What each guard costs in one call, measured in the same run as the call itself.

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use argocd_gate::{
    audit::{Actor, Audit, Decision, Outcome},
    policy::{OpenCall, OriginRule, Plaintext, Policy, Target},
    secrets::{Seal, Secret},
};
use argocd_host::cost::{Metered, Streams, harden};
use bytes::Bytes;

/// Set in a child that hardens itself, since that can't be undone.
const HARDENED: &str = "ARGOCD_BENCH_HARDENED";
/// Polls of the component in one call, as `strace` counts them: line, response head, body.
const POLLS: u32 = 3;
/// System calls of the host in one call, likewise.
const SYSTEM_CALLS: u32 = 9;
/// Rounds of the quick guards; each takes microseconds.
const ROUNDS: u32 = 20_000;

/// Whether this process is the child; it has then done its part.
pub(crate) fn is_child() -> bool {
    let child = std::env::var_os(HARDENED).is_some();
    if child {
        let plain = each(ROUNDS, system_call);
        let begun = Instant::now();
        harden(443);
        let applied = begun.elapsed();
        let filtered = each(ROUNDS, system_call);
        println!(
            "{} {} {}",
            plain.as_nanos(),
            filtered.as_nanos(),
            applied.as_nanos()
        );
    }
    child
}

/// Prints the table; `call` is what one call takes.
pub(crate) fn print(call: Duration, body: &str) {
    println!("each guard in one call          us      of a call of {call:.0?}");
    let row = |what: &str, took: Duration| {
        let (us, share) = (
            took.as_secs_f64() * 1e6,
            took.as_secs_f64() / call.as_secs_f64(),
        );
        println!("  {what:<26} {us:>7.2}   {:>5.1} %", share * 100.0);
    };
    row("policy: origin to owner", policy());
    row("audit: two lines to a file", audit());
    row("seal: head and body", seal(body));
    let (client, component) = streams(body);
    row("stdin: frame, depth, call", client);
    row("stdout: form and open call", component);
    row("CPU meter", meter() * POLLS);
    let (more, applied) = hardened();
    row("system call filter", more * SYSTEM_CALLS);
    println!(
        "  hardening, once at start   {:>7.0}",
        applied.as_secs_f64() * 1e6
    );
}

/// The mean of `rounds`.
fn each(rounds: u32, mut work: impl FnMut()) -> Duration {
    (0..rounds / 10).for_each(|_| work());
    let begun = Instant::now();
    (0..rounds).for_each(|_| work());
    begun.elapsed() / rounds
}

fn system_call() {
    let now = rustix::event::Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // The cheapest that the host makes: a look at no descriptor.
    let _ = black_box(rustix::event::poll(&mut [], Some(&now)));
}

fn policy() -> Duration {
    let origin = OriginRule::parse("https://argocd.example.com", Plaintext::LoopbackOnly).unwrap();
    let policy = Policy::new(origin, "argocd-host.sealed.x");
    let headers = http::HeaderMap::from_iter([
        (http::header::ACCEPT, "application/json".parse().unwrap()),
        (
            http::header::AUTHORIZATION,
            "Bearer argocd-host.sealed.x".parse().unwrap(),
        ),
    ]);
    let target = Target {
        method: "GET",
        scheme: Some("https"),
        authority: Some("argocd.example.com"),
        path_with_query: Some("/api/v1/clusters"),
        headers: &headers,
    };
    let open: Arc<[OpenCall]> = [OpenCall {
        id: "1".into(),
        tool: "list_clusters".into(),
    }]
    .into();
    each(ROUNDS, || {
        assert!(black_box(policy.decide(&target, &open)).is_ok())
    })
}

fn audit() -> Duration {
    let audit = Audit::to_file(tempfile::tempfile().unwrap());
    let decision = Decision {
        actor: Actor::Guest,
        allowed: true,
        calls: &[("1", "list_clusters")],
        rule: "/api/v1/clusters",
        reason: "",
        method: "GET",
        authority: None,
        path: "/api/v1/clusters",
        keys: &[],
    };
    let outcome = Outcome {
        actor: Actor::Guest,
        status: Some(200),
        reason: "ok",
        address: Some(([127, 0, 0, 1], 443).into()),
        bytes: 300,
        elapsed: Duration::from_millis(1),
    };
    each(ROUNDS, || {
        let seq = audit.decision(&decision).unwrap();
        audit.outcome(seq, &outcome).unwrap();
    })
}

fn seal(body: &str) -> Duration {
    let secret = Secret::new("a-token-of-usual-length.".repeat(10));
    let seal = Arc::new(Seal::new([&secret]));
    let body = Bytes::copy_from_slice(body.as_bytes());
    each(ROUNDS, || {
        black_box(seal.text(b"application/json"));
        let mut stream = seal.stream();
        black_box((stream.push(body.clone()), stream.finish()));
    })
}

fn streams(answer: &str) -> (Duration, Duration) {
    let mut streams = Streams::default();
    let line = |id: u32| {
        format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"tools/call\",\"params\":{{\"name\":\"list_clusters\",\"arguments\":{{}}}}}}\n"
        )
    };
    let text = serde_json::Value::from(answer);
    let answer = |id: u32| {
        format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{\"content\":[{{\"type\":\"text\",\"text\":{text}}}],\"isError\":false}}}}\n"
        )
    };
    let (mut client, mut component) = (Duration::ZERO, Duration::ZERO);
    for id in 0..ROUNDS {
        let (line, answer) = (line(id), answer(id));
        let begun = Instant::now();
        assert!(streams.client_says(line.as_bytes()));
        let heard = Instant::now();
        assert!(streams.component_says(answer.as_bytes()));
        client += heard - begun;
        component += heard.elapsed();
    }
    (client / ROUNDS, component / ROUNDS)
}

fn meter() -> Duration {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let meter = Metered::new().unwrap();
    runtime.block_on(async {
        let begun = Instant::now();
        for _ in 0..ROUNDS {
            meter.poll().await;
        }
        begun.elapsed() / ROUNDS
    })
}

/// What the filter adds to one system call, and what hardening takes at the start.
fn hardened() -> (Duration, Duration) {
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .env(HARDENED, "1")
        .output()
        .unwrap();
    let text = String::from_utf8(child.stdout).unwrap();
    let numbers: Vec<u64> = text
        .split_whitespace()
        .map(|number| number.parse().unwrap())
        .collect();
    let [plain, filtered, applied] = numbers[..] else {
        panic!("the child said: {text}")
    };
    let more = Duration::from_nanos(filtered.saturating_sub(plain));
    (more, Duration::from_nanos(applied))
}
