//! A component that takes more than it may have.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::kit::{Arena, Kit, Tally, text};

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
    table_growth(kit, &arena, &mut tally);
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

/// A component whose `run` makes its table larger for ever, and traps where that is refused. By hand,
/// since no compiler of ours makes the instruction.
fn growing() -> Vec<u8> {
    fn section(id: u8, content: &[u8]) -> Vec<u8> {
        [&[id, u8::try_from(content.len()).unwrap()], content].concat()
    }
    let name = b"wasi:cli/run@0.2.0";
    #[rustfmt::skip]
    let code = [
        3, 0x40, // loop
        0xd0, 0x70, 0x41, 0x90, 0xce, 0, 0xfc, 15, 0, // table.grow 0 by 10,000 of ref.null
        0x41, 0x7f, 0x46, 4, 0x40, 0, 0x0b, // if that was -1: unreachable
        0x0c, 0, 0x0b, 0x41, 0, 0x0b, // again
    ];
    let body = [&[1, u8::try_from(code.len()).unwrap() + 1, 0], &code[..]].concat();
    let module = [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, &[1, 0x60, 0, 1, 0x7f]),
        section(3, &[1, 0]),
        section(4, &[1, 0x70, 0, 1]),
        section(7, b"\x01\x03run\0\0"),
        section(10, &body),
    ]
    .concat();
    [
        b"\0asm\x0d\0\x01\0".to_vec(),
        section(1, &module),
        // Its instance, whose function is lifted to `func() -> result` and exported in an instance.
        section(2, &[1, 0, 0, 0]),
        section(6, b"\x01\0\0\x01\0\x03run"),
        section(7, &[2, 0x6a, 0, 0, 0x40, 0, 0, 0]),
        section(8, &[1, 0, 0, 0, 0, 1]),
        section(5, b"\x01\x01\x01\0\x03run\x01\0"),
        section(11, &[&[1, 0, 18], &name[..], &[5, 0, 0]].concat()),
    ]
    .concat()
}

fn table_growth(kit: &Kit, arena: &Arena, tally: &mut Tally) {
    let file = arena.folder.path().join("growing.wasm");
    std::fs::write(&file, growing()).unwrap();
    let [(server, url), (name, token)] = arena.environment();
    let output = kit.output(
        arena.folder.path(),
        &["run", &file.display().to_string()],
        &[(&server, &url), (&name, &token)],
    );
    let said = text(&output);
    let ended = output.status.code() == Some(134) && said.contains("unreachable");
    tally.attempt(ended, || format!("table: {:?}: {said}", output.status));
}
