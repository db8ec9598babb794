//! The newest lines that fit, oldest of them first, and the call that goes further back.

use super::{
    Ask,
    stream::{LogLine, Stream},
    trouble,
};
use crate::{
    answer::{Answer, Budget, Page, cursor, plural, said},
    tools::call::{Call, Failure},
};

/// Lines in a row that say the same.
struct Fold<'a> {
    first: &'a LogLine,
    last: &'a LogLine,
    count: usize,
}

/// Writes what the stream gave.
pub(super) fn write(stream: &Stream, input: &Ask, call: &Call) -> Result<Answer, Failure> {
    if stream.lines.is_empty() {
        return Ok(without_lines(stream, input, call));
    }
    let scope = call.scope();
    let end = match &input.cursor {
        None => stream.lines.len(),
        Some(cursor) => end_of(&stream.lines, &cursor::decode::<2>(&scope, cursor)?),
    };
    let folds = folded(&stream.lines[..end]);
    let mut page = Page::new(Budget::default());
    errors(&mut page, stream, call);
    let day = folds.last().map_or("", |fold| day(fold.last));
    let of = input.container.as_ref().map_or(String::new(), |container| {
        format!(", container {container}")
    });
    let before = if end < stream.lines.len() {
        " before the ones shown already"
    } else {
        ""
    };
    page.line(format!(
        "Pod {}{of}: {}{before}, times of {day} in UTC",
        input.pod,
        plural(end, "line")
    ));

    // The newest that fit, counted from the end; the call that goes back stands before them.
    let mut shown: Vec<String> = Vec::new();
    let mut room = page.left();
    for fold in folds.iter().rev() {
        let line = fold.render(day);
        let length = line.chars().count() + 1;
        if length > room {
            break;
        }
        room -= length;
        shown.push(line);
    }
    let left: usize = folds[..folds.len() - shown.len()]
        .iter()
        .map(|fold| fold.count)
        .sum();
    if let (true, Some(oldest)) = (left > 0, folds.get(folds.len() - shown.len())) {
        let cursor = cursor::encode(
            &scope,
            &[
                &oldest.first.time,
                &cursor::hash(&oldest.first.content).to_string(),
            ],
        );
        page.line(format!(
            "Next: {} before: {}",
            plural(left, "line"),
            call.next(&cursor)
        ));
    }
    for line in shown.iter().rev() {
        page.item(line.as_str());
    }
    Ok(if stream.errors.is_empty() {
        page.finish()
    } else {
        page.finish_error()
    })
}

/// Where the lines end that are older than the oldest one shown before.
fn end_of(lines: &[LogLine], [time, hash]: &[String; 2]) -> usize {
    let is_it =
        |line: &LogLine| line.time == *time && cursor::hash(&line.content).to_string() == *hash;
    match lines.iter().position(is_it) {
        Some(at) => at,
        // It has left the tail since: what is older still counts.
        None => lines.iter().take_while(|line| line.time < *time).count(),
    }
}

fn folded(lines: &[LogLine]) -> Vec<Fold<'_>> {
    let mut folds: Vec<Fold<'_>> = Vec::new();
    for line in lines {
        match folds.last_mut() {
            Some(fold) if fold.first.content == line.content => {
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
    /// `21:11:46 > text`, with the day where it is another one.
    fn render(&self, day: &str) -> String {
        let repeats = match self.count {
            1 => String::new(),
            count => format!(" (x{count}, until {})", time(self.last, day)),
        };
        format!(
            "{} > {}{repeats}",
            time(self.first, day),
            self.first.content
        )
    }
}

fn day(line: &LogLine) -> &str {
    line.time
        .split_once('T')
        .map_or("an unknown day", |(day, _)| day)
}

fn time(line: &LogLine, today: &str) -> String {
    match line.time.split_once('T') {
        None => "-".to_owned(),
        Some((day, time)) => {
            let time = time.trim_end_matches('Z').split('.').next().unwrap_or(time);
            if day == today {
                time.to_owned()
            } else {
                format!("{day} {time}")
            }
        }
    }
}

fn errors(page: &mut Page, stream: &Stream, call: &Call) {
    for error in &stream.errors {
        page.line(format!("Error{}", said(error)));
    }
    if let Some(first) = stream.errors.first() {
        page.line(format!("Next: {}", trouble::next(first, call)));
    }
}

/// No line at all: an error, no such Pod, or a Pod that has written nothing.
fn without_lines(stream: &Stream, input: &Ask, call: &Call) -> Answer {
    let mut page = Page::new(Budget::default());
    let (app, pod) = (&input.name.0, &input.pod);
    let tree = call.about("get_application_resource_tree", &[]);
    if !stream.errors.is_empty() {
        page.line(format!("No log of Pod {pod}:"));
        errors(&mut page, stream, call);
        return page.finish_error();
    }
    if stream.ended {
        page.line(format!(
            "Pod {pod} has written nothing, or has not been scheduled to a node yet."
        ));
        page.line(format!("Next: {tree} (the Pod's state)"));
        return page.finish();
    }
    page.line(format!(
        "{app} has no Pod {pod}: it is gone, misspelt, or in another namespace."
    ));
    page.line(format!("Next: {tree} (the Pods that there are)"));
    page.finish_error()
}
