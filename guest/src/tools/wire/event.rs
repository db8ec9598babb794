//! A Kubernetes event as Argo CD passes it on.

use crate::{answer::time, redact::Text, tools::record::record};

record! {
    /// An event of either API: `v1` counts and has timestamps, `events.k8s.io` has a series and an `eventTime`.
    pub(in crate::tools) struct Event {
        pub(in crate::tools) kind: Text = "type",
        pub(in crate::tools) reason: Text = "reason",
        pub(in crate::tools) message: Text = "message",
        pub(in crate::tools) count: Option<i64> = "count",
        pub(in crate::tools) first_timestamp: Text = "firstTimestamp",
        pub(in crate::tools) last_timestamp: Text = "lastTimestamp",
        pub(in crate::tools) event_time: Text = "eventTime",
        pub(in crate::tools) series: Series = "series",
        pub(in crate::tools) involved_object: Involved = "involvedObject",
        pub(in crate::tools) metadata: Created = "metadata",
    }
}

record! {
    pub(in crate::tools) struct Created {
        pub(in crate::tools) creation_timestamp: Text = "creationTimestamp",
    }
}

record! {
    pub(in crate::tools) struct Series {
        pub(in crate::tools) count: Option<i64> = "count",
        pub(in crate::tools) last_observed_time: Text = "lastObservedTime",
    }
}

record! {
    pub(in crate::tools) struct Involved {
        pub(in crate::tools) kind: Text = "kind",
        pub(in crate::tools) name: Text = "name",
    }
}

impl Event {
    /// When it was last seen, in seconds, and as sent.
    pub(in crate::tools) fn last(&self) -> (i64, &Text) {
        let times = [
            &self.last_timestamp,
            &self.series.last_observed_time,
            &self.event_time,
            &self.first_timestamp,
            &self.metadata.creation_timestamp,
        ];
        let seen = times
            .into_iter()
            .filter_map(|time| Some((time::seconds(time)?, time)));
        seen.max_by_key(|(seconds, _)| *seconds)
            .unwrap_or((i64::MIN, &self.event_time))
    }

    /// How often it came.
    pub(in crate::tools) fn times(&self) -> i64 {
        self.count.max(self.series.count).unwrap_or(1).max(1)
    }
}
