//! Where secrets come from, and that they stay where they belong: files, programs, the argocd CLI's
//! context, headers for an access proxy, and the environment of the process.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use argocd_tests::{
    harness::Start,
    simulator::{Fault, FaultKind, Simulator},
};
use serde_json::json;

use crate::{
    HOST,
    hostile::HOSTILE,
    process::{host, text},
};

fn write(path: &Path, content: &str, mode: u32) {
    let _ = fs::remove_file(path);
    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The tokens that the server was sent, in order.
/// The tokens that came with requests, each once; fails when no request came.
fn tokens(simulator: &Simulator) -> BTreeSet<String> {
    let sent = bearers(simulator);
    assert!(!sent.is_empty(), "no request came");
    sent.into_iter().collect()
}

fn bearers(simulator: &Simulator) -> Vec<String> {
    let requests = simulator.requests();
    let sent = requests.iter().filter_map(|r| r.header("authorization"));
    sent.map(|value| value.trim_start_matches("Bearer ").to_owned())
        .collect()
}

#[tokio::test]
async fn a_token_file_is_read_again_when_it_changes() {
    let simulator = crate::argo_cd().start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let (first, second) = (simulator.token().to_owned(), simulator.token_of("viewer"));
    write(&path, &format!("{first}\n"), 0o600);
    let mut host = Start::run(HOST)
        .env("ARGOCD_SERVER", &simulator.url())
        .env("ARGOCD_AUTH_TOKEN", "the.flag.wins")
        .arg("--token-file")
        .arg(&path)
        .start()
        .unwrap();
    assert!(
        !host
            .call("list_clusters", json!({}))
            .await
            .unwrap()
            .is_error
    );
    assert_eq!(bearers(&simulator).last(), Some(&first));
    write(&path, &second, 0o600);
    simulator.clear_requests();
    host.call("list_clusters", json!({})).await.unwrap();
    assert_eq!(tokens(&simulator), [second.clone()].into());
    // A file that others can read by now is not read: the token before stays.
    write(&path, &first, 0o644);
    simulator.clear_requests();
    host.call("list_clusters", json!({})).await.unwrap();
    assert_eq!(tokens(&simulator), [second.clone()].into());
    let ended = host.end().await.unwrap();
    for token in [&first, &second] {
        assert!(!ended.stderr.contains(token.as_str()));
        assert!(
            !ended
                .transcript
                .iter()
                .any(|line| line.contains(token.as_str()))
        );
    }
}

#[test]
fn files_that_others_can_read_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let shown = path.to_str().unwrap();
    let server = ("ARGOCD_SERVER", "https://argocd.example.com");
    let token = ("ARGOCD_AUTH_TOKEN", "a.b.c");
    for (mode, refused) in [
        (0o600, false),
        (0o400, false),
        (0o640, true),
        (0o604, true),
        (0o620, true),
    ] {
        for (flag, content) in [
            ("--token-file", "hunter2-hunter2"),
            ("--header-file", "X-Key: hunter2-hunter2"),
        ] {
            write(&path, content, mode);
            let environment = if flag == "--token-file" {
                vec![server]
            } else {
                vec![server, token]
            };
            let output = host(&["check", "GET", "/api/version", flag, shown], &environment);
            let code = if refused { 5 } else { 0 };
            assert_eq!(
                output.status.code(),
                Some(code),
                "{flag} {mode:o}: {}",
                text(&output)
            );
            assert!(!text(&output).contains("hunter2"), "{}", text(&output));
        }
    }
    let fifo = folder.path().join("fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    let output = host(
        &["check", "GET", "/x", "--token-file", fifo.to_str().unwrap()],
        &[server],
    );
    assert!(
        text(&output).contains("not a regular file"),
        "{}",
        text(&output)
    );
}

#[test]
fn a_token_command_gives_the_token_and_is_not_run_to_explain() {
    let simulator = crate::argo_cd().start().unwrap();
    let url = simulator.url();
    let path = std::env::var("PATH").unwrap();
    let environment = [("ARGOCD_SERVER", &*url), ("PATH", &*path)];
    let command = format!("printf '%s\\n' {}", simulator.token());
    let arguments = ["call", "list_clusters", "--token-command", &command];
    let output = host(&arguments, &environment);
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(tokens(&simulator), [simulator.token().to_owned()].into());
    let failing = host(
        &["call", "list_clusters", "--token-command", "false"],
        &environment,
    );
    assert_eq!(failing.status.code(), Some(5), "{}", text(&failing));
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let touch = format!("touch {}", mark.display());
    let explained = host(&["explain", "--token-command", &touch], &environment);
    assert!(text(&explained).contains("--token-command") && !mark.exists());
}

