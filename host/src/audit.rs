//! The audit: one JSON line for each decision, before any I/O, and one for each outcome.
//!
//! A complete audit fails closed: after one line could not be written, every decision is an error,
//! and the caller sends nothing. No line ever holds a header value, a query value or a secret.
//! This file knows nothing of policy or egress; they hand it the facts.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, Write},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::Serialize;
use serde_json::value::RawValue;

use crate::limits::{AUDIT_LIST, AUDIT_TEXT_BYTES};

/// Who made an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    /// The component, by one call of `outgoing-handler.handle`.
    Guest,
    /// The host itself: a login, or a GET repeated after a 401.
    Host,
}

/// What a decision was about. Texts may come from a hostile guest: they are cut here, and JSON
/// escapes the rest.
#[derive(Clone, Copy)]
pub struct Decision<'a> {
    /// Who asked.
    pub actor: Actor,
    /// Whether the request may go out.
    pub allowed: bool,
    /// JSON-RPC id (as JSON text) and tool of each open call that the request may belong to.
    pub calls: &'a [(&'a str, &'a str)],
    /// The rule that decided.
    pub rule: &'a str,
    /// Why it was denied; empty when it was allowed.
    pub reason: &'a str,
    /// The method, as asked for.
    pub method: &'a str,
    /// Host and port, as asked for; only where it was denied.
    pub authority: Option<&'a str>,
    /// The path, without the query.
    pub path: &'a str,
    /// The keys of the query, without values.
    pub keys: &'a [&'a str],
}

/// How an allowed attempt ended.
#[derive(Clone, Debug)]
pub struct Outcome<'a> {
    /// Who made it.
    pub actor: Actor,
    /// The server's status, when there was an answer.
    pub status: Option<u16>,
    /// `ok`, `cancelled` (before an answer), `dropped` (inside the body), or the error.
    pub reason: &'a str,
    /// The checked address that was connected to, when known.
    pub address: Option<std::net::SocketAddr>,
    /// Body bytes received, before gzip was undone.
    pub bytes: u64,
    /// Time since the decision.
    pub elapsed: Duration,
}

/// The sink. Shared by everything that decides.
pub struct Audit(Mutex<State>);

struct State {
    sink: Box<dyn Sink>,
    complete: bool,
    broken: bool,
    seq: u64,
}

/// Where lines go; the second kind may refuse a line instead of blocking.
trait Sink: Send {
    fn line(&mut self, line: &[u8]) -> io::Result<()>;
}

struct Complete<W>(W);

impl<W: Write + Send> Sink for Complete<W> {
    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        self.0.write_all(line)?;
        self.0.flush()
    }
}

struct Stderr;

impl Sink for Stderr {
    /// Drops the line when stderr would block: a reader that stopped must not stop the host.
    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let stderr = io::stderr();
        let mut ready = [PollFd::new(&stderr, PollFlags::OUT)];
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        if poll(&mut ready, Some(&now)).is_ok_and(|n| n > 0) {
            stderr.lock().write_all(line)?;
        }
        Ok(())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
struct Line<'a> {
    seq: u64,
    time: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<Actor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ids: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authority: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keys: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ms: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    imports: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<Cow<'a, str>>,
}

impl Audit {
    /// Only denials, on stderr, never blocking: what a person sees without `--audit-log`.
    pub fn stderr_denials() -> Audit {
        Audit::new(Box::new(Stderr), false)
    }

    /// Every line, failing closed, into `file` (opened for appending before the process was
    /// sandboxed).
    pub fn to_file(file: File) -> Audit {
        Audit::to_writer(file)
    }

    /// Every line, failing closed, into any writer; each line is one `write_all`.
    pub fn to_writer(writer: impl Write + Send + 'static) -> Audit {
        Audit::new(Box::new(Complete(writer)), true)
    }

    fn new(sink: Box<dyn Sink>, complete: bool) -> Audit {
        Audit(Mutex::new(State {
            sink,
            complete,
            broken: false,
            seq: 0,
        }))
    }

    /// Whether a line was lost: nothing is allowed from then on, and the process should end with
    /// the exit code for the audit sink.
    pub fn is_broken(&self) -> bool {
        self.lock().broken
    }

    /// The first line: which component runs (SHA-256), towards which origin, by which trust
    /// (`system`, `file`, `insecure`, `plaintext`).
    pub fn started(&self, component: &str, origin: &str, trust: &str) -> io::Result<u64> {
        self.lock().next(false, |seq| Line {
            component: Some(cut(component)),
            origin: Some(cut(origin)),
            trust: Some(cut(trust)),
            ..Line::new(seq, "started")
        })
    }

