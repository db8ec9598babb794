//! Components that want more than our world has, before and while they run.

use serde_json::{Value, json};

use crate::{
    control,
    kit::{Arena, Kit, Tally, of_kind, text},
};

const IMPORTER: &str = concat!(env!("OUT_DIR"), "/importer.wasm");
const SPY: &str = concat!(env!("OUT_DIR"), "/spy.wasm");
/// The embedded component's code, as the build compiled it ahead of time.
const CODE: &str = concat!(env!("OUT_DIR"), "/argocd.cwasm");

/// `run COMPONENT` with an audit log: exit code, what it printed, and the imports that the audit names.
fn load(kit: &Kit, arena: &Arena, component: &str) -> (Option<i32>, String, Vec<String>) {
    let [(server, url), (name, token)] = arena.environment();
    let log = arena.log().display().to_string();
    // Each load has a log of its own.
    let _ = std::fs::remove_file(arena.log());
    let output = kit.output(
        arena.folder.path(),
        &["run", component, "--audit-log", &log],
        &[(&server, &url), (&name, &token)],
    );
    let audit = arena.audit();
    let lines = of_kind(&audit, "imports_refused");
    let names = lines.iter().flat_map(|line| line["imports"].as_array());
    let names = names.flatten().filter_map(Value::as_str).map(str::to_owned);
    (output.status.code(), text(&output), names.collect())
}

pub(crate) fn files_and_sockets(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let (code, printed, names) = load(kit, &arena, IMPORTER);
    tally.lines = of_kind(&arena.audit(), "imports_refused").len();
    for wanted in [
        "wasi:filesystem/types@",
        "wasi:filesystem/preopens@",
        "wasi:sockets/tcp@",
        "wasi:sockets/network@",
    ] {
        let named = names.iter().any(|name| name.starts_with(wanted));
        tally.attempt(code == Some(4) && named && printed.contains(wanted), || {
            format!("{wanted}: exit {code:?}, named {names:?}: {printed}")
        });
    }
    let connections = arena.simulator.connections();
    tally.require(connections == 0, "the server was connected to");
    arena.canary_bytes(&mut tally);
    let component = std::fs::read(IMPORTER).unwrap();
    // It says on stderr what it found.
    let (_, said) = kit.wait(control::said(&component, &[], String::new()));
    tally.control(said.contains("file: "), "a plain runtime runs it");
    tally
}

pub(crate) fn environment(kit: &Kit) -> Tally {
    const FOREIGN: [&str; 8] = [
        "AWS_SECRET_ACCESS_KEY",
        "GITHUB_TOKEN",
        "HOME",
        "KUBECONFIG",
        "PATH",
        "SSH_AUTH_SOCK",
        "ARGOCD_PASSWORD",
        "USER",
    ];
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let line = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    let seen: Value = kit.wait(async {
        let mut start = kit.run().against(&arena.simulator).arg(SPY);
        for name in FOREIGN.iter().filter(|name| **name != "ARGOCD_PASSWORD") {
            start = start.env(name, "foreign");
        }
        let mut host = start.without("ARGOCD_MCP_TOOLSETS").start().unwrap();
        let answer = host.call("list_clusters", json!({})).await.unwrap();
        serde_json::from_str(&answer.text).unwrap()
    });
    let names: Vec<&String> = seen["environment"].as_object().unwrap().keys().collect();
    for name in FOREIGN {
        let known = names.iter().any(|seen| *seen == name);
        tally.attempt(!known, || format!("{name} is inherited"));
    }
    let declared = ["ARGOCD_AUTH_TOKEN", "ARGOCD_HOST_MANAGED", "ARGOCD_SERVER"];
    tally.require(names == declared, format!("the environment is {names:?}"));
    tally.require(seen["arguments"] == json!(["argocd"]), "other arguments");
    let component = std::fs::read(SPY).unwrap();
    let environment = FOREIGN.map(|name| (name, "foreign"));
    let (output, _) = kit.wait(control::said(&component, &environment, format!("{line}\n")));
    let found = FOREIGN
        .iter()
        .filter(|name| output.contains(**name))
        .count();
    tally.control(
        found == FOREIGN.len(),
        format!("{found} given to a plain runtime are seen"),
    );
    tally
}

/// The smallest component that imports one empty interface.
fn importing(name: &str) -> Vec<u8> {
    let length = u8::try_from(name.len()).unwrap();
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    // A type section with one instance type, an import section with one instance of it.
    bytes.extend([7, 3, 1, 0x42, 0]);
    bytes.extend([10, length + 5, 1, 0, length]);
    bytes.extend(name.as_bytes());
    bytes.extend([5, 0]);
    bytes
}

pub(crate) fn other_imports(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let file = arena.folder.path().join("odd.wasm");
    let path = file.display().to_string();
    for name in [
        "hostile:door/open@1.0.0",
        "wasi:filesystem/types@0.2.6",
        "wasi:sockets/ip-name-lookup@0.2.6",
        "wasi:sockets/udp@0.2.6",
        "wasi:http/incoming-handler@0.2.6",
        "wasi:keyvalue/store@0.2.0",
        "wasi:cli/exit@0.3.0",
        "wasi:cli/exit",
        "hostile:cli/exit@0.2.6",
    ] {
        std::fs::write(&file, importing(name)).unwrap();
        let (code, printed, names) = load(kit, &arena, &path);
        tally.lines += usize::from(names == [name]);
        let named = names == [name] && printed.contains(name);
        tally.attempt(code == Some(4) && named, || {
            format!("{name}: exit {code:?}: {printed}")
        });
    }
    tally.require(
        arena.simulator.connections() == 0,
        "the server was connected to",
    );
    arena.canary_bytes(&mut tally);
    std::fs::write(&file, importing("wasi:cli/exit@0.2.6")).unwrap();
    let (_, printed, names) = load(kit, &arena, &path);
    let passed = names.is_empty() && !printed.contains("imports what no component");
    tally.control(passed, "an import of our world passes the check");
    tally
}

/// Code that was compiled ahead of time could be anything: it is not taken from a file.
pub(crate) fn precompiled(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let renamed = arena.folder.path().join("renamed.wasm");
    std::fs::copy(CODE, &renamed).unwrap();
    let renamed = renamed.display().to_string();
    for arguments in [
        &["run", CODE][..],
        &["run", &renamed],
        &["explain", CODE],
        &["tools", "--component", CODE],
        &["call", "list_clusters", "--component", CODE],
    ] {
        let [(server, url), (name, token)] = arena.environment();
        let environment = [(&*server, &*url), (&*name, &*token)];
        let output = kit.output(arena.folder.path(), arguments, &environment);
        tally.attempt(output.status.code() == Some(4), || {
            format!("{arguments:?}: {}", text(&output))
        });
    }
    tally.require(
        arena.simulator.connections() == 0,
        "the server was connected to",
    );
    let output = kit.output(arena.folder.path(), &["explain", SPY], &[]);
    tally.control(output.status.success(), "a component is loaded");
    tally
}
