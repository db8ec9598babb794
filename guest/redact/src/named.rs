//! Hides values next to their name instead of under it: `- name: DB_PASSWORD`, below it
//! `value: …`, as environments, Helm parameters, JSON patches and Go's maps in running text have them; and
//! what `--set` gives Helm, which answers do not show either way.

use super::{
    gomap,
    keys::is_secret_key,
    node::HIDDEN,
    pairs::{block_end, quoted_value, word_end},
};

/// Words of Kubernetes before `value: …: reason`; a text there is in quotes, so the reason is not of it.
const FIELD_ERRORS: [&str; 5] = [
    "Invalid ",
    "Unsupported ",
    "Duplicate ",
    "Required ",
    "Forbidden ",
];
/// How far from its value a name is looked for, in bytes.
const NEAR_BYTES: usize = 300;
/// Keys of a name. A JSON patch names the field by its path.
const NAMES: [&str; 3] = ["name", "key", "path"];
/// Helm's flags that take `key=value,key=value`.
const SETS: [&str; 6] = [
    "--set",
    "--set-string",
    "--set-json",
    "--set-file",
    "--set-literal",
    "--set-raw",
];

/// `text` with the values of secret names hidden, or `None` when there are none.
pub(super) fn named_values(text: &str) -> Option<String> {
    memchr::memmem::find(text.as_bytes(), b"value")?;
    let mut out = String::new();
    let mut copied = 0;
    for (at, _) in text.match_indices("value") {
        let Some((start, end)) = value_at(text, at).filter(|(start, _)| *start >= copied) else {
            continue;
        };
        if start < end && !text[start..].starts_with(HIDDEN) && is_named_secret(text, at, end) {
            out.push_str(&text[copied..start]);
            out.push_str(HIDDEN);
            copied = end;
        }
    }
    (copied > 0).then(|| out + &text[copied..])
}

/// Start and end of what stands under the key `value` at `at`; `None` when it is no such key.
fn value_at(text: &str, at: usize) -> Option<(usize, usize)> {
    let is_start = !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || "_-./".contains(c));
    let after = &text[at + "value".len()..];
    let key_end = after.trim_start_matches(['\\', '"', '\'']);
    let colon = key_end.trim_start_matches(' ');
    let rest = colon.strip_prefix(':').filter(|_| is_start)?;
    let start = text.len() - rest.trim_start_matches([' ', '\t']).len();
    if let Some(value) = quoted_value(text, start) {
        return Some(value);
    }
    // Go prints no blank between a key and its value.
    let in_map = after.starts_with(':').then(|| gomap::opening(text, at));
    let end = if in_map.flatten().is_some() {
        gomap::closing(text, start)
    } else if FIELD_ERRORS.iter().any(|word| text[..at].ends_with(word)) {
        let end = block_end(text, start);
        text[start..end]
            .find(": ")
            .map_or(end, |colon| start + colon)
    } else if key_end.len() == after.len() {
        block_end(text, start)
    } else {
        // In JSON the key is in quotes, and a value without them is a number.
        word_end(text, start)
    };
    Some((start, end))
}

/// Whether a name before or behind the value, in the same object, is a secret's.
fn is_named_secret(text: &str, at: usize, end: usize) -> bool {
    let from = text.ceil_char_boundary(at.saturating_sub(NEAR_BYTES));
    let in_map = gomap::opening(text, at);
    let before = &text[in_map.map_or(from, |open| open.max(from))..at];
    let before = &before[before.rfind(['{', '}']).map_or(0, |brace| brace + 1)..];
    let before = &before[last_item(before)..];
    let behind = &text[end..text.floor_char_boundary(text.len().min(end + NEAR_BYTES))];
    let behind = &behind[..behind.find(['{', '}']).unwrap_or(behind.len())];
    let behind = &behind[..next_item(behind)];
    let behind = &behind[..in_map.map_or(behind.len(), |_| {
        gomap::closing(behind, 0).min(behind.len())
    })];
    [before, behind].into_iter().any(|part| {
        NAMES.iter().any(|key| {
            part.match_indices(key)
                .filter_map(|(at, _)| name_at(part, at, key.len()))
                .any(|name| is_secret_key(name.rsplit('/').next().unwrap_or(name)))
        })
    })
}

/// Where the last item of a YAML list starts.
fn last_item(text: &str) -> usize {
    let dash = |line: &str| line.trim_start().starts_with("- ");
    let mut from = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if dash(line) {
            from = at;
        }
        at += line.len();
    }
    from
}

/// Where the next item of a YAML list starts.
fn next_item(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with("- ") {
            return at;
        }
        at += line.len();
    }
    text.len()
}

/// The word under the key of `length` bytes at `at`.
fn name_at(text: &str, at: usize, length: usize) -> Option<&str> {
    let is_start = !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || "_-./".contains(c));
    let after = text[at + length..].trim_start_matches(['\\', '"', '\'', ' ']);
    let rest = after.strip_prefix(':').filter(|_| is_start)?;
    let rest = rest.trim_start_matches([' ', '\\', '"', '\'']);
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let name = &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())];
    (!name.is_empty()).then_some(name)
}

