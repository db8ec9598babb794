//! Times both ways: `2026-09-01T10:00:00Z (3 h ago)`.
//!
//! Reads RFC 3339, which is all that Argo CD sends. A time library reads the same and costs a
//! quarter of the component; the tests compare with one.

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

    /// `2026-09-01T10:00:00Z (3 h ago)`; text that is no time as it is, `-` for none.
    pub(crate) fn both(self, time: &str) -> String {
        match (seconds(time), self.ago(time)) {
            (Some(seconds), Some(ago)) => format!("{} ({ago})", written(seconds)),
            _ if time.is_empty() => "-".to_owned(),
            _ => one_line(time, 40),
        }
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

/// Seconds since the Unix epoch, fractions cut off; `None` for no time and for Go's zero time, the year 1.
pub(crate) fn seconds(time: &str) -> Option<i64> {
    let (date, rest) = time.split_once(['T', 't', ' '])?;
    let [year, month, day] = numbers(date, '-')?;
    let zone = rest.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = rest.split_at(zone);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let [hour, minute, second] = numbers(clock, ':')?;
    let offset = match zone.strip_prefix(['+', '-']) {
        None => 0,
        Some(zone) => {
            let [hours, minutes] = numbers(zone, ':').filter(|[h, m]| *h < 24 && *m < 60)?;
            (hours * 60 + minutes) * if zone_is_west(rest) { -60 } else { 60 }
        }
    };
    let is_time = hour < 24 && minute < 60 && second <= 60 && is_number(fraction);
    let is_date = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    let ends = matches!(zone, "Z" | "z") || zone.len() == 6;
    let is_real = date.len() == 10 && clock.len() == 8 && year > 1;
    (is_time && is_date && ends && is_real).then(|| {
        days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second.min(59) - offset
    })
}

/// `2026-09-01T10:00:00Z`.
fn written(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn zone_is_west(clock_and_zone: &str) -> bool {
    clock_and_zone.contains('-')
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `N` numbers between separators.
fn numbers<const N: usize>(text: &str, separator: char) -> Option<[i64; N]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; N];
    for number in &mut numbers {
        *number = parts.next().filter(|part| is_number(part))?.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, counting years from March on, so that
/// the leap day is the last one (Hinnant, "chrono-compatible low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days`].
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
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
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::Timestamp;

    use super::{Clock, between, seconds, written};

    #[test]
    fn agrees_with_a_time_library() {
        // Every 11 days and some seconds from 1890 to 2500, with and without an offset.
        for at in (-2_524_521_600_i64..16_725_225_600).step_by(950_417) {
            let time = Timestamp::from_second(at).unwrap();
            assert_eq!(written(at), time.to_string());
            assert_eq!(seconds(&time.to_string()), Some(at), "{time}");
            for offset in ["+02:00", "-09:30"] {
                let text = time.to_string().replace('Z', offset);
                let want: Timestamp = text.parse().unwrap();
                assert_eq!(seconds(&text), Some(want.as_second()), "{text}");
            }
        }
        for text in [
            "2026-02-29T00:00:00Z",
            "2024-02-29T00:00:00.5Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-32T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01",
            "T",
            "",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00X",
            "99999999999999999999-01-01T00:00:00Z",
            "-026-01-01T00:00:00Z",
            "2026-01-01T00:00:00Zx",
            "2026-01-01T00:00:00.123456789Z",
            "2026-01-01t00:00:00z",
        ] {
            let want = text.parse::<Timestamp>().ok().map(Timestamp::as_second);
            assert_eq!(seconds(text), want, "{text}");
        }
    }

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
