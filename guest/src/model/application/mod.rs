//! An Application from Argo CD's response for one application. Lists use [`listed::ListElement`].
//!
//! Values of Helm parameters, Helm values and plugin environments are in here, because two deploys
//! are compared by them; [`source`] lets out only what may be shown.

pub(crate) mod deploy;
pub(crate) mod described;
pub(crate) mod listed;
pub(crate) mod settings;
pub(crate) mod source;

use self::{
    deploy::{Deploy, Initiator},
    source::{Source, one_or_several},
};
use crate::{
    model::{
        Destination, Health,
        record::{Present, record},
    },
    redact::{Manifest, Text},
};

/// The annotation that turns reconciliation off; the status does not show it.
const SKIP_RECONCILE: &str = "argocd.argoproj.io/skip-reconcile";

record! {
    pub(crate) struct Application {
        pub(crate) metadata: Metadata = "metadata",
        pub(crate) spec: Spec = "spec",
        pub(crate) status: Status = "status",
        /// Set while an operation is requested or running.
        pub(crate) operation: Present = "operation",
    }
}

impl Application {
    /// Whether automated sync is on.
    pub(crate) fn is_automated(&self) -> bool {
        let automated = self.spec.sync_policy.automated.as_ref();
        automated.is_some_and(|automated| automated.enabled != Some(false))
    }

    /// The name of the ApplicationSet that made it.
    pub(crate) fn owning_set(&self) -> Option<&Text> {
        let mut owners = self.metadata.owner_references.iter();
        let owner = owners.find(|owner| &*owner.kind == "ApplicationSet");
        owner.map(|owner| &owner.name)
    }

    /// How often self-heal has run in a row.
    pub(crate) fn self_heal_attempts(&self) -> i64 {
        let state = self.status.operation_state.as_ref();
        let attempts = state.and_then(|state| state.operation.sync.auto_heal_attempts_count);
        attempts.unwrap_or(0)
    }

    /// The value of the annotation that turns reconciliation off; empty without it.
    pub(crate) fn skip_reconcile(&self) -> &str {
        let annotations = self.metadata.annotations.node();
        annotations.text(&[SKIP_RECONCILE]).unwrap_or_default()
    }

    /// Whether reconciliation is turned off.
    pub(crate) fn is_reconcile_skipped(&self) -> bool {
        self.skip_reconcile() == "true"
    }

    /// The revisions compared with, and those of the last deploy; `None` when one is not known.
    pub(crate) fn compared_and_deployed(&self) -> Option<(&[Text], &[Text])> {
        let last = self.status.history.last()?.revisions();
        let compared = self.status.sync.revisions();
        let known = |all: &[Text]| all.iter().all(|each| !each.is_empty());
        (known(compared) && known(last)).then_some((compared, last))
    }

    /// Whether its source is another one than at the last deploy, its parameters included; `false`
    /// when one of the two is not known.
    pub(crate) fn is_source_changed(&self) -> bool {
        let Some(last) = self.status.history.last() else {
            return false;
        };
        let (now, last) = (self.status.sync.compared_to.sources(), last.sources());
        !now.is_empty() && !last.is_empty() && now != last
    }
}

record! {
    pub(crate) struct Metadata {
        pub(crate) name: Text = "name",
        pub(crate) namespace: Text = "namespace",
        pub(crate) deletion_timestamp: Text = "deletionTimestamp",
        pub(crate) finalizers: Vec<Text> = "finalizers",
        pub(crate) owner_references: Vec<Owner> = "ownerReferences",
        pub(crate) annotations: Manifest = "annotations",
    }
}

record! {
    /// An entry of `ownerReferences`.
    pub(crate) struct Owner {
        pub(crate) kind: Text = "kind",
        pub(crate) name: Text = "name",
    }
}

record! {
    pub(crate) struct Spec {
        pub(crate) project: Text = "project",
        pub(crate) destination: Destination = "destination",
        source: Option<Source> = "source",
        sources: Vec<Source> = "sources",
        pub(crate) source_hydrator: Option<Hydrator> = "sourceHydrator",
        pub(crate) sync_policy: SyncPolicy = "syncPolicy",
        pub(crate) ignore_differences: Vec<Ignore> = "ignoreDifferences",
    }
}

