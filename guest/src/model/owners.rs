//! The last writers of the changed fields of a live object, from its `managedFields`.
//!
//! An entry names a program, not a person; a removed field has no owner. A change by an admission
//! webhook counts for the program whose request it changed.

use std::collections::BTreeMap;

use crate::{
    answer::word,
    model::{
        changes::{self, Change},
        managed::Manager,
    },
    redact::Node,
};

/// How the names of Argo CD's own field managers begin.
const OWN: &str = "argocd-";
/// The one of them by which people edit live objects: Argo CD's UI, CLI and API.
const SERVER: &str = "argocd-server";
/// Deepest level of the fields of an entry that is read.
const DEPTH_MAX: usize = 40;

/// The last write of a field by a program other than Argo CD, from an entry of `managedFields`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Writer {
    /// `kubectl-set`, `kubectl (scale)`.
    pub(crate) name: String,
    /// RFC 3339; may be empty.
    pub(crate) time: String,
}

impl Writer {
    /// `kubectl-set at 2026-11-22T21:11:09Z`.
    pub(crate) fn words(&self) -> String {
        match self.time.as_str() {
            "" => self.name.clone(),
            time => format!("{} at {time}", self.name),
        }
    }
}

/// Whose the last write of a field was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Argo CD's.
    Own,
    /// Another program's.
    Other(Writer),
}

/// Whether an entry is of what Argo CD applies by itself.
pub(crate) fn is_own(manager: &Manager) -> bool {
    manager.name.starts_with(OWN) && &*manager.name != SERVER
}

/// The owner of each of `changes`; `None` for a field without an entry.
pub(crate) fn of(managers: &[Manager], changes: &[Change]) -> Vec<Option<Owner>> {
    if changes.is_empty() {
        return Vec::new();
    }
    let mut owners: BTreeMap<String, &Manager> = BTreeMap::new();
    for manager in managers {
        let mut paths = Vec::new();
        leaves(manager.fields.node(), String::new(), 0, &mut paths);
        for path in paths {
            let newest = owners.entry(path).or_insert(manager);
            // Of two in the same second the other program's counts: that none wrote it must be certain.
            let is_tie = *manager.time == *newest.time && is_own(newest) && !is_own(manager);
            if *manager.time > *newest.time || is_tie {
                *newest = manager;
            }
        }
    }
    let named = |change: &Change| {
        let manager = owner(&owners, change.path())?;
        match (is_own(manager), manager.name.is_empty()) {
            (true, _) => Some(Owner::Own),
            (false, true) => None,
            (false, false) => Some(Owner::Other(writer(manager))),
        }
    };
    changes.iter().map(named).collect()
}

/// The entry as a writer.
pub(crate) fn writer(manager: &Manager) -> Writer {
    let sub = match &*manager.subresource {
        "" => String::new(),
        sub => format!(" ({})", word(sub)),
    };
    Writer {
        name: format!("{}{sub}", word(&manager.name)),
        time: word(&manager.time),
    }
}

/// The owner of the field itself, of the nearest one that it is part of, or of one that is part of it.
fn owner<'a>(owners: &BTreeMap<String, &'a Manager>, path: &str) -> Option<&'a Manager> {
    let is_below = |inner: &str, outer: &str| inner != outer && changes::is_within(inner, outer);
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
    // `.` is the mere existence of an object or item, whose fields may be others'; `v:` an item of a set.
    let is_set = map.keys().any(|key| key.starts_with("v:"));
    let is_leaf = !path.is_empty() && (map.is_empty() || is_set);
    for (key, value) in map {
        let Some(inner) = step(&path, key).filter(|_| depth < DEPTH_MAX) else {
            continue;
        };
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

    use crate::model::owners::{Owner, of};
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
        let owners = of(managers, &changes::between(live.node(), wanted.node()));
        let others = owners
            .into_iter()
            .flatten()
            .filter_map(|owner| match owner {
                Owner::Other(writer) => Some(writer.words()),
                Owner::Own => None,
            });
        others.collect()
    }

    #[test]
    fn of_two_in_one_second_the_other_program_wrote_it() {
        let entry = |name: &str, time: &str| {
            manager(json!({"manager": name, "operation": "Update", "time": time,
                "fieldsV1": {"f:spec": {"f:replicas": {}}}}))
        };
        let scaled = |replicas: i64| json!({"spec": {"replicas": replicas}});
        let at = "2026-11-02T00:00:00Z";
        for order in [
            ["argocd-controller", "scaler"],
            ["scaler", "argocd-controller"],
        ] {
            let both = order.map(|name| entry(name, at));
            assert_eq!(
                writers(&both, scaled(7), scaled(2)),
                ["scaler at 2026-11-02T00:00:00Z"]
            );
        }
        let earlier = [
            entry("scaler", at),
            entry("argocd-controller", "2026-11-02T00:00:01Z"),
        ];
        let none: [String; 0] = [];
        assert_eq!(writers(&earlier, scaled(7), scaled(2)), none);
    }

    #[test]
    fn an_entry_for_the_mere_existence_of_a_map_writes_no_field_in_it() {
        let entry = json!({"manager": "helm", "time": "2026-11-02T00:00:00Z", "fieldsV1": {
            "f:metadata": {"f:annotations": {".": {}}, "f:finalizers": {".": {}, "v:\"a/b\"": {}}}}});
        let annotated = |value: &str| json!({"metadata": {"annotations": {"a": value}}});
        let none: [String; 0] = [];
        assert_eq!(
            writers(&[manager(entry.clone())], annotated("1"), annotated("2")),
            none
        );
        let finalized = |list: Value| json!({"metadata": {"finalizers": list}});
        let writers = writers(
            &[manager(entry)],
            finalized(json!(["a/b"])),
            finalized(json!([])),
        );
        assert_eq!(writers, ["helm at 2026-11-02T00:00:00Z"]);
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
            // Argo CD's own, and nobody's; its server is how somebody edits.
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
