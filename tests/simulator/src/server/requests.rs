//! Every request that arrived, and a way to wait for one without sleeping.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::query::Target;

/// One request as the simulator saw it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query exactly as on the request line, prefix included.
    pub path_and_query: String,
    /// Header names (lower case) and values, in the order received.
    pub headers: Vec<(String, String)>,
    /// The body, up to 64 KiB of it.
    pub body: Vec<u8>,
    /// Bytes of the body.
    pub body_bytes: usize,
    /// The status that was answered; `None` while there is no answer, or when the connection was closed instead.
    pub status: Option<u16>,
    /// Whether the answer went out to its end.
    pub finished: bool,
    /// Whether the client closed the connection before the end of the answer.
    pub aborted: bool,
    /// The connection it came on: 1 is the first that was accepted.
    pub connection: usize,
    id: u64,
}

impl Request {
    /// The path without the query.
    pub fn path(&self) -> &str {
        self.path_and_query.split('?').next().unwrap_or_default()
    }

    /// The first value of a query key, decoded.
    pub fn query(&self, key: &str) -> Option<String> {
        let target = Target::parse(&self.path_and_query);
        target.all(key).next().map(str::to_owned)
    }

    /// The first value of a header; the name is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The shared record. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Record(Arc<Inner>);

#[derive(Default)]
struct Inner {
    list: Mutex<List>,
    changed: Condvar,
    accepted: AtomicUsize,
    open: AtomicUsize,
}

#[derive(Default)]
struct List {
    requests: Vec<Request>,
    next_id: u64,
}

impl Record {
    /// Adds a request whose head has been read.
    pub(crate) fn seen(
        &self,
        connection: usize,
        method: String,
        path_and_query: String,
        headers: Vec<(String, String)>,
    ) -> Ticket {
        let mut list = self.lock();
        let id = list.next_id;
        list.next_id += 1;
        list.requests.push(Request {
            method,
            path_and_query,
            headers,
            body: Vec::new(),
            body_bytes: 0,
            status: None,
            finished: false,
            aborted: false,
            connection,
            id,
        });
        drop(list);
        self.0.changed.notify_all();
        Ticket {
            record: self.clone(),
            id,
            settled: false,
        }
    }

    /// Counts an accepted connection and returns its number.
    pub(crate) fn connected(&self) -> Connection {
        let number = self.0.accepted.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.open.fetch_add(1, Ordering::SeqCst);
        self.notify();
        Connection {
            record: self.clone(),
            number,
        }
    }

    pub(crate) fn all(&self) -> Vec<Request> {
        self.lock().requests.clone()
    }

    pub(crate) fn clear(&self) {
        self.lock().requests.clear();
    }

    pub(crate) fn accepted(&self) -> usize {
        self.0.accepted.load(Ordering::SeqCst)
    }

    pub(crate) fn open(&self) -> usize {
        self.0.open.load(Ordering::SeqCst)
    }

    /// Waits until the predicate holds, woken by each event.
    pub(crate) fn wait_until(
        &self,
        mut predicate: impl FnMut(&[Request]) -> bool,
        timeout: Duration,
    ) -> bool {
        let deadline = Instant::now() + timeout;
        let mut list = self.lock();
        loop {
            if predicate(&list.requests) {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            list = self
                .0
                .changed
                .wait_timeout(list, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, List> {
        self.0.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the lock, so that no waiter misses the event between its check and its wait.
    fn notify(&self) {
        drop(self.lock());
        self.0.changed.notify_all();
    }

    fn change(&self, id: u64, change: impl FnOnce(&mut Request)) {
        let mut list = self.lock();
        // Ids rise, and a cleared list has lost the old ones.
        if let Ok(at) = list.requests.binary_search_by_key(&id, |r| r.id) {
            change(&mut list.requests[at]);
        }
        drop(list);
        self.0.changed.notify_all();
    }
}

/// An open connection; dropping it counts it as closed.
pub(crate) struct Connection {
    record: Record,
    pub(crate) number: usize,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.record.0.open.fetch_sub(1, Ordering::SeqCst);
        self.record.notify();
    }
}

/// Follows one request to its end. Dropped before that, the request was aborted by the client.
pub(crate) struct Ticket {
    record: Record,
    id: u64,
    settled: bool,
}

impl Ticket {
    /// The head of the answer is about to leave.
    pub(crate) fn answered(&self, status: u16) {
        self.record.change(self.id, |r| r.status = Some(status));
    }

    /// The body of the request has been read.
    pub(crate) fn body(&self, kept: Vec<u8>, bytes: usize) {
        self.record.change(self.id, |r| {
            r.body = kept;
            r.body_bytes = bytes;
        });
    }

    /// The answer went out whole.
    pub(crate) fn finished(&mut self) {
        if !self.settled {
            self.settled = true;
            self.record.change(self.id, |r| r.finished = true);
        }
    }

    /// The simulator itself ends this answer early: that is no abort.
    pub(crate) fn cut(&mut self) {
        self.settled = true;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.settled {
            self.record.change(self.id, |r| r.aborted = true);
        }
    }
}
