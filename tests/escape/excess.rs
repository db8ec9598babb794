//! A component that takes more than it may have.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::kit::{Arena, Kit, Tally};

const GLUTTON: &str = concat!(env!("OUT_DIR"), "/glutton.wasm");
/// Burst and refill make 5.6 s of computing; the rest is a loaded machine's.
const IN_TIME: Duration = Duration::from_secs(30);
/// Most memory of the host's process, in KiB (R1.12).
const MEMORY_KIB: u64 = 256 << 10;

/// The largest resident memory of a process so far, in KiB (Linux).
fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.map_or(0, |number| number.parse().unwrap())
}

pub(crate) fn row(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let mut most = 0;
    for what in [
        "spin",
        "memory",
        "recursion",
        "random",
        "handles",
        "headers",
    ] {
        let (ended, peak) = kit.wait(async {
            let start = kit.run().against(&arena.simulator).arg(GLUTTON);
            let mut host = start.start().unwrap();
            let begun = Instant::now();
            let id = host.begin("list_clusters", json!({ "what": what })).await;
            let response = host.response(id.unwrap()).await.unwrap();
            let answered = response["error"]["code"] == -32603 && begun.elapsed() < IN_TIME;
            let next = host.call("list_clusters", json!({})).await.unwrap();
            let peak = host.pid().map_or(0, peak_kib);
            let ended = host.end().await.unwrap();
            let well = answered && next.text == "enough" && ended.status.success();
            (well, peak)
        });
        most = peak.max(most);
        tally.attempt(ended && peak < MEMORY_KIB, || {
            format!("{what}: ended as required: {ended}, {peak} KiB")
        });
    }
    tally.require(
        arena.simulator.requests().is_empty(),
        "the server saw requests",
    );
    tally.control(
        most > 0 || !cfg!(target_os = "linux"),
        format!(
            "the next call works each time; host at most {} MiB",
            most >> 10
        ),
    );
    tally
}
