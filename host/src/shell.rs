//! Proposed calls in the form of the shell: `argocd-host call TOOL key=value`, where an MCP client reads
//! `TOOL {"key":"value"}`.

use argocd_gate::escape::escaped;
use serde_json::{Map, Value};

use crate::render;

/// What stands before a line that proposes calls.
const NEXT: &str = "Next:";

/// The text content of a tool result, safe for a terminal, with its proposed calls as a shell takes them.
pub(crate) fn text_of(result: &Value) -> String {
    proposals(
        &render::text_of(result),
        &result["structuredContent"]["next"],
    )
}

/// The answer `text` with the calls of `next`, the list of the structured form, as a shell takes them.
fn proposals(text: &str, next: &Value) -> String {
    let calls: Vec<(String, String)> = next
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(both)
        .collect();
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if !line.starts_with(NEXT) {
            out.push_str(line);
            continue;
        }
        let mut rest = line;
        // In the order of the line: one call may be the start of another.
        for (spelled, typed) in &calls {
            if let Some((before, after)) = rest.split_once(spelled.as_str()) {
                out.push_str(before);
                out.push_str(typed);
                rest = after;
            }
        }
        out.push_str(rest);
    }
    out
}

/// A call as the text spells it, and as it is typed; `None` for words without a call.
fn both(call: &Value) -> Option<(String, String)> {
    let tool = call["tool"].as_str()?;
    let arguments = call["arguments"].as_object()?;
    let spelled = escaped(&format!("{tool} {}", spelled(arguments)));
    let typed: String = arguments
        .iter()
        .map(|(key, value)| format!(" {}", quoted(&format!("{key}={}", plain(value)))))
        .collect();
    let typed = escaped(&format!("argocd-host call {tool}{typed}"));
    Some((spelled, typed))
}

/// The arguments as the component spells them, in the order of their keys.
fn spelled(arguments: &Map<String, Value>) -> String {
    let mut members: Vec<String> = arguments
        .iter()
        .map(|(key, value)| format!("{}:{value}", Value::String(key.clone())))
        .collect();
    members.sort();
    format!("{{{}}}", members.join(","))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The word as a POSIX shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:/@+=,%".contains(&byte);
    if word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::proposals;

    #[test]
    fn calls_are_typed_and_nothing_else_changes() {
        let text = "web {\"name\":\"web\"}\n\
            Next: did you mean web? get_application {\"name\":\"web\"} or list_clusters {}\n\
            Next: 3 more: get_application_logs {\"filter\":\"it's {x}\",\"limit\":5}\n\
            Note: get_application {\"name\":\"web\"}\n";
        let next = json!([
            {"tool": "get_application", "arguments": {"name": "web"}, "text": "did you mean web?"},
            {"tool": "list_clusters", "arguments": {}},
            {"tool": "get_application_logs", "arguments": {"limit": 5, "filter": "it's {x}"}},
            {"text": "words alone"},
        ]);
        assert_eq!(
            proposals(text, &next),
            "web {\"name\":\"web\"}\n\
            Next: did you mean web? argocd-host call get_application name=web or argocd-host call list_clusters\n\
            Next: 3 more: argocd-host call get_application_logs 'filter=it'\\''s {x}' limit=5\n\
            Note: get_application {\"name\":\"web\"}\n"
        );
        assert_eq!(proposals(text, &json!(null)), text);
    }
}
