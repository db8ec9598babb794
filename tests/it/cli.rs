//! The command line: exit codes, every configuration problem at once, `check`, `call`, `demo`.

use std::process::{Command, Output, Stdio};
#[cfg(target_os = "linux")]
use std::{fs::File, io::Write, os::fd::FromRawFd};

use crate::{HOST, process::host};

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const SERVER: (&str, &str) = ("ARGOCD_SERVER", "https://argocd.example.com/argo");
const TOKEN: (&str, &str) = ("ARGOCD_AUTH_TOKEN", "aaa.bbb.ccc-very-secret");

#[test]
fn from_the_shell_every_tool_can_be_called_whatever_a_client_is_shown() {
    for shown in [
        ("ARGOCD_MCP_TOOLS", "list_clusters"),
        ("ARGOCD_MCP_TOOLSETS", "rollout"),
    ] {
        let output = host(&["call", "--demo", "list_projects"], &[shown]);
        assert!(output.status.success(), "{shown:?}: {}", stderr(&output));
    }
}

#[test]
fn all_problems_are_reported_at_once_without_values() {
    let output = host(
        &["run", "--ca-file", "/no/such/ca.pem"],
        &[
            ("ARGOCD_SERVER", "https://u:hunter2@h"),
            ("ARGOCD_USERNAME", "me"),
            ("ARGOCD_INSECURE", "perhaps"),
        ],
    );
    assert_eq!(output.status.code(), Some(5));
    let text = stderr(&output);
    for part in ["ARGOCD_SERVER", "ARGOCD_PASSWORD", "ARGOCD_INSECURE"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        !text.contains("hunter2") && !text.contains("perhaps"),
        "{text}"
    );
    let nothing = host(&["run"], &[]);
    assert_eq!(nothing.status.code(), Some(5));
    assert!(
        stderr(&nothing).contains("argocd-host demo"),
        "a newcomer is told how to see it: {}",
        stderr(&nothing)
    );
}

#[test]
fn usage_errors_are_two() {
    for arguments in [
        &["no-such-command"][..],
        &["call"],
        &["call", "list_clusters", "novalue"],
        &["run", "--no-such-flag"],
    ] {
        assert_eq!(
            host(arguments, &[SERVER, TOKEN]).status.code(),
            Some(2),
            "{arguments:?}"
        );
    }
}

/// What follows `check`, the exit code, and words of the answer.
const CHECKS: &[(&[&str], i32, &str)] = &[
    (&["GET", "/api/v1/clusters"], 0, "allow"),
    (
        &[
            "GET",
            "https://argocd.example.com/argo/api/v1/applications/web",
        ],
        0,
        "/api/v1/applications/{name}",
    ),
    (&["POST", "/api/v1/applications/web/sync"], 3, "method"),
    (
        &["GET", "https://argocd.example.com/api/v1/clusters"],
        3,
        "deny",
    ),
    (
        &["GET", "https://hostile.example.com/argo/api/v1/clusters"],
        3,
        "deny",
    ),
    (
        &["GET", "/api/v1/applications/web?refresh=hard"],
        3,
        "refresh",
    ),
    (
        &["GET", "/api/v1/clusters", "--tool", "list_projects"],
        3,
        "deny",
    ),
    (
        &["GET", "/api/v1/clusters", "--tool", "list_clusters"],
        0,
        "allow",
    ),
];

#[test]
fn check_says_allow_or_deny_with_the_rule() {
    for &(request, code, words) in CHECKS {
        let arguments = [&["check"][..], request].concat();
        let output = host(&arguments, &[SERVER, TOKEN]);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {}{}",
            stdout(&output),
            stderr(&output)
        );
        assert!(
            stdout(&output).contains(words),
            "{arguments:?}: {}",
            stdout(&output)
        );
    }
}

