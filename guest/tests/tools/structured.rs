//! The second form of every answer: it fits its declared schema and says all that the text says.

use argocd_guest::tools;
use serde_json::{Value, json};

use crate::replay::{Replay, calls};

/// Whether `value` fits a schema of the kind that the tools declare: objects with known keys only,
/// lists, texts and booleans. A validator of its own stands in the host's tests, at the wire.
fn fits(value: &Value, schema: &Value) -> bool {
    match schema["type"].as_str() {
        Some("object") => {
            let (Some(map), Some(known)) = (value.as_object(), schema["properties"].as_object())
            else {
                return false;
            };
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            required
                .iter()
                .all(|key| map.contains_key(key.as_str().unwrap()))
                && map
                    .iter()
                    .all(|(key, value)| known.get(key).is_some_and(|schema| fits(value, schema)))
        }
        Some("array") => value
            .as_array()
            .is_some_and(|items| items.iter().all(|item| fits(item, &schema["items"]))),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        _ => false,
    }
}

/// All texts of a value, one after the other.
fn texts(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => {
            out.push_str(text);
            out.push('\n');
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, out)),
        Value::Object(map) => map.values().for_each(|item| texts(item, out)),
        _ => {}
    }
}

/// The words of a line that can be facts: names, numbers, times, words of Argo CD. What is left out
/// is in small letters: the glue between facts.
fn facts(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| c.is_whitespace() || "|;,()\"'`{}[]".contains(c))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| {
            word.chars()
                .any(|c| c.is_ascii_digit() || c.is_uppercase() || "/.@".contains(c))
        })
        // `x3`: three times.
        .map(|word| match word.strip_prefix('x') {
            Some(count) if count.bytes().all(|b| b.is_ascii_digit()) => count,
            _ => word,
        })
        // "Note" and "Next" are the names of their lists.
        .filter(|word| !matches!(*word, "Note" | "Next"))
}

#[test]
fn every_success_fits_its_schema_and_has_every_fact_of_the_text() {
    let replay = Replay::faithful();
    let mut checked = 0;
    for (tool, arguments) in calls() {
        let answer = replay.call(tool, arguments.clone());
        let schema = tools::all()
            .iter()
            .find(|known| known.name == tool)
            .unwrap()
            .output_schema();
        let structured = answer.structured();
        assert!(
            fits(structured, &schema),
            "{tool} {arguments}: {structured}"
        );
        // What a tool writes as text of its own stays in the summary, whatever it looks like.
        let guidance = |line: &Value| {
            let line = line.as_str().unwrap_or_default();
            line.starts_with("Note: ") || line.starts_with("Next: ")
        };
        let summary = structured["summary"].as_array().unwrap();
        assert!(
            !summary.iter().any(guidance),
            "{tool} {arguments}: {structured}"
        );
        let mut all = String::new();
        texts(structured, &mut all);
        for line in answer.text().lines() {
            for fact in facts(line) {
                assert!(
                    all.contains(fact),
                    "{tool} {arguments} lacks {fact:?} of:\n{line}\n{structured}"
                );
                checked += 1;
            }
        }
    }
    assert!(checked > 10_000, "{checked}");
}

#[test]
fn the_check_itself_can_fail() {
    let schema = tools::all()[0].output_schema();
    let right = json!({"summary": ["a"], "items": [{"text": "x", "details": ["y"]}], "notes": [], "next": [], "truncated": false});
    assert!(fits(&right, &schema));
    for (key, wrong) in [
        ("items", json!([{"unheard": "x"}])),
        ("items", json!([{"text": 5}])),
        ("summary", json!("a")),
        ("truncated", json!("no")),
        ("more", json!([])),
    ] {
        let mut value = right.clone();
        value[key] = wrong;
        assert!(!fits(&value, &schema), "{value}");
    }
    let mut short = right;
    short.as_object_mut().unwrap().remove("next");
    assert!(!fits(&short, &schema));
    assert_eq!(
        facts("Deployment web/a: 3 fields changed, Healthy").collect::<Vec<_>>(),
        ["Deployment", "web/a", "3", "Healthy"]
    );
}
