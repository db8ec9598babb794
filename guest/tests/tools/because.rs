//! What a diagnosis says as evidence was read: quotations and names of each line stand in the responses.

use std::{collections::BTreeSet, fs, path::Path, sync::LazyLock};

use argocd_guest::answer::Answer;
use regex::Regex;
use serde_json::Value;

use crate::{
    cases,
    replay::{Replay, own, recorded_applications},
};

/// Shorter pieces of a quotation are found in any text.
const PIECE_CHARS: usize = 6;

/// What an answer says after the message of an object.
const OWNER: &str = "; owned by";

/// The file that Argo CD applies an object from, which says nothing to anybody.
static SCRATCH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#" "/dev/shm/\d+""#).unwrap());

/// All texts of a response, JSON in strings opened, white space as single blanks.
fn texts(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                texts(&inner, out);
            }
            out.push(plain(text));
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, out)),
        Value::Object(map) => {
            for (key, inner) in map {
                out.push(key.clone());
                texts(inner, out);
            }
        }
        other => out.push(other.to_string()),
    }
}

fn plain(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    SCRATCH.replace_all(&text, "").into_owned()
}

/// Everything that was read to give the answer.
fn read(replay: &Replay) -> Vec<String> {
    let mut all = Vec::new();
    for request in replay.requests() {
        let (_, _, body) = replay.sent(&request);
        let stream = serde_json::Deserializer::from_slice(&body).into_iter::<Value>();
        stream.flatten().for_each(|value| texts(&value, &mut all));
        all.push(request);
    }
    all
}

/// The words of our own: whatever stands in a text of the sources.
static OURS: LazyLock<String> = LazyLock::new(|| {
    fn collect(folder: &Path, out: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, out);
            } else {
                out.push_str(&fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut out = String::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut out);
    out
});

/// The pieces of a quotation: what was left out or masked stands between them.
fn pieces(quotation: &str) -> impl Iterator<Item = &str> {
    quotation
        .split('…')
        .flat_map(|piece| piece.split("(hidden)"))
        .map(str::trim)
        .filter(|piece| piece.chars().count() >= PIECE_CHARS)
}

/// The names in a line: words with a letter and a sign that prose does not have.
fn names(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| c.is_whitespace() || "|;,()\"'`{}[]<>=…".contains(c))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| {
            word.chars().count() >= PIECE_CHARS
                && word.contains(|c: char| c.is_alphabetic())
                && word.contains(['-', '.', '/', '@', '_', ':'])
        })
}

/// What of the answer nobody sent.
fn invented(answer: &Answer, read: &[String]) -> BTreeSet<String> {
    let is_read = |part: &str| read.iter().any(|text| text.contains(part));
    let is_known = |name: &str| {
        let mut parts = name.split(['.', '/', ':']);
        is_read(name)
            || OURS.contains(name)
            || parts.all(|part| is_read(part) || OURS.contains(part))
    };
    // Before the message of a line of a log stands its level, and several quotations may follow each other.
    let is_quoted = |piece: &str| {
        let rest = piece.split_once(' ').map_or("", |(_, rest)| rest);
        is_read(piece) || rest.chars().count() >= PIECE_CHARS && is_read(rest)
    };
    let mut invented = BTreeSet::new();
    let findings = answer.text().lines().filter(|line| {
        let is_finding = line
            .split_once(". ")
            .is_some_and(|(n, _)| n.parse::<u8>().is_ok());
        is_finding || line.starts_with("  ")
    });
    for line in findings {
        let mut quotations = line.split(" > ");
        let mut said = quotations.next().unwrap_or_default().to_owned();
        for quotation in quotations {
            // Who owns the object is said after its message.
            let (quoted, ours) = match quotation.split_once(OWNER) {
                Some((quoted, ours)) if !is_quoted(&plain(quotation)) => (quoted, ours),
                _ => (quotation, ""),
            };
            said.push_str(ours);
            let lacking = pieces(quoted).filter(|piece| !is_quoted(&plain(piece)));
            invented.extend(lacking.map(|piece| format!("quotes {piece:?}")));
        }
        let lacking = names(&said).filter(|name| !is_known(name));
        invented.extend(lacking.map(|name| format!("names {name:?} in {line:?}")));
    }
    invented
}

#[test]
fn every_line_of_evidence_was_read() {
    let recorded = recorded_applications().into_iter();
    let recorded = recorded.map(|(title, arguments)| (title, own(), arguments));
    let handed = cases::incidents()
        .into_iter()
        .map(|(title, folder, arguments)| (title, cases::recording(&folder), arguments));
    let mut wrong = Vec::new();
    for (title, recording, arguments) in recorded.chain(handed) {
        let replay = Replay::of(recording, |_, body| body);
        let answer = replay.call("diagnose_application", arguments);
        let invented = invented(&answer, &read(&replay));
        wrong.extend(invented.into_iter().map(|what| format!("{title}: {what}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_nobody_sent_is_noticed() {
    let replay = Replay::of(own(), |_, body| body);
    let answer = replay.call(
        "diagnose_application",
        serde_json::json!({"name": "checkout-api"}),
    );
    let mut read = read(&replay);
    assert!(invented(&answer, &read).is_empty());
    read.retain(|text| !text.contains("PAYMENTS_GATEWAY_URL"));
    assert!(!invented(&answer, &read).is_empty());
}
