//! What one log line says: how grave it is, and for a line in JSON its message and its error.

use crate::redact::{Manifest, Node, Text};

/// How grave a line says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Trace, debug, information, notice.
    Quiet,
    /// The line names no level.
    Unsaid,
    Warning,
    Error,
    Fatal,
}

/// A line in JSON, read under the names that the usual libraries use.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Logged {
    pub(crate) level: Level,
    /// Level, message and error as one line.
    pub(crate) text: Text,
}

/// Bytes at the start of a line in which its level is looked for.
const LEVEL_BYTES: usize = 100;
/// Maximum members of an attribute object that stand for a missing error, and of error members.
const MEMBERS_MAX: usize = 4;
/// Between two members: what stands between them in the line is left out.
const BETWEEN: &str = " … ";
/// Maximum characters of one member.
const MEMBER_CHARS: usize = 600;

/// Words for levels, in lower case.
const WORDS: [(&str, Level); 29] = [
    ("trace", Level::Quiet),
    ("trc", Level::Quiet),
    ("verbose", Level::Quiet),
    ("debug", Level::Quiet),
    ("dbug", Level::Quiet),
    ("dbg", Level::Quiet),
    ("info", Level::Quiet),
    ("inf", Level::Quiet),
    ("information", Level::Quiet),
    ("notice", Level::Quiet),
    ("log", Level::Quiet),
    ("warn", Level::Warning),
    ("wrn", Level::Warning),
    ("warning", Level::Warning),
    ("err", Level::Error),
    ("eror", Level::Error),
    ("error", Level::Error),
    ("severe", Level::Error),
    ("fail", Level::Error),
    ("crit", Level::Fatal),
    ("critical", Level::Fatal),
    ("fatal", Level::Fatal),
    ("ftl", Level::Fatal),
    ("panic", Level::Fatal),
    ("dpanic", Level::Fatal),
    ("alert", Level::Fatal),
    ("emerg", Level::Fatal),
    ("emergency", Level::Fatal),
    ("f", Level::Fatal),
];

/// Members that hold the level: of JSON loggers in Go, Java (ECS, log4j2), Node, Python, .NET (CLEF,
/// console), PHP, Google Cloud, MongoDB, PostgreSQL operators.
const LEVELS: [&str; 15] = [
    "record.error_severity",
    "level",
    "severity",
    "log.level",
    "lvl",
    "levelname",
    "level_name",
    "loglevel",
    "@l",
    "L",
    "s",
    "Level",
    "LogLevel",
    "Severity",
    "record.level.name",
];

/// Members that hold the message.
const MESSAGES: [&str; 15] = [
    "record.message",
    "msg",
    "message",
    "@m",
    "@mt",
    "M",
    "RenderedMessage",
    "Message",
    "MessageTemplate",
    "fields.message",
    "textPayload",
    "jsonPayload.message",
    "short_message",
    "event",
    "log",
];

/// Members that hold the error, the most telling first: of each group the first that is there.
const ERRORS: [&[&str]; 4] = [
    &[
        "error.message",
        "err.message",
        "thrown.message",
        "exception.message",
        "error.msg",
        "err.msg",
        "context.exception.message",
        "fields.error",
        "record.exception.value",
        "attr.error.errmsg",
        "attr.error",
        "@x",
        "Exception",
        "error",
        "err",
        "E",
        "exception",
        "exc_info",
        "stack_trace",
        "error.stack_trace",
        "thrown.extendedStackTrace",
        "errorVerbose",
        "stack",
        "stacktrace",
    ],
    &["record.detail", "detail", "details", "reason", "cause"],
    &[
        "error.cause.message",
        "err.cause.message",
        "thrown.cause.message",
        "exception.causedBy.exception.message",
        "exception.cause.message",
    ],
    &["record.hint", "hint"],
];

/// Members that name the kind of the error, shown before its message.
const TYPES: [&str; 9] = [
    "error.type",
    "err.type",
    "err.name",
    "error.name",
    "thrown.name",
    "exception.class",
    "exception.exceptionType",
    "context.exception.class",
    "record.exception.type",
];

