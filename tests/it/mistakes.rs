//! What a user mistypes or sets wrong: it is said once, with what is known, and never reads as success.

use std::{fs, path::Path};

use crate::process::{host, text};

const SERVER: (&str, &str) = ("ARGOCD_SERVER", "https://argocd.example.com");
const TOKEN: (&str, &str) = ("ARGOCD_AUTH_TOKEN", "aaa.bbb.ccc");

fn stdout(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs the command; what it said on stderr, which stands there once.
fn said(arguments: &[&str], environment: &[(&str, &str)], code: i32, words: &str) -> String {
    let output = host(arguments, environment);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}: {}",
        text(&output)
    );
    assert_eq!(error.matches(words).count(), 1, "{arguments:?}: {error}");
    for wrong in ["not set up", "[guest]", "tools/list"] {
        assert!(!text(&output).contains(wrong), "{wrong}: {}", text(&output));
    }
    error
}

#[test]
fn an_unknown_tool_or_set_is_a_usage_error_with_the_known_ones() {
    let list = "Run `argocd-host tools` for the list";
    let near = format!("unknown tool list_aplications. Did you mean list_applications? {list}");
    for (arguments, words) in [
        (&["call", "list_aplications"][..], &*near),
        (&["call", "--demo", "list_aplications"], &near),
        (&["tools", "list_aplications"], &near),
        (
            &["check", "GET", "/api/version", "--tool", "list_aplications"],
            &near,
        ),
        (
            &["tools", "--set", "nope"],
            "unknown tool set nope. The tool sets are default, all,",
        ),
        (
            &["tools", "--set", "rolout"],
            "unknown tool set rolout. Did you mean rollout?",
        ),
        (
            &["tools", "list_clusters", "--set", "rollout"],
            "list_clusters is not in the tool sets rollout",
        ),
        (
            &["call", "--demo", "get_application", "name=a", "name=b"],
            "name is given twice",
        ),
    ] {
        // Said before anything about a server.
        said(arguments, &[], 2, words);
        assert_eq!(stdout(&host(arguments, &[])), "", "{arguments:?}");
    }
}

#[test]
fn the_tool_sets_that_are_named_are_those_of_the_component() {
    let error = said(&["tools", "--set", "nope"], &[], 2, "The tool sets are ");
    let (_, sets) = error.split_once("The tool sets are ").unwrap();
    let sets: Vec<&str> = sets.trim().split(", ").collect();
    let count = |set: &str| {
        let output = host(&["tools", "--json", "--set", set], &[]);
        assert!(output.status.success(), "{set}: {}", text(&output));
        let tools: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        tools.as_array().unwrap().len()
    };
    for set in &sets {
        assert!(count(set) > 0, "{set}");
    }
    let families: Vec<&str> = sets.iter().copied().filter(|set| *set != "all").collect();
    assert_eq!(count(&families.join(",")), count("all"), "{families:?}");
}

#[test]
fn a_wrong_choice_of_tools_or_output_is_said_once() {
    for (variable, value, words) in [
        (
            "ARGOCD_MCP_TOOLSETS",
            "rolout",
            "ARGOCD_MCP_TOOLSETS: unknown tool set rolout. Did you mean rollout?",
        ),
        (
            "ARGOCD_MCP_TOOLS",
            "list_aplications",
            "ARGOCD_MCP_TOOLS: unknown tool list_aplications. Did you mean list_applications?",
        ),
        (
            "ARGOCD_MCP_OUTPUT",
            "xml",
            "ARGOCD_MCP_OUTPUT: unknown form of answers xml. Write text or structured",
        ),
    ] {
        for arguments in [
            &["run"][..],
            &["run", "--demo"],
            &["call", "list_clusters"],
            &["call", "--demo", "list_clusters"],
            &["explain"],
            &["explain", "--demo"],
            &["demo"],
        ] {
            said(arguments, &[SERVER, TOKEN, (variable, value)], 5, words);
        }
    }
    // All at once, and no value that is not a name.
    let secret = "eyJhbGciOiJIUzI1NiJ9.e30.c2VjcmV0";
    let both = [
        SERVER,
        TOKEN,
        ("ARGOCD_MCP_OUTPUT", "xml"),
        ("ARGOCD_MCP_TOOLSETS", secret),
    ];
    let error = said(&["run"], &both, 5, "ARGOCD_MCP_OUTPUT");
    assert!(
        error.contains("ARGOCD_MCP_TOOLSETS") && !error.contains(secret),
        "{error}"
    );
}

