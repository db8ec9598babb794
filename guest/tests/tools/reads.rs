//! Every GET that the guest can build, and of each answer the members that the guest reads: do they come?
//!
//! The recordings stand in for a genuine server here. What this finds is written to
//! `tests/genuine/reads.json`, with which `just lab` asks a genuine one.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    time::Duration,
};

use argocd_guest::{
    argocd::Operation,
    http::{Error, Local, Port, Response},
    tools::{self, Offer},
};
use serde_json::{Value, json};

use crate::replay::{self, Replay};

/// What was asked for one operation, what was read of the answers, and what came.
#[derive(Default)]
struct Ledger {
    /// Each path and query, with the members of its answer.
    gets: BTreeMap<String, BTreeSet<String>>,
    reads: BTreeSet<String>,
}

/// Argo CD as recorded, and what the guest does with it.
struct Listener {
    replay: Rc<Replay>,
    heard: RefCell<BTreeMap<String, Ledger>>,
}

impl Port for Listener {
    fn get<'a>(&'a self, path: &'a str, _: Option<&'a str>) -> Local<'a, Result<Response, Error>> {
        let sent = self.replay.sent(path);
        if sent.0 == 200 {
            let members = members(&sent.2);
            for ledger in self.heard.borrow_mut().values_mut() {
                if let Some(came) = ledger.gets.get_mut(path) {
                    came.extend(members.iter().cloned());
                }
            }
        }
        Box::pin(async { Ok(replay::respond(sent)) })
    }

    fn reads(&self, operation: &str, path: &str, members: &dyn Fn() -> Vec<String>) {
        let mut heard = self.heard.borrow_mut();
        let ledger = heard.entry(operation.to_owned()).or_default();
        ledger.gets.entry(path.to_owned()).or_default();
        ledger.reads.extend(members());
    }

    fn post_session<'a>(&'a self, _: &'a str, _: &'a str) -> Local<'a, Result<Response, Error>> {
        panic!("a token needs no login")
    }

    fn now_ms(&self) -> i64 {
        self.replay.now_ms()
    }

    fn monotonic(&self) -> Duration {
        self.replay.monotonic()
    }

    fn sleep(&self, duration: Duration) -> Local<'static, ()> {
        self.replay.sleep(duration)
    }

    fn spawn(&self, task: Local<'static, ()>) {
        self.replay.spawn(task);
    }
}

/// The path of each member in a body of JSON values, one after another; lists are transparent.
fn members(body: &[u8]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let values = serde_json::Deserializer::from_slice(body).into_iter::<Value>();
    values
        .flatten()
        .for_each(|value| walk(&value, "", &mut found));
    found
}

fn walk(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let path = format!("{at}{}{key}", if at.is_empty() { "" } else { "." });
                walk(value, &path, found);
                found.insert(path);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| walk(value, at, found)),
        _ => {}
    }
}

/// What is read and never comes.
fn lacking(reads: &BTreeSet<String>, came: &BTreeSet<String>) -> Vec<String> {
    reads.difference(came).cloned().collect()
}

/// The paths that a GET asks for in `fields`.
fn fields(get: &str) -> impl Iterator<Item = &str> {
    let (_, query) = get.split_once('?').unwrap_or_default();
    let values = query
        .split('&')
        .filter_map(|pair| pair.strip_prefix("fields="));
    values.flat_map(|value| value.split("%2C"))
}

