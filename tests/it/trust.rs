//! Whom the host trusts, and as whom it comes: added authorities, certificates of its own, and the argocd
//! CLI's context as a whole, read again when its session ends.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Output,
};

use argocd_tests::{
    harness::Start,
    hostile_server::{Act, Server, answer},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::{
    HOST,
    certificates::{Authority, Ends},
    process::{host, text},
    trail::Trail,
};

const CLUSTERS: &str = r#"{"metadata":{},"items":[{"server":"https://kubernetes.default.svc","name":"in-cluster","info":{"connectionState":{"status":"Successful"}}}]}"#;

fn clusters(_: &str) -> Vec<Act> {
    answer(200, "content-type: application/json\r\n", CLUSTERS)
}

/// One `list_clusters` with these arguments and this environment, on a thread that may block.
async fn call(arguments: Vec<String>, environment: Vec<(&'static str, String)>) -> Output {
    let run = move || {
        let arguments = arguments.iter().map(String::as_str);
        let arguments: Vec<&str> = ["call", "list_clusters"]
            .into_iter()
            .chain(arguments)
            .collect();
        let environment = environment
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        host(&arguments, &environment.collect::<Vec<_>>())
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

fn write(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    // Another file under the same name, as the argocd CLI replaces its own.
    let fresh = folder.join(format!("{name}.new"));
    fs::write(&fresh, content).unwrap();
    fs::set_permissions(&fresh, fs::Permissions::from_mode(0o600)).unwrap();
    fs::rename(&fresh, &path).unwrap();
    path
}

#[tokio::test]
async fn an_added_authority_is_trusted_besides_the_systems_own() {
    let (system, private) = (Authority::new("The system's"), Authority::new("A private"));
    let third = Authority::new("Nobody's");
    let folder = tempfile::tempdir().unwrap();
    let system_file = write(folder.path(), "system.pem", &system.pem);
    let private_file = write(folder.path(), "private.pem", &private.pem);
    let mut urls = Vec::new();
    for authority in [&system, &private, &third] {
        let acceptor = authority.issue("127.0.0.1", Ends::Later).acceptor(None);
        let server = Server::with_tls(acceptor, clusters).await.unwrap();
        urls.push(format!("https://{}", server.address));
    }
    let flag = ["--ca-file", private_file.to_str().unwrap()].map(str::to_owned);
    let add = ["--ca-add".to_owned()];
    // Whether each of the three servers is trusted.
    for (arguments, trusted) in [
        (vec![], [true, false, false]),
        (flag.to_vec(), [false, true, false]),
        ([&flag[..], &add].concat(), [true, true, false]),
    ] {
        for (url, trusted) in urls.iter().zip(trusted) {
            let environment = vec![
                ("ARGOCD_SERVER", url.clone()),
                ("ARGOCD_AUTH_TOKEN", "a.b.c".to_owned()),
                // Where the system's authorities are, for OpenSSL and for us.
                ("SSL_CERT_FILE", system_file.display().to_string()),
            ];
            let output = call(arguments.clone(), environment).await;
            let shown = text(&output);
            assert_eq!(output.status.success(), trusted, "{arguments:?}: {shown}");
            assert_eq!(shown.contains("not trusted"), !trusted, "{shown}");
        }
    }
}

#[tokio::test]
async fn an_argo_cd_without_tls_is_told_from_a_certificate_that_is_not_trusted() {
    let simulator = crate::argo_cd().start().unwrap();
    for (scheme, answered) in [("https", false), ("http", true)] {
        let environment = vec![
            ("ARGOCD_SERVER", format!("{scheme}://{}", simulator.addr())),
            ("ARGOCD_AUTH_TOKEN", simulator.token().to_owned()),
        ];
        let output = call(vec![], environment).await;
        let shown = text(&output);
        assert_eq!(output.status.success(), answered, "{shown}");
        let told = shown.contains("use http:// in ARGOCD_SERVER");
        assert_eq!(told, !answered, "{shown}");
    }
}

/// The configuration of the argocd CLI with one context; `settings` are further lines of its server.
fn config(server: &str, token: &str, settings: &[String]) -> String {
    let settings: String = settings.iter().map(|line| format!("  {line}\n")).collect();
    format!(
        "current-context: here\ncontexts:\n- name: here\n  server: {server}\n  user: me\n\
         servers:\n- server: {server}\n{settings}users:\n- name: me\n  auth-token: {token}\n"
    )
}

#[tokio::test]
async fn the_contexts_client_certificate_is_shown_to_the_server() {
    let (servers, clients) = (Authority::new("For servers"), Authority::new("For clients"));
    let issued = servers.issue("127.0.0.1", Ends::Later);
    let server = Server::with_tls(issued.acceptor(Some(&clients)), clusters);
    let server = server.await.unwrap();
    let data = |name: &str, pem: &str| format!("{name}: {}", STANDARD.encode(pem));
    let authority = data("certificate-authority-data", &servers.pem);
    let identity = |authority: &Authority| {
        let issued = authority.issue("reader", Ends::Later);
        let chain = data("client-certificate-data", &issued.pem);
        let key = issued.key.serialize_pem();
        [chain, data("client-certificate-key-data", &key)]
    };
    let folder = tempfile::tempdir().unwrap();
    for (settings, accepted) in [
        (vec![], false),
        (identity(&Authority::new("Another")).to_vec(), false),
        (identity(&clients).to_vec(), true),
    ] {
        let settings = [vec![authority.clone()], settings].concat();
        let text_of = config(&server.address.to_string(), "a.b.c", &settings);
        write(folder.path(), "config", &text_of);
        let environment = vec![("ARGOCD_CONFIG_DIR", folder.path().display().to_string())];
        let before = server.count("GET");
        let output = call(vec!["--argocd-context".to_owned()], environment).await;
        let shown = text(&output);
        assert_eq!(output.status.success(), accepted, "{shown}");
        assert_eq!(server.count("GET") - before, usize::from(accepted));
        assert!(
            !shown.contains("PRIVATE KEY") && !shown.contains("panicked"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_context_whose_session_ended_is_read_again_after_the_401() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let server = Server::start(move |request: &str| {
        if request.contains("Bearer second.session.token\r\n") {
            return clusters(request);
        }
        // `argocd relogin` in another terminal, while this request was on its way.
        let server = request
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .unwrap();
        let plain = ["plain-text: true".to_owned()];
        write(
            &path,
            "config",
            &config(server, "second.session.token", &plain),
        );
        answer(
            401,
            "content-type: application/json\r\n",
            r#"{"error":"invalid session","code":16,"message":"invalid session"}"#,
        )
    });
    let server = server.await.unwrap();
    let plain = ["plain-text: true".to_owned()];
    let first = config(&server.address.to_string(), "first.session.token", &plain);
    write(folder.path(), "config", &first);
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("audit.jsonl");
    let mut host = Start::run(HOST)
        .env("ARGOCD_CONFIG_DIR", folder.path().to_str().unwrap())
        .arg("--argocd-context")
        .arg("--audit-log")
        .arg(&log)
        .start()
        .unwrap();
    for _ in 0..2 {
        let answer = host.call("list_clusters", json!({})).await.unwrap();
        assert!(
            !answer.is_error && answer.text.contains("in-cluster"),
            "{}",
            answer.text
        );
    }
    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);
    let tokens: Vec<String> = server
        .requests()
        .iter()
        .filter_map(|request| {
            let mut lines = request.lines();
            lines.find_map(|line| {
                line.strip_prefix("authorization: Bearer ")
                    .map(str::to_owned)
            })
        })
        .collect();
    let (first, second) = ("first.session.token", "second.session.token");
    assert_eq!(tokens, [first, second, second]);
    let trail = Trail::read(&log);
    trail.assert_balanced(tokens.len());
    assert_eq!(trail.decisions("host", "allow").len(), 1, "the repeat");
    let said = fs::read_to_string(&log).unwrap() + &ended.stderr + &ended.transcript.concat();
    assert!(!said.contains("session.token"));
}
