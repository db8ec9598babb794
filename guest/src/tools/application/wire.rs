//! An Application, as far as its card needs it. Values of Helm parameters, Helm values and plugin
//! environments have no field here, so they cannot be shown.

use crate::{
    redact::Text,
    tools::{
        application::source::Values,
        record::{Present, record},
        wire::{Destination, Health},
    },
};

record! {
    pub(super) struct Application {
        pub(super) metadata: Metadata = "metadata",
        pub(super) spec: Spec = "spec",
        pub(super) status: Status = "status",
        /// Set while an operation is requested or running.
        pub(super) operation: Present = "operation",
    }
}

record! {
    pub(super) struct Metadata {
        pub(super) name: Text = "name",
        pub(super) namespace: Text = "namespace",
        pub(super) deletion_timestamp: Text = "deletionTimestamp",
        pub(super) finalizers: Vec<Text> = "finalizers",
        pub(super) owner_references: Vec<Owner> = "ownerReferences",
        pub(super) annotations: Annotations = "annotations",
    }
}

record! {
    pub(super) struct Owner {
        pub(super) kind: Text = "kind",
        pub(super) name: Text = "name",
    }
}

record! {
    /// The one annotation that changes how the application behaves without a trace in its status.
    pub(super) struct Annotations {
        pub(super) skip_reconcile: Text = "argocd.argoproj.io/skip-reconcile",
    }
}

record! {
    pub(super) struct Spec {
        pub(super) project: Text = "project",
        pub(super) destination: Destination = "destination",
        pub(super) source: Option<Source> = "source",
        pub(super) sources: Vec<Source> = "sources",
        pub(super) sync_policy: SyncPolicy = "syncPolicy",
        pub(super) ignore_differences: Vec<Ignore> = "ignoreDifferences",
    }
}

record! {
    pub(super) struct Source {
        pub(super) repo_url: Text = "repoURL",
        pub(super) path: Text = "path",
        pub(super) chart: Text = "chart",
        pub(super) target_revision: Text = "targetRevision",
        pub(super) reference: Text = "ref",
        pub(super) name: Text = "name",
        pub(super) helm: Option<Helm> = "helm",
        pub(super) kustomize: Option<Kustomize> = "kustomize",
        pub(super) plugin: Option<Plugin> = "plugin",
    }
}

record! {
    pub(super) struct Helm {
        pub(super) release_name: Text = "releaseName",
        pub(super) value_files: Vec<Text> = "valueFiles",
        pub(super) values: Values = "values",
        pub(super) values_object: Values = "valuesObject",
        pub(super) parameters: Vec<Named> = "parameters",
        pub(super) file_parameters: Vec<Named> = "fileParameters",
    }
}

record! {
    pub(super) struct Kustomize {
        pub(super) images: Vec<Text> = "images",
        pub(super) replicas: Vec<Replicas> = "replicas",
        pub(super) patches: Vec<Present> = "patches",
        pub(super) name_prefix: Text = "namePrefix",
        pub(super) name_suffix: Text = "nameSuffix",
        pub(super) namespace: Text = "namespace",
    }
}

record! {
    pub(super) struct Replicas {
        pub(super) name: Text = "name",
        pub(super) count: Text = "count",
    }
}

record! {
    pub(super) struct Plugin {
        pub(super) name: Text = "name",
        pub(super) env: Vec<Named> = "env",
        pub(super) parameters: Vec<Named> = "parameters",
    }
}

record! {
    /// The name of something whose value is not for answers.
    pub(super) struct Named {
        pub(super) name: Text = "name",
    }
}

record! {
    pub(super) struct SyncPolicy {
        pub(super) automated: Option<Automated> = "automated",
        pub(super) sync_options: Vec<Text> = "syncOptions",
        pub(super) retry: Option<Retry> = "retry",
    }
}

record! {
    pub(super) struct Automated {
        pub(super) prune: Option<bool> = "prune",
        pub(super) self_heal: Option<bool> = "selfHeal",
        pub(super) allow_empty: Option<bool> = "allowEmpty",
        pub(super) enabled: Option<bool> = "enabled",
    }
}

