#![allow(clippy::unwrap_used)]

use argocd_gate::audit::{self, Audit};

use super::{
    place::Finding,
    report::{Report, Verdict},
    *,
};
use crate::limits::{
    SUMMARY_GROUPS, SUMMARY_LINE_BYTES, SUMMARY_OPEN, SUMMARY_PLACES, SUMMARY_SESSIONS,
};

const STARTED: &str = r#"{"run":"a","seq":1,"time":"T1","kind":"started","component":"abc","origin":"https://h","trust":"system"}"#;

fn allowed(seq: u64, tool: &str) -> String {
    format!(
        r#"{{"run":"a","seq":{seq},"time":"T2","kind":"decision","actor":"guest","decision":"allow","ids":[1],"tools":["{tool}"],"rule":"/api/version","method":"GET","path":"/api/version"}}"#
    )
}

fn ended(seq: u64, ms: u64) -> String {
    format!(
        r#"{{"run":"a","seq":{seq},"time":"T3","kind":"outcome","actor":"guest","status":200,"reason":"ok","bytes":10,"ms":{ms}}}"#
    )
}

fn denied(seq: u64, path: &str) -> String {
    format!(
        r#"{{"run":"a","seq":{seq},"time":"T{seq}","kind":"decision","actor":"guest","decision":"deny","rule":"method","method":"POST","path":"{path}","reason":"only GET is allowed"}}"#
    )
}

/// The last line of the run.
fn last(seq: u64) -> String {
    format!(
        r#"{{"run":"a","seq":{seq},"time":"T9","kind":"ended","exit_code":0,"allowed":1,"denied":1}}"#
    )
}

