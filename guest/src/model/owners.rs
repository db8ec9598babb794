//! The last writers of the changed fields of a live object, from its `managedFields`.
//!
//! An entry names a program, not a person; a removed field has no owner. A change by an admission
//! webhook counts for the program whose request it changed.

use std::collections::BTreeMap;

use crate::{
    answer::{order, word},
    model::{
        changes::{self, Change},
        managed::Manager,
    },
    redact::Node,
};

/// Argo CD's own field managers: their writes do not explain a difference.
const OWN: &str = "argocd-controller";
/// Maximum programs named.
const WRITERS_MAX: usize = 3;
/// Deepest level of the fields of an entry that is read.
const DEPTH_MAX: usize = 40;

/// The programs that last wrote `changes`, with the time if known: `kubectl (scale)`,
/// `kubectl-set at 2026-11-22T21:11:09Z`. Argo CD itself is left out.
pub(crate) fn of(managers: &[Manager], changes: &[Change]) -> Vec<String> {
    if changes.is_empty() {
        return Vec::new();
    }
    let mut owners: BTreeMap<String, &Manager> = BTreeMap::new();
    for manager in managers {
        let mut paths = Vec::new();
        leaves(manager.fields.node(), String::new(), 0, &mut paths);
        for path in paths {
            let newest = owners.entry(path).or_insert(manager);
            if *manager.time > *newest.time {
                *newest = manager;
            }
        }
    }
    let mut writers: Vec<String> = changes
        .iter()
        .filter_map(|change| owner(&owners, change.path()))
        .filter(|manager| &*manager.name != OWN && !manager.name.is_empty())
        .map(named)
        .collect();
    order::by(&mut writers, String::cmp);
    writers.dedup();
    writers.truncate(WRITERS_MAX);
    writers
}

fn named(manager: &Manager) -> String {
    let sub = match &*manager.subresource {
        "" => String::new(),
        sub => format!(" ({})", word(sub)),
    };
    let time = match &*manager.time {
        "" => String::new(),
        time => format!(" at {}", word(time)),
    };
    format!("{}{sub}{time}", word(&manager.name))
}

/// The owner of the field itself, of the nearest one that it is part of, or of one that is part of it.
fn owner<'a>(owners: &BTreeMap<String, &'a Manager>, path: &str) -> Option<&'a Manager> {
    let is_below = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.starts_with(['.', '[']))
    };
    let around = || {
        let around = owners.iter().filter(|(leaf, _)| is_below(path, leaf));
        around
            .max_by_key(|(leaf, _)| leaf.len())
            .map(|(_, manager)| manager)
    };
    let inside = || {
        let inside = owners.iter().filter(|(leaf, _)| is_below(leaf, path));
        inside
            .map(|(_, manager)| manager)
            .max_by(|a, b| a.time.cmp(&b.time))
    };
    owners.get(path).or_else(around).or_else(inside).copied()
}

/// The paths of `fieldsV1` in the spelling of [`Change::path`].
fn leaves(fields: &Node, path: String, depth: usize, out: &mut Vec<String>) {
    let Node::Map(map) = fields else { return };
    let mut is_leaf = !path.is_empty();
    for (key, value) in map {
        let Some(inner) = step(&path, key).filter(|_| depth < DEPTH_MAX) else {
            continue;
        };
        is_leaf = false;
        leaves(value, inner, depth + 1, out);
    }
    if is_leaf {
        out.push(path);
    }
}

/// `f:replicas` is a field, `k:{"name":"web"}` an item of a list; others are no steps.
fn step(path: &str, key: &str) -> Option<String> {
    match key.split_once(':')? {
        ("f", name) => Some(changes::field(path, name)),
        ("k", keys) => {
            let keys: serde_json::Value = serde_json::from_str(keys).ok()?;
            Some(format!("{path}[{}]", changes::label(keys.as_object()?)?))
        }
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use crate::model::owners::of;
    use crate::{
        model::{changes, managed::Manager},
        redact::Manifest,
    };

    fn manager(entry: Value) -> Manager {
        serde_json::from_value(entry).unwrap()
    }

    fn writers(managers: &[Manager], live: Value, wanted: Value) -> Vec<String> {
        let manifest = |value: Value| serde_json::from_value::<Manifest>(value).unwrap();
        let (live, wanted) = (manifest(live), manifest(wanted));
        of(managers, &changes::between(live.node(), wanted.node()))
    }

    #[test]
    fn the_last_writer_of_each_changed_field() {
        let managers = [
            manager(
                json!({"manager": "kubectl", "subresource": "scale", "fieldsV1": {"f:spec": {"f:replicas": {}}}}),
            ),
            manager(
                json!({"manager": "argocd-controller", "time": "2026-11-01T00:00:00Z", "fieldsV1": {
                "f:metadata": {"f:labels": {".": {}, "f:example.com/team": {}}},
                "f:spec": {"f:env": {"k:{\"name\":\"A\"}": {".": {}, "f:name": {}}}, "f:ports": {"k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {"f:containerPort": {}}}}}}),
            ),
            manager(
                json!({"manager": "kubectl-edit", "time": "2026-11-02T00:00:00Z", "fieldsV1": {
                "f:metadata": {"f:labels": {"f:example.com/team": {}}},
                "f:spec": {"f:env": {"k:{\"name\":\"A\"}": {"f:value": {}}}, "f:selector": {}}}}),
            ),
        ];
        for (live, wanted, want) in [
            (
                json!({"spec": {"replicas": 5}}),
                json!({"spec": {"replicas": 3}}),
                vec!["kubectl (scale)"],
            ),
            (
                json!({"metadata": {"labels": {"example.com/team": "a"}}}),
                json!({"metadata": {"labels": {"example.com/team": "b"}}}),
                vec!["kubectl-edit at 2026-11-02T00:00:00Z"],
            ),
            (
                json!({"spec": {"env": [{"name": "A", "value": "1"}]}}),
                json!({"spec": {"env": [{"name": "A", "value": "2"}]}}),
                vec!["kubectl-edit at 2026-11-02T00:00:00Z"],
            ),
            // Part of a field that is owned whole, and a whole of which a part is owned.
            (
                json!({"spec": {"selector": {"app": "x"}}}),
                json!({"spec": {"selector": {"app": "y"}}}),
                vec!["kubectl-edit at 2026-11-02T00:00:00Z"],
            ),
            (
                json!({"spec": {"env": [{"name": "A", "value": "1"}]}}),
                json!({"spec": {}}),
                vec!["kubectl-edit at 2026-11-02T00:00:00Z"],
            ),
            // Argo CD's own, and nobody's.
            (
                json!({"spec": {"ports": [{"containerPort": 80}]}}),
                json!({"spec": {"ports": []}}),
                vec![],
            ),
            (
                json!({"spec": {}}),
                json!({"spec": {"paused": true}}),
                vec![],
            ),
        ] {
            assert_eq!(writers(&managers, live.clone(), wanted), want, "{live}");
        }
    }
}
