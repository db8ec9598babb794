//! The process itself: what it may do, what it reads, and what it says it is.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::kit::{Arena, HOSTILE, Kit, Tally, of_kind, text};

/// What the kernel says of a process: the value after `name:`.
fn status(pid: u32, name: &str) -> String {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_default()
        .trim_start_matches(':')
        .trim()
        .to_owned()
}

fn explain(kit: &Kit, arena: &Arena, more: &[&str]) -> Value {
    let arguments = [&["explain", "--format", "json"], more].concat();
    let output = kit.output(arena.folder.path(), &arguments, &[]);
    serde_json::from_slice(&output.stdout).unwrap()
}

pub(crate) fn hardening(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let (found, warned) = kit.wait(async {
        let mut host = kit.run().against(&arena.simulator).start().unwrap();
        host.call("list_clusters", json!({})).await.unwrap();
        let pid = host.pid().unwrap();
        let found = ["NoNewPrivs", "Seccomp", "Seccomp_filters"].map(|name| status(pid, name));
        (found, host.end().await.unwrap().stderr)
    });
    let [privileges, filter, filters] = found;
    tally.attempt(privileges == "1", || format!("NoNewPrivs: {privileges}"));
    tally.attempt(filter == "2", || format!("Seccomp: {filter}"));
    let facts = explain(kit, &arena, &[]);
    for measure in facts["process"].as_array().unwrap() {
        let name = measure["name"].as_str().unwrap_or_default();
        let active = measure["status"]
            .as_str()
            .is_some_and(|text| text.starts_with("active"));
        // What a kernel lacks is said.
        tally.attempt(active || warned.contains(name), || measure.to_string());
    }
    let own = status(std::process::id(), "Seccomp_filters");
    let count = |text: &str| text.parse::<u32>().unwrap_or_default();
    tally.control(
        count(&filters) == count(&own) + 1,
        "one filter more than this process, and it answers",
    );
    tally
}

/// Files with the names that other programs look for, each of which would be noticed.
pub(crate) fn working_directory(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let folder = arena.folder.path();
    let there = arena.canary.address();
    let settings = format!("ARGOCD_SERVER=http://{there}\nARGOCD_AUTH_TOKEN=x\nnot = [toml\n");
    for name in [
        ".env",
        "policy.toml",
        "argocd-host.toml",
        "argocd-host/policy.toml",
        ".argocd-host.toml",
        "config",
        ".config/argocd/config",
        ".argocd/config",
        "argocd.wasm",
        "argocd.cwasm",
        "token",
    ] {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &settings).unwrap();
        let nothing = kit.output(folder, &["call", "list_clusters"], &[]);
        let [(server, url), (variable, token)] = arena.environment();
        let set = [(&*server, &*url), (&*variable, &*token)];
        let works = kit.output(folder, &["call", "list_clusters"], &set);
        let ignored = nothing.status.code() == Some(5) && works.status.success();
        tally.attempt(ignored, || {
            format!("{name}: {}{}", text(&nothing), text(&works))
        });
    }
    arena.canary_bytes(&mut tally);
    let output = kit.output(
        folder,
        &["call", "list_clusters", "--policy", "policy.toml"],
        &[],
    );
    let read = text(&output).contains("policy.toml");
    tally.control(
        output.status.code() == Some(5) && read,
        "asked for by a flag, it is read",
    );
    tally
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn digest(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let folder = arena.folder.path();
    let written = kit.output(folder, &["component", "-o", "-"], &[]).stdout;
    let expected = sha256(&written);
    let version = text(&kit.output(folder, &["--version"], &[]));
    tally.attempt(version.contains(&expected), || version.clone());
    let said = explain(kit, &arena, &[])["component"]["sha256"].clone();
    tally.attempt(said == *expected, || format!("explain says {said}"));
    let log = arena.log().display().to_string();
    let [(server, url), (variable, token)] = arena.environment();
    let output = kit.output(
        folder,
        &["call", "list_clusters", "--audit-log", &log],
        &[(&server, &url), (&variable, &token)],
    );
    let audit = arena.audit();
    let started = of_kind(&audit, "started");
    tally.lines = started.len();
    let noted = started.iter().any(|line| line["component"] == *expected);
    tally.attempt(noted, || {
        format!("the audit does not say it: {}", text(&output))
    });
    let pinned = |digest: &str| {
        let output = kit.output(folder, &["explain", "--component-sha256", digest], &[]);
        (output.status.code(), text(&output))
    };
    let (refused, why) = pinned(&"0".repeat(64));
    tally.attempt(refused == Some(4), || why);
    let (taken, _) = pinned(&expected);
    tally.control(taken == Some(0), "the pinned one is taken");
    let other = explain(kit, &arena, &[HOSTILE])["component"]["sha256"].clone();
    let hostile = sha256(&std::fs::read(HOSTILE).unwrap());
    tally.control(
        other == *hostile && hostile != expected,
        "another component has another",
    );
    tally
}
