//! The MCP server: takes lines, answers them, runs tool calls side by side and cancels them.
//!
//! No I/O of its own: bytes come in by [`Server::serve`], lines go out through the writer that it
//! is made with, and tools are behind [`Backend`]. It keeps no protocol state but what is in
//! flight: each request says its era itself.

mod backend;
mod calls;
mod complete;
mod listing;
mod options;
mod progress;
mod prompts;
#[cfg(test)]
mod tests;

use std::{cell::RefCell, pin::pin, rc::Rc};

use futures_util::future::select;
use serde::Serialize;
use serde_json::Value;

pub use self::{
    backend::{ArgoCd, Backend, Misconfigured, Names, Reporter},
    options::{Options, Output},
};
use self::{calls::Calls, progress::Progress};
use crate::{
    http::Local,
    limits,
    mcp::{
        era::{self, Era},
        frame::{Frame, Framer},
        legacy,
        modern::{self, CACHED},
        notify, prompts as mcp_prompts, resources,
        rpc::{self, Fault, Id, Message, Notification, Request},
        tools,
    },
};

/// Where lines go; each is complete, with its newline.
pub type Writer = Rc<dyn Fn(&str)>;

/// One MCP server on one pair of streams.
pub struct Server {
    backend: Box<dyn Backend>,
    write: Writer,
    tools: Vec<tools::Entry>,
    instructions: String,
    calls: Calls,
    listens: RefCell<Vec<Id>>,
}

impl Server {
    /// A server that calls the tools of `backend`, shows those that `options` list, and writes its
    /// lines with `write`.
    pub fn new(backend: Box<dyn Backend>, options: &Options, write: Writer) -> Self {
        Self {
            backend,
            write,
            tools: listing::entries(options),
            instructions: listing::instructions(&options.tools),
            calls: Calls::new(),
            listens: RefCell::default(),
        }
    }

    /// Serves the bytes that `input` gives until it has none, then lets running calls end until
    /// the future of `grace` does, and closes.
    pub async fn serve(
        &self,
        mut input: impl AsyncFnMut() -> Option<Vec<u8>>,
        grace: impl FnOnce() -> Local<'static, ()>,
    ) {
        let read = async {
            let mut framer = Framer::new(limits::LINE_BYTES);
            while let Some(bytes) = input().await {
                framer.push(&bytes, |frame| self.frame(frame));
            }
            framer.finish(|frame| self.frame(frame));
        };
        select(pin!(read), pin!(self.calls.run())).await;
        select(pin!(self.calls.idle()), grace()).await;
        self.close();
    }

    /// Takes one frame of input. Answers at once what needs no tool; tool calls are only started,
    /// [`Server::serve`] drives them.
    fn frame(&self, frame: Frame<'_>) {
        match frame {
            Frame::Line(line) => self.line(line),
            Frame::TooLong => {
                let why = format!("the line is longer than {} bytes", limits::LINE_BYTES);
                self.fail(None, &Fault::new(rpc::INVALID_REQUEST, why));
            }
        }
    }

    /// Takes one line of input.
    fn line(&self, line: &[u8]) {
        match rpc::parse(line) {
            Ok(Message::Request(request)) => {
                if let Err(fault) = self.request(&request) {
                    self.fail(Some(&request.id), &fault);
                }
            }
            Ok(Message::Notification(notification)) => self.notification(&notification),
            Ok(Message::Nothing) => {}
            Err(refused) => self.fail(refused.id.as_ref(), &refused.fault),
        }
    }

    /// Ends the service: drops what still runs, which aborts it upstream, and answers open
    /// subscriptions, as 2026-07-28 asks for.
    fn close(&self) {
        self.calls.clear();
        for id in self.listens.take() {
            self.reply(&id, &modern::listened(&id));
        }
    }

    fn request(&self, request: &Request) -> Result<(), Fault> {
        let Request { id, method, params } = request;
        let era = era::of(request)?;
        match (era, method.as_str()) {
            (_, "tools/list") => self.reply(id, &tools::list(era, params, &self.tools)?),
            (_, "tools/call") => self.call(era, id, tools::call(params)?)?,
            (Era::Legacy, "initialize") => {
                self.reply(id, &legacy::initialize(params, &self.instructions))
            }
            (Era::Legacy, "ping") => self.reply(id, &legacy::Empty {}),
            (Era::Modern, "server/discover") => {
                self.reply(id, &modern::discover(&self.instructions))
            }
            (Era::Modern, "subscriptions/listen") => {
                modern::listen(params)?;
                self.listen(id)?;
            }
            _ => return self.offer(era, request),
        }
        Ok(())
    }

    /// Prompts, resources and completion.
    fn offer(&self, era: Era, request: &Request) -> Result<(), Fault> {
        let Request { id, method, params } = request;
        let listed = |list: Value| match params.get("cursor") {
            Some(_) => Err(Fault::params("unknown cursor: the list is one page")),
            None => {
                self.reply(id, &modern::wrap(era, &list, Some(CACHED)));
                Ok(())
            }
        };
        match method.as_str() {
            "prompts/list" => listed(mcp_prompts::list(prompts::PROMPTS)),
            "resources/list" => listed(resources::list()),
            "resources/templates/list" => listed(resources::templates()),
            "prompts/get" => {
                self.reply(
                    id,
                    &modern::wrap(era, &mcp_prompts::get(prompts::PROMPTS, params)?, None),
                );
                Ok(())
            }
            "resources/read" => {
                let (uri, name) = resources::read(params)?;
                self.read(era, id, uri, name)
            }
            "completion/complete" => {
                let wanted = resources::complete(params, prompts::PROMPTS)?;
                self.complete(era, id, wanted)
            }
            _ => Err(Fault::method(method)),
        }
    }

    /// Obeys `notifications/cancelled`; every other notification asks for nothing.
    fn notification(&self, notification: &Notification) {
        if notification.method == "notifications/cancelled"
            && let Some(id) = notify::cancelled(&notification.params)
        {
            self.calls.cancel(&id);
            self.listens.borrow_mut().retain(|open| *open != id);
        }
    }

    fn call(&self, era: Era, id: &Id, call: tools::Call) -> Result<(), Fault> {
        let progress = Progress::new(call.progress, Rc::clone(&self.write));
        let Some(answer) = self
            .backend
            .call(&call.name, call.arguments, progress.reporter())
        else {
            let name = rpc::brief(&call.name);
            return Err(Fault::params(format!(
                "unknown tool: {name}; tools/list names those that there are (the operator chooses them by \
                 ARGOCD_MCP_TOOLSETS, ARGOCD_MCP_TOOLS or a policy file)"
            )));
        };
        let (write, reply_to) = (Rc::clone(&self.write), id.clone());
        let work = Box::pin(async move {
            let outcome = answer.await;
            // Progress after the answer would be for a token that the client has forgotten.
            drop(progress);
            write(&rpc::result(&reply_to, &tools::called(era, &outcome)));
        });
        self.calls.start(id.clone(), work)
    }

    fn listen(&self, id: &Id) -> Result<(), Fault> {
        let mut listens = self.listens.borrow_mut();
        if listens.len() >= limits::LISTENS {
            let why = format!("{} subscriptions are open already", limits::LISTENS);
            return Err(Fault::new(rpc::INTERNAL, why));
        }
        listens.push(id.clone());
        (self.write)(&notify::acknowledged(id));
        Ok(())
    }

    fn reply(&self, id: &Id, result: &impl Serialize) {
        (self.write)(&rpc::result(id, result));
    }

    fn fail(&self, id: Option<&Id>, fault: &Fault) {
        (self.write)(&rpc::fault(id, fault));
    }
}
