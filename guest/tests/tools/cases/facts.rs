//! What a right answer of each case holds, and the verdict on an answer.

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

use super::archive::recording;
use crate::replay::Replay;

/// Everything about cause, evidence and consequence stands within so many characters.
const WITHIN: usize = 3_000;
/// Most requests of one call.
pub(crate) const REQUESTS_MAX: usize = 8;

/// Most characters of an answer on average: 700 tokens at three characters each, the fewest that a
/// tokenizer takes for one here.
pub(crate) const CHARACTERS_MAX: usize = 2_100;

/// What is reached, and never lost again.
pub(crate) const INCIDENTS_HELD: usize = 49;
pub(crate) const PROBES_HELD: usize = 36;

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Incident,
    Probe,
}

/// One question: a row of `tests/cases/facts.toml`.
#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) folder: String,
    pub(crate) kind: Kind,
    pub(crate) tool: String,
    pub(crate) arguments: serde_json::Map<String, Value>,
    facts: Vec<Pattern>,
    #[serde(default)]
    forbidden: Vec<Pattern>,
}

/// Decisive words: one pattern, or several that all have to fit.
#[derive(Deserialize)]
struct Pattern {
    says: String,
    pattern: Option<String>,
    #[serde(default)]
    all: Vec<String>,
}

impl Pattern {
    fn fits(&self, text: &str) -> bool {
        let mut patterns = self.pattern.iter().chain(&self.all).peekable();
        assert!(patterns.peek().is_some(), "{}: no pattern", self.says);
        patterns.all(|pattern| Regex::new(pattern).unwrap().is_match(text))
    }
}

/// Every case, in the order of the folders.
pub(crate) fn all() -> Vec<Case> {
    #[derive(Deserialize)]
    struct File {
        case: Vec<Case>,
    }
    let text = include_str!("../../../../tests/cases/facts.toml");
    toml::from_str::<File>(text).unwrap().case
}

/// An answer, and what it lacks.
pub(crate) struct Verdict {
    pub(crate) text: String,
    pub(crate) requests: usize,
    facts: usize,
    missing: Vec<String>,
    pub(crate) claimed: Vec<String>,
}

impl Case {
    /// The folder, and the application where a folder has several.
    pub(crate) fn title(&self) -> String {
        let name = self.arguments.get("name").and_then(Value::as_str);
        match name.filter(|_| self.is_message()) {
            Some(name) => format!("{} {name}", self.folder),
            None => self.folder.clone(),
        }
    }

    /// Whether it is one of the many messages that are one incident together.
    pub(crate) fn is_message(&self) -> bool {
        self.folder == "msg-compare"
    }

    /// Whether `wanted` names it; `all` names each.
    pub(crate) fn is(&self, wanted: &str) -> bool {
        wanted == "all" || wanted.split(',').any(|one| self.title().contains(one))
    }

    /// Asks the tool, and compares.
    pub(crate) fn judge(&self) -> Verdict {
        let replay = Replay::of(recording(&self.folder), |_, body| body);
        let answer = replay.call(&self.tool, Value::Object(self.arguments.clone()));
        let line = answer.text().replace('\n', " ");
        let start: String = line.chars().take(WITHIN).collect();
        let says = |patterns: &[Pattern], wanted: bool, text: &str| -> Vec<String> {
            let found = patterns.iter().filter(|one| one.fits(text) == wanted);
            found.map(|one| one.says.clone()).collect()
        };
        Verdict {
            requests: replay.requests().len(),
            facts: self.facts.len(),
            missing: says(&self.facts, false, &start),
            claimed: says(&self.forbidden, true, &line),
            text: answer.text().to_owned(),
        }
    }
}

impl Verdict {
    pub(crate) fn is_right(&self) -> bool {
        self.missing.is_empty() && self.claimed.is_empty()
    }

    /// A row of the table: right or how many facts, requests, characters, what is missing.
    pub(crate) fn row(&self, case: &Case) -> String {
        let mut row = format!(
            "{} {:<34} {}/{} facts, {} requests, {} characters",
            if self.is_right() { "right" } else { "WRONG" },
            case.title(),
            self.facts - self.missing.len(),
            self.facts,
            self.requests,
            self.text.chars().count()
        );
        for missing in &self.missing {
            row.push_str(&format!("\n        lacks: {missing}"));
        }
        for claimed in &self.claimed {
            row.push_str(&format!("\n        CLAIMS: {claimed}"));
        }
        row
    }
}
