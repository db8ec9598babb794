//! What the simulated Argo CD knows: recorded answers, a test's changes to them, generated applications.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use bytes::Bytes;
use serde_json::Value;

use super::answer::Answer;
use super::derived;
use super::generated::Generated;
use crate::key::{CONTROL_PLANE, Key};
use crate::query::Target;
use crate::recorded::{Index, Recorded};

/// The path of everything about applications.
pub(crate) const APPLICATIONS: [&str; 3] = ["api", "v1", "applications"];

/// The data behind the answers.
pub(crate) struct World {
    index: Arc<Index>,
    changes: Mutex<Changes>,
    pub(crate) generated: Option<Generated>,
    keep_recorded: bool,
}

#[derive(Default)]
struct Changes {
    /// Answers that a test altered; everything computed is computed from these.
    edited: HashMap<Key, Value>,
    /// Answers that a test put in place of everything, computed ones included.
    replaced: Vec<(Target, Bytes)>,
    /// The list as the edits leave it; emptied by each change.
    applications: Option<Arc<Vec<Value>>>,
}

impl World {
    pub(crate) fn new(generated: Option<usize>, keep_recorded: bool) -> Result<Self> {
        Ok(Self {
            index: Index::shared()?,
            changes: Mutex::default(),
            generated: generated.map(Generated::new),
            keep_recorded,
        })
    }

    /// Answers a path with this text from now on. A path with a query stands for that query only.
    pub(crate) fn replace(&self, path: &str, body: Bytes) {
        let target = Target::parse(path);
        let mut changes = self.lock();
        changes.replaced.retain(|(other, _)| *other != target);
        changes.replaced.push((target, body));
    }

    /// Puts an altered answer in the place of a recorded one.
    pub(crate) fn set(&self, key: Key, value: Value) {
        let mut changes = self.lock();
        changes.applications = None;
        changes.edited.insert(key, value);
    }

    /// The text that replaces the answer, the one with a query before the one without.
    pub(crate) fn replacement(&self, target: &Target) -> Option<Bytes> {
        let changes = self.lock();
        let mut asked = target.query.clone();
        asked.sort();
        let exact = changes.replaced.iter().find(|(other, _)| {
            let mut query = other.query.clone();
            query.sort();
            !query.is_empty() && other.path == target.path && query == asked
        });
        let by_path = || {
            changes
                .replaced
                .iter()
                .find(|(other, _)| other.query.is_empty() && other.path == target.path)
        };
        exact.or_else(by_path).map(|(_, body)| body.clone())
    }

    /// The answer behind a key: altered, or as recorded.
    pub(crate) fn answer(&self, key: &Key) -> Option<Answer> {
        if let Some(value) = self.lock().edited.get(key) {
            return Some(Answer::json(value));
        }
        let recorded = self.index.get(key)?;
        let answer = Answer::new(
            recorded.status,
            &recorded.content_type,
            recorded.body.clone(),
        );
        Some(if recorded.status == 200 {
            answer.with("grpc-metadata-content-type", "application/grpc")
        } else {
            answer
        })
    }

    /// The same as a value, if it is a good answer.
    pub(crate) fn json(&self, key: &Key) -> Option<Value> {
        if let Some(value) = self.lock().edited.get(key) {
            return Some(value.clone());
        }
        let recorded = self.index.get(key)?;
        (recorded.status == 200).then(|| serde_json::from_slice(&recorded.body).ok())?
    }

    /// Whether there is an answer of its own for a key, good or bad.
    pub(crate) fn knows(&self, key: &Key) -> bool {
        self.lock().edited.contains_key(key) || self.index.get(key).is_some()
    }

    /// Recorded log streams.
    pub(crate) fn logs(&self) -> &[Recorded] {
        &self.index.logs
    }

    /// Everything known below a path: recorded and altered answers.
    pub(crate) fn under(&self, path: &[&str]) -> Vec<Key> {
        let changes = self.lock();
        let edited = changes.edited.keys().filter(|key| {
            key.path().len() >= path.len() && key.path().iter().zip(path).all(|(a, b)| a == b)
        });
        self.index.under(path).chain(edited).cloned().collect()
    }

    /// Every application as the list shows it, except generated ones.
    pub(crate) fn applications(&self) -> Arc<Vec<Value>> {
        if let Some(list) = &self.lock().applications {
            return Arc::clone(list);
        }
        let list = Arc::new(self.build_applications());
        self.lock().applications = Some(Arc::clone(&list));
        list
    }

    /// One application in full, as `GET /api/v1/applications/NAME` answers it.
    pub(crate) fn application(&self, namespace: &str, name: &str) -> Option<Value> {
        let listed = self.listed(namespace, name)?;
        let path = [APPLICATIONS[0], APPLICATIONS[1], APPLICATIONS[2], name];
        let key = Key::plain(&path, namespace);
        Some(self.json(&key).unwrap_or_else(|| {
            let tree = self.json(&Key::plain(
                &[&path[..], &["resource-tree"]].concat(),
                namespace,
            ));
            derived::with_health(listed, tree.as_ref())
        }))
    }

    /// One application as the list shows it.
    pub(crate) fn listed(&self, namespace: &str, name: &str) -> Option<Value> {
        let is_it = |app: &&Value| app_name(app) == name && app_namespace(app) == namespace;
        let found = self.applications().iter().find(is_it).cloned();
        found.or_else(|| self.generated.as_ref()?.application(namespace, name))
    }

    /// Namespaces that applications may live in.
    pub(crate) fn is_enabled(&self, namespace: &str) -> bool {
        namespace == CONTROL_PLANE
            || self
                .applications()
                .iter()
                .any(|app| app_namespace(app) == namespace)
            || self
                .generated
                .as_ref()
                .is_some_and(|g| g.has_namespace(namespace))
    }

    fn build_applications(&self) -> Vec<Value> {
        let list_key = Key::plain(&APPLICATIONS, CONTROL_PLANE);
        let list_is_edited = self.lock().edited.contains_key(&list_key);
        let mut apps = match self.json(&list_key) {
            Some(list) if list_is_edited || self.generated.is_none() || self.keep_recorded => {
                list["items"].as_array().cloned().unwrap_or_default()
            }
            _ => Vec::new(),
        };
        for (key, edited) in &self.lock().edited {
            if key.path().len() == 4 && key.is_plain() && key.path()[..3] == APPLICATIONS {
                let edited = derived::as_listed(edited, key);
                let same = |app: &Value| {
                    app_name(app) == app_name(&edited)
                        && app_namespace(app) == app_namespace(&edited)
                };
                apps.retain(|app| !same(app));
                apps.push(edited);
            }
        }
        apps.sort_by(|a, b| (app_name(a), app_namespace(a)).cmp(&(app_name(b), app_namespace(b))));
        apps
    }

    fn lock(&self) -> MutexGuard<'_, Changes> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `metadata.name`.
pub(crate) fn app_name(app: &Value) -> &str {
    text(app, "/metadata/name")
}

/// `metadata.namespace`.
pub(crate) fn app_namespace(app: &Value) -> &str {
    text(app, "/metadata/namespace")
}

/// `spec.project`.
pub(crate) fn app_project(app: &Value) -> &str {
    text(app, "/spec/project")
}

/// The text behind a pointer, or nothing.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
