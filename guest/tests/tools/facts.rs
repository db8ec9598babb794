//! Facts that the recordings' questions ask for, each in the answer of the tool that shows it.

use serde_json::{Value, json};

use crate::replay::Replay;

/// Tool, arguments, what the answer contains, what it must not contain.
type Row = (
    &'static str,
    Value,
    &'static [&'static str],
    &'static [&'static str],
);

fn check(rows: &[Row]) {
    let replay = Replay::faithful();
    for (tool, arguments, has, lacks) in rows {
        let answer = replay.call(tool, arguments.clone());
        for part in *has {
            assert!(
                answer.text().contains(part),
                "{tool} {arguments} lacks {part:?}:\n{}",
                answer.text()
            );
        }
        for part in *lacks {
            assert!(
                !answer.text().contains(part),
                "{tool} {arguments} has {part:?}:\n{}",
                answer.text()
            );
        }
    }
}

fn app(name: &str) -> Value {
    json!({"name": name})
}

#[test]
fn cards_of_healthy_and_drifted_applications() {
    check(&[
        (
            "get_application",
            app("guestbook"),
            &[
                "Synced, Healthy",
                "Succeeded",
                "3b7b90d",
                "guestbook:1.3.0",
                "by automated sync",
                "4 in the history",
            ],
            &["not well"],
        ),
        (
            "get_application",
            app("orders-api"),
            &[
                "OutOfSync, Healthy",
                "automated sync off",
                "ConfigMap orders/orders-feature-toggles: to prune",
                "PodDisruptionBudget orders/orders-api: Missing",
                "diagnose_application",
            ],
            &[],
        ),
        (
            "get_application",
            app("checkout-api"),
            &[
                "Synced, Degraded",
                "exceeded its progress deadline",
                "diagnose_application",
            ],
            &[],
        ),
        (
            "get_application",
            app("loyalty"),
            &[
                "sync Unknown, health Healthy",
                "Healthy means nothing",
                "ComparisonError",
                "loyalty/overlays/prodution",
                "Deploys: none yet",
            ],
            &[],
        ),
        (
            "get_application",
            app("inventory"),
            &[
                "Failed",
                "PreSync hook failed: Job inventory/inventory-db-migrate > Job has reached the specified backoff limit",
            ],
            &[],
        ),
        (
            "get_application",
            app("search-indexer"),
            &["2 retries", "sync failed: Deployment", "field is immutable"],
            &["/dev/shm"],
        ),
    ]);
}

#[test]
fn cards_of_failed_syncs_and_sources() {
    check(&[
        (
            "get_application",
            app("notification-gateway"),
            &[
                "must be between 1 and 65535",
                "Unsupported value: \"OnFailure\"",
                "Missing",
            ],
            &[],
        ),
        (
            "get_application",
            app("web-frontend"),
            &["Source 1:", "Source 2:", "3421f31", "8fdae8a"],
            &[],
        ),
        (
            "get_application",
            app("billing"),
            &[
                "release billing",
                "values-prod.yaml",
                "image.tag",
                "stripe.apiKey",
                "smtp",
            ],
            &["5.3.0,"],
        ),
        (
            "get_application",
            app("shop-gateway"),
            &["(Kustomize)", "shop-gateway:2.7.1"],
            &[],
        ),
        (
            "get_application",
            app("legacy-reports"),
            &[
                "Being deleted since",
                "resources-finalizer.argocd.argoproj.io",
            ],
            &[],
        ),
        (
            "get_application",
            app("sandbox-tool"),
            &[
                "InvalidSpecError",
                "do not match any of the allowed destinations",
                "sync Unknown, health Unknown",
            ],
            &["to prune"],
        ),
    ]);
}

#[test]
fn cards_of_projects_clusters_and_namespaces() {
    check(&[
        (
            "get_application",
            app("event-pipeline"),
            &[
                "Operation: Running",
                "waiting for healthy state of apps/Deployment/schema-registry",
                "wave 2",
            ],
            &[],
        ),
        (
            "get_application",
            app("edge-cache"),
            &["connection refused", "list_clusters"],
            &[],
        ),
        (
            "get_application",
            app("cms"),
            &["OrphanedResourceWarning", "4 orphaned resources"],
            &[],
        ),
        (
            "get_application",
            json!({"name": "ab-testing", "app_namespace": "team-growth"}),
            &[
                "team-growth/ab-testing, project growth",
                "ab-testing:0.31.0",
            ],
            &[],
        ),
        (
            "get_application",
            app("ab-testing"),
            &["permission denied"],
            &[],
        ),
    ]);
}

#[test]
fn trees() {
    check(&[
        (
            "get_application_resource_tree",
            app("checkout-api"),
            &[
                "checkout-api-67948d46c5-5bbdp Degraded: CrashLoopBackOff, containers 1/2, restarts 6",
                "checkout-api:4.12.0",
                "checkout-api:4.11.2",
            ],
            &[],
        ),
        (
            "get_application_resource_tree",
            app("cms"),
            &[
                "Orphaned",
                "ConfigMap migration-scratch",
                "Deployment debug-shell",
            ],
            &[],
        ),
        (
            "get_application_resource_tree",
            app("nightly-etl"),
            &["Job nightly-etl-29396715 Degraded", "backoff limit"],
            &[],
        ),
        (
            "get_application_resource_tree",
            app("batch-reporting"),
            &["exceeded quota: team-quota", "limited: requests.cpu=1"],
            &[],
        ),
        (
            "get_application_resource_tree",
            app("ml-training"),
            &["Pending", "on no node"],
            &[],
        ),
        (
            "get_application_resource_tree",
            app("legacy-reports"),
            &["Pending deletion"],
            &[],
        ),
    ]);
}

