//! RFC 3339 times, to compare log lines with.

/// Seconds and nanoseconds since 1970; the default is before everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Timestamp(i64, u32);

impl Default for Timestamp {
    fn default() -> Self {
        Self(i64::MIN, 0)
    }
}

impl Timestamp {
    /// Reads `2026-11-22T21:11:39.299969107Z`, with `Z` or an offset.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
        let at = |index: usize| text.as_bytes().get(index).copied();
        if (at(4), at(7), at(10), at(13), at(16))
            != (Some(b'-'), Some(b'-'), Some(b'T'), Some(b':'), Some(b':'))
        {
            return None;
        }
        let days = days_since_1970(number(0..4)?, number(5..7)?, number(8..10)?);
        let seconds =
            days * 86_400 + number(11..13)? * 3_600 + number(14..16)? * 60 + number(17..19)?;
        let rest = text.get(19..)?;
        let zone_at = rest.find(['Z', '+', '-'])?;
        let (fraction, zone) = rest.split_at(zone_at);
        let digits = fraction.strip_prefix('.').unwrap_or_default();
        let nanos = format!("{digits:0<9}").get(..9)?.parse().ok()?;
        Some(Self(seconds - offset(zone)?, nanos))
    }

    /// Whole seconds since 1970.
    pub(crate) fn seconds(self) -> i64 {
        self.0
    }

    /// So many seconds before.
    #[cfg(feature = "server")]
    pub(crate) fn earlier(self, seconds: usize) -> Self {
        Self(self.0.saturating_sub_unsigned(seconds as u64), self.1)
    }
}

fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let seconds = hours.parse::<i64>().ok()? * 3_600 + minutes.parse::<i64>().ok()? * 60;
    Some(if zone.starts_with('-') {
        -seconds
    } else {
        seconds
    })
}

/// Howard Hinnant's `days_from_civil`.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_written() {
        let parse = |text| Timestamp::parse(text).unwrap();
        assert_eq!(parse("1970-01-02T00:00:01Z"), Timestamp(86_401, 0));
        assert_eq!(parse("2026-11-22T21:13:30Z"), Timestamp(1_795_382_010, 0));
        assert_eq!(
            parse("2026-11-22T22:13:30.5+01:00"),
            Timestamp(1_795_382_010, 500_000_000)
        );
        assert!(parse("2026-11-22T21:13:30.000000002Z") > parse("2026-11-22T21:13:30.000000001Z"));
        assert_eq!(Timestamp::parse("yesterday"), None);
        assert_eq!(Timestamp::parse("2026-11-22"), None);
    }
}
