//! After a thousand requests whose answers repeat the token in every way, a component looks for it in
//! its own linear memory and finds its placeholder only. And the audit adds up.

use argocd_tests::{
    harness::{Host, Start},
    rogue::{Server, answer},
    simulator::Simulator,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::{HOST, each_tool, trail::Trail};

const SCANNER: &str = concat!(env!("OUT_DIR"), "/scanner.wasm");
const TOKEN: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJyZWFkZXItb2YtdGVzdHMifQ.c2lnbmF0dXJl_MTIz-NDU2";
/// Calls, and requests in each: a call is open for 60 s, so a thousand are not one.
const CALLS: usize = 20;
const REQUESTS: usize = 50;
/// What the needles are XORed with on their way into the component.
const MASK: u8 = 0xa5;

/// Answers that repeat the token: plain, percent-encoded, in base64 at three alignments, in body and
/// header, whole and torn over chunks. Every fourth answer says nothing of it.
fn echo(number: usize, request: &str) -> Vec<argocd_tests::rogue::Act> {
    let bearer = request
        .lines()
        .find_map(|line| line.strip_prefix("authorization: "));
    let bearer = bearer.unwrap_or_default();
    let percent = utf8_percent_encode(bearer, NON_ALPHANUMERIC).to_string();
    let aligned: String = (0..3)
        .map(|shift| STANDARD.encode(format!("{}{bearer}", "x".repeat(shift))) + " ")
        .collect();
    let location = format!("location: /x?{percent}\r\nx-echo: {bearer}\r\n");
    match number % 4 {
        0 => answer(200, "", "{\"items\":[]}"),
        1 => answer(200, &location, format!("{bearer} {percent} {aligned}")),
        2 => answer(200, "content-type: text/plain\r\n", request),
        _ => {
            let (one, two) = bearer.split_at(number % bearer.len().max(1));
            let mut text = "HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n".to_owned();
            for part in [one, two].into_iter().filter(|part| !part.is_empty()) {
                text.push_str(&format!("{:x}\r\n{part}\r\n", part.len()));
            }
            text.push_str("0\r\n\r\n");
            vec![argocd_tests::rogue::Act::Send(text.into_bytes())]
        }
    }
}

/// How often each text stands in the component's memory. It is told of none of them as it is.
async fn scan(host: &mut Host, texts: &[&str]) -> Vec<u64> {
    let masked = |text: &&str| text.bytes().map(|byte| byte ^ MASK).collect::<Vec<u8>>();
    let needles: Vec<Vec<u8>> = texts.iter().map(masked).collect();
    let arguments = json!({ "needles": needles, "mask": MASK });
    let answer = host.call("list_clusters", arguments).await.unwrap();
    serde_json::from_str(&answer.text).unwrap()
}

#[tokio::test]
async fn after_a_thousand_requests_the_component_has_its_placeholder_only() {
    let count = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |request| {
        echo(
            count.fetch_add(1, std::sync::atomic::Ordering::SeqCst),
            request,
        )
    });
    let server = server.await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let mut host = Start::run(HOST)
        .env("ARGOCD_SERVER", &format!("http://{}", server.address))
        .env("ARGOCD_AUTH_TOKEN", TOKEN)
        .arg("--audit-log")
        .arg(&log)
        .arg(SCANNER)
        .start()
        .unwrap();
    let attempt = |path: &str| json!({ "scheme": "http", "authority": server.address.to_string(), "path": path, "authorized": true });
    let fetch = attempt("/api/v1/clusters");
    for _ in 0..CALLS {
        let arguments = json!({ "fetch": fetch, "times": REQUESTS });
        let answer = host.call("list_clusters", arguments).await.unwrap();
        assert_eq!(answer.text, REQUESTS.to_string(), "all were answered");
    }
    // Some that are denied, so that both kinds of decision are counted.
    let arguments = json!({ "fetch": attempt("/api/v1/session"), "times": 3 });
    let denied = host.call("list_clusters", arguments).await.unwrap();
    assert_eq!(denied.text, "0");

    let placeholder = host.call("list_clusters", json!({})).await.unwrap().text;
    let percent = utf8_percent_encode(TOKEN, NON_ALPHANUMERIC).to_string();
    // The inner part of its base64 is the same whatever stands around it.
    let aligned: Vec<String> = (0..3)
        .map(|shift| STANDARD.encode(format!("{}{TOKEN}", "x".repeat(shift))))
        .map(|text| text[4..text.len() - 4].to_owned())
        .collect();
    let texts = [
        TOKEN,
        &percent,
        &aligned[0],
        &aligned[1],
        &aligned[2],
        &placeholder,
    ];
    let counts = scan(&mut host, &texts).await;
    assert_eq!(counts[..5], [0; 5], "the token, in some spelling");
    // The control: the same search finds what is there.
    assert!(counts[5] >= 1, "the placeholder: {counts:?}");

    let ended = host.end().await.unwrap();
    assert!(ended.status.success(), "{}", ended.stderr);
    let bearer = format!("authorization: Bearer {TOKEN}\r\n");
    let requests = server.requests();
    assert_eq!(requests.len(), CALLS * REQUESTS);
    assert!(requests.iter().all(|request| request.contains(&bearer)));
    let trail = Trail::read(&log);
    trail.assert_balanced(requests.len());
    assert_eq!(trail.decisions("guest", "allow").len(), CALLS * REQUESTS);
    assert_eq!(trail.decisions("guest", "deny").len(), 3);
    assert!(trail.decisions("host", "allow").is_empty());
}

#[tokio::test]
async fn all_tools_with_logins_and_repeats_add_up_in_the_audit() {
    /// Requests that a session is good for: more than one tool makes at once, fewer than all make.
    const LIFETIME: usize = 20;
    let simulator = Simulator::builder()
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
