//! Counts what the lines say, in a bounded number of groups.

use std::collections::BTreeMap;

use argocd_gate::{audit, limits::AUDIT_LIST};

use super::{
    place::{Finding, Unread},
    record::{Actor, Decision, Event, ImportsRefused, Outcome, Record, Verdict},
    report::{self, Denials, Report, Requests},
    session::{Open, Session},
};
use crate::limits::{SUMMARY_GROUPS, SUMMARY_OPEN, SUMMARY_SESSIONS};

/// What stands for the groups beyond the bound.
const OTHERS: &str = "(others)";

/// Everything counted so far.
#[derive(Default)]
pub(super) struct Tally {
    report: Report,
    /// By the name of the run.
    sessions: BTreeMap<String, Session>,
    /// Allowed requests of all runs that have no outcome yet.
    open: usize,
    /// The line in which a run began last.
    began: u64,
    /// Lines that could not be read.
    unread: u64,
    tools: BTreeMap<String, Group>,
    routes: BTreeMap<String, Group>,
    denials: BTreeMap<[String; 5], Denials>,
    refused: BTreeMap<[String; 5], Denials>,
}

#[derive(Default)]
struct Group {
    allowed: u64,
    denied: u64,
    statuses: BTreeMap<u16, u64>,
    failed: BTreeMap<String, u64>,
    bytes: u64,
    times: Times,
}

/// Milliseconds, in classes that are exact below 128 and 2 % wide above.
#[derive(Default)]
struct Times {
    classes: BTreeMap<u64, u64>,
    count: u64,
    max: Option<u64>,
}

impl Tally {
    /// Takes a line that could be read.
    pub(super) fn take(&mut self, line: u64, record: Record) {
        let Record {
            run,
            seq,
            time,
            event,
        } = record;
        let (run, time) = (cut(&run), cut(&time));
        let counts = !matches!(event, Event::Outcome(_));
        let begins = matches!(event, Event::Started(_) | Event::ImportsRefused(_));
        // What came before a first line that is not there is not missing: it was never in this file,
        // or could not be read.
        let before = if begins {
            0
        } else {
            seq.saturating_sub(u64::from(counts))
        };
        let mut session = match self.sessions.remove(&run) {
            Some(session) => session,
            None => {
                if begins {
                    self.began = line;
                } else {
                    let detail = format!("run {run} begins with number {seq}");
                    let findings = &mut self.report.findings;
                    findings.add(Finding::NoStart, 1, line, &detail);
                }
                self.room_for_one();
                let shown = report::Session {
                    run: run.clone(),
                    line,
                    first: time.clone(),
                    ..report::Session::default()
                };
                Session::new(shown, before, self.unread)
            }
        };
        if session.shown.exit_code.is_some() {
            let detail = format!("run {run}, number {seq}");
            self.report
                .findings
                .add(Finding::LinesAfterEnd, 1, line, &detail);
        }
        session.line = line;
        session.shown.last.clone_from(&time);
        if counts {
            session.count(seq, line, self.unread, &mut self.report.findings);
        }
        self.event(&mut session, seq, line, &time, event);
        self.sessions.insert(run, session);
    }

    /// Takes note of a line that could not be read.
    pub(super) fn unread(&mut self, line: u64, what: Unread) {
        let findings = &mut self.report.findings;
        match what {
            Unread::Broken(detail) => findings.add(Finding::BrokenLine, 1, line, &detail),
            Unread::TooLong => findings.add(Finding::LineTooLong, 1, line, ""),
            Unread::Kind { seq, kind } => {
                let detail = format!("number {seq}, kind {kind}");
                findings.add(Finding::UnknownKind, 1, line, &detail);
            }
        }
        self.unread += 1;
    }

    /// The log ends inside a line.
    pub(super) fn torn(&mut self, line: u64) {
        self.report.findings.add(Finding::TornEnd, 1, line, "");
    }

