//! A server on a fake backend, its lines caught, time standing still.

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
    limits,
    mcp::{frame::Framer, tools::Outcome},
    server::{Backend, Names, Options, Reporter, Server},
};

/// The server under test.
pub(super) struct Rig {
    pub(super) server: Server,
    lines: Rc<RefCell<Vec<String>>>,
    pub(super) fake: Fake,
}

/// The tools `echo` (answers at once), `wait` (answers when released), `steps` (reports progress,
/// then waits) and `fail` (answers with an error).
#[derive(Clone, Default)]
pub(super) struct Fake {
    released: Rc<Cell<bool>>,
    wakers: Rc<RefCell<Vec<Waker>>>,
    /// Calls polled at least once.
    pub(super) started: Rc<Cell<usize>>,
    /// Calls that neither ended nor were dropped.
    pub(super) alive: Rc<Cell<usize>>,
    /// The reporter of the last call of `steps`.
    pub(super) reporter: Rc<RefCell<Option<Reporter>>>,
}

struct Alive(Rc<Cell<usize>>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Fake {
    pub(super) fn release(&self) {
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
    pub(super) fn new() -> Self {
        let lines = Rc::new(RefCell::new(Vec::new()));
        let fake = Fake::default();
        let caught = Rc::clone(&lines);
        let write = move |line: &str| caught.borrow_mut().push(line.to_owned());
        let server = Server::new(Box::new(fake.clone()), &Options::default(), Rc::new(write));
        Self {
            server,
            lines,
            fake,
        }
    }

    /// Feeds raw bytes, runs what can run, and returns what was written, raw.
    pub(super) fn raw(&self, bytes: &[u8]) -> Vec<String> {
        let mut framer = Framer::new(limits::LINE_BYTES);
        framer.push(bytes, |frame| self.server.frame(frame));
        framer.finish(|frame| self.server.frame(frame));
        self.turn();
        self.lines.take()
    }

    /// Feeds one message and returns the messages that were written.
    pub(super) fn say(&self, message: &Value) -> Vec<Value> {
        parsed(&self.raw(format!("{message}\n").as_bytes()))
    }

    /// Feeds one request and returns its only answer.
    pub(super) fn ask(&self, message: &Value) -> Value {
        let mut answers = self.say(message);
        assert_eq!(answers.len(), 1, "to {message}: {answers:?}");
        answers.remove(0)
    }

    /// Runs what can run and returns the messages that were written.
    pub(super) fn later(&self) -> Vec<Value> {
        self.turn();
        parsed(&self.lines.take())
    }

    fn turn(&self) {
        let mut context = Context::from_waker(Waker::noop());
        assert!(
            pin!(self.server.calls.run())
                .poll(&mut context)
                .is_pending()
        );
    }
}

fn parsed(lines: &[String]) -> Vec<Value> {
    let one = |line: &String| {
        assert_eq!(
            line.find('\n'),
            Some(line.len() - 1),
            "one newline, at the end: {line:?}"
        );
        serde_json::from_str(line).unwrap()
    };
    lines.iter().map(one).collect()
}

/// A legacy request.
pub(super) fn legacy(id: impl Into<Value>, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": method, "params": params })
}

/// A modern request: `params` with the `_meta` that 2026-07-28 wants.
pub(super) fn modern(id: impl Into<Value>, method: &str, mut params: Value) -> Value {
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
pub(super) fn notification(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}
