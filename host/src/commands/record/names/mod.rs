//! Replaces what tells whose incident it is: names, hosts, addresses, commits and people; by the same
//! other words in every file, in requests, messages, logs and objects in texts.
//!
//! Names are numbered in their alphabetical order, so that lists keep theirs. Which words stay is in `words`.

mod found;
mod table;
mod words;

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value};

use super::gathered::Document;
use found::Found;
use table::Table;

/// What the guest escapes in paths and queries.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'*');

/// Members whose values are words of Kubernetes or Argo CD, whatever an object is called.
const FIXED: [&str; 17] = [
    "apiVersion",
    "fieldsType",
    "group",
    "healthStatus",
    "hookPhase",
    "hookType",
    "kind",
    "operation",
    "phase",
    "protocol",
    "reason",
    "resourceVersion",
    "status",
    "syncPhase",
    "type",
    "uid",
    "version",
];
/// Members whose keys are names or hold some.
const NAMED_KEYS: [&str; 9] = [
    "annotations",
    "binaryData",
    "data",
    "labels",
    "matchLabels",
    "nodeLabels",
    "nodeSelector",
    "selector",
    "stringData",
];

/// The replacements for one recording.
pub(super) struct Names {
    table: Table,
    kept: BTreeSet<String>,
}

/// What was replaced.
#[derive(Default)]
pub(super) struct Replaced {
    pairs: Vec<(String, String)>,
    counts: Vec<(&'static str, usize)>,
    kept: Vec<String>,
}

impl Names {
    /// The replacements for everything that is found in these documents.
    pub(super) fn of(documents: &[Document]) -> Names {
        let mut found = Found::default();
        for document in documents {
            found.request(&document.request);
            for value in values(&document.body) {
                found.document(&value);
            }
        }
        let (table, kept) = found.table();
        Names { table, kept }
    }

    /// Replaces them, in requests and bodies.
    pub(super) fn replace(mut self, documents: &mut [Document]) -> Replaced {
        for document in &mut *documents {
            document.request = self.request(&document.request);
            document.body = self.body(&document.body);
        }
        documents.sort_by(|a, b| a.request.cmp(&b.request));
        let pairs = self.table.used();
        Replaced {
            counts: self.table.counts(),
            pairs,
            kept: self.kept.into_iter().collect(),
        }
    }

    fn body(&mut self, body: &str) -> String {
        if let Ok(mut document) = serde_json::from_str::<Value>(body) {
            self.value(&mut document);
            return document.to_string();
        }
        let mut out = String::with_capacity(body.len());
        for line in body.lines() {
            match serde_json::from_str::<Value>(line) {
                Ok(mut entry) => {
                    self.value(&mut entry);
                    out.push_str(&entry.to_string());
                }
                Err(_) => out.push_str(&self.table.replace(line)),
            }
            out.push('\n');
        }
        out
    }

    fn value(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(members) => self.members(members),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, text: &mut String) {
        if text.starts_with(['{', '['])
            && let Ok(mut document) = serde_json::from_str::<Value>(text)
        {
            let before = document.clone();
            self.value(&mut document);
            if before != document {
                *text = document.to_string();
            }
            return;
        }
        let other = self.table.replace(text);
        if other != *text {
            *text = other;
        }
    }

    fn members(&mut self, members: &mut Map<String, Value>) {
        for (key, value) in members.iter_mut() {
            let is_fixed = value.is_string() && FIXED.contains(&key.as_str());
            if is_fixed {
                continue;
            }
            self.value(value);
            if let (true, Value::Object(inner)) = (NAMED_KEYS.contains(&key.as_str()), value) {
                self.keys(inner);
            }
        }
        // A key of managed fields has names of objects in it, as `k:{"name":"web"}`; a plain word is a member.
        let is_plain = |key: &String| key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if members.keys().any(|key| !is_plain(key)) {
            self.keys(members);
        }
    }

    fn keys(&mut self, members: &mut Map<String, Value>) {
        let old = std::mem::take(members);
        for (key, value) in old {
            let key = if FIXED.contains(&key.as_str()) {
                key
            } else {
                self.table.replace(&key)
            };
            members.insert(key, value);
        }
    }

    /// The request with other names. Its route stays.
    fn request(&mut self, request: &str) -> String {
        let (path, query) = request.split_once('?').unwrap_or((request, ""));
        let segments: Vec<&str> = path.split('/').collect();
        let of_path: Vec<String> = segments
            .iter()
            .enumerate()
            .map(|(at, segment)| {
                if is_name_at(&segments, at) {
                    self.escaped(segment)
                } else {
                    (*segment).to_owned()
                }
            })
            .collect();
        let of_path = of_path.join("/");
        if query.is_empty() {
            return of_path;
        }
        let pairs = query.split('&').map(|pair| match pair.split_once('=') {
            Some((key, value)) if !FIXED.contains(&key) => format!("{key}={}", self.escaped(value)),
            _ => pair.to_owned(),
        });
        let pairs: Vec<String> = pairs.collect();
        format!("{of_path}?{}", pairs.join("&"))
    }

    fn escaped(&mut self, text: &str) -> String {
        let plain = percent_decode_str(text).decode_utf8_lossy();
        let other = self.table.replace(&plain);
        if other == plain {
            text.to_owned()
        } else {
            utf8_percent_encode(&other, ESCAPED).to_string()
        }
    }
}

/// Whether a path of `/api/v1` has a name in this place.
fn is_name_at(segments: &[&str], at: usize) -> bool {
    match (segments.get(3), at) {
        (Some(&"account"), at) => at >= 7,
        (_, 4) => true,
        (_, 6) => segments.get(5) == Some(&"revisions"),
        _ => false,
    }
}

/// The documents of a body: one, or one a line; text that is none as a text.
fn values(body: &str) -> Vec<Value> {
    match serde_json::from_str(body) {
        Ok(document) => vec![document],
        Err(_) => body
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| Value::from(line)))
            .collect(),
    }
}

impl Replaced {
    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Each original with what stands for it, in the order of the originals.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// Words that might be names and stay.
    pub(super) fn kept(&self) -> &[String] {
        &self.kept
    }

    /// How many of each, for a reader.
    pub(super) fn counts(&self) -> String {
        let counts = self
            .counts
            .iter()
            .map(|(what, count)| format!("{count} {what}"));
        counts.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests;
