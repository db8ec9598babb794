//! Manifests as YAML 1.2 for reading, and values as compact JSON on one line.

use crate::redact::Node;

/// Maximum length of a scalar in YAML, in characters: certificates and minified files are cut visibly.
const SCALAR_CHARS: usize = 4_000;
/// Maximum length of a line of a block scalar, in characters.
const LINE_CHARS: usize = 500;

/// `node` as YAML, ending in a newline.
pub(crate) fn write(node: &Node) -> String {
    let mut out = String::new();
    match node {
        Node::Map(map) if !map.is_empty() => block(&mut out, node, 0),
        Node::List(items) if !items.is_empty() => block(&mut out, node, 0),
        scalar => {
            value(&mut out, scalar, 0);
        }
    }
    out.push('\n');
    out
}

/// The lines of a map or list that is not empty, without the last newline.
fn block(out: &mut String, node: &Node, indent: usize) {
    let start = |out: &mut String, first: bool| {
        if !first {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
        }
    };
    match node {
        Node::Map(map) => {
            for (at, (key, inner)) in map.iter().enumerate() {
                start(out, at == 0);
                out.push_str(&scalar(key, true));
                out.push(':');
                match inner {
                    Node::Map(map) if !map.is_empty() => {
                        out.push('\n');
                        out.push_str(&" ".repeat(indent + 2));
                        block(out, inner, indent + 2);
                    }
                    // A list may stand at its key's own indentation, as kubectl writes it.
                    Node::List(items) if !items.is_empty() => {
                        out.push('\n');
                        out.push_str(&" ".repeat(indent));
                        block(out, inner, indent);
                    }
                    inner => {
                        out.push(' ');
                        value(out, inner, indent + 2);
                    }
                }
            }
        }
        Node::List(items) => {
            for (at, inner) in items.iter().enumerate() {
                start(out, at == 0);
                out.push_str("- ");
                match inner {
                    Node::Map(map) if !map.is_empty() => block(out, inner, indent + 2),
                    Node::List(items) if !items.is_empty() => block(out, inner, indent + 2),
                    inner => value(out, inner, indent + 2),
                }
            }
        }
        _ => {}
    }
}

/// A scalar or an empty container; `indent` is that of a block scalar's lines.
fn value(out: &mut String, node: &Node, indent: usize) {
    match node {
        Node::Null => out.push_str("null"),
        Node::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Node::Number(number) => out.push_str(&number.to_string()),
        Node::Text(text) | Node::Masked(text, _) => text_value(out, text, indent),
        Node::List(_) => out.push_str("[]"),
        Node::Map(_) => out.push_str("{}"),
    }
}

fn text_value(out: &mut String, text: &str, indent: usize) {
    let text = shortened(text);
    // Leading space or tab would need an indentation indicator; a quoted scalar says the same.
    let is_block = text.contains('\n')
        && !text.starts_with([' ', '\n', '\t'])
        && text
            .lines()
            .all(|line| !line.ends_with([' ', '\t']) && line.chars().count() <= LINE_CHARS)
        && !text.ends_with("\n\n");
    if !is_block {
        out.push_str(&scalar(&text, false));
        return;
    }
    out.push_str(if text.ends_with('\n') { "|" } else { "|-" });
    for line in text.lines() {
        out.push('\n');
        if !line.is_empty() {
            out.push_str(&" ".repeat(indent));
            out.push_str(line);
        }
    }
}

/// The text, or its start and how much was left out.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(SCALAR_CHARS) {
        None => text.to_owned(),
        Some((end, _)) => format!(
            "{}… ({} more characters)",
            &text[..end],
            text[end..].chars().count()
        ),
    }
}

