//! Selects the log lines and events worth quoting.

use std::{cmp::Reverse, collections::BTreeMap};

use crate::{
    answer::{order, said, time::Clock, word},
    model::{event::Event, log::Stream, record::record},
    redact::Text,
};

/// Maximum log lines quoted.
const LINES_MAX: usize = 7;
/// Last log lines that are always quoted.
const LAST_LINES: usize = 3;
/// Maximum events quoted.
const EVENTS_MAX: usize = 3;
/// Maximum length of a quoted log line, in characters.
const LINE_CHARS: usize = 220;

/// Reasons of Normal events that explain why an object waits.
const TELLING: [&str; 3] = [
    "FailedBinding",
    "ExternalProvisioning",
    "WaitForFirstConsumer",
];

/// Prefixes of stack frames and other lines without information.
const FRAMES: [&str; 11] = [
    "at ",
    "... ",
    "File \"",
    "goroutine ",
    "from /",
    "- /",
    "[signal ",
    "Node.js v",
    "Require stack",
    "Traceback (most recent",
    "note: run with `RUST_BACKTRACE",
];
/// Bytes at the start of a line in which its level is looked for.
const LEVEL_BYTES: usize = 80;

/// Words that mark a line as a failure, in lower case.
const FAILURE: [&str; 22] = [
    "error",
    "exception",
    "fatal",
    "panic",
    "fail",
    "cannot",
    "could not",
    "unable",
    "denied",
    "refused",
    "missing",
    "not found",
    "invalid",
    "timeout",
    "timed out",
    "no connection",
    "no such",
    "expired",
    "unauthorized",
    "forbidden",
    "exceeded",
    "unreachable",
];

record! {
    /// A log line in JSON, under the names that the usual libraries use.
    struct Entry {
        level: Text = "level",
        severity: Text = "severity",
        msg: Text = "msg",
        message: Text = "message",
        error: Text = "error",
        err: Text = "err",
        exception: Text = "exception",
    }
}

/// Selects failures and the last lines, in log order.
pub(super) fn log(stream: &Stream) -> Vec<String> {
    let lines: Vec<&str> = stream
        .lines
        .iter()
        .map(|line| line.content.as_str())
        .collect();
    let mut chosen: Vec<usize> = Vec::new();
    let weights = lines.iter().map(|line| weight(line)).zip(0..);
    let mut by_weight: Vec<(u32, usize)> = weights.filter(|(weight, _)| *weight > 0).collect();
    // The newest of equal weight: older runs may still be in the tail.
    order::by_key(&mut by_weight, |line| Reverse(*line));
    // Where a Go program panicked: the frame below the header of its goroutine.
    let panicked = |at: &usize| {
        *at > 0 && lines[at - 1].starts_with("goroutine ") && lines[at - 1].contains("[running]")
    };
    chosen.extend((0..lines.len()).rev().find(panicked));
    for (_, at) in by_weight {
        let is_new = chosen
            .iter()
            .all(|known| body(lines[*known]) != body(lines[at]));
        if is_new && chosen.len() < LINES_MAX - LAST_LINES {
            chosen.push(at);
        }
    }
    let last = (0..lines.len())
        .rev()
        .filter(|at| !is_frame(lines[*at]) && !lines[*at].trim().is_empty());
    for at in last.take(LAST_LINES) {
        let is_new = chosen
            .iter()
            .all(|known| *known != at && body(lines[*known]) != body(lines[at]));
        if is_new {
            chosen.push(at);
        }
    }
    order::by_key(&mut chosen, |at| *at);
    chosen
        .into_iter()
        .map(|at| format!("log{}", log_line(lines[at])))
        .collect()
}

fn log_line(line: &str) -> String {
    let text = structured(line).unwrap_or_else(|| Text::new(line));
    format!(" > {}", text.line(LINE_CHARS))
}

/// Level, message and error of a line in JSON: the rest would push them out. `None` for other lines.
fn structured(line: &str) -> Option<Text> {
    let entry: Entry = line
        .starts_with('{')
        .then(|| serde_json::from_str(line).ok())
        .flatten()?;
    let one = |of: [&Text; 3]| of.into_iter().find(|text| !text.is_empty()).cloned();
    let nothing = &Text::default();
    let said = one([&entry.msg, &entry.message, nothing])?;
    let mut text = match one([&entry.level, &entry.severity, nothing]) {
        Some(level) => format!("{} {}", &*level, &*said),
        None => said.to_string(),
    };
    if let Some(error) = one([&entry.error, &entry.err, &entry.exception]) {
        text.push_str(&format!(": {}", &*error));
    }
    Some(Text::new(&text))
}

