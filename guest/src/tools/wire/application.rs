//! An Application, as far as its card needs it. Values of Helm parameters, Helm values and plugin
//! environments have no field here, so they cannot be shown.

use crate::{
    redact::Text,
    tools::{
        record::{Present, record},
        wire::{Destination, Health, seal::Seal, values::Values},
    },
};

record! {
    pub(in crate::tools) struct Application {
        pub(in crate::tools) metadata: Metadata = "metadata",
        pub(in crate::tools) spec: Spec = "spec",
        pub(in crate::tools) status: Status = "status",
        /// Set while an operation is requested or running.
        pub(in crate::tools) operation: Present = "operation",
    }
}

impl Application {
    /// Whether automated sync is on.
    pub(in crate::tools) fn is_automated(&self) -> bool {
        let automated = self.spec.sync_policy.automated.as_ref();
        automated.is_some_and(|automated| automated.enabled != Some(false))
    }
}

record! {
    pub(in crate::tools) struct Metadata {
        pub(in crate::tools) name: Text = "name",
        pub(in crate::tools) namespace: Text = "namespace",
        pub(in crate::tools) deletion_timestamp: Text = "deletionTimestamp",
        pub(in crate::tools) finalizers: Vec<Text> = "finalizers",
        pub(in crate::tools) owner_references: Vec<Owner> = "ownerReferences",
        pub(in crate::tools) annotations: Annotations = "annotations",
    }
}

record! {
    pub(in crate::tools) struct Owner {
        pub(in crate::tools) kind: Text = "kind",
        pub(in crate::tools) name: Text = "name",
    }
}

record! {
    /// The one annotation that changes how the application behaves without a trace in its status.
    pub(in crate::tools) struct Annotations {
        pub(in crate::tools) skip_reconcile: Text = "argocd.argoproj.io/skip-reconcile",
    }
}

record! {
    pub(in crate::tools) struct Spec {
        pub(in crate::tools) project: Text = "project",
        pub(in crate::tools) destination: Destination = "destination",
        pub(in crate::tools) source: Option<Source> = "source",
        pub(in crate::tools) sources: Vec<Source> = "sources",
        pub(in crate::tools) source_hydrator: Option<Hydrator> = "sourceHydrator",
        pub(in crate::tools) sync_policy: SyncPolicy = "syncPolicy",
        pub(in crate::tools) ignore_differences: Vec<Ignore> = "ignoreDifferences",
    }
}

record! {
    /// Instead of a source: what is rendered into a branch of its own, and deployed from there.
    pub(in crate::tools) struct Hydrator {
        pub(in crate::tools) dry_source: Source = "drySource",
        pub(in crate::tools) sync_source: Branch = "syncSource",
        pub(in crate::tools) hydrate_to: Branch = "hydrateTo",
    }
}

record! {
    pub(in crate::tools) struct Branch {
        pub(in crate::tools) target_branch: Text = "targetBranch",
        pub(in crate::tools) path: Text = "path",
    }
}

record! {
    pub(in crate::tools) struct HydratorStatus {
        pub(in crate::tools) current_operation: Option<Hydration> = "currentOperation",
    }
}

record! {
    pub(in crate::tools) struct Hydration {
        pub(in crate::tools) phase: Text = "phase",
        pub(in crate::tools) message: Text = "message",
        pub(in crate::tools) dry_sha: Text = "drySHA",
    }
}

