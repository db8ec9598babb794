//! Describes a window, the same in every answer.

use super::{decide::Assigned, zone};
use crate::{
    answer::{time::Clock, word},
    model::window::Window,
};

/// The window's rule for manual syncs. An allow window's rule applies outside of it.
pub(crate) fn manual(window: &Window) -> String {
    let may = match window.manual_sync {
        Some(true) => "manual sync allowed",
        _ => "no manual sync",
    };
    let outside = if &*window.kind == "allow" {
        " outside it"
    } else {
        ""
    };
    let overrun = match window.sync_overrun {
        Some(true) => ", a running sync may finish",
        _ => "",
    };
    format!("{may}{outside}{overrun}")
}

/// `deny 0 0 * * * for 24h Europe/Berlin`.
pub(crate) fn named(window: &Window) -> String {
    let zone = match &*window.time_zone {
        "" => "UTC".to_owned(),
        zone if !zone::Zone::exists(zone) => {
            format!("UTC (unknown time zone {})", word(&window.time_zone))
        }
        _ => word(&window.time_zone),
    };
    format!(
        "{} {} for {} {zone}",
        word(&window.kind),
        word(&window.schedule),
        word(&window.duration)
    )
}

/// `open, closes 2026-…`, `closed, opens 2026-…`.
pub(crate) fn state(assigned: &Assigned<'_>, now: i64, clock: Clock) -> String {
    let schedule = match &assigned.schedule {
        Ok(schedule) => schedule,
        Err(error) => return format!("rejected by Argo CD: {error}"),
    };
    match (
        schedule.is_open(now),
        schedule.closes(now),
        schedule.opens(now),
    ) {
        (true, Some(time), _) => format!("open, closes {}", clock.at_seconds(time)),
        (true, None, Some(_)) => "open; it reopens before it closes, so it never closes".to_owned(),
        (true, None, None) => {
            "always open: its date never occurs, which Argo CD treats as open".to_owned()
        }
        (false, _, Some(time)) => format!("closed, opens {}", clock.at_seconds(time)),
        (false, _, None) => "closed".to_owned(),
    }
}
