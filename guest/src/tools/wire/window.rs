//! A sync window, as projects and applications have it. Applications' own have only the first fields.

use crate::{redact::Text, tools::record::record};

record! {
    #[derive(Clone)]
    pub(in crate::tools) struct Window {
        pub(in crate::tools) kind: Text = "kind",
        pub(in crate::tools) schedule: Text = "schedule",
        pub(in crate::tools) duration: Text = "duration",
        pub(in crate::tools) manual_sync: Option<bool> = "manualSync",
        pub(in crate::tools) time_zone: Text = "timeZone",
        pub(in crate::tools) description: Text = "description",
        pub(in crate::tools) and_operator: Option<bool> = "andOperator",
        pub(in crate::tools) applications: Vec<Text> = "applications",
        pub(in crate::tools) namespaces: Vec<Text> = "namespaces",
        pub(in crate::tools) clusters: Vec<Text> = "clusters",
        /// Whether a sync that began while it was allowed may end (Argo CD 3.5 on).
        pub(in crate::tools) sync_overrun: Option<bool> = "syncOverrun",
    }
}

record! {
    /// The windows of an application, as its own endpoint gives them: no description, no time zone.
    pub(in crate::tools) struct Assignment {
        pub(in crate::tools) assigned: Vec<Window> = "assignedWindows",
        pub(in crate::tools) active: Vec<Window> = "activeWindows",
        /// Whether a manual sync is allowed; says nothing of automatic ones.
        pub(in crate::tools) can_sync: Option<bool> = "canSync",
    }
}

impl Assignment {
    /// Whether a window may be what holds a sync back.
    pub(in crate::tools) fn holds_back(&self) -> bool {
        let is =
            |windows: &[Window], kind: &str| windows.iter().any(|window| &*window.kind == kind);
        is(&self.active, "deny") || (is(&self.assigned, "allow") && !is(&self.active, "allow"))
    }
}

impl Window {
    /// Whether both are the same window, as far as an application's own endpoint can tell.
    pub(in crate::tools) fn is(&self, other: &Window) -> bool {
        self.kind == other.kind
            && self.schedule == other.schedule
            && self.duration == other.duration
    }
}

/// Seconds of a duration as Go writes it: `1h30m`. `None` for anything else, `1d` included.
pub(in crate::tools) fn go_duration(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    let mut seconds = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().ok()?;
        let unit = rest[digits..].chars().next()?;
        seconds += number.checked_mul(match unit {
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return None,
        })?;
        rest = &rest[digits + 1..];
    }
    Some(seconds)
}

#[cfg(test)]
mod tests {
    use super::go_duration;

    #[test]
    fn durations_as_go_reads_them() {
        for (text, want) in [
            ("1h30m", Some(5_400)),
            ("24h", Some(86_400)),
            ("90s", Some(90)),
            ("1d", None),
            ("", None),
            ("h", None),
            ("5", None),
        ] {
            assert_eq!(go_duration(text), want, "{text}");
        }
    }
}
