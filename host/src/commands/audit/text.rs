//! The summary for a person. Whatever the log says is escaped: parts of it were chosen by a component.

use std::fmt::Write;

use argocd_gate::escape::escaped;

use super::{
    place::{Finding, Places},
    report::{Denials, Report, Requests, Session},
};
/// Lines, and tables whose columns stand between bars.
pub(super) fn of(report: &Report) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} lines, {} to {}",
        report.lines,
        or_none(&report.first),
        or_none(&report.last)
    );
    whole(&mut out, report);
    let listed = report.sessions.len() as u64 + report.sessions_not_listed;
    let _ = writeln!(out, "\nRuns: {listed}");
    for session in &report.sessions {
        run(&mut out, session);
    }
    if report.sessions_not_listed > 0 {
        let _ = writeln!(out, "  and {} more", report.sessions_not_listed);
    }
    let (allowed, denied, by_host) = (report.allowed, report.denied, report.by_host);
    let _ = writeln!(
        out,
        "\nRequests: {allowed} allowed (by the host itself {by_host}: logins, repeats after 401), {denied} denied"
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
        let _ = writeln!(out, "\nRefused where no request exists: {count}");
        denials(&mut out, &report.refused);
    }
    out
}

fn whole(out: &mut String, report: &Report) {
    out.push_str(match (report.is_whole(), report.open) {
        (true, 0) => {
            "The log is whole: no number is missing, every allowed request has its outcome.\n"
        }
        (true, _) => "The log is whole so far: no number is missing.\n",
        (false, _) => "THE LOG IS NOT WHOLE:\n",
    });
    for (finding, places) in &report.findings.0 {
        problem(out, *finding, places);
    }
    if report.open > 0 {
        let _ = writeln!(
            out,
            "{} allowed requests at the end have no outcome yet: the run goes on, or was cut off.",
            report.open
        );
    }
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
    let _ = writeln!(
        out,
        "  {}: {} to {}, from line {line}: {allowed} allowed, {denied} denied",
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
    let _ = writeln!(
        out,
        "\n{what} | allowed | denied | answers | bytes | median ms | max ms"
    );
    for row in rows {
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
        let _ = writeln!(
            out,
            "{} | {} | {} | {} | {} | {} | {}",
            escaped(&row.name),
            row.allowed,
            row.denied,
            if answers.is_empty() {
                "-".to_owned()
            } else {
                answers.join(", ")
            },
            row.bytes,
            ms(row.median_ms),
            ms(row.max_ms)
        );
    }
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
