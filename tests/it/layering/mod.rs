//! The rooms of ARCHITECTURE.md: each has a rule, imports only what lies below it, and no files need each other.

mod modules;
mod rules;
mod source;

use std::{collections::BTreeMap, fs, path::Path};

use crate::rust_files::rust_files;
use modules::Modules;
use rules::{CRATES, Crate, Room};
use source::Source;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// What a crate's modules break of its rules.
fn violations(of: &Crate, modules: &Modules) -> Vec<String> {
    let mut found = Vec::new();
    for (at, Room(room, below)) in of.rooms.iter().enumerate() {
        let lower: Vec<&str> = of.rooms[at + 1..].iter().map(|lower| lower.0).collect();
        let upwards = below.iter().filter(|to| !lower.contains(to));
        found.extend(
            upwards.map(|to| format!("the rule of {room} allows {to}, which is not below it")),
        );
        if !modules.rooms().contains(room) && !of.expected.contains(room) {
            found.push(format!("there is no room {room}"));
        }
    }
    let rule = |room: &str| of.rooms.iter().find(|rule| rule.0 == room);
    let without = modules
        .rooms()
        .into_iter()
        .filter(|room| rule(room).is_none());
    found.extend(without.map(|room| format!("the room {room} has no rule")));
    for (file, room, to) in modules.arrows() {
        let allowed = rule(room).is_none_or(|rule| rule.1.contains(&&*to));
        if !allowed {
            found.push(format!("{file} imports {to}"));
        }
    }
    for circle in modules.circles() {
        found.push(format!("these files need each other: {circle:?}"));
    }
    found
}

#[test]
fn each_room_has_a_rule_and_imports_only_what_lies_below() {
    for of in CRATES {
        let folder = root().join(of.folder);
        let read = |file: &str| fs::read_to_string(folder.join(file)).ok();
        let found = violations(of, &Modules::below("lib.rs", &read));
        assert!(found.is_empty(), "{}: {found:#?}", of.folder);
    }
}

/// A crate of three rooms, and what the check says of it.
fn judged(files: &[(&str, &str)]) -> Vec<String> {
    let good = [
        ("lib.rs", "mod top; mod middle; mod bottom;"),
        ("top.rs", "use crate::middle::Middle;"),
        ("middle/mod.rs", "mod one; mod two; pub use one::Middle;"),
        ("middle/one.rs", "use super::two; use crate::bottom;"),
        ("middle/two.rs", ""),
        (
            "bottom.rs",
            "#[cfg(test)] mod tests { use crate::top; } // crate::top",
        ),
    ];
    let mut all: BTreeMap<&str, &str> = good.into();
    all.extend(files.iter().copied());
    let of = Crate {
        folder: "",
        rooms: &[
            Room("top", &["middle", "bottom"]),
            Room("middle", &["bottom"]),
            Room("bottom", &[]),
        ],
        expected: &[],
    };
    let read = |file: &str| all.get(file).map(|text| (*text).to_owned());
    violations(&of, &Modules::below("lib.rs", &read))
}

#[test]
fn a_planted_violation_is_seen() {
    assert_eq!(judged(&[]), Vec::<String>::new(), "a good crate");
    let rooms = "mod top; mod middle; mod bottom; mod stray;";
    for (files, expected) in [
        (
            &[("lib.rs", rooms), ("stray.rs", "")][..],
            "the room stray has no rule",
        ),
        (
            &[("lib.rs", "mod top; mod middle;"), ("middle/one.rs", "")],
            "there is no room bottom",
        ),
        (
            &[("bottom.rs", "use crate::{middle::Middle};")],
            "bottom.rs imports middle",
        ),
        (
            &[("bottom.rs", "fn f() { crate::top::g() }")],
            "bottom.rs imports top",
        ),
        (
            &[("bottom.rs", "use super::{top as t};")],
            "bottom.rs imports top",
        ),
        (
            &[("bottom.rs", "mod i { use super::super::top; }")],
            "bottom.rs imports top",
        ),
        (
            &[("middle/two.rs", "use crate::middle::one::X;")],
            "these files need each other: [\"middle/one.rs\", \"middle/two.rs\"]",
        ),
        (
            &[("middle/two.rs", "fn f(_: super::Middle) {}")],
            "these files need each other: [\"middle/one.rs\", \"middle/two.rs\"]",
        ),
        (
            &[
                (
                    "middle/mod.rs",
                    "mod one; mod two; pub use one::Middle; use two::X; pub struct Y;",
                ),
                ("middle/two.rs", "use super::Y;"),
            ],
            "these files need each other: [\"middle/mod.rs\", \"middle/one.rs\", \"middle/two.rs\"]",
        ),
        // What a folder offers of a file inside of it, it needs.
        (
            &[
                (
                    "middle/mod.rs",
                    "mod one; mod two; pub use two::X; pub struct Middle;",
                ),
                ("middle/one.rs", ""),
                ("middle/two.rs", "use super::Middle; pub struct X;"),
            ],
            "these files need each other: [\"middle/mod.rs\", \"middle/two.rs\"]",
        ),
    ] {
        let found = judged(files);
        assert!(
            found.iter().any(|it| it == expected),
            "{expected}: {found:?}"
        );
    }
}

#[test]
fn a_rule_that_points_upwards_is_seen() {
    let of = Crate {
        folder: "",
        rooms: &[Room("low", &[]), Room("high", &["low"])],
        expected: &["low", "high"],
    };
    let none = Modules::below("lib.rs", &|_| Some(String::new()));
    assert_eq!(
        violations(&of, &none),
        ["the rule of high allows low, which is not below it"]
    );
}

#[test]
fn only_code_counts_as_an_import() {
    let text = r##"
        // crate::comment
        /* crate::block */
        const TEXT: &str = "crate::text \" crate::text";
        const RAW: &str = r#"crate::raw " crate::raw"#;
        const QUOTE: char = '"';
        fn life<'a>(it: &'a str) -> &'a str { it }
        #[cfg(test)]
        mod tests;
        #[cfg(test)]
        use crate::{test, only};
        use crate::{a::B, c::{d, e}, f};
        pub(crate) use crate::g::H as I;
        pub(in crate::visible) struct J(pub(in crate::visible) u8, pub (crate::k::L, u8));
        pub(in crate::visible) use crate::m::N;
    "##;
    let found = Source::of(text);
    let paths: Vec<String> = found
        .paths
        .iter()
        .map(|path| path.segments.join("::"))
        .collect();
    assert_eq!(paths, ["a::B", "c::d", "c::e", "f", "g::H", "k::L", "m::N"]);
    assert!(found.children.is_empty());
    assert_eq!(found.paths[4].name.as_deref(), Some("I"));
}

#[test]
fn only_the_wasi_folder_names_wasi() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .join("guest/src");
    for file in rust_files(&root) {
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
    for folder in [
        "guest/src",
        "guest/redact/src",
        "host/gate/src",
        "host/src",
        "tests",
    ] {
        for file in rust_files(&root.join(folder)) {
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
    for file in rust_files(&root.join("tests/it")) {
        let by_itself = concat!("Simulator::", "builder()");
        assert!(
            !fs::read_to_string(&file).unwrap().contains(by_itself),
            "{}: use crate::argo_cd()",
            file.display()
        );
    }
}
