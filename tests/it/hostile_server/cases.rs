//! The table: what the server does, and what must come of it.

use std::{io::Write, net::SocketAddr, time::Duration};

use argocd_tests::hostile_server::{Act, Front, answer};

use super::{CLUSTERS, LOG};
use crate::certificates::{Authority, Ends, self_signed};

/// One row.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) hostile: Hostile,
    pub(super) tool: Tool,
    /// The status in the outcome's line.
    pub(super) status: Option<u64>,
    /// How the reason in that line begins.
    pub(super) reason: &'static str,
    /// What the tool says, in lower case.
    pub(super) words: &'static str,
}

/// When the server is bad.
#[derive(Clone)]
pub(super) enum Hostile {
    /// After a request.
    Answer(Vec<Act>),
    /// Before one, where a TLS handshake belongs.
    Begin(Front),
}

/// What is asked.
#[derive(Clone, Copy)]
pub(super) enum Tool {
    Clusters,
    Log,
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
/// The slowest drip of the issue.
const PAUSE: Duration = Duration::from_secs(1);
/// A piece of a flood, in bytes: what one write takes.
const PIECE_BYTES: usize = 64 << 10;

pub(super) fn cases(authority: &Authority, canary: SocketAddr) -> Vec<Case> {
    let mut cases = slow();
    cases.extend(handshakes());
    cases.extend(certificates(authority));
    cases.extend(floods_of_the_head());
    cases.extend(floods_of_the_body());
    cases.extend(no_http());
    cases.extend(torn());
    cases.extend(misleading(canary));
    cases
}

fn case(
    name: &'static str,
    acts: Vec<Act>,
    (status, reason): (Option<u64>, &'static str),
    words: &'static str,
) -> Case {
    Case {
        name,
        hostile: Hostile::Answer(acts),
        tool: Tool::Clusters,
        status,
        reason,
        words,
    }
}

fn send(text: impl AsRef<[u8]>) -> Act {
    Act::Send(text.as_ref().to_vec())
}

/// `unit` as often as fits into a piece.
fn flood(unit: &str) -> Act {
    Act::Flood(unit.repeat((PIECE_BYTES / unit.len()).max(1)).into_bytes())
}

/// A head of 200 with these lines, and what comes then.
fn then(headers: &str, acts: impl IntoIterator<Item = Act>) -> Vec<Act> {
    let mut all = vec![send(format!("{OK}{headers}\r\n"))];
    all.extend(acts);
    all
}

fn slow() -> Vec<Case> {
    let drip = |text: &str| Act::Drip(text.into(), PAUSE);
    let late = "no complete response";
    vec![
        case("no head", vec![Act::Wait], (None, "response-timeout"), late),
        case(
            "one byte of the head a second",
            vec![drip(OK)],
            (None, "response-timeout"),
            late,
        ),
        case(
            "one byte of the body a second",
            then("", [drip(CLUSTERS)]),
            (Some(200), "response-timeout"),
            late,
        ),
        case(
            "silence inside the body",
            then("content-length: 999\r\n", [send("{\"items\":["), Act::Wait]),
            (Some(200), "response-timeout"),
            late,
        ),
    ]
}

fn begin(name: &'static str, front: Front, reason: &'static str, words: &'static str) -> Case {
    Case {
        hostile: Hostile::Begin(front),
        ..case(name, Vec::new(), (None, reason), words)
    }
}

fn handshakes() -> Vec<Case> {
    let acts = |acts: Vec<Act>| Front::Acts(acts);
    // A record with a ServerHello of TLS 1.0: version, random, no session, AES128-SHA, no compression.
    let mut old = vec![0x16, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1];
    old.extend([7; 32]);
    old.extend([0, 0, 0x2f, 0]);
    vec![
        begin(
            "a TLS tarpit",
            acts(vec![Act::Wait]),
            "response-timeout",
            "no complete response",
        ),
        begin(
            "the handshake cut off",
            acts(vec![Act::Close]),
            "tls-protocol",
            "tls with",
        ),
        begin(
            "HTTP in place of TLS",
            acts(vec![send("HTTP/1.1 400 Bad Request\r\n\r\n"), Act::Close]),
            "tls-protocol",
            "tls with",
        ),
        begin(
            "TLS 1.0",
            acts(vec![send(old), Act::Wait]),
            "tls-protocol",
            "tls with",
        ),
    ]
}

fn certificates(authority: &Authority) -> Vec<Case> {
    let wrong = authority.issue("argocd.example.com", Ends::Later);
    let expired = authority.issue("127.0.0.1", Ends::LongAgo);
    let other = Authority::new("Another authority").issue("127.0.0.1", Ends::Later);
    let own = self_signed("127.0.0.1");
    let certificate = "certificate is not trusted";
    vec![
        begin(
            "a certificate for another name",
            Front::Tls(wrong.acceptor(None)),
            "tls-certificate: certificate not valid for name",
            certificate,
        ),
        begin(
            "an expired certificate",
            Front::Tls(expired.acceptor(None)),
            "tls-certificate: certificate expired",
            certificate,
        ),
        begin(
            "a self-signed certificate",
            Front::Tls(own.acceptor(None)),
            "tls-certificate: UnknownIssuer",
            certificate,
        ),
        begin(
            "a certificate of another authority",
            Front::Tls(other.acceptor(None)),
            "tls-certificate: UnknownIssuer",
            certificate,
        ),
    ]
}

fn floods_of_the_head() -> Vec<Case> {
    let many = format!("{OK}{}\r\n", "x-a: b\r\n".repeat(10_000));
    let long = format!("{OK}x-a: {}\r\n\r\n", "b".repeat(1 << 20));
    let location = format!(
        "HTTP/1.1 302 x\r\nlocation: /{}\r\ncontent-length: 0\r\n\r\n",
        "b".repeat(5_000)
    );
    let head = (None, "header-size");
    let words = "exceeds the limit";
    vec![
        case("10,000 headers", vec![send(many)], head, words),
        case("a header of 1 MiB", vec![send(long)], head, words),
        case(
            "headers without end",
            vec![send(OK), flood("x-a: b\r\n")],
            head,
            words,
        ),
        case(
            "a status line without end",
            vec![send("HTTP/1.1 200 "), flood("x")],
            head,
            words,
        ),
        case(
            "1xx without end",
            vec![flood("HTTP/1.1 100 Continue\r\n\r\n")],
            (None, "response-timeout"),
            "no complete response",
        ),
        case(
            "a redirect of 5,000 characters",
            vec![send(location)],
            (Some(302), "header-size"),
            words,
        ),
    ]
}

fn floods_of_the_body() -> Vec<Case> {
    let item = item();
    let log = LOG.replace("all is well", &"well ".repeat(PIECE_BYTES / 8));
    let list = || [send("{\"metadata\":{},\"items\":["), flood(&item)];
    let cap = (Some(200), "body-size");
    let words = "exceeds the limit";
    vec![
        case(
            "a body of 10 GB",
            then("content-length: 10000000000\r\n", list()),
            cap,
            words,
        ),
        case("a body without end", then("", list()), cap, words),
        Case {
            tool: Tool::Log,
            ..case("a log without end", then("", [flood(&log)]), cap, words)
        },
        case("a gzip bomb", gzip_bomb(), cap, words),
        case(
            "one string without end",
            then("", [send("{\"items\":[{\"name\":\""), flood("x")]),
            (Some(200), "dropped"),
            words,
        ),
        case(
            "a chunk extension without end",
            then("transfer-encoding: chunked\r\n", [send("3;x="), flood("x")]),
            (Some(200), "incomplete"),
            "closed before the response was complete",
        ),
        case(
            "trailers without end",
            then(
                "transfer-encoding: chunked\r\n",
                [send("1\r\n{\r\n0\r\n"), flood("x-a: b\r\n")],
            ),
            (Some(200), "incomplete"),
            "closed before the response was complete",
        ),
    ]
}

fn no_http() -> Vec<Case> {
    let protocol = (None, "protocol");
    let words = "not valid http";
    let whole = |text: &str| vec![send(text), Act::Close];
    let switch = "HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n";
    vec![
        case(
            "101 switching protocols",
            vec![send(switch), Act::Wait],
            (Some(101), "protocol"),
            words,
        ),
        case(
            "an SSH banner",
            whole("SSH-2.0-OpenSSH_9.9\r\n\r\n"),
            protocol,
            words,
        ),
        case(
            "HTTP/0.9",
            whole("<html>hello</html>\r\n\r\n"),
            protocol,
            words,
        ),
        case(
            "an HTTP/2 preface",
            whole("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            protocol,
            words,
        ),
        case(
            "two lengths",
            whole("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}x"),
            protocol,
            words,
        ),
        case(
            "a negative length",
            whole("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}"),
            protocol,
            words,
        ),
        case(
            "a header with a NUL",
            whole("HTTP/1.1 200 OK\r\nx-a: \0\r\n\r\n{}"),
            protocol,
            words,
        ),
    ]
}

fn torn() -> Vec<Case> {
    let incomplete = (Some(200), "incomplete");
    let words = "closed before the response was complete";
    let chunked = "transfer-encoding: chunked\r\n";
    let gzipped = |body: &[u8]| answer(200, "content-encoding: gzip\r\n", body);
    let coding = (Some(200), "content-coding");
    vec![
        case(
            "a torn body",
            then(
                "content-length: 999\r\n",
                [send("{\"items\":[{}"), Act::Close],
            ),
            incomplete,
            words,
        ),
        case(
            "garbage in place of a chunk",
            then(chunked, [send("zz\r\nabc\r\n"), Act::Close]),
            incomplete,
            words,
        ),
        case(
            "a chunk length beyond 64 bits",
            then(chunked, [send("fffffffffffffffff\r\nabc\r\n"), Act::Close]),
            incomplete,
            words,
        ),
        case(
            "broken gzip",
            gzipped(b"not gzip at all"),
            coding,
            "content coding",
        ),
        case(
            "an encoding that nobody asked for",
            answer(200, "content-encoding: br\r\n", "x"),
            coding,
            "content coding",
        ),
    ]
}

/// Well-formed HTTP that says something else than Argo CD would.
fn misleading(canary: SocketAddr) -> Vec<Case> {
    let ok = (Some(200), "ok");
    let json = "content-type: application/json\r\n";
    let to = |url: String| answer(302, &format!("location: {url}\r\n"), "");
    let deep = format!(
        "{{\"items\":[{}{}]}}",
        "{\"info\":".repeat(10_000),
        "}".repeat(10_000)
    );
    let malformed = "the response is not valid";
    vec![
        case(
            "a redirect to another place",
            to(format!("https://{canary}/login")),
            (Some(302), "dropped"),
            "redirects (302)",
        ),
        case(
            "a redirect to http",
            to(format!("http://{canary}/api/v1/clusters")),
            (Some(302), "dropped"),
            "redirects (302)",
        ),
        case(
            "invalid UTF-8",
            answer(200, json, b"{\"items\":[{\"name\":\"\xff\xfe\"}]}"),
            ok,
            malformed,
        ),
        case("deep JSON", answer(200, json, deep), ok, malformed),
        case("no JSON", answer(200, json, "null"), ok, malformed),
        case(
            "a login page",
            answer(
                200,
                "content-type: text/html\r\n",
                "<html>Please sign in</html>",
            ),
            (Some(200), "dropped"),
            "html page",
        ),
    ]
}

/// A long entry: what is measured is how bodies are carried, not how many clusters there may be.
fn item() -> String {
    let padding = "x".repeat(PIECE_BYTES - 100);
    format!("{{\"name\":\"c\",\"padding\":\"{padding}\"}},")
}

/// A list without end in gzip, 800 times as large as what is sent.
pub(super) fn gzip_bomb() -> Vec<Act> {
    let bomb = [Act::Send(gzip_begin()), Act::Flood(gzip_block(&item()))];
    then("content-encoding: gzip\r\n", bomb)
}

/// The head of a gzip stream and the begin of a list.
fn gzip_begin() -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    bytes.extend(deflated("{\"metadata\":{},\"items\":[".as_bytes()));
    bytes
}

/// 1 MiB of a text, packed so that it can be repeated: it ends at a byte, with an empty dictionary.
fn gzip_block(unit: &str) -> Vec<u8> {
    deflated(unit.repeat((1 << 20) / unit.len()).as_bytes())
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.flush().unwrap();
    std::mem::take(encoder.get_mut())
}
