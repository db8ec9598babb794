//! Each name in the documents exists, and what has a name is in the documents.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{code_spans, pages, read, root, rust_files, user_documents};
use crate::process::{host, text};

/// Every command, with its subcommands.
const COMMANDS: [&[&str]; 16] = [
    &[],
    &["run"],
    &["call"],
    &["record"],
    &["tools"],
    &["demo"],
    &["selftest"],
    &["check"],
    &["explain"],
    &["policy", "schema"],
    &["policy", "validate"],
    &["audit", "summarize"],
    &["audit", "schema"],
    &["component"],
    &["completions"],
    &["man"],
];

fn help(command: &[&str]) -> String {
    let mut arguments = command.to_vec();
    arguments.push("--help");
    let output = host(&arguments, &[]);
    assert!(output.status.success(), "{command:?}: {}", text(&output));
    text(&output)
}

/// The words of `text` that begin with `start` and go on with such characters.
fn words(text: &str, start: &str, goes_on: fn(char) -> bool) -> BTreeSet<String> {
    let found = text.match_indices(start).filter(|(at, _)| {
        let before = text[..*at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_')
    });
    found
        .map(|(at, _)| {
            let word: String = text[at..].chars().take_while(|c| goes_on(*c)).collect();
            word.trim_end_matches(['-', '_']).to_owned()
        })
        .filter(|word| word.len() > start.len())
        .collect()
}

fn flags(text: &str) -> BTreeSet<String> {
    words(text, "--", |c| c == '-' || c.is_ascii_alphanumeric())
}

fn variables(text: &str) -> BTreeSet<String> {
    words(text, "ARGOCD_", |c| c == '_' || c.is_ascii_uppercase())
}

fn all_pages() -> String {
    pages().iter().map(|page| read(page)).collect()
}

#[test]
fn every_flag_is_documented_and_every_documented_flag_exists() {
    let helps: String = COMMANDS.iter().map(|command| help(command)).collect();
    let existing = flags(&helps);
    assert!(existing.len() > 20, "{existing:?}");
    let everywhere = ["--help", "--version"].map(str::to_owned);
    let documented = flags(&all_pages());
    for flag in existing.iter().filter(|flag| !everywhere.contains(flag)) {
        assert!(documented.contains(flag), "docs/ does not name {flag}");
    }
    // The flags of other programs stand in blocks of shell commands, or after the name of their program.
    for document in user_documents() {
        for span in code_spans(&document) {
            if span.starts_with("--") || span.starts_with("argocd-host ") {
                for flag in flags(&span) {
                    assert!(existing.contains(&flag), "{document} names {flag}");
                }
            }
        }
    }
}

#[test]
fn every_command_is_documented() {
    let page = read("docs/commands.md");
    for command in COMMANDS.iter().filter(|command| !command.is_empty()) {
        let row = format!("| `argocd-host {}", command.join(" "));
        assert!(page.contains(&row), "{row}");
    }
    // The other way round: the list above is the program's.
    let listed = help(&[]);
    let listed = listed.split("Commands:").nth(1).unwrap();
    let listed = listed.split("\n\n").next().unwrap().lines();
    let names = listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    for name in names.filter(|name| !matches!(*name, "" | "help")) {
        let known = COMMANDS
            .iter()
            .any(|command| command.first() == Some(&name));
        assert!(known, "{name} is not in the list of this test");
    }
}

#[test]
fn every_variable_is_documented_and_every_documented_variable_is_read() {
    let table = read("docs/configuration.md");
    let documented = variables(&table);
    let of_help: BTreeSet<String> = COMMANDS
        .iter()
        .flat_map(|command| variables(&help(command)))
        .collect();
    assert!(of_help.len() >= 9, "{of_help:?}");
    for variable in &of_help {
        assert!(
            documented.contains(variable),
            "docs/configuration.md lacks {variable}"
        );
    }
    let mut sources = String::new();
    for folder in ["host", "guest/src"] {
        for file in rust_files(&root().join(folder)) {
            sources.push_str(&std::fs::read_to_string(file).unwrap());
        }
    }
    for document in user_documents() {
        for span in code_spans(&document) {
            for variable in variables(&span) {
                let quoted = format!("\"{variable}\"");
                assert!(sources.contains(&quoted), "{document} names {variable}");
            }
        }
    }
}

#[test]
fn the_exit_codes_are_those_of_the_help() {
    let help = help(&[]);
    let help = help.split("Exit codes:").nth(1).unwrap();
    // "0 ok, 1 component, ...": a number after a comma or at the start of the list.
    let of_help: BTreeSet<u8> = help
        .split([',', '\n'])
        .filter_map(|part| part.trim().split(' ').next()?.parse().ok())
        .collect();
    let page = read("docs/commands.md");
    let of_page: BTreeSet<u8> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok())
        .collect();
    assert!(of_help.len() >= 9, "{of_help:?}");
    assert_eq!(of_page, of_help);
}

