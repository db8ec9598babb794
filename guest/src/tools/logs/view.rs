//! Writes the newest lines that match, oldest first, and the call for earlier lines.

use super::{ask::Ask, trouble};
use crate::{
    answer::{Answer, Budget, Fact, Line, Page, Remark, cursor, plural, time::seconds},
    call::{Call, Failure},
    limits,
    model::log::{LogLine, Stream},
};

/// The Pods and container whose log is shown.
pub(super) struct Subject {
    /// `Pod web-7d9, container api`.
    pub(super) name: String,
    pub(super) notes: Vec<String>,
    /// Requested number of lines from the end, for each Pod.
    pub(super) tail: u32,
    /// The containers of the Pod, when they had to be looked up.
    pub(super) containers: Vec<String>,
}

/// Consecutive lines with the same text.
struct Fold<'a> {
    first: &'a LogLine,
    last: &'a LogLine,
    count: usize,
}

/// Writes the lines of the stream.
pub(super) fn write(
    stream: &Stream,
    of: &Subject,
    input: &Ask,
    call: &Call,
) -> Result<Answer, Failure> {
    if stream.lines.is_empty() {
        return Ok(without_lines(stream, of, input, call));
    }
    let scope = call.scope();
    let end = match &input.cursor {
        None => stream.lines.len(),
        Some(cursor) => end_of(&stream.lines, &cursor::decode::<2>(&scope, cursor)?),
    };
    let folds = folded(&stream.lines[..end]);
    let mut page = Page::new(Budget::default());
    errors(&mut page, stream, of, call);
    let day = folds.last().map_or("", |fold| day(fold.last));
    let line = Line::new().fact("subject", &of.name).glue(": ");
    let line = match input.filter {
        None => line.fact("lines", Fact::plural(end, "line")),
        Some(_) => line
            .fact("lines", end)
            .glue(" of ")
            .and(lines_read(stream))
            .glue(" match the filter"),
    };
    let line = if end < stream.lines.len() {
        line.glue(" before those already shown")
    } else {
        line
    };
    let line = if input.filter.is_some() && is_cut(stream, of) {
        line.glue(" (raise tail_lines to look further back)")
    } else {
        line
    };
    page.line(line.glue(", times of ").fact("day", day).glue(" in UTC"));
    for note in &of.notes {
        page.line(Remark::note(note));
    }
    let pods = stream.pods();
    let short = Short::of(&pods);
    if pods.len() > 1 {
        let names = pods.iter().map(|pod| (*pod).to_owned()).collect();
        let line = Line::new().glue("Pods: ");
        page.line(line.fact("pods", Fact::list(names, ", ")));
    }

    let shown = newest(&folds, page.left(), |fold| fold.render(day, &short));
    let (earlier, rest) = folds.split_at(folds.len() - shown.len());
    let left: usize = earlier.iter().map(|fold| fold.count).sum();
    if let (1.., Some(oldest)) = (left, rest.first()) {
        let cursor = cursor::encode(
            &scope,
            &[
                &oldest.first.time,
                &cursor::hash(&oldest.first.content).to_string(),
            ],
        );
        page.line(Remark::next(format!(
            "{} before: {}",
            plural(left, "line"),
            call.next(&cursor)
        )));
    }
    for line in shown.into_iter().rev() {
        page.item(line);
    }
    Ok(if stream.errors.is_empty() {
        page.finish()
    } else {
        page.finish_error()
    })
}

/// The newest lines that fit into `room` characters, newest first; the call for earlier lines precedes them.
fn newest(folds: &[Fold<'_>], mut room: usize, render: impl Fn(&Fold<'_>) -> Line) -> Vec<Line> {
    let mut shown = Vec::new();
    for fold in folds.iter().rev() {
        let line = render(fold);
        let length = line.text().chars().count() + 1;
        if length > room {
            break;
        }
        room -= length;
        shown.push(line);
    }
    shown
}

/// The end of the lines that are older than the oldest line of the previous page.
fn end_of(lines: &[LogLine], [time, hash]: &[String; 2]) -> usize {
    let is_it =
        |line: &LogLine| line.time == *time && cursor::hash(&line.content).to_string() == *hash;
    match lines.iter().position(is_it) {
        Some(at) => at,
        // That line is no longer in the tail; older lines still count.
        None => lines.iter().take_while(|line| line.time < *time).count(),
    }
}

fn folded(lines: &[LogLine]) -> Vec<Fold<'_>> {
    let mut folds: Vec<Fold<'_>> = Vec::new();
    for line in lines {
        match folds.last_mut() {
            Some(fold) if fold.first.content == line.content && fold.first.pod == line.pod => {
                fold.last = line;
                fold.count += 1;
            }
            _ => folds.push(Fold {
                first: line,
                last: line,
                count: 1,
            }),
        }
    }
    folds
}

