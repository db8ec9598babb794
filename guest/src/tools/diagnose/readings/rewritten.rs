//! Differences that no sync ends, because what Argo CD applies and what the cluster keeps cannot be equal.

use super::git_moved::GitMoved;
use crate::tools::diagnose::proven::Proven;
use crate::{
    call::listing,
    model::{
        application::{Application, settings},
        classify::{Class, Difference, Moved},
        why::Why,
    },
};

/// Maximum fields that one line names.
const FIELDS_MAX: usize = 4;

/// How a field is rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// The metrics of a HorizontalPodAutoscaler, which its API sorts.
    Metrics,
    /// Items in another order.
    Order,
    /// Amounts and durations in another spelling.
    Spelling,
    /// One name twice.
    Twice,
    /// What the API server adds.
    Default,
    /// What Argo CD adds.
    Own,
    /// Changed between Argo CD's apply and the stored object.
    OnApply,
}

impl How {
    /// Whether it happens whatever Git asked for before.
    fn is_of_the_server(self) -> bool {
        !matches!(self, Self::Metrics | Self::Order | Self::Spelling)
    }
}

/// Whether Git asks for what was last applied; by the revisions when that is not known.
fn is_applied(app: &Application, difference: &Difference) -> bool {
    match difference.moved {
        Some(moved) => moved == Moved::Cluster,
        None => GitMoved::of(app).is_none(),
    }
}

/// One kind of rewriting, with the fields that it happens to.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Rewritten {
    how: How,
    fields: Vec<String>,
    kind: String,
    is_custom: bool,
}

impl Rewritten {
    /// All that happen to `differing`, each once. The proof is in each change: see [`Why`]. An order or a
    /// spelling that Git changed since the last deploy is no rewriting, but waits for a sync.
    pub(in crate::tools::diagnose) fn all(
        app: &Application,
        differing: &[&Difference],
    ) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        let changed = differing.iter().filter(|one| one.class == Class::Changed);
        for (difference, change) in
            changed.flat_map(|one| one.changes().iter().map(move |change| (one, change)))
        {
            let how = change
                .why()
                .and_then(|why| how(why, &difference.kind, change.path()));
            let Some(how) = how.filter(|how| how.is_of_the_server() || is_applied(app, difference))
            else {
                continue;
            };
            let field = change.path().to_owned();
            match found.iter_mut().find(|known| known.how == how) {
                Some(known) => known.fields.push(field),
                None => found.push(Self {
                    how,
                    fields: vec![field],
                    kind: difference.kind.clone(),
                    is_custom: difference.is_custom,
                }),
            }
        }
        found
    }

    /// What helps, as far as the application does not have it already.
    pub(in crate::tools::diagnose) fn remedy(&self, app: &Application) -> String {
        let path = self.fields.first().map_or("", |field| field.as_str());
        if settings::ignores(app, &self.kind, path) {
            return format!(
                "The application's ignoreDifferences names this field of {} already: check that its group, name and path fit.",
                self.kind
            );
        }
        let ignore = "ignore it with ignoreDifferences";
        let by_server = if settings::compares_on_server(app) {
            ""
        } else {
            ", or compare with the annotation argocd.argoproj.io/compare-options: ServerSideDiff=true"
        };
        match self.how {
            How::Metrics | How::Order => {
                format!("Write the items in Git in the cluster's order, or {ignore}.")
            }
            How::Spelling if self.is_custom => format!(
                "Write them in Git as the cluster has them, declare the field's type (knownTypeFields in argocd-cm), or {ignore}."
            ),
            How::Spelling => format!("Write them in Git as the cluster has them, or {ignore}."),
            How::Twice => "Remove one of the duplicates from the manifest or the chart.".to_owned(),
            How::Default => format!("Set them in Git, or {ignore}{by_server}."),
            How::Own => format!("Put it in Git too, or {ignore}."),
            How::OnApply => format!("Set in Git what the cluster has, or {ignore}{by_server}."),
        }
    }
}

fn how(why: &Why, kind: &str, path: &str) -> Option<How> {
    Some(match why {
        Why::Order if kind == "HorizontalPodAutoscaler" && path == "spec.metrics" => How::Metrics,
        Why::Order => How::Order,
        Why::Alike(_) => How::Spelling,
        Why::Twice(_) => How::Twice,
        Why::Default => How::Default,
        Why::Own => How::Own,
        Why::OnApply => How::OnApply,
        Why::Tracker(_) | Why::Copied(_) => return None,
    })
}

