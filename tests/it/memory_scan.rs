//! After a thousand calls whose answers repeat the secrets in every way, a component looks for them in
//! its own linear memory and finds its placeholder only. And the audit adds up.

use std::{
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use argocd_tests::{
    harness::{Host, Start},
    hostile_server::{Act, Server, answer},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::{HOST, each_tool, trail::Trail};

const SCANNER: &str = concat!(env!("OUT_DIR"), "/scanner.wasm");
const TOKEN: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJyZWFkZXItb2YtdGVzdHMifQ.c2lnbmF0dXJl_MTIz-NDU2";
const PASSWORD: &str = "correct-horse+battery/staple";
const CALLS: usize = 1_000;
/// What the needles are XORed with on their way into the component.
const MASK: u8 = 0xa5;

/// Answers that repeat both secrets: plain, percent-encoded, in base64 at three alignments, in body and
/// header, whole and torn over chunks. Every fourth answer says nothing of them. A login gets the token.
fn echo(number: usize, request: &str) -> Vec<Act> {
    if request.starts_with("POST") {
        return answer(200, "", format!("{{\"token\":\"{TOKEN}\"}}"));
    }
    let secrets = format!("Bearer {TOKEN} {PASSWORD}");
    let percent = percent(&secrets);
    let location = format!("location: /x?{percent}\r\nx-echo: {secrets}\r\n");
    match number % 4 {
        0 => answer(200, "", "{\"items\":[]}"),
        1 => {
            let base64 = aligned(&secrets).join(" ");
            answer(200, &location, format!("{secrets} {percent} {base64}"))
        }
        2 => answer(200, "content-type: text/plain\r\n", request),
        _ => {
            let (one, two) = secrets.split_at(number % secrets.len());
            let mut text = "HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n".to_owned();
            for part in [one, two].into_iter().filter(|part| !part.is_empty()) {
                text.push_str(&format!("{:x}\r\n{part}\r\n", part.len()));
            }
            text.push_str("0\r\n\r\n");
            vec![Act::Send(text.into_bytes())]
        }
    }
}

fn percent(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// The base64 of a text after none, one and two other bytes.
fn aligned(text: &str) -> [String; 3] {
    ["", "x", "xx"].map(|before| STANDARD.encode(format!("{before}{text}")))
}

/// Every spelling of a secret that may not be found.
fn spellings(secret: &str) -> Vec<String> {
    let mut all = vec![secret.to_owned(), percent(secret)];
    // The inner part of base64 is the same whatever stands around the text.
    all.extend(aligned(secret).map(|text| text[4..text.len() - 4].to_owned()));
    all
}

/// How often each text stands in the component's memory. It is told of none of them as it is.
async fn scan(host: &mut Host, texts: &[String]) -> Vec<u64> {
    let masked = |text: &String| text.bytes().map(|byte| byte ^ MASK).collect::<Vec<u8>>();
    let needles: Vec<Vec<u8>> = texts.iter().map(masked).collect();
    let arguments = json!({ "needles": needles, "mask": MASK });
    let answer = host.call("list_clusters", arguments).await.unwrap();
    serde_json::from_str(&answer.text).unwrap()
}

/// Runs the thousand calls as whom `credentials` say, and looks.
async fn search(credentials: &[(&str, &str)], log: &Path) -> Server {
    let count = AtomicUsize::new(0);
    let server =
        Server::start(move |request| echo(count.fetch_add(1, Ordering::SeqCst), request)).await;
    let server = server.unwrap();
    let mut start = Start::run(HOST)
        .env("ARGOCD_SERVER", &format!("http://{}", server.address))
        .arg("--audit-log")
        .arg(log)
        .arg(SCANNER);
    for (name, value) in credentials {
        start = start.env(name, value);
    }
    let mut host = start.start().unwrap();
    let attempt = |path: &str| json!({ "fetch": { "scheme": "http", "authority": server.address.to_string(), "path": path, "authorized": true } });
    let fetch = attempt("/api/v1/clusters");
    for _ in 0..CALLS {
        let answer = host.call("list_clusters", fetch.clone()).await.unwrap();
        assert_eq!(answer.text, "1", "it was answered");
    }
    // One that is denied, so that both kinds of decision are counted.
    let denied = attempt("/api/v1/session");
    let denied = host.call("list_clusters", denied).await.unwrap();
    assert_eq!(denied.text, "0");

    let placeholder = host.call("list_clusters", json!({})).await.unwrap().text;
    let mut texts = [spellings(TOKEN), spellings(PASSWORD)].concat();
    texts.push(placeholder);
    let mut counts = scan(&mut host, &texts).await;
    // The control: the same search finds what is there.
    let placeholder = counts.pop().unwrap();
    assert!(placeholder >= 1, "the placeholder: {placeholder}");
    // With a token there is no password that the host could know: what it does not know is found.
    let by_token = credentials.len() == 1;
    let (sealed, known) = counts.split_at(if by_token { 5 } else { 10 });
    assert!(sealed.iter().all(|hits| *hits == 0), "{counts:?}");
    assert!(known.iter().all(|hits| *hits > 0), "{counts:?}");
    eprintln!("hits of what is sealed {sealed:?}, of what is not {known:?}");
    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);
    server
}

#[tokio::test]
async fn after_a_thousand_calls_the_component_has_its_placeholder_only() {
    for (credentials, logins) in [
        (&[("ARGOCD_AUTH_TOKEN", TOKEN)][..], 0),
        (
            &[("ARGOCD_USERNAME", "ops"), ("ARGOCD_PASSWORD", PASSWORD)][..],
            1,
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("audit.jsonl");
        let server = search(credentials, &log).await;
        let bearer = format!("authorization: Bearer {TOKEN}\r\n");
        let requests = server.requests();
        let sent = requests.iter().filter(|it| it.contains(&bearer)).count();
        assert_eq!((sent, server.count("POST")), (CALLS, logins));
        let trail = Trail::read(&log);
        trail.assert_balanced(CALLS + logins);
        assert_eq!(trail.decisions("guest", "allow").len(), CALLS);
        assert_eq!(trail.decisions("guest", "deny").len(), 1);
        assert_eq!(trail.decisions("host", "allow").len(), logins);
    }
}

#[tokio::test]
async fn all_tools_with_logins_and_repeats_add_up_in_the_audit() {
    /// Requests that a session is good for: more than one tool makes at once, fewer than all make.
    const LIFETIME: usize = 20;
    let simulator = crate::argo_cd()
        .account("ops", "correct-horse-battery")
        .token_lifetime_requests(LIFETIME)
        .start()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let mut host = Start::run(HOST)
        .env("ARGOCD_SERVER", &simulator.url())
        .env("ARGOCD_USERNAME", "ops")
        .env("ARGOCD_PASSWORD", "correct-horse-battery")
        .env("ARGOCD_MCP_TOOLSETS", "all")
        .arg("--audit-log")
        .arg(&log)
        .start()
        .unwrap();
    for (tool, arguments, fact) in each_tool() {
        let answer = host.call(tool, arguments).await.unwrap();
        let good = !answer.is_error && answer.text.contains(fact);
        assert!(good, "{tool}: {}", answer.text);
    }
    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);

    let requests = simulator.requests();
    let logins = simulator.count("POST", "/api/v1/session");
    let repeated = requests.iter().filter(|r| r.status == Some(401)).count();
    assert!(logins >= 2 && repeated >= 1, "{logins}, {repeated}");
    let trail = Trail::read(&log);
    trail.assert_balanced(requests.len());
    // What the host did by itself: it logged in, and repeated what had been refused.
    assert_eq!(trail.decisions("host", "allow").len(), logins + repeated);
    assert_eq!(
        trail.decisions("guest", "allow").len(),
        requests.len() - logins - repeated
    );
    assert!(trail.decisions("guest", "deny").is_empty());
}