impl Fold<'_> {
    /// `21:11:46 > text`, with the day where it is another one, and the Pod where there are several.
    fn render(&self, day: &str, short: &Short) -> Line {
        let mut line = Line::new().fact("time", time(self.first, day));
        if let Some(pod) = short.pod(&self.first.pod) {
            line = line
                .glue(" ")
                .fact("pod", Fact::new(pod, self.first.pod.as_str()));
        }
        line = line.glue(" > ").fact("text", &*self.first.content);
        if self.count > 1 {
            line = line
                .glue(" (x")
                .fact("repeats", self.count)
                .glue(", until ")
                .fact("until", time(self.last, day))
                .glue(")");
        }
        line
    }
}

/// The parts of the Pods' names that distinguish them.
struct Short {
    common: usize,
    several: bool,
}

impl Short {
    fn of(pods: &[&str]) -> Self {
        let first = pods.first().copied().unwrap_or_default();
        let common = pods
            .iter()
            .map(|pod| {
                first
                    .bytes()
                    .zip(pod.bytes())
                    .take_while(|(a, b)| a == b)
                    .count()
            })
            .min();
        // Whole parts of names only: they are separated by dashes.
        let common = first[..common.unwrap_or(0)]
            .rfind('-')
            .map_or(0, |dash| dash + 1);
        Self {
            common,
            several: pods.len() > 1,
        }
    }

    fn pod<'a>(&self, pod: &'a str) -> Option<&'a str> {
        self.several.then(|| pod.get(self.common..).unwrap_or(pod))
    }
}

fn day(line: &LogLine) -> &str {
    line.time
        .split_once('T')
        .map_or("an unknown day", |(day, _)| day)
}

fn time(line: &LogLine, today: &str) -> Fact {
    let text = match line.time.split_once('T') {
        None => "-".to_owned(),
        Some((day, time)) => {
            let time = time.trim_end_matches('Z').split('.').next().unwrap_or(time);
            if day == today {
                time.to_owned()
            } else {
                format!("{day} {time}")
            }
        }
    };
    Fact::new(text, seconds(&line.time).map(|_| line.time.as_str()))
}

fn errors(page: &mut Page, stream: &Stream, of: &Subject, call: &Call) {
    for error in &stream.errors {
        let line = Line::new().glue("Error").said("errors", error);
        page.line(line.each_listed());
    }
    if let Some(first) = stream.errors.first()
        && let Some(next) = trouble::next(first, &of.containers, call)
    {
        page.line(Remark::next(next));
    }
}

/// Explains an empty log: an error, no such Pod, or a Pod that has written nothing.
fn without_lines(stream: &Stream, of: &Subject, input: &Ask, call: &Call) -> Answer {
    let mut page = Page::new(Budget::default());
    let (app, name) = (&input.name.0, &of.name);
    let tree = call.about("get_application_resource_tree", &[]);
    for note in &of.notes {
        page.line(Remark::note(note));
    }
    if !stream.errors.is_empty() {
        let line = Line::new().glue("No log of ");
        page.line(line.fact("subject", name).glue(":"));
        errors(&mut page, stream, of, call);
        return page.finish_error();
    }
    let since = |line: Line| match input.since {
        None => line,
        Some(since) => line
            .glue(" in the last ")
            .fact("since_seconds", Fact::new(since.words(), since.0)),
    };
    let line = Line::new().fact("subject", name);
    if stream.read > 0 {
        let line = line.glue(": ").fact("lines", Fact::new("none", 0));
        let line = line.glue(" of the ").and(lines_read(stream));
        page.line(since(line.glue(" matches the filter")).glue("."));
        page.line(Remark::next(wider(stream, of, call)));
        return page.finish();
    }
    if stream.ended && input.since.is_some() {
        page.line(since(line.glue(" has written nothing")).glue("."));
        page.line(Remark::next(format!(
            "{} (its last lines of any age)",
            call.with(&[("since", None), ("cursor", None)])
        )));
        return page.finish();
    }
    if stream.ended {
        page.line(line.glue(" has written nothing, or has not been scheduled to a node yet."));
        if let Some(tree) = tree {
            page.line(Remark::next(format!("{tree} (the Pod's state)")));
        }
        return page.finish();
    }
    page.line(format!(
        "{app} has no {name}: it is gone, misspelt, or in another namespace."
    ));
    if let Some(tree) = tree {
        page.line(Remark::next(format!("{tree} (the existing Pods)")));
    }
    page.finish_error()
}

/// `2000 lines read`, of one container or of each Pod's.
fn lines_read(stream: &Stream) -> Line {
    let line = Line::new().fact("read", Fact::plural(stream.read, "line"));
    line.glue(" read")
}

/// Whether the log may have lines before those that were read.
fn is_cut(stream: &Stream, of: &Subject) -> bool {
    stream.read >= of.tail as usize
}

/// The call that reads more lines, or drops the filter, when no line matches.
fn wider(stream: &Stream, of: &Subject, call: &Call) -> String {
    let most = limits::TAIL_LINES_MAX;
    if is_cut(stream, of) && of.tail < most {
        let again = call.with(&[("tail_lines", Some(most.into())), ("cursor", None)]);
        return format!("{again} (the last {most} lines instead of {})", of.tail);
    }
    let without = [
        ("filter", None),
        ("invert", None),
        ("match_case", None),
        ("cursor", None),
    ];
    format!("{} (without the filter)", call.with(&without))
}
