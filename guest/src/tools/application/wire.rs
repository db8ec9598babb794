//! An Application, as far as its card needs it. Values of Helm parameters, Helm values and plugin
//! environments have no field here, so they cannot be shown.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use crate::{
    redact::Text,
    tools::wire::{Destination, Health, or_default},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Application {
    #[serde(deserialize_with = "or_default")]
    pub(super) metadata: Metadata,
    #[serde(deserialize_with = "or_default")]
    pub(super) spec: Spec,
    #[serde(deserialize_with = "or_default")]
    pub(super) status: Status,
    /// Set while an operation is requested or running.
    pub(super) operation: Option<IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Metadata {
    pub(super) name: Text,
    pub(super) namespace: Text,
    pub(super) deletion_timestamp: Text,
    #[serde(deserialize_with = "or_default")]
    pub(super) finalizers: Vec<Text>,
    #[serde(deserialize_with = "or_default")]
    pub(super) owner_references: Vec<Owner>,
    #[serde(deserialize_with = "or_default")]
    pub(super) annotations: Annotations,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Owner {
    pub(super) kind: Text,
    pub(super) name: Text,
}

/// The one annotation that changes how the application behaves without a trace in its status.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Annotations {
    #[serde(rename = "argocd.argoproj.io/skip-reconcile")]
    pub(super) skip_reconcile: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Spec {
    pub(super) project: Text,
    #[serde(deserialize_with = "or_default")]
    pub(super) destination: Destination,
    pub(super) source: Option<Source>,
    #[serde(deserialize_with = "or_default")]
    pub(super) sources: Vec<Source>,
    #[serde(deserialize_with = "or_default")]
    pub(super) sync_policy: SyncPolicy,
    #[serde(deserialize_with = "or_default")]
    pub(super) ignore_differences: Vec<Ignore>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Source {
    #[serde(rename = "repoURL")]
    pub(super) repo_url: Text,
    pub(super) path: Text,
    pub(super) chart: Text,
    #[serde(rename = "targetRevision")]
    pub(super) target_revision: Text,
    #[serde(rename = "ref")]
    pub(super) reference: Text,
    pub(super) name: Text,
    pub(super) helm: Option<Helm>,
    pub(super) kustomize: Option<Kustomize>,
    pub(super) plugin: Option<Plugin>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Helm {
    pub(super) release_name: Text,
    #[serde(deserialize_with = "or_default")]
    pub(super) value_files: Vec<Text>,
    pub(super) values: Option<super::source::ValuesKeys>,
    pub(super) values_object: Option<BTreeMap<Text, IgnoredAny>>,
    #[serde(deserialize_with = "or_default")]
    pub(super) parameters: Vec<Named>,
    #[serde(deserialize_with = "or_default")]
    pub(super) file_parameters: Vec<Named>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Kustomize {
    #[serde(deserialize_with = "or_default")]
    pub(super) images: Vec<Text>,
    #[serde(deserialize_with = "or_default")]
    pub(super) replicas: Vec<Replicas>,
    #[serde(deserialize_with = "or_default")]
    pub(super) patches: Vec<IgnoredAny>,
    pub(super) name_prefix: Text,
    pub(super) name_suffix: Text,
    pub(super) namespace: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Replicas {
    pub(super) name: Text,
    pub(super) count: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Plugin {
    pub(super) name: Text,
    #[serde(deserialize_with = "or_default")]
    pub(super) env: Vec<Named>,
    #[serde(deserialize_with = "or_default")]
    pub(super) parameters: Vec<Named>,
}

/// The name of something whose value is not for answers.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    pub(super) name: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SyncPolicy {
    pub(super) automated: Option<Automated>,
    #[serde(deserialize_with = "or_default")]
    pub(super) sync_options: Vec<Text>,
    pub(super) retry: Option<Retry>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Automated {
    pub(super) prune: Option<bool>,
    pub(super) self_heal: Option<bool>,
    pub(super) allow_empty: Option<bool>,
    pub(super) enabled: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Retry {
    pub(super) limit: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Ignore {
    pub(super) kind: Text,
    pub(super) name: Text,
    #[serde(deserialize_with = "or_default")]
    pub(super) json_pointers: Vec<Text>,
    #[serde(deserialize_with = "or_default")]
    pub(super) jq_path_expressions: Vec<Text>,
    #[serde(deserialize_with = "or_default")]
    pub(super) managed_fields_managers: Vec<Text>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Status {
    #[serde(deserialize_with = "or_default")]
    pub(super) sync: Sync,
    #[serde(deserialize_with = "or_default")]
    pub(super) health: Health,
    pub(super) operation_state: Option<OperationState>,
    #[serde(deserialize_with = "or_default")]
    pub(super) conditions: Vec<Condition>,
    #[serde(deserialize_with = "or_default")]
    pub(super) resources: Vec<Resource>,
    #[serde(deserialize_with = "or_default")]
    pub(super) summary: Summary,
    #[serde(deserialize_with = "or_default")]
    pub(super) history: Vec<Deploy>,
    #[serde(deserialize_with = "or_default")]
    pub(super) source_types: Vec<Text>,
    pub(super) source_type: Text,
    pub(super) reconciled_at: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sync {
    pub(super) status: Text,
    pub(super) revision: Text,
    #[serde(deserialize_with = "or_default")]
    pub(super) revisions: Vec<Text>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct OperationState {
    pub(super) phase: Text,
    pub(super) message: Text,
    pub(super) started_at: Text,
    pub(super) finished_at: Text,
    pub(super) retry_count: Option<i64>,
    #[serde(deserialize_with = "or_default")]
    pub(super) operation: Operation,
    #[serde(deserialize_with = "or_default")]
    pub(super) sync_result: SyncResult,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Operation {
    #[serde(deserialize_with = "or_default")]
    pub(super) initiated_by: Initiator,
    #[serde(deserialize_with = "or_default")]
    pub(super) sync: SyncOperation,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Initiator {
    pub(super) username: Text,
    pub(super) automated: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SyncOperation {
    pub(super) dry_run: Option<bool>,
    #[serde(deserialize_with = "or_default")]
    pub(super) resources: Vec<IgnoredAny>,
    pub(super) auto_heal_attempts_count: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SyncResult {
    pub(super) revision: Text,
    #[serde(deserialize_with = "or_default")]
    pub(super) revisions: Vec<Text>,
    #[serde(deserialize_with = "or_default")]
    pub(super) resources: Vec<ResultRow>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ResultRow {
    pub(super) kind: Text,
    pub(super) namespace: Text,
    pub(super) name: Text,
    pub(super) status: Text,
    pub(super) message: Text,
    pub(super) hook_type: Text,
    pub(super) hook_phase: Text,
    pub(super) sync_phase: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Condition {
    #[serde(rename = "type")]
    pub(super) kind: Text,
    pub(super) message: Text,
    pub(super) last_transition_time: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Resource {
    pub(super) kind: Text,
    pub(super) namespace: Text,
    pub(super) name: Text,
    pub(super) status: Text,
    #[serde(deserialize_with = "or_default")]
    pub(super) health: Health,
    pub(super) hook: Option<bool>,
    pub(super) requires_pruning: Option<bool>,
    pub(super) sync_wave: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Summary {
    #[serde(deserialize_with = "or_default")]
    pub(super) images: Vec<Text>,
    #[serde(rename = "externalURLs", deserialize_with = "or_default")]
    pub(super) external_urls: Vec<Text>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Deploy {
    pub(super) id: Text,
    pub(super) deployed_at: Text,
    pub(super) revision: Text,
    #[serde(deserialize_with = "or_default")]
    pub(super) revisions: Vec<Text>,
    #[serde(deserialize_with = "or_default")]
    pub(super) initiated_by: Initiator,
}