#[test]
fn differences() {
    let tool = "get_application_managed_resources";
    check(&[
        (
            tool,
            app("orders-api"),
            &[
                "6 resources: 2 changed, 1 missing, 1 to prune, 2 in sync",
                "spec.replicas: 5 -> 3",
                "orders-api:2.8.1-hotfix3\" -> \"registry.example.com/payments/orders-api:2.8.1\"",
                "env[PAYMENT_TIMEOUT_MS].value: \"30000\" -> \"3000\"",
                "data.password: differs (hidden)",
                "ConfigMap orders/orders-feature-toggles: to prune",
                "PodDisruptionBudget orders/orders-api: missing",
                "In sync: ConfigMap orders/orders-config, Service orders/orders-api",
            ],
            &["data.username", "++++"],
        ),
        (
            tool,
            app("web-frontend"),
            &[
                "data.banner: \"none\" -> \"black-friday\"",
                "Deployment web-frontend/web-frontend",
            ],
            &["Deployment web-frontend/web-frontend: 1"],
        ),
        (
            tool,
            app("search-indexer"),
            &[
                "app.kubernetes.io/name",
                "\"search-indexer\" -> \"indexer\"",
            ],
            &[],
        ),
        (
            tool,
            app("ledger"),
            &["ledger:11.2.0\" -> \"", "ledger:11.3.0"],
            &[],
        ),
        (
            tool,
            app("cms-edge-a"),
            &["data.cache: \"300s\" -> \"60s\""],
            &[],
        ),
        (tool, app("guestbook"), &["in sync"], &["->"]),
        (
            tool,
            app("inventory"),
            &["inventory:1.20.0", "inventory:1.21.0"],
            &["inventory-db-migrate: to prune"],
        ),
    ]);
}

#[test]
fn logs() {
    let tool = "get_application_logs";
    let pod = "checkout-api-67948d46c5-5bbdp";
    check(&[
        (
            tool,
            json!({"name": "checkout-api", "pod": pod}),
            &[
                "containers api, envoy; this is api",
                "Missing required environment variable PAYMENTS_GATEWAY_URL",
            ],
            &[],
        ),
        (
            tool,
            json!({"name": "checkout-api", "pod": pod, "container": "api"}),
            &["21:1"],
            &["0001"],
        ),
        (
            tool,
            json!({"name": "search-suggest", "pod": "search-suggest-5668c49c5c-lxmqj", "container": "suggest"}),
            &["trying and failing to pull image", "has not started"],
            &[],
        ),
        (
            tool,
            json!({"name": "event-pipeline", "pod": "schema-registry-5cc7bc8b79-mgv2x", "container": "schema-registry"}),
            &["kafka.streaming.svc:9092"],
            &[],
        ),
        (
            tool,
            json!({"name": "nightly-etl", "pod": "nightly-etl-29396715-g55vl", "container": "etl"}),
            &["AccessDenied", "s3:GetObject"],
            &[],
        ),
    ]);
}

#[test]
fn lists() {
    check(&[
        (
            "list_applications",
            json!({}),
            &[
                "Degraded",
                "OutOfSync",
                "team-growth/ab-testing",
                "checkout-api | payments | Synced | Degraded | in-cluster/checkout",
            ],
            &[],
        ),
        (
            "list_applications",
            json!({"project": "finance"}),
            &["1 application: 1 Healthy; 1 OutOfSync", "ledger"],
            &["guestbook"],
        ),
        (
            "list_clusters",
            json!({}),
            &[
                "dr-west https://dr-west.k8s.example.com:6443: Failed",
                "connection refused",
                "prod-eu",
                "v1.36.1",
            ],
            &["apiVersions"],
        ),
        (
            "list_repositories",
            json!({}),
            &[
                "https://git.example.com/legacy/monolith.git git legacy-monolith: Failed",
                "authentication required",
                "connection refused",
            ],
            &["ci-bot"],
        ),
        (
            "list_projects",
            json!({}),
            &[
                "window: deny 0 0 * * * for 24h Europe/Berlin",
                "> Q4 closing freeze, ask finance-platform",
                "in-cluster/sandbox-*",
            ],
            &["jwt"],
        ),
    ]);
}

#[test]
fn manifests_and_events() {
    check(&[
        (
            "get_application_manifests",
            json!({"name": "orders-api", "view": "yaml"}),
            &["Deployment orders-api", "--- #", "kind: Secret"],
            &[],
        ),
        (
            "get_application_manifests",
            app("loyalty"),
            &["app path does not exist"],
            &[],
        ),
        (
            "get_application_events",
            app("guestbook"),
            &["OperationCompleted", "ago)"],
            &[],
        ),
    ]);
}

#[test]
fn the_worst_application_is_listed_first() {
    let list = Replay::faithful().call("list_applications", json!({}));
    let first = list
        .text()
        .lines()
        .skip_while(|line| !line.starts_with("name |"))
        .nth(1)
        .unwrap();
    assert!(first.contains("| Degraded |"), "{first}");
}
