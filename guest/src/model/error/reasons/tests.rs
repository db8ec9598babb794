//! For each row the texts of `cases.txt` that must give it, and the look-alikes that must not.

use std::collections::BTreeMap;

use super::*;
use crate::{model::error::Trouble, redact::Text};

/// What must give a row and what must not: where it stands, and the text.
#[derive(Default)]
struct Case {
    gives: Vec<(&'static str, String)>,
    look_alikes: Vec<(&'static str, String)>,
}

fn cases() -> BTreeMap<&'static str, Case> {
    let mut cases: BTreeMap<&str, Case> = BTreeMap::new();
    let mut name = "";
    let lines = include_str!("cases.txt").lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let case = cases.entry(name).or_default();
        let text = |rest: &'static str| {
            let (at, text) = rest.split_once(": ").unwrap();
            (at, text.replace("\\n", "\n"))
        };
        match line.split_at(2) {
            ("+ ", rest) => case.gives.push(text(rest)),
            ("- ", rest) => case.look_alikes.push(text(rest)),
            _ => name = line,
        }
    }
    cases.remove("");
    cases
}

/// The row that a text gives where it stands.
fn row(at: &str, text: &str) -> &'static str {
    let (message, stage) = match at {
        "target" => (
            format!(
                "Failed to load target state: failed to generate manifest for source 1 of 1: {text}"
            ),
            None,
        ),
        "live" => (
            format!(
                "Failed to load live state: failed to get cluster info for \"https://k8s.example.com\": error synchronizing cache state : {text}"
            ),
            None,
        ),
        "condition" => (text.to_owned(), None),
        "spec" => (text.to_owned(), Some(Stage::Spec)),
        "row" => (text.to_owned(), Some(Stage::Sync)),
        "hydration" => (text.to_owned(), Some(Stage::Hydrate)),
        at => panic!("{at}"),
    };
    let known = Trouble::read(&Text::new(&message), stage).known();
    known.map_or("", |reason| reason.name)
}

#[test]
fn each_row_has_texts_that_give_it_and_look_alikes_that_do_not() {
    let mut wrong = Vec::new();
    for (name, case) in cases() {
        for (at, text) in &case.gives {
            let found = row(at, text);
            if found != name {
                wrong.push(format!("{name}: {text}\n  gives {found:?}"));
            }
        }
        for (at, text) in &case.look_alikes {
            if row(at, text) == name {
                wrong.push(format!("{name} must not be given by {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_row_is_without_a_look_alike() {
    let cases = cases();
    let rows: Vec<&Reason> = TABLES.into_iter().flatten().collect();
    for row in &rows {
        let tested = cases
            .get(row.name)
            .map(|case| (case.gives.len(), case.look_alikes.len()));
        assert!(
            tested.is_some_and(|(gives, look_alikes)| gives > 0 && look_alikes > 0),
            "{}: {tested:?}",
            row.name
        );
    }
    assert_eq!(rows.len(), cases.len());
}

#[test]
fn patterns_are_in_lower_case_and_sentences_have_no_full_stop() {
    for row in TABLES.into_iter().flatten() {
        for pattern in row.has.iter().chain([&row.lacks]) {
            assert_eq!(*pattern, pattern.to_lowercase(), "{}", row.name);
            let mut alternatives = pattern.split('|');
            assert!(
                pattern.is_empty() || alternatives.all(|word| word.len() > 1),
                "{}: {pattern}",
                row.name
            );
        }
        assert!(
            !row.says.is_empty() && !row.says.ends_with('.'),
            "{}",
            row.name
        );
    }
}

#[test]
fn what_no_row_knows_keeps_stage_component_and_reason() {
    let text = Text::new(
        "Failed to load target state: failed to generate manifest for source 2 of 3: rpc error: code = Unknown desc = failed to initialize repository resources: the moon is full",
    );
    let trouble = Trouble::read(&text, None);
    assert!(trouble.known().is_none());
    assert_eq!(trouble.stage, Some(Stage::Target));
    assert_eq!(trouble.component, Some(Component::GitHost));
    assert_eq!(&*trouble.reason, "the moon is full");
}