/// The line in another run.
fn of_run(run: &str, line: &str) -> String {
    line.replace(r#""run":"a""#, &format!(r#""run":"{run}""#))
}

fn of(lines: &[&str]) -> Report {
    read(format!("{}\n", lines.join("\n")).as_bytes()).unwrap()
}

/// What, how often, and the first line.
type Found = (Finding, u64, u64);

fn findings(report: &Report) -> Vec<Found> {
    let rows = report.findings.0.iter();
    rows.map(|(what, places)| (*what, places.count, places.first[0].line))
        .collect()
}

#[test]
fn a_whole_log_is_counted_by_tool_and_route() {
    let (a, b, c) = (allowed(2, "list"), allowed(3, "get"), allowed(5, "get"));
    let mut lines = vec![STARTED, &a, &b];
    let (one, two, three, no) = (ended(3, 30), ended(2, 10), ended(5, 500), denied(4, "/x"));
    let last = last(6);
    lines.extend([&*one, &two, &no, &c, &three, &last]);
    let report = of(&lines);
    assert_eq!(report.verdict(), Verdict::Whole, "{:?}", report.findings);
    assert_eq!((report.allowed, report.denied, report.open), (3, 1, 0));
    let get = &report.tools[0];
    assert_eq!((&*get.name, get.allowed, get.bytes), ("get", 2, 20));
    assert_eq!((get.median_ms, get.max_ms), (Some(30), Some(500)));
    assert_eq!(get.statuses[&200], 2);
    assert_eq!(
        (report.routes[0].allowed, report.routes[0].median_ms),
        (3, Some(30))
    );
    let denial = &report.denials[0];
    assert_eq!(
        (&*denial.method, &*denial.path, denial.count),
        ("POST", "/x", 1)
    );
    assert_eq!((&*report.first, &*report.last), ("T1", "T9"));
    let text = text::of(&report);
    for part in [
        "9 lines, T1 to T9\nNo gap: ",
        "A run whose lines were all removed cannot be noticed.",
        "exit code 0",
        "https://h",
        "tool | allowed | denied | answers | bytes | median ms | max ms",
        "get |       2 |      0 | 200: 2 |    20 |        30 |    500",
        "1 x method POST /x",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// Reads each log; what is wrong with it is found, and nothing else.
fn each_is_found(rows: &[(&[&str], &[Found])]) {
    for (lines, expected) in rows {
        let report = of(lines);
        assert_eq!(findings(&report), *expected, "{lines:?}");
        assert_eq!(report.lines, lines.len() as u64);
        assert_eq!(report.verdict() == Verdict::Gap, !expected.is_empty());
    }
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_loses_nothing_else() {
    let (ok, end, no) = (allowed(2, "t"), ended(2, 1), denied(3, "/x"));
    let long = "x".repeat(usize::try_from(SUMMARY_LINE_BYTES).unwrap() + 1);
    let again = denied(2, "/x");
    let other = of_run("b", STARTED);
    let last = last(3);
    let rows: &[(&[&str], &[Found])] = &[
        (
            &[STARTED, "no json", &ok, &end],
            &[(Finding::BrokenLine, 1, 2)],
        ),
        (
            &[
                STARTED,
                r#"{"run":"a","seq":2,"time":"T","kind":"decision"}"#,
                &no,
            ],
            &[(Finding::BrokenLine, 1, 2)],
        ),
        (&[STARTED, &long, &no], &[(Finding::LineTooLong, 1, 2)]),
        (
            &[
                STARTED,
                r#"{"run":"a","seq":2,"time":"T","kind":"pardoned"}"#,
                &no,
            ],
            &[(Finding::UnknownKind, 1, 2)],
        ),
        (&[STARTED, &no], &[(Finding::MissingLines, 1, 2)]),
        (
            &[STARTED, &denied(9, "/x")],
            &[(Finding::MissingLines, 7, 2)],
        ),
        (
            &[STARTED, &again, &again],
            &[(Finding::RepeatedNumber, 1, 3)],
        ),
        (&[&ok, &end], &[(Finding::NoStart, 1, 1)]),
        (
            &[STARTED, &again, "torn{", &again],
            &[(Finding::BrokenLine, 1, 3), (Finding::RepeatedNumber, 1, 4)],
        ),
        (
            &[STARTED, &ok, &end, &end],
            &[(Finding::OutcomeWithoutDecision, 1, 4)],
        ),
        (
            &[STARTED, &again, &end],
            &[(Finding::OutcomeWithoutDecision, 1, 3)],
        ),
        (
            &[STARTED, &ok, &other],
            &[(Finding::DecisionWithoutOutcome, 1, 2)],
        ),
        (&[STARTED, "", " ", &other], &[]),
        (
            &[STARTED, &ok, &last, &end],
            &[
                (Finding::OutcomeWithoutDecision, 1, 4),
                (Finding::DecisionWithoutOutcome, 1, 2),
                (Finding::LinesAfterEnd, 1, 4),
            ],
        ),
        (
            &[STARTED, r#"{"seq":2,"time":"T","kind":"pardoned"}"#],
            &[(Finding::BrokenLine, 1, 2)],
        ),
    ];
    each_is_found(rows);
}

#[test]
fn a_torn_end_is_found_and_a_log_that_goes_on_is_none() {
    let ok = allowed(2, "t");
    let torn = read(format!("{STARTED}\n{ok}").as_bytes()).unwrap();
    assert_eq!(findings(&torn), [(Finding::TornEnd, 1, 2)]);
    each_is_found(&[(
        &[STARTED, "", " ", STARTED],
        &[(Finding::RepeatedNumber, 1, 4)],
    )]);
    let going_on = of(&[STARTED, &ok]);
    assert_eq!((going_on.verdict(), going_on.open), (Verdict::NotEnded, 1));
    let text = text::of(&going_on);
    for part in [
        "No gap, but 1 run has no last line: it is still running, was killed, or its end was cut off",
        "1 allowed request.",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_cut_end_and_an_empty_log_are_not_called_whole() {
    let (ok, end, last) = (allowed(2, "t"), ended(2, 1), last(3));
    let all = [STARTED, &*ok, &end, &last];
    assert_eq!(of(&all).verdict(), Verdict::Whole);
    for kept in 1..all.len() {
        assert_eq!(of(&all[..kept]).verdict(), Verdict::NotEnded, "{kept}");
    }
    for empty in ["", "\n", " \n\n"] {
        let report = read(empty.as_bytes()).unwrap();
        assert_eq!(report.verdict(), Verdict::Empty, "{empty:?}");
        let text = text::of(&report);
        assert!(
            text.contains("The log is empty: nothing can be said."),
            "{text}"
        );
        assert!(!text.contains("none to none"), "{text}");
    }
    let one = text::of(&of(&[STARTED]));
    assert!(one.starts_with("1 line, T1 to T1\n"), "{one}");
}

#[test]
fn runs_that_write_into_one_log_at_a_time_are_told_apart() {
    let lines = [
        STARTED.to_owned(),
        of_run("b", STARTED),
        allowed(2, "t"),
        of_run("b", &denied(2, "/x")),
        of_run("b", &allowed(3, "t")),
        ended(2, 1),
        of_run("b", &ended(3, 1)),
        denied(3, "/x"),
    ];
    let all: Vec<&str> = lines.iter().map(|line| &**line).collect();
    let report = of(&all);
    assert!(report.findings.0.is_empty(), "{:?}", report.findings);
    let runs = report.sessions.iter();
    let runs: Vec<_> = runs
        .map(|run| (&*run.run, run.allowed, run.denied))
        .collect();
    assert_eq!(runs, [("a", 1, 1), ("b", 1, 1)]);
    // Each line that counts is missed, but for the last one of a run.
    for (left_out, expected) in [
        (0, Some((Finding::NoStart, 1, 2))),
        (1, Some((Finding::NoStart, 1, 3))),
        (2, Some((Finding::MissingLines, 1, 7))),
        (3, Some((Finding::MissingLines, 1, 4))),
        (4, Some((Finding::OutcomeWithoutDecision, 1, 6))),
        (5, None),
        (7, None),
    ] {
        let mut some = all.clone();
        some.remove(left_out);
        let report = of(&some);
        match expected {
            Some(finding) => assert!(
                findings(&report).contains(&finding),
                "{left_out}: {:?}",
                findings(&report)
            ),
            None => assert!(
                report.findings.0.is_empty(),
                "{left_out}: {:?}",
                report.findings
            ),
        }
    }
    // An outcome left out: its run has gone on since the other began, so it may still come.
    assert_eq!(of(&[&all[..5], &all[6..]].concat()).open, 1);
    // As many runs as there are places, and one more: the one that is silent for longest is over.
    let starts: Vec<String> = (0..=SUMMARY_SESSIONS)
        .flat_map(|run| [STARTED, &*allowed(2, "t")].map(|line| of_run(&format!("r{run}"), line)))
        .collect();
    let starts: Vec<&str> = starts.iter().map(|line| &**line).collect();
    let report = of(&starts);
    assert_eq!(
        (
            report.sessions.len(),
            report.sessions_not_listed,
            report.open
        ),
        (SUMMARY_SESSIONS, 1, 1)
    );
    let lost = &report.findings.0[&Finding::DecisionWithoutOutcome];
    assert_eq!(lost.count, SUMMARY_SESSIONS as u64);
}

#[test]
fn memory_is_bounded_by_groups() {
    let mut lines = vec![STARTED.to_owned()];
    let many = SUMMARY_GROUPS as u64 * 2;
    for at in 0..many {
        lines.push(denied(2 + at, &format!("/{at}")));
    }
    for at in 0..SUMMARY_OPEN as u64 + 20 {
        lines.push(allowed(2 + many + at, &format!("t{at}")));
    }
    let lines: Vec<&str> = lines.iter().map(|line| &**line).collect();
    let report = of(&lines);
    assert_eq!(report.denied, many);
    assert_eq!(report.denials.len(), SUMMARY_GROUPS + 1);
    assert_eq!(
        (&*report.denials[0].rule, report.denials[0].count),
        ("(others)", many / 2)
    );
    assert_eq!(report.tools.len(), SUMMARY_GROUPS + 1);
    let lost = &report.findings.0[&Finding::DecisionWithoutOutcome];
    assert_eq!((lost.count, lost.first.len()), (20, SUMMARY_PLACES));

    // The same bound for two runs together.
    let of_both = |line: &str| [of_run("a", line), of_run("b", line)];
    let more = (0..SUMMARY_OPEN as u64 / 2 + 10).flat_map(|at| of_both(&allowed(2 + at, "t")));
    let lines: Vec<String> = of_both(STARTED).into_iter().chain(more).collect();
    let lines: Vec<&str> = lines.iter().map(|line| &**line).collect();
    let report = of(&lines);
    let lost = &report.findings.0[&Finding::DecisionWithoutOutcome];
    assert_eq!((report.open, lost.count), (SUMMARY_OPEN as u64, 20));
}

#[test]
fn the_text_is_safe_for_a_terminal() {
    let hostile = r"\u001b]52;c;eA==\u0007\u202e\u009b2J\u007f";
    let line = denied(2, hostile);
    let kind = format!(r#"{{"run":"{hostile}","seq":3,"time":"{hostile}","kind":"{hostile}"}}"#);
    let tool = allowed(4, hostile);
    let report = of(&[STARTED, &line, &kind, &tool]);
    let text = text::of(&report);
    assert!(text.contains("\\u{1b}"), "{text}");
    let bad = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!text.contains(bad), "{text}");
}

#[test]
fn medians_are_exact_below_128_and_two_percent_off_above() {
    let (slow, end) = (allowed(2, "t"), ended(2, 59_999));
    let report = of(&[STARTED, &slow, &end]);
    let (median, max) = (
        report.tools[0].median_ms.unwrap(),
        report.tools[0].max_ms.unwrap(),
    );
    assert_eq!(max, 59_999);
    assert!(median <= max && (max - median) * 50 <= max, "{median}");
}

/// What the audit writes is what is read here.
#[test]
fn the_lines_of_the_audit_itself_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let audit = Audit::to_writer(std::fs::File::create(&path).unwrap());
    let started = audit::Started {
        component: "abc",
        policies: &["def".to_owned()],
        origin: "https://h",
        trust: "system",
    };
    audit.started(&started).unwrap();
    audit.refused("stdout", "no answer").unwrap();
    audit.ended(0).unwrap();
    drop(audit);
    let report = read(std::fs::File::open(&path).unwrap()).unwrap();
    assert!(report.findings.0.is_empty(), "{:?}", report.findings);
    assert_eq!(report.verdict(), Verdict::Whole);
    assert_eq!(report.sessions[0].policies, ["def"]);
    assert_eq!(
        (&*report.refused[0].rule, report.refused[0].count),
        ("stdout", 1)
    );
    audit::Audit::to_writer(
        std::fs::OpenOptions::new()
            .append(true)
            .open(&path)
            .unwrap(),
    )
    .imports_refused("abc", &["wasi:sockets/tcp@0.2.0".to_owned()])
    .unwrap();
    let report = read(std::fs::File::open(&path).unwrap()).unwrap();
    assert_eq!(report.verdict(), Verdict::Whole);
    assert_eq!(report.sessions.len(), 2);
    assert_eq!(report.refused.len(), 2);
}