/// A text on one line: plain where YAML reads it back as the same text, else in double quotes.
fn scalar(text: &str, is_key: bool) -> String {
    if is_plain(text) && !(is_key && text.len() > 128) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// Whether YAML 1.1 and 1.2 readers take `text` for itself without quotes.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "null", "true", "false", "yes", "no", "on", "off", "y", "n", "~", "nan", "inf",
    ];
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '_');
    let is_simple = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || " -_./:,()+=@$%;<>'\"!?*&{}[]|#~^".contains(c));
    starts_well
        && is_simple
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with([':', ' '])
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// A text in double quotes, with JSON's escapes, which YAML reads too.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `node` as JSON without spaces.
pub(crate) fn compact(node: &Node) -> String {
    let list = |items: Vec<String>| items.join(",");
    match node {
        Node::Null => "null".to_owned(),
        Node::Bool(flag) => flag.to_string(),
        Node::Number(number) => number.to_string(),
        Node::Text(text) | Node::Masked(text, _) => quoted(text),
        Node::List(items) => format!("[{}]", list(items.iter().map(compact).collect())),
        Node::Map(map) => {
            format!(
                "{{{}}}",
                list(
                    map.iter()
                        .map(|(key, node)| format!("{}:{}", quoted(key), compact(node)))
                        .collect()
                )
            )
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::{compact, write};
    use crate::redact::Manifest;

    fn read(value: &Value) -> Manifest {
        serde_json::from_value(value.clone()).unwrap()
    }

    #[test]
    fn looks_as_kubectl_writes_it() {
        let yaml = write(
            read(&json!({"kind": "Deployment", "spec": {"replicas": 2, "empty": {}, "none": [], "template": {"containers": [
                {"name": "a", "args": ["-c", "x: y"]}]}}, "data": {"f": "one\n  two\n\nthree\n", "m": "5"}}))
            .node(),
        );
        let want = "data:\n  f: |\n    one\n      two\n\n    three\n  m: \"5\"\nkind: Deployment\nspec:\n  empty: {}\n  none: []\n  replicas: 2\n  \
            template:\n    containers:\n    - args:\n      - \"-c\"\n      - \"x: y\"\n      name: a\n";
        assert_eq!(yaml, want);
    }

    /// Texts that some YAML reader takes for something else when they stand plain.
    const TEXTS: [&str; 61] = [
        "",
        " ",
        "a",
        "a b",
        "5",
        "1e3",
        "0x10",
        "true",
        "Yes",
        "null",
        "~",
        "-",
        "- a",
        "a: b",
        "a:",
        ":a",
        "#a",
        "a #b",
        "a#b",
        "'a'",
        "\"a\"",
        "a\"b",
        "\\",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a`",
        "{a}",
        "[a]",
        "a,b",
        "|",
        ">",
        "?",
        "a\nb",
        "a\nb\n",
        "a\n\n",
        "\na",
        " a\nb",
        "a \nb",
        "a\n b\n",
        "\ta\nb",
        "a\tb",
        "é – 東京 🎉",
        "2026-01-01",
        "1:30",
        "=",
        "<<",
        "/path",
        "a > b",
        "key=value, x",
        "--- a",
        "... ",
        "x'y",
        "n",
        "on",
        ".5",
        "+1",
        "_1",
        "a\nb\n# c\n- d: e\n",
    ];

    #[test]
    fn reads_back_as_the_same_value() {
        for text in TEXTS {
            for value in [
                json!({"k": text}),
                json!([text]),
                json!({text: "v"}),
                json!([[text, {"a": [text]}], {}]),
            ] {
                let manifest = read(&value);
                let yaml = write(manifest.node());
                let back: Value = serde_yaml_ng::from_str(&yaml)
                    .unwrap_or_else(|error| panic!("{error}: {yaml}"));
                assert_eq!(&read(&back), &manifest, "{yaml}");
                let back: Value = serde_json::from_str(&compact(manifest.node())).unwrap();
                assert_eq!(&read(&back), &manifest);
            }
        }
        for value in [
            json!(null),
            json!(5),
            json!(-1.5),
            json!(true),
            json!([]),
            json!({}),
            json!([[], [[]]]),
        ] {
            let back: Value = serde_yaml_ng::from_str(&write(read(&value).node())).unwrap();
            assert_eq!(read(&back), read(&value));
        }
    }

    #[test]
    fn long_scalars_are_cut() {
        let yaml = write(read(&json!({"a": "x".repeat(10_000)})).node());
        assert!(yaml.contains("(6000 more characters)") && yaml.len() < 4_100);
    }
}
