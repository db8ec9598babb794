//! RFC 3339 both ways, to the second.

use chrono::{DateTime, Datelike, Timelike};

/// Seconds since the Unix epoch of `2026-09-01T10:00:00.5+02:00`, fraction dropped; `None` for
/// anything that is no such time.
pub(super) fn parse(text: &str) -> Option<i64> {
    let time = DateTime::parse_from_rfc3339(text).ok()?;
    Some(time.timestamp())
}

/// `2026-09-01T10:00:00Z`; the number itself when it is beyond the years of the calendar.
pub(super) fn show(seconds: i64) -> String {
    let Some(time) = DateTime::from_timestamp(seconds, 0) else {
        return seconds.to_string();
    };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_to_the_second() {
        for (text, want) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2026-09-01T10:00:00Z", Some(1_788_256_800)),
            ("2026-09-01T10:00:00.123456789Z", Some(1_788_256_800)),
            ("2026-09-01t12:00:00+02:00", Some(1_788_256_800)),
            ("2026-09-01T04:30:00-05:30", Some(1_788_256_800)),
            ("2024-02-29T23:59:59Z", Some(1_709_251_199)),
            ("1969-12-31T23:59:59Z", Some(-1)),
            ("0001-01-01T00:00:00Z", Some(-62_135_596_800)),
            ("2023-02-29T00:00:00Z", None),
            ("2100-02-29T00:00:00Z", None),
            ("2026-13-01T00:00:00Z", None),
            ("2026-00-01T00:00:00Z", None),
            ("2026-09-01T24:00:00Z", None),
            ("2026-09-01T10:00:00", None),
            ("2026-09-01T10:00Z", None),
            ("2026-09-01", None),
            ("2026-9-1T10:00:00Z", None),
            ("2026-09-01T10:00:00.Z", None),
            ("+026-09-01T10:00:00Z", None),
            ("2026-09-01T10:00:00+2", None),
            ("2026-09-01T10:00:00+24:00", None),
            ("2026-09-01T10:00:00+02:60", None),
            ("2026-09-01T10:00:00+0200", None),
            ("26-09-01T10:00:00Z", None),
            ("+12026-09-01T10:00:00Z", None),
            (" 2026-09-01T10:00:00Z", None),
            // A leap second counts with the second before, as for a Unix clock.
            ("2016-12-31T23:59:60Z", Some(1_483_228_799)),
            ("now", None),
            ("", None),
            ("ü", None),
        ] {
            assert_eq!(parse(text), want, "{text}");
        }
    }

    #[test]
    fn what_is_shown_is_read_back() {
        for seconds in (-62_135_596_800..4_102_444_800_i64).step_by(86_399 * 37) {
            assert_eq!(parse(&show(seconds)), Some(seconds), "{}", show(seconds));
        }
    }

    #[test]
    fn a_number_beyond_the_calendar_is_shown_as_it_is() {
        assert_eq!(show(253_402_300_799), "9999-12-31T23:59:59Z");
        for seconds in [i64::MIN, i64::MAX] {
            assert_eq!(show(seconds), seconds.to_string());
        }
    }
}
