//! A trap costs calls, not the session: the open calls are answered with an error, and the component
//! is started again with the handshake that the client made, a few times a minute.

use std::{collections::VecDeque, time::Instant};

use argocd_gate::{calls::Calls, escape::escaped_lines};

use crate::{
    limits,
    runtime::{Ended, Grants, Ready, Report},
    stdio::{
        answer::{self, Code},
        sink::Sink,
    },
};

/// Runs a component, and again after a trap.
pub(crate) struct Supervisor {
    ready: Ready,
    grants: Grants,
    sink: Sink,
    restarts: Restarts,
}

impl Supervisor {
    /// A supervisor of the component that is `ready`.
    pub(crate) fn new(ready: Ready, grants: Grants, sink: Sink, restarts: Restarts) -> Supervisor {
        Supervisor {
            ready,
            grants,
            sink,
            restarts,
        }
    }

    /// Runs the component to its last end. Once the input has ended nothing is left to restart for.
    pub(crate) async fn run(mut self) -> Report {
        let mut peak_memory = 0;
        loop {
            let mut report = self.ready.run(&self.grants).await;
            peak_memory = report.peak_memory.max(peak_memory);
            report.peak_memory = peak_memory;
            match &report.ended {
                Ended::Trapped(why)
                    if !self.grants.stdin.is_closed() && self.restarts.allow(Instant::now()) =>
                {
                    self.restart(why);
                }
                _ => return report,
            }
        }
    }

    /// No await inside: a line of the client comes before all of it, or after all of it.
    fn restart(&self, why: &str) {
        self.grants.stderr.finish();
        eprintln!(
            "argocd-host: component trapped: {}\nargocd-host: restarted; calls in progress are lost",
            escaped_lines(why)
        );
        self.grants.stdout.clear();
        self.grants.stdin.clear();
        answer_open(
            &self.grants.calls,
            &self.sink,
            "the component trapped before it answered, and was restarted",
        );
        self.ready.allow_restart();
        for line in self.grants.calls.replay() {
            self.grants.stdin.push(line);
        }
    }
}

/// A client that waits for an answer of a component that is gone gets one.
pub(crate) fn answer_open(calls: &Calls, sink: &Sink, message: &str) {
    for id in calls.take_ids() {
        let line = answer::error(Some(&id), Code::Internal, message);
        if sink.write(line).is_err() {
            return;
        }
    }
}

/// When the component was started again, and how often it may be.
pub(crate) struct Restarts {
    most: usize,
    recent: VecDeque<Instant>,
}

impl Default for Restarts {
    fn default() -> Restarts {
        Restarts {
            most: limits::RESTARTS,
            recent: VecDeque::new(),
        }
    }
}

impl Restarts {
    /// For a caller with one question: the trap is its answer.
    pub(crate) fn none() -> Restarts {
        Restarts {
            most: 0,
            recent: VecDeque::new(),
        }
    }

    fn allow(&mut self, now: Instant) -> bool {
        while self
            .recent
            .front()
            .is_some_and(|then| now.duration_since(*then) >= limits::RESTART_WINDOW)
        {
            self.recent.pop_front();
        }
        let allowed = self.recent.len() < self.most;
        if allowed {
            self.recent.push_back(now);
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn restarts_are_counted_over_a_sliding_minute() {
        let (begin, mut restarts) = (Instant::now(), Restarts::default());
        let mut at = |second: u64| restarts.allow(begin + Duration::from_secs(second));
        assert_eq!(
            [0, 20, 40, 59, 60, 61, 80].map(&mut at),
            [true, true, true, false, true, false, true]
        );
        assert!(!Restarts::none().allow(begin));
    }
}
