//! Incidents from public reports that nobody of the project recorded (`tests/cases`), and whether one call explains them.

mod archive;
mod facts;

use std::{env, fmt::Write as _, fs, path::Path};

use serde_json::Value;

pub(crate) use self::archive::recording;
use self::facts::{Case, Kind, Verdict};

/// Title, folder and arguments of every case that asks for a diagnosis.
pub(crate) fn incidents() -> Vec<(String, String, Value)> {
    let diagnosed = facts::all().into_iter();
    diagnosed
        .filter(|case| case.tool == "diagnose_application")
        .map(|case| {
            let title = case.title();
            (title, case.folder, Value::Object(case.arguments))
        })
        .collect()
}

/// Of the texts in `msg-compare`, one incident of many applications, this many have to be right.
const MESSAGES_RIGHT: usize = 14;

/// Prints the table of all cases and holds its figures; prints the answers of those that `CASE` names
/// (parts of folder names, separated by commas; `all`).
#[expect(clippy::print_stdout, reason = "the table is what `just cases` is for")]
#[test]
fn handed_incidents_are_explained_by_one_call() {
    let wanted = env::var("CASE").ok();
    let mut table = String::new();
    let mut tally = Tally::default();
    for case in facts::all() {
        if wanted.as_ref().is_some_and(|wanted| !case.is(wanted)) {
            continue;
        }
        let verdict = case.judge();
        writeln!(table, "{}", verdict.row(&case)).unwrap();
        if wanted.is_some() {
            writeln!(table, "{}\n", verdict.text).unwrap();
        }
        tally.add(&case, &verdict);
    }
    writeln!(table, "{}", tally.summary()).unwrap();
    println!("{table}");
    if wanted.is_none() {
        tally.hold();
        reviewed(&table);
    }
}

#[test]
fn every_folder_of_the_archive_has_its_questions() {
    let asked: Vec<String> = facts::all().into_iter().map(|case| case.folder).collect();
    let lacking: Vec<&String> = archive::folders()
        .keys()
        .filter(|folder| !asked.contains(folder))
        .collect();
    assert!(lacking.is_empty(), "{lacking:?}");
}

/// Compares the table with the reviewed one; `just bless` rewrites that.
fn reviewed(table: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/table.txt");
    if env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        fs::write(file, table).unwrap();
    } else {
        assert_eq!(fs::read_to_string(file).unwrap(), table, "`just bless`");
    }
}

/// How many cases are right.
#[derive(Default)]
struct Tally {
    incidents: Vec<(String, bool)>,
    probes: Vec<(String, bool)>,
    messages: usize,
    messages_right: usize,
    forbidden: Vec<String>,
    characters: usize,
    requests: usize,
}

impl Tally {
    fn add(&mut self, case: &Case, verdict: &Verdict) {
        let right = verdict.is_right();
        let claimed = verdict.claimed.iter();
        self.forbidden
            .extend(claimed.map(|says| format!("{}: {says}", case.title())));
        self.characters += verdict.text.chars().count();
        self.requests = self.requests.max(verdict.requests);
        if case.is_message() {
            self.messages += 1;
            self.messages_right += usize::from(right);
            return;
        }
        let list = match case.kind {
            Kind::Incident => &mut self.incidents,
            Kind::Probe => &mut self.probes,
        };
        match list.iter_mut().find(|(folder, _)| *folder == case.folder) {
            Some((_, known)) => *known &= right,
            None => list.push((case.folder.clone(), right)),
        }
    }

    fn right(list: &[(String, bool)]) -> usize {
        list.iter().filter(|(_, right)| *right).count()
    }

    /// Incidents that are right, that of many messages among them.
    fn incidents_right(&self) -> usize {
        Self::right(&self.incidents) + usize::from(self.messages_right >= MESSAGES_RIGHT)
    }

    fn summary(&self) -> String {
        let rows = self.incidents.len() + self.probes.len() + self.messages;
        format!(
            "{} of {} incidents, {} of {} probes, {} of {} messages; {} forbidden claims; {} characters on average, at most {} requests",
            self.incidents_right(),
            self.incidents.len() + usize::from(self.messages > 0),
            Self::right(&self.probes),
            self.probes.len(),
            self.messages_right,
            self.messages,
            self.forbidden.len(),
            self.characters / rows.max(1),
            self.requests
        )
    }

    fn hold(&self) {
        let summary = self.summary();
        assert!(self.requests <= facts::REQUESTS_MAX, "{summary}");
        assert!(self.incidents_right() >= facts::INCIDENTS_HELD, "{summary}");
        assert!(Self::right(&self.probes) >= facts::PROBES_HELD, "{summary}");
        let claims = &self.forbidden;
        assert!(claims.is_empty(), "{claims:#?}");
        let rows = self.incidents.len() + self.probes.len() + self.messages;
        assert!(self.characters <= rows * facts::CHARACTERS_MAX, "{summary}");
    }
}
