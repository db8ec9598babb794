//! Policy files at the wire: they take away, they never give, and none is found by chance.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use argocd_tests::harness::{Start, left_out};
use serde_json::{Value, json};

use crate::{
    HOST,
    hostile::HOSTILE,
    process::{host, text},
};

fn file(folder: &Path, body: &str) -> PathBuf {
    let path = folder.join("policy.toml");
    fs::write(&path, format!("version = 1\n{body}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    path
}

/// What the server saw and which rules the audit names, for three reads of a hostile component.
async fn run(policy: Option<&str>) -> (usize, Vec<String>) {
    let simulator = crate::argo_cd().start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let mut start = Start::run(HOST)
        .against(&simulator)
        .arg(HOSTILE)
        .arg("--audit-log")
        .arg(&log);
    if let Some(body) = policy {
        start = start.arg("--policy").arg(file(folder.path(), body));
    }
    let mut host = start.start().unwrap();
    let attempt = json!({ "scheme": "http", "authority": simulator.addr().to_string(), "path": "/api/v1/clusters", "authorized": true });
    let attempts = json!({ "attempts": [attempt, attempt, attempt] });
    host.call("list_clusters", attempts).await.unwrap();
    host.end().await.unwrap();
    let audit = fs::read_to_string(&log).unwrap();
    let lines = audit
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let rules = lines
        .filter(|line| line["kind"] == "decision")
        .map(|line| line["rule"].as_str().unwrap().to_owned())
        .collect();
    (simulator.requests().len(), rules)
}

#[tokio::test]
async fn what_a_policy_file_takes_away_does_not_leave() {
    let (route, file, rate) = ("/api/v1/clusters", "policy-file", "rate");
    for (policy, seen, rules) in [
        // The control: without a file all three leave.
        (None, 3, [route; 3]),
        (Some("tools = [\"list_clusters\"]"), 3, [route; 3]),
        (Some("tools = [\"list_applications\"]"), 0, [file; 3]),
        (Some("tools = []"), 0, [file; 3]),
        (Some("deny_routes = [\"/api/v1/clusters\"]"), 0, [file; 3]),
        (Some("deny_side_effects = true"), 3, [route; 3]),
        (
            Some("[limits]\nrequests_per_minute = 2"),
            2,
            [route, route, rate],
        ),
        // Another network than the server's.
        (Some("networks = [\"10.0.0.0/8\"]"), 0, [route; 3]),
        (Some("networks = [\"127.0.0.0/8\"]"), 3, [route; 3]),
    ] {
        let (found, named) = run(policy).await;
        assert_eq!(found, seen, "{policy:?}");
        assert_eq!(named, rules, "{policy:?}");
    }
}

#[test]
fn what_a_policy_file_forbids_does_not_start() {
    let simulator = crate::argo_cd().start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = simulator.url();
    let environment = [
        ("ARGOCD_SERVER", &*url),
        ("ARGOCD_AUTH_TOKEN", simulator.token()),
    ];
    for (body, words) in [
        (
            "servers = [\"https://argocd.example.com\"]",
            "does not allow this server",
        ),
        ("require_audit_log = true", "use --audit-log"),
        ("tools = [\"no_such_tool\"]", "no_such_tool"),
        ("unknown = 1", "line 2"),
    ] {
        let path = file(folder.path(), body);
        let output = host(
            &["call", "list_clusters", "--policy", path.to_str().unwrap()],
            &environment,
        );
        assert_eq!(output.status.code(), Some(5), "{body}: {}", text(&output));
        assert!(text(&output).contains(words), "{body}: {}", text(&output));
        let output = host(&["policy", "validate", path.to_str().unwrap()], &[]);
        let good = words.contains("server") || words.contains("audit");
        assert_eq!(output.status.success(), good, "{body}: {}", text(&output));
    }
    let output = host(
        &["call", "list_clusters", "--policy", "/no/such/file"],
        &environment,
    );
    assert!(
        text(&output).contains("does not exist"),
        "{}",
        text(&output)
    );
    let path = file(
        folder.path(),
        "forbid_insecure = true\nforbid_plaintext = true",
    );
    let environment = [
        ("ARGOCD_HOST_POLICY", path.to_str().unwrap()),
        ("ARGOCD_SERVER", "http://argocd.example.com"),
        ("ARGOCD_AUTH_TOKEN", "a.b.c"),
    ];
    let output = host(
        &["call", "list_clusters", "--plaintext", "--insecure"],
        &environment,
    );
    assert!(text(&output).contains("unverified TLS") && text(&output).contains("http://"));
    assert!(simulator.requests().is_empty());
}

#[test]
fn the_only_server_of_a_file_is_the_default_and_flags_win() {
    let simulator = crate::argo_cd().start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = file(
        folder.path(),
        &format!("servers = [\"{}\"]", simulator.url()),
    );
    let path = path.to_str().unwrap();
    let token = [("ARGOCD_AUTH_TOKEN", simulator.token())];
    let output = host(&["call", "list_clusters", "--policy", path], &token);
    assert!(output.status.success(), "{}", text(&output));
    let output = host(
        &[
            "call",
            "list_clusters",
            "--policy",
            path,
            "--server",
            "http://127.0.0.1:1",
        ],
        &token,
    );
    assert_eq!(output.status.code(), Some(5), "{}", text(&output));
}

#[test]
fn check_and_explain_take_policy_files_into_account() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(
        folder.path(),
        "deny_side_effects = true\ntools = [\"get_application\"]\n[limits]\ntotal_seconds = 9",
    );
    let path = path.to_str().unwrap();
    let environment = [
        ("ARGOCD_SERVER", "https://argocd.example.com"),
        ("ARGOCD_AUTH_TOKEN", "a.b.c-very-secret"),
    ];
    for (url, plain, narrowed) in [
        ("/api/v1/applications/web", 0, 0),
        ("/api/v1/applications/web/resource-tree", 0, 3),
        ("/api/v1/clusters", 0, 3),
        ("/terminal", 3, 3),
    ] {
        assert_eq!(
            host(&["check", "GET", url], &environment).status.code(),
            Some(plain),
            "{url}"
        );
        let output = host(&["check", "GET", url, "--policy", path], &environment);
        assert_eq!(
            output.status.code(),
            Some(narrowed),
            "{url}: {}",
            text(&output)
        );
    }
    let output = host(
        &["explain", "--format", "json", "--policy", path],
        &environment,
    );
    let facts: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        facts["component"]["sha256"].as_str().map(str::len),
        Some(64)
    );
    let routes = facts["routes"].as_array().unwrap();
    let route = |end: &str| {
        routes
            .iter()
            .find(|route| route["template"].as_str().unwrap().ends_with(end))
            .unwrap()
    };
    assert!(
        route("/resource-tree")["denied"]
            .as_str()
            .unwrap()
            .contains("side effects")
    );
    assert_eq!(
        route("/applications/{name}")["tools"],
        json!(["get_application"])
    );
    let settings = facts["settings"].as_array().unwrap();
    let source =
        |name: &str| settings.iter().find(|row| row["name"] == name).unwrap()["source"].clone();
    assert_eq!(
        (source("server"), source("policy")),
        (json!("ARGOCD_SERVER"), json!("--policy"))
    );
    assert!(facts["limits"].to_string().contains("9s"));
    assert!(!text(&output).contains("very-secret"));
    let schema = host(&["policy", "schema"], &[]);
    assert!(serde_json::from_slice::<Value>(&schema.stdout).is_ok());
}

