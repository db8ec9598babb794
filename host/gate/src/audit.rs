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

use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    guard::{self, Guard},
    limits::{AUDIT_LIST, AUDIT_TEXT_BYTES},
    random,
};

/// The JSON schema of a line.
pub const SCHEMA: &str = include_str!("audit.schema.json");

/// Who made an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    /// The component, by one call of `outgoing-handler.handle`.
    Guest,
    /// The host itself: a login, or a GET repeated after a 401.
    Host,
}

/// What runs, and towards what.
pub struct Started<'a> {
    /// SHA-256 of the component, in hex.
    pub component: &'a str,
    /// SHA-256 of each policy file in force, in hex; the machine's ceiling first.
    pub policies: &'a [String],
    /// The one server, with its path prefix.
    pub origin: &'a str,
    /// `system`, `file`, `system+file`, `insecure` or `plaintext`.
    pub trust: &'a str,
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
    run: String,
    seq: u64,
    phase: Phase,
    /// Decision lines so far.
    allowed: u64,
    denied: u64,
}

/// Where a run is between its first line and its last one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Before,
    Running,
    Over,
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

/// What a pipe takes without blocking once it is ready (PIPE_BUF on Linux).
const PIPE_BYTES: usize = 4_096;

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
            // A pipe that is ready takes this much in one piece.
            let (line, newline) = (&line[..line.len().min(PIPE_BYTES - 1)], b"\n");
            stderr
                .lock()
                .write_all(&[line.trim_ascii_end(), newline].concat())?;
        }
        Ok(())
    }
}

