//! The token is where it must be, and nowhere else.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use argocd_tests::simulator::{Fault, FaultKind, Simulator};
use base64::{Engine, engine::general_purpose};
use serde_json::{Value, json};

use crate::{
    control,
    kit::{Arena, HOSTILE, Kit, Tally, of_kind, text},
};

const SPY: &str = concat!(env!("OUT_DIR"), "/spy.wasm");
/// Calls of each component before the places are searched.
const CALLS: usize = 50;
/// Places inside the answer at which it is cut.
const OFFSETS: usize = 40;

/// The token in the spellings that could pass as text.
fn spellings(token: &str) -> [(&'static str, String); 5] {
    let percent: String = token.bytes().map(|byte| format!("%{byte:02X}")).collect();
    [
        ("plain", token.to_owned()),
        ("base64", general_purpose::STANDARD_NO_PAD.encode(token)),
        ("base64url", general_purpose::URL_SAFE_NO_PAD.encode(token)),
        ("dots escaped", token.replace('.', "%2E")),
        ("all escaped", percent),
    ]
}

pub(crate) fn places(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let token = arena.simulator.token().to_owned();
    let attempt = json!({ "scheme": "http", "authority": arena.simulator.addr().to_string(),
        "path": "/api/v1/clusters", "authorized": true });
    let hostile = json!({ "attempts": [attempt], "tell": true });
    let mut searched: Vec<(&str, String)> = Vec::new();
    let mut given = String::new();
    for (component, arguments) in [(SPY, json!({})), (HOSTILE, hostile)] {
        let (last, ended) = kit.wait(async {
            let start = kit.run().against(&arena.simulator).arg(component);
            let start = start.arg("--audit-log").arg(arena.log());
            let mut host = start.start().unwrap();
            let mut last = String::new();
            for _ in 0..CALLS {
                let answer = host.call("list_clusters", arguments.clone()).await;
                last = answer.unwrap().text;
            }
            (last, host.end().await.unwrap())
        });
        if component == SPY {
            let seen: Value = serde_json::from_str(&last).unwrap();
            given = seen["environment"]["ARGOCD_AUTH_TOKEN"].to_string();
            for place in ["environment", "arguments", "stdin"] {
                searched.push((place, seen[place].to_string()));
            }
        }
        searched.push(("stdout", ended.transcript.join("\n")));
        searched.push(("stderr", ended.stderr));
    }
    searched.push(("audit", fs::read_to_string(arena.log()).unwrap_or_default()));
    tally.lines = of_kind(&arena.audit(), "decision").len();
    for (place, found) in &searched {
        for (spelling, secret) in spellings(&token) {
            tally.attempt(!found.contains(&secret), || {
                format!("{place} holds it {spelling}")
            });
        }
    }
    let bearer = format!("Bearer {token}");
    let requests = arena.simulator.requests();
    let carried =
        |r: &&argocd_tests::simulator::Request| r.header("authorization") == Some(&*bearer);
    let sent = requests.iter().filter(carried).count();
    tally.control(
        given.contains("argocd-host.sealed.") && sent == CALLS,
        format!("the placeholder is found, the server got the token {sent} times"),
    );
    tally
}

/// A server that repeats what it was sent, cut into pieces of each size.
fn echo(simulator: &Simulator, piece: usize) {
    simulator.clear_faults();
    simulator.fault(Fault::under("/api/", FaultKind::EchoHeaders));
    let (chunk, every) = (piece, Duration::ZERO);
    simulator.fault(Fault::under("/api/", FaultKind::SlowBody { chunk, every }));
}

pub(crate) fn echoes(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let token = arena.simulator.token().to_owned();
    let attempt = json!({ "scheme": "http", "authority": arena.simulator.addr().to_string(),
        "path": "/api/v1/clusters", "authorized": true });
    let arguments = json!({ "attempts": [attempt] });
    let forms = [
        ("plain", token.clone()),
        (
            "percent-encoded",
            percent_encoding::utf8_percent_encode(&token, percent_encoding::NON_ALPHANUMERIC)
                .to_string(),
        ),
        (
            "in base64",
            general_purpose::STANDARD.encode(format!("Bearer {token}")),
        ),
    ];
    let answers = kit.wait(async {
        let mut host = kit.hostile(&arena).start().unwrap();
        let mut answers = Vec::new();
        for piece in 1..=OFFSETS {
            echo(&arena.simulator, piece);
            let answer = host.call("list_clusters", arguments.clone()).await;
            answers.push(answer.unwrap().text);
        }
        host.end().await.unwrap();
        answers
    });
    tally.lines = of_kind(&arena.audit(), "outcome").len();
    tally.require(tally.lines == OFFSETS, "one outcome for each answer");
    for (at, answer) in answers.iter().enumerate() {
        for (form, secret) in &forms {
            let hidden = answer.contains("you sent Bearer") && !answer.contains(secret);
            tally.attempt(hidden, || {
                format!("{form}, in pieces of {}: {answer}", at + 1)
            });
        }
    }
    let line = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "arguments": arguments } });
    let component = fs::read(HOSTILE).unwrap();
    let given = [("ARGOCD_AUTH_TOKEN", &*token)];
    let output = kit.wait(control::run(&component, &given, format!("{line}\n")));
    let shown = forms.iter().filter(|(_, secret)| output.contains(secret));
    let shown = shown.count();
    tally.control(
        shown == forms.len(),
        format!("{shown} of 3 forms pass a plain runtime"),
    );
    tally
}