/// `text` with the values of `--set` hidden, for any key: answers never show parameters.
pub(super) fn set_values(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut copied = 0;
    for (at, _) in text.match_indices("--set") {
        let flag = &text[at..];
        let length = flag.find([' ', '=']).unwrap_or(flag.len());
        if at < copied || !SETS.contains(&&flag[..length]) || length == flag.len() {
            continue;
        }
        let start = at + length + 1;
        let (start, end) =
            quoted_value(text, start).unwrap_or_else(|| (start, argument_end(text, start)));
        let pairs = text[start..end]
            .split(',')
            .filter_map(|pair| pair.split_once('='));
        let hidden: Vec<String> = pairs.map(|(key, _)| format!("{key}={HIDDEN}")).collect();
        if !hidden.is_empty() {
            out.push_str(&text[copied..start]);
            out.push_str(&hidden.join(","));
            copied = end;
        }
    }
    (copied > 0).then(|| out + &text[copied..])
}

/// The end of an argument without quotes around it; quotes inside it hold spaces.
fn argument_end(text: &str, start: usize) -> usize {
    let mut quote = None;
    for (at, c) in text[start..].char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, '`') => return start + at,
            (None, c) if c.is_whitespace() => return start + at,
            (_, '\n') => return start + at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{named_values, set_values};

    #[test]
    fn values_beside_their_names() {
        for (text, want) in [
            (
                "env:\n- name: DB_PASSWORD\n  value: a b\n- name: MODE\n  value: x\n",
                "env:\n- name: DB_PASSWORD\n  value: (hidden)\n- name: MODE\n  value: x\n",
            ),
            (
                "- value: |\n    a\n    b\n  name: API_KEY\n- name: c",
                "- value: (hidden)\n  name: API_KEY\n- name: c",
            ),
            (
                r#"[{"name":"MODE","value":"x"},{"name":"TOKEN","value":"a"}]"#,
                r#"[{"name":"MODE","value":"x"},{"name":"TOKEN","value":"(hidden)"}]"#,
            ),
            (
                r#"{\"value\":\"a\",\"name\":\"TOKEN\"}"#,
                r#"{\"value\":\"(hidden)\",\"name\":\"TOKEN\"}"#,
            ),
            (
                "- op: add\n  path: /data/password\n  value: a\n",
                "- op: add\n  path: /data/password\n  value: (hidden)\n",
            ),
            (
                "env:[map[name:API_TOKEN value:8080] map[name:PORT value:80]]\": cannot convert",
                "env:[map[name:API_TOKEN value:(hidden)] map[name:PORT value:80]]\": cannot convert",
            ),
            (
                "map[env:[map[name:DB_PASSWORD value:a b: c d]] x:y]: refused",
                "map[env:[map[name:DB_PASSWORD value:(hidden)]] x:y]: refused",
            ),
            (
                "map[name:TOKEN value:a]b[c] valueFrom:x]: no",
                "map[name:TOKEN value:(hidden)]: no",
            ),
            (
                "map[name:TOKEN value:map[a:b c:d]]: no",
                "map[name:TOKEN value:(hidden)]: no",
            ),
            (
                "map[name:TOKEN value:\"a b\"]: no",
                "map[name:TOKEN value:\"(hidden)\"]: no",
            ),
            (
                "map[name:TOKEN value:cut off",
                "map[name:TOKEN value:(hidden)",
            ),
            (
                "name: db-password: Invalid value: 5: must be a string",
                "name: db-password: Invalid value: (hidden): must be a string",
            ),
        ] {
            assert_eq!(named_values(text).as_deref(), Some(want), "{text}");
        }
        for text in [
            "- name: MODE\n  value: x\n- name: TOKEN\n  valueFrom: y",
            r#"{"value": "x", "name": "MODE"}"#,
            "the value: is not known",
            "env:[map[name:API_TOKEN] map[name:PORT]] env:[map[name:PORT value:8080]]\": cannot convert",
            "map[name:PORT value:8080] map[name:TOKEN]",
            "map[labels:map[name:token] env:[map[name:PORT value:8080]]]",
        ] {
            assert_eq!(named_values(text), None, "{text}");
        }
    }

    #[test]
    fn values_that_are_set() {
        for (text, want) in [
            (
                "helm template . --set a.b=1,c={x,y} --set-string 'd=e f' --set=g=h -n web",
                "helm template . --set a.b=(hidden),c=(hidden) --set-string 'd=(hidden)' --set=g=(hidden) -n web",
            ),
            (
                "`helm template --set a=\"b c\"` failed",
                "`helm template --set a=(hidden)` failed",
            ),
        ] {
            assert_eq!(set_values(text).as_deref(), Some(want), "{text}");
        }
        for text in ["git push --set-upstream a=b", "--set", "--set nothing"] {
            assert_eq!(set_values(text), None, "{text}");
        }
    }
}
