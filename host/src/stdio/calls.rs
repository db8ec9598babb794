//! The client's open calls: which JSON-RPC ids are waiting for an answer, and which tool each one
//! runs. A request of the component may go out only while a call is open that owns its route.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{limits, policy::OpenCall};

/// The table of open calls, shared by both streams and the HTTP handler.
#[derive(Default)]
pub(crate) struct Calls {
    open: Mutex<Vec<Entry>>,
}

struct Entry {
    id: Arc<str>,
    tool: Option<Arc<str>>,
    since: Instant,
}

/// The parts of a message that the host looks at.
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    method: Option<String>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
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

impl Calls {
    /// Notes what a line from the client opens or cancels. Lines that are no messages change
    /// nothing: the component answers them.
    pub(crate) fn client_said(&self, line: &[u8]) {
        let Ok(message) = serde_json::from_slice::<Message<'_>>(line) else {
            return;
        };
        match (message.method.as_deref(), message.id, message.params) {
            (Some("notifications/cancelled"), None, Some(params)) => {
                if let Ok(CancelParams {
                    request_id: Some(id),
                }) = serde_json::from_str(params.get())
                {
                    self.close(id.get());
                }
            }
            // An id is a string or an integer; a line with another one opens nothing.
            (Some(method), Some(id), params) if is_id(id.get()) => {
                let tool = match method {
                    "tools/call" => {
                        params.and_then(|p| serde_json::from_str::<CallParams>(p.get()).ok()?.name)
                    }
                    // These two read from Argo CD as well; the route table has them by their method.
                    "resources/read" | "completion/complete" => Some(method.to_owned()),
                    _ => None,
                };
                let entry = Entry {
                    id: id.get().into(),
                    tool: tool.map(Arc::from),
                    since: Instant::now(),
                };
                let mut open = self.lock();
                if open.len() < limits::OPEN_CALLS {
                    open.push(entry);
                }
            }
            _ => {}
        }
    }

    /// Notes that the component answered a line with `id`.
    pub(crate) fn component_said(&self, line: &[u8]) {
        if let Ok(Message {
            id: Some(id),
            method: None,
            ..
        }) = serde_json::from_slice::<Message<'_>>(line)
        {
            self.close(id.get());
        }
    }

    /// The tool calls that are open now, oldest first.
    pub(crate) fn open(&self) -> Vec<OpenCall> {
        let now = Instant::now();
        let mut open = self.lock();
        open.retain(|entry| {
            entry.tool.is_none() || now.duration_since(entry.since) < limits::TOTAL
        });
        open.iter()
            .filter_map(|entry| {
                Some(OpenCall {
                    id: entry.id.clone(),
                    tool: entry.tool.clone()?,
                })
            })
            .collect()
    }

    /// The ids of all requests that have no answer, for a component that ended before answering.
    pub(crate) fn take_ids(&self) -> Vec<Arc<str>> {
        self.lock().drain(..).map(|entry| entry.id).collect()
    }

    fn close(&self, id: &str) {
        let mut open = self.lock();
        if let Some(at) = open.iter().position(|entry| *entry.id == *id) {
            open.remove(at);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Entry>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_id(id: &str) -> bool {
    id.starts_with('"')
        || (!id.is_empty()
            && id
                .strip_prefix('-')
                .unwrap_or(id)
                .bytes()
                .all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools(calls: &Calls) -> Vec<String> {
        calls
            .open()
            .into_iter()
            .map(|call| format!("{}:{}", call.id, call.tool))
            .collect()
    }

    #[test]
    fn a_call_is_open_until_answered_or_cancelled() {
        let calls = Calls::default();
        for line in [
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_clusters"}}"#,
            r#"{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"list_projects","arguments":{}}}"#,
            r#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
            r#"{"jsonrpc":"2.0","id":1.5,"method":"tools/call","params":{"name":"t"}}"#,
            r#"{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"t"}}"#,
            r#"{"jsonrpc":"2.0","id":[],"method":"tools/call","params":{"name":"t"}}"#,
            "no json",
        ] {
            calls.client_said(line.as_bytes());
        }
        assert_eq!(tools(&calls), ["1:list_clusters", "\"x\":list_projects"]);
        calls.client_said(
            br#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#,
        );
        assert_eq!(tools(&calls), ["\"x\":list_projects"]);
        calls.component_said(br#"{"jsonrpc":"2.0","id":"x","result":{}}"#);
        assert!(tools(&calls).is_empty());
        assert_eq!(calls.take_ids(), [Arc::from("2")]);
    }

    #[test]
    fn a_request_of_the_component_closes_nothing() {
        let calls = Calls::default();
        calls.client_said(br#"{"id":1,"method":"tools/call","params":{"name":"t"}}"#);
        calls.component_said(br#"{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage"}"#);
        assert_eq!(tools(&calls), ["1:t"]);
    }
}
