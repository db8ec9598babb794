//! Every line that the server emits conforms to the protocol's JSON schema of its era. The schemas
//! are not copied into the repository: they are read from `MCP_SCHEMA_DIR`; without it these checks
//! say that they were left out.

use std::{collections::HashMap, path::PathBuf, sync::{Mutex, OnceLock, PoisonError}};

use serde_json::{Value, json};

/// Checks a transcript against the schema of `revision`.
pub(crate) fn check(transcript: &[String], revision: &str) {
    let Some(folder) = folder() else {
        eprintln!("schema checks left out: MCP_SCHEMA_DIR is not set");
        return;
    };
    static SCHEMAS: OnceLock<Mutex<HashMap<String, jsonschema::Validator>>> = OnceLock::new();
    let mut schemas = SCHEMAS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let schema = schemas.entry(revision.to_owned()).or_insert_with(|| load(&folder, revision));
    for line in transcript {
        let message: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        // The one shape that the schema leaves out on purpose: an error for a line without a usable id.
        if message["id"].is_null() && message.get("id").is_some() && message.get("error").is_some() {
            continue;
        }
        let errors: Vec<String> = schema.iter_errors(&message).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{revision}: {line}\n{errors:#?}");
    }
}

/// A message of the server to a client: response, error or notification, and a result by its request.
fn load(folder: &std::path::Path, revision: &str) -> jsonschema::Validator {
    let path = folder.join(format!("{revision}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    let definitions = if schema.get("$defs").is_some() { "$defs" } else { "definitions" };
    schema["anyOf"] = json!([{ "$ref": format!("#/{definitions}/JSONRPCMessage") }]);
    jsonschema::validator_for(&schema).unwrap()
}

/// Checks one result body against the named definition of `revision`.
pub(crate) fn check_result(result: &Value, revision: &str, definition: &str) {
    let Some(folder) = folder() else { return };
    let text = std::fs::read_to_string(folder.join(format!("{revision}.json"))).unwrap();
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    let definitions = if schema.get("$defs").is_some() { "$defs" } else { "definitions" };
    schema["allOf"] = json!([{ "$ref": format!("#/{definitions}/{definition}") }]);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(result).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{revision} {definition}: {result}\n{errors:#?}");
}

fn folder() -> Option<PathBuf> {
    std::env::var_os("MCP_SCHEMA_DIR").map(PathBuf::from).filter(|path| path.is_dir())
}

#[test]
fn the_schema_check_can_fail() {
    if folder().is_none() {
        return;
    }
    let bad = std::panic::catch_unwind(|| check(&[r#"{"jsonrpc":"2.0","id":1}"#.to_owned()], "2025-06-18"));
    assert!(bad.is_err(), "a message without result passed");
    let bad = std::panic::catch_unwind(|| check_result(&json!({ "tools": 1 }), "2025-06-18", "ListToolsResult"));
    assert!(bad.is_err(), "a wrong result passed");
}
