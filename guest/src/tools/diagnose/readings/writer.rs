//! A program that writes what Argo CD syncs.

use crate::tools::diagnose::proven::Proven;
use crate::{
    answer::time,
    model::{
        application::{Application, settings},
        classify::{Class, Difference},
        owners::Writer,
    },
};

/// How the managers of tools begin with which people edit.
const BY_HAND: [&str; 6] = [
    "kubectl",
    "argocd-server",
    "Mozilla",
    "node-fetch",
    "k9s",
    "lens",
];
/// Without it, ignored fields are compared no more but still applied.
const RESPECT: &str = "RespectIgnoreDifferences=true";

/// A program other than Argo CD that wrote changed fields after the last sync had ended.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Overwritten {
    writer: Writer,
    object: String,
    synced_at: String,
}

impl Overwritten {
    /// The proof: an entry of `managedFields` on a changed field names the program, with a time after the
    /// end of the last sync, which succeeded.
    pub(in crate::tools::diagnose) fn of(
        app: &Application,
        differing: &[&Difference],
    ) -> Option<Self> {
        let state = app.status.operation_state.as_ref()?;
        let ended = time::seconds(&state.finished_at).filter(|_| &*state.phase == "Succeeded")?;
        let changed = differing.iter().filter(|one| one.class == Class::Changed);
        let mut written =
            changed.flat_map(|one| one.writers().iter().map(move |writer| (one, writer)));
        let (difference, writer) =
            written.find(|(_, writer)| time::seconds(&writer.time).is_some_and(|at| at > ended))?;
        Some(Self {
            writer: writer.clone(),
            object: difference.name.clone(),
            synced_at: state.finished_at.to_string(),
        })
    }
}

impl Overwritten {
    /// What ends the fight, as far as the application does not have it already; empty for what people edit with.
    pub(in crate::tools::diagnose) fn remedy(&self, app: &Application) -> String {
        let name = &self.writer.name;
        if BY_HAND.iter().any(|tool| name.starts_with(tool)) {
            return String::new();
        }
        let mut ignored = app.spec.ignore_differences.iter();
        let is_ignored = ignored.any(|rule| {
            rule.managed_fields_managers
                .iter()
                .any(|manager| **manager == **name)
        });
        let is_respected = settings::has_option(app, RESPECT);
        match (is_ignored, is_respected) {
            (true, true) => format!(
                "The application ignores the fields of {name} already: check that group, kind and name of the rule fit."
            ),
            (true, false) => format!(
                "ignoreDifferences names {name}, but a sync still overwrites its fields: add the sync option {RESPECT}."
            ),
            (false, true) => format!(
                "Leave these fields out of Git, or ignore what {name} writes (ignoreDifferences, managedFieldsManagers)."
            ),
            (false, false) => format!(
                "Leave these fields out of Git, or ignore what {name} writes (ignoreDifferences, managedFieldsManagers, with the sync option {RESPECT})."
            ),
        }
    }
}

impl Proven for Overwritten {
    fn headline(&self) -> String {
        format!(
            "{} wrote {} at {}, after the last sync had ended ({})",
            self.writer.name, self.object, self.writer.time, self.synced_at
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;
    use crate::model::{classify, managed::Item};

    fn overwritten(manager: &str, at: &str, field: &str, phase: &str) -> Option<Overwritten> {
        let object = |replicas: u32| json!({"kind": "Deployment", "metadata": {"name": "w"}, "spec": {"replicas": replicas}});
        let mut raw = object(5);
        raw["metadata"]["managedFields"] =
            json!([{"manager": manager, "time": at, "fieldsV1": {"f:spec": {field: {}}}}]);
        let item: Item = from_value(json!({"kind": "Deployment", "name": "w", "liveState": raw.to_string(),
            "normalizedLiveState": object(5).to_string(), "predictedLiveState": object(3).to_string()}))
        .unwrap();
        let app: Value = json!({"status": {"operationState": {"phase": phase, "finishedAt": "2026-11-22T10:00:00Z"}}});
        let difference = classify::finding(&item).unwrap();
        Overwritten::of(&from_value(app).unwrap(), &[&difference])
    }

    #[test]
    fn speaks_of_a_program_that_wrote_the_field_after_the_sync() {
        let found = overwritten(
            "vpa-updater",
            "2026-11-22T10:00:09Z",
            "f:replicas",
            "Succeeded",
        );
        assert!(
            found
                .unwrap()
                .headline()
                .starts_with("vpa-updater wrote Deployment w at 2026-11-22T10:00:09Z")
        );
    }

    #[test]
    fn speaks_of_a_remedy_that_is_not_set_yet() {
        let found = overwritten(
            "vpa-updater",
            "2026-11-22T10:00:09Z",
            "f:replicas",
            "Succeeded",
        )
        .unwrap();
        let rule = json!([{"kind": "Deployment", "managedFieldsManagers": ["vpa-updater"]}]);
        let option = json!({"syncOptions": ["RespectIgnoreDifferences=true"]});
        for (spec, says) in [
            (
                json!({}),
                "with the sync option RespectIgnoreDifferences=true",
            ),
            (json!({"ignoreDifferences": rule}), "add the sync option"),
            (json!({"syncPolicy": option}), "managedFieldsManagers)."),
            (
                json!({"ignoreDifferences": rule, "syncPolicy": option}),
                "already",
            ),
        ] {
            let remedy = found.remedy(&from_value(json!({ "spec": spec })).unwrap());
            assert!(remedy.contains(says), "{remedy}");
        }
        let by_hand = overwritten(
            "kubectl-edit",
            "2026-11-22T10:00:09Z",
            "f:replicas",
            "Succeeded",
        );
        assert_eq!(by_hand.unwrap().remedy(&Application::default()), "");
    }

    #[test]
    fn silent_of_argo_cd_of_another_field_of_an_earlier_time_and_of_a_failed_sync() {
        for (manager, at, field, phase) in [
            (
                "argocd-controller",
                "2026-11-22T10:00:09Z",
                "f:replicas",
                "Succeeded",
            ),
            (
                "vpa-updater",
                "2026-11-22T10:00:09Z",
                "f:paused",
                "Succeeded",
            ),
            (
                "vpa-updater",
                "2026-11-22T09:00:09Z",
                "f:replicas",
                "Succeeded",
            ),
            ("vpa-updater", "", "f:replicas", "Succeeded"),
            (
                "vpa-updater",
                "2026-11-22T10:00:09Z",
                "f:replicas",
                "Failed",
            ),
        ] {
            assert!(
                overwritten(manager, at, field, phase).is_none(),
                "{manager} {at} {field} {phase}"
            );
        }
    }
}
