//! The two ways in which Argo CD obeys `fields`: a fixed whitelist on the applications list, which
//! grew with the versions, and a generic processor on everything else that looks at it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// A server version, for what changed between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// Reads `v3.5.1+109ca7c`; what is no number counts as 0.
    pub fn parse(text: &str) -> Self {
        let core = text.trim_start_matches('v');
        let core = core.split(['+', '-']).next().unwrap_or_default();
        let mut parts = core.split('.').map(|part| part.parse().unwrap_or(0));
        let mut next = || parts.next().unwrap_or(0);
        Self(next(), next(), next())
    }
}

/// The `fields` parameter, split.
pub(crate) struct Fields {
    paths: BTreeSet<String>,
    exclude: bool,
}

impl Fields {
    /// `None` when nothing is to be filtered. A leading `-` turns the whole list into an exclusion.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let rest = text.strip_prefix('-');
        Some(Self {
            paths: rest.unwrap_or(text).split(',').map(str::to_owned).collect(),
            exclude: rest.is_some(),
        })
    }

    /// The generic processor: arrays are transparent, a named parent keeps its subtree, and a key
    /// whose path is a string prefix of a named one survives.
    pub(crate) fn filter(&self, value: &mut Value) {
        self.filter_at("", value);
    }

    fn filter_at(&self, path: &str, value: &mut Value) {
        match value {
            Value::Object(map) => map.retain(|key, value| {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                let named = self.paths.contains(&path);
                let below = || self.paths.iter().any(|p| p.starts_with(&path));
                let keep = if self.exclude {
                    !named
                } else {
                    named || below()
                };
                if keep && !named {
                    self.filter_at(&path, value);
                }
                keep
            }),
            Value::Array(items) => items.iter_mut().for_each(|item| self.filter_at(path, item)),
            _ => {}
        }
    }

    /// The whitelisted paths (without `items.`) that a server of this version selects.
    pub(crate) fn of_applications(&self, version: Version) -> Selection {
        let known = WHITELIST
            .iter()
            .filter(|(since, _)| version >= *since)
            .map(|(_, path)| *path)
            .filter(|path| self.paths.contains(&format!("items.{path}")) != self.exclude)
            .collect();
        Selection {
            paths: known,
            version,
        }
    }
}

const WHITELIST: [(Version, &str); 24] = [
    (Version(2, 8, 0), "metadata.name"),
    (Version(2, 8, 0), "metadata.namespace"),
    (Version(2, 8, 0), "metadata.annotations"),
    (Version(2, 8, 0), "metadata.labels"),
    (Version(2, 8, 0), "metadata.creationTimestamp"),
    (Version(2, 8, 0), "metadata.deletionTimestamp"),
    (Version(2, 8, 0), "spec"),
    (Version(3, 5, 0), "spec.destination"),
    (Version(3, 5, 0), "spec.project"),
    (Version(3, 5, 0), "spec.source"),
    (Version(3, 5, 0), "spec.sources"),
    (Version(3, 5, 0), "spec.sourceHydrator"),
    (Version(3, 5, 0), "spec.syncPolicy"),
    (Version(3, 2, 0), "status.sourceHydrator"),
    (Version(2, 8, 0), "status.sync.status"),
    (Version(3, 5, 0), "status.sync.revision"),
    (Version(2, 8, 0), "status.health"),
    (Version(2, 8, 0), "status.summary"),
    (Version(2, 8, 0), "status.resources"),
    (Version(2, 8, 0), "status.operationState.startedAt"),
    (Version(2, 8, 0), "status.operationState.finishedAt"),
    (Version(2, 8, 0), "status.operationState.phase"),
    (Version(2, 8, 0), "status.operationState.operation.sync"),
    (Version(2, 8, 0), "operation.sync"),
];

/// What of each application the list shows.
pub(crate) struct Selection {
    paths: Vec<&'static str>,
    version: Version,
}

