//! The layers of ARCHITECTURE.md: a folder imports only what lies below it.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// For each room, the rooms of the same crate that it may import.
const GUEST: &[(&str, &[&str])] = &[
    ("stdio", &["server", "mcp", "http", "limits"]),
    (
        "server",
        &["mcp", "tools", "call", "answer", "argocd", "http", "limits"],
    ),
    ("mcp", &["limits"]),
    (
        "tools",
        &[
            "call", "model", "answer", "argocd", "redact", "http", "limits",
        ],
    ),
    (
        "call",
        &["model", "answer", "argocd", "redact", "http", "limits"],
    ),
    ("model", &["answer", "argocd", "redact", "limits"]),
    ("answer", &["redact", "limits"]),
    ("argocd", &["redact", "http", "limits"]),
    ("redact", &["limits"]),
    ("http", &[]),
    ("limits", &[]),
];
const GATE: &[(&str, &[&str])] = &[
    ("egress", &["policy", "secrets", "audit", "limits"]),
    (
        "policy_file",
        &["policy", "egress", "digest", "escape", "limits"],
    ),
    ("calls", &["policy", "limits", "guard"]),
    ("policy", &["limits", "guard"]),
    ("secrets", &["limits", "guard", "random"]),
    ("audit", &["limits", "guard", "random"]),
    ("framer", &["limits"]),
    ("limits", &[]),
    ("guard", &[]),
    ("random", &[]),
    ("digest", &[]),
    ("escape", &[]),
];
const HOST: &[(&str, &[&str])] = &[
    ("limits", &[]),
    ("harden", &[]),
    ("stdio", &["limits"]),
    ("runtime", &["stdio", "exit", "limits"]),
    ("output", &["exit"]),
    ("exit", &[]),
];

fn sources(room: &Path) -> Vec<PathBuf> {
    let file = room.with_extension("rs");
    let mut found: Vec<PathBuf> = file.is_file().then_some(file).into_iter().collect();
    for entry in fs::read_dir(room).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The rooms that a source names after `crate::`, tests left out.
fn imported(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let code: String = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut rooms = Vec::new();
    for part in code.split("crate::").skip(1) {
        if let Some(group) = part.strip_prefix('{') {
            let mut depth = 0;
            let end = group.find(|c| match c {
                '{' => {
                    depth += 1;
                    false
                }
                '}' if depth == 0 => true,
                '}' => {
                    depth -= 1;
                    false
                }
                _ => false,
            });
            let mut level = 0;
            let mut word = String::new();
            for c in group[..end.unwrap_or(group.len())].chars() {
                match c {
                    '{' => level += 1,
                    '}' => level -= 1,
                    ',' if level == 0 => rooms.push(std::mem::take(&mut word)),
                    _ if level == 0 => word.push(c),
                    _ => {}
                }
            }
            rooms.push(word);
        } else {
            rooms.push(part.to_owned());
        }
    }
    rooms
        .iter()
        .map(|room| {
            room.trim()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        })
        .filter(|room| !room.is_empty())
        .collect()
}

fn violations(root: &Path, rules: &[(&str, &[&str])]) -> Vec<String> {
    let rooms: Vec<&str> = rules.iter().map(|(room, _)| *room).collect();
    let mut found = Vec::new();
    for (room, below) in rules {
        let files = sources(&root.join(room));
        assert!(
            !files.is_empty(),
            "{room} has no sources below {}",
            root.display()
        );
        for file in files {
            for import in imported(&fs::read_to_string(&file).unwrap()) {
                if import != *room
                    && rooms.contains(&import.as_str())
                    && !below.contains(&import.as_str())
                {
                    found.push(format!("{} imports {import}", file.display()));
                }
            }
        }
    }
    found
}

#[test]
fn rooms_import_only_what_lies_below() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = violations(&root.join("guest/src"), GUEST);
    found.extend(violations(&root.join("host/gate/src"), GATE));
    found.extend(violations(&root.join("host/src"), HOST));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_reader_of_imports_sees_them() {
    assert_eq!(
        imported("use crate::{a::B, c::{d, e}, f};\nuse crate::g::H;\n#[cfg(test)]\nuse crate::z;"),
        ["a", "c", "f", "g"]
    );
}

#[test]
fn only_the_wasi_folder_names_wasi() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .join("guest/src");
    for file in sources(&root) {
        let inside = file.strip_prefix(&root).unwrap();
        let source = fs::read_to_string(&file).unwrap();
        let names = source.lines().any(|line| {
            line.trim_start().starts_with("use wasi::") || line.contains(" wasi::http::")
        });
        assert!(
            !names || inside.starts_with("wasi") || inside == Path::new("main.rs"),
            "{}",
            file.display()
        );
    }
}

#[test]
fn files_stay_small() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for folder in ["guest/src", "host/gate/src", "host/src", "tests"] {
        for file in sources(&root.join(folder)) {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            assert!(lines <= 600, "{}: {lines} lines", file.display());
        }
    }
}

#[test]
fn wasmtime_is_compiled_once() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for (profile, features) in [("dev", ""), ("release", ""), ("dev", "guard-switches")] {
        let output = std::process::Command::new(env!("CARGO"))
            .current_dir(root)
            .env("RUSTC_BOOTSTRAP", "1")
            .args([
                "build",
                "--offline",
                "--package",
                "argocd-host",
                "--profile",
                profile,
                "--features",
                features,
                "--unit-graph",
                "-Z",
                "unstable-options",
            ])
            .output()
            .unwrap();
        let graph: serde_json::Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        let units = graph["units"].as_array().unwrap().iter();
        let count = units
            .filter(|unit| unit["mode"] == "build" && unit["target"]["kind"][0] == "lib")
            .filter(|unit| unit["pkg_id"].as_str().unwrap().contains("#wasmtime@"))
            .count();
        assert_eq!(
            count, 1,
            "profile {profile} {features}: build.rs and the host must share one wasmtime"
        );
    }
}

/// A test that starts the simulator by itself would never run on a genuine server.
#[test]
fn every_server_of_a_test_is_chosen_by_the_switch() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for file in sources(&root.join("tests/it")) {
        let by_itself = concat!("Simulator::", "builder()");
        assert!(
            !fs::read_to_string(&file).unwrap().contains(by_itself),
            "{}: use crate::argo_cd()",
            file.display()
        );
    }
}
