//! The samples of the documents are accepted by the program that they are for.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt};

use argocd_tests::simulator::{Fault, FaultKind};
use serde_json::Value;

use super::{blocks, code_spans, commands::Stage, read, user_documents};
use crate::process::{host, text};

/// The command and the arguments of each client configuration: JSON of two shapes, TOML of Codex.
fn configurations() -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for document in user_documents() {
        let json = blocks(&document, "json");
        let json = json
            .iter()
            .map(|block| serde_json::from_str(block).unwrap());
        let toml = blocks(&document, "toml");
        let toml = toml.iter().map(|block| toml::from_str(block).unwrap());
        for value in json.chain(toml) {
            let value: Value = value;
            for key in ["mcpServers", "servers", "mcp_servers"] {
                let server = &value[key]["argocd"];
                let Some(command) = server["command"].as_str() else {
                    continue;
                };
                let arguments = server["args"].as_array().unwrap().iter();
                let arguments = arguments.map(|one| one.as_str().unwrap().to_owned());
                found.push((command.to_owned(), arguments.collect()));
            }
        }
    }
    // Claude Code takes them on its command line.
    let spans = code_spans("README.md").into_iter();
    for span in spans.filter(|span| span.starts_with("claude mcp add ")) {
        let (_, line) = span.split_once(" -- ").unwrap();
        let line = line.replace("~/", "/home/you/");
        let mut words = line.split(' ').map(str::to_owned);
        found.push((words.next().unwrap(), words.collect()));
    }
    found
}

#[test]
fn every_client_configuration_is_accepted() {
    let stage = Stage::set();
    let configurations = configurations();
    assert!(configurations.len() >= 5, "{configurations:?}");
    for (command, mut arguments) in configurations {
        assert_eq!(command, "/home/you/.cargo/bin/argocd-host");
        assert_eq!(arguments.remove(0), "run");
        // No client expands `~`, and a normal user can write below their home only.
        for path in arguments
            .iter()
            .filter(|argument| argument.contains(".argocd-host"))
        {
            assert!(path.starts_with("/home/you/"), "{path}");
        }
        let line = format!("{command} explain --format json {}", arguments.join(" "));
        let (code, said) = stage.shell(&line);
        assert_eq!(code, 0, "{line}\n{said}");
        let facts: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(facts["problems"], serde_json::json!([]), "{line}");
        let (code, said) = stage.shell(&format!("{command} run {}", arguments.join(" ")));
        assert_eq!(code, 0, "{line}\n{said}");
    }
}

#[test]
fn every_policy_file_is_valid() {
    let stage = Stage::set();
    let mut seen = 0;
    for document in user_documents() {
        for block in blocks(&document, "toml") {
            if !block.starts_with("version = 1") {
                continue;
            }
            stage.write("policy.toml", &block);
            let (code, said) = stage.shell("argocd-host policy validate policy.toml");
            assert_eq!(code, 0, "{document}: {said}");
            // The control: a key that nothing has is a problem.
            stage.write("policy.toml", &format!("allow_everything = true\n{block}"));
            let (code, said) = stage.shell("argocd-host policy validate policy.toml");
            assert_eq!(code, 5, "{document}: {said}");
            seen += 1;
        }
    }
    assert!(seen >= 2, "{seen}");
    stage.write("policy.toml", "version = 1\n");
    let (code, said) = stage.shell("argocd-host policy validate policy.toml");
    assert_eq!(code, 0, "only the version is needed: {said}");
}

#[test]
fn the_role_has_the_rights_that_the_tools_need() {
    let yaml = blocks("README.md", "yaml").concat();
    let granted: BTreeSet<String> = yaml
        .lines()
        .filter_map(|line| line.trim().strip_prefix("p, role:mcp-read, "))
        .map(|line| line.split(", ").take(2).collect::<Vec<_>>().join(", "))
        .collect();
    let output = host(&["call", "--demo", "get_server_info"], &[]);
    let answer = text(&output);
    let asked: BTreeSet<String> = answer
        .lines()
        .filter_map(|line| line.split_once(", get: "))
        .map(|(right, _)| format!("{right}, get"))
        .collect();
    assert_eq!(granted, asked, "{answer}");
    assert!(yaml.contains("g, mcp, role:mcp-read"));
}

#[test]
fn the_troubles_of_the_readme_look_as_it_says() {
    let stage = Stage::set();
    let open = stage.write("open-token", stage.simulator.token());
    fs::set_permissions(open, fs::Permissions::from_mode(0o644)).unwrap();
    stage.write("bad-token", "bad.token.of-nobody");
    stage.write("poor-token", &stage.simulator.token_of("nobody"));
    stage.write("some-token", &stage.simulator.token_of("viewer"));
    let digest = "0".repeat(64);
    let readme = read("README.md");
    let (_, table) = readme.split_once("## Troubleshooting").unwrap();
    let table = table.split("\n## ").next().unwrap();
    let to = "https://login.example.com/".to_owned();
    let redirect = Fault::on("/api/v1/repositories", FaultKind::Redirect { to });
    stage.simulator.fault(redirect);
    for (arguments, code, words) in [
        ("list_repositories", 1, "redirects"),
        ("list_clusters --token-file open-token", 5, "has mode 0644"),
        (
            "list_clusters --audit-log token/audit.jsonl",
            6,
            "audit log",
        ),
        (
            &format!("list_clusters --component-sha256 {digest}"),
            4,
            "component refused",
        ),
        ("list_clusters --token-file bad-token", 1, "401"),
        (
            "get_application_logs name=recommendation --token-file some-token",
            1,
            "403",
        ),
        (
            "get_application name=orders-api --token-file poor-token",
            1,
            "lacks the permission",
        ),
        ("list_clusters --server localhost:8080", 1, "certificate"),
    ] {
        let (ended, said) = stage.shell(&format!("argocd-host call {arguments}"));
        assert!(said.contains(words), "{arguments}: {words}: {said}");
        assert_eq!(ended, code, "{arguments}: {said}");
        let row = table
            .lines()
            .find(|line| line.contains(&format!("`{words}`")));
        let row = row.unwrap_or_else(|| panic!("no row for `{words}`"));
        let told = code == 1 || row.contains(&format!("exit code {code}"));
        assert!(told, "{row}");
    }
}