record! {
    /// Instead of a source: what is rendered into a branch of its own, and deployed from there.
    pub(crate) struct Hydrator {
        pub(crate) dry_source: Source = "drySource",
        pub(crate) sync_source: Branch = "syncSource",
        pub(crate) hydrate_to: Branch = "hydrateTo",
    }
}

record! {
    pub(crate) struct Branch {
        pub(crate) target_branch: Text = "targetBranch",
        pub(crate) path: Text = "path",
    }
}

record! {
    pub(crate) struct HydratorStatus {
        pub(crate) current_operation: Option<Hydration> = "currentOperation",
        pub(crate) last_successful_operation: Option<Hydration> = "lastSuccessfulOperation",
    }
}

record! {
    pub(crate) struct Hydration {
        pub(crate) phase: Text = "phase",
        pub(crate) message: Text = "message",
        pub(crate) dry_sha: Text = "drySHA",
        pub(crate) finished_at: Text = "finishedAt",
    }
}

impl Spec {
    /// Its sources: one, several, or what is hydrated.
    pub(crate) fn sources(&self) -> &[Source] {
        let one = self
            .source
            .as_ref()
            .filter(|source| !source.repo_url.is_empty());
        let hydrated = self
            .source_hydrator
            .as_ref()
            .map(|hydrator| &hydrator.dry_source);
        one_or_several(one.or(hydrated), &self.sources)
    }

    /// Whether its revisions are counted by source. One source in a list of its own is not several.
    pub(crate) fn has_several_sources(&self) -> bool {
        self.sources.len() > 1
    }
}

record! {
    pub(crate) struct SyncPolicy {
        pub(crate) automated: Option<Automated> = "automated",
        pub(crate) sync_options: Vec<Text> = "syncOptions",
        pub(crate) retry: Option<Retry> = "retry",
    }
}

record! {
    pub(crate) struct Automated {
        pub(crate) prune: Option<bool> = "prune",
        pub(crate) self_heal: Option<bool> = "selfHeal",
        pub(crate) allow_empty: Option<bool> = "allowEmpty",
        pub(crate) enabled: Option<bool> = "enabled",
    }
}

record! {
    pub(crate) struct Retry {
        pub(crate) limit: Option<i64> = "limit",
    }
}

record! {
    pub(crate) struct Ignore {
        pub(crate) kind: Text = "kind",
        pub(crate) name: Text = "name",
        pub(crate) json_pointers: Vec<Text> = "jsonPointers",
        pub(crate) jq_path_expressions: Vec<Text> = "jqPathExpressions",
        pub(crate) managed_fields_managers: Vec<Text> = "managedFieldsManagers",
    }
}

record! {
    pub(crate) struct Status {
        pub(crate) sync: Sync = "sync",
        pub(crate) health: Health = "health",
        pub(crate) operation_state: Option<OperationState> = "operationState",
        pub(crate) conditions: Vec<Condition> = "conditions",
        pub(crate) resources: Vec<Resource> = "resources",
        pub(crate) summary: Summary = "summary",
        pub(crate) history: Vec<Deploy> = "history",
        pub(crate) source_types: Vec<Text> = "sourceTypes",
        pub(crate) source_type: Text = "sourceType",
        pub(crate) reconciled_at: Text = "reconciledAt",
        /// The namespace of Argo CD itself; older servers leave it out.
        pub(crate) controller_namespace: Text = "controllerNamespace",
        pub(crate) source_hydrator: HydratorStatus = "sourceHydrator",
    }
}

record! {
    pub(crate) struct Sync {
        pub(crate) status: Text = "status",
        revision: Text = "revision",
        revisions: Vec<Text> = "revisions",
        pub(crate) compared_to: Origin = "comparedTo",
    }
}

impl Sync {
    /// The revisions that were compared with, one for each source.
    pub(crate) fn revisions(&self) -> &[Text] {
        one_or_several(Some(&self.revision), &self.revisions)
    }
}

record! {
    /// What was rendered, parameters and values included.
    pub(crate) struct Origin {
        source: Option<Source> = "source",
        sources: Vec<Source> = "sources",
    }
}

impl Origin {
    /// Its sources: one, or several.
    pub(crate) fn sources(&self) -> &[Source] {
        one_or_several(self.source.as_ref(), &self.sources)
    }
}