/// Members with a stack, of which the lines that name a cause are kept.
const STACKS: [&str; 10] = [
    "error.stack_trace",
    "stack_trace",
    "thrown.extendedStackTrace",
    "err.stack",
    "error.stack",
    "@x",
    "Exception",
    "exception",
    "stack",
    "stacktrace",
];

/// A line in JSON; `None` for any other, and for JSON without a message or an error.
pub(crate) fn json(line: &str) -> Option<Logged> {
    let line = line.trim_start();
    let root: Manifest = line
        .starts_with('{')
        .then(|| serde_json::from_str(line).ok())
        .flatten()?;
    let root = root.node();
    let (level, word) = level_of(root);
    let message = first(root, &MESSAGES).map(|message| filled(root, &message));
    let mut parts: Vec<String> = Vec::new();
    parts.extend(message);
    for part in errors(root, level) {
        if !part.is_empty() && !parts.iter().any(|known| known.contains(part.as_str())) {
            parts.push(part);
        }
    }
    if parts.is_empty() {
        return None;
    }
    let text = parts.join(BETWEEN);
    let text = Text::new(&match word {
        Some(word) => format!("{word} {text}"),
        None => text,
    });
    Some(Logged { level, text })
}

/// The error of a JSON line in the order in which a person would tell it.
fn errors(root: &Node, level: Level) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for group in ERRORS {
        let Some(text) = first(root, group) else {
            continue;
        };
        let text = gist(&text);
        let is_new = |kind: &String| parts.is_empty() && !text.contains(kind.as_str());
        let kind = first(root, &TYPES).filter(is_new);
        parts.extend(kind);
        parts.push(text);
    }
    parts.extend(
        STACKS
            .iter()
            .find_map(|path| caused_by(&scalar(at(root, path)?)?)),
    );
    if parts.is_empty()
        && level >= Level::Error
        && let Some(Node::Map(members)) = at(root, "attr")
    {
        let members = members
            .iter()
            .filter_map(|(key, value)| Some(format!("{key}{BETWEEN}{}", scalar(value)?)));
        parts.extend(members.take(MEMBERS_MAX));
    }
    parts
}

/// The member at a dotted path: nested, or with the dots in its name.
fn at<'a>(root: &'a Node, path: &str) -> Option<&'a Node> {
    let nested: Vec<&str> = path.split('.').collect();
    root.at(&[path]).or_else(|| root.at(&nested))
}

/// The text of the first of `paths` that has one.
fn first(root: &Node, paths: &[&str]) -> Option<String> {
    paths
        .iter()
        .filter_map(|path| scalar(at(root, path)?))
        .find(|text| !text.trim().is_empty())
}

