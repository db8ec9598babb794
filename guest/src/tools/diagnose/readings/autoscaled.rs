//! Replicas that an autoscaler sets.

use crate::model::classify::Difference;
use crate::tools::diagnose::proven::Proven;

/// An autoscaler of the application that names the workload whose replicas differ.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Autoscaled {
    scaler: String,
    workload: String,
}

impl Autoscaled {
    /// The proof: `workload` differs in its replicas only, and an autoscaler among `all` names it as its target.
    pub(in crate::tools::diagnose) fn of(
        workload: &Difference,
        all: &[Difference],
    ) -> Option<Self> {
        if !workload.only("spec.replicas") {
            return None;
        }
        let target = (workload.kind.clone(), workload.object.clone());
        let scaler = all
            .iter()
            .find(|one| one.scales.as_ref() == Some(&target))?;
        Some(Self {
            scaler: format!("{} {}", scaler.kind, scaler.object),
            workload: format!("{} {}", workload.kind, workload.object),
        })
    }
}

impl Proven for Autoscaled {
    fn headline(&self) -> String {
        format!(
            "{} of this application sets the replicas of {}",
            self.scaler, self.workload
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;
    use crate::model::classify;

    fn difference(kind: &str, name: &str, live: Value, wanted: Value) -> Difference {
        let state = |spec: Value| json!({"kind": kind, "spec": spec}).to_string();
        let item = json!({"kind": kind, "namespace": "web", "name": name,
            "normalizedLiveState": state(live), "predictedLiveState": state(wanted)});
        classify::finding(&from_value(item).unwrap()).unwrap()
    }

    fn scaler(kind: &str, name: &str) -> Difference {
        let spec = json!({"scaleTargetRef": {"kind": kind, "name": name}});
        difference("HorizontalPodAutoscaler", "hpa", spec.clone(), spec)
    }

    #[test]
    fn speaks_of_the_autoscaler_that_names_the_workload() {
        let workload = difference(
            "Deployment",
            "api",
            json!({"replicas": 4}),
            json!({"replicas": 2}),
        );
        let found = Autoscaled::of(&workload, &[scaler("Deployment", "api")]).unwrap();
        assert!(found.headline().starts_with("HorizontalPodAutoscaler hpa"));
    }

    #[test]
    fn silent_of_another_target_and_of_other_fields() {
        let workload = difference(
            "Deployment",
            "api",
            json!({"replicas": 4}),
            json!({"replicas": 2}),
        );
        let both = difference(
            "Deployment",
            "api",
            json!({"replicas": 4, "paused": true}),
            json!({"replicas": 2}),
        );
        for (workload, scaler) in [
            (&workload, scaler("Deployment", "web")),
            (&workload, scaler("StatefulSet", "api")),
            (&both, scaler("Deployment", "api")),
        ] {
            assert!(Autoscaled::of(workload, &[scaler]).is_none());
        }
    }
}
