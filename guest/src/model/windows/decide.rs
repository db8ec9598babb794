//! Whether windows allow a sync, now and next: Argo CD's decision table.

use crate::model::{window::Window, windows::schedule::Schedule};

/// Maximum moments checked for the next change.
const STEPS_MAX: usize = 500;
/// How far ahead to look for a change, in seconds: a year.
const AHEAD: i64 = 366 * 86_400;

/// A window of an application.
pub(crate) struct Assigned<'a> {
    pub(crate) window: &'a Window,
    pub(crate) schedule: Result<Schedule, String>,
}

/// Which syncs are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// An automated sync.
    pub(crate) automatic: bool,
    /// A manual sync, also one by a pipeline with a token.
    pub(crate) manual: bool,
    /// The rule that decides.
    pub(crate) why: &'static str,
}

impl<'a> Assigned<'a> {
    /// The window with its schedule.
    pub(crate) fn new(window: &'a Window) -> Self {
        Self {
            window,
            schedule: Schedule::of(window),
        }
    }

    /// Whether it is open at `time`; a schedule that cannot be read never is.
    pub(crate) fn is_open(&self, time: i64) -> bool {
        self.schedule
            .as_ref()
            .is_ok_and(|schedule| schedule.is_open(time))
    }

    pub(crate) fn is(&self, kind: &str) -> bool {
        &*self.window.kind == kind
    }
}

/// What the windows allow at `time`, in seconds since the Unix epoch.
pub(crate) fn at(windows: &[Assigned<'_>], time: i64) -> Verdict {
    let all_allow_manual = |mut windows: std::vec::IntoIter<&Assigned<'_>>| {
        windows.all(|window| window.window.manual_sync == Some(true))
    };
    // An invalid window stops every sync.
    if windows.iter().any(|window| window.schedule.is_err()) {
        return Verdict {
            automatic: false,
            manual: false,
            why: "a window is invalid, so Argo CD rejects every sync",
        };
    }
    let of = |kind: &str, open: bool| -> Vec<&Assigned<'_>> {
        let windows = windows.iter().filter(|window| window.is(kind));
        windows
            .filter(|window| window.is_open(time) == open)
            .collect()
    };
    let denies = of("deny", true);
    if !denies.is_empty() {
        return Verdict {
            automatic: false,
            manual: all_allow_manual(denies.into_iter()),
            why: "a deny window is open and overrides allow windows",
        };
    }
    let closed = of("allow", false);
    let opened = of("allow", true);
    if opened.is_empty() && !closed.is_empty() {
        return Verdict {
            automatic: false,
            manual: all_allow_manual(closed.into_iter()),
            why: "no allow window is open, and a sync needs one",
        };
    }
    Verdict {
        automatic: true,
        manual: true,
        why: match (windows.is_empty(), opened.is_empty()) {
            (true, _) => "no window applies",
            (_, true) => "no deny window is open",
            (_, false) => "an allow window is open and no deny window is",
        },
    }
}

