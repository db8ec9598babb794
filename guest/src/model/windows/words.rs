//! Describes a window, the same in every answer.

use super::{decide::Assigned, zone};
use crate::{
    answer::{
        Fact, Line,
        member::{Member, flag, number, text, time},
        time::Clock,
        word,
    },
    model::window::{Window, go_duration},
};

/// The members of a window as [`described`] and [`manual_sync`] write it.
pub(crate) const WINDOW: [Member; 7] = [
    text("kind"),
    text("schedule"),
    number("duration_seconds").maybe(),
    text("time_zone"),
    text("unknown_time_zone").maybe(),
    flag("manual_sync"),
    flag("running_sync_may_finish"),
];

/// The window's rule for manual syncs. An allow window's rule applies outside of it.
pub(crate) fn manual_sync(window: &Window) -> Line {
    let may = match window.manual_sync {
        Some(true) => Fact::flag(true, "manual sync allowed"),
        _ => Fact::new("no manual sync", false),
    };
    let line = Line::new().fact("manual_sync", may);
    let line = if &*window.kind == "allow" {
        line.glue(" outside it")
    } else {
        line
    };
    let overrun = window.sync_overrun == Some(true);
    line.fact(
        "running_sync_may_finish",
        Fact::flag(overrun, ", a running sync may finish"),
    )
}

/// `deny 0 0 * * * for 24h Europe/Berlin`.
pub(crate) fn named(window: &Window) -> String {
    described(window).text()
}

/// The same with its facts.
pub(crate) fn described(window: &Window) -> Line {
    let duration = go_duration(&window.duration);
    let line = Line::new()
        .fact("kind", word(&window.kind))
        .glue(" ")
        .fact("schedule", word(&window.schedule))
        .glue(" for ")
        .fact(
            "duration_seconds",
            Fact::new(word(&window.duration), duration),
        )
        .glue(" ");
    match &*window.time_zone {
        "" => line.fact("time_zone", "UTC"),
        zone if !zone::Zone::exists(zone) => line
            .fact("time_zone", "UTC")
            .glue(" (unknown time zone ")
            .fact("unknown_time_zone", word(&window.time_zone))
            .glue(")"),
        _ => line.fact("time_zone", word(&window.time_zone)),
    }
}

/// `open, closes 2026-…`, `closed, opens 2026-…`.
pub(crate) fn state(assigned: &Assigned<'_>, now: i64, clock: Clock) -> String {
    standing(assigned, now, clock).text()
}

/// The members that [`standing`] writes.
pub(crate) const STANDING: [Member; 5] = [
    flag("is_open").maybe(),
    flag("never_closes").maybe(),
    time("closes").maybe(),
    time("opens").maybe(),
    text("rejected").maybe(),
];

/// The same with its facts.
pub(crate) fn standing(assigned: &Assigned<'_>, now: i64, clock: Clock) -> Line {
    let line = Line::new();
    let schedule = match &assigned.schedule {
        Ok(schedule) => schedule,
        Err(error) => {
            return line
                .glue("rejected by Argo CD: ")
                .fact("rejected", error.to_string());
        }
    };
    let is_open = schedule.is_open(now);
    let open = |word: &'static str| Line::new().fact("is_open", Fact::new(word, is_open));
    match (is_open, schedule.closes(now), schedule.opens(now)) {
        (true, Some(time), _) => open("open")
            .glue(", closes ")
            .fact("closes", clock.fact_at(time)),
        (true, None, Some(_)) => open("open")
            .glue("; it reopens before it closes, so it ")
            .fact("never_closes", Fact::new("never closes", true)),
        (true, None, None) => open("always open")
            .glue(": its date never occurs, which Argo CD treats as open")
            .keeping("never_closes", true),
        (false, _, Some(time)) => open("closed")
            .glue(", opens ")
            .fact("opens", clock.fact_at(time)),
        (false, _, None) => open("closed"),
    }
}
