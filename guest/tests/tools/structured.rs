//! The second form of every answer: it fits its declared schema and says all that the text says.

use argocd_guest::tools;
use serde_json::{Value, json};

use crate::{calls::calls, replay::Replay};

/// Why `value` does not fit a schema of the kind that the tools declare, if it does not: objects with known
/// keys only, lists, texts, times, whole numbers and booleans. A validator of its own stands in the host's
/// tests, at the wire.
fn misfit(value: &Value, schema: &Value, at: &str) -> Option<String> {
    let wrong = || Some(format!("{at} is {value}, not {schema}"));
    match schema["type"].as_str() {
        Some("object") => {
            let Some(map) = value.as_object() else {
                return wrong();
            };
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let missing = required
                .iter()
                .find(|key| !map.contains_key(key.as_str().unwrap()));
            if let Some(missing) = missing {
                return Some(format!("{at} lacks {missing}: {value}"));
            }
            map.iter().find_map(|(key, value)| {
                let at = format!("{at}.{key}");
                match (&schema["properties"][key], &schema["additionalProperties"]) {
                    (Value::Null, Value::Object(rest)) => misfit(value, &json!(rest), &at),
                    (Value::Null, Value::Null) => None,
                    (Value::Null, _) => Some(format!("{at} is not declared: {value}")),
                    (schema, _) => misfit(value, schema, &at),
                }
            })
        }
        Some("array") => match value.as_array() {
            None => wrong(),
            Some(items) => items
                .iter()
                .find_map(|item| misfit(item, &schema["items"], &format!("{at}[]"))),
        },
        Some("string") if schema["format"] == "date-time" => {
            let is_time = |text: &str| {
                let shape: String = text
                    .chars()
                    .map(|c| if c.is_ascii_digit() { '0' } else { c })
                    .collect();
                shape.starts_with("0000-00-00T00:00:00") && shape.ends_with('Z')
            };
            if value.as_str().is_some_and(is_time) {
                None
            } else {
                wrong()
            }
        }
        Some("string") if value.is_string() => None,
        Some("boolean") if value.is_boolean() => None,
        Some("integer") if value.is_i64() || value.is_u64() => None,
        _ => wrong(),
    }
}

fn fits(value: &Value, schema: &Value) -> bool {
    misfit(value, schema, "").is_none()
}

/// Members whose text may be digits: what somebody else wrote, and names that may be numbers.
const MAY_BE_DIGITS: [&str; 13] = [
    "text",
    "message",
    "revision",
    "commit",
    "version",
    "name",
    "namespace",
    "yaml",
    "values",
    "step",
    "because",
    "arguments",
    "diff",
];

/// The first member of `value` that is a number, a time with words or a flag, written as a text.
fn written_out(key: &str, value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            // Seven digits are a short commit.
            let is_number = text.parse::<f64>().is_ok() && text.len() != 7;
            let is_flag = matches!(text.as_str(), "true" | "false" | "yes" | "no") && key != "may";
            let is_told =
                text.contains("Z (") && (text.ends_with(" ago)") || text.contains(" (in "));
            let is_own = !MAY_BE_DIGITS.contains(&key) && (is_number || is_flag || is_told);
            is_own.then(|| format!("{key}: {text:?}"))
        }
        Value::Array(items) => items.iter().find_map(|item| written_out(key, item)),
        Value::Object(map) if key != "arguments" => {
            map.iter().find_map(|(key, value)| written_out(key, value))
        }
        _ => None,
    }
}

/// All texts and numbers of a value, one after the other.
fn texts(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => {
            out.push_str(text);
            out.push('\n');
        }
        Value::Number(number) => {
            out.push_str(&number.to_string());
            out.push('\n');
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, out)),
        Value::Object(map) => map.iter().for_each(|(key, item)| {
            out.push_str(key);
            out.push('\n');
            texts(item, out);
        }),
        _ => {}
    }
}