/// A JSON object as it grows; empty texts and lists are left out.
struct Line(String);

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
            run: run(),
            seq: 0,
            phase: Phase::Before,
            allowed: 0,
            denied: 0,
        }))
    }

    /// Whether a line was lost: nothing is allowed from then on, and the process should end with
    /// the exit code for the audit sink.
    pub fn is_broken(&self) -> bool {
        self.lock().broken
    }

    /// The first line.
    pub fn started(&self, started: &Started<'_>) -> io::Result<u64> {
        let mut state = self.lock();
        let seq = state.next("started", false, |line| {
            line.text("component", started.component)
                .list("policies", started.policies.iter())
                .text("origin", started.origin)
                .text("trust", started.trust)
        })?;
        state.phase = Phase::Running;
        Ok(seq)
    }

    /// The last line: the exit code, and how many requests were decided about. By it a reader knows
    /// that nothing was cut off behind it. Writes nothing for a run without a first line, or a second
    /// time.
    pub fn ended(&self, exit_code: u8) -> io::Result<()> {
        let mut state = self.lock();
        if state.phase != Phase::Running {
            return Ok(());
        }
        state.phase = Phase::Over;
        let (allowed, denied) = (state.allowed, state.denied);
        let written = state.next("ended", false, |line| {
            line.put("exit_code", &exit_code)
                .put("allowed", &allowed)
                .put("denied", &denied)
        });
        written.map(drop)
    }

    /// A decision, to be written before any I/O. The number names the attempt in its outcome.
    pub fn decision(&self, decision: &Decision<'_>) -> io::Result<u64> {
        let mut state = self.lock();
        let seq = state.next("decision", !decision.allowed, |line| {
            let mut tools: Vec<&str> = decision.calls.iter().map(|(_, tool)| *tool).collect();
            tools.sort_unstable();
            tools.dedup();
            let ids = decision.calls.iter().filter_map(|(id, _)| json_text(id));
            line.put("actor", &decision.actor)
                .text("decision", if decision.allowed { "allow" } else { "deny" })
                .list("ids", ids)
                .list("tools", tools.into_iter().map(cut))
                .text("rule", decision.rule)
                .text("method", decision.method)
                .text("authority", decision.authority.unwrap_or_default())
                .text("path", decision.path)
                .list("keys", decision.keys.iter().map(|key| cut(key)))
                .text("reason", decision.reason)
        })?;
        let count = if decision.allowed {
            &mut state.allowed
        } else {
            &mut state.denied
        };
        *count += 1;
        Ok(seq)
    }

    /// How the allowed attempt `seq` ended; exactly one for each.
    pub fn outcome(&self, seq: u64, outcome: &Outcome<'_>) -> io::Result<()> {
        self.lock().write(seq, "outcome", false, |line| {
            let mut line = line.put("actor", &outcome.actor);
            if let Some(status) = outcome.status {
                line = line.put("status", &status);
            }
            let address = outcome
                .address
                .map(|address| address.to_string())
                .unwrap_or_default();
            let ms = u64::try_from(outcome.elapsed.as_millis()).unwrap_or(u64::MAX);
            line.text("reason", outcome.reason)
                .text("address", &address)
                .put("bytes", &outcome.bytes)
                .put("ms", &ms)
        })
    }

    /// What the guest was refused where no attempt exists: `header-syntax` while it built a request
    /// (the reason names the header), `stdout` for a line that the client must not see.
    pub fn refused(&self, rule: &str, reason: &str) -> io::Result<u64> {
        self.lock().next("refused", true, |line| {
            line.put("actor", &Actor::Guest)
                .text("rule", rule)
                .text("reason", reason)
        })
    }

    /// A component that was not started, with every import that is not in our world.
    pub fn imports_refused(&self, component: &str, imports: &[String]) -> io::Result<u64> {
        self.lock().next("imports_refused", true, |line| {
            let imports = imports.iter().map(|name| cut(name));
            line.text("rule", "imports")
                .text("component", component)
                .list("imports", imports)
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next(
        &mut self,
        kind: &str,
        denial: bool,
        fill: impl FnOnce(Line) -> Line,
    ) -> io::Result<u64> {
        self.seq += 1;
        let seq = self.seq;
        self.write(seq, kind, denial, fill).map(|()| seq)
    }

    /// Makes the line only when somebody takes it: without a log, most are for nobody.
    fn write(
        &mut self,
        seq: u64,
        kind: &str,
        denial: bool,
        fill: impl FnOnce(Line) -> Line,
    ) -> io::Result<()> {
        let line = || fill(Line::new(&self.run, seq, kind));
        if guard::off(Guard::Audit) {
            return Ok(());
        }
        if self.broken {
            return Err(io::Error::other("the audit lost a line earlier"));
        }
        if !self.complete {
            // Stderr is for a person; it never decides.
            if denial {
                let line = line().end();
                let _ = self.sink.line(line.as_bytes());
            }
            return Ok(());
        }
        let line = line().end();
        let written = self.sink.line(line.as_bytes());
        // A line may be torn now: whatever followed it would be unreadable.
        self.broken = written.is_err();
        written
    }
}

impl Line {
    fn new(run: &str, seq: u64, kind: &str) -> Line {
        let time = utc(SystemTime::now());
        Line(format!(
            r#"{{"run":"{run}","seq":{seq},"time":"{time}","kind":"{kind}""#
        ))
    }

    fn put(mut self, key: &str, value: &(impl Serialize + ?Sized)) -> Line {
        // Texts, numbers and lists of them can't fail to serialise.
        let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
        self.0.push_str(&format!(r#","{key}":{json}"#));
        self
    }

    fn text(self, key: &str, text: &str) -> Line {
        if text.is_empty() {
            self
        } else {
            self.put(key, &*cut(text))
        }
    }

    fn list<T: Serialize>(self, key: &str, items: impl Iterator<Item = T>) -> Line {
        let items: Vec<T> = items.take(AUDIT_LIST).collect();
        if items.is_empty() {
            self
        } else {
            self.put(key, &items)
        }
    }

    /// The line, in ASCII: it may end on a terminal, and a guest chose parts of it.
    fn end(self) -> String {
        let mut text = String::with_capacity(self.0.len() + 2);
        for c in self.0.chars() {
            if c.is_ascii() && c != '\x7f' {
                text.push(c);
            } else {
                // Outside of its strings JSON is ASCII, so an escape is right here.
                let units = c.encode_utf16(&mut [0; 2]).to_vec();
                text.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
            }
        }
        text.push_str("}\n");
        text
    }
}

/// What tells the lines of this run from those of others in one file: several clients, each with a
/// host of its own, append to the log that a person has configured once.
fn run() -> String {
    // Without random bytes there is no egress, so no request either: the lines left are few.
    let bytes: [u8; 8] = random::bytes().unwrap_or_default();
    format!("{:016x}", u64::from_be_bytes(bytes))
}

/// The id as the JSON that it is; as a string when it is too long or no JSON.
fn json_text(id: &str) -> Option<Box<RawValue>> {
    let raw = (id.len() <= AUDIT_TEXT_BYTES / 8).then(|| RawValue::from_string(id.to_owned()).ok());
    raw.flatten()
        .or_else(|| serde_json::value::to_raw_value(&id.chars().take(60).collect::<String>()).ok())
}

/// At most [`AUDIT_TEXT_BYTES`] of a text.
pub fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= AUDIT_TEXT_BYTES {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!(
        "{}…",
        &text[..text.floor_char_boundary(AUDIT_TEXT_BYTES)]
    ))
}

/// RFC 3339 in UTC with milliseconds.
fn utc(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    let time = DateTime::from_timestamp(seconds, since.subsec_nanos()).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests;
