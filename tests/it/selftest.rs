//! The escape kit inside the binary, as a user runs it.

use std::{
    collections::BTreeSet,
    process::{Command, Output},
};

use serde_json::Value;

use crate::HOST;

fn selftest(arguments: &[&str]) -> Output {
    let mut command = Command::new(HOST);
    command.arg("selftest").args(arguments).env_clear();
    command.output().unwrap()
}

#[test]
fn everything_is_denied_and_has_its_line() {
    let output = selftest(&[]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let last = text.lines().last().unwrap();
    let numbers: Vec<usize> = last
        .split([' ', ','])
        .filter_map(|word| word.parse().ok())
        .collect();
    let [denied, attempts, lines] = numbers[..] else {
        panic!("{last}")
    };
    assert!(attempts >= 60, "{last}");
    assert_eq!(
        last,
        format!("{attempts} of {attempts} denied, {attempts} audit lines")
    );
    assert_eq!((denied, lines), (attempts, attempts));
    assert!(text.contains("checks and controls held"), "{text}");
    // A line in words for each requirement, and no line without a trial.
    let found: Value = serde_json::from_slice(&selftest(&["--format", "json"]).stdout).unwrap();
    let trials = found["trials"].as_array().unwrap();
    let tried: BTreeSet<&str> = trials
        .iter()
        .map(|trial| trial["requirement"].as_str().unwrap())
        .collect();
    let said: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.split_once(" held  "))
        .filter(|(_, words)| !words.is_empty())
        .filter_map(|(counts, _)| counts.split(' ').next())
        .collect();
    assert_eq!(said, tried, "{text}");
}

#[test]
fn each_attempt_names_its_guard_for_a_program() {
    let output = selftest(&["--format", "json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let trials = found["trials"].as_array().unwrap();
    assert!(output.status.success() && trials.iter().all(|trial| trial["held"] == true));
    assert_eq!(found["attempts"], found["denied"]);
    for guard in [
        "path",
        "name",
        "header",
        "seal",
        "address",
        "import",
        "audit",
        "stdout",
        "ownership",
    ] {
        let tries = trials.iter().filter(|trial| trial["guard"] == guard);
        assert!(tries.count() > 0, "nothing tries the guard {guard}");
    }
}
