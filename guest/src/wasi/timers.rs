//! Timers of all tasks behind one pollable, that of the nearest deadline: each call has a deadline,
//! and a pollable for each would double what every `poll` looks at.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use wasi::{clocks::monotonic_clock, io::poll::Pollable};

/// The timers of one reactor, by deadline in nanoseconds of the monotonic clock.
#[derive(Default)]
pub(super) struct Timers {
    waiting: RefCell<BTreeMap<(u64, u64), Waker>>,
    next: Cell<u64>,
    /// Kept as long as it is no later than the nearest deadline; early, it only wakes for nothing.
    nearest: RefCell<Option<(u64, Rc<Pollable>)>>,
}

impl Timers {
    /// A timer that ends `duration` from now.
    pub(super) fn sleep(self: &Rc<Self>, duration: Duration) -> Sleep {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let deadline = monotonic_clock::now().saturating_add(nanoseconds);
        let number = self.next.get();
        self.next.set(number + 1);
        Sleep {
            timers: Rc::clone(self),
            key: (deadline, number),
            waits: false,
        }
    }

    /// What to poll for, when any timer waits.
    pub(super) fn pollable(&self) -> Option<Rc<Pollable>> {
        let (deadline, _) = *self.waiting.borrow().first_key_value()?.0;
        let mut nearest = self.nearest.borrow_mut();
        if let Some((kept, pollable)) = &*nearest
            && *kept <= deadline
        {
            return Some(Rc::clone(pollable));
        }
        let pollable = Rc::new(monotonic_clock::subscribe_instant(deadline));
        *nearest = Some((deadline, Rc::clone(&pollable)));
        Some(pollable)
    }

    /// The pollable was reported: wakes every timer whose time has come.
    pub(super) fn reported(&self) {
        let reached = self.nearest.take().map_or(0, |(deadline, _)| deadline);
        let now = monotonic_clock::now().max(reached);
        let mut waiting = self.waiting.borrow_mut();
        while let Some(first) = waiting.first_entry()
            && first.key().0 <= now
        {
            first.remove().wake();
        }
    }
}

/// One timer; dropped, it is forgotten.
pub(super) struct Sleep {
    timers: Rc<Timers>,
    key: (u64, u64),
    waits: bool,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut waiting = self.timers.waiting.borrow_mut();
        if self.waits && !waiting.contains_key(&self.key) {
            return Poll::Ready(());
        }
        waiting.insert(self.key, context.waker().clone());
        drop(waiting);
        self.waits = true;
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.timers.waiting.borrow_mut().remove(&self.key);
    }
}
