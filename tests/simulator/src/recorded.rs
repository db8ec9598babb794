//! The recorded answers, embedded, and an index over those that an answer can be looked up in.
//! Built when a simulator starts, never before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use serde::Deserialize;

use crate::{archive::FILES, key::Key, query::Target};

/// The folder of what belongs to no single application.
pub(crate) const SERVER: &str = "_server";

/// One row of an `index.json`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    pub(crate) request: String,
    #[serde(rename = "as")]
    pub(crate) account: String,
    pub(crate) status: u16,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) file: String,
    #[serde(default)]
    pub(crate) request_headers: HashMap<String, String>,
    #[cfg(test)]
    #[serde(default)]
    pub(crate) request_body: Option<serde_json::Value>,
}

/// A recorded answer.
#[derive(Clone)]
pub(crate) struct Recorded {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Bytes,
    /// The query as sent, for readers that learn from it (logs).
    pub(crate) target: Target,
}

/// Names of the recorded scenarios' folders, and `_server` (what belongs to no single application) first.
pub fn folders() -> Vec<&'static str> {
    let names = FILES.keys().filter_map(|name| name.split_once('/'));
    let mut names: Vec<_> = names.map(|(folder, _)| folder).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// One recorded file as it was received, or a scenario's `question.md`.
pub fn file(folder: &str, name: &str) -> Option<&'static [u8]> {
    FILES.get(format!("{folder}/{name}").as_str()).copied()
}

/// The rows of a folder.
pub(crate) fn rows(folder: &str) -> Result<Vec<Row>> {
    let text = file(folder, "index.json").with_context(|| format!("no index in {folder}"))?;
    serde_json::from_slice(text).with_context(|| format!("index of {folder}"))
}

/// What the read-only account got from a server in good order.
pub(crate) struct Index {
    plain: HashMap<Key, Recorded>,
    /// Recordings of logs, in any account's name: the lines are the same.
    pub(crate) logs: Vec<Recorded>,
}

impl Index {
    /// The index, which the first simulator of a process builds.
    pub(crate) fn shared() -> Result<Arc<Self>> {
        static SHARED: Mutex<Option<Arc<Index>>> = Mutex::new(None);
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = &*shared {
            return Ok(Arc::clone(index));
        }
        let index = Arc::new(Self::build()?);
        *shared = Some(Arc::clone(&index));
        Ok(index)
    }

    /// Reads every index. The first recording of a request counts, and `_server` is read first.
    fn build() -> Result<Self> {
        let mut index = Self {
            plain: HashMap::new(),
            logs: Vec::new(),
        };
        for folder in folders() {
            for row in rows(folder)? {
                index.add(folder, &row);
            }
        }
        Ok(index)
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Recorded> {
        self.plain.get(key)
    }

    /// Every key whose path starts like this.
    pub(crate) fn under<'a>(&'a self, path: &'a [&'a str]) -> impl Iterator<Item = &'a Key> {
        self.plain.keys().filter(move |key| {
            key.path().len() >= path.len() && key.path().iter().zip(path).all(|(a, b)| a == b)
        })
    }

    fn add(&mut self, folder: &str, row: &Row) {
        let Some(path) = row.request.strip_prefix("GET ") else {
            return;
        };
        if folder == SERVER && is_of_another_server(&row.file) {
            return;
        }
        let target = Target::parse(path);
        let Some(body) = file(folder, &row.file) else {
            return;
        };
        let recorded = Recorded {
            status: row.status,
            content_type: row.headers.get("Content-Type").cloned().unwrap_or_default(),
            body: Bytes::from_static(body),
            target: target.clone(),
        };
        let is_log = target.path.last().is_some_and(|last| last == "logs");
        if is_log && row.status == 200 && !row.file.contains("event-stream") {
            self.logs.push(recorded);
        } else if !is_log && row.account == "ci" && looks_up(row) {
            self.plain.entry(target.key()).or_insert(recorded);
        }
    }
}

/// Identity errors, lists of applications and compressed bodies are computed.
fn looks_up(row: &Row) -> bool {
    !matches!(row.status, 403 | 404)
        && row.request_headers.is_empty()
        && !row.request.starts_with("GET /api/v1/applications?")
        && !row.request.contains("/managed-resources?fields=")
        && !row.request.starts_with("GET /api/v1/projects?")
        && !row.request.starts_with("GET /api/v1/clusters?")
        && !row.request.contains("/can-i/")
}

/// Answers of a server with a prefix, an emptied cache, or spoken to in plain HTTP on its TLS port.
fn is_of_another_server(file: &str) -> bool {
    ["cold-cache-", "rootpath-", "prefix-not-", "tls-port-"]
        .iter()
        .any(|start| file.starts_with(start))
}
