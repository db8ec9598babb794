//! Objects with the application's tracking that Argo CD never applied: copies by an operator.

use crate::tools::diagnose::proven::Proven;
use crate::{
    answer::{time, word},
    call::listing,
    model::{
        application::Application,
        classify::{Class, Difference},
    },
};

/// Maximum objects that one line names.
const NAMED_MAX: usize = 4;

/// Live objects that are not in Git and that nothing says Argo CD applied.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Strays {
    names: Vec<String>,
    manager: String,
    is_labelled: bool,
    /// An object of the same name that is in Git, from which the label may come.
    origin: Option<String>,
    fight: Option<Fight>,
}

/// Objects that a sync pruned and that exist again.
#[derive(Debug)]
struct Fight {
    pruned_at: String,
    created_at: String,
}

impl Strays {
    /// The proof: no last-applied configuration, and `managedFields` without Argo CD.
    pub(in crate::tools::diagnose) fn of(
        app: &Application,
        differing: &[&Difference],
        all: &[Difference],
    ) -> Option<Self> {
        let strays: Vec<_> = differing
            .iter()
            .filter_map(|one| Some((*one, one.stray.as_ref()?)))
            .collect();
        let (first, stray) = strays.first()?;
        let origin = all.iter().find(|one| {
            one.object == first.object && one.kind != first.kind && one.class != Class::Prune
        });
        Some(Self {
            names: strays.iter().map(|(one, _)| one.name.clone()).collect(),
            manager: stray.manager().to_owned(),
            is_labelled: strays
                .iter()
                .all(|(_, stray)| stray.label() == Some(&*app.metadata.name)),
            origin: origin.map(|one| one.name.clone()),
            fight: fight(app, first, stray.created_at()),
        })
    }

    /// What the last sync did to them.
    pub(in crate::tools::diagnose) fn fight(&self) -> Option<String> {
        let fight = self.fight.as_ref()?;
        Some(format!(
            "The last sync pruned them ({}), and {} created them again ({}): pruning does not last.",
            fight.pruned_at, self.manager, fight.created_at
        ))
    }

    /// What helps.
    pub(in crate::tools::diagnose) fn remedy(&self) -> String {
        let manager = &self.manager;
        let label = if self.is_labelled {
            format!(
                "Track by annotation instead of by label (application.resourceTrackingMethod), have {manager} leave the label out of its copies"
            )
        } else {
            format!("Have {manager} leave the tracking out of its copies")
        };
        format!("{label}, or mark the copies Prune=false and IgnoreExtraneous.")
    }
}

/// The proof: a row of the last sync says Pruned, and the object was created after it had ended.
fn fight(app: &Application, difference: &Difference, created_at: &str) -> Option<Fight> {
    let state = app.status.operation_state.as_ref()?;
    let is_it = state.sync_result.resources.iter().any(|row| {
        &*row.status == "Pruned"
            && word(&row.kind) == difference.kind
            && word(&row.name) == difference.object
    });
    let (ended, created) = (
        time::seconds(&state.finished_at)?,
        time::seconds(created_at)?,
    );
    (is_it && created >= ended).then(|| Fight {
        pruned_at: word(&state.finished_at),
        created_at: word(created_at),
    })
}

impl Proven for Strays {
    fn headline(&self) -> String {
        let origin = self.origin.as_ref().map_or(String::new(), |origin| {
            format!("; {origin}, which is in Git, has the same name: they look like its copies")
        });
        format!(
            "Not in Git, and nothing shows that Argo CD applied them: {}, written by {}{origin}",
            listing::first(&self.names, NAMED_MAX),
            self.manager
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;
    use crate::model::classify;

    fn strays(manager: &str, annotations: Value, status: Value) -> Option<Strays> {
        let object = json!({"kind": "Secret", "metadata": {"name": "pull", "labels": {"app.kubernetes.io/instance": "shared"}}});
        let mut raw = object.clone();
        raw["metadata"]["annotations"] = annotations;
        raw["metadata"]["creationTimestamp"] = json!("2026-11-22T10:00:05Z");
        raw["metadata"]["managedFields"] =
            json!([{"manager": manager, "fieldsV1": {"f:type": {}}}]);
        let item = json!({"kind": "Secret", "namespace": "a", "name": "pull", "liveState": raw.to_string(),
            "normalizedLiveState": object.to_string(), "predictedLiveState": "null"});
        let difference = classify::finding(&from_value(item).unwrap()).unwrap();
        let app = json!({"metadata": {"name": "shared"}, "status": {"operationState": status}});
        Strays::of(&from_value(app).unwrap(), &[&difference], &[])
    }

    fn pruned(at: &str) -> Value {
        json!({"finishedAt": at, "syncResult": {"resources": [{"kind": "Secret", "namespace": "a", "name": "pull", "status": "Pruned"}]}})
    }

    #[test]
    fn speaks_of_copies_and_of_the_fight_over_them() {
        let found = strays("kopf", json!({}), pruned("2026-11-22T10:00:02Z")).unwrap();
        assert!(
            found.headline().contains(
                "nothing shows that Argo CD applied them: Secret a/pull, written by kopf"
            )
        );
        assert!(found.fight().unwrap().contains("kopf created them again"));
        assert!(found.remedy().contains("Track by annotation"));
    }

    #[test]
    fn silent_of_what_argo_cd_applied_and_of_a_later_sync() {
        let applied = json!({"kubectl.kubernetes.io/last-applied-configuration": "++++++++"});
        assert!(strays("kopf", applied, Value::Null).is_none());
        assert!(strays("argocd-controller", json!({}), Value::Null).is_none());
        assert!(strays("", json!({}), Value::Null).is_none());
        let later = strays("kopf", json!({}), pruned("2026-11-22T11:00:00Z")).unwrap();
        assert!(later.fight().is_none());
        assert!(
            strays("kopf", json!({}), json!({}))
                .unwrap()
                .fight()
                .is_none()
        );
    }
}
