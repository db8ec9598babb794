//! What a client may rely on in an answer: status, content type, and which paths hold which types.

use std::collections::BTreeSet;

use argocd_tests::simulator::Reply;
use serde_json::Value;

/// The outline of an answer. Of good answers, texts, numbers, order and repetition are left out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    /// `.items[].metadata.name string`; of text that is no JSON, the text.
    pub(crate) paths: BTreeSet<String>,
    /// The words of an error, without the time at which a token was made.
    pub(crate) words: String,
}

impl Shape {
    pub(crate) fn of(reply: &Reply) -> Shape {
        let content_type = reply
            .headers
            .iter()
            .find(|(name, _)| name == "content-type")
            .map(|(_, value)| value.clone())
            .unwrap_or_default();
        let mut paths = BTreeSet::new();
        if content_type.contains("json") {
            // A log is one value after another.
            for value in serde_json::Deserializer::from_slice(&reply.body).into_iter::<Value>() {
                match value {
                    Ok(value) => walk(&value, "", &mut paths),
                    Err(error) => drop(paths.insert(format!("no JSON: {error}"))),
                }
            }
        } else {
            paths.insert(String::from_utf8_lossy(&reply.body).into_owned());
        }
        Shape {
            status: reply.status,
            content_type,
            paths,
            words: words(reply),
        }
    }

    /// How the other one differs, or nothing.
    pub(crate) fn difference(&self, other: &Shape) -> Option<String> {
        let mut found = Vec::new();
        if self.status != other.status {
            found.push(format!("status {} for {}", other.status, self.status));
        }
        if self.content_type != other.content_type {
            found.push(format!(
                "content type {:?} for {:?}",
                other.content_type, self.content_type
            ));
        }
        if self.words != other.words {
            found.push(format!("says {:?} for {:?}", other.words, self.words));
        }
        let some = |paths: Vec<&String>| {
            let shown: Vec<_> = paths.iter().take(6).map(|path| path.as_str()).collect();
            (!paths.is_empty()).then(|| format!("{} ({} paths)", shown.join(", "), paths.len()))
        };
        let extra = some(other.paths.difference(&self.paths).collect());
        let missing = some(self.paths.difference(&other.paths).collect());
        found.extend(extra.map(|paths| format!("has {paths}")));
        found.extend(missing.map(|paths| format!("lacks {paths}")));
        (!found.is_empty()).then(|| found.join("; "))
    }
}

/// The code and message of an error; nothing of a good answer.
fn words(reply: &Reply) -> String {
    let Ok(body) = serde_json::from_slice::<Value>(&reply.body) else {
        return String::new();
    };
    let (unary, stream) = (&body["message"], &body["error"]["message"]);
    let message = unary.as_str().or(stream.as_str()).unwrap_or_default();
    let cut = message.find(", iat: ").map_or(message, |at| &message[..at]);
    match reply.status {
        200..400 => String::new(),
        _ => format!("{}{} {cut}", body["code"], body["error"]["grpc_code"]),
    }
}

/// The path of each member, as `items.metadata.name`: lists are transparent.
pub(crate) fn members(reply: &Reply) -> BTreeSet<String> {
    let shape = Shape::of(reply);
    let paths = shape.paths.iter().filter_map(|path| path.rsplit_once(' '));
    paths
        .map(|(path, _)| path.replace("[]", "").trim_start_matches('.').to_owned())
        .collect()
}

fn walk(value: &Value, path: &str, into: &mut BTreeSet<String>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(items) => {
            for item in items {
                walk(item, &format!("{path}[]"), into);
            }
            "array"
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                walk(field, &format!("{path}.{name}"), into);
            }
            "object"
        }
    };
    into.insert(format!("{path} {kind}"));
}
