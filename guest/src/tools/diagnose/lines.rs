//! Selects the log lines worth quoting: what failed, where, and how the log ends.

use std::cmp::Reverse;

use crate::{
    answer::{order, plural},
    model::{
        log::{Stream, excerpt},
        logged::{self, Level},
    },
    redact::Text,
};

/// Log lines to read, in one GET: a dump of all goroutines or threads has hundreds of lines after
/// the one that says why.
pub(super) const TAIL_LINES: u32 = 500;

/// Lines at the end that are looked at first: what stands before them is told only when it is
/// graver than all of them.
const NEAR_LINES: usize = 60;
/// Maximum log lines quoted.
const LINES_MAX: usize = 7;
/// Last log lines that are always quoted, and with a grave line among the others.
const LAST_LINES: usize = 3;
const LAST_LINES_BESIDE: usize = 2;
/// Maximum length of a quoted log line, and of one that is grave, in characters.
const LINE_CHARS: usize = 220;
const GRAVE_CHARS: usize = 420;
/// Lines of stack frames from which their number is told.
const DUMP_LINES: usize = 30;
/// Weight from which a line says why something ended.
const GRAVE: u32 = 4;

/// Prefixes of stack frames and other lines without information.
const FRAMES: [&str; 14] = [
    "at ",
    "... ",
    "File \"",
    "goroutine ",
    "created by ",
    "from /",
    "- /",
    "[signal ",
    "Node.js v",
    "Require stack",
    "Traceback (most recent",
    "note: run with `RUST_BACKTRACE",
    "stack backtrace:",
    "rax ",
];

/// Functions of Go that a panic passes through before the frame that caused it.
const GO_RUNTIME: [&str; 5] = ["panic(", "runtime.", "runtime/", "sync.", "internal/"];

/// Words that mark a line as a failure, in lower case.
const FAILURE: [&str; 24] = [
    "error",
    "exception",
    "fatal",
    "panic",
    "fail",
    "cannot",
    "could not",
    "couldn't",
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
    "bad address",
];

/// Words of lines that say why a program ended, in lower case.
const ENDING: [&str; 9] = [
    "fatal",
    "panic",
    "exception",
    "caused by",
    "error:",
    "traceback",
    "out of memory",
    "segmentation fault",
    "assertion",
];

/// A line and what it is worth.
struct Seen {
    text: Text,
    weight: u32,
    /// A stack frame, a progress bar, a blank line: it says where or how far, not what.
    is_noise: bool,
    /// A stack frame.
    is_frame: bool,
    level: Level,
}

/// Selects failures and the last lines, in log order.
pub(super) fn log(stream: &Stream) -> Vec<String> {
    let lines = seen(stream);
    let mut chosen = gravest(&lines);
    let is_grave = chosen.iter().any(|at| lines[*at].weight >= GRAVE);
    let follows = chosen.first().and_then(|at| continuation(&lines, *at));
    chosen.extend(follows);
    let panicked = panicked(stream);
    let last = if is_grave {
        LAST_LINES_BESIDE
    } else {
        LAST_LINES
    };
    // After a grave line only what it led to.
    let from = chosen.first().filter(|_| is_grave).map_or(0, |at| at + 1);
    let ends = (from..lines.len()).rev();
    let ends =
        ends.filter(|at| !(lines[*at].is_noise || is_grave && lines[*at].level == Level::Quiet));
    for at in ends.take(last) {
        if is_new(&lines, &chosen, at) {
            chosen.push(at);
        }
    }
    order::by_key(&mut chosen, |at| *at);
    chosen.dedup();
    let mut told: Vec<String> = Vec::new();
    let mut frame = panicked;
    for at in chosen {
        if let Some((_, line)) = frame.take_if(|(below, _)| *below < at) {
            told.push(format!("log > {line}"));
        }
        let most = if lines[at].weight >= GRAVE {
            GRAVE_CHARS
        } else {
            LINE_CHARS
        };
        told.push(format!("log > {}", excerpt(&lines[at].text, most)));
    }
    told.extend(frame.map(|(_, line)| format!("log > {line}")));
    told.extend(extent(stream, &lines, is_grave));
    told
}

/// Each line with its weight.
fn seen(stream: &Stream) -> Vec<Seen> {
    let mut dumps = false;
    let each = stream.lines.iter().map(|line| {
        let raw = line.content.as_str();
        // What a program logs after the dump, without a blank line between, is no part of it.
        dumps = raw.starts_with("goroutine ") && raw.ends_with(':') || dumps && is_go_frame(raw);
        let logged = line.json();
        let (level, text) = match logged {
            Some(logged) => (logged.level, logged.text),
            None => (logged::level(raw), Text::new(raw)),
        };
        let is_frame = dumps || is_frame(&text);
        let is_noise = is_frame || is_noise(&text);
        Seen {
            weight: if is_noise { 0 } else { weight(&text, level) },
            text,
            is_noise,
            is_frame,
            level,
        }
    });
    each.collect()
}