record! {
    pub(crate) struct OperationState {
        pub(crate) phase: Text = "phase",
        pub(crate) message: Text = "message",
        pub(crate) started_at: Text = "startedAt",
        pub(crate) finished_at: Text = "finishedAt",
        pub(crate) retry_count: Option<i64> = "retryCount",
        pub(crate) operation: Operation = "operation",
        pub(crate) sync_result: SyncResult = "syncResult",
    }
}

record! {
    pub(crate) struct Operation {
        pub(crate) initiated_by: Initiator = "initiatedBy",
        pub(crate) sync: SyncOperation = "sync",
    }
}

record! {
    pub(crate) struct SyncOperation {
        pub(crate) dry_run: Option<bool> = "dryRun",
        pub(crate) resources: Vec<Present> = "resources",
        pub(crate) auto_heal_attempts_count: Option<i64> = "autoHealAttemptsCount",
    }
}

record! {
    pub(crate) struct SyncResult {
        revision: Text = "revision",
        revisions: Vec<Text> = "revisions",
        pub(crate) resources: Vec<ResultRow> = "resources",
    }
}

impl SyncResult {
    /// The revisions that were synced or tried, one for each source.
    pub(crate) fn revisions(&self) -> &[Text] {
        one_or_several(Some(&self.revision), &self.revisions)
    }
}

record! {
    pub(crate) struct ResultRow {
        pub(crate) kind: Text = "kind",
        pub(crate) namespace: Text = "namespace",
        pub(crate) name: Text = "name",
        pub(crate) status: Text = "status",
        pub(crate) message: Text = "message",
        pub(crate) hook_type: Text = "hookType",
        pub(crate) hook_phase: Text = "hookPhase",
        pub(crate) sync_phase: Text = "syncPhase",
    }
}

record! {
    pub(crate) struct Condition {
        pub(crate) kind: Text = "type",
        pub(crate) message: Text = "message",
        pub(crate) last_transition_time: Text = "lastTransitionTime",
    }
}

record! {
    pub(crate) struct Resource {
        pub(crate) group: Text = "group",
        pub(crate) kind: Text = "kind",
        pub(crate) namespace: Text = "namespace",
        pub(crate) name: Text = "name",
        pub(crate) status: Text = "status",
        pub(crate) health: Health = "health",
        pub(crate) hook: Option<bool> = "hook",
        pub(crate) requires_pruning: Option<bool> = "requiresPruning",
        pub(crate) sync_wave: Option<i64> = "syncWave",
        pub(crate) requires_deletion_confirmation: Option<bool> = "requiresDeletionConfirmation",
    }
}

record! {
    pub(crate) struct Summary {
        pub(crate) images: Vec<Text> = "images",
        pub(crate) external_urls: Vec<Text> = "externalURLs",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::Application;

    fn app(compared: &Value, deployed: &Value) -> Application {
        let value = json!({"status": {"sync": {"comparedTo": compared}, "history": [deployed]}});
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn one_source_or_several() {
        let (a, b) = (json!({"repoURL": "a"}), json!({"repoURL": "b"}));
        // With several sources Argo CD sends an empty single one beside them.
        let none = json!({"repoURL": ""});
        for (compared, deployed, is_changed) in [
            (json!({"source": a}), json!({"source": a}), false),
            (json!({"source": a}), json!({"source": b}), true),
            (
                json!({"source": none, "sources": [a, b]}),
                json!({"source": none, "sources": [a, b]}),
                false,
            ),
            (
                json!({"source": none, "sources": [a, b]}),
                json!({"source": none, "sources": [b, a]}),
                true,
            ),
            (
                json!({"source": a}),
                json!({"source": none, "sources": [a]}),
                false,
            ),
            (json!({}), json!({"source": a}), false),
            (json!({"source": a}), json!({}), false),
        ] {
            let app = app(&compared, &deployed);
            assert_eq!(app.is_source_changed(), is_changed, "{compared} {deployed}");
        }
        let app = app(
            &json!({}),
            &json!({"revision": "x", "revisions": ["y", "z"]}),
        );
        let revisions: Vec<&str> = app.status.history[0]
            .revisions()
            .iter()
            .map(|each| &**each)
            .collect();
        assert_eq!(revisions, ["y", "z"]);
    }
}
