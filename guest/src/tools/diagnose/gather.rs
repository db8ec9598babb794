//! Reads one application with at most eight GETs and one deadline. Records by name what cannot be read;
//! the diagnosis continues without it.

use std::{cell::Cell, cell::RefCell, time::Duration};

use crate::{
    argocd::{Error, Get, Reading},
    call::tool::Context,
    limits,
    model::log::Wire,
};

/// Maximum GETs of one diagnosis.
const GETS_MAX: u32 = 8;
/// Maximum suspects explained; only the first ones are read in depth.
pub(super) const SUSPECTS_MAX: usize = 3;
/// Minimum remaining time for another GET.
const LEAST: Duration = Duration::from_secs(2);

/// Reads with a budget.
pub(super) struct Gather<'a> {
    context: &'a Context,
    started_ms: i64,
    done: Cell<u32>,
    missing: RefCell<Vec<String>>,
}

impl<'a> Gather<'a> {
    /// Nothing read yet.
    pub(super) fn new(context: &'a Context) -> Self {
        Self {
            context,
            started_ms: context.client.now_ms(),
            done: Cell::new(0),
            missing: RefCell::default(),
        }
    }

    /// Reads one body; returns the error.
    pub(super) async fn first<T: Reading>(&self, get: &Get) -> Result<T, Error> {
        self.count(get);
        self.context.client.json(get, limits::UPSTREAM).await
    }

    /// Reads one body; on an error records `what` as missing.
    pub(super) async fn json<T: Reading>(&self, what: &str, get: &Get) -> Option<T> {
        let within = self.admit(what, get)?;
        let read = self.context.client.json(get, within).await;
        read.map_err(|error| self.lost(what, &error)).ok()
    }

    /// Reads a list and passes each element to `each`.
    pub(super) async fn items<T: Reading>(
        &self,
        what: &str,
        get: &Get,
        each: impl FnMut(T),
    ) -> Option<()> {
        let within = self.admit(what, get)?;
        let read = self.context.client.items(get, within, each).await;
        read.map_err(|error| self.lost(what, &error)).ok()
    }

    /// Reads a stream and passes each line to `each`.
    pub(super) async fn lines(
        &self,
        what: &str,
        get: &Get,
        mut each: impl FnMut(&[u8]),
    ) -> Option<()> {
        let within = self.admit(what, get)?;
        let take = |line: &[u8]| {
            each(line);
            std::ops::ControlFlow::Continue(())
        };
        let read = self.context.client.lines::<Wire>(get, within, take).await;
        read.map_err(|error| self.lost(what, &error)).ok()
    }

    /// The number of GETs left.
    pub(super) fn left(&self) -> u32 {
        GETS_MAX.saturating_sub(self.done.get())
    }

    /// What could not be read, and why.
    pub(super) fn missing(&self) -> Vec<String> {
        self.missing.borrow().clone()
    }

    /// Says that `what` was not read although its answer came.
    pub(super) fn unread(&self, what: String) {
        self.missing.borrow_mut().push(what);
    }

    fn admit(&self, what: &str, get: &Get) -> Option<Duration> {
        let passed = self.context.client.now_ms() - self.started_ms;
        let passed = Duration::from_millis(u64::try_from(passed).unwrap_or(0));
        let within = limits::UPSTREAM.saturating_sub(passed);
        if self.left() == 0 || within < LEAST {
            self.missing
                .borrow_mut()
                .push(format!("{what} (no time left)"));
            return None;
        }
        self.count(get);
        Some(within)
    }

    fn count(&self, get: &Get) {
        self.done.set(self.done.get() + 1);
        let (done, total) = (f64::from(self.done.get()), f64::from(GETS_MAX));
        (self.context.progress)(done, Some(total), get.operation().words());
    }

    fn lost(&self, what: &str, error: &Error) {
        let reason = error.brief();
        self.missing.borrow_mut().push(format!("{what}: {reason}"));
    }
}
