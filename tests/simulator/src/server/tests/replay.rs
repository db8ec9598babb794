//! Every recorded request is sent again, and the answer compared with the recorded one.

use serde_json::Value;

use super::start;
use crate::Simulator;
use crate::recorded::{Row, SERVER, file, folders, rows};
use crate::server::accounts::{api_key, refused_tokens};
use crate::server::test_client::{Client, Got};

/// Recordings that another state of the same server gave, with the reason.
const LEFT_OUT: [(&str, &str, &str); 1] = [(
    SERVER,
    "cold-cache-",
    "Redis had been emptied just before: tests put these in with `replace` or a fault",
)];

/// The servers that recordings were made of.
struct Servers {
    plain: Simulator,
    prefixed: Simulator,
    https: Simulator,
}

#[test]
fn every_recorded_request_gets_its_recorded_answer() {
    let servers = Servers {
        plain: Simulator::builder()
            .account("viewer", "not-the-password")
            .account("oncall", "not-the-password")
            .start()
            .unwrap(),
        prefixed: Simulator::builder().prefix("/argocd").start().unwrap(),
        https: Simulator::builder().https().start().unwrap(),
    };
    let (mut compared, mut wrong) = (0, Vec::new());
    for folder in folders() {
        for row in rows(folder).unwrap() {
            if is_left_out(folder, &row) {
                continue;
            }
            compared += 1;
            if let Err(difference) = replay(&servers, folder, &row) {
                wrong.push(format!(
                    "{folder}/{} ({}): {difference}",
                    row.file, row.request
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {compared}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(compared > 640, "only {compared} recordings were compared");
}

fn is_left_out(folder: &str, row: &Row) -> bool {
    LEFT_OUT
        .iter()
        .any(|(in_folder, start, _)| folder == *in_folder && row.file.starts_with(start))
}

fn replay(servers: &Servers, folder: &str, row: &Row) -> Result<(), String> {
    let got = send(servers, row);
    if got.status != row.status {
        return Err(format!(
            "status {} for {}: {}",
            got.status,
            row.status,
            got.text()
        ));
    }
    let content_type = &row.headers["Content-Type"];
    if got.header("content-type") != content_type {
        return Err(format!("content type {}", got.header("content-type")));
    }
    let mut expected = file(folder, &row.file).unwrap().to_vec();
    let mut received = got.body.to_vec();
    if row.headers.contains_key("Content-Encoding") {
        expected = unpack(&expected);
        received = unpack(&received);
    }
    let (expected, received) = (comparable(&expected), comparable(&received));
    if expected == received {
        return Ok(());
    }
    Err(first_difference(&expected, &received))
}

fn send(servers: &Servers, row: &Row) -> Got {
    let server = match row.file.split('-').next() {
        Some("rootpath") => &servers.prefixed,
        Some("tls") => &servers.https,
        _ => &servers.plain,
    };
    let (method, path) = row.request.split_once(' ').unwrap();
    let token = match row.account.as_str() {
        "anonymous" => None,
        "invalid token" => Some(
            refused_tokens()
                .iter()
                .find(|(file, _)| row.file == *file)
                .map_or("garbage.garbage.garbage".to_owned(), |(_, token)| {
                    token.clone()
                }),
        ),
        account => Some(api_key(account)),
    };
    let authorization = token.map(|token| format!("Bearer {token}"));
    let mut headers: Vec<(String, &str)> = row
        .request_headers
        .iter()
        .map(|(k, v)| (k.to_lowercase(), v.as_str()))
        .collect();
    if let Some(authorization) = &authorization {
        headers.push(("authorization".to_owned(), authorization));
    }
    let body = match &row.request_body {
        Some(Value::String(text)) => text.clone(),
        Some(body) => body.to_string(),
        None => String::new(),
    };
    if row.request_body.is_some() && !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".to_owned(), "application/json"));
    }
    let headers: Vec<(&str, &str)> = headers.iter().map(|(k, v)| (k.as_str(), *v)).collect();
    Client::connect(server)
        .send(method, path, &headers, &body)
        .unwrap()
}

fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(packed), &mut unpacked).unwrap();
    unpacked
}

/// What two answers have in common: JSON as values, without versions, times of the request itself and tokens.
fn comparable(body: &[u8]) -> Vec<Value> {
    let text = String::from_utf8_lossy(body);
    if let Ok(value) = serde_json::from_slice(body) {
        return vec![steady(value)];
    }
    text.lines()
        .map(
            |line| match serde_json::from_str(line.trim_start_matches("data: ")) {
                Ok(value) => steady(value),
                Err(_) => Value::String(line.to_owned()),
            },
        )
        .collect()
}

fn steady(mut value: Value) -> Value {
    if let Some(metadata) = value.get_mut("metadata")
        && let Some(map) = metadata.as_object_mut()
        && !map.contains_key("name")
    {
        map.remove("resourceVersion");
    }
    if value.get("token").is_some() {
        value["token"] = Value::Null;
    }
    if value.pointer("/result/last") == Some(&Value::Bool(true)) {
        value["result"]["timeStamp"] = Value::Null;
        value["result"]["timeStampStr"] = Value::Null;
    }
    value
}

fn first_difference(expected: &[Value], received: &[Value]) -> String {
    if expected.len() != received.len() {
        return format!("{} lines for {}", received.len(), expected.len());
    }
    let pairs = expected.iter().zip(received).enumerate();
    for (line, (expected, received)) in pairs {
        if let Some(path) = differs_at(expected, received, String::new()) {
            return format!("line {line}: {path}");
        }
    }
    "no difference".to_owned()
}

fn differs_at(expected: &Value, received: &Value, path: String) -> Option<String> {
    match (expected, received) {
        (Value::Object(a), Value::Object(b)) => {
            a.keys()
                .chain(b.keys())
                .find_map(|key| match (a.get(key), b.get(key)) {
                    (Some(x), Some(y)) => differs_at(x, y, format!("{path}/{key}")),
                    (x, y) => Some(format!("{path}/{key}: {x:?} became {y:?}")),
                })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => a
            .iter()
            .zip(b)
            .enumerate()
            .find_map(|(at, (x, y))| differs_at(x, y, format!("{path}/{at}"))),
        _ if expected == received => None,
        _ => Some(format!("{path}: {expected} became {received}")),
    }
}

/// The control of the comparison above: an altered answer is seen.
#[test]
fn a_replaced_recording_is_not_what_the_comparison_sees() {
    let sim = start();
    sim.replace("/api/v1/applications/guestbook", r#"{"metadata":{}}"#);
    let got = crate::server::test_client::get(&sim, "/api/v1/applications/guestbook");
    let expected = comparable(file("healthy-guestbook", "application.json").unwrap());
    assert_ne!(comparable(&got.body), expected);
}