/// A line without the words of times and spans, which the structured form has as times and seconds.
fn without_spans(line: &str) -> String {
    let (ours, theirs) = line.split_once(" > ").unwrap_or((line, ""));
    let mut text = String::new();
    let mut rest = ours;
    while let Some((before, after)) = rest.split_once("Z (") {
        text.push_str(before);
        text.push_str("Z ");
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    let text = match text.split_once(", took ") {
        Some((before, after)) => {
            let after = after.splitn(3, ' ').nth(2).unwrap_or_default();
            format!("{before} {after}")
        }
        None => text,
    };
    // A flag says so.
    format!("{} {theirs}", text.replace("(all Synced, Healthy)", ""))
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

/// Tools whose answer is about one thing: one item, whatever else is said.
const CARDS: [&str; 4] = [
    "get_application",
    "get_project",
    "get_applicationset",
    "get_server_info",
];

#[test]
fn every_success_fits_its_schema_and_has_every_fact_of_the_text() {
    let replay = Replay::faithful();
    let (mut checked, mut cards) = (0, 0);
    for (tool, arguments) in calls() {
        let answer = replay.call(tool, arguments.clone());
        let schema = tools::all()
            .iter()
            .find(|known| known.name == tool)
            .unwrap()
            .output_schema();
        let structured = answer.structured();
        let misfit = misfit(structured, &schema, "");
        assert!(misfit.is_none(), "{tool} {arguments}: {misfit:?}");
        let written =
            written_out("", &structured["items"]).or_else(|| written_out("", &structured["facts"]));
        assert!(written.is_none(), "{tool} {arguments}: {written:?}");
        if CARDS.contains(&tool) && !answer.is_error() {
            let items = structured["items"].as_array().unwrap();
            assert_eq!(items.len(), 1, "{tool} {arguments}: {structured}");
            assert_eq!(structured["summary"], json!([]), "{tool} {arguments}");
            cards += 1;
        }
        // What a tool writes as text of its own stays in the summary, whatever it looks like.
        let guidance = |line: &Value| {
            let line = line.as_str().unwrap_or_default();
            line.starts_with("Note: ") || line.starts_with("Next: ") || line.contains(" | ")
        };
        let summary = structured["summary"].as_array().unwrap();
        assert!(
            !summary.iter().any(guidance),
            "{tool} {arguments}: {structured}"
        );
        // The summary repeats its facts in words; what is only there is no data.
        let mut data = structured.clone();
        if !PROSE.contains(&tool) && !answer.is_error() {
            data["summary"] = json!([]);
        }
        let mut all = String::new();
        texts(&data, &mut all);
        for line in answer.text().lines().filter(|line| !is_heading(line)) {
            for fact in facts(&without_spans(line)) {
                assert!(
                    is_told(fact, &all),
                    "{tool} {arguments} lacks {fact:?} of:\n{line}\n{structured}"
                );
                checked += 1;
            }
        }
    }
    assert!(checked > 10_000 && cards > 40, "{checked} {cards}");
}

/// Tools whose summary still has facts in words only.
const PROSE: [&str; 1] = ["diagnose_application"];

/// Words of ours that start with a capital letter and are no facts.
const GLUE: [&str; 18] = [
    "ApplicationSets",
    "Argo",
    "CD",
    "Changes",
    "Deploys",
    "Each",
    "Git",
    "History",
    "Its",
    "Last",
    "Newest",
    "None",
    "Nothing",
    "Only",
    "Rendered",
    "Revision",
    "UTC",
    "Values",
];

/// Whether the data has the fact: as it is, or a namespace and a name apart.
fn is_told(fact: &str, data: &str) -> bool {
    let is_span = fact.ends_with(['s', 'm', 'h'])
        && fact[..fact.len() - 1].bytes().all(|b| b.is_ascii_digit());
    let is_word = fact.bytes().all(|b| b.is_ascii_alphabetic());
    is_span
        || GLUE.contains(&fact)
        || data.contains(fact)
        || (is_word && data.contains(&fact.to_lowercase()))
        || fact.split('/').all(|part| data.contains(part))
}

/// The names of columns stand in no member: the keys say them.
fn is_heading(line: &str) -> bool {
    line.starts_with("name | ") || line.contains(" | applications | not well | OutOfSync | names")
}

#[test]
fn every_proposed_call_of_the_text_is_one_of_the_list() {
    let replay = Replay::faithful();
    let mut proposed = 0;
    for (tool, arguments) in calls() {
        let answer = replay.call(tool, arguments.clone());
        let calls = answer.structured()["next"].as_array().unwrap().clone();
        let lines = answer.text().lines();
        let text: String = lines.filter(|line| line.starts_with("Next: ")).collect();
        for call in calls.iter().filter(|call| call.get("tool").is_some()) {
            let spelled = format!("{} {}", call["tool"].as_str().unwrap(), call["arguments"]);
            assert!(text.contains(&spelled), "{tool} {arguments}: {spelled}");
            assert!(
                tools::find(call["tool"].as_str().unwrap()).is_some(),
                "{call}"
            );
            proposed += 1;
        }
        assert_eq!(
            text.matches(" {\"").count() + text.matches(" {}").count(),
            calls
                .iter()
                .filter(|call| call.get("tool").is_some())
                .count(),
            "{tool} {arguments}: {text}\n{calls:?}"
        );
    }
    assert!(proposed > 20, "{proposed}");
}

#[test]
fn the_check_itself_can_fail() {
    let schema = tools::all()[0].output_schema();
    let right = json!({"summary": ["a"], "facts": {"count": 3}, "items": [{"name": "x", "names": ["y"]}], "notes": [],
        "next": [{"tool": "a", "arguments": {}}], "truncated": false});
    assert!(fits(&right, &schema));
    for (key, wrong) in [
        ("items", json!([{"unheard": "x"}])),
        ("items", json!([{"text": "x"}])),
        ("items", json!([{"name": 5}])),
        ("items", json!([{"applications": "5"}])),
        ("facts", json!({"count": "3"})),
        ("facts", json!({})),
        ("next", json!(["a"])),
        ("summary", json!("a")),
        ("truncated", json!("no")),
        ("more", json!([])),
    ] {
        let mut value = right.clone();
        value[key] = wrong;
        assert!(!fits(&value, &schema), "{value}");
    }
    let time = json!({"type": "string", "format": "date-time"});
    assert!(fits(&json!("2026-09-01T10:00:00Z"), &time));
    assert!(!fits(&json!("2026-09-01T10:00:00Z (3 min ago)"), &time));
    for wrong in [
        json!({"count": "3"}),
        json!({"insecure": "true"}),
        json!({"tried": "2026-09-01T10:00:00Z (3 min ago)"}),
        json!([{"rows": [{"took_seconds": "1"}]}]),
    ] {
        assert!(written_out("", &wrong).is_some(), "{wrong}");
    }
    assert!(written_out("", &json!({"revision": "1234567", "count": 3})).is_none());
    let mut short = right;
    short.as_object_mut().unwrap().remove("next");
    assert!(!fits(&short, &schema));
    assert_eq!(
        facts("Deployment web/a: 3 fields changed, Healthy").collect::<Vec<_>>(),
        ["Deployment", "web/a", "3", "Healthy"]
    );
}
