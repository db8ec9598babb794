//! The same incident told otherwise has the same causes in the same order: every recorded and every
//! handed one with other names, reversed lists, later, on another version, among healthy neighbours.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use chrono::{DateTime, Duration, SecondsFormat};
use regex::{Captures, Regex};
use serde_json::{Value, json};

use crate::{
    cases,
    replay::{Recorded, Recording, Replay, own, recorded_applications},
};

/// Days by which the shifted incidents are later.
const DAYS: i64 = 37;

/// One incident: the recording, and the application to diagnose.
struct Incident {
    title: String,
    recording: Recording,
    arguments: Value,
}

/// Every incident with its causes as it was told first.
static INCIDENTS: LazyLock<Vec<(Incident, Vec<String>)>> = LazyLock::new(|| {
    let told = incidents().into_iter();
    told.map(|incident| {
        let causes = causes(incident.recording, &incident.arguments);
        (incident, causes)
    })
    .collect()
});

fn incidents() -> Vec<Incident> {
    let handed = cases::incidents().into_iter();
    let handed = handed.map(|(title, folder, arguments)| Incident {
        title,
        recording: cases::recording(&folder),
        arguments,
    });
    let recorded = recorded_applications().into_iter();
    let recorded = recorded.map(|(title, arguments)| Incident {
        recording: about(&title),
        title,
        arguments,
    });
    recorded.chain(handed).collect()
}

/// Our recordings without those of other applications.
fn about(name: &str) -> Recording {
    const OF_ONE: &str = "/api/v1/applications/";
    let is_about = |entry: &&Recorded| {
        let of_one = entry.path.strip_prefix(OF_ONE);
        of_one.is_none_or(|rest| rest.split('/').next() == Some(name))
    };
    let entries = own().entries.iter().filter(is_about).cloned();
    Recording {
        entries: entries.collect::<Vec<_>>().leak(),
        now_ms: own().now_ms,
    }
}

/// The findings in order, each without what it quotes: an excerpt may be cut in a word. Of objects that
/// are alike any one may stand for all.
fn causes(recording: Recording, arguments: &Value) -> Vec<String> {
    let replay = Replay::of(recording, |_, body| body);
    let answer = replay.call("diagnose_application", arguments.clone());
    let numbered = |line: &&str| {
        line.split_once(". ")
            .is_some_and(|(number, _)| number.parse::<u8>().is_ok())
    };
    static ONE_OF_MANY: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(Pod \S+)-[a-z0-9]+ \(and ").unwrap());
    let lines = answer.text().lines().filter(numbered);
    lines
        .map(|line| line.split(" > ").next().unwrap_or(line))
        .map(|line| ONE_OF_MANY.replace(line, "$1-… (and ").into_owned())
        .collect()
}

/// Compares the causes of every incident with those of its other telling, after `back` has undone it.
fn hold(tell: impl Fn(&Incident) -> Told) {
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for (incident, first) in &*INCIDENTS {
        let Told(recording, arguments, back) = tell(incident);
        let told: Vec<String> = causes(recording, &arguments)
            .into_iter()
            .map(back)
            .collect();
        compared += first.len();
        if told != *first {
            wrong.push(format!(
                "{}\n  {}\nbecame\n  {}",
                incident.title,
                first.join("\n  "),
                told.join("\n  ")
            ));
        }
    }
    assert!(compared > 0);
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The same recording with each JSON body changed.
fn with_bodies(recording: Recording, change: impl Fn(&Recorded, &mut Value)) -> Recording {
    let entries = recording.entries.iter().map(|entry| {
        let mut entry = entry.clone();
        if let Ok(mut body) = serde_json::from_slice::<Value>(&entry.body) {
            change(&entry, &mut body);
            entry.body = body.to_string().into_bytes();
        }
        entry
    });
    Recording {
        entries: entries.collect::<Vec<_>>().leak(),
        now_ms: recording.now_ms,
    }
}

/// The other recording and arguments, and what undoes the other telling in a line.
struct Told(Recording, Value, Box<dyn Fn(String) -> String>);

impl Told {
    /// What shows in no line.
    fn silently(recording: Recording, incident: &Incident) -> Self {
        Self(recording, incident.arguments.clone(), Box::new(|line| line))
    }
}

/// Lists whose order has no meaning in Argo CD or Kubernetes.
const UNORDERED: &[&str] = &[
    "nodes",
    "orphanedNodes",
    "resources",
    "conditions",
    "items",
    "containerStatuses",
    "hosts",
    "parentRefs",
];

fn reversed(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(reversed),
        Value::Object(map) => {
            for (key, inner) in map.iter_mut() {
                reversed(inner);
                if let Some(items) = inner
                    .as_array_mut()
                    .filter(|_| UNORDERED.contains(&key.as_str()))
                {
                    items.reverse();
                }
            }
        }
        _ => {}
    }
}

#[test]
fn the_order_of_lists_does_not_matter() {
    hold(|incident| {
        let told = with_bodies(incident.recording, |_, body| reversed(body));
        Told::silently(told, incident)
    });
}

/// The text with each time in it so many days later.
fn moved(text: &str, days: i64) -> String {
    static TIME: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z").unwrap());
    let shifted = |found: &Captures<'_>| {
        let time = DateTime::parse_from_rfc3339(&found[0]).unwrap() + Duration::days(days);
        let format = match found.get(1) {
            Some(fraction) if fraction.len() > 7 => SecondsFormat::Nanos,
            Some(fraction) if fraction.len() > 4 => SecondsFormat::Micros,
            Some(_) => SecondsFormat::Millis,
            None => SecondsFormat::Secs,
        };
        time.to_utc().to_rfc3339_opts(format, true)
    };
    TIME.replace_all(text, shifted).into_owned()
}

