//! The result, for a person and for a program.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Kind, Trial};
use crate::limits::SELFTEST_WHY_CHARS;

/// A line for each requirement, one for each failure, and the sum.
pub(super) fn text(trials: &[Trial]) -> String {
    let mut out = String::new();
    let mut requirements: Vec<&str> = Vec::new();
    for trial in trials {
        if !requirements.contains(&trial.requirement) {
            requirements.push(trial.requirement);
        }
    }
    // Writing to a String cannot fail; the results are dropped.
    for requirement in requirements {
        let of = || trials.iter().filter(move |t| t.requirement == requirement);
        let held = of().filter(|trial| trial.broken.is_none()).count();
        let _ = writeln!(
            out,
            "{requirement:<8} {held:>3} of {:>3} held",
            of().count()
        );
    }
    for trial in trials {
        if let Some(broken) = &trial.broken {
            let shown: String = broken.why.chars().take(SELFTEST_WHY_CHARS).collect();
            let _ = writeln!(
                out,
                "FAILED {} {}: guard {} did not hold: {}",
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
    let _ = writeln!(out, "{hold} of {} checks and controls hold", checks.count());
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
