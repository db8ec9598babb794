//! The summary for a person. Whatever the log says is escaped: parts of it were chosen by a component.

use std::fmt::Write;

use argocd_gate::escape::escaped;

use super::{
    place::{Finding, Places},
    report::{Denials, Report, Requests, Session, Verdict},
};

/// Columns of a table of requests.
const COLUMNS: usize = 7;
/// Those of them that hold words.
const OF_WORDS: [usize; 2] = [0, 3];
/// What a run without its last line may be.
const NO_END: &str = "it is still running, was killed, or its end was cut off";

/// Lines, and tables whose columns stand between bars.
pub(super) fn of(report: &Report) -> String {
    let mut out = counted(report.lines, "line");
    if !report.first.is_empty() {
        let (first, last) = (escaped(&report.first), escaped(&report.last));
        let _ = write!(out, ", {first} to {last}");
    }
    out.push('\n');
    verdict(&mut out, report);
    if report.sessions.is_empty() {
        return out;
    }
    let listed = report.sessions.len() as u64 + report.sessions_not_listed;
    let _ = writeln!(out, "\nRuns: {listed}");
    for session in &report.sessions {
        run(&mut out, session);
    }
    if report.sessions_not_listed > 0 {
        let _ = writeln!(out, "  and {} more", report.sessions_not_listed);
    }
    let (allowed, denied) = (report.allowed, report.denied);
    let by_host = match report.by_host {
        0 => String::new(),
        some => format!(" ({some} by the host itself: logins, repeats after 401)"),
    };
    let _ = writeln!(
        out,
        "\nRequests: {allowed} allowed{by_host}, {denied} denied"
    );
    requests(&mut out, "tool", &report.tools);
    requests(&mut out, "route", &report.routes);
    if !report.rules.is_empty() {
        let rules = report
            .rules
            .iter()
            .map(|(rule, count)| format!("{} {count}", escaped(rule)));
        let rules: Vec<String> = rules.collect();
        let _ = writeln!(out, "\nDenied by rule: {}", rules.join(", "));
        denials(&mut out, &report.denials);
    }
    if !report.refused.is_empty() {
        let count: u64 = report.refused.iter().map(|refused| refused.count).sum();
        let _ = writeln!(out, "\nRefused before there was a request: {count}");
        denials(&mut out, &report.refused);
    }
    out
}

/// What the lines prove, and what no log can prove.
fn verdict(out: &mut String, report: &Report) {
    let not_ended = counted(report.sessions_not_ended, "run");
    let have = if report.sessions_not_ended == 1 {
        "has"
    } else {
        "have"
    };
    let _ = match report.verdict() {
        Verdict::Whole => writeln!(
            out,
            "No gap: no number is missing, each allowed request has its outcome, and each run its last line.\n\
             A run whose lines were all removed cannot be noticed."
        ),
        Verdict::NotEnded => writeln!(
            out,
            "No gap, but {not_ended} {have} no last line: {NO_END}. The log cannot tell which."
        ),
        Verdict::Gap => writeln!(out, "THE LOG HAS GAPS:"),
        Verdict::Empty => writeln!(
            out,
            "The log is empty: nothing can be said. Either nothing ran, or all lines were removed."
        ),
    };
    for (finding, places) in &report.findings.0 {
        problem(out, *finding, places);
    }
    if report.verdict() == Verdict::Gap && report.sessions_not_ended > 0 {
        let _ = writeln!(out, "  {not_ended} without a last line: {NO_END}");
    }
    if report.open > 0 {
        let open = counted(report.open, "allowed request");
        let _ = writeln!(out, "Without an outcome so far: {open}.");
    }
}

/// `1 line`, `2 lines`.
fn counted(count: u64, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}

fn problem(out: &mut String, finding: Finding, places: &Places) {
    let _ = writeln!(out, "  {}: {}", finding.words(), places.count);
    for place in &places.first {
        let detail = escaped(&place.detail);
        let separator = if detail.is_empty() { "" } else { ": " };
        let _ = writeln!(out, "    line {}{separator}{detail}", place.line);
    }
    if places.count > places.first.len() as u64 {
        out.push_str("    ...\n");
    }
}

fn run(out: &mut String, session: &Session) {
    let Session {
        run,
        first,
        last,
        allowed,
        denied,
        line,
        ..
    } = session;
    let end = match session.exit_code {
        Some(code) => format!("exit code {code}"),
        None if session.refused => "component refused".to_owned(),
        None => "no last line".to_owned(),
    };
    let _ = writeln!(
        out,
        "  {}: {} to {}, from line {line}: {allowed} allowed, {denied} denied, {end}",
        or_none(run),
        escaped(first),
        escaped(last)
    );
    let origin = or_none(&session.origin);
    let _ = writeln!(
        out,
        "    server {origin}, trust {}",
        or_none(&session.trust)
    );
    let _ = writeln!(out, "    component {}", or_none(&session.component));
    for policy in &session.policies {
        let _ = writeln!(out, "    policy {}", escaped(policy));
    }
}

fn requests(out: &mut String, what: &str, rows: &[Requests]) {
    if rows.is_empty() {
        return;
    }
    let head = [
        what,
        "allowed",
        "denied",
        "answers",
        "bytes",
        "median ms",
        "max ms",
    ];
    let mut table: Vec<[String; COLUMNS]> = vec![head.map(str::to_owned)];
    table.extend(rows.iter().map(cells));
    let width = |at: usize| table.iter().map(|row| row[at].len()).max().unwrap_or(0);
    let widths: [usize; COLUMNS] = std::array::from_fn(width);
    out.push('\n');
    for row in &table {
        let cells = row.iter().enumerate().map(|(at, cell)| {
            let width = if OF_WORDS.contains(&at) {
                0
            } else {
                widths[at]
            };
            format!("{cell:>width$}")
        });
        let _ = writeln!(out, "{}", cells.collect::<Vec<String>>().join(" | "));
    }
}

fn cells(row: &Requests) -> [String; COLUMNS] {
    let statuses = row
        .statuses
        .iter()
        .map(|(status, count)| (status.to_string(), count));
    let failed = row
        .failed
        .iter()
        .map(|(reason, count)| (escaped(reason), count));
    let answers: Vec<String> = statuses
        .chain(failed)
        .map(|(what, count)| format!("{what}: {count}"))
        .collect();
    let ms = |ms: Option<u64>| ms.map_or("-".to_owned(), |ms| ms.to_string());
    [
        escaped(&row.name),
        row.allowed.to_string(),
        row.denied.to_string(),
        if answers.is_empty() {
            "-".to_owned()
        } else {
            answers.join(", ")
        },
        row.bytes.to_string(),
        ms(row.median_ms),
        ms(row.max_ms),
    ]
}

fn denials(out: &mut String, rows: &[Denials]) {
    for row in rows {
        let request: Vec<String> = [&row.method, &row.authority, &row.path]
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(|part| escaped(part))
            .collect();
        let times = match (row.count, &row.first, &row.last) {
            (1, first, _) => escaped(first),
            (_, first, last) => format!("{} to {}", escaped(first), escaped(last)),
        };
        let separator = if request.is_empty() { "" } else { " " };
        let _ = writeln!(
            out,
            "  {} x {}{separator}{}: {}, {times}",
            row.count,
            escaped(&row.rule),
            request.join(" "),
            or_none(&row.reason)
        );
    }
}

fn or_none(text: &str) -> String {
    if text.is_empty() {
        "none".to_owned()
    } else {
        escaped(text)
    }
}
