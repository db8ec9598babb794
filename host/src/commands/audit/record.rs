//! One line of an audit, as a type. Members that the summary does not use are passed over: the schema
//! judges them, and a log of a later version stays readable.

use serde::Deserialize;

use super::place::Unread;

/// What all lines have, and what kind of line it is.
pub(super) struct Record {
    pub(super) run: String,
    pub(super) seq: u64,
    pub(super) time: String,
    pub(super) event: Event,
}

/// The kinds.
pub(super) enum Event {
    Started(Started),
    Decision(Decision),
    Outcome(Outcome),
    Ended(Ended),
    Refused(Refused),
    ImportsRefused(ImportsRefused),
}

#[derive(Deserialize)]
struct Head {
    run: String,
    seq: u64,
    time: String,
    kind: String,
}

#[derive(Deserialize)]
pub(super) struct Started {
    pub(super) component: String,
    #[serde(default)]
    pub(super) policies: Vec<String>,
    pub(super) origin: String,
    pub(super) trust: String,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    Allow,
    Deny,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Actor {
    Guest,
    Host,
}

#[derive(Deserialize)]
pub(super) struct Decision {
    pub(super) actor: Actor,
    pub(super) decision: Verdict,
    #[serde(default)]
    pub(super) tools: Vec<String>,
    pub(super) rule: String,
    #[serde(default)]
    pub(super) method: String,
    #[serde(default)]
    pub(super) authority: String,
    #[serde(default)]
    pub(super) path: String,
    #[serde(default)]
    pub(super) reason: String,
}

#[derive(Deserialize)]
pub(super) struct Outcome {
    pub(super) status: Option<u16>,
    pub(super) reason: String,
    pub(super) bytes: u64,
    pub(super) ms: u64,
}

#[derive(Deserialize)]
pub(super) struct Ended {
    pub(super) exit_code: u8,
}

#[derive(Deserialize)]
pub(super) struct Refused {
    pub(super) rule: String,
    pub(super) reason: String,
}

#[derive(Deserialize)]
pub(super) struct ImportsRefused {
    pub(super) component: String,
    pub(super) imports: Vec<String>,
}

impl Record {
    /// Reads one line; why it can't be read, otherwise.
    pub(super) fn parse(line: &[u8]) -> Result<Record, Unread> {
        let broken = |error: serde_json::Error| Unread::Broken(error.to_string());
        let Head {
            run,
            seq,
            time,
            kind,
        } = serde_json::from_slice(line).map_err(broken)?;
        let event = match &*kind {
            "started" => serde_json::from_slice(line).map(Event::Started),
            "decision" => serde_json::from_slice(line).map(Event::Decision),
            "outcome" => serde_json::from_slice(line).map(Event::Outcome),
            "ended" => serde_json::from_slice(line).map(Event::Ended),
            "refused" => serde_json::from_slice(line).map(Event::Refused),
            "imports_refused" => serde_json::from_slice(line).map(Event::ImportsRefused),
            _ => return Err(Unread::Kind { seq, kind }),
        };
        let event = event.map_err(broken)?;
        Ok(Record {
            run,
            seq,
            time,
            event,
        })
    }
}