fn policy(folder: &Path, body: &str) -> String {
    let path = folder.join("policy.toml");
    fs::write(&path, body).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn explain_shows_what_it_can_and_fails_with_every_problem() {
    let folder = tempfile::tempdir().unwrap();
    let broken = policy(
        folder.path(),
        "version = 1\ntools = [\"no_such_tool\"]\nallow = 1",
    );
    let environment = [
        SERVER,
        ("ARGOCD_USERNAME", "me"),
        ("ARGOCD_MCP_TOOLSETS", "nope"),
    ];
    for format in ["text", "json"] {
        let arguments = ["explain", "--format", format, "--policy", &broken];
        let error = said(&arguments, &environment, 5, "no_such_tool");
        for part in [
            "line 2",
            "line 3",
            "ARGOCD_PASSWORD",
            "ARGOCD_MCP_TOOLSETS: unknown tool set nope",
        ] {
            assert!(error.contains(part), "{part}: {error}");
        }
        let shown = stdout(&host(&arguments, &environment));
        for part in ["https://argocd.example.com", "/api/v1/applications/{name}"] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        let in_json = shown.contains("no_such_tool");
        assert_eq!(in_json, format == "json", "{shown}");
    }
    // What is not set is no mistake.
    let nothing = host(&["explain"], &[]);
    assert!(nothing.status.success(), "{}", text(&nothing));
    assert!(stdout(&nothing).contains("not set"), "{}", stdout(&nothing));
    let plain = host(&["explain", "--server", "http://localhost:8080"], &[]);
    assert!(
        stdout(&plain).contains("http:// is not encrypted") && !stdout(&plain).contains("verified"),
        "{}",
        stdout(&plain)
    );
}

#[test]
fn to_look_leaves_no_log_and_says_when_none_could_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    for command in [&["explain"][..], &["check", "GET", "/api/version"]] {
        let run = |target: &str| {
            let arguments = [command, &["--audit-log", target]].concat();
            host(&arguments, &[SERVER, TOKEN])
        };
        let output = run(log.to_str().unwrap());
        assert!(output.status.success(), "{}", text(&output));
        assert!(!log.exists(), "{command:?} made the log");
        for wrong in ["/no/such/folder/audit.jsonl", "fd:0", "fd:99"] {
            let output = run(wrong);
            assert_eq!(output.status.code(), Some(5), "{wrong}: {}", text(&output));
        }
    }
}

#[test]
fn check_needs_a_server_and_no_credentials() {
    for (url, code) in [("/api/version", 0), ("/api/v1/nothing", 3)] {
        let output = host(&["check", "GET", url], &[SERVER]);
        assert_eq!(output.status.code(), Some(code), "{}", text(&output));
    }
    // Those that are set are right, or that is said.
    said(
        &["check", "GET", "/api/version"],
        &[SERVER, ("ARGOCD_USERNAME", "me")],
        5,
        "ARGOCD_PASSWORD is not",
    );
    said(
        &["check", "GET", "/api/version"],
        &[],
        5,
        "ARGOCD_SERVER is not set",
    );
}

#[test]
fn flags_that_would_be_ignored_are_refused() {
    for flags in [
        &["--demo", "--ca-add"][..],
        &["--demo", "--proxy-from-env"],
        &["--demo", "--client-crt-key", "key.pem"],
    ] {
        let output = host(&[&["call", "list_clusters"], flags].concat(), &[]);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{flags:?}: {}",
            text(&output)
        );
    }
    said(
        &["call", "list_clusters", "--ca-add"],
        &[SERVER, TOKEN],
        5,
        "--ca-add does nothing here",
    );
}

#[test]
fn a_policy_file_is_checked_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = policy(
        folder.path(),
        "tools = 1\nallow = 1\nnetworks = [\"10.0.0.0/99\"]\n[limits]\ntotal_seconds = \"9\"",
    );
    let error = said(&["policy", "validate", &path], &[], 5, "version is missing");
    for line in ["line 1", "line 2", "line 3", "line 5"] {
        assert!(error.contains(line), "{line}: {error}");
    }
    let good = policy(folder.path(), "version = 1");
    let output = host(&["policy", "validate", &good], &[]);
    assert!(output.status.success() && stdout(&output).ends_with(": valid\n"));
}
