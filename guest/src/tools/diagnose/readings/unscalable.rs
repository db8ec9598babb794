//! Why the cluster's autoscaler adds no node for a Pod.

use super::rows::{Row, row, rows};
use crate::{model::event::Event, tools::diagnose::proven::Proven};

rows! {
    ROWS:
    ["exceed limits for nodepool|would exceed limits|limits exceeded for provisioner"] Manifest
        "the autoscaler adds no node: the limits of the NodePool are reached", "Raise the limits of that NodePool, or free what the Pod requests.";
        "Failed to schedule pod, all available instance types exceed limits for nodepool: \"spot\"",
        not "nominated nodepool \"spot\"";
    ["max node group size reached"] Manifest
        "the autoscaler adds no node: a node group is at its maximum size", "Raise the maximum of the node group, or free what the Pod requests.";
        "pod didn't trigger scale-up: 1 max node group size reached, 2 Insufficient cpu",
        not "pod triggered scale-up: [{ng-1 2->3 (max: 3)}]";
    ["didn't trigger scale-up"] Manifest
        "the autoscaler adds no node, as a new one would not suit the Pod either", "";
        "pod didn't trigger scale-up: 2 node(s) had untolerated taint {gpu: true}",
        not "pod triggered scale-up";
    ["no instance type|incompatible requirements|incompatible with nodepool"] Manifest
        "the autoscaler adds no node: it has no kind of node that suits the Pod", "";
        "incompatible with nodepool \"spot\", no instance type satisfied resources {\"cpu\":\"96\"}",
        not "launched instance type m5.large";
}

/// What the autoscaler said.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Unscalable(&'static Row);

impl Unscalable {
    /// The proof: an event of the Pod in the words of an autoscaler that adds no node.
    pub(in crate::tools::diagnose) fn of(events: &[Event]) -> Option<Self> {
        events
            .iter()
            .find_map(|event| row(ROWS, &event.message))
            .map(Self)
    }

    /// What helps, where something always does.
    pub(in crate::tools::diagnose) fn remedy(&self) -> &'static str {
        self.0.remedy
    }
}

impl Proven for Unscalable {
    fn headline(&self) -> String {
        self.0.says.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    fn read(message: &str) -> Option<Unscalable> {
        Unscalable::of(&[
            from_value(json!({"reason": "FailedScheduling", "message": message})).unwrap(),
        ])
    }

    #[test]
    fn speaks_of_each_row() {
        for row in ROWS {
            let reading = read(row.line).unwrap_or_else(|| panic!("{}", row.line));
            assert_eq!(
                (reading.headline().as_str(), reading.remedy()),
                (row.says, row.remedy)
            );
        }
    }

    #[test]
    fn silent_for_the_look_alike_of_each_row() {
        for row in ROWS {
            assert!(read(row.look_alike).is_none(), "{}", row.look_alike);
        }
    }
}
