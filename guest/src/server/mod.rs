//! The MCP server: receives and sends messages, runs tool calls concurrently and cancels them.
//!
//! It knows no transport and does no I/O of its own: a body comes in by [`Server::message`], what is to
//! be said to a client goes out through its [`Connection`], and tools are behind [`Backend`]. It keeps
//! no protocol state but what is in flight: each request says its era itself.

mod backend;
mod calls;
mod complete;
mod connection;
mod listing;
mod options;
mod progress;
mod prompts;
#[cfg(test)]
pub(crate) mod tests;

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
};

use serde_json::Value;

pub use self::{
    backend::{ArgoCd, Backend, Misconfigured, Names, Reporter},
    connection::{Connection, Out},
    options::{Options, Output},
};
use self::{
    calls::{Calls, Key},
    progress::Progress,
};
use crate::{
    limits,
    mcp::{
        era::{self, Era},
        legacy,
        modern::{self, CACHED},
        notify, prompts as mcp_prompts, resources,
        rpc::{self, Fault, Id, Message, Notification, Request},
        tools,
    },
};

/// One MCP server for any number of connections.
pub struct Server {
    backend: Box<dyn Backend>,
    options: Options,
    /// Built on first use: most processes of a transport without sessions only call a tool.
    tools: OnceCell<Vec<tools::Entry>>,
    instructions: OnceCell<String>,
    calls: Calls,
    listens: RefCell<Vec<Key>>,
    connections: Cell<u64>,
}

impl Server {
    /// A server that calls the tools of `backend` and shows those that `options` list.
    pub fn new(backend: Box<dyn Backend>, options: Options) -> Self {
        Self {
            backend,
            options,
            tools: OnceCell::new(),
            instructions: OnceCell::new(),
            calls: Calls::new(),
            listens: RefCell::default(),
            connections: Cell::default(),
        }
    }

    /// A new client, whose messages go to `send`.
    pub fn connect(&self, send: impl Fn(Out) + 'static) -> Connection {
        let number = self.connections.replace(self.connections.get() + 1);
        Connection::new(number, Rc::new(send))
    }

    /// Takes one message of a client: the JSON text alone, whatever framed it. What needs no tool is
    /// answered at once; tool calls are only started, [`Server::run`] drives them.
    pub fn message(&self, body: &[u8], out: &Connection) {
        match rpc::parse(body) {
            Ok(Message::Request(request)) => {
                if let Err(fault) = self.request(&request, out) {
                    out.fail(Some(&request.id), &fault);
                }
            }
            Ok(Message::Notification(notification)) => self.notification(&notification, out),
            Ok(Message::Nothing) => {}
            Err(refused) => out.fail(refused.id.as_ref(), &refused.fault),
        }
    }

    /// Drives the calls of all connections, for ever.
    pub async fn run(&self) {
        self.calls.run().await;
    }

    /// Drives the calls of all connections until none is left.
    pub async fn idle(&self) {
        self.calls.idle().await;
    }

    /// Ends a connection: drops its calls, which aborts them upstream, and answers its open
    /// subscriptions, as 2026-07-28 asks for.
    pub fn close(&self, connection: &Connection) {
        self.calls.close(connection.number());
        let ended = |key: &mut Key| key.connection == connection.number();
        let ended: Vec<Key> = self.listens.borrow_mut().extract_if(.., ended).collect();
        for Key { id, .. } in ended {
            connection.reply(&id, &modern::listened(&id));
        }
    }

    fn instructions(&self) -> &str {
        self.instructions
            .get_or_init(|| listing::instructions(&self.options.tools))
    }

    fn entries(&self) -> &[tools::Entry] {
        self.tools.get_or_init(|| listing::entries(&self.options))
    }

    fn request(&self, request: &Request, out: &Connection) -> Result<(), Fault> {
        let Request { id, method, params } = request;
        let era = era::of(request)?;
        match (era, method.as_str()) {
            (_, "tools/list") => out.reply(id, &tools::list(era, params, self.entries())?),
            (_, "tools/call") => self.call(era, out.key(id), tools::call(params)?, out)?,
            (Era::Legacy, "initialize") => {
                out.reply(id, &legacy::initialize(params, self.instructions()))
            }
            (Era::Legacy, "ping") => out.reply(id, &legacy::Empty {}),
            (Era::Modern, "server/discover") => {
                out.reply(id, &modern::discover(self.instructions()))
            }
            (Era::Modern, "subscriptions/listen") => {
                modern::listen(params)?;
                self.listen(id, out)?;
            }
            _ => return self.offer(era, request, out),
        }
        Ok(())
    }

    /// Prompts, resources and completion.
    fn offer(&self, era: Era, request: &Request, out: &Connection) -> Result<(), Fault> {
        let Request { id, method, params } = request;
        let listed = |list: Value| match params.get("cursor") {
            Some(_) => Err(Fault::params("unknown cursor: the list has one page")),
            None => {
                out.reply(id, &modern::wrap(era, &list, Some(CACHED)));
                Ok(())
            }
        };
        match method.as_str() {
            "prompts/list" => listed(mcp_prompts::list(prompts::PROMPTS)),
            "resources/list" => listed(resources::list()),
            "resources/templates/list" => listed(resources::templates()),
            "prompts/get" => {
                out.reply(
                    id,
                    &modern::wrap(era, &mcp_prompts::get(prompts::PROMPTS, params)?, None),
                );
                Ok(())
            }
            "resources/read" => {
                let (uri, name) = resources::read(params)?;
                self.read(era, id, (uri, name), out)
            }
            "completion/complete" => {
                let wanted = resources::complete(params, prompts::PROMPTS)?;
                self.complete(era, id, wanted, out)
            }
            _ => Err(Fault::method(method)),
        }
    }

    /// Obeys `notifications/cancelled`; every other notification asks for nothing. A client can
    /// cancel what came by its own connection only.
    fn notification(&self, notification: &Notification, from: &Connection) {
        if notification.method == "notifications/cancelled"
            && let Some(id) = notify::cancelled(&notification.params)
        {
            let key = from.key(&id);
            self.calls.cancel(&key);
            self.listens.borrow_mut().retain(|open| *open != key);
        }
    }

    fn call(&self, era: Era, key: Key, call: tools::Call, out: &Connection) -> Result<(), Fault> {
        let progress = Progress::new(call.progress, out.clone());
        let Some(answer) = self
            .backend
            .call(&call.name, call.arguments, progress.reporter())
        else {
            let name = rpc::brief(&call.name);
            return Err(Fault::params(format!(
                "unknown tool: {name}; see tools/list (the operator chooses the tools with \
                 ARGOCD_MCP_TOOLSETS, ARGOCD_MCP_TOOLS or a policy file)"
            )));
        };
        let (out, reply_to) = (out.clone(), key.id.clone());
        let work = Box::pin(async move {
            let outcome = answer.await;
            // Progress after the answer would be for a token that the client has forgotten.
            drop(progress);
            out.reply(&reply_to, &tools::called(era, &outcome));
        });
        self.calls.start(key, work)
    }

    fn listen(&self, id: &Id, out: &Connection) -> Result<(), Fault> {
        let mut listens = self.listens.borrow_mut();
        if listens.len() >= limits::LISTENS {
            let why = format!("{} subscriptions are already open", limits::LISTENS);
            return Err(Fault::new(rpc::INTERNAL, why));
        }
        listens.push(out.key(id));
        out.notify(notify::acknowledged(id));
        Ok(())
    }
}
