//! A server on a fake backend with one client, its messages caught, time standing still.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    pin::pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use serde_json::{Map, Value, json};

use crate::{
    http::Local,
    mcp::tools::Outcome,
    server::{Backend, Connection, Names, Options, Out, Reporter, Server},
};

/// The messages sent on a connection.
pub(crate) type Heard = Rc<RefCell<Vec<Out>>>;

/// The server under test.
pub(crate) struct Rig {
    pub(crate) server: Server,
    pub(crate) client: Connection,
    heard: Heard,
    pub(crate) fake: Fake,
}

/// The tools `echo` (answers at once), `wait` (answers when released), `steps` (reports progress,
/// then waits) and `fail` (answers with an error).
#[derive(Clone, Default)]
pub(crate) struct Fake {
    released: Rc<Cell<bool>>,
    wakers: Rc<RefCell<Vec<Waker>>>,
    /// Calls polled at least once.
    pub(crate) started: Rc<Cell<usize>>,
    /// Calls that neither ended nor were dropped.
    pub(crate) alive: Rc<Cell<usize>>,
    /// The reporter of the last call of `steps`.
    pub(crate) reporter: Rc<RefCell<Option<Reporter>>>,
}

struct Alive(Rc<Cell<usize>>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Fake {
    pub(crate) fn release(&self) {
        self.released.set(true);
        self.wakers.take().into_iter().for_each(Waker::wake);
    }

    fn hold(&self) -> impl Future<Output = ()> + use<> {
        let fake = self.clone();
        poll_fn(move |context| {
            if fake.released.get() {
                return Poll::Ready(());
            }
            fake.wakers.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
    }
}

impl Backend for Fake {
    fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        progress: Reporter,
    ) -> Option<Local<'static, Outcome>> {
        let fake = self.clone();
        let text = Value::Object(arguments).to_string();
        let name = ["echo", "wait", "steps", "fail"]
            .into_iter()
            .find(|known| *known == name)?;
        self.alive.set(self.alive.get() + 1);
        let alive = Alive(Rc::clone(&self.alive));
        Some(Box::pin(async move {
            let _alive = alive;
            fake.started.set(fake.started.get() + 1);
            if name == "steps" {
                for (done, total) in [(1.0, Some(3.0)), (1.0, None), (0.5, None), (2.5, None)] {
                    progress(done, total, "on the way");
                }
                fake.reporter.replace(Some(progress));
            }
            if matches!(name, "wait" | "steps") {
                fake.hold().await;
            }
            let is_error = name == "fail";
            Outcome {
                text,
                is_error,
                structured: None,
            }
        }))
    }

    fn read(&self, _: &str, arguments: Map<String, Value>) -> Option<Local<'static, Outcome>> {
        let is_error = arguments["name"] == "argocd/gone";
        let text = format!("card of {}", arguments["name"]);
        Some(Box::pin(async move {
            Outcome {
                text,
                is_error,
                structured: None,
            }
        }))
    }

    fn applications(&self, mut each: Names) -> Local<'static, Result<(), String>> {
        Box::pin(async move {
            for (namespace, name) in [("argocd", "web"), ("argocd", "api"), ("team", "web-2")] {
                each(namespace, name);
            }
            Ok(())
        })
    }
}

impl Rig {
    pub(crate) fn new() -> Self {
        let fake = Fake::default();
        let server = Server::new(Box::new(fake.clone()), Options::default());
        let (client, heard) = connected(&server);
        Self {
            server,
            client,
            heard,
            fake,
        }
    }

    /// Another client.
    pub(crate) fn connect(&self) -> (Connection, Heard) {
        connected(&self.server)
    }

    /// Feeds one message as bytes, runs what can run, and returns what went out, as text.
    pub(crate) fn raw(&self, body: &[u8]) -> Vec<String> {
        self.server.message(body, &self.client);
        self.turn();
        self.heard.take().into_iter().map(text).collect()
    }

    /// Feeds one message and returns the messages that were written.
    pub(crate) fn say(&self, message: &Value) -> Vec<Value> {
        parsed(&self.raw(message.to_string().as_bytes()))
    }

    /// Feeds one request and returns its only answer.
    pub(crate) fn ask(&self, message: &Value) -> Value {
        let mut answers = self.say(message);
        assert_eq!(answers.len(), 1, "to {message}: {answers:?}");
        answers.remove(0)
    }

    /// Runs what can run and returns the messages that were written.
    pub(crate) fn later(&self) -> Vec<Value> {
        self.turn();
        let texts: Vec<String> = self.heard.take().into_iter().map(text).collect();
        parsed(&texts)
    }

    fn turn(&self) {
        let mut context = Context::from_waker(Waker::noop());
        assert!(pin!(self.server.run()).poll(&mut context).is_pending());
    }
}

fn connected(server: &Server) -> (Connection, Heard) {
    let heard = Heard::default();
    let hearing = Rc::clone(&heard);
    let client = server.connect(move |out| hearing.borrow_mut().push(out));
    (client, heard)
}

/// The message, which is what it says it is: only a response has an id.
fn text(out: Out) -> String {
    let (is_response, text) = match out {
        Out::Response(text) => (true, text),
        Out::Notification(text) => (false, text),
    };
    let message: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(message.get("id").is_some(), is_response, "{text}");
    assert!(!text.contains('\n'), "a transport frames it: {text:?}");
    text
}

fn parsed(texts: &[String]) -> Vec<Value> {
    texts
        .iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect()
}

/// The ids of answers.
pub(crate) fn ids(answers: &[Value]) -> Vec<Value> {
    answers.iter().map(|answer| answer["id"].clone()).collect()
}

/// A legacy request.
pub(crate) fn legacy(id: impl Into<Value>, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": method, "params": params })
}

/// A modern request: `params` with the `_meta` that 2026-07-28 wants.
pub(crate) fn modern(id: impl Into<Value>, method: &str, mut params: Value) -> Value {
    let mut meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
    });
    if let Some(Value::Object(more)) = params.get_mut("_meta").map(Value::take) {
        meta.as_object_mut().unwrap().extend(more);
    }
    params["_meta"] = meta;
    legacy(id, method, params)
}

/// A notification.
pub(crate) fn notification(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}
