//! The calls that an answer proposes: `tool {"name":"web"}`, written and read again.

use serde_json::{Map, Value, json};

use super::order;

/// A call as an answer spells it, with the arguments in a stable order.
pub(crate) fn spelled(tool: &str, arguments: &Map<String, Value>) -> String {
    let mut arguments: Vec<String> = arguments
        .iter()
        .map(|(key, value)| format!("{}:{value}", Value::String(key.clone())))
        .collect();
    order::by(&mut arguments, String::cmp);
    format!("{tool} {{{}}}", arguments.join(","))
}

/// What a line of guidance proposes, as data: `{tool, arguments}` of each call with the words beside it as
/// `text`; a line without a call is only `text`.
pub(super) fn proposed(line: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut rest = line;
    while let Some((before, tool, arguments, after)) = first(rest) {
        let mut call = json!({"tool": tool, "arguments": arguments});
        // `(why)` is about the call before it, other words are about the one behind them.
        let (why, after) = match after.trim_start().strip_prefix('(') {
            Some(inner) => inner.split_once(')').unwrap_or((inner, "")),
            None => ("", after),
        };
        let words = [words(before), words(why)];
        let words: Vec<&str> = words.into_iter().filter(|text| !text.is_empty()).collect();
        if !words.is_empty() {
            call["text"] = words.join("; ").into();
        }
        all.push(call);
        rest = after;
    }
    match (all.last_mut(), words(rest)) {
        (None, text) => all.push(json!({"text": text})),
        (Some(_), "") => {}
        (Some(last), more) => {
            let told = last["text"].as_str().map(|told| format!("{told}; {more}"));
            last["text"] = told.unwrap_or_else(|| more.to_owned()).into();
        }
    }
    all
}

/// The words between two calls, without what joins them.
fn words(text: &str) -> &str {
    let joints = |c: char| c.is_whitespace() || matches!(c, ';' | ',' | ':' | '.' | '(' | ')');
    let text = text.trim_matches(joints);
    if text == "or" { "" } else { text }
}

/// The first call of `text`: what stands before it, tool, arguments, what stands behind it.
fn first(text: &str) -> Option<(&str, &str, Value, &str)> {
    let mut from = 0;
    while let Some(at) = text[from..].find(" {").map(|at| from + at) {
        from = at + 2;
        let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
        let start = text[..at].trim_end_matches(is_name).len();
        let Some(end) = closing(&text[at + 1..]).map(|length| at + 1 + length) else {
            continue;
        };
        if let Ok(arguments) = serde_json::from_str::<Value>(&text[at + 1..end])
            && start < at
        {
            return Some((&text[..start], &text[start..at], arguments, &text[end..]));
        }
    }
    None
}

/// The length of the JSON object that `text` starts with, in bytes.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            b'{' if !in_string => depth += 1,
            b'}' if !in_string && depth <= 1 => return Some(at + 1),
            b'}' if !in_string => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{proposed, spelled};

    #[test]
    fn calls_are_read_as_they_were_written() {
        let odd =
            json!({"name": "a/b", "filter": "} { \\\" x {\"y\":1}", "limit": 5, "only": true});
        let map = odd.as_object().cloned().unwrap_or_default();
        let call = spelled("get_application_logs", &map);
        for (line, want) in [
            (
                call.clone(),
                json!([{"tool": "get_application_logs", "arguments": odd}]),
            ),
            (
                format!("did you mean {{x}}? {call}"),
                json!([{"tool": "get_application_logs", "arguments": odd, "text": "did you mean {x}?"}]),
            ),
            (
                format!("{call} (cause and evidence); list_clusters {{}} or {call} shows both."),
                json!([
                    {"tool": "get_application_logs", "arguments": odd, "text": "cause and evidence"},
                    {"tool": "list_clusters", "arguments": {}},
                    {"tool": "get_application_logs", "arguments": odd, "text": "shows both"},
                ]),
            ),
            (
                "ask the operator {".to_owned(),
                json!([{"text": "ask the operator {"}]),
            ),
        ] {
            assert_eq!(Value::from(proposed(&line)), want, "{line}");
        }
    }
}
