//! The result, for a person and for a program.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Kind, Trial};
use crate::limits::SELFTEST_WHY_CHARS;

/// What was tried for each requirement of SECURITY.md, in its order. A test compares the ids.
const TRIED: [(&str, &str); REQUIREMENTS] = [
    ("R1.1", "other schemes, hosts and ports"),
    ("R1.2", "targets that are not a path"),
    ("R1.3", "methods other than GET"),
    ("R1.4", "paths and queries that can be read in two ways"),
    ("R1.5", "writes by GET, and routes that no tool owns"),
    ("R1.6", "imports of files and sockets"),
    ("R1.9", "other headers, foreign identities, bodies"),
    ("R1.11", "the token in answers that echo it"),
    ("R2.2", "servers and names that lead to this machine"),
    ("R3.2", "names that are paths"),
    ("R7.1", "requests whose audit line cannot be written"),
    ("C8", "messages to the client that answer nothing"),
    ("C9", "requests while no call that may make them is open"),
    (
        "control",
        "what must work, so that the rest proves something",
    ),
];
/// Rows of [`TRIED`].
const REQUIREMENTS: usize = 14;

/// A line for each requirement, one for each failure, and the sum.
pub(super) fn text(trials: &[Trial]) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail; the results are dropped.
    for (requirement, tried) in TRIED {
        let of = || trials.iter().filter(move |t| t.requirement == requirement);
        let held = of().filter(|trial| trial.broken.is_none()).count();
        let _ = writeln!(
            out,
            "{requirement:<8} {held:>3} of {:>3} held  {tried}",
            of().count()
        );
    }
    for trial in trials {
        if let Some(broken) = &trial.broken {
            let shown: String = broken.why.chars().take(SELFTEST_WHY_CHARS).collect();
            let _ = writeln!(
                out,
                "FAILED {} {}: the guard {} did not hold: {}",
                trial.requirement,
                trial.name,
                broken.guard,
                shown.escape_debug()
            );
        }
    }
    let (attempts, denied, lines) = sums(trials);
    let checks = trials.iter().filter(|trial| trial.kind == Kind::Check);
    let hold = checks
        .clone()
        .filter(|trial| trial.broken.is_none())
        .count();
    let _ = writeln!(out, "{hold} of {} checks and controls held", checks.count());
    let _ = writeln!(out, "{denied} of {attempts} denied, {lines} audit lines");
    out
}

/// Everything, one object for each trial.
pub(super) fn json(trials: &[Trial]) -> String {
    let (attempts, denied, lines) = sums(trials);
    let trial = |trial: &Trial| {
        json!({
            "requirement": trial.requirement,
            "name": trial.name,
            "guard": trial.guard,
            "attempt": trial.kind != Kind::Check,
            "held": trial.broken.is_none(),
            "audited": trial.kind == Kind::Attempt { audited: true },
            "failed_guard": trial.broken.as_ref().map(|broken| broken.guard),
            "why": trial.broken.as_ref().map(|broken| broken.why.as_str()),
        })
    };
    let all = json!({ "attempts": attempts, "denied": denied, "audit_lines": lines,
        "trials": trials.iter().map(trial).collect::<Vec<Value>>() });
    format!("{all:#}\n")
}

/// Attempts, those that were denied, and their audit lines.
fn sums(trials: &[Trial]) -> (usize, usize, usize) {
    let attempts = || trials.iter().filter(|trial| trial.kind != Kind::Check);
    (
        attempts().count(),
        attempts().filter(|trial| trial.broken.is_none()).count(),
        attempts()
            .filter(|trial| trial.kind == Kind::Attempt { audited: true })
            .count(),
    )
}
