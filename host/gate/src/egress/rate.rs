//! How many requests a minute a policy file allows the component.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// A token bucket: a minute's worth at once, then evenly.
pub(super) struct Rate {
    per_minute: u32,
    state: Mutex<(f64, Instant)>,
}

impl Rate {
    pub(super) fn new(per_minute: u32) -> Rate {
        Rate {
            per_minute,
            state: Mutex::new((f64::from(per_minute), Instant::now())),
        }
    }

    /// Takes one request; `false` when there is none left at `now`.
    pub(super) fn take(&self, now: Instant) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, since) = *state;
        let full = f64::from(self.per_minute);
        let regained = now.saturating_duration_since(since).as_secs_f64() * full / 60.0;
        let left = (left + regained).min(full);
        let granted = left >= 1.0;
        *state = (if granted { left - 1.0 } else { left }, now);
        granted
    }

    pub(super) fn per_minute(&self) -> u32 {
        self.per_minute
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_minute_has_so_many_and_time_brings_them_back() {
        let (rate, now) = (Rate::new(3), Instant::now());
        let taken = |seconds| rate.take(now + Duration::from_secs(seconds));
        assert_eq!(
            [taken(1), taken(1), taken(1), taken(1)],
            [true, true, true, false]
        );
        assert_eq!([taken(22), taken(22)], [true, false]);
        assert_eq!(
            [taken(900), taken(900), taken(900), taken(900)],
            [true, true, true, false]
        );
    }
}
