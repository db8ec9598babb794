//! The log stream of Argo CD: one JSON object a line, with the kubelet's errors among them.

use crate::{
    answer::order,
    model::{
        logged::{self, Logged},
        record::{Field, record},
    },
    redact::{LineScrubber, TEXT_BYTES, Text},
};

/// Maximum length of a kept log line, in characters.
const LINE_CHARS: usize = 600;
/// Maximum errors kept; they are about one Pod and repeat.
const ERRORS_MAX: usize = 10;

/// The text of a log line before it is scrubbed, for one moment only: a private key spans lines.
#[derive(Default)]
struct Raw(String);

impl Field for Raw {
    fn text(&mut self, text: &str) -> bool {
        text.clone_into(&mut self.0);
        true
    }
}

record! {
    /// A line of the stream.
    pub(crate) struct Wire {
        result: Option<Entry> = "result",
        error: Option<StreamError> = "error",
    }
}

record! {
    struct Entry {
        content: Raw = "content",
        pod_name: Text = "podName",
        time_stamp: Text = "timeStamp",
        time_stamp_str: Text = "timeStampStr",
        last: Option<bool> = "last",
    }
}

record! {
    struct StreamError {
        message: Text = "message",
    }
}

/// Which lines of a log are kept. Each is judged as it arrives, so that only those are held.
#[derive(Clone, Debug)]
pub(crate) struct LineFilter {
    text: String,
    case: Case,
    keeps: Keeps,
}

/// Whether a filter heeds upper and lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Sensitive,
    Insensitive,
}

/// Which lines a filter keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeps {
    LinesWith,
    LinesWithout,
}

impl LineFilter {
    /// Keeps the lines with `text`, or those without.
    pub(crate) fn new(text: &str, case: Case, keeps: Keeps) -> Self {
        let text = match case {
            Case::Sensitive => text.to_owned(),
            Case::Insensitive => text.to_lowercase(),
        };
        Self { text, case, keeps }
    }

    fn takes(&self, line: &str) -> bool {
        let has = match self.case {
            Case::Sensitive => line.contains(&self.text),
            Case::Insensitive => line.to_lowercase().contains(&self.text),
        };
        has == (self.keeps == Keeps::LinesWith)
    }
}

/// One line of a container's log.
pub(crate) struct LogLine {
    /// RFC 3339, or empty.
    pub(crate) time: String,
    pub(crate) content: String,
    /// The Pod that wrote it.
    pub(crate) pod: String,
    /// What a line in JSON says that was too long to be kept whole.
    long: Option<Logged>,
}

/// What fits of a line: its reason; its start where one word fills it, as no reason is found in that.
pub(crate) fn excerpt(line: &Text, most: usize) -> String {
    let reason = line.both_ends(most);
    if reason.starts_with('…') && reason.split_whitespace().count() <= 2 {
        line.line(most)
    } else {
        reason
    }
}

impl LogLine {
    fn new(pod: &Text, time: &Text, line: &str) -> Self {
        let line = line.replace('\n', " ");
        let mut kept = Self {
            pod: pod.line(253),
            time: time.to_string(),
            content: line,
            long: None,
        };
        if kept.content.chars().count() > LINE_CHARS {
            // The error of a line in JSON follows its fields: a plain cut would lose it.
            kept.long = logged::json(&kept.content);
            let text = kept.long.as_ref().map(|long| &long.text);
            let whole = || excerpt(&Text::new(&kept.content), LINE_CHARS);
            kept.content = text.map_or_else(whole, |text| text.both_ends(LINE_CHARS));
        }
        kept
    }

    /// What it says, for a line in JSON.
    pub(crate) fn json(&self) -> Option<Logged> {
        self.long.clone().or_else(|| logged::json(&self.content))
    }
}

/// The result of one request.
#[derive(Default)]
pub(crate) struct Stream {
    pub(crate) lines: Vec<LogLine>,
    /// Errors of the stream and of the kubelet.
    pub(crate) errors: Vec<Text>,
    /// Whether the server ended the stream for a Pod that exists.
    pub(crate) ended: bool,
    /// Lines of the log that were read, kept or not.
    pub(crate) read: usize,
    filter: Option<LineFilter>,
    unreadable: usize,
    scrubber: LineScrubber,
}

impl Stream {
    /// A stream of which only the lines are kept that `filter` takes.
    pub(crate) fn keeping(filter: Option<LineFilter>) -> Self {
        Self {
            filter,
            ..Self::default()
        }
    }

    /// The Pods that wrote something, in alphabetical order.
    pub(crate) fn pods(&self) -> Vec<&str> {
        let mut pods: Vec<&str> = self.lines.iter().map(|line| line.pod.as_str()).collect();
        // Lines of one Pod follow each other, so that few are left to sort.
        pods.dedup();
        order::by_key(&mut pods, |pod| *pod);
        pods.dedup();
        pods
    }

    /// Whether nothing came at all, not even the end of a log.
    pub(crate) fn is_empty(&self) -> bool {
        self.read == 0 && self.lines.is_empty() && self.errors.is_empty() && !self.ended
    }

    /// Takes one line of the body.
    pub(crate) fn push(&mut self, line: &[u8]) {
        if line.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        match serde_json::from_slice::<Wire>(line) {
            Ok(Wire {
                error: Some(error), ..
            }) => self.error(error.message),
            Ok(Wire {
                result: Some(entry),
                ..
            }) => self.entry(entry),
            Ok(_) => {}
            Err(_) => {
                self.unreadable += 1;
                if self.unreadable == 1 {
                    self.error(Text::new("a line of the stream is not valid JSON"));
                }
            }
        }
    }

    fn entry(&mut self, entry: Entry) {
        let content = entry.content.0;
        // The empty entry at the end; with content it is a line (seen with `untilTime`).
        if entry.last == Some(true) {
            self.ended = true;
            if content.is_empty() {
                return;
            }
        }
        // The kubelet's own errors come as lines of the year 1, without a time.
        if entry.time_stamp_str.starts_with("0001-01-01") {
            self.error(Text::new(&content));
            return;
        }
        let time = if entry.time_stamp_str.is_empty() {
            entry.time_stamp
        } else {
            entry.time_stamp_str
        };
        for line in content.trim_end_matches('\n').split('\n') {
            let line = &line[..line.floor_char_boundary(TEXT_BYTES)];
            // What is hidden cannot be looked for: a filter must not tell what a secret begins with.
            if let Some(line) = self.scrubber.line(line) {
                self.read += 1;
                if !self
                    .filter
                    .as_ref()
                    .is_none_or(|filter| filter.takes(&line))
                {
                    continue;
                }
                self.lines.push(LogLine::new(&entry.pod_name, &time, &line));
            }
        }
    }

    fn error(&mut self, message: Text) {
        if self.errors.len() < ERRORS_MAX && !self.errors.contains(&message) {
            self.errors.push(message);
        }
    }
}
