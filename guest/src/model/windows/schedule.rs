//! When a window opens and closes. The rules are those of Argo CD: a cron of five fields, each start
//! open for a duration, on the wall clock of the window's zone with the offset of the moment that is asked about.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use croner::Cron;

use crate::model::{
    window::{Window, go_duration},
    windows::zone::Zone,
};

/// Most starts that are followed to find the end of a window whose starts overlap: a week of minutes.
const STARTS_MAX: usize = 10_080;
/// A window that is open this long from now on is said never to close by itself, in seconds: a year.
const LONG: i64 = 366 * 86_400;

/// The fields of a cron: name, least and greatest value, names for the values from the least on.
const FIELDS: [(&str, u32, u32, &[&str]); 5] = [
    ("minute", 0, 59, &[]),
    ("hour", 0, 23, &[]),
    ("day of month", 1, 31, &[]),
    (
        "month",
        1,
        12,
        &[
            "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
        ],
    ),
    (
        "day of week",
        0,
        6,
        &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
    ),
];

/// A window's schedule, duration and zone.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    cron: Cron,
    seconds: i64,
    zone: Zone,
}

impl Schedule {
    /// Reads a window; the error says what Argo CD refuses, too.
    pub(crate) fn of(window: &Window) -> Result<Self, String> {
        let cron = canonical(&window.schedule)?;
        let cron =
            Cron::from_str(&cron).map_err(|error| format!("schedule cannot be read: {error}"))?;
        let seconds = go_duration(&window.duration)
            .and_then(|seconds| i64::try_from(seconds).ok())
            .ok_or("duration is not one of Go's, such as 1h30m (days have no unit)")?;
        let zone = Zone::named(&window.time_zone);
        Ok(Self {
            cron,
            seconds,
            zone,
        })
    }

    /// Whether the window is open at `time`, in seconds since the Unix epoch.
    pub(crate) fn is_open(&self, time: i64) -> bool {
        let wall = time + self.zone.offset(time);
        // A date that never comes leaves Argo CD's window open for ever.
        self.next(wall - self.seconds)
            .is_none_or(|start| start < wall)
    }

    /// When a window that is open at `time` closes; `None` when it opens again before it closes, for
    /// as long as is looked ahead.
    pub(crate) fn closes(&self, time: i64) -> Option<i64> {
        let wall = time + self.zone.offset(time);
        let mut start = self.next(wall - self.seconds)?;
        for _ in 0..STARTS_MAX {
            let end = start + self.seconds;
            match self.next(start) {
                Some(next) if next <= end => start = next,
                _ => return Some(self.zone.time_of(end)),
            }
            if end - wall > LONG {
                break;
            }
        }
        None
    }

    /// When the window opens next after `time`; `None` for a date that never comes.
    pub(crate) fn opens(&self, time: i64) -> Option<i64> {
        let wall = time + self.zone.offset(time);
        self.next(wall).map(|start| self.zone.time_of(start))
    }

    /// The first start after `wall`.
    fn next(&self, wall: i64) -> Option<i64> {
        let from: DateTime<Utc> = DateTime::from_timestamp(wall, 0)?;
        let next = self.cron.find_next_occurrence(&from, false).ok()?;
        Some(next.timestamp())
    }
}

/// A cron as Argo CD reads it, in words that the library reads alike.
fn canonical(schedule: &str) -> Result<String, String> {
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err("schedule has not five fields (minute, hour, day of month, month, day of week); names such as @daily are refused".to_owned());
    }
    let fields = FIELDS.iter().zip(fields).map(|(kind, text)| {
        field(text, kind.1, kind.2, kind.3).ok_or_else(|| {
            format!(
                "schedule has a {} that is none of {} to {}{}",
                kind.0,
                kind.1,
                kind.2,
                if kind.0 == "day of week" {
                    " (Sunday is 0)"
                } else {
                    ""
                }
            )
        })
    });
    Ok(fields.collect::<Result<Vec<String>, String>>()?.join(" "))
}

