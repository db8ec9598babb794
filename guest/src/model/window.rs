//! A sync window of a project or an application. An application's endpoint gives only the first fields.

use crate::{model::record::record, redact::Text};

record! {
    #[derive(Clone)]
    pub(crate) struct Window {
        pub(crate) kind: Text = "kind",
        pub(crate) schedule: Text = "schedule",
        pub(crate) duration: Text = "duration",
        pub(crate) manual_sync: Option<bool> = "manualSync",
        pub(crate) time_zone: Text = "timeZone",
        pub(crate) description: Text = "description",
        pub(crate) and_operator: Option<bool> = "andOperator",
        pub(crate) applications: Vec<Text> = "applications",
        pub(crate) namespaces: Vec<Text> = "namespaces",
        pub(crate) clusters: Vec<Text> = "clusters",
        /// Whether a sync that started while it was allowed may finish (Argo CD 3.5 on).
        pub(crate) sync_overrun: Option<bool> = "syncOverrun",
    }
}

record! {
    /// The windows of an application, as its own endpoint gives them: no description, no time zone.
    pub(crate) struct Assignment {
        pub(crate) assigned: Vec<Window> = "assignedWindows",
        pub(crate) active: Vec<Window> = "activeWindows",
        /// Whether a manual sync is allowed, regardless of automatic ones.
        pub(crate) can_sync: Option<bool> = "canSync",
    }
}

impl Assignment {
    /// Whether a window may block a sync.
    pub(crate) fn holds_back(&self) -> bool {
        let is =
            |windows: &[Window], kind: &str| windows.iter().any(|window| &*window.kind == kind);
        is(&self.active, "deny") || (is(&self.assigned, "allow") && !is(&self.active, "allow"))
    }
}

impl Window {
    /// Whether both are the same window by the fields of the application's endpoint.
    pub(crate) fn is(&self, other: &Window) -> bool {
        self.kind == other.kind
            && self.schedule == other.schedule
            && self.duration == other.duration
    }
}

/// Seconds of a duration as Go writes it: `1h30m`, `1.5h`. `None` for anything else, `1d` included.
pub(crate) fn go_duration(text: &str) -> Option<u64> {
    /// Units in nanoseconds.
    const UNITS: [(&str, u64); 8] = [
        ("ns", 1),
        ("us", 1_000),
        ("µs", 1_000),
        ("μs", 1_000),
        ("ms", 1_000_000),
        ("h", 3_600_000_000_000),
        ("m", 60_000_000_000),
        ("s", 1_000_000_000),
    ];
    let text = text.trim();
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return Some(0);
    }
    let mut nanos: u64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (fraction, after) = after.strip_prefix('.').map_or(("", after), digits);
        let (unit, length) = UNITS
            .iter()
            .find_map(|(unit, nanos)| after.starts_with(unit).then_some((nanos, unit.len())))?;
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let whole: u64 = if whole.is_empty() {
            0
        } else {
            whole.parse().ok()?
        };
        nanos = nanos.checked_add(whole.checked_mul(*unit)?)?;
        let mut part = *unit;
        for digit in fraction.bytes() {
            part /= 10;
            nanos = nanos.checked_add(part * u64::from(digit - b'0'))?;
        }
        rest = &after[length..];
    }
    Some(nanos / 1_000_000_000)
}

/// The digits in front, and what follows.
fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

#[cfg(test)]
mod tests {
    use crate::model::window::go_duration;

    #[test]
    fn durations_as_go_reads_them() {
        for (text, want) in [
            ("1h30m", Some(5_400)),
            ("24h", Some(86_400)),
            ("90s", Some(90)),
            ("1.5h", Some(5_400)),
            (".5m", Some(30)),
            ("+2h0m0s", Some(7_200)),
            ("1500ms", Some(1)),
            ("0", Some(0)),
            (".h", None),
            ("1h 30m", None),
            ("-1h", None),
            ("999999999999h", None),
            ("1d", None),
            ("", None),
            ("h", None),
            ("5", None),
        ] {
            assert_eq!(go_duration(text), want, "{text}");
        }
    }
}
