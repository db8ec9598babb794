//! What a GET returns of a document that the server holds in full: `fields`, filters, and how nothing is written.
//!
//! The one definition for all that stands in for Argo CD: the simulator, the guest's unit fake and
//! its replay. A stand-in may be stricter than the server and never kinder: a member that a
//! server of this version drops must not reach the guest from anywhere.
//! Source: the code of Argo CD 2.8 to 3.5, and 3.5.1 as observed. Pure.

pub(crate) mod fields;
mod filter;
mod selector;

use serde_json::{Map, Value, json};

pub use fields::Version;
pub(crate) use filter::Filter;

use crate::query::Target;
use fields::Fields;

/// Why a server refuses a GET although it holds the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `fields` names the whole spec of an application and a part of it, which 3.5 cannot write.
    Unwritable,
    /// The selector is none, with what Kubernetes says of it.
    Selector(String),
}

impl Refusal {
    /// What the server sends with its status 500.
    pub fn body(&self) -> String {
        match self {
            // It comes without code and message, as the gateway fails to write even the error.
            Self::Unwritable => r#"{"error": "failed to marshal error message"}"#.to_owned(),
            Self::Selector(why) => {
                let message = format!("error parsing the selector: {why}");
                json!({"error": message, "code": 2, "message": message}).to_string()
            }
        }
    }
}

/// What a server of `version` sends of `document` in answer to this path (below its prefix) and query.
///
/// Lists are filtered, ordered as the server does, and cut to their `fields`. A document that is
/// none of Argo CD's forms stays as it is, for tests of what a broken server sends.
pub fn returned(version: Version, path_and_query: &str, document: Value) -> Result<Value, Refusal> {
    let target = Target::parse(path_and_query);
    match target.segments()[..] {
        [
            "api",
            "v1",
            kind @ ("applications" | "applicationsets" | "clusters" | "projects" | "repositories"),
        ] => listed(version, &target, kind, document),
        ["api", "v1", "applications", _, "managed-resources"] => {
            Ok(managed_resources(&target, document))
        }
        ["api", "v1", "applications", _, "resource-tree"] => Ok(without_empty_lists(document)),
        [.., "events"] => Ok(with_null_for_no_items(document)),
        _ => Ok(document),
    }
}

/// The same for a body with its status. What is no good answer, or no JSON, stays as it is.
pub fn returned_body(
    version: Version,
    path_and_query: &str,
    status: u16,
    body: Vec<u8>,
) -> (u16, Vec<u8>) {
    let Some(document) = (status == 200)
        .then(|| serde_json::from_slice::<Value>(&body).ok())
        .flatten()
    else {
        return (status, body);
    };
    match returned(version, path_and_query, document.clone()) {
        // As it was written, white space included.
        Ok(same) if same == document => (status, body),
        Ok(less) => (status, less.to_string().into_bytes()),
        Err(refusal) => (500, refusal.body().into_bytes()),
    }
}

/// A list, cut to what the query asks for.
pub(crate) fn listed(
    version: Version,
    target: &Target,
    kind: &str,
    mut document: Value,
) -> Result<Value, Refusal> {
    let filter = Filter::of(kind, target).map_err(Refusal::Selector)?;
    let items = match document.get_mut("items").map(Value::take) {
        Some(Value::Array(items)) => items,
        Some(other) => {
            document["items"] = other;
            return Ok(document);
        }
        None => return Ok(document),
    };
    let mut items: Vec<Value> = items
        .into_iter()
        .filter(|item| filter.admits(item))
        .collect();
    let fields = target.get("fields").and_then(Fields::parse);
    if kind == "applications" {
        items.truncate(filter.most());
        if version >= RESOURCES_WITHOUT_HEALTH {
            items.iter_mut().for_each(without_resource_health);
        }
        if let Some(selection) = fields.map(|fields| fields.of_applications(version)) {
            if selection.is_a_trap() && !items.is_empty() {
                return Err(Refusal::Unwritable);
            }
            items = items.iter().map(|item| selection.project(item)).collect();
        }
        document["items"] = Value::Array(items);
        return Ok(with_null_for_no_items(document));
    }
    document["items"] = Value::Array(items);
    let mut document = with_null_for_no_items(document);
    // Of the others, only the list of projects looks at `fields`.
    if let (Some(fields), "projects") = (fields, kind) {
        fields.filter(&mut document);
    }
    Ok(document)
}

/// From here on the health of an application's resources is in the tree alone, and in the answer about the one application.
const RESOURCES_WITHOUT_HEALTH: Version = Version(3, 0, 0);

/// Takes the health out of the resources of an application, as the list does.
pub(crate) fn without_resource_health(application: &mut Value) {
    let resources = application.pointer_mut("/status/resources");
    for resource in resources
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Value::Object(map) = resource {
            map.remove("health");
        }
    }
}

/// Managed resources that fit the query, with the fields asked for. Filters are exact; nothing is `{}`.
pub(crate) fn managed_resources(target: &Target, mut document: Value) -> Value {
    let wanted = |item: &Value| {
        ["namespace", "name", "group", "kind"].iter().all(|field| {
            let have = item[*field].as_str().unwrap_or_default();
            target.get(field).is_none_or(|want| have == want)
        })
    };
    if let Some(items) = document.get_mut("items").and_then(Value::as_array_mut) {
        items.retain(wanted);
    }
    let mut document = without_empty_lists(document);
    if let Some(fields) = target.get("fields").and_then(Fields::parse) {
        fields.filter(&mut document);
    }
    document
}

/// A list as argocd-server writes it: an empty one is `null`.
#[cfg(feature = "server")]
pub(crate) fn list(metadata: &Value, items: Vec<Value>) -> Value {
    with_null_for_no_items(json!({"metadata": metadata, "items": items}))
}

fn with_null_for_no_items(mut document: Value) -> Value {
    if let Some(items) = document.get_mut("items")
        && items.as_array().is_some_and(Vec::is_empty)
    {
        *items = Value::Null;
    }
    document
}

/// Members of these documents are left out when they are empty.
fn without_empty_lists(document: Value) -> Value {
    let Value::Object(members) = document else {
        return document;
    };
    let is_kept =
        |value: &Value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty());
    let kept: Map<_, _> = members
        .into_iter()
        .filter(|(_, value)| is_kept(value))
        .collect();
    Value::Object(kept)
}

#[cfg(test)]
mod tests;