#[test]
fn the_time_of_the_incident_does_not_matter() {
    hold(|incident| {
        let entries = incident.recording.entries.iter().map(|entry| {
            let mut entry = entry.clone();
            if let Ok(text) = std::str::from_utf8(&entry.body) {
                entry.body = moved(text, DAYS).into_bytes();
            }
            entry
        });
        let recording = Recording {
            entries: entries.collect::<Vec<_>>().leak(),
            now_ms: incident.recording.now_ms + Duration::days(DAYS).num_milliseconds(),
        };
        let back = |line: String| moved(&line, -DAYS);
        Told(recording, incident.arguments.clone(), Box::new(back))
    });
}

#[test]
fn the_version_of_the_server_does_not_matter() {
    for version in ["v2.8.4", "v3.2.0", "v3.5.9"] {
        hold(|incident| {
            let told = with_bodies(incident.recording, |entry, body| {
                if entry.path == "/api/version" {
                    body["Version"] = version.into();
                }
            });
            Told::silently(told, incident)
        });
    }
}

/// A workload that is well, as nodes of a tree.
fn well(name: &str) -> Vec<Value> {
    let uid = |kind: &str| format!("{name}-{kind}-uid");
    let node = |group: &str, kind: &str, name: String, parent: Option<(&str, &str, String)>| {
        let parents: Vec<Value> = parent
            .into_iter()
            .map(|(group, kind, name)| {
                json!({"group": group, "kind": kind, "namespace": "well", "name": name, "uid": uid(kind)})
            })
            .collect();
        json!({
            "group": group, "version": "v1", "kind": kind, "namespace": "well", "name": name, "uid": uid(kind),
            "parentRefs": parents, "health": {"status": "Healthy"}, "createdAt": "2026-01-05T06:07:08Z",
            "images": if kind == "Pod" { json!(["registry.example.com/well:1.0"]) } else { Value::Null },
            "info": if kind == "Pod" {
                json!([{"name": "Status Reason", "value": "Running"}, {"name": "Containers", "value": "1/1"}])
            } else {
                Value::Null
            }
        })
    };
    let set = format!("{name}-5f7d9c");
    vec![
        node("apps", "Deployment", name.to_owned(), None),
        node(
            "apps",
            "ReplicaSet",
            set.clone(),
            Some(("apps", "Deployment", name.to_owned())),
        ),
        node(
            "",
            "Pod",
            format!("{set}-abcde"),
            Some(("apps", "ReplicaSet", set)),
        ),
    ]
}