    /// The report of all lines.
    pub(super) fn finish(mut self, lines: u64) -> Report {
        for session in std::mem::take(&mut self.sessions).into_values() {
            // A run that is silent since another began is over, for all that a log can tell.
            if session.line >= self.began {
                self.report.open += session.open() as u64;
                self.list(session);
            } else {
                self.end(session);
            }
        }
        let mut report = self.report;
        report.sessions.sort_by_key(|session| session.line);
        report.lines = lines;
        report.tools = requests(self.tools);
        report.routes = requests(self.routes);
        report.denials = most_first(self.denials);
        report.refused = most_first(self.refused);
        report
    }

    fn event(&mut self, session: &mut Session, seq: u64, line: u64, time: &str, event: Event) {
        if self.report.first.is_empty() {
            self.report.first = time.to_owned();
        }
        self.report.last = time.to_owned();
        match event {
            Event::Started(started) => {
                let shown = &mut session.shown;
                shown.component = cut(&started.component);
                let policies = started.policies.iter().take(AUDIT_LIST);
                shown.policies = policies.map(|policy| cut(policy)).collect();
                shown.origin = cut(&started.origin);
                shown.trust = cut(&started.trust);
            }
            Event::Decision(decision) => self.decision(session, seq, line, time, decision),
            Event::Outcome(outcome) => self.outcome(session, seq, line, outcome),
            Event::Ended(ended) => {
                self.open -= session.open();
                session.last(ended.exit_code, &mut self.report.findings);
            }
            Event::Refused(refused) => {
                let key = [
                    refused.rule,
                    refused.reason,
                    String::new(),
                    String::new(),
                    String::new(),
                ];
                note(&mut self.refused, key, time);
            }
            Event::ImportsRefused(refused) => self.imports_refused(session, refused, time),
        }
    }

    /// Ends the run that is silent for longest when there are as many as can be followed.
    fn room_for_one(&mut self) {
        if self.sessions.len() < SUMMARY_SESSIONS {
            return;
        }
        let silent = self.sessions.iter().min_by_key(|(_, session)| session.line);
        let silent = silent.map(|(run, _)| run.clone());
        if let Some(session) = silent.and_then(|run| self.sessions.remove(&run)) {
            self.end(session);
        }
    }

    /// The run is over.
    fn end(&mut self, mut session: Session) {
        self.open -= session.open();
        session.over(&mut self.report.findings);
        self.list(session);
    }

    fn list(&mut self, session: Session) {
        self.report.sessions_not_ended += u64::from(!session.shown.is_over());
        if self.report.sessions.len() < SUMMARY_SESSIONS {
            self.report.sessions.push(session.shown);
        } else {
            self.report.sessions_not_listed += 1;
        }
    }

    fn imports_refused(&mut self, session: &mut Session, refused: ImportsRefused, time: &str) {
        session.shown.component = cut(&refused.component);
        session.shown.refused = true;
        let imports = refused.imports.join(", ");
        let key = [
            "imports".to_owned(),
            imports,
            String::new(),
            String::new(),
            String::new(),
        ];
        note(&mut self.refused, key, time);
    }

    fn decision(
        &mut self,
        session: &mut Session,
        seq: u64,
        line: u64,
        time: &str,
        decision: Decision,
    ) {
        let allowed = decision.decision == Verdict::Allow;
        let tools: Vec<String> = decision
            .tools
            .iter()
            .take(AUDIT_LIST)
            .map(|tool| cut(tool))
            .collect();
        for tool in &tools {
            group(&mut self.tools, tool).decided(allowed);
        }
        *if allowed {
            &mut session.shown.allowed
        } else {
            &mut session.shown.denied
        } += 1;
        if !allowed {
            self.report.denied += 1;
            let rules = &mut self.report.rules;
            *bounded(rules, &decision.rule) += 1;
            let Decision {
                rule,
                reason,
                method,
                authority,
                path,
                ..
            } = decision;
            note(
                &mut self.denials,
                [rule, reason, method, authority, path],
                time,
            );
            return;
        }
        self.report.allowed += 1;
        self.report.by_host += u64::from(decision.actor == Actor::Host);
        let route = cut(&decision.rule);
        group(&mut self.routes, &route).decided(true);
        let open = Open { line, tools, route };
        self.open += usize::from(session.opened(seq, open));
        if self.open > SUMMARY_OPEN {
            // It has the one that just came, at least.
            session.give_up(&mut self.report.findings);
            self.open -= 1;
        }
    }