/// When the verdict for automatic syncs changes next, and to what. Looks a year ahead.
pub(crate) fn change(windows: &[Assigned<'_>], now: i64) -> Option<(i64, Verdict)> {
    let before = at(windows, now);
    let mut time = now;
    for _ in 0..STEPS_MAX {
        let border = border(windows, time)?;
        if border - now > AHEAD {
            return None;
        }
        // A window is open after its start, not at it.
        time = border + 1;
        let then = at(windows, time);
        if then.automatic != before.automatic {
            return Some((border, then));
        }
    }
    None
}

/// The first moment after `time` at which the verdict for automatic syncs may change. Not every
/// border counts: under a freeze of a month no allow window changes anything until it ends.
fn border(windows: &[Assigned<'_>], time: i64) -> Option<i64> {
    let of = |kind: &'static str, open: bool| {
        let windows = windows.iter().filter(move |window| window.is(kind));
        windows
            .filter(move |window| window.is_open(time) == open)
            .filter_map(|window| window.schedule.as_ref().ok())
    };
    let first = |times: &mut dyn Iterator<Item = i64>| times.filter(|next| *next >= time).min();
    // Windows stay open together until the last of them closes; one that never does is for ever.
    let last = |kind: &'static str| -> Option<i64> {
        let closes: Option<Vec<i64>> = of(kind, true).map(|open| open.closes(time)).collect();
        closes?.into_iter().max()
    };
    if of("deny", true).next().is_some() {
        return last("deny");
    }
    let freeze = first(&mut of("deny", false).filter_map(|closed| closed.opens(time)));
    if of("allow", true).next().is_some() {
        return [freeze, last("allow")].into_iter().flatten().min();
    }
    // Only an opening allow window permits a sync again, if there is one.
    match of("allow", false).next() {
        Some(_) => first(&mut of("allow", false).filter_map(|closed| closed.opens(time))),
        None => freeze,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::model::windows::decide::{Assigned, at, change};
    use crate::{answer::time, model::window::Window, redact::Text};

    fn window(text: &str) -> Window {
        let [kind, cron, duration, manual] = text.split('|').collect::<Vec<_>>()[..] else {
            panic!("{text}")
        };
        Window {
            kind: Text::new(kind),
            schedule: Text::new(cron),
            duration: Text::new(duration),
            manual_sync: Some(manual == "manual"),
            ..Window::default()
        }
    }

    const DENY: &str = "deny|0 9 * * *|1h|no";
    const DENY_MANUAL: &str = "deny|0 9 * * *|2h|manual";
    const DENY_LATER: &str = "deny|0 15 * * *|1h|no";
    const ALLOW: &str = "allow|0 8 * * *|4h|no";
    const ALLOW_LATER: &str = "allow|0 12 * * *|1h|manual";
    const ALLOW_NEVER_BY_HAND: &str = "allow|0 13 * * *|1h|no";
    const BROKEN: &str = "allow|0 13 * * *|1d|manual";

    /// Windows; whether automatic and manual syncs are allowed at 09:30; when that changes.
    type Decision = (&'static [&'static str], bool, bool, Option<&'static str>);
    const DECISIONS: &[Decision] = &[
        (&[], true, true, None),
        (&[DENY], false, false, Some("2026-11-23T10:00:00Z")),
        (
            &[DENY, DENY_MANUAL],
            false,
            false,
            Some("2026-11-23T11:00:00Z"),
        ),
        (&[DENY_MANUAL], false, true, Some("2026-11-23T11:00:00Z")),
        (&[DENY, ALLOW], false, false, Some("2026-11-23T10:00:00Z")),
        (&[ALLOW], true, true, Some("2026-11-23T12:00:00Z")),
        (
            &[ALLOW, ALLOW_LATER],
            true,
            true,
            Some("2026-11-23T13:00:00Z"),
        ),
        (&[ALLOW_LATER], false, true, Some("2026-11-23T12:00:00Z")),
        (
            &[ALLOW_LATER, ALLOW_NEVER_BY_HAND],
            false,
            false,
            Some("2026-11-23T12:00:00Z"),
        ),
        (&[DENY_LATER], true, true, Some("2026-11-23T15:00:00Z")),
        (
            &[DENY_MANUAL, ALLOW_LATER],
            false,
            true,
            Some("2026-11-23T12:00:00Z"),
        ),
        (&[ALLOW, BROKEN], false, false, None),
        // A freeze of a month over a window of every hour.
        (
            &["deny|0 0 1 11 *|744h|no", "allow|0 * * * *|30m|no"],
            false,
            false,
            Some("2026-12-02T00:00:00Z"),
        ),
        // A date that never comes is open for ever; three of one kind are one.
        (&["deny|0 0 30 2 *|1h|no"], false, false, None),
        (
            &[DENY, DENY, DENY],
            false,
            false,
            Some("2026-11-23T10:00:00Z"),
        ),
        // Ends one by one until the last of them.
        (
            &["allow|0 9 * * *|1h|no", "allow|45 9 * * *|1h|no"],
            true,
            true,
            Some("2026-11-23T10:45:00Z"),
        ),
    ];

    #[test]
    fn the_decision_table() {
        let now = time::seconds("2026-11-23T09:30:00Z").unwrap();
        for (windows, automatic, manual, changes) in DECISIONS {
            let (automatic, manual) = (*automatic, *manual);
            let all: Vec<Window> = windows.iter().map(|text| window(text)).collect();
            let all: Vec<Assigned<'_>> = all.iter().map(Assigned::new).collect();
            let verdict = at(&all, now);
            assert_eq!(
                (verdict.automatic, verdict.manual),
                (automatic, manual),
                "{windows:?}"
            );
            let next = change(&all, now).map(|(time, verdict)| {
                assert_eq!(verdict.automatic, !automatic);
                time
            });
            assert_eq!(
                next,
                changes.map(|text| time::seconds(text).unwrap()),
                "{windows:?}"
            );
        }
    }
}
