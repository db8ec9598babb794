//! How much of something may be used at once, and how fast it comes back.

use std::time::Instant;

/// A token bucket: full at first, then refilled evenly and never above full.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    full: f64,
    per_second: f64,
    left: f64,
    settled: Instant,
}

impl Bucket {
    /// A full one.
    pub fn full(full: f64, per_second: f64, now: Instant) -> Bucket {
        Bucket {
            full,
            per_second,
            left: full,
            settled: now,
        }
    }

    /// Takes so much when there is so much; what was not there takes nothing.
    pub fn take(&mut self, amount: f64, now: Instant) -> bool {
        self.refill(now);
        let granted = self.left >= amount;
        if granted {
            self.left -= amount;
        }
        granted
    }

    /// Adds what the time since the last settlement brought back.
    pub fn refill(&mut self, now: Instant) {
        let regained = now.saturating_duration_since(self.settled).as_secs_f64() * self.per_second;
        self.left = (self.left + regained).min(self.full);
        self.settled = now;
    }

    /// Takes so much for what was done until `now`, down to nothing. That time brings nothing back.
    pub fn spend(&mut self, amount: f64, now: Instant) {
        self.left = (self.left - amount).max(0.0);
        self.settled = now;
    }

    /// Adds so much at once, also above full; the next refill takes what is above.
    pub fn add(&mut self, amount: f64) {
        self.left += amount;
    }

    /// Raises what is left to so much.
    pub fn raise(&mut self, least: f64) {
        self.left = self.left.max(least);
    }

    /// What is left as of the last settlement.
    pub fn left(&self) -> f64 {
        self.left
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn so_much_at_once_and_time_brings_it_back() {
        let begin = Instant::now();
        let mut bucket = Bucket::full(3.0, 0.05, begin);
        let mut take = |seconds| bucket.take(1.0, begin + Duration::from_secs(seconds));
        assert_eq!([1, 1, 1, 1].map(&mut take), [true, true, true, false]);
        assert_eq!([22, 22].map(&mut take), [true, false]);
        assert_eq!(
            [900, 900, 900, 900].map(&mut take),
            [true, true, true, false]
        );
    }

    #[test]
    fn what_is_done_brings_nothing_back_and_what_is_given_is_capped_by_time() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let mut bucket = Bucket::full(5.0, 1.0, begin);
        bucket.spend(4.0, at(4));
        assert!((bucket.left() - 1.0).abs() < 1e-9);
        bucket.spend(4.0, at(8));
        assert!(bucket.left() == 0.0);
        bucket.raise(0.5);
        bucket.add(9.0);
        assert!((bucket.left() - 9.5).abs() < 1e-9);
        bucket.refill(at(8));
        assert!((bucket.left() - 5.0).abs() < 1e-9);
    }
}