#[test]
fn explain_names_everything_and_no_secret() {
    let output = host(&["explain"], &[SERVER, TOKEN]);
    let text = stdout(&output);
    assert!(output.status.success(), "{}", stderr(&output));
    for part in [
        "sha256",
        "wasi:http/outgoing-handler@",
        "/api/v1/applications/{name}/logs",
        "tailLines",
        "https://argocd.example.com/argo",
        "ARGOCD_AUTH_TOKEN",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains(TOKEN.1), "{text}");
    assert!(
        host(&["explain"], &[]).status.success(),
        "it explains without settings too"
    );
}

#[test]
fn call_prints_an_answer_and_fails_with_the_tool() {
    let simulator = crate::argo_cd().start().unwrap();
    let url = simulator.url();
    let environment = [
        ("ARGOCD_SERVER", url.as_str()),
        ("ARGOCD_AUTH_TOKEN", simulator.token()),
    ];
    let good = host(
        &["call", "get_application", "name=orders-api"],
        &environment,
    );
    assert!(
        good.status.success() && stdout(&good).contains("OutOfSync"),
        "{}{}",
        stdout(&good),
        stderr(&good)
    );
    let json = host(&["call", "--json", "list_clusters"], &environment);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert!(
        value["content"][0]["text"]
            .as_str()
            .unwrap()
            .contains("in-cluster")
    );
    // For programs the answer is data, whatever a client would be given.
    let clusters = &value["structuredContent"]["items"];
    assert!(clusters[0]["server"].is_string(), "{value}");
    let first = host(&["call", "list_applications", "limit=2"], &environment);
    let next = stdout(&first);
    let next = next
        .lines()
        .find(|line| line.starts_with("Next: "))
        .unwrap();
    let (_, typed) = next.split_once(" more: argocd-host ").unwrap();
    let typed: Vec<&str> = typed.split(' ').collect();
    let second = host(&typed, &environment);
    assert!(second.status.success(), "{next}: {}", stderr(&second));
    assert_ne!(
        stdout(&first),
        stdout(&second),
        "what is proposed can be typed"
    );
    let slip = host(&["call", "get_application", "name=orders-ap"], &environment);
    let typed = "argocd-host call get_application name=argocd/orders-api";
    assert!(stdout(&slip).contains(typed), "{}", stdout(&slip));
    let missing = host(
        &["call", "get_application", "name=no-such-app"],
        &environment,
    );
    assert_eq!(missing.status.code(), Some(1), "{}", stdout(&missing));
    let unknown = host(
        &["call", "sync_application", "name=orders-api"],
        &environment,
    );
    assert_eq!(unknown.status.code(), Some(2));
    assert!(
        stderr(&unknown).contains("sync_application"),
        "{}",
        stderr(&unknown)
    );
    let typo = host(
        &["call", "get_application", "nane=orders-api"],
        &environment,
    );
    assert!(
        stdout(&typo).contains("nane") && stdout(&typo).contains("name"),
        "{}",
        stdout(&typo)
    );
}

#[test]
fn an_audit_log_that_cannot_be_written_stops_everything() {
    let simulator = crate::argo_cd().start().unwrap();
    let url = simulator.url();
    let environment = [
        ("ARGOCD_SERVER", url.as_str()),
        ("ARGOCD_AUTH_TOKEN", simulator.token()),
    ];
    let output = host(
        &[
            "call",
            "list_clusters",
            "--audit-log",
            "/no/such/folder/audit.jsonl",
        ],
        &environment,
    );
    assert_eq!(output.status.code(), Some(6), "{}", stderr(&output));
    // A disk that is full: the line cannot be written, so there is no request.
    let full = host(
        &["call", "list_clusters", "--audit-log", "/dev/full"],
        &environment,
    );
    assert!(!full.status.success());
    assert!(
        simulator.requests().is_empty(),
        "{:?}",
        simulator.requests()
    );
}

