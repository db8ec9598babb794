//! One client's connection: where its messages go, and what separates its request ids from others.

use std::rc::Rc;

use serde::Serialize;

use super::calls::Key;
use crate::mcp::rpc::{self, Fault, Id};

/// A message for a client, JSON without a line's end.
#[derive(Debug, PartialEq, Eq)]
pub enum Out {
    /// It answers one request; with an error for a message without a usable id, `id` is null.
    Response(String),
    /// A notification: progress, or an acknowledgement.
    Notification(String),
}

/// One client. Request ids are unique within a connection only: no cancellation and no answer crosses
/// from one to another.
#[derive(Clone)]
pub struct Connection {
    number: u64,
    send: Rc<dyn Fn(Out)>,
}

impl Connection {
    /// The connection `number`, whose messages go to `send`.
    pub(super) fn new(number: u64, send: Rc<dyn Fn(Out)>) -> Self {
        Self { number, send }
    }

    /// Answers with an error; without a usable id it goes out with a null one.
    pub fn fail(&self, id: Option<&Id>, fault: &Fault) {
        (self.send)(Out::Response(rpc::fault(id, fault)));
    }

    pub(super) fn reply(&self, id: &Id, result: &impl Serialize) {
        (self.send)(Out::Response(rpc::result(id, result)));
    }

    pub(super) fn notify(&self, message: String) {
        (self.send)(Out::Notification(message));
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The request `id` of this connection.
    pub(super) fn key(&self, id: &Id) -> Key {
        Key {
            connection: self.number,
            id: id.clone(),
        }
    }
}
