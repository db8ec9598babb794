//! The in-flight table: tool calls that run or wait for a place, each cancellable by its connection and
//! request id.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::poll_fn,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use futures_util::{
    future::{AbortHandle, Abortable},
    stream::{FuturesUnordered, StreamExt},
};

use crate::{
    http::Local,
    limits,
    mcp::rpc::{self, Fault, Id},
};

/// A call's place in the table. Not its request id: a client that wrongly uses an id twice at a time
/// gets two answers.
type Serial = u64;

/// A request: its id means nothing outside its connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) connection: u64,
    pub(super) id: Id,
}

struct Open {
    serial: Serial,
    key: Key,
    handle: AbortHandle,
    work: Work,
}

/// The work of a call, until it is done or cancelled.
type Work = Rc<RefCell<Option<Local<'static, ()>>>>;

/// All calls in flight.
pub(super) struct Calls {
    running: RefCell<FuturesUnordered<Local<'static, Serial>>>,
    waiting: RefCell<VecDeque<(Serial, Local<'static, Serial>)>>,
    open: RefCell<Vec<Open>>,
    next: Cell<Serial>,
    driver: RefCell<Option<Waker>>,
}

impl Calls {
    pub(super) fn new() -> Self {
        Self {
            running: RefCell::default(),
            waiting: RefCell::default(),
            open: RefCell::default(),
            next: Cell::new(0),
            driver: RefCell::default(),
        }
    }

    /// Starts `work` for the request `key`, or queues it behind those that came before.
    pub(super) fn start(&self, key: Key, work: Local<'static, ()>) -> Result<(), Fault> {
        let mut waiting = self.waiting.borrow_mut();
        if waiting.len() >= limits::CALLS_WAITING {
            let why = format!(
                "too many calls: {} running, {} queued",
                limits::CALLS,
                waiting.len()
            );
            return Err(Fault::new(rpc::INTERNAL, why));
        }
        let serial = self.next.replace(self.next.get() + 1);
        let (handle, registration) = AbortHandle::new_pair();
        let work: Work = Rc::new(RefCell::new(Some(work)));
        let doing = Rc::clone(&work);
        let done = poll_fn(move |context| {
            let mut doing = doing.borrow_mut();
            doing
                .as_mut()
                .map_or(Poll::Ready(()), |work| work.as_mut().poll(context))
        });
        let task: Local<'static, Serial> = Box::pin(async move {
            // Aborted or done: either way the place is free.
            let _ = Abortable::new(done, registration).await;
            serial
        });
        self.open.borrow_mut().push(Open {
            serial,
            key,
            handle,
            work,
        });
        let running = self.running.borrow();
        if running.len() < limits::CALLS {
            running.push(task);
            self.wake();
        } else {
            waiting.push_back((serial, task));
        }
        Ok(())
    }

    /// Cancels every call of the request `key`; it gets no answer.
    pub(super) fn cancel(&self, key: &Key) {
        self.abort(|open| open == key);
    }

    /// Cancels every call of a connection.
    pub(super) fn close(&self, connection: u64) {
        self.abort(|open| open.connection == connection);
    }

    fn abort(&self, which: impl Fn(&Key) -> bool) {
        self.open.borrow_mut().retain(|open| {
            if !which(&open.key) {
                return true;
            }
            // An aborted call frees its place when polled; its upstream requests end now.
            open.handle.abort();
            open.work.take();
            self.waiting
                .borrow_mut()
                .retain(|(serial, _)| *serial != open.serial);
            false
        });
    }

    /// Drives the calls, for ever.
    pub(super) async fn run(&self) {
        poll_fn(|context| {
            let _ = self.poll(context);
            Poll::Pending
        })
        .await
    }

    /// Drives the calls until none is left.
    pub(super) async fn idle(&self) {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        self.driver.replace(Some(context.waker().clone()));
        loop {
            let ended = self.running.borrow_mut().poll_next_unpin(context);
            match ended {
                Poll::Ready(Some(serial)) => {
                    self.open.borrow_mut().retain(|open| open.serial != serial);
                    if let Some((_, task)) = self.waiting.borrow_mut().pop_front() {
                        self.running.borrow().push(task);
                    }
                }
                Poll::Ready(None) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn wake(&self) {
        if let Some(driver) = self.driver.borrow().as_ref() {
            driver.wake_by_ref();
        }
    }
}