/// Each path of `fields` that no GET which asks for it brings: what another choice of `fields`
/// brings must not hide that.
fn dropped(gets: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<&str> {
    let asked = gets
        .iter()
        .flat_map(|(get, came)| fields(get).map(move |path| (path, came.contains(path))));
    let (came, not): (Vec<_>, Vec<_>) = asked.partition(|(_, came)| *came);
    let came: BTreeSet<&str> = came.into_iter().map(|(path, _)| path).collect();
    let not = not.into_iter().map(|(path, _)| path);
    not.filter(|path| !came.contains(path)).collect()
}

/// An application of the recordings that has a child, as an app of apps has.
fn with_a_child() -> Rc<Replay> {
    Replay::changed(|path, body| {
        if path != "/api/v1/applications/guestbook/resource-tree" {
            return body;
        }
        let mut tree: Value = serde_json::from_slice(&body).unwrap();
        let child = json!({"group": "argoproj.io", "version": "v1alpha1", "kind": "Application",
            "namespace": "argocd", "name": "orders-api", "uid": "child"});
        tree["nodes"].as_array_mut().unwrap().push(child);
        tree.to_string().into_bytes()
    })
}

/// A server that does not say its version, which is asked for the older `fields`.
fn without_version() -> Rc<Replay> {
    Replay::changed(|path, body| {
        if path == "/api/version" {
            b"{}".to_vec()
        } else {
            body
        }
    })
}

/// All calls that the recordings can answer, and those that take more than them to build a GET.
fn heard() -> BTreeMap<String, Ledger> {
    let nobody = json!({"name": "no-such-application"});
    let rows: [(Rc<Replay>, Vec<replay::Call>); 4] = [
        (Replay::faithful(), crate::calls::calls()),
        // Identity: a name that nothing has is looked for in the list.
        (Replay::faithful(), vec![("get_application", nobody)]),
        (
            without_version(),
            vec![
                ("list_applications", json!({})),
                ("find_applications", json!({"image": "a"})),
            ],
        ),
        (
            with_a_child(),
            vec![("diagnose_application", json!({"name": "guestbook"}))],
        ),
    ];
    let mut all: BTreeMap<String, Ledger> = BTreeMap::new();
    for (replay, calls) in rows {
        let listener = Rc::new(Listener {
            replay,
            heard: RefCell::default(),
        });
        for (tool, arguments) in calls {
            replay::call_through(listener.clone(), Offer::all(tools::all()), tool, arguments);
        }
        for (operation, ledger) in listener.heard.take() {
            let known = all.entry(operation).or_default();
            known.reads.extend(ledger.reads);
            for (get, came) in ledger.gets {
                known.gets.entry(get).or_default().extend(came);
            }
        }
    }
    all
}

/// Members that no recording has, each with the reason above it.
fn absent() -> BTreeSet<String> {
    let lines = include_str!("absent.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

/// The fewest GETs that show all that is read, as far as it comes; at least one of each set of
/// parameters and each choice of `fields`.
fn shown_by(ledger: &Ledger) -> Vec<&String> {
    let mut left = ledger.reads.clone();
    let mut forms: BTreeSet<String> = BTreeSet::new();
    let mut chosen = Vec::new();
    let mut gets: Vec<_> = ledger.gets.iter().collect();
    gets.sort_by_key(|(path, came)| (std::cmp::Reverse(came.len()), *path));
    for (path, came) in gets {
        let before = left.len();
        left.retain(|member| !came.contains(member));
        let query = path.split_once('?').map_or("", |(_, query)| query);
        let form = query.split('&').map(|pair| {
            let is_choice = pair.starts_with("fields=");
            pair.split('=')
                .take(if is_choice { 2 } else { 1 })
                .collect()
        });
        let form: Vec<String> = form.collect();
        if (forms.insert(form.join("&")) || left.len() < before) && !came.is_empty() {
            chosen.push(path);
        }
    }
    chosen.sort();
    chosen
}

#[test]
fn every_get_is_built_and_what_is_read_of_its_answer_comes() {
    let heard = heard();
    let known = absent();
    let (mut wrong, mut missing) = (Vec::new(), BTreeSet::new());
    let mut all = serde_json::Map::new();
    for operation in Operation::GETS {
        let name = format!("{operation:?}");
        let Some(ledger) = heard.get(&name) else {
            wrong.push(format!("{name} is never built"));
            continue;
        };
        let came: BTreeSet<String> = ledger.gets.values().flatten().cloned().collect();
        let lacking = lacking(&ledger.reads, &came);
        for path in dropped(&ledger.gets) {
            let row = format!("{name} {path}");
            let below = format!("{row}.");
            if !known
                .iter()
                .any(|known| *known == row || known.starts_with(&below))
            {
                wrong.push(format!("{row} is asked for and never comes"));
            }
        }
        let reads: Vec<&String> = ledger
            .reads
            .iter()
            .filter(|member| !lacking.contains(member))
            .collect();
        all.insert(
            name.clone(),
            json!({"gets": shown_by(ledger), "reads": reads}),
        );
        missing.extend(lacking.iter().map(|path| format!("{name} {path}")));
    }
    wrong.extend(
        missing
            .difference(&known)
            .map(|row| format!("{row} never comes")),
    );
    wrong.extend(
        known
            .difference(&missing)
            .map(|row| format!("{row} comes, or is not read")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let text = serde_json::to_string_pretty(&Value::Object(all)).unwrap() + "\n";
    reviewed("reads.json", &text);
}

/// Compares with the reviewed file of the genuine tests; `just bless` rewrites it.
fn reviewed(name: &str, text: &str) {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/genuine")
        .join(name);
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        std::fs::write(&file, text).unwrap();
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        known == text,
        "tests/genuine/{name} is out of date: just bless"
    );
}

#[test]
fn a_path_that_the_server_drops_is_seen() {
    let replay = Replay::faithful();
    let came = |fields: &str| {
        let path = format!("/api/v1/applications?fields=items.metadata.name,{fields}");
        members(&replay.sent(&path).2)
    };
    let reads = ["items.metadata.name", "items.status.health.status"];
    let reads: BTreeSet<String> = reads.map(str::to_owned).into();
    assert!(lacking(&reads, &came("items.status.health")).is_empty());
    assert_eq!(
        lacking(&reads, &came("items.status.health.status")),
        ["items.status.health.status"]
    );
}

#[test]
fn another_choice_of_fields_does_not_hide_a_dropped_path() {
    let replay = Replay::faithful();
    let choices = [
        "items.metadata.name%2Citems.status.health",
        "items.metadata.name%2Citems.status.health.status",
    ];
    let gets = choices.map(|fields| {
        let path = format!("/api/v1/applications?fields={fields}");
        let came = members(&replay.sent(&path).2);
        (path, came)
    });
    assert_eq!(
        dropped(&gets.into()),
        BTreeSet::from(["items.status.health.status"])
    );
}
