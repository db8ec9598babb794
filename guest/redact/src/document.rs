//! Whole documents of Argo CD, redacted in place: for what is written to a file as it came.
//!
//! Nothing but secrets goes: unlike [`crate::Manifest`], which is for answers, `managedFields` and the
//! last applied configuration stay, and objects that stand in texts stay objects.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::{
    keys::is_secret_key,
    lines::LineScrubber,
    manifest::{NAME_FIELDS, REFERENCE_FIELDS, VALUE_FIELDS, is_secret_flag, is_secret_name},
    scrub::scrub,
};

/// Deepest nesting of objects in texts: a live object holds its last applied configuration.
const TEXT_DEPTH: usize = 4;

/// Redacts the documents of one recording. The same secret gets the same number in all of them, so that a
/// difference stays one.
#[derive(Default)]
pub struct Redactor {
    numbers: HashMap<String, usize>,
    hidden: usize,
}

impl Redactor {
    /// Redacts a document.
    pub fn document(&mut self, document: &mut Value) {
        self.object(document, TEXT_DEPTH);
    }

    /// Redacts a body of any form: a document, one document a line as logs are, or text.
    pub fn body(&mut self, body: &str) -> String {
        if let Ok(mut document) = serde_json::from_str::<Value>(body) {
            self.document(&mut document);
            return document.to_string();
        }
        let mut scrubber = LineScrubber::default();
        let mut out = String::with_capacity(body.len());
        for line in body.lines() {
            if let Some(line) = self.line(&mut scrubber, line) {
                out.push_str(&line);
                out.push('\n');
            }
        }
        out
    }

    /// How many values were hidden.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// A line of a log stream, or of text; `None` inside of a private key.
    fn line(&mut self, scrubber: &mut LineScrubber, line: &str) -> Option<String> {
        let Ok(mut entry) = serde_json::from_str::<Value>(line) else {
            let shown = scrubber.line(line)?;
            self.hidden += usize::from(shown != line);
            return Some(shown);
        };
        let content = entry.pointer_mut("/result/content").map(Value::take);
        self.object(&mut entry, TEXT_DEPTH);
        if let Some(Value::String(content)) = content {
            let shown = scrubber.line(&content)?;
            self.hidden += usize::from(shown != content);
            entry["result"]["content"] = Value::String(shown);
        }
        Some(entry.to_string())
    }

    /// An object by the rules of its kind, and each object of a list by those of its own.
    fn object(&mut self, value: &mut Value, depth: usize) {
        let is_core = value["apiVersion"]
            .as_str()
            .is_none_or(|version| version == "v1");
        if value["kind"] == "Secret" && is_core {
            for key in ["data", "stringData"] {
                if let Some(data) = value.get_mut(key) {
                    self.hide(data);
                }
            }
        }
        self.mask(value, depth);
    }