impl Proven for Rewritten {
    fn headline(&self) -> String {
        let fields = listing::first(&self.fields, FIELDS_MAX);
        match self.how {
            How::Metrics => "Only the order of spec.metrics differs, the values are the same: the autoscaling API returns metrics in an order of its own".to_owned(),
            How::Order => format!("Only the order of {fields} differs, the items are the same"),
            How::Spelling => format!(
                "{fields}: the same values, written differently; the live object has a normalized form"
            ),
            How::Twice => format!(
                "{fields}: the manifest has one name twice, and the cluster keeps only one of them, so live and Git cannot become equal"
            ),
            How::Default => format!("The API server sets {fields}, which Git leaves out"),
            How::Own => format!("Argo CD itself adds {fields}"),
            How::OnApply => format!(
                "{fields}: Git is as last applied and no other program wrote it since, so the value changes while it is applied (API server or admission webhook)"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;
    use crate::model::{classify, managed::Item};

    /// A HorizontalPodAutoscaler with these specs, and who wrote its metrics last.
    fn lines(live: Value, wanted: Value, manager: &str) -> Vec<String> {
        applied(live, wanted.clone(), wanted, manager)
    }

    /// The same when something else was applied last.
    fn applied(live: Value, wanted: Value, applied: Value, manager: &str) -> Vec<String> {
        let object = |spec: Value| json!({"kind": "HorizontalPodAutoscaler", "metadata": {"name": "w"}, "spec": spec});
        let mut raw = object(live.clone());
        raw["metadata"]["annotations"] = json!({"kubectl.kubernetes.io/last-applied-configuration": object(applied).to_string()});
        raw["metadata"]["managedFields"] = json!([{"manager": manager, "fieldsV1": {"f:spec": {"f:metrics": {}, "f:maxReplicas": {}, "f:env": {}, "f:ports": {}}}}]);
        let item: Item = from_value(json!({"group": "autoscaling", "kind": "HorizontalPodAutoscaler", "namespace": "a", "name": "w",
            "liveState": raw.to_string(), "targetState": object(wanted.clone()).to_string(),
            "normalizedLiveState": object(live).to_string(), "predictedLiveState": object(wanted).to_string()}))
        .unwrap();
        let difference = classify::finding(&item).unwrap();
        let all = Rewritten::all(&Application::default(), &[&difference]);
        all.iter().map(Proven::headline).collect()
    }

    fn metric(name: &str, target: u32) -> Value {
        json!({"type": "Resource", "resource": {"name": name, "target": {"averageUtilization": target}}})
    }

    #[test]
    fn speaks_of_order_spelling_duplicates_and_what_changes_while_it_is_applied() {
        for (live, wanted, says) in [
            (
                json!({"metrics": [metric("memory", 80), metric("cpu", 70)]}),
                json!({"metrics": [metric("cpu", 70), metric("memory", 80)]}),
                "Only the order of spec.metrics",
            ),
            (
                json!({"l": ["b", "a"]}),
                json!({"l": ["a", "b"]}),
                "Only the order of spec.l",
            ),
            (
                json!({"limit": "1Gi"}),
                json!({"limit": "1024Mi"}),
                "written differently",
            ),
            (
                json!({"env": [{"name": "A", "value": "2"}]}),
                json!({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}),
                "one name twice",
            ),
            (
                json!({"ports": [{"port": 1, "protocol": "TCP"}]}),
                json!({"ports": [{"port": 1}]}),
                "The API server sets spec.ports[port=1].protocol",
            ),
            (
                json!({"maxReplicas": 4}),
                json!({"maxReplicas": 3}),
                "while it is applied",
            ),
        ] {
            let lines = lines(live.clone(), wanted, "argocd-controller");
            assert!(
                lines.len() == 1 && lines[0].contains(says),
                "{live}: {lines:?}"
            );
        }
    }

    #[test]
    fn silent_when_a_value_differs_or_another_program_wrote_it() {
        for (live, wanted, manager) in [
            (
                json!({"maxReplicas": 4}),
                json!({"maxReplicas": 3}),
                "kubectl-edit",
            ),
            (
                json!({"metrics": [metric("memory", 80)]}),
                json!({"metrics": [metric("memory", 70)]}),
                "kubectl-edit",
            ),
            (json!({"limit": "1G"}), json!({"limit": "1Gi"}), "vpa"),
            (
                json!({"ports": [{"port": 1, "protocol": "UDP"}]}),
                json!({"ports": [{"port": 1}]}),
                "kubectl-edit",
            ),
        ] {
            assert_eq!(
                lines(live.clone(), wanted, manager),
                Vec::<String>::new(),
                "{live}"
            );
        }
        // A commit that waits.
        let (old, new) = (json!({"args": ["a", "b"]}), json!({"args": ["b", "a"]}));
        let waits = applied(old.clone(), new, old, "argocd-controller");
        assert_eq!(waits, Vec::<String>::new());
    }
}