/// The gravest lines that differ, the newest of equal weight first: older runs may be in the tail.
fn gravest(lines: &[Seen]) -> Vec<usize> {
    let near = lines.len().saturating_sub(NEAR_LINES);
    let nearest = lines[near..]
        .iter()
        .map(|line| line.weight)
        .max()
        .unwrap_or(0);
    let counts = |at: &usize| lines[*at].weight > if *at < near { nearest.max(1) } else { 0 };
    let mut by_weight: Vec<usize> = (0..lines.len()).filter(counts).collect();
    order::by_key(&mut by_weight, |at| Reverse((lines[*at].weight, *at)));
    let mut chosen: Vec<usize> = Vec::new();
    for at in by_weight {
        if chosen.len() < LINES_MAX - LAST_LINES && is_new(lines, &chosen, at) {
            chosen.push(at);
        }
    }
    chosen
}

/// The line after a grave one that goes on with it: a detail, a hint, an indented text.
fn continuation(lines: &[Seen], at: usize) -> Option<usize> {
    let next = lines.get(at + 1).filter(|next| !next.is_noise)?;
    (lines[at].weight >= GRAVE && next.level == Level::Unsaid).then_some(at + 1)
}

fn is_new(lines: &[Seen], chosen: &[usize], at: usize) -> bool {
    chosen
        .iter()
        .all(|known| *known != at && body(&lines[*known].text) != body(&lines[at].text))
}

/// Whether a Go program panicked in the log.
pub(super) fn has_go_panic(stream: &Stream) -> bool {
    panicked(stream).is_some()
}

/// Where a Go program panicked: the first frame of the running goroutine that is not the runtime's,
/// with its file; the line that it is on.
fn panicked(stream: &Stream) -> Option<(usize, String)> {
    let line = |at: usize| {
        stream
            .lines
            .get(at)
            .map_or("", |line| line.content.as_str())
    };
    let is_header =
        |at: &usize| line(*at).starts_with("goroutine ") && line(*at).contains("[running]");
    let header = (0..stream.lines.len()).find(is_header)?;
    let is_own = |at: &usize| {
        !line(*at).starts_with(char::is_whitespace)
            && !GO_RUNTIME.iter().any(|start| line(*at).starts_with(start))
    };
    let at = (header + 1..stream.lines.len())
        .take_while(|at| !line(*at).trim().is_empty())
        .find(is_own)?;
    let place = line(at + 1).trim();
    let place = place.split(" +0x").next().unwrap_or(place);
    let both = format!("{} … {place}", line(at));
    Some((at, Text::new(&both).line(LINE_CHARS)))
}

/// How much of the log was read, where that matters: a dump, or the start that was not read.
fn extent(stream: &Stream, lines: &[Seen], is_grave: bool) -> Option<String> {
    let frames = lines.iter().filter(|line| line.is_frame).count();
    let all = plural(lines.len(), "log line");
    if stream.read >= TAIL_LINES as usize && !is_grave {
        Some(format!("the last {all} were read; earlier ones were not"))
    } else if frames >= DUMP_LINES {
        Some(format!(
            "of {all} read, {frames} are a dump of goroutines or stacks"
        ))
    } else {
        None
    }
}

/// A line without its digits, to compare lines.
fn body(line: &str) -> String {
    line.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// A stack frame says where, a progress bar how far; neither says what.
/// Whether a line below the header of a goroutine is one of its frames: a call, its place, or who started it.
fn is_go_frame(line: &str) -> bool {
    line.starts_with(char::is_whitespace) && line.contains(".go:")
        || line.starts_with("created by ")
        || line.ends_with(')') && !line.contains(": ") && line.contains('.')
        || line.starts_with("...")
}

fn is_frame(line: &str) -> bool {
    let trimmed = line.trim_start();
    FRAMES.iter().any(|start| trimmed.starts_with(start))
        || line.contains(".go:") && line.contains(" +0x")
}

fn is_noise(line: &str) -> bool {
    line.contains("%|")
        || line.contains('█')
        || line.contains("=====>")
        || !line.chars().any(char::is_alphanumeric)
}

fn weight(line: &str, level: Level) -> u32 {
    let lower = line.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let mut weight = 0;
    if has(&FAILURE) {
        weight += 2;
    }
    if has(&ENDING) {
        weight += 2;
    }
    if has(&["warn", "deprecated"]) {
        weight += 1;
    }
    match level {
        Level::Fatal => weight + 4,
        Level::Error => weight + 1,
        Level::Warning => weight.min(3),
        Level::Quiet => weight.min(1),
        Level::Unsaid => weight,
    }
}

#[cfg(test)]
mod tests;
