//! README, ARCHITECTURE and SECURITY are true where a machine can tell.

use std::path::{Path, PathBuf};

use crate::each_tool;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap()
}

#[test]
fn the_readme_lists_the_tools_in_order() {
    let readme = read("README.md");
    let listed: Vec<&str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(name, _)| name)
        .collect();
    let tools: Vec<&str> = each_tool().iter().map(|(name, ..)| *name).collect();
    assert_eq!(listed[..tools.len()], tools[..]);
}

#[test]
fn the_tests_that_claims_name_exist() {
    let mut named = 0;
    for document in ["README.md", "SECURITY.md", "ARCHITECTURE.md"] {
        for part in read(document).split('`').skip(1).step_by(2) {
            let path = part.trim_start_matches("tests/");
            let candidates = match path.split_once('/') {
                Some(("it", _)) if path.ends_with(".rs") => {
                    [root().join("tests").join(path)].to_vec()
                }
                Some((room, rest)) if path.ends_with(".rs") && !rest.contains('*') => {
                    let homes = ["host/gate/src", "host/src"].map(|home| root().join(home));
                    let ours = |home: &PathBuf| home.join(room).is_dir();
                    if !homes.iter().any(ours) {
                        continue;
                    }
                    homes.map(|home| home.join(path)).to_vec()
                }
                _ => continue,
            };
            if path.contains('<') || path.contains('*') {
                continue;
            }
            named += 1;
            assert!(
                candidates.iter().any(|file| file.exists()),
                "{document} names {part}"
            );
        }
    }
    assert!(named > 20, "the documents name their tests: {named}");
}

#[test]
fn each_claim_names_a_test_that_is_there() {
    let mut sources = String::new();
    for folder in ["tests", "host", "guest/tests"] {
        for file in rust_files(&root().join(folder)) {
            sources.push_str(&std::fs::read_to_string(file).unwrap());
        }
    }
    let security = read("SECURITY.md");
    let claims = security.split("## What holds").nth(1).unwrap();
    let claims = claims.split("\n## ").next().unwrap();
    let rows = claims
        .lines()
        .filter(|line| line.starts_with('|') && line.contains('`'));
    let mut named = 0;
    for row in rows {
        let tests = row.rsplit_once(" | ").unwrap().1;
        let parts = tests.split('`').skip(1).step_by(2);
        let names: Vec<&str> = parts
            .filter(|part| part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
            .collect();
        assert!(!names.is_empty(), "a claim without a test: {row}");
        for name in names {
            assert!(
                sources.contains(&format!("fn {name}(")),
                "no such test: {name}"
            );
            named += 1;
        }
    }
    assert!(named > 20, "the claims name their tests: {named}");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(rust_files(&path)),
            false if path.extension().is_some_and(|end| end == "rs") => files.push(path),
            false => {}
        }
    }
    files
}

#[test]
fn the_two_commands_are_there() {
    let readme = read("README.md");
    assert!(readme.contains("$ cargo demo") && readme.contains("$ cargo test"));
}

#[test]
fn architecture_stays_within_two_pages() {
    assert!(read("ARCHITECTURE.md").lines().count() <= 120);
}
