//! When a window opens and closes. The rules are those of Argo CD: a cron of five fields, each start
//! open for a duration, on the wall clock of the window's zone with the offset of the moment that is asked about.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use croner::Cron;

use crate::model::{
    window::{Window, go_duration},
    windows::zone::Zone,
};

/// Maximum starts followed to find the end of a window with overlapping starts: a week of minutes.
const STARTS_MAX: usize = 10_080;
/// A window that stays open this long from now counts as never closing, in seconds: a year.
const LONG: i64 = 366 * 86_400;

/// The fields of a cron: name, least and greatest value, names for the values from the least on, and a
/// remark on the values.
const FIELDS: [(&str, u32, u32, &[&str], &str); 5] = [
    ("minute", 0, 59, &[], ""),
    ("hour", 0, 23, &[], ""),
    ("day of month", 1, 31, &[], ""),
    (
        "month",
        1,
        12,
        &[
            "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
        ],
        "",
    ),
    (
        "day of week",
        0,
        6,
        &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
        " (Sunday is 0)",
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
    /// Parses a window; errors are those for which Argo CD rejects it too.
    pub(crate) fn of(window: &Window) -> Result<Self, String> {
        let cron = canonical(&window.schedule)?;
        let cron = Cron::from_str(&cron).map_err(|error| format!("invalid schedule: {error}"))?;
        let seconds = go_duration(&window.duration)
            .and_then(|seconds| i64::try_from(seconds).ok())
            .ok_or("duration is not in Go's format, such as 1h30m (it has no unit for days)")?;
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
        // With a date that never occurs Argo CD's window is always open.
        self.next(wall - self.seconds)
            .is_none_or(|start| start < wall)
    }

    /// When a window that is open at `time` closes; `None` when it reopens before it closes
    /// for the whole time that is looked ahead.
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

    /// When the window opens next after `time`; `None` for a date that never occurs.
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

/// Rewrites a cron of Argo CD to one that the library reads in the same way.
fn canonical(schedule: &str) -> Result<String, String> {
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err("schedule needs five fields (minute, hour, day of month, month, day of week); names such as @daily are rejected".to_owned());
    }
    let fields = FIELDS.iter().zip(fields).map(|(kind, text)| {
        field(text, kind.1, kind.2, kind.3).ok_or_else(|| {
            format!(
                "schedule has a {} outside {} to {}{}",
                kind.0, kind.1, kind.2, kind.4
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
mod tests;