#[test]
fn the_cli_context_is_used_for_its_own_server_only() {
    let simulator = crate::argo_cd().prefix("/argo").start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (path, addr) = (folder.path().join("config"), simulator.addr());
    let token = simulator.token();
    let config = format!(
        "current-context: here\ncontexts:\n- {{name: here, server: '{addr}', user: me}}\n- {{name: core, server: kubernetes, user: me}}\n\
         servers:\n- {{server: '{addr}', plain-text: true, grpc-web-root-path: argo}}\n- {{server: kubernetes, core: true}}\n\
         users:\n- {{name: me, auth-token: {token}, refresh-token: never-redeemed-refresh-token}}\n"
    );
    write(&path, &config, 0o600);
    let folder = folder.path().to_str().unwrap();
    let base = [("ARGOCD_CONFIG_DIR", folder)];
    let output = host(&["call", "list_clusters", "--argocd-context"], &base);
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(tokens(&simulator), [token.to_owned()].into());
    for request in simulator.requests() {
        let target = &request.path_and_query;
        assert!(target.starts_with("/argo/"), "{target}");
    }
    simulator.clear_requests();
    let other = [
        ("ARGOCD_CONFIG_DIR", folder),
        ("ARGOCD_SERVER", "http://127.0.0.1:1"),
    ];
    let output = host(&["call", "list_clusters", "--argocd-context=here"], &other);
    assert_eq!(output.status.code(), Some(5));
    assert!(
        text(&output).contains("name different servers"),
        "{}",
        text(&output)
    );
    let output = host(&["call", "list_clusters", "--argocd-context=core"], &base);
    assert!(text(&output).contains("core mode"), "{}", text(&output));
    write(&path, &config, 0o640);
    let output = host(&["call", "list_clusters", "--argocd-context"], &base);
    assert!(output.status.code() == Some(5) && text(&output).contains("0640"));
    assert!(!text(&output).contains("refresh") && !text(&output).contains(token));
    assert!(simulator.requests().is_empty());
}

#[tokio::test]
async fn headers_for_an_access_proxy_reach_the_server_and_not_the_component() {
    const VALUE: &str = "cf-access-0123456789abcdef";
    let simulator = crate::argo_cd().start().unwrap();
    simulator.fault(Fault::under("/api/", FaultKind::EchoHeaders));
    let mut host = Start::run(HOST)
        .against(&simulator)
        .arg(HOSTILE)
        .args(["--header", &format!("CF-Access-Client-Secret: {VALUE}")])
        .start()
        .unwrap();
    let attempt = json!({ "scheme": "http", "authority": simulator.addr().to_string(), "path": "/api/v1/clusters", "authorized": true });
    // The component may not set it itself.
    let mut own = attempt.clone();
    own["headers"] = json!([["cf-access-client-secret", "x"]]);
    let attempts = json!({ "attempts": [attempt, own] });
    let answer = host.call("list_clusters", attempts).await.unwrap();
    let requests = simulator.requests();
    assert_eq!(requests.len(), 1, "{}", answer.text);
    assert_eq!(requests[0].header("cf-access-client-secret"), Some(VALUE));
    assert!(!answer.text.contains("0123456789abcdef"), "{}", answer.text);
    let ended = host.end().await.unwrap();
    assert!(!ended.stderr.contains(VALUE));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_environment_of_the_process_shows_no_secret() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST)
        .against(&simulator)
        .env("ARGOCD_PASSWORD", "not-used-password")
        .start()
        .unwrap();
    host.call("list_clusters", json!({})).await.unwrap();
    let environ = fs::read(format!("/proc/{}/environ", host.pid().unwrap())).unwrap();
    let environ = String::from_utf8_lossy(&environ);
    // The control: the rest of it is there.
    assert!(environ.contains(&simulator.url()), "{environ}");
    assert!(!environ.contains(simulator.token()) && !environ.contains("not-used-password"));
    assert!(bearers(&simulator).contains(&simulator.token().to_owned()));
}

#[test]
fn all_problems_with_secrets_are_reported_at_once() {
    let output = host(
        &[
            "call",
            "list_clusters",
            "--token-file",
            "/no/such/file",
            "--header",
            "Host: secret-value",
            "--header",
            "Cookie: secret-value",
            "--client-crt",
            "/no/such",
            "--ca-file",
            "/no/such",
        ],
        &[("ARGOCD_SERVER", "ftp://secret-value")],
    );
    assert_eq!(output.status.code(), Some(5));
    let text = text(&output);
    for part in [
        "--token-file",
        "host is set",
        "cookie is set",
        "--client-crt-key",
        "--ca-file",
        "ARGOCD_SERVER",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("secret-value"), "{text}");
}
