//! What every diagnosis of a broken application has to keep to, whatever the cause.

use serde_json::{Value, json};

use super::broken::Broken;

/// The cause and its decisive evidence stand within so many characters.
const EARLY: usize = 1_500;
/// Everything about cause, evidence and consequence stands within so many characters.
const WITHIN: usize = 3_000;
/// Most GETs of one diagnosis.
const GETS_MAX: usize = 8;

/// A broken application and its diagnosis.
pub(super) struct Row {
    pub(super) cause: &'static str,
    pub(super) broken: Broken,
    /// The cause and its decisive evidence.
    pub(super) says: &'static [&'static str],
    /// What would lead astray.
    pub(super) never: &'static [&'static str],
}

/// The same in one line.
pub(super) fn row(
    cause: &'static str,
    broken: Broken,
    says: &'static [&'static str],
    never: &'static [&'static str],
) -> Row {
    Row {
        cause,
        broken,
        says,
        never,
    }
}

/// Diagnoses every row; fails once, with all that is wrong.
pub(super) fn check(rows: Vec<Row>) {
    asks("diagnose_application", json!({"name": "shop"}), rows);
}

/// The same with another tool.
pub(super) fn asks(tool: &str, arguments: Value, rows: Vec<Row>) {
    let mut wrong = String::new();
    for row in rows {
        let cause = row.cause;
        let replay = row.broken.served();
        let answer = replay.call(tool, arguments.clone());
        let text = answer.text();
        let start: String = text.chars().take(EARLY).collect();
        let mut faults: Vec<String> = Vec::new();
        let lacking = row.says.iter().filter(|part| !start.contains(**part));
        faults.extend(lacking.map(|part| format!("lacks {part:?}")));
        let astray = row.never.iter().filter(|part| text.contains(**part));
        faults.extend(astray.map(|part| format!("has {part:?}")));
        if answer.is_error() || text.contains("Nothing wrong") || text.contains("CANARY") {
            faults.push("is no diagnosis, or shows a secret".to_owned());
        }
        let (length, gets) = (text.chars().count(), replay.requests().len());
        if length > WITHIN || gets > GETS_MAX {
            faults.push(format!("{length} characters, {gets} GETs"));
        }
        if !faults.is_empty() {
            wrong.push_str(&format!("{cause} {}:\n{text}\n\n", faults.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