    fn mask(&mut self, value: &mut Value, depth: usize) {
        match value {
            Value::String(text) => self.text(text, depth),
            Value::Array(items) => self.list(items, depth),
            Value::Object(members) => self.members(members, depth),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, text: &mut String, depth: usize) {
        let is_document = text.starts_with(['{', '[']) && depth > 0;
        if is_document && let Ok(mut document) = serde_json::from_str::<Value>(text) {
            self.object(&mut document, depth - 1);
            // What changes nothing keeps its white space.
            if serde_json::from_str::<Value>(text).is_ok_and(|before| before != document) {
                *text = document.to_string();
            }
            return;
        }
        let safe = scrub(text);
        if safe != *text {
            self.hidden += 1;
            *text = safe;
        }
    }

    fn list(&mut self, items: &mut [Value], depth: usize) {
        let mut after_flag = false;
        for item in items {
            let is_flag = item.as_str().is_some_and(is_secret_flag);
            if after_flag && !is_flag {
                self.hide(item);
            } else if item["kind"].is_string() {
                self.object(item, depth);
            } else {
                self.mask(item, depth);
            }
            after_flag = is_flag;
        }
    }

    fn members(&mut self, members: &mut Map<String, Value>, depth: usize) {
        let names_secret = NAME_FIELDS.iter().any(|field| {
            let name = members.get(*field).and_then(Value::as_str);
            name.is_some_and(is_secret_name)
        });
        if names_secret {
            for field in VALUE_FIELDS {
                if let Some(value) = members.get_mut(field) {
                    self.hide(value);
                }
            }
        }
        let changed: Vec<String> = members
            .keys()
            .filter(|key| scrub(key) != **key)
            .cloned()
            .collect();
        for key in changed {
            if let Some(value) = members.remove(&key) {
                self.hidden += 1;
                members.insert(scrub(&key), value);
            }
        }
        for (key, value) in members.iter_mut() {
            if is_secret_key(key) && !is_description(value) {
                self.hide(value);
            } else {
                self.mask(value, depth);
            }
        }
    }

    /// Hides every text and number below `value`.
    fn hide(&mut self, value: &mut Value) {
        match value {
            // What Argo CD masked stays as it masked it: how many signs it has says whether two differ.
            Value::String(text) if text.bytes().all(|byte| byte == b'+') => {}
            Value::String(text) if is_hidden(text) => {}
            Value::String(text) => *text = format!("(hidden {})", self.number(text.clone())),
            Value::Number(number) => *value = Value::from(self.number(number.to_string())),
            Value::Array(items) => items.iter_mut().for_each(|item| self.hide(item)),
            Value::Object(members) => members.values_mut().for_each(|member| self.hide(member)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn number(&mut self, secret: String) -> usize {
        self.hidden += 1;
        let next = self.numbers.len() + 1;
        *self.numbers.entry(secret).or_insert(next)
    }
}

fn is_hidden(text: &str) -> bool {
    text.starts_with("(hidden") && text.ends_with(')')
}

/// What says when a token was made and ends, and what it is called.
const TOKEN_FIELDS: [&str; 3] = ["iat", "exp", "id"];

/// Whether `value` under a secret-looking key only refers to a secret or describes it.
fn is_description(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            let is_known = |key: &String| {
                REFERENCE_FIELDS.contains(&key.as_str()) || TOKEN_FIELDS.contains(&key.as_str())
            };
            !members.is_empty() && members.keys().all(is_known)
        }
        Value::Array(items) => {
            !items.is_empty()
                && items
                    .iter()
                    .all(|item| item.is_object() && is_description(item))
        }
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::Redactor;

    fn redacted(mut document: Value) -> Value {
        Redactor::default().document(&mut document);
        document
    }

    #[test]
    fn secrets_go_wherever_they_stand() {
        let inner = json!({"apiVersion": "v1", "kind": "Secret", "data": {"a": "CANARY"}});
        let applied = json!({"spec": {"env": [{"name": "DB_PASSWORD", "value": "CANARY"}]}});
        let live = json!({"metadata": {"annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": applied.to_string()}}});
        for document in [
            inner.clone(),
            json!({"items": [inner.clone()]}),
            json!({"items": [{"liveState": inner.to_string()}]}),
            json!({"items": [{"liveState": live.to_string()}]}),
            json!({"manifests": [inner.to_string()]}),
            json!({"manifest": live.to_string()}),
            json!({"spec": {"args": ["--token", "CANARY"]}}),
            json!({"spec": {"tokens": [1, "CANARY"]}}),
            json!({"message": "dial https://u:CANARY@h failed"}),
            json!({"helm": {"parameters": [{"name": "db.password", "value": "CANARY"}], "values": "password: CANARY"}}),
            json!({"https://u:CANARY@h": 1}),
        ] {
            let shown = redacted(document.clone()).to_string();
            assert!(!shown.contains("CANARY"), "{shown}");
            assert!(
                shown.contains("hidden") || shown.contains("https://h"),
                "{shown}"
            );
        }
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        for document in [
            json!({"metadata": {"managedFields": [{"manager": "m", "fieldsV1": {"f:spec": {}}}]}}),
            json!({"imagePullSecrets": [{"name": "KEEP"}], "n": 1.5, "b": null}),
            json!({"roles": [{"name": "ci", "jwtTokens": [{"iat": 1, "exp": 2, "id": "x"}]}]}),
            json!({"liveState": "{ \"a\" : 1 }", "targetState": "null"}),
            json!({"kind": "Secret", "data": {"a": "++++++++"}}),
        ] {
            assert_eq!(redacted(document.clone()), document);
        }
    }

    #[test]
    fn a_difference_stays_one() {
        let shown = redacted(json!([{"token": "a"}, {"token": "b"}, {"password": "a"}]));
        assert_eq!(
            shown,
            json!([{"token": "(hidden 1)"}, {"token": "(hidden 2)"}, {"password": "(hidden 1)"}])
        );
        assert_eq!(redacted(shown.clone()), shown);
    }

    #[test]
    fn logs_are_read_line_by_line() {
        let line =
            |content: &str| json!({"result": {"content": content, "podName": "p"}}).to_string();
        let body = [
            line("-----BEGIN PRIVATE KEY-----"),
            line("CANARY"),
            line("-----END PRIVATE KEY-----"),
            line("password=CANARY done"),
            "text with token=CANARY".to_owned(),
        ]
        .join("\n");
        let mut redactor = Redactor::default();
        let shown = redactor.body(&body);
        assert!(!shown.contains("CANARY"), "{shown}");
        assert!(
            shown.contains("password=(hidden) done") && shown.lines().count() == 3,
            "{shown}"
        );
        assert_eq!(redactor.hidden(), 3);
    }
}
