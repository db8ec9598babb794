//! The event loop: tasks of one thread, woken by one `wasi:io/poll` over all that they wait for.
//!
//! The rule that makes it work on every runtime: after a would-block, wait for a `poll` that
//! reports the pollable, and never ask `pollable.ready()`, which is stale under jco (a loop over
//! it would spin). While nothing is reported the guest uses no CPU.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    pin::{Pin, pin},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use futures_util::stream::{FuturesUnordered, StreamExt};
use wasi::io::poll::{self, Pollable};

use super::timers::Timers;
use crate::http::Local;

/// Runs tasks and waits for the world.
#[derive(Default)]
pub struct Reactor {
    waits: RefCell<BTreeMap<u64, Wait>>,
    timers: Rc<Timers>,
    next: Cell<u64>,
    spawned: RefCell<Vec<Local<'static, ()>>>,
    woken: Arc<Woken>,
}

/// Somebody waits for `pollable`.
struct Wait {
    pollable: Rc<Pollable>,
    waker: Waker,
    reported: bool,
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Reactor {
    /// An event loop without tasks.
    pub fn new() -> Rc<Self> {
        Rc::default()
    }

    /// Runs `task`, and all that is spawned meanwhile, until `task` ends.
    pub fn block_on<T>(&self, task: impl Future<Output = T>) -> T {
        let mut task = pin!(task);
        let mut beside = FuturesUnordered::new();
        let waker = Waker::from(Arc::clone(&self.woken));
        let mut context = Context::from_waker(&waker);
        loop {
            self.woken.0.store(false, Ordering::Relaxed);
            if let Poll::Ready(value) = task.as_mut().poll(&mut context) {
                return value;
            }
            beside.extend(self.spawned.take());
            while let Poll::Ready(Some(())) = beside.poll_next_unpin(&mut context) {}
            let woken = self.woken.0.load(Ordering::Relaxed);
            if !woken && self.spawned.borrow().is_empty() {
                self.wait();
            }
        }
    }

    /// Runs `task` beside the others until it ends.
    pub fn spawn(&self, task: Local<'static, ()>) {
        self.spawned.borrow_mut().push(task);
    }

    /// Waits for `duration`.
    pub fn sleep(&self, duration: Duration) -> Local<'static, ()> {
        Box::pin(self.timers.sleep(duration))
    }

    /// Blocks until at least one of the waits is reported, and wakes the tasks behind those.
    fn wait(&self) {
        let (keys, mut pollables): (Vec<u64>, Vec<Rc<Pollable>>) = {
            let waits = self.waits.borrow();
            let open = waits.iter().filter(|(_, wait)| !wait.reported);
            open.map(|(key, wait)| (*key, Rc::clone(&wait.pollable)))
                .unzip()
        };
        // The last of the list, behind those that have a key.
        pollables.extend(self.timers.pollable());
        // The main task always waits, for stdin or for a timer; `poll` itself would trap on an empty list.
        assert!(
            !pollables.is_empty(),
            "every task sleeps and nothing can wake one"
        );
        let list: Vec<&Pollable> = pollables.iter().map(Rc::as_ref).collect();
        let reported = poll::poll(&list);
        drop(pollables);
        let mut waits = self.waits.borrow_mut();
        for index in reported {
            let Some(key) = keys.get(index as usize) else {
                self.timers.reported();
                continue;
            };
            if let Some(wait) = waits.get_mut(key) {
                wait.reported = true;
                wait.waker.wake_by_ref();
            }
        }
    }
}

/// Something to wait for, any number of times. A child of the stream or future that it was made
/// from: it must be dropped first.
pub(super) struct Watch {
    reactor: Rc<Reactor>,
    pollable: Rc<Pollable>,
}

impl Watch {
    pub(super) fn new(reactor: &Rc<Reactor>, pollable: Pollable) -> Self {
        Self {
            reactor: Rc::clone(reactor),
            pollable: Rc::new(pollable),
        }
    }

    /// Resolves once a `poll` that starts after this has reported it.
    pub(super) fn ready(&self) -> Ready<'_> {
        Ready {
            watch: self,
            key: None,
        }
    }
}

/// The future of [`Watch::ready`]; dropping it ends the wait.
pub(super) struct Ready<'a> {
    watch: &'a Watch,
    key: Option<u64>,
}

impl Future for Ready<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Watch { reactor, pollable } = self.watch;
        let mut waits = reactor.waits.borrow_mut();
        if let Some(key) = self.key {
            let wait = waits.get_mut(&key);
            if let Some(wait) = wait.filter(|wait| !wait.reported) {
                wait.waker.clone_from(context.waker());
                return Poll::Pending;
            }
            waits.remove(&key);
            drop(waits);
            self.key = None;
            return Poll::Ready(());
        }
        let key = reactor.next.replace(reactor.next.get() + 1);
        let wait = Wait {
            pollable: Rc::clone(pollable),
            waker: context.waker().clone(),
            reported: false,
        };
        waits.insert(key, wait);
        drop(waits);
        self.key = Some(key);
        Poll::Pending
    }
}

impl Drop for Ready<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.watch.reactor.waits.borrow_mut().remove(&key);
        }
    }
}