#[test]
fn healthy_neighbours_do_not_matter() {
    hold(|incident| {
        let name = incident.arguments["name"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/applications/{name}");
        let told = with_bodies(incident.recording, |entry, body| {
            if entry.path == format!("{path}/resource-tree")
                && let Some(nodes) = body["nodes"].as_array_mut()
            {
                nodes.splice(0..0, well("aaa-well"));
                nodes.extend(well("zzz-well"));
            }
            if entry.path == path
                && let Some(resources) = body["status"]["resources"].as_array_mut()
            {
                let resource = |name: &str| {
                    json!({"group": "apps", "version": "v1", "kind": "Deployment", "namespace": "well", "name": name,
                        "status": "Synced", "health": {"status": "Healthy"}})
                };
                resources.insert(0, resource("aaa-well"));
                resources.push(resource("zzz-well"));
            }
        });
        Told::silently(told, incident)
    });
}

/// Words that are names here and have a meaning elsewhere: no rule may depend on any other.
const MEANINGFUL: &[&str] = &[
    "default",
    "server",
    "node",
    "nodes",
    "cache",
    "config",
    "data",
    "secret",
    "secrets",
    "token",
    "image",
    "images",
    "main",
    "cluster",
    "system",
    "kube",
    "service",
    "job",
    "jobs",
    "pod",
    "pods",
    "argocd",
    "argo",
    "local",
    "svc",
    "https",
    "http",
    "com",
    "example",
    "root",
    "latest",
    "true",
    "false",
    "null",
    "kubernetes",
    "container",
    "manager",
    "controller",
    "operator",
    "repo",
    "redis",
    "test",
    "quota",
    "certificate",
    "password",
    "username",
    "user",
    "key",
    "tls",
    "app",
    "apps",
    "deadline",
    "runtime",
    "cgroup",
    "entries",
    "mode",
];

/// Every word of the names of objects that is a name and nothing else, with another in its place.
fn names(recording: Recording, application: &str) -> BTreeMap<String, String> {
    let keys = keys(recording);
    let word = |word: &&str| {
        word.len() >= 4
            && word.bytes().all(|byte| byte.is_ascii_lowercase())
            && !MEANINGFUL.contains(word)
            && !keys.contains(*word)
    };
    let mut found: BTreeSet<String> = BTreeSet::new();
    for entry in recording.entries {
        let path = format!("/api/v1/applications/{application}/resource-tree");
        if entry.path != path {
            continue;
        }
        let tree: Value = serde_json::from_slice(&entry.body).unwrap_or_default();
        for node in tree["nodes"].as_array().into_iter().flatten() {
            let name = node["name"].as_str().unwrap_or_default();
            found.extend(name.split(['-', '.']).filter(word).map(str::to_owned));
        }
    }
    // The other way round in the alphabet, so that an order by names would turn around.
    let mirrored = |word: &str| {
        let turned = word.bytes().map(|byte| char::from(b'a' + (b'z' - byte)));
        turned.collect::<String>()
    };
    found
        .into_iter()
        .map(|word| (word.clone(), mirrored(&word)))
        .collect()
}

/// The keys of all bodies: words of the interface.
fn keys(recording: Recording) -> BTreeSet<String> {
    fn collect(value: &Value, keys: &mut BTreeSet<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| collect(item, keys)),
            Value::Object(map) => {
                for (key, inner) in map {
                    keys.insert(key.clone());
                    collect(inner, keys);
                }
            }
            _ => {}
        }
    }
    let mut keys = BTreeSet::new();
    for entry in recording.entries {
        if let Ok(body) = serde_json::from_slice(&entry.body) {
            collect(&body, &mut keys);
        }
    }
    keys
}

/// Replaces whole words.
fn replaced(text: &str, names: &BTreeMap<String, String>) -> String {
    if names.is_empty() {
        return text.to_owned();
    }
    static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new("[a-zA-Z0-9]+").unwrap());
    let other = |found: &Captures<'_>| {
        names
            .get(&found[0])
            .cloned()
            .unwrap_or_else(|| found[0].to_owned())
    };
    WORD.replace_all(text, other).into_owned()
}

#[test]
fn names_do_not_matter() {
    hold(|incident| {
        let name = incident.arguments["name"].as_str().unwrap();
        let names = names(incident.recording, name);
        let entries = incident.recording.entries.iter().map(|entry| {
            let mut entry = entry.clone();
            entry.path = replaced(&entry.path, &names);
            let query = entry.query.into_iter();
            entry.query = query
                .map(|(key, value)| (key, replaced(&value, &names)))
                .collect();
            if let Ok(text) = std::str::from_utf8(&entry.body) {
                entry.body = replaced(text, &names).into_bytes();
            }
            entry
        });
        let recording = Recording {
            entries: entries.collect::<Vec<_>>().leak(),
            now_ms: incident.recording.now_ms,
        };
        let arguments = serde_json::from_str(&replaced(&incident.arguments.to_string(), &names));
        let names: BTreeMap<String, String> = names
            .into_iter()
            .map(|(word, other)| (other, word))
            .collect();
        let back = move |line: String| replaced(&line, &names);
        Told(recording, arguments.unwrap(), Box::new(back))
    });
}