#[test]
fn nothing_in_the_working_directory_is_read() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "policy.toml",
        "argocd-host.toml",
        ".env",
        "config",
        ".argocd",
    ] {
        fs::write(
            folder.path().join(name),
            "ARGOCD_SERVER=https://hostile.example.com\nunknown = 1\n",
        )
        .unwrap();
    }
    let output = Command::new(HOST)
        .args(["explain", "--argocd-context"])
        .current_dir(folder.path())
        .env_clear()
        .env("XDG_CONFIG_HOME", ".")
        .output()
        .unwrap();
    assert!(
        output.status.code() == Some(5) && !text(&output).contains("hostile.example"),
        "{}",
        text(&output)
    );
    assert!(
        text(&output).contains("ARGOCD_CONFIG_DIR"),
        "{}",
        text(&output)
    );
}

/// In a mount namespace of its own, so that nobody else sees the file.
#[cfg(target_os = "linux")]
#[test]
fn the_file_in_etc_is_a_ceiling() {
    let simulator = crate::argo_cd().start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let user = file(
        folder.path(),
        "tools = [\"list_clusters\", \"list_projects\"]",
    );
    let run = |ceiling: &str, tool: &str| {
        let script = format!(
            "mount -t tmpfs none /etc && mkdir /etc/argocd-host && printf '%b' '{ceiling}' > /etc/argocd-host/policy.toml && \
             chmod 644 /etc/argocd-host/policy.toml && exec '{HOST}' call {tool} --policy '{}'",
            user.display()
        );
        let output = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", &script])
            .env("ARGOCD_SERVER", simulator.url())
            .env("ARGOCD_AUTH_TOKEN", simulator.token())
            .output();
        let refused = |said: &str| said.contains("unshare") || said.contains("mount:");
        output.ok().filter(|output| !refused(&text(output)))
    };
    let open = "version = 1\\n";
    let Some(output) = run(open, "list_projects") else {
        let check = "policy::the_file_in_etc_is_a_ceiling";
        return left_out(check, "this machine gives no mount namespace");
    };
    // The control: a ceiling that says nothing.
    assert!(output.status.success(), "{}", text(&output));
    simulator.clear_requests();
    for (ceiling, words) in [
        // The user's file names both tools; the ceiling one of them.
        (
            "version = 1\\ntools = [\"list_clusters\"]\\n",
            "/etc/argocd-host/policy.toml",
        ),
        ("version = 1\\nbroken", "/etc/argocd-host/policy.toml"),
    ] {
        let output = run(ceiling, "list_projects").unwrap();
        assert!(!output.status.success());
        assert!(text(&output).contains(words), "{}", text(&output));
    }
    assert!(simulator.requests().is_empty());
    let output = run(
        "version = 1\\ntools = [\"list_clusters\"]\\n",
        "list_clusters",
    )
    .unwrap();
    assert!(output.status.success(), "{}", text(&output));
}
