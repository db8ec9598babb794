//! An Application, as far as its card needs it. Values of Helm parameters, Helm values and plugin
//! environments have no field here, so they cannot be shown.

use crate::{
    model::{
        Destination, Health,
        record::{Present, record},
        seal::Seal,
        values::Values,
    },
    redact::Text,
};

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
}

record! {
    pub(crate) struct Metadata {
        pub(crate) name: Text = "name",
        pub(crate) namespace: Text = "namespace",
        pub(crate) deletion_timestamp: Text = "deletionTimestamp",
        pub(crate) finalizers: Vec<Text> = "finalizers",
        pub(crate) owner_references: Vec<Owner> = "ownerReferences",
        pub(crate) annotations: Annotations = "annotations",
    }
}

record! {
    pub(crate) struct Owner {
        pub(crate) kind: Text = "kind",
        pub(crate) name: Text = "name",
    }
}

record! {
    /// The one annotation that changes how the application behaves without a trace in its status.
    pub(crate) struct Annotations {
        pub(crate) skip_reconcile: Text = "argocd.argoproj.io/skip-reconcile",
    }
}

record! {
    pub(crate) struct Spec {
        pub(crate) project: Text = "project",
        pub(crate) destination: Destination = "destination",
        pub(crate) source: Option<Source> = "source",
        pub(crate) sources: Vec<Source> = "sources",
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
    }
}

record! {
    pub(crate) struct Hydration {
        pub(crate) phase: Text = "phase",
        pub(crate) message: Text = "message",
        pub(crate) dry_sha: Text = "drySHA",
    }
}

impl Spec {
    /// Its sources: one, several, or what is hydrated.
    pub(crate) fn sources(&self) -> Vec<&Source> {
        let one = self
            .source
            .as_ref()
            .filter(|source| !source.repo_url.is_empty());
        let hydrated = self
            .source_hydrator
            .as_ref()
            .map(|hydrator| &hydrator.dry_source);
        match self.sources.is_empty() {
            true => one.or(hydrated).into_iter().collect(),
            false => self.sources.iter().collect(),
        }
    }
}

record! {
    pub(crate) struct Source {
        pub(crate) repo_url: Text = "repoURL",
        pub(crate) path: Text = "path",
        pub(crate) chart: Text = "chart",
        pub(crate) target_revision: Text = "targetRevision",
        pub(crate) reference: Text = "ref",
        pub(crate) name: Text = "name",
        pub(crate) helm: Option<Helm> = "helm",
        pub(crate) kustomize: Option<Kustomize> = "kustomize",
        pub(crate) plugin: Option<Plugin> = "plugin",
    }
}

record! {
    pub(crate) struct Helm {
        pub(crate) release_name: Text = "releaseName",
        pub(crate) value_files: Vec<Text> = "valueFiles",
        pub(crate) values: Values = "values",
        pub(crate) values_object: Values = "valuesObject",
        pub(crate) parameters: Vec<Named> = "parameters",
        pub(crate) file_parameters: Vec<Named> = "fileParameters",
    }
}

record! {
    pub(crate) struct Kustomize {
        pub(crate) images: Vec<Text> = "images",
        pub(crate) replicas: Vec<Replicas> = "replicas",
        pub(crate) patches: Vec<Present> = "patches",
        pub(crate) name_prefix: Text = "namePrefix",
        pub(crate) name_suffix: Text = "nameSuffix",
        pub(crate) namespace: Text = "namespace",
    }
}

record! {
    pub(crate) struct Replicas {
        pub(crate) name: Text = "name",
        pub(crate) count: Text = "count",
    }
}

record! {
    pub(crate) struct Plugin {
        pub(crate) name: Text = "name",
        pub(crate) env: Vec<Named> = "env",
        pub(crate) parameters: Vec<Named> = "parameters",
    }
}

record! {
    /// The name of something whose value is not for answers.
    pub(crate) struct Named {
        pub(crate) name: Text = "name",
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
        pub(crate) source_hydrator: HydratorStatus = "sourceHydrator",
    }
}

record! {
    pub(crate) struct Sync {
        pub(crate) status: Text = "status",
        pub(crate) revision: Text = "revision",
        pub(crate) revisions: Vec<Text> = "revisions",
        pub(crate) compared_to: Origin = "comparedTo",
    }
}

record! {
    /// What was rendered, parameters and values included, for comparison only.
    pub(crate) struct Origin {
        pub(crate) source: Seal = "source",
        pub(crate) sources: Seal = "sources",
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
    pub(crate) struct Initiator {
        pub(crate) username: Text = "username",
        pub(crate) automated: Option<bool> = "automated",
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
        pub(crate) revision: Text = "revision",
        pub(crate) revisions: Vec<Text> = "revisions",
        pub(crate) resources: Vec<ResultRow> = "resources",
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

record! {
    pub(crate) struct Deploy {
        pub(crate) id: Text = "id",
        pub(crate) deployed_at: Text = "deployedAt",
        pub(crate) revision: Text = "revision",
        pub(crate) revisions: Vec<Text> = "revisions",
        pub(crate) initiated_by: Initiator = "initiatedBy",
        pub(crate) source: Seal = "source",
        pub(crate) sources: Seal = "sources",
    }
}
