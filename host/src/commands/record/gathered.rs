//! From what was read, some of it several times and in parts, to one document for each request.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::upstream::Exchange;

/// A document of the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Document {
    /// Path and query, below the path prefix, without `fields`.
    pub(super) request: String,
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) body: String,
}

/// What of a query asks for a part of a document, or of a log.
const PARTS: [&str; 3] = ["fields", "tailLines", "sinceSeconds"];

/// One document for each request, in their order.
pub(super) fn documents(exchanges: Vec<Exchange>) -> Vec<Document> {
    let mut found: BTreeMap<String, Document> = BTreeMap::new();
    for exchange in exchanges {
        // Whoever has no login gets nothing that says anything of the application.
        if exchange.status == 401 {
            continue;
        }
        let document = Document {
            request: without(&exchange.request, &["fields"]),
            status: exchange.status,
            content_type: exchange.content_type,
            body: String::from_utf8_lossy(&exchange.body).into_owned(),
        };
        match found.get_mut(&without(&exchange.request, &PARTS)) {
            None => drop(found.insert(without(&exchange.request, &PARTS), document)),
            Some(known) => unite(known, document),
        }
    }
    found.into_values().collect()
}

/// The request without some keys of its query.
fn without(request: &str, keys: &[&str]) -> String {
    let Some((path, query)) = request.split_once('?') else {
        return request.to_owned();
    };
    let pairs = query.split('&');
    let kept: Vec<&str> = pairs
        .filter(|pair| !keys.contains(&pair.split('=').next().unwrap_or_default()))
        .collect();
    if kept.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", kept.join("&"))
    }
}

/// The better of two answers to one request, or both as one when each may have a part.
fn unite(known: &mut Document, other: Document) {
    let is_log = known
        .request
        .split('?')
        .next()
        .is_some_and(|path| path.ends_with("/logs"));
    let is_better =
        other.status == 200 && (known.status != 200 || (is_log && extent(&other) > extent(known)));
    if is_better {
        *known = other;
        return;
    }
    if is_log || other.status != known.status {
        return;
    }
    let parsed = |text: &str| serde_json::from_str::<Value>(text).ok();
    if let (Some(mut into), Some(from)) = (parsed(&known.body), parsed(&other.body)) {
        add(&mut into, from);
        known.body = into.to_string();
    }
}

/// How much of a log a document has: its lines, and for how many was asked. Not its bytes: the server's
/// clock is in them.
fn extent(log: &Document) -> (usize, usize) {
    let asked = log.request.split(['?', '&']);
    let asked = asked.filter_map(|pair| pair.strip_prefix("tailLines=")?.parse().ok());
    (log.body.lines().count(), asked.max().unwrap_or(usize::MAX))
}

/// Adds the members of `from` that `into` lacks; items of lists are matched by what they are called.
fn add(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                match into.get_mut(&key) {
                    Some(known) => add(known, value),
                    None => drop(into.insert(key, value)),
                }
            }
        }
        (Value::Array(into), Value::Array(from)) => {
            for item in from {
                let name = identity(&item);
                match into
                    .iter_mut()
                    .find(|known| name.is_some() && identity(known) == name)
                {
                    Some(known) => add(known, item),
                    None if name.is_some() => into.push(item),
                    None => {}
                }
            }
        }
        (into @ Value::Null, from) => *into = from,
        _ => {}
    }
}

/// What an item of a list of applications or of managed resources is called.
fn identity(item: &Value) -> Option<Vec<&str>> {
    let metadata = &item["metadata"];
    if let Some(name) = metadata["name"].as_str() {
        return Some(vec![
            metadata["namespace"].as_str().unwrap_or_default(),
            name,
        ]);
    }
    let word = |key: &str| item[key].as_str().unwrap_or_default();
    let name = item["name"].as_str().filter(|_| item["kind"].is_string())?;
    Some(vec![word("group"), word("kind"), word("namespace"), name])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Document, Exchange, documents};

    fn read(request: &str, status: u16, body: &str) -> Exchange {
        Exchange {
            request: request.to_owned(),
            status,
            content_type: "application/json".to_owned(),
            body: body.as_bytes().to_vec(),
        }
    }

    fn shown(exchanges: Vec<Exchange>) -> Vec<(String, u16, String)> {
        let shown = |document: Document| (document.request, document.status, document.body);
        documents(exchanges).into_iter().map(shown).collect()
    }

    #[test]
    fn parts_become_one_document() {
        let item = |more: (&str, &str)| {
            json!({"items": [{"kind": "K", "name": "n", more.0: more.1}]}).to_string()
        };
        let path = "/a/managed-resources";
        assert_eq!(
            shown(vec![
                read(&format!("{path}?fields=items.liveState"), 200, &item(("liveState", "{}"))),
                read(&format!("{path}?fields=items.targetState"), 200, &item(("targetState", "null"))),
            ]),
            [(path.to_owned(), 200, json!({"items": [{"kind": "K", "name": "n", "liveState": "{}", "targetState": "null"}]}).to_string())]
        );
        // Lists without names are not mixed.
        assert_eq!(
            shown(vec![
                read("/a", 200, r#"{"l":[1]}"#),
                read("/a", 200, r#"{"l":[2]}"#)
            ]),
            [("/a".to_owned(), 200, r#"{"l":[1]}"#.to_owned())]
        );
    }

    #[test]
    fn the_longest_log_and_the_good_answer_stay() {
        let log = |lines: usize| format!("/a/logs?podName=p&tailLines={lines}");
        assert_eq!(
            shown(vec![
                read(&log(2), 200, "b\nc\n"),
                read(&log(9), 200, "a\nb\nc\n"),
                // The same lines of which fewer were asked for, with a longer time at their end.
                read(&log(4), 200, "a\nb\nc at 0.1234\n"),
                read("/b", 500, "{}"),
                read("/b", 200, "[]"),
                read("/c", 401, "{}"),
            ]),
            [
                (log(9), 200, "a\nb\nc\n".to_owned()),
                ("/b".to_owned(), 200, "[]".to_owned()),
            ]
        );
    }
}