impl Spec {
    /// Its sources: one, several, or what is hydrated.
    pub(in crate::tools) fn sources(&self) -> Vec<&Source> {
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
    pub(in crate::tools) struct Source {
        pub(in crate::tools) repo_url: Text = "repoURL",
        pub(in crate::tools) path: Text = "path",
        pub(in crate::tools) chart: Text = "chart",
        pub(in crate::tools) target_revision: Text = "targetRevision",
        pub(in crate::tools) reference: Text = "ref",
        pub(in crate::tools) name: Text = "name",
        pub(in crate::tools) helm: Option<Helm> = "helm",
        pub(in crate::tools) kustomize: Option<Kustomize> = "kustomize",
        pub(in crate::tools) plugin: Option<Plugin> = "plugin",
    }
}

record! {
    pub(in crate::tools) struct Helm {
        pub(in crate::tools) release_name: Text = "releaseName",
        pub(in crate::tools) value_files: Vec<Text> = "valueFiles",
        pub(in crate::tools) values: Values = "values",
        pub(in crate::tools) values_object: Values = "valuesObject",
        pub(in crate::tools) parameters: Vec<Named> = "parameters",
        pub(in crate::tools) file_parameters: Vec<Named> = "fileParameters",
    }
}

record! {
    pub(in crate::tools) struct Kustomize {
        pub(in crate::tools) images: Vec<Text> = "images",
        pub(in crate::tools) replicas: Vec<Replicas> = "replicas",
        pub(in crate::tools) patches: Vec<Present> = "patches",
        pub(in crate::tools) name_prefix: Text = "namePrefix",
        pub(in crate::tools) name_suffix: Text = "nameSuffix",
        pub(in crate::tools) namespace: Text = "namespace",
    }
}

record! {
    pub(in crate::tools) struct Replicas {
        pub(in crate::tools) name: Text = "name",
        pub(in crate::tools) count: Text = "count",
    }
}

record! {
    pub(in crate::tools) struct Plugin {
        pub(in crate::tools) name: Text = "name",
        pub(in crate::tools) env: Vec<Named> = "env",
        pub(in crate::tools) parameters: Vec<Named> = "parameters",
    }
}

record! {
    /// The name of something whose value is not for answers.
    pub(in crate::tools) struct Named {
        pub(in crate::tools) name: Text = "name",
    }
}

record! {
    pub(in crate::tools) struct SyncPolicy {
        pub(in crate::tools) automated: Option<Automated> = "automated",
        pub(in crate::tools) sync_options: Vec<Text> = "syncOptions",
        pub(in crate::tools) retry: Option<Retry> = "retry",
    }
}

record! {
    pub(in crate::tools) struct Automated {
        pub(in crate::tools) prune: Option<bool> = "prune",
        pub(in crate::tools) self_heal: Option<bool> = "selfHeal",
        pub(in crate::tools) allow_empty: Option<bool> = "allowEmpty",
        pub(in crate::tools) enabled: Option<bool> = "enabled",
    }
}

record! {
    pub(in crate::tools) struct Retry {
        pub(in crate::tools) limit: Option<i64> = "limit",
    }
}

record! {
    pub(in crate::tools) struct Ignore {
        pub(in crate::tools) kind: Text = "kind",
        pub(in crate::tools) name: Text = "name",
        pub(in crate::tools) json_pointers: Vec<Text> = "jsonPointers",
        pub(in crate::tools) jq_path_expressions: Vec<Text> = "jqPathExpressions",
        pub(in crate::tools) managed_fields_managers: Vec<Text> = "managedFieldsManagers",
    }
}

record! {
    pub(in crate::tools) struct Status {
        pub(in crate::tools) sync: Sync = "sync",
        pub(in crate::tools) health: Health = "health",
        pub(in crate::tools) operation_state: Option<OperationState> = "operationState",
        pub(in crate::tools) conditions: Vec<Condition> = "conditions",
        pub(in crate::tools) resources: Vec<Resource> = "resources",
        pub(in crate::tools) summary: Summary = "summary",
        pub(in crate::tools) history: Vec<Deploy> = "history",
        pub(in crate::tools) source_types: Vec<Text> = "sourceTypes",
        pub(in crate::tools) source_type: Text = "sourceType",
        pub(in crate::tools) reconciled_at: Text = "reconciledAt",
        pub(in crate::tools) source_hydrator: HydratorStatus = "sourceHydrator",
    }
}

record! {
    pub(in crate::tools) struct Sync {
        pub(in crate::tools) status: Text = "status",
        pub(in crate::tools) revision: Text = "revision",
        pub(in crate::tools) revisions: Vec<Text> = "revisions",
        pub(in crate::tools) compared_to: Origin = "comparedTo",
    }
}

record! {
    /// What was rendered, parameters and values included, for comparison only.
    pub(in crate::tools) struct Origin {
        pub(in crate::tools) source: Seal = "source",
        pub(in crate::tools) sources: Seal = "sources",
    }
}

record! {
    pub(in crate::tools) struct OperationState {
        pub(in crate::tools) phase: Text = "phase",
        pub(in crate::tools) message: Text = "message",
        pub(in crate::tools) started_at: Text = "startedAt",
        pub(in crate::tools) finished_at: Text = "finishedAt",
        pub(in crate::tools) retry_count: Option<i64> = "retryCount",
        pub(in crate::tools) operation: Operation = "operation",
        pub(in crate::tools) sync_result: SyncResult = "syncResult",
    }
}

record! {
    pub(in crate::tools) struct Operation {
        pub(in crate::tools) initiated_by: Initiator = "initiatedBy",
        pub(in crate::tools) sync: SyncOperation = "sync",
    }
}

record! {
    pub(in crate::tools) struct Initiator {
        pub(in crate::tools) username: Text = "username",
        pub(in crate::tools) automated: Option<bool> = "automated",
    }
}

record! {
    pub(in crate::tools) struct SyncOperation {
        pub(in crate::tools) dry_run: Option<bool> = "dryRun",
        pub(in crate::tools) resources: Vec<Present> = "resources",
        pub(in crate::tools) auto_heal_attempts_count: Option<i64> = "autoHealAttemptsCount",
    }
}

record! {
    pub(in crate::tools) struct SyncResult {
        pub(in crate::tools) revision: Text = "revision",
        pub(in crate::tools) revisions: Vec<Text> = "revisions",
        pub(in crate::tools) resources: Vec<ResultRow> = "resources",
    }
}

record! {
    pub(in crate::tools) struct ResultRow {
        pub(in crate::tools) kind: Text = "kind",
        pub(in crate::tools) namespace: Text = "namespace",
        pub(in crate::tools) name: Text = "name",
        pub(in crate::tools) status: Text = "status",
        pub(in crate::tools) message: Text = "message",
        pub(in crate::tools) hook_type: Text = "hookType",
        pub(in crate::tools) hook_phase: Text = "hookPhase",
        pub(in crate::tools) sync_phase: Text = "syncPhase",
    }
}

record! {
    pub(in crate::tools) struct Condition {
        pub(in crate::tools) kind: Text = "type",
        pub(in crate::tools) message: Text = "message",
        pub(in crate::tools) last_transition_time: Text = "lastTransitionTime",
    }
}

record! {
    pub(in crate::tools) struct Resource {
        pub(in crate::tools) group: Text = "group",
        pub(in crate::tools) kind: Text = "kind",
        pub(in crate::tools) namespace: Text = "namespace",
        pub(in crate::tools) name: Text = "name",
        pub(in crate::tools) status: Text = "status",
        pub(in crate::tools) health: Health = "health",
        pub(in crate::tools) hook: Option<bool> = "hook",
        pub(in crate::tools) requires_pruning: Option<bool> = "requiresPruning",
        pub(in crate::tools) sync_wave: Option<i64> = "syncWave",
        pub(in crate::tools) requires_deletion_confirmation: Option<bool> = "requiresDeletionConfirmation",
    }
}

record! {
    pub(in crate::tools) struct Summary {
        pub(in crate::tools) images: Vec<Text> = "images",
        pub(in crate::tools) external_urls: Vec<Text> = "externalURLs",
    }
}

record! {
    pub(in crate::tools) struct Deploy {
        pub(in crate::tools) id: Text = "id",
        pub(in crate::tools) deployed_at: Text = "deployedAt",
        pub(in crate::tools) revision: Text = "revision",
        pub(in crate::tools) revisions: Vec<Text> = "revisions",
        pub(in crate::tools) initiated_by: Initiator = "initiatedBy",
        pub(in crate::tools) source: Seal = "source",
        pub(in crate::tools) sources: Seal = "sources",
    }
}