    fn outcome(&mut self, session: &mut Session, seq: u64, line: u64, outcome: Outcome) {
        let Some(open) = session.ended(seq) else {
            let detail = format!("number {seq}");
            self.report
                .findings
                .add(Finding::OutcomeWithoutDecision, 1, line, &detail);
            return;
        };
        self.open -= 1;
        group(&mut self.routes, &open.route).ended(&outcome);
        for tool in &open.tools {
            group(&mut self.tools, tool).ended(&outcome);
        }
    }
}

impl Group {
    fn decided(&mut self, allowed: bool) {
        *if allowed {
            &mut self.allowed
        } else {
            &mut self.denied
        } += 1;
    }

    fn ended(&mut self, outcome: &Outcome) {
        if let Some(status) = outcome.status {
            *self.statuses.entry(status).or_default() += 1;
        }
        if outcome.reason != "ok" {
            *bounded(&mut self.failed, &outcome.reason) += 1;
        }
        self.bytes = self.bytes.saturating_add(outcome.bytes);
        self.times.add(outcome.ms);
    }
}

impl Times {
    /// Six bits below the highest one that is set are kept.
    fn add(&mut self, ms: u64) {
        let dropped = 64_u32.saturating_sub(ms.leading_zeros()).saturating_sub(7);
        *self.classes.entry(ms >> dropped << dropped).or_default() += 1;
        self.count += 1;
        self.max = self.max.max(Some(ms));
    }

    /// The lower one of two in the middle.
    fn median(&self) -> Option<u64> {
        let mut left = self.count.div_ceil(2);
        for (class, count) in &self.classes {
            match left.checked_sub(*count) {
                None | Some(0) => return Some(*class),
                Some(rest) => left = rest,
            }
        }
        None
    }
}

fn cut(text: &str) -> String {
    audit::cut(text).into_owned()
}

/// The value of a key, or of all keys beyond the bound.
fn bounded<'a, V: Default>(map: &'a mut BTreeMap<String, V>, key: &str) -> &'a mut V {
    let key = cut(key);
    let key = if map.len() < SUMMARY_GROUPS || map.contains_key(&key) {
        key
    } else {
        OTHERS.to_owned()
    };
    map.entry(key).or_default()
}

fn group<'a>(map: &'a mut BTreeMap<String, Group>, key: &str) -> &'a mut Group {
    bounded(map, key)
}

fn note(map: &mut BTreeMap<[String; 5], Denials>, key: [String; 5], time: &str) {
    let mut key = key.map(|text| cut(&text));
    if map.len() >= SUMMARY_GROUPS && !map.contains_key(&key) {
        key = [OTHERS, "", "", "", ""].map(str::to_owned);
    }
    let [rule, reason, method, authority, path] = key.clone();
    let denials = map.entry(key).or_insert_with(|| Denials {
        rule,
        reason,
        method,
        authority,
        path,
        count: 0,
        first: time.to_owned(),
        last: String::new(),
    });
    denials.count += 1;
    denials.last = time.to_owned();
}

fn requests(groups: BTreeMap<String, Group>) -> Vec<Requests> {
    let shown = |(name, group): (String, Group)| Requests {
        name,
        allowed: group.allowed,
        denied: group.denied,
        statuses: group.statuses,
        failed: group.failed,
        bytes: group.bytes,
        median_ms: group.times.median(),
        max_ms: group.times.max,
    };
    groups.into_iter().map(shown).collect()
}

fn most_first(denials: BTreeMap<[String; 5], Denials>) -> Vec<Denials> {
    let mut denials: Vec<Denials> = denials.into_values().collect();
    denials.sort_by_key(|denials| std::cmp::Reverse(denials.count));
    denials
}