fn write(path: &Path, content: &str, mode: u32) {
    let _ = fs::remove_file(path);
    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Secret files that others can read or change, and what `/proc` shows of the environment.
pub(crate) fn files(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let folder = arena.folder.path();
    let (file, url) = (folder.join("secret"), arena.simulator.url());
    let path = file.display().to_string();
    let token = arena.simulator.token().to_owned();
    let (header, other) = (format!("x-access: {token}\n"), format!("{token}\n"));
    let call = |flag: &str, content: &str, mode: u32| {
        write(&file, content, mode);
        let arguments = ["call", "list_clusters", flag, &path];
        let environment = [("ARGOCD_SERVER", &*url), ("ARGOCD_AUTH_TOKEN", &*token)];
        // The token file alone says the token.
        let given = if flag == "--token-file" { 1 } else { 2 };
        kit.output(folder, &arguments, &environment[..given])
    };
    for (flag, content) in [("--token-file", &other), ("--header-file", &header)] {
        for mode in [0o644, 0o640, 0o604, 0o660, 0o606, 0o622, 0o777] {
            let output = call(flag, content, mode);
            let refused = output.status.code() == Some(5) && !text(&output).contains(&token);
            tally.attempt(refused, || format!("{flag} {mode:o}: {}", text(&output)));
        }
    }
    let connections = arena.simulator.connections();
    tally.require(connections == 0, "the server was connected to");
    for name in ["ARGOCD_AUTH_TOKEN", "ARGOCD_API_TOKEN"] {
        let shown = kit.wait(async {
            let start = kit.run().env("ARGOCD_SERVER", &url).env(name, &token);
            let mut host = start.start().unwrap();
            host.call("list_clusters", json!({})).await.unwrap();
            let environ = format!("/proc/{}/environ", host.pid().unwrap());
            // Unreadable is as good.
            let shown = fs::read(environ).unwrap_or_default();
            host.end().await.unwrap();
            String::from_utf8_lossy(&shown).into_owned()
        });
        tally.attempt(!shown.contains(&token), || format!("{name} in environ"));
    }
    let good = ["--token-file", "--header-file"].map(|flag| {
        let content = if flag == "--token-file" {
            &other
        } else {
            &header
        };
        call(flag, content, 0o600).status.success()
    });
    tally.control(good == [true, true], "with mode 600 both are taken");
    tally
}