    /// A decision, to be written before any I/O. The number names the attempt in its outcome.
    pub fn decision(&self, decision: &Decision<'_>) -> io::Result<u64> {
        let Decision { calls, reason, .. } = *decision;
        self.lock().next(!decision.allowed, |seq| Line {
            actor: Some(decision.actor),
            decision: Some(if decision.allowed { "allow" } else { "deny" }),
            ids: calls
                .iter()
                .take(AUDIT_LIST)
                .filter_map(|(id, _)| json_text(id))
                .collect(),
            tools: tools(calls),
            rule: Some(cut(decision.rule)),
            method: Some(cut(decision.method)),
            authority: decision.authority.map(cut),
            path: Some(cut(decision.path)),
            keys: decision
                .keys
                .iter()
                .take(AUDIT_LIST)
                .map(|key| cut(key))
                .collect(),
            reason: (!reason.is_empty()).then(|| cut(reason)),
            ..Line::new(seq, "decision")
        })
    }

    /// How the allowed attempt `seq` ended; exactly one for each.
    pub fn outcome(&self, seq: u64, outcome: &Outcome<'_>) -> io::Result<()> {
        self.lock().write(
            false,
            &Line {
                actor: Some(outcome.actor),
                status: outcome.status,
                reason: Some(cut(outcome.reason)),
                address: outcome.address.map(|address| address.to_string()),
                bytes: Some(outcome.bytes),
                ms: Some(u64::try_from(outcome.elapsed.as_millis()).unwrap_or(u64::MAX)),
                ..Line::new(seq, "outcome")
            },
        )
    }

    /// Header syntax that the guest was refused while it built a request; no attempt exists yet.
    pub fn refused(&self, header: &str) -> io::Result<u64> {
        self.lock().next(true, |seq| Line {
            actor: Some(Actor::Guest),
            rule: Some(Cow::Borrowed("header-syntax")),
            reason: Some(cut(header)),
            ..Line::new(seq, "refused")
        })
    }

    /// A component that was not started, with every import that is not in our world.
    pub fn imports_refused(&self, component: &str, imports: &[String]) -> io::Result<u64> {
        self.lock().next(true, |seq| Line {
            rule: Some(Cow::Borrowed("imports")),
            component: Some(cut(component)),
            imports: imports
                .iter()
                .take(AUDIT_LIST)
                .map(|name| cut(name))
                .collect(),
            ..Line::new(seq, "imports_refused")
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next<'a>(&mut self, denial: bool, line: impl FnOnce(u64) -> Line<'a>) -> io::Result<u64> {
        self.seq += 1;
        let seq = self.seq;
        self.write(denial, &line(seq)).map(|()| seq)
    }

    fn write(&mut self, denial: bool, line: &Line<'_>) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("the audit lost a line earlier"));
        }
        if !self.complete && !denial {
            return Ok(());
        }
        let text = format!("{}\n", ascii(&serde_json::to_string(line)?));
        let written = self.sink.line(text.as_bytes());
        // A line may be torn now: whatever followed it would be unreadable.
        self.broken = self.complete && written.is_err();
        if self.complete { written } else { Ok(()) }
    }
}

impl Line<'_> {
    fn new(seq: u64, kind: &'static str) -> Self {
        Line {
            seq,
            time: utc(SystemTime::now()),
            kind,
            actor: None,
            decision: None,
            ids: Vec::new(),
            tools: Vec::new(),
            rule: None,
            method: None,
            authority: None,
            path: None,
            keys: Vec::new(),
            status: None,
            reason: None,
            address: None,
            bytes: None,
            ms: None,
            imports: Vec::new(),
            component: None,
            origin: None,
            trust: None,
        }
    }
}

fn tools<'a>(calls: &[(&'a str, &'a str)]) -> Vec<Cow<'a, str>> {
    let mut names: Vec<&str> = calls.iter().map(|(_, tool)| *tool).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().take(AUDIT_LIST).map(cut).collect()
}

/// The id as the JSON that it is; as a string when it is too long or no JSON.
fn json_text(id: &str) -> Option<Box<RawValue>> {
    let raw = (id.len() <= AUDIT_TEXT_BYTES / 8).then(|| RawValue::from_string(id.to_owned()).ok());
    raw.flatten()
        .or_else(|| serde_json::value::to_raw_value(&id.chars().take(60).collect::<String>()).ok())
}

fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= AUDIT_TEXT_BYTES {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!(
        "{}…",
        &text[..text.floor_char_boundary(AUDIT_TEXT_BYTES)]
    ))
}

/// The same JSON in ASCII: a line may end on a terminal, and a guest chose parts of it.
fn ascii(json: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii() && c != '\x7f';
    if json.chars().all(plain) {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(2 * json.len());
    for c in json.chars() {
        if plain(c) {
            text.push(c);
        } else {
            // Writing to a string can't fail. Outside strings JSON is ASCII.
            let units = c
                .encode_utf16(&mut [0; 2])
                .iter()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect::<String>();
            text.push_str(&units);
        }
    }
    Cow::Owned(text)
}

/// RFC 3339 in UTC with milliseconds. Days to date: Howard Hinnant's `civil_from_days`.
fn utc(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, second) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    let (second, milli) = (second % 60, since.subsec_millis());
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