impl Selection {
    /// Whether Argo CD trips over it: the whole spec and a part of it, in the order of a Go map.
    pub(crate) fn is_a_trap(&self) -> bool {
        self.paths.contains(&"spec") && self.paths.iter().any(|path| path.starts_with("spec."))
    }

    /// The projection of one application.
    pub(crate) fn project(&self, app: &Value) -> Value {
        let mut projected = Map::new();
        for path in &self.paths {
            if let Some(value) = self.read(app, path) {
                set(&mut projected, path, value);
            }
        }
        Value::Object(projected)
    }

    /// The value behind a path as Go writes it: typed zero values appear, untyped ones do not.
    fn read(&self, app: &Value, path: &str) -> Option<Value> {
        let pointer = format!("/{}", path.replace('.', "/"));
        let found = app.pointer(&pointer).cloned();
        match path {
            "metadata.name"
            | "metadata.namespace"
            | "spec.project"
            | "status.sync.status"
            | "status.sync.revision" => Some(found.unwrap_or_else(|| json!(""))),
            "spec"
            | "spec.destination"
            | "status.health"
            | "status.summary"
            | "status.sourceHydrator" => Some(found.unwrap_or_else(|| json!({}))),
            "status.resources" => {
                found.filter(|list| list.as_array().is_some_and(|l| !l.is_empty()))
            }
            "operation.sync" => {
                app.get("operation")?;
                Some(found.unwrap_or(Value::Null))
            }
            "status.operationState.operation.sync" => self.sync_result(app),
            path if path.starts_with("status.operationState.") => {
                app.pointer("/status/operationState")?;
                Some(found.unwrap_or(Value::Null))
            }
            _ => Some(found.unwrap_or(Value::Null)),
        }
    }

    /// The path says operation, the server answers with the result, up to 3.5.1.
    fn sync_result(&self, app: &Value) -> Option<Value> {
        let state = app.pointer("/status/operationState")?;
        if self.version >= Version(3, 5, 7) {
            return Some(json!({}));
        }
        Some(state.get("syncResult").cloned().unwrap_or(Value::Null))
    }
}

fn set(into: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            into.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let entry = into.entry(first).or_insert_with(|| json!({}));
            if let Value::Object(map) = entry {
                set(map, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generic_processor_is_a_plain_prefix_test() {
        let mut value =
            json!({"items": [{"a": 1, "ab": {"c": 2, "d": 3}, "x": {"y": 4}}], "metadata": {}});
        Fields::parse("items.ab.c,items.x")
            .unwrap()
            .filter(&mut value);
        // `a` is a string prefix of `ab`, and survives.
        assert_eq!(
            value,
            json!({"items": [{"a": 1, "ab": {"c": 2}, "x": {"y": 4}}]})
        );
        Fields::parse("-items.ab").unwrap().filter(&mut value);
        assert_eq!(value, json!({"items": [{"a": 1, "x": {"y": 4}}]}));
        assert!(Fields::parse("").is_none());
    }

    #[test]
    fn the_whitelist_grew_with_the_versions() {
        let app = json!({"metadata": {"name": "a"}, "spec": {"project": "p"}});
        let fields = Fields::parse("items.metadata.name,items.spec.project").unwrap();
        let shown = |version| {
            fields
                .of_applications(Version::parse(version))
                .project(&app)
        };
        assert_eq!(shown("v3.5.1+109ca7c"), app);
        assert_eq!(shown("v3.4.7"), json!({"metadata": {"name": "a"}}));
        let trap = Fields::parse("items.spec,items.spec.project").unwrap();
        assert!(trap.of_applications(Version(3, 5, 0)).is_a_trap());
        assert!(!trap.of_applications(Version(3, 4, 9)).is_a_trap());
        let exclude = Fields::parse("-items.spec.source").unwrap();
        assert!(exclude.of_applications(Version(3, 5, 1)).is_a_trap());
    }
}