fn field(text: &str, least: u32, greatest: u32, names: &[&str]) -> Option<String> {
    let value = |text: &str| -> Option<u32> {
        let named = names
            .iter()
            .zip(least..)
            .find(|(name, _)| name.eq_ignore_ascii_case(text));
        let value = match named {
            Some((_, value)) => value,
            None => text.parse().ok()?,
        };
        (least..=greatest).contains(&value).then_some(value)
    };
    let mut parts = Vec::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse().ok().filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (from, to) = match (range, range.split_once('-')) {
            // Every value, whatever else is listed: the field restricts nothing.
            ("*" | "?", _) if matches!(step, None | Some(1)) => return Some("*".to_owned()),
            ("*" | "?", _) => (least, greatest),
            (_, Some((from, to))) => (value(from)?, value(to)?),
            (one, None) if step.is_some() => (value(one)?, greatest),
            (one, None) => (value(one)?, value(one)?),
        };
        if from > to {
            return None;
        }
        parts.push(match step.unwrap_or(1) {
            1 if from == to => from.to_string(),
            1 => format!("{from}-{to}"),
            step if step > to - from => from.to_string(),
            step => format!("{from}-{to}/{step}"),
        });
    }
    Some(parts.join(","))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::model::windows::schedule::{Schedule, canonical};
    use crate::{answer::time, model::window::Window, redact::Text};

    fn schedule(cron: &str, duration: &str, zone: &str) -> Result<Schedule, String> {
        Schedule::of(&Window {
            schedule: Text::new(cron),
            duration: Text::new(duration),
            time_zone: Text::new(zone),
            ..Window::default()
        })
    }

    fn at(text: &str) -> i64 {
        time::seconds(text).unwrap()
    }

    #[test]
    fn opens_and_closes() {
        // Cron, duration, zone, asked at; open?, closes, opens.
        for (cron, duration, zone, now, open, closes, opens) in [
            // A plain day, inside and outside, borders excluded as Argo CD does.
            (
                "0 6 * * 1-5",
                "2h",
                "",
                "2026-11-23T07:00:00Z",
                true,
                Some("2026-11-23T08:00:00Z"),
                "2026-11-24T06:00:00Z",
            ),
            (
                "0 6 * * 1-5",
                "2h",
                "",
                "2026-11-23T06:00:00Z",
                false,
                None,
                "2026-11-24T06:00:00Z",
            ),
            (
                "0 6 * * 1-5",
                "2h",
                "",
                "2026-11-21T07:00:00Z",
                false,
                None,
                "2026-11-23T06:00:00Z",
            ),
            // In a zone, in winter and in summer.
            (
                "0 6 * * *",
                "2h",
                "Europe/Berlin",
                "2026-11-23T05:30:00Z",
                true,
                Some("2026-11-23T07:00:00Z"),
                "2026-11-24T05:00:00Z",
            ),
            (
                "0 6 * * *",
                "2h",
                "Europe/Berlin",
                "2026-07-23T05:30:00Z",
                true,
                Some("2026-07-23T06:00:00Z"),
                "2026-07-24T04:00:00Z",
            ),
            // The next opening lies behind the change of clocks (2026-03-29 in Berlin).
            (
                "0 6 * * 1",
                "1h",
                "Europe/Berlin",
                "2026-03-27T12:00:00Z",
                false,
                None,
                "2026-03-30T04:00:00Z",
            ),
            // Every 24 hours for 24 hours: it never closes.
            (
                "0 0 * * *",
                "24h",
                "Europe/Berlin",
                "2026-11-23T09:00:00Z",
                true,
                None,
                "2026-11-23T23:00:00Z",
            ),
            // Overlapping starts are one window.
            (
                "0 8-10 * * *",
                "90m",
                "",
                "2026-11-23T08:30:00Z",
                true,
                Some("2026-11-23T11:30:00Z"),
                "2026-11-23T09:00:00Z",
            ),
            // Names, steps, lists, question marks.
            (
                "*/30 9 ? * MON,wed",
                "10m",
                "",
                "2026-11-23T09:35:00Z",
                true,
                Some("2026-11-23T09:40:00Z"),
                "2026-11-25T09:00:00Z",
            ),
            (
                "5/20 * * jan *",
                "1m",
                "",
                "2026-11-23T09:35:00Z",
                false,
                None,
                "2027-01-01T00:05:00Z",
            ),
            // Day of month or day of week, when both are given.
            (
                "0 0 1 * 5",
                "1h",
                "",
                "2026-11-23T09:00:00Z",
                false,
                None,
                "2026-11-27T00:00:00Z",
            ),
            (
                "0 0 */2 * 5",
                "1h",
                "",
                "2026-11-26T09:00:00Z",
                false,
                None,
                "2026-11-27T00:00:00Z",
            ),
            // All seven days are days that are given, not none: every day.
            (
                "0 0 1 * 0-6",
                "1h",
                "",
                "2026-11-23T09:00:00Z",
                false,
                None,
                "2026-11-24T00:00:00Z",
            ),
            // Across the change of clocks: asked on the day before, in the morning of 2026-10-25.
            (
                "0 1 * * *",
                "6h",
                "Europe/Berlin",
                "2026-10-25T03:00:00Z",
                true,
                Some("2026-10-25T06:00:00Z"),
                "2026-10-26T00:00:00Z",
            ),
            // A leap day is four years off at most.
            (
                "0 0 29 2 *",
                "1h",
                "",
                "2026-11-23T09:00:00Z",
                false,
                None,
                "2028-02-29T00:00:00Z",
            ),
            // Sunday by itself.
            (
                "0 12 * * 0",
                "1h",
                "",
                "2026-11-23T09:00:00Z",
                false,
                None,
                "2026-11-29T12:00:00Z",
            ),
        ] {
            let schedule = schedule(cron, duration, zone).unwrap();
            let now = at(now);
            assert_eq!(schedule.is_open(now), open, "{cron} at {now}");
            if open {
                assert_eq!(schedule.closes(now), closes.map(at), "{cron} closes");
            }
            assert_eq!(schedule.opens(now), Some(at(opens)), "{cron} opens");
        }
    }

    #[test]
    fn a_date_that_never_comes_is_always_open() {
        let never = schedule("0 0 30 2 *", "1h", "").unwrap();
        let now = at("2026-11-23T09:00:00Z");
        assert!(never.is_open(now));
        assert_eq!((never.closes(now), never.opens(now)), (None, None));
    }

    #[test]
    fn what_argo_cd_refuses() {
        for (cron, duration, want) in [
            ("@daily", "1h", "five fields"),
            ("0 0 * * 7", "1h", "Sunday is 0"),
            ("0 0 * * 5-1", "1h", "day of week"),
            ("60 0 * * *", "1h", "minute"),
            ("0 0 0 * *", "1h", "day of month"),
            ("*/0 0 * * *", "1h", "minute"),
            ("0 0 L * *", "1h", "day of month"),
            ("0 0 * * MON#2", "1h", "day of week"),
            ("0 0 * * * *", "1h", "five fields"),
            ("", "1h", "five fields"),
            ("0 0 * * *", "1d", "Go's"),
            ("0 0 * * *", "", "Go's"),
        ] {
            let error = schedule(cron, duration, "").unwrap_err();
            assert!(error.contains(want), "{cron} {duration}: {error}");
        }
    }

    #[test]
    fn one_spelling_for_all() {
        for (cron, want) in [
            ("*/1 ? 1,*,3 Feb-APR sun", "* * * 2-4 0"),
            ("10/15 1-10/3 1-1 */20 0-6", "10-59/15 1-10/3 1 1 0-6"),
        ] {
            assert_eq!(canonical(cron).unwrap(), want);
        }
    }
}
