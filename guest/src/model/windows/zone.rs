//! Time zones by their IANA names, with the rules for the present and the future.

use tz::TimeZone;

/// `NAME RULE` lines; see `build.rs`.
const ZONES: &str = include_str!(concat!(env!("OUT_DIR"), "/zones.txt"));

/// A time zone.
#[derive(Clone, Debug)]
pub(crate) struct Zone(TimeZone);

impl Zone {
    /// The zone of that name. Argo CD uses UTC for an empty or unknown name.
    pub(crate) fn named(name: &str) -> Self {
        Self(rule(name).and_then(zone).unwrap_or_else(TimeZone::utc))
    }

    /// Whether there is a zone of that name. Names are case-sensitive, as in Go.
    pub(crate) fn exists(name: &str) -> bool {
        matches!(name, "" | "UTC") || rule(name).is_some()
    }

    /// Seconds east of UTC at `time`, in seconds since the Unix epoch.
    pub(crate) fn offset(&self, time: i64) -> i64 {
        let local = self.0.find_local_time_type(time);
        local.map_or(0, |local| i64::from(local.ut_offset()))
    }

    /// The time at which the local clock shows `wall`. When it shows that twice or never
    /// (clocks are set back or forward), a time within the hour.
    pub(crate) fn time_of(&self, wall: i64) -> i64 {
        let near = wall - self.offset(wall);
        wall - self.offset(near)
    }
}

/// A zone of one rule. It goes through a TZif file without changes: only there does the library read
/// the hours below 0 and above 24 that some rules have (RFC 8536, section 3.3.1).
fn zone(rule: &str) -> Option<TimeZone> {
    // Counts: UT indicators, standard indicators, leap seconds, changes, one type, its name's bytes.
    const COUNTS: [u8; 24] = [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4,
    ];
    // The type: six bytes for an offset of 0, no summer time, name at 0.
    let block = [b"TZif3".as_slice(), &[0; 15], &COUNTS, &[0; 6], b"UTC\0"].concat();
    let file = [&block, &block, b"\n".as_slice(), rule.as_bytes(), b"\n"].concat();
    TimeZone::from_tz_data(&file).ok()
}

fn rule(name: &str) -> Option<&'static str> {
    let mut zones = ZONES.lines().filter_map(|line| line.split_once(' '));
    zones
        .find(|(known, _)| *known == name)
        .map(|(_, rule)| rule)
}

#[cfg(test)]
mod tests {
    use crate::model::windows::zone::{ZONES, Zone};

    const WINTER: i64 = 1_768_478_400; // 2026-01-15T12:00:00Z
    const SUMMER: i64 = 1_784_116_800; // 2026-07-15T12:00:00Z

    #[test]
    fn offsets_in_winter_and_summer() {
        for (name, winter, summer) in [
            ("Europe/Berlin", 3_600, 7_200),
            ("America/New_York", -18_000, -14_400),
            ("Asia/Kolkata", 19_800, 19_800),
            ("Australia/Sydney", 39_600, 36_000),
            ("Europe/Dublin", 0, 3_600),
            ("America/St_Johns", -12_600, -9_000),
            ("Asia/Tokyo", 32_400, 32_400),
            ("America/Nuuk", -7_200, -3_600),
            ("Asia/Jerusalem", 7_200, 10_800),
            ("UTC", 0, 0),
            ("", 0, 0),
            ("Europe/Atlantis", 0, 0),
        ] {
            let zone = Zone::named(name);
            assert_eq!(
                (zone.offset(WINTER), zone.offset(SUMMER)),
                (winter, summer),
                "{name}"
            );
            assert_eq!(Zone::exists(name), name != "Europe/Atlantis", "{name}");
            let wall = SUMMER + summer;
            assert_eq!(zone.time_of(wall), SUMMER, "{name}");
        }
    }

    #[test]
    fn every_zone_of_the_table_has_a_readable_rule() {
        assert!(ZONES.lines().count() > 400);
        for line in ZONES.lines() {
            let rule = line.split_once(' ').map_or("", |(_, rule)| rule);
            assert!(crate::model::windows::zone::zone(rule).is_some(), "{line}");
        }
    }

    #[test]
    fn clocks_that_are_set_forward_and_back() {
        let berlin = Zone::named("Europe/Berlin");
        // 2026-03-29 02:30 does not exist there: 01:30 UTC is 03:30.
        let gap = berlin.time_of(1_774_751_400);
        assert!((gap - 1_774_747_800).abs() <= 3_600, "{gap}");
        // 2026-10-26 06:00 is one hour later in UTC than a week before.
        assert_eq!(berlin.time_of(1_792_994_400), 1_792_990_800);
    }
}
