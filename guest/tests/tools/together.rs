//! Two incidents in one application: both are named, whichever was found first.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    cases,
    replay::{Recorded, Recording, Replay},
};

/// How far apart in the list the incidents of a pair stand, so that kinds mix.
const APART: &[usize] = &[1, 7, 16];

/// What an application has more of when it has two incidents.
const LISTS: &[&[&str]] = &[
    &["status", "resources"],
    &["status", "conditions"],
    &["nodes"],
    &["hosts"],
    &["items"],
];

/// An incident whose first cause is about an object of its tree.
struct Incident {
    title: String,
    name: String,
    recording: Recording,
    /// The object of the first cause.
    object: String,
}

impl Incident {
    /// Whether the last operation succeeded, so that it is no part of the incident.
    fn is_synced(&self) -> bool {
        let application = body(
            self.recording,
            &format!("/api/v1/applications/{}", self.name),
        );
        application.unwrap_or_default()["status"]["operationState"]["phase"] == "Succeeded"
    }
}

/// Incidents that one object explains.
fn incidents() -> Vec<Incident> {
    let all = cases::incidents().into_iter();
    all.filter_map(|(title, folder, arguments)| {
        let name = arguments["name"].as_str()?.to_owned();
        let recording = cases::recording(&folder);
        let answer = Replay::of(recording, |_, body| body).call("diagnose_application", arguments);
        let first = answer.text().lines().find(|line| line.starts_with("1. "))?;
        let tree = body(
            recording,
            &format!("/api/v1/applications/{name}/resource-tree"),
        )?;
        let nodes = tree["nodes"].as_array()?;
        let named = nodes
            .iter()
            .filter_map(|node| node["name"].as_str())
            .filter(|object| *object != name && first.contains(*object));
        let object = named.max_by_key(|object| object.len())?.to_owned();
        Some(Incident {
            title,
            name,
            recording,
            object,
        })
    })
    .collect()
}

fn body(recording: Recording, path: &str) -> Option<Value> {
    let entry = recording
        .entries
        .iter()
        .find(|entry| entry.path == path && entry.status == 200)?;
    serde_json::from_slice(&entry.body).ok()
}

/// The list at `keys` of `other` behind that of `one`, which may have none.
fn joined(one: &mut Value, other: &Value, keys: &[&str]) {
    let Some(more) = other
        .pointer(&format!("/{}", keys.join("/")))
        .and_then(Value::as_array)
    else {
        return;
    };
    let place = keys.iter().fold(one, |place, key| &mut place[*key]);
    match place.as_array_mut() {
        Some(there) => there.extend(more.iter().cloned()),
        None => *place = more.clone().into(),
    }
}

/// The application of the first incident with all that the other one has.
fn together(one: &Incident, other: &Incident) -> Recording {
    let root = |incident: &Incident| format!("/api/v1/applications/{}", incident.name);
    let (into, from) = (root(one), root(other));
    let mut entries: Vec<Recorded> = Vec::new();
    let mut more: BTreeMap<String, Value> = BTreeMap::new();
    for entry in other.recording.entries {
        let Some(rest) = entry.path.strip_prefix(&from) else {
            continue;
        };
        if rest.is_empty() || ["/resource-tree", "/managed-resources"].contains(&rest) {
            more.insert(
                rest.to_owned(),
                serde_json::from_slice(&entry.body).unwrap_or_default(),
            );
        } else if !entry.query.is_empty() {
            let mut entry = entry.clone();
            entry.path = format!("{into}{rest}");
            entries.push(entry);
        }
    }
    for entry in one.recording.entries {
        let mut entry = entry.clone();
        let rest = entry.path.strip_prefix(&into).map(str::to_owned);
        if let Some(other) = rest.and_then(|rest| more.get(&rest))
            && let Ok(mut whole) = serde_json::from_slice::<Value>(&entry.body)
        {
            for keys in LISTS {
                joined(&mut whole, other, keys);
            }
            if whole.pointer("/status/health/status").is_some() {
                whole["status"]["health"]["status"] = "Degraded".into();
            }
            entry.body = whole.to_string().into_bytes();
        }
        entries.push(entry);
    }
    Recording {
        entries: entries.leak(),
        now_ms: one.recording.now_ms.max(other.recording.now_ms),
    }
}

#[test]
fn both_of_two_incidents_are_named() {
    let incidents = incidents();
    assert!(incidents.len() > 30, "{}", incidents.len());
    let mut wrong = Vec::new();
    for apart in APART {
        for (at, one) in incidents.iter().enumerate() {
            let other = &incidents[(at + apart) % incidents.len()];
            let replay = Replay::of(together(one, other), |_, body| body);
            let arguments = serde_json::json!({"name": one.name});
            let answer = replay.call("diagnose_application", arguments);
            for incident in [one, other] {
                if !answer.text().contains(&incident.object) {
                    wrong.push(format!(
                        "{} with {}: no {} in\n{}\n",
                        one.title,
                        other.title,
                        incident.object,
                        answer.text()
                    ));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of pairs:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Which of two objects a diagnosis names first.
fn order(answer: &str, one: &str, other: &str) -> Option<bool> {
    let is_cause = |line: &str| {
        line.split_once(". ")
            .is_some_and(|(n, _)| n.parse::<u8>().is_ok())
    };
    let at = |object: &str| {
        let mut lines = answer.lines();
        lines.position(|line| is_cause(line) && line.contains(object))
    };
    Some(at(one)? < at(other)?)
}

#[test]
fn the_order_of_two_causes_is_that_of_the_causes() {
    let incidents = incidents();
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for (at, one) in incidents.iter().enumerate() {
        let other = &incidents[(at + 7) % incidents.len()];
        // An application has one operation: of two incidents only the first one's is told.
        if !(one.is_synced() && other.is_synced()) {
            continue;
        }
        let asked = |into: &Incident, from: &Incident| {
            let replay = Replay::of(together(into, from), |_, body| body);
            let arguments = serde_json::json!({"name": into.name});
            let answer = replay.call("diagnose_application", arguments);
            order(answer.text(), &one.object, &other.object)
        };
        if let (Some(first), Some(second)) = (asked(one, other), asked(other, one)) {
            compared += 1;
            if first != second {
                wrong.push(format!("{} with {}", one.title, other.title));
            }
        }
    }
    assert!(compared > 20, "{compared}");
    assert!(
        wrong.is_empty(),
        "{} of {compared}: {wrong:#?}",
        wrong.len()
    );
}