#[test]
fn the_recipes_that_documents_name_exist() {
    let recipes = read("Justfile");
    let mut named = 0;
    for document in user_documents() {
        for span in code_spans(&document) {
            let Some(recipe) = span.strip_prefix("just ") else {
                continue;
            };
            let head = format!("\n{recipe}");
            let mut starts = recipes.match_indices(&head);
            let there = starts.any(|(at, _)| recipes[at + head.len()..].starts_with([':', ' ']));
            assert!(there, "{document} names the recipe {recipe}");
            named += 1;
        }
    }
    assert!(named >= 5, "{named}");
}

#[test]
fn the_policy_keys_are_those_of_the_schema() {
    let schema: Value = serde_json::from_str(&text(&host(&["policy", "schema"], &[]))).unwrap();
    let keys = |of: &Value| -> BTreeSet<String> {
        of["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    let mut existing = keys(&schema);
    existing.remove("limits");
    let limits = keys(&schema["properties"]["limits"]);
    existing.extend(limits.iter().map(|key| format!("limits.{key}")));
    let page = read("docs/policy.md");
    let documented: BTreeSet<String> = page
        .lines()
        .filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned()))
        .collect();
    assert_eq!(documented, existing);
}

#[test]
fn the_tool_sets_are_those_of_the_component() {
    let page = read("docs/tools.md");
    let mut families = 0;
    for line in page.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, set, tools, _] = cells[..] else {
            continue;
        };
        let set = set.trim_matches('`');
        if !tools.starts_with('`') {
            continue;
        }
        let output = host(&["tools", "--set", set, "--json"], &[]);
        assert!(output.status.success(), "{set}: {}", text(&output));
        let listed: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        let names =
            |of: &[&str]| -> BTreeSet<String> { of.iter().map(|s| (*s).to_owned()).collect() };
        let listed: Vec<&str> = listed
            .iter()
            .map(|tool| tool["name"].as_str().unwrap())
            .collect();
        let documented: Vec<&str> = tools.split('`').skip(1).step_by(2).collect();
        assert_eq!(names(&documented), names(&listed), "{set}");
        families += 1;
    }
    assert!(families >= 6, "{families}");
}

#[test]
fn the_tests_and_files_that_documents_name_exist() {
    let mut files: Vec<String> = Vec::new();
    for folder in ["tests", "host", "guest"] {
        let found = rust_files(&root().join(folder));
        files.extend(found.iter().map(|file| file.display().to_string()));
    }
    let mut named = 0;
    let mut documents = user_documents();
    documents.push("ARCHITECTURE.md".to_owned());
    for document in documents {
        for part in code_spans(&document) {
            let plain = !part.contains(['<', '*', ' ', '$']);
            if !plain || !part.ends_with(".rs") || !part.contains('/') {
                continue;
            }
            let there = files.iter().any(|file| file.ends_with(&format!("/{part}")));
            assert!(there, "{document} names {part}");
            named += 1;
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
