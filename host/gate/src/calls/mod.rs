//! The client's open calls: which JSON-RPC ids are waiting for an answer, and which tool each one
//! runs. A request of the component may go out only while a call is open that owns its route, and a
//! line of the component reaches the client only when it answers an open call or tells of one.

mod handshake;
mod message;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    guard::{self, Guard},
    limits,
    policy::OpenCall,
};
use handshake::Handshake;
use message::{Asked, Said, canonical, from_client, from_component, object};

/// The table of open calls, shared by both streams and the HTTP handler.
#[derive(Default)]
pub struct Calls {
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    open: Vec<Entry>,
    snapshot: Option<Snapshot>,
    /// Ids whose answer may still be on its way: no fault of the component's.
    cancelled: VecDeque<Arc<str>>,
    /// Lines without a usable id that were not answered yet.
    unusable: u32,
    handshake: Handshake,
}

/// What [`Calls::open`] gave last, until a call begins, ends or is too old.
struct Snapshot {
    calls: Arc<[OpenCall]>,
    until: Instant,
}

struct Entry {
    id: Arc<str>,
    tool: Option<Arc<str>>,
    token: Option<Box<str>>,
    /// A subscription that was not acknowledged yet.
    listens: bool,
    since: Instant,
}

/// What becomes of a line of the client.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// It goes to the component.
    Pass,
    /// Too many calls are open already: the host answers this id.
    Full(String),
    /// It names itself at a length that is not kept: the host answers without an id.
    TooLong,
}

/// What becomes of a line of the component.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes to the client.
    Pass,
    /// It answers what the client did not ask, or no longer asks: the replayed handshake, a cancelled call.
    Swallow,
    /// Nobody may say this to the client: why.
    Refuse(&'static str),
}

#[derive(Deserialize)]
struct CallParams {
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CancelParams<'a> {
    #[serde(borrow)]
    request_id: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct MetaParams<'a> {
    #[serde(borrow, rename = "_meta")]
    meta: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Meta<'a> {
    #[serde(borrow)]
    progress_token: &'a RawValue,
}

impl Calls {
    /// Notes what a line from the client opens or cancels. Lines that are no messages open nothing:
    /// the component answers each with one error without an id.
    pub fn client_said(&self, line: &[u8]) -> Taken {
        let asked = from_client(line);
        let mut table = self.lock();
        match asked {
            Asked::Request { id, method, params } => {
                let entry = Entry::new(&id, &method, params);
                if entry.longest() > limits::ID_BYTES {
                    return Taken::TooLong;
                }
                if table.open.len() >= limits::OPEN_CALLS {
                    return Taken::Full(id.into_owned());
                }
                if method == "initialize" {
                    table.handshake.asked(&id, params);
                }
                table.snapshot = None;
                table.open.push(entry);
            }
            Asked::Notification { method, params } => match (&*method, params) {
                ("notifications/cancelled", Some(params)) => {
                    if let Some(CancelParams {
                        request_id: Some(id),
                    }) = object(params.get())
                        && let Some(id) = canonical(id.get())
                    {
                        table.cancel(&id);
                    }
                }
                ("notifications/initialized", _) => table.handshake.initialized(),
                _ => {}
            },
            Asked::Unusable => table.unusable = table.unusable.saturating_add(1),
            Asked::Response => {}
        }
        Taken::Pass
    }

    /// Judges one line of the component, and closes the call that it answers.
    pub fn component_said(&self, line: &[u8]) -> Verdict {
        let said = match from_component(line) {
            Ok(said) => said,
            Err(_) if guard::off(Guard::Stdout) => return Verdict::Pass,
            Err(why) => return Verdict::Refuse(why),
        };
        let mut table = self.lock();
        let verdict = table.judge(said);
        match verdict {
            Verdict::Refuse(_) if guard::off(Guard::Stdout) => Verdict::Pass,
            verdict => verdict,
        }
    }

