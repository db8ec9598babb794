//! `audit`: the schema of a line, and the summary of a log.
//!
//! `audit summarize`: what happened, from the lines of an audit, and whether lines are missing.
//!
//! Reads a stream once. A log may be of any length and written by anybody: memory is bounded by the
//! number of groups that are told apart, and what cannot be read is said with its line number.

mod lines;
mod place;
mod record;
mod report;
mod session;
mod tally;
mod text;

use std::{fs::File, io, path::Path};

use argocd_gate::audit::SCHEMA;

use crate::{
    cli::{AuditCommand, Format},
    exit::Failure,
    output::print,
    render::{self, Look},
};
use lines::{Line, Lines};
use record::Record;
use report::{Report, Verdict};
use tally::Tally;

/// Prints the schema of a line, or what a log holds.
pub(crate) fn audit(command: &AuditCommand) -> Result<(), Failure> {
    match command {
        AuditCommand::Schema => print(SCHEMA),
        AuditCommand::Summarize { file, format } => summarize(file, *format),
    }
}

/// Prints the summary of the log at `path`, `-` for stdin. Anything but a whole log is a failure of
/// the audit: also an empty one, and one in which a run has no end.
fn summarize(path: &Path, format: Format) -> Result<(), Failure> {
    let unreadable = |error: io::Error| {
        Failure::Configuration(vec![format!("cannot read {}: {error}", path.display())])
    };
    let source: Box<dyn io::Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(unreadable)?)
    };
    let report = read(source).map_err(unreadable)?;
    match format {
        Format::Json => {
            let json = serde_json::to_string_pretty(&report).map_err(io::Error::other)?;
            print(&format!("{json}\n"))?;
        }
        Format::Text => print(&render::answer(&text::of(&report), Look::of_stdout()))?,
    }
    let problem = match report.verdict() {
        Verdict::Whole => return Ok(()),
        Verdict::NotEnded => "a run has no end",
        Verdict::Gap => "the log has gaps",
        Verdict::Empty => "the log is empty",
    };
    Err(Failure::Audit(problem.to_owned()))
}

fn read(source: impl io::Read) -> io::Result<Report> {
    let mut lines = Lines::new(io::BufReader::new(source));
    let mut tally = Tally::default();
    while let Some(line) = lines.next()? {
        match line {
            Line::Text(number, text) => match Record::parse(text) {
                Ok(record) => tally.take(number, record),
                Err(what) => tally.unread(number, what),
            },
            Line::TooLong(number) => tally.unread(number, place::Unread::TooLong),
            Line::Torn(number) => tally.torn(number),
        }
    }
    Ok(tally.finish(lines.count()))
}

#[cfg(test)]
mod tests;