record! {
    pub(super) struct Retry {
        pub(super) limit: Option<i64> = "limit",
    }
}

record! {
    pub(super) struct Ignore {
        pub(super) kind: Text = "kind",
        pub(super) name: Text = "name",
        pub(super) json_pointers: Vec<Text> = "jsonPointers",
        pub(super) jq_path_expressions: Vec<Text> = "jqPathExpressions",
        pub(super) managed_fields_managers: Vec<Text> = "managedFieldsManagers",
    }
}

record! {
    pub(super) struct Status {
        pub(super) sync: Sync = "sync",
        pub(super) health: Health = "health",
        pub(super) operation_state: Option<OperationState> = "operationState",
        pub(super) conditions: Vec<Condition> = "conditions",
        pub(super) resources: Vec<Resource> = "resources",
        pub(super) summary: Summary = "summary",
        pub(super) history: Vec<Deploy> = "history",
        pub(super) source_types: Vec<Text> = "sourceTypes",
        pub(super) source_type: Text = "sourceType",
        pub(super) reconciled_at: Text = "reconciledAt",
    }
}

record! {
    pub(super) struct Sync {
        pub(super) status: Text = "status",
        pub(super) revision: Text = "revision",
        pub(super) revisions: Vec<Text> = "revisions",
    }
}

record! {
    pub(super) struct OperationState {
        pub(super) phase: Text = "phase",
        pub(super) message: Text = "message",
        pub(super) started_at: Text = "startedAt",
        pub(super) finished_at: Text = "finishedAt",
        pub(super) retry_count: Option<i64> = "retryCount",
        pub(super) operation: Operation = "operation",
        pub(super) sync_result: SyncResult = "syncResult",
    }
}

record! {
    pub(super) struct Operation {
        pub(super) initiated_by: Initiator = "initiatedBy",
        pub(super) sync: SyncOperation = "sync",
    }
}

record! {
    pub(super) struct Initiator {
        pub(super) username: Text = "username",
        pub(super) automated: Option<bool> = "automated",
    }
}

record! {
    pub(super) struct SyncOperation {
        pub(super) dry_run: Option<bool> = "dryRun",
        pub(super) resources: Vec<Present> = "resources",
        pub(super) auto_heal_attempts_count: Option<i64> = "autoHealAttemptsCount",
    }
}

record! {
    pub(super) struct SyncResult {
        pub(super) revision: Text = "revision",
        pub(super) revisions: Vec<Text> = "revisions",
        pub(super) resources: Vec<ResultRow> = "resources",
    }
}

record! {
    pub(super) struct ResultRow {
        pub(super) kind: Text = "kind",
        pub(super) namespace: Text = "namespace",
        pub(super) name: Text = "name",
        pub(super) status: Text = "status",
        pub(super) message: Text = "message",
        pub(super) hook_type: Text = "hookType",
        pub(super) hook_phase: Text = "hookPhase",
        pub(super) sync_phase: Text = "syncPhase",
    }
}

record! {
    pub(super) struct Condition {
        pub(super) kind: Text = "type",
        pub(super) message: Text = "message",
        pub(super) last_transition_time: Text = "lastTransitionTime",
    }
}

record! {
    pub(super) struct Resource {
        pub(super) kind: Text = "kind",
        pub(super) namespace: Text = "namespace",
        pub(super) name: Text = "name",
        pub(super) status: Text = "status",
        pub(super) health: Health = "health",
        pub(super) hook: Option<bool> = "hook",
        pub(super) requires_pruning: Option<bool> = "requiresPruning",
        pub(super) sync_wave: Option<i64> = "syncWave",
    }
}

record! {
    pub(super) struct Summary {
        pub(super) images: Vec<Text> = "images",
        pub(super) external_urls: Vec<Text> = "externalURLs",
    }
}

record! {
    pub(super) struct Deploy {
        pub(super) id: Text = "id",
        pub(super) deployed_at: Text = "deployedAt",
        pub(super) revision: Text = "revision",
        pub(super) revisions: Vec<Text> = "revisions",
        pub(super) initiated_by: Initiator = "initiatedBy",
    }
}
