//! `audit`: the schema of a line, and the summary of a log.
//!
//! `audit summarize`: what happened, from the lines of an audit, and whether the log is whole.
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
use report::Report;
use tally::Tally;

/// Prints the schema of a line, or what a log holds.
pub(crate) fn audit(command: &AuditCommand) -> Result<(), Failure> {
    match command {
        AuditCommand::Schema => print(SCHEMA),
        AuditCommand::Summarize { file, format } => summarize(file, *format),
    }
}

/// Prints the summary of the log at `path`, `-` for stdin. The exit code for the audit when the log is
/// not whole.
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
    if report.is_whole() {
        Ok(())
    } else {
        Err(Failure::Audit("the log is not whole".to_owned()))
    }
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
#[path = "tests.rs"]
mod tests;
