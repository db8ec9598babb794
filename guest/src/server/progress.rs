//! Progress of one call: only for a client that gave a token, only upwards, never after the answer.

use std::{
    cell::Cell,
    rc::{Rc, Weak},
};

use super::{Connection, backend::Reporter};
use crate::mcp::{notify, rpc::Id};

/// Owned by the running call: when it ends or is dropped, its reporters stop sending.
pub(super) struct Progress(Option<Rc<Wanted>>);

struct Wanted {
    token: Id,
    out: Connection,
    last: Cell<f64>,
}

impl Progress {
    pub(super) fn new(token: Option<Id>, out: Connection) -> Self {
        let last = Cell::new(f64::NEG_INFINITY);
        Self(token.map(|token| Rc::new(Wanted { token, out, last })))
    }

    /// What the tool reports to.
    pub(super) fn reporter(&self) -> Reporter {
        let wanted = self.0.as_ref().map_or_else(Weak::new, Rc::downgrade);
        Rc::new(move |done, total, message| {
            if let Some(wanted) = wanted.upgrade() {
                wanted.report(done, total, message);
            }
        })
    }
}

impl Wanted {
    fn report(&self, done: f64, total: Option<f64>, message: &str) {
        // The specification wants each value above the one before.
        if done > self.last.get()
            && let Some(message) = notify::progress(&self.token, done, total, message)
        {
            self.last.set(done);
            self.out.notify(message);
        }
    }
}