    /// The tool calls that may send requests now, oldest first.
    pub fn open(&self) -> Arc<[OpenCall]> {
        let now = Instant::now();
        let mut table = self.lock();
        if let Some(last) = table.snapshot.as_ref().filter(|last| now < last.until) {
            return last.calls.clone();
        }
        let young = |entry: &&Entry| now < entry.since + limits::TOTAL;
        let call = |entry: &Entry| {
            Some(OpenCall {
                id: entry.id.clone(),
                tool: entry.tool.clone()?,
            })
        };
        let open = table.open.iter().filter(young);
        let calls: Arc<[OpenCall]> = open.clone().filter_map(call).collect();
        let oldest = open.map(|entry| entry.since).min().unwrap_or(now);
        table.snapshot = Some(Snapshot {
            calls: calls.clone(),
            until: oldest + limits::TOTAL,
        });
        calls
    }

    /// The ids of all requests that have no answer, for a component that ended before answering.
    pub fn take_ids(&self) -> Vec<Arc<str>> {
        let mut table = self.lock();
        table.unusable = 0;
        table.snapshot = None;
        table.open.drain(..).map(|entry| entry.id).collect()
    }

    /// The lines that bring a fresh instance to where the last one was. The answer to the first is
    /// swallowed.
    pub fn replay(&self) -> Vec<Vec<u8>> {
        self.lock().handshake.replay()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn judge(&mut self, said: Said<'_>) -> Verdict {
        match said {
            Said::Answer { id, result } => self.answered(&id, result),
            Said::NullError => match self.unusable.checked_sub(1) {
                Some(left) => {
                    self.unusable = left;
                    Verdict::Pass
                }
                None => Verdict::Refuse("an error that answers no line"),
            },
            Said::Progress { token } => {
                let known = |entry: &Entry| entry.token.as_deref() == Some(&*token);
                if self.open.iter().any(known) {
                    Verdict::Pass
                } else {
                    Verdict::Refuse("progress of no open call")
                }
            }
            Said::Acknowledged { id } => {
                let mut open = self.open.iter_mut();
                match open.find(|entry| entry.listens && *entry.id == *id) {
                    Some(entry) => {
                        entry.listens = false;
                        Verdict::Pass
                    }
                    None => Verdict::Refuse("an acknowledgement of no subscription"),
                }
            }
        }
    }

    fn answered(&mut self, id: &str, result: bool) -> Verdict {
        if self.handshake.replayed(id) {
            return Verdict::Swallow;
        }
        if self.close(id).is_some() {
            self.handshake.answered(id, result);
            return Verdict::Pass;
        }
        match self.cancelled.iter().position(|known| **known == *id) {
            Some(at) => {
                self.cancelled.remove(at);
                Verdict::Swallow
            }
            None => Verdict::Refuse("an answer to no open call"),
        }
    }

    /// A client that uses one id twice at a time cancels both calls with it.
    fn cancel(&mut self, id: &str) {
        while let Some(entry) = self.close(id) {
            self.cancelled.truncate(limits::CANCELLED_CALLS - 1);
            self.cancelled.push_front(entry.id);
        }
    }

    fn close(&mut self, id: &str) -> Option<Entry> {
        let at = self.open.iter().position(|entry| *entry.id == *id)?;
        self.snapshot = None;
        Some(self.open.remove(at))
    }
}

impl Entry {
    fn new(id: &str, method: &str, params: Option<&RawValue>) -> Entry {
        let params = params.map_or("null", RawValue::get);
        let tool = match method {
            "tools/call" => object::<CallParams>(params).and_then(|params| params.name),
            // These two read from Argo CD as well; the route table has them by their method.
            "resources/read" | "completion/complete" => Some(method.to_owned()),
            _ => None,
        };
        let token = object::<MetaParams<'_>>(params)
            .and_then(|params| object::<Meta<'_>>(params.meta.get()))
            .and_then(|meta| Some(canonical(meta.progress_token.get())?.into()));
        Entry {
            id: id.into(),
            tool: tool.map(Arc::from),
            token,
            listens: method == "subscriptions/listen",
            since: Instant::now(),
        }
    }

    /// The length of the longest text that it keeps, in bytes.
    fn longest(&self) -> usize {
        let tool = self.tool.as_ref().map_or(0, |tool| tool.len());
        let token = self.token.as_ref().map_or(0, |token| token.len());
        self.id.len().max(tool).max(token)
    }
}

#[cfg(test)]
mod tests;
