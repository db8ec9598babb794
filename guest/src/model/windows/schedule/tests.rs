#![allow(clippy::unwrap_used)]

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

/// Cron, duration, zone, moment; whether the window is open, when it closes, when it opens next.
type Moment = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    bool,
    Option<&'static str>,
    &'static str,
);
const MOMENTS: &[Moment] = &[
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
];

#[test]
fn opens_and_closes() {
    for (cron, duration, zone, now, open, closes, opens) in MOMENTS {
        let schedule = schedule(cron, duration, zone).unwrap();
        let now = at(now);
        assert_eq!(schedule.is_open(now), *open, "{cron} at {now}");
        if *open {
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
