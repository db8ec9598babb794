//! The integration tests: real clients, the real `argocd-host` process, the real component, and a
//! simulated Argo CD that answers with what a genuine one said.

mod cli;
mod component;
mod concurrency;
mod control;
mod faults;
mod hostile;
mod layering;
mod login;
mod properties;
mod raw;
mod schema;
mod sdk;
mod sealed;
mod tools;
mod zz_tmp;

/// The host binary under test.
pub(crate) const HOST: &str = env!("CARGO_BIN_EXE_argocd-host");

/// The ten tools, with arguments that work on the recorded data, and a fact that the answer must have.
pub(crate) fn ten() -> Vec<(&'static str, serde_json::Value, &'static str)> {
    use serde_json::json;
    vec![
        ("list_applications", json!({ "project": "payments" }), "orders-api"),
        ("get_application", json!({ "name": "orders-api" }), "OutOfSync"),
        ("get_application_resource_tree", json!({ "name": "orders-api" }), "Deployment"),
        ("get_application_managed_resources", json!({ "name": "orders-api" }), "replicas"),
        ("get_application_events", json!({ "name": "orders-api" }), "OperationCompleted"),
        ("get_application_manifests", json!({ "name": "orders-api" }), "Deployment"),
        ("get_application_logs", json!({ "name": "checkout-api", "pod": CRASHING, "container": "api" }), "checkout"),
        ("list_projects", json!({}), "payments"),
        ("list_clusters", json!({}), "in-cluster"),
        ("list_repositories", json!({}), "payments/deploy.git"),
    ]
}

/// The Pod of the recorded crash loop.
pub(crate) const CRASHING: &str = "checkout-api-67948d46c5-5bbdp";
