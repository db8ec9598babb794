//! Times both ways: `2026-09-01T10:00:00Z (3 h ago)`.

use super::{fact::Fact, instant};
use crate::redact::one_line;

/// Now, as the port's clock says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    now_ms: i64,
}

impl Clock {
    /// A clock that stands at `now_ms` milliseconds since the Unix epoch.
    pub(crate) fn at(now_ms: i64) -> Self {
        Self { now_ms }
    }

    /// `2026-09-01T10:00:00Z (3 h ago)`; other text unchanged, `-` for none.
    pub(crate) fn both(self, time: &str) -> String {
        match (seconds(time), self.ago(time)) {
            (Some(seconds), Some(ago)) => format!("{} ({ago})", instant::show(seconds)),
            _ if time.is_empty() => "-".to_owned(),
            _ => one_line(time, 40),
        }
    }

    /// The same as a fact: as data only the time.
    pub(crate) fn fact(self, time: &str) -> Fact {
        let data = seconds(time).map(instant::show);
        Fact::new(self.both(time), data)
    }

    /// The same for seconds since the Unix epoch.
    pub(crate) fn at_seconds(self, seconds: i64) -> String {
        self.both(&instant::show(seconds))
    }

    /// The same as a fact.
    pub(crate) fn fact_at(self, seconds: i64) -> Fact {
        self.fact(&instant::show(seconds))
    }

    /// Now, in seconds since the Unix epoch.
    pub(crate) fn seconds(self) -> i64 {
        self.now_ms.div_euclid(1_000)
    }

    /// `3 h ago`, `in 5 min`; `None` when `time` is no time.
    pub(crate) fn ago(self, time: &str) -> Option<String> {
        let past = self.now_ms.div_euclid(1_000) - seconds(time)?;
        let span = span(past.unsigned_abs());
        Some(if past < 0 {
            format!("in {span}")
        } else {
            format!("{span} ago")
        })
    }
}

/// From one time to another: `23 s`; `None` when one of them is no time.
pub(crate) fn between(start: &str, end: &str) -> Option<String> {
    Some(span(u64::try_from(seconds(end)? - seconds(start)?).ok()?))
}

/// The same as a fact: as data the number of seconds.
pub(crate) fn took(start: &str, end: &str) -> Option<Fact> {
    let text = between(start, end)?;
    Some(Fact::new(text, seconds(end)? - seconds(start)?))
}

/// Seconds since the Unix epoch; `None` for no time and for Go's zero time, the year 1.
pub(crate) fn seconds(time: &str) -> Option<i64> {
    instant::parse(time).filter(|seconds| *seconds > -60_000_000_000)
}

fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, between};

    #[test]
    fn both_ways() {
        let clock = Clock::at(1_788_256_800_000 + 500);
        for (time, want) in [
            ("2026-09-01T07:00:00Z", "2026-09-01T07:00:00Z (3 h ago)"),
            (
                "2026-09-01T09:59:48.123456Z",
                "2026-09-01T09:59:48Z (12 s ago)",
            ),
            (
                "2026-09-01T11:57:00+02:00",
                "2026-09-01T09:57:00Z (3 min ago)",
            ),
            ("2026-08-20T10:00:00Z", "2026-08-20T10:00:00Z (12 d ago)"),
            ("2026-09-01T10:05:00Z", "2026-09-01T10:05:00Z (in 5 min)"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("yesterday", "yesterday"),
            ("", "-"),
        ] {
            assert_eq!(clock.both(time), want);
        }
        assert_eq!(
            between("2026-09-01T10:00:00Z", "2026-09-01T10:01:30Z").as_deref(),
            Some("1 min")
        );
        assert_eq!(between("2026-09-01T10:00:00Z", "null"), None);
    }
}