/// A line without its digits, to compare lines.
fn body(line: &str) -> String {
    line.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// A stack frame says where, not what.
fn is_frame(line: &str) -> bool {
    let line = line.trim_start();
    FRAMES.iter().any(|start| line.starts_with(start))
        || line.contains(".go:") && line.contains(" +0x")
        || !line.chars().any(char::is_alphanumeric)
}

/// Whether the line has an informational level: words such as "error" in it are not failures.
fn is_quiet(lower: &str) -> bool {
    let start = &lower[..lower.floor_char_boundary(LEVEL_BYTES)];
    ["info", "debug", "trace"].iter().any(|level| {
        start
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|part| part == *level)
    })
}

fn weight(line: &str) -> u32 {
    if is_frame(line) || line.trim().is_empty() {
        return 0;
    }
    let lower = line.to_ascii_lowercase();
    let mut weight = 0;
    if FAILURE.iter().any(|word| lower.contains(word)) {
        weight += 2;
    }
    if [
        "fatal",
        "panic",
        "exception",
        "caused by",
        "error:",
        "traceback",
    ]
    .iter()
    .any(|word| lower.contains(word))
    {
        weight += 2;
    }
    if ["warn", "deprecated"]
        .iter()
        .any(|word| lower.contains(word))
    {
        weight += 1;
    }
    if is_quiet(&lower) {
        weight.min(1)
    } else {
        weight
    }
}

/// The kubelet's events that only repeat a container's waiting reason.
fn is_echo(message: &str) -> bool {
    message.starts_with("Back-off restarting failed")
        || message.strip_prefix("Error: ").is_some_and(|reason| {
            !reason.is_empty() && reason.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

/// The message without numbers and without words that begin with the object's own name: those of
/// its Pods differ each time.
fn without(message: &str, name: &str) -> String {
    let words = message
        .split([' ', '"'])
        .filter(|word| name.is_empty() || !word.starts_with(name));
    words.map(body).collect::<Vec<_>>().join(" ")
}

/// Warning events, repeats folded, newest first. `name` is the object's.
pub(super) fn events(events: &[Event], name: &str, clock: Clock) -> Vec<String> {
    struct Group<'a> {
        event: &'a Event,
        times: i64,
        last: i64,
    }
    let mut groups: BTreeMap<(String, String), Group<'_>> = BTreeMap::new();
    let tells = |event: &&Event| {
        (&*event.kind == "Warning" || TELLING.contains(&&*event.reason)) && !is_echo(&event.message)
    };
    for event in events.iter().filter(tells) {
        let message = event
            .message
            .trim_start_matches("(combined from similar events): ");
        let key = (event.reason.to_string(), without(message, name));
        let (last, _) = event.last();
        let group = groups.entry(key).or_insert(Group {
            event,
            times: 0,
            last,
        });
        group.times += event.times();
        if last >= group.last {
            group.last = last;
            group.event = event;
        }
    }
    let mut groups: Vec<Group<'_>> = groups.into_values().collect();
    // Warnings before others, those with a message before BackOff; then the newest.
    order::by_key(&mut groups, |group| {
        let is_normal = &*group.event.kind != "Warning";
        let is_echo = &*group.event.reason == "BackOff";
        (is_normal, is_echo, Reverse(group.last))
    });
    groups
        .iter()
        .take(EVENTS_MAX)
        .map(|group| {
            let (_, time) = group.event.last();
            let ago = clock
                .ago(time)
                .map_or(String::new(), |ago| format!(" {ago}"));
            format!(
                "event x{} {}{ago}{}",
                group.times,
                word(&group.event.reason),
                said(&group.event.message)
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::weight;

    #[test]
    fn failures_weigh_more_than_frames() {
        assert!(weight("java.lang.IllegalStateException: Missing X") > weight("WARN deprecated"));
        assert!(weight("ERROR connection refused") > weight("INFO listening"));
        assert_eq!(weight("\tat com.example.Main.run(Main.java:3)"), 0);
    }
}
