//! Every line that the server emits conforms to the protocol. Two statements of the protocol are
//! checked: the shapes of this project (`shapes.rs`), always, and the JSON schema of each revision,
//! which is not copied into the repository, where `MCP_SCHEMA_DIR` names its folder. CI requires the
//! folder, and a variable that names no such folder is an error.

mod shapes;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, Once, PoisonError},
};

use argocd_tests::harness::left_out;
use jsonschema::Validator;
use serde_json::{Value, json};

/// The protocol revisions that the server speaks.
const REVISIONS: [&str; 5] = [
    "2024-11-05",
    "2025-03-26",
    "2025-06-18",
    "2025-11-25",
    "2026-07-28",
];

/// A schema and the name of a definition in it.
type Key = (Origin, &'static str, String);

/// Who states what the protocol is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Origin {
    /// `shapes.rs`.
    Ours,
    /// The schema in `MCP_SCHEMA_DIR`.
    Official,
}

impl Origin {
    /// Ours, and the official schemas where they are.
    fn all() -> Vec<Origin> {
        match folder() {
            Some(_) => vec![Origin::Ours, Origin::Official],
            None => vec![Origin::Ours],
        }
    }

    /// The schema of `revision`.
    fn schema(self, revision: &str) -> Value {
        match self {
            Origin::Ours => shapes::of(revision),
            Origin::Official => {
                let folder = folder().expect("MCP_SCHEMA_DIR");
                official(&folder, revision)
            }
        }
    }
}

/// Checks each line of a transcript against `revision`.
pub(crate) fn check(transcript: &[String], revision: &str) {
    assert!(!transcript.is_empty(), "there is no line to check");
    for line in transcript {
        let message: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        for origin in Origin::all() {
            // The official schemas leave out one shape on purpose: an error for a line without a usable id.
            let is_of_no_request = message.get("error").is_some() && message["id"].is_null();
            if origin == Origin::Ours || !is_of_no_request {
                validate(&message, origin, revision, "JSONRPCMessage");
            }
        }
    }
}

/// Checks one result body against the named definition of `revision`.
pub(crate) fn check_result(result: &Value, revision: &str, definition: &str) {
    for origin in Origin::all() {
        validate(result, origin, revision, definition);
    }
}

fn validate(value: &Value, origin: Origin, revision: &str, definition: &str) {
    let errors: Vec<String> = validator(origin, revision, definition)
        .iter_errors(value)
        .map(|error| error.to_string())
        .collect();
    assert!(
        errors.is_empty(),
        "{origin:?} {revision} {definition}: {value}\n{errors:#?}"
    );
}

fn validator(origin: Origin, revision: &str, definition: &str) -> Arc<Validator> {
    static BUILT: LazyLock<Mutex<HashMap<Key, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let revision = REVISIONS.iter().find(|known| **known == revision);
    let revision = *revision.expect("a revision that the server speaks");
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (origin, revision, definition.to_owned());
    let build = || {
        let mut schema = origin.schema(revision);
        schema["allOf"] = json!([{ "$ref": format!("#/{}/{definition}", definitions(&schema)) }]);
        Arc::new(jsonschema::validator_for(&schema).unwrap())
    };
    Arc::clone(built.entry(key).or_insert_with(build))
}

/// The member that holds the definitions: it depends on the draft of JSON Schema.
fn definitions(schema: &Value) -> &'static str {
    if schema.get("$defs").is_some() {
        "$defs"
    } else {
        "definitions"
    }
}

/// The official schema of `revision`. Fails when our shapes have a member that it does not know.
fn official(folder: &Path, revision: &str) -> Value {
    let path = folder.join(format!("{revision}.json"));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("MCP_SCHEMA_DIR: {}: {error}", path.display()));
    let schema: Value = serde_json::from_str(&text).unwrap();
    let theirs = &schema[definitions(&schema)];
    // Members that came with a later revision may be sent in an earlier one: clients ignore them.
    if revision >= "2025-11-25" {
        let ours = shapes::of(revision);
        let mut compared = 0;
        for (name, shape) in ours["$defs"].as_object().unwrap() {
            let known = &theirs[name]["properties"];
            if !known.is_object() {
                continue;
            }
            compared += 1;
            for member in shape["properties"].as_object().into_iter().flatten() {
                assert!(
                    known.get(member.0).is_some(),
                    "{revision}: {name} has no {}",
                    member.0
                );
            }
        }
        assert!(
            compared >= 12,
            "{revision}: {compared} definitions compared"
        );
    }
    schema
}

/// The folder of the official schemas; `None` when the variable is unset or empty.
fn folder() -> Option<PathBuf> {
    static SAID: Once = Once::new();
    let folder = std::env::var_os("MCP_SCHEMA_DIR").filter(|value| !value.is_empty());
    let Some(folder) = folder.map(PathBuf::from) else {
        let check = "the protocol's own JSON schemas";
        SAID.call_once(|| left_out(check, "MCP_SCHEMA_DIR is not set"));
        return None;
    };
    assert!(
        folder.is_dir(),
        "MCP_SCHEMA_DIR: {} is no folder",
        folder.display()
    );
    Some(folder)
}

/// Whether `check` panics.
fn fails(check: impl FnOnce() + std::panic::UnwindSafe) -> bool {
    std::panic::catch_unwind(check).is_err()
}

#[test]
fn the_schema_check_can_fail() {
    for origin in Origin::all() {
        for revision in REVISIONS {
            for line in [
                json!({ "jsonrpc": "2.0", "id": 1 }),
                json!({ "jsonrpc": "1.0", "id": 1, "result": {} }),
                json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": "x", "message": "y" } }),
            ] {
                let text = line.to_string();
                let failed = fails(|| validate(&line, origin, revision, "JSONRPCMessage"));
                assert!(failed, "{origin:?} {revision}: {text} passed");
            }
            let wrong = json!({ "tools": 1 });
            let failed = fails(|| validate(&wrong, origin, revision, "ListToolsResult"));
            assert!(failed, "{origin:?} {revision}: a wrong result passed");
        }
    }
    assert!(fails(|| check(&[], REVISIONS[0])), "nothing passed");
}

#[test]
fn our_shapes_know_no_other_member() {
    let sent = json!({ "jsonrpc": "2.0", "id": 1, "result": { "tools": [] } });
    let mut more = sent.clone();
    more["result"]["later"] = json!(1);
    for (message, is_known) in [(sent, true), (more, false)] {
        let failed = fails(|| validate(&message, Origin::Ours, "2025-11-25", "JSONRPCMessage"));
        assert_eq!(failed, !is_known, "{message}");
    }
    let legacy = json!({ "jsonrpc": "2.0", "id": 1, "result": { "tools": [] } });
    assert!(
        fails(|| validate(&legacy, Origin::Ours, "2026-07-28", "JSONRPCMessage")),
        "a result without its type passed"
    );
}
