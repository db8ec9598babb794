//! A Kubernetes event from Argo CD.

use crate::{answer::time, model::record::record, redact::Text};

record! {
    /// An event of either API: `v1` counts and has timestamps, `events.k8s.io` has a series and an `eventTime`.
    pub(crate) struct Event {
        pub(crate) kind: Text = "type",
        pub(crate) reason: Text = "reason",
        pub(crate) message: Text = "message",
        pub(crate) count: Option<i64> = "count",
        pub(crate) first_timestamp: Text = "firstTimestamp",
        pub(crate) last_timestamp: Text = "lastTimestamp",
        pub(crate) event_time: Text = "eventTime",
        pub(crate) series: Series = "series",
        pub(crate) involved_object: Involved = "involvedObject",
        pub(crate) metadata: Created = "metadata",
    }
}

record! {
    pub(crate) struct Created {
        pub(crate) creation_timestamp: Text = "creationTimestamp",
    }
}

record! {
    pub(crate) struct Series {
        pub(crate) count: Option<i64> = "count",
        pub(crate) last_observed_time: Text = "lastObservedTime",
    }
}

record! {
    pub(crate) struct Involved {
        pub(crate) kind: Text = "kind",
        pub(crate) name: Text = "name",
    }
}

impl Event {
    /// When it was last seen, in seconds, and as sent.
    pub(crate) fn last(&self) -> (i64, &Text) {
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

    /// How often it occurred.
    pub(crate) fn times(&self) -> i64 {
        self.count.max(self.series.count).unwrap_or(1).max(1)
    }
}
