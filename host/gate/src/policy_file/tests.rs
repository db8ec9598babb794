#![allow(clippy::unwrap_used)]

use super::*;

const FULL: &str = r#"
version = 1
servers = ["https://argocd.example.com/argo"]
tools = ["list_applications", "get_application"]
deny_routes = ["/api/v1/clusters"]
deny_side_effects = true
networks = ["10.0.0.0/8", "fd00::/8"]
require_audit_log = true
forbid_insecure = true
forbid_plaintext = true
[limits]
response_body_mib = 64
total_seconds = 30
concurrent_requests = 8
requests_per_minute = 120
"#;

fn schema_accepts(text: &str) -> bool {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let Ok(value) = toml::from_str::<serde_json::Value>(text) else {
        return false;
    };
    jsonschema::validator_for(&schema).unwrap().is_valid(&value)
}

#[test]
fn a_full_file_is_understood_and_fits_the_schema() {
    let file = parse(FULL, Path::new("/p")).unwrap();
    assert!(schema_accepts(FULL));
    let mut bounds = Bounds::default();
    file.lower(&mut bounds);
    assert_eq!(
        (
            bounds.body_plain_bytes,
            bounds.total.as_secs(),
            bounds.concurrent_requests,
            bounds.requests_per_minute
        ),
        (64 << 20, 30, 8, Some(120))
    );
    // A second file cannot raise what the first one lowered.
    let wider = parse(
        "version = 1\n[limits]\ntotal_seconds = 60\nrequests_per_minute = 999",
        Path::new("/q"),
    );
    wider.unwrap().lower(&mut bounds);
    assert_eq!(
        (bounds.total.as_secs(), bounds.requests_per_minute),
        (30, Some(120))
    );
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (text, words, by_schema) in [
        ("", "version", true),
        ("version = 2", "version", true),
        ("version = 1\nallow = []", "line 2", true),
        ("version = 1\n[limits]\nmemory = 1", "line 3", true),
        (
            "version = 1\ntools = [\"sync_application\"]",
            "line 2: tools: there is no tool sync_application",
            false,
        ),
        (
            "version = 1\ndeny_routes = [\n  \"/api/v1/cluster\"]",
            "line 3: deny_routes: there is no route /api/v1/cluster",
            false,
        ),
        (
            "version = 1\ntools = [\"\\u001b[2J\"]",
            "line 2: tools: there is no tool \\u{1b}[2J",
            false,
        ),
        ("version = 1 # \u{1b}[2J", "line 1: ", true),
        ("version = 1\nnetworks = [\"10.0.0.0/33\"]", "CIDR", false),
        ("version = 1\nservers = [\"ftp://x\"]", "servers", false),
        (
            "version = 1\n[limits]\ntotal_seconds = 61",
            "only narrows",
            true,
        ),
        (
            "version = 1\n[limits]\nresponse_body_mib = 513",
            "only narrows",
            true,
        ),
        (
            "version = 1\n[limits]\nconcurrent_requests = 0",
            "only narrows",
            true,
        ),
        (
            "version = 1\n[limits]\nrequests_per_minute = 0",
            "only narrows",
            true,
        ),
    ] {
        let problems = parse(text, Path::new("/p")).unwrap_err().join("\n");
        assert!(problems.contains(words), "{text}: {problems}");
        assert!(!problems.contains('\u{1b}'), "{problems}");
        assert_eq!(!schema_accepts(text), by_schema, "the schema on {text}");
    }
}

#[test]
fn every_problem_is_named_at_once() {
    let text = "allow = []\ntools = [1]\nnetworks = [\"10.0.0.0/33\", \"x\"]\nforbid_insecure = \"yes\"\n\
                [limits]\nmemory = 1\ntotal_seconds = \"9\"\nconcurrent_requests = 0";
    let problems = parse(text, Path::new("/p")).unwrap_err();
    let mut lines: Vec<&str> = problems
        .iter()
        .map(|problem| problem.split(':').next().unwrap())
        .collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "line 1", "line 1", "line 2", "line 3", "line 3", "line 4", "line 6", "line 7",
            "line 8"
        ],
        "{problems:?}"
    );
    let broken = "version = \ntools = [\n\"x\"\ndeny_routes = ]\n= 2";
    let problems = parse(broken, Path::new("/p")).unwrap_err();
    assert!(problems.len() > 1, "{problems:?}");
    let many: String = (0..999).map(|at| format!("k{at} = 1\n")).collect();
    let problems = parse(&many, Path::new("/p")).unwrap_err();
    assert_eq!(problems.len(), 1 + limits::POLICY_PROBLEMS);
}

#[test]
fn a_file_that_others_may_change_or_that_cannot_be_read_is_no_missing_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.toml");
    assert!(read(&path).unwrap().is_none());
    std::fs::write(&path, "version = 1").unwrap();
    for (mode, good) in [(0o644, true), (0o600, true), (0o664, false), (0o646, false)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(read(&path).is_ok(), good, "{mode:o}");
    }
    assert!(read(folder.path()).is_err(), "a folder");
}