#[test]
fn the_audit_log_may_be_a_descriptor_that_the_caller_opened() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let script = format!(
        "exec 7>>'{}'; exec '{HOST}' call --demo list_clusters --audit-log fd:7",
        log.display()
    );
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let audit = std::fs::read_to_string(&log).unwrap();
    let kinds: Vec<&str> = ["started", "decision", "outcome", "ended"]
        .into_iter()
        .filter(|kind| audit.contains(&format!("\"kind\":\"{kind}\"")))
        .collect();
    assert_eq!(
        kinds,
        ["started", "decision", "outcome", "ended"],
        "{audit}"
    );
    for wrong in ["fd:0", "fd:x", "fd:99"] {
        let output = host(
            &["call", "--demo", "list_clusters", "--audit-log", wrong],
            &[],
        );
        assert_eq!(
            output.status.code(),
            Some(6),
            "{wrong}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn the_demo_shows_the_main_job() {
    let output = host(&["demo"], &[]);
    let text = stdout(&output);
    assert!(output.status.success(), "{text}{}", stderr(&output));
    for part in [
        "Missing required environment variable PAYMENTS_GATEWAY_URL",
        "spec.replicas: 5 -> 3",
        "/api/v1/applications/orders-api/sync -> error: ErrorCode::HttpRequestDenied",
        "allow GET /api/version",
        "deny POST /api/v1/applications/orders-api/sync (line ",
        "\n  GET /api/version",
        "cargo install --locked --path host",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let (answer, list) = (text.find("━━ Why"), text.find("━━ Which"));
    assert!(
        answer.is_some() && answer < list,
        "the diagnosis comes first: {text}"
    );
    // The same words as from `call`, the same table too: no raw separators, no raw audit lines.
    let call = stdout(&host(
        &["call", "--demo", "list_applications", "limit=12"],
        &[],
    ));
    assert!(text.contains(&call), "{call}: {text}");
    assert!(!text.contains("{\"run\""), "{text}");
    let call = host(&["call", "--demo", "list_clusters"], &[]);
    assert!(
        call.status.success() && stdout(&call).contains("in-cluster"),
        "{}",
        stderr(&call)
    );
}

/// Otherwise the program seems to hang for a person who tries it.
#[cfg(target_os = "linux")]
#[test]
fn run_on_a_terminal_says_what_it_serves_and_how_to_end_it() {
    let (mut person, mut terminal) = (-1, -1);
    let none = std::ptr::null_mut();
    // SAFETY: it writes two descriptors, and reads none of what is null.
    let opened = unsafe {
        libc::openpty(
            &raw mut person,
            &raw mut terminal,
            none,
            none.cast(),
            none.cast(),
        )
    };
    assert_eq!(opened, 0);
    // SAFETY: both were opened just now, for this test alone.
    let (mut person, terminal) =
        unsafe { (File::from_raw_fd(person), File::from_raw_fd(terminal)) };
    let run = |stdin: Stdio| {
        let mut command = Command::new(HOST);
        command.args(["run", "--demo"]).env_clear().stdin(stdin);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let child = run(terminal.into());
    person.write_all(b"\x04").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = stderr(&output);
    assert!(
        said.contains("Serving MCP for http://127.0.0.1:")
            && said.contains(" on stdin and stdout; Ctrl-D ends\n"),
        "{said}"
    );
    let client = run(Stdio::null()).wait_with_output().unwrap();
    assert_eq!(stderr(&client), "", "a client's log stays quiet");
}

#[test]
fn help_completions_and_manual_teach() {
    let help = stdout(&host(&["--help"], &[]));
    assert!(
        help.contains("argocd-host call list_applications")
            && help.contains("argocd-host selftest")
            && help.contains("Exit codes"),
        "{help}"
    );
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            stdout(&host(&["completions", shell], &[])).contains("argocd-host"),
            "{shell}"
        );
    }
    let manual = stdout(&host(&["man"], &[]));
    for part in [
        ".TH argocd-host",
        "\\fBexplain\\fR",
        "\\&Exit codes:",
        ".nf",
    ] {
        assert!(manual.contains(part), "{part}: {manual}");
    }
    assert!(
        !manual.contains("sha256"),
        "it does not fit a footer: {manual}"
    );
    assert!(stdout(&host(&["--version"], &[])).contains("sha256:"));
}