/// A text or a number.
fn scalar(node: &Node) -> Option<String> {
    match node {
        Node::Text(text) | Node::Masked(text, _) => {
            Some(text.chars().take(MEMBER_CHARS * 8).collect())
        }
        Node::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The level, and how the line writes it when in words.
fn level_of(root: &Node) -> (Level, Option<String>) {
    for path in LEVELS {
        match at(root, path) {
            Some(Node::Text(word)) => {
                if let Some(level) = named(word) {
                    return (level, Some(word.clone()));
                }
            }
            Some(Node::Number(number)) => {
                if let Some(level) = number.as_i64().and_then(numbered) {
                    return (level, None);
                }
            }
            _ => {}
        }
    }
    // Serilog's compact format leaves the level out of information.
    let is_compact = root.at(&["@t"]).is_some();
    let level = if is_compact {
        Level::Quiet
    } else {
        Level::Unsaid
    };
    (level, None)
}

/// The level of a word, or of the first letter that MongoDB writes.
fn named(word: &str) -> Option<Level> {
    let lower = word.to_ascii_lowercase();
    let known = WORDS.iter().find(|(known, _)| *known == lower);
    known.map(|(_, level)| *level).or(match word {
        "E" => Some(Level::Error),
        "W" => Some(Level::Warning),
        "I" | "D" | "D1" | "D2" => Some(Level::Quiet),
        _ => None,
    })
}

/// The level of a number: syslog's up to 7, those of bunyan and pino up to 60, Monolog's from 100.
fn numbered(number: i64) -> Option<Level> {
    Some(match number {
        0..=2 | 60 | 500.. => Level::Fatal,
        3 | 50 | 400..=499 => Level::Error,
        4 | 40 | 300..=399 => Level::Warning,
        5..=7 | 10..=30 | 100..=299 => Level::Quiet,
        _ => return None,
    })
}

/// A message template, and below it the values of its members: `Cannot reach {Host} … db-7`.
fn filled(root: &Node, template: &str) -> String {
    let mut text = template.to_owned();
    for place in template.split('{').skip(1).take(MEMBERS_MAX) {
        let name = place.split_once('}').map_or("", |(name, _)| name);
        let name = name.trim_start_matches(['@', '$']);
        let name = name.split([':', ',']).next().unwrap_or(name);
        let value = root
            .at(&[name])
            .or_else(|| root.at(&["Properties", name]))
            .and_then(scalar);
        if let Some(value) = value {
            text.push_str(BETWEEN);
            text.push_str(&value);
        }
    }
    text
}

/// What a text of several lines says: of a Python traceback the last line, else the first.
fn gist(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let line = if first.starts_with("Traceback (most recent") {
        lines.next_back().unwrap_or(first)
    } else {
        first
    };
    line.chars().take(MEMBER_CHARS).collect()
}

/// The innermost cause that a stack names.
fn caused_by(stack: &str) -> Option<String> {
    let is_cause = |line: &&str| line.starts_with("Caused by:") || line.starts_with("---> ");
    let mut lines = stack.lines().map(str::trim).filter(is_cause);
    let line = lines.next_back()?;
    Some(line.chars().take(MEMBER_CHARS).collect())
}

/// The level that a line of plain text names: the first word for one near its start.
pub(crate) fn level(line: &str) -> Level {
    let line = line.trim_start();
    if let Some(level) = klog(line) {
        return level;
    }
    let start = &line[..line.floor_char_boundary(LEVEL_BYTES)];
    let key = ["level=", "lvl=", "severity="]
        .iter()
        .find_map(|key| line.split_once(key));
    if let Some((_, value)) = key {
        let value = value.trim_start_matches('"');
        let word: String = value
            .chars()
            .take_while(char::is_ascii_alphabetic)
            .collect();
        if let Some(level) = named(&word) {
            return level;
        }
    }
    let mut words = start.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .find_map(|word| is_level(start, word).then(|| named(word)).flatten())
        .unwrap_or(Level::Unsaid)
}

/// Whether a word of a plain line stands for its level: in capitals, in brackets, before a colon at
/// the start, or as the first word after a time.
fn is_level(start: &str, word: &str) -> bool {
    let Some((before, after)) = start.split_once(word).filter(|_| word.len() >= 3) else {
        return false;
    };
    let is_upper = word.bytes().all(|b| b.is_ascii_uppercase());
    let is_framed =
        before.ends_with(['[', '<', '(', '|']) && after.starts_with([']', '>', ')', '|']);
    let leads = before.is_empty() && after.starts_with(':');
    let is_first = start.starts_with(|c: char| c.is_ascii_digit() || c == '[')
        && !before
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| word.len() >= 3 && word.bytes().all(|b| b.is_ascii_lowercase()));
    is_upper || is_framed || leads || is_first
}

/// `E1127 07:29:01.000000 1 main.go:20] text`: the level of klog.
fn klog(line: &str) -> Option<Level> {
    let mut chars = line.chars();
    let level = match chars.next()? {
        'I' => Level::Quiet,
        'W' => Level::Warning,
        'E' => Level::Error,
        'F' => Level::Fatal,
        _ => return None,
    };
    let digits = line.get(1..5)?;
    (digits.bytes().all(|b| b.is_ascii_digit())
        && line.get(5..6) == Some(" ")
        && line.contains("] "))
    .then_some(level)
}

#[cfg(test)]
mod tests;
