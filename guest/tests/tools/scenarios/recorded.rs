//! Each recorded scenario: the calls that answer its question (the clients' script counts the tokens
//! of the same calls), what they must say, and what they must not.

use serde_json::Value;

use crate::replay::Replay;

/// The cause and its decisive evidence stand within so many characters.
const EARLY: usize = 1_500;
/// Everything that the question asks for stands within so many characters.
const WITHIN: usize = 3_000;
/// Most GETs of one diagnosis.
const GETS_MAX: usize = 8;

struct Question {
    scenario: &'static str,
    /// The cause and its decisive evidence.
    early: &'static [&'static str],
    /// What else belongs to the answer.
    facts: &'static [&'static str],
    /// What would be wrong to say or to show.
    never: &'static [&'static str],
}

const QUESTIONS: &[Question] = &[
    Question {
        scenario: "appset-tenant-portals",
        early: &[
            "preview-envs: ErrorOccurred",
            "Repository not found",
            "promo-sites: ErrorOccurred",
            "map has no entry for key \"campaign\"",
            "tenant-portals: no errors",
            "tenant-portal-acme, tenant-portal-globex, tenant-portal-initech",
        ],
        facts: &["no application in its status", "all Synced, Healthy"],
        never: &["CANARY", "license"],
    },
    Question {
        scenario: "broken-repository-vault-config",
        early: &[
            "restricted/secrets-infra.git git secrets-infra: Failed",
            "authentication required",
            "retired-charts.git git retired-charts: Failed",
            "Repository not found",
            "https://charts.example.com/stable helm internal-charts: Failed",
            "connection refused",
            "legacy/monolith.git git legacy-monolith: Failed",
        ],
        facts: &[
            "secrets-infra.git | 1 | 1 | 0 | vault-config",
            "old-charts",
            "storefront/guestbook.git",
        ],
        never: &["CANARY"],
    },
    Question {
        scenario: "comparison-error-path-loyalty",
        early: &[
            "sync Unknown",
            "ComparisonError",
            "loyalty/overlays/prodution does not exist in https://git.example.com/storefront/deploy.git",
        ],
        facts: &[
            "never been synced",
            "Healthy says nothing here",
            "the repository itself is readable",
        ],
        never: &["repository cannot be reached"],
    },
    Question {
        scenario: "crashloop-checkout-api",
        early: &[
            "sync Synced, health Degraded",
            "checkout-api-67948d46c5-5bbdp is in CrashLoopBackOff: container api exited with code 1",
            "6 restarts",
            "exceeded its progress deadline",
            "IllegalStateException: Missing required environment variable PAYMENTS_GATEWAY_URL",
            "PAYMENT_GATEWAY_URL is deprecated and ignored since 4.12.0",
        ],
        facts: &[
            "env of container api: PAYMENT_GATEWAY_URL",
            "checkout-api:4.12.0",
            "are still running and Healthy (checkout-api:4.11.2",
            "renovate[bot] > checkout-api 4.12.0 (release train 2026-47)",
            "other containers running: envoy",
        ],
        never: &["pull", "connection refused", "nothing serves"],
    },
    Question {
        scenario: "drift-orders-api",
        early: &[
            "sync OutOfSync, health Healthy",
            "4 objects differ",
            "spec.replicas: 5 -> 3",
            "orders-api:2.8.1-hotfix3\" -> \"registry.example.com/payments/orders-api:2.8.1\"",
            "env[PAYMENT_TIMEOUT_MS].value: \"30000\" -> \"3000\"",
            "data.password: differs (hidden)",
            "ConfigMap orders/orders-feature-toggles: to prune",
            "PodDisruptionBudget orders/orders-api: missing in the cluster: a sync would create it",
        ],
        facts: &[
            "automated sync is off",
            "In sync: ConfigMap orders/orders-config, Service orders/orders-api",
            "a sync with pruning would delete it",
        ],
        never: &["CANARY", "username"],
    },
    Question {
        scenario: "failed-job-nightly-etl",
        early: &[
            "Job nightly-etl-29396715 of CronJob nightly-etl failed",
            "(and 1 like it)",
            "with code 1",
            "backoff limit",
            "AccessDenied",
            "etl-nightly",
            "s3:GetObject",
        ],
        facts: &[
            "sync Synced, health Healthy",
            "health counts only the objects it manages",
        ],
        never: &["Nothing wrong", "Nothing broken"],
    },
    Question {
        scenario: "healthy-guestbook",
        early: &[
            "sync Synced, health Healthy",
            "Nothing wrong",
            "last sync Succeeded",
            "4 deploys",
        ],
        facts: &[
            "guestbook:1.3.0",
            "by automated sync",
            "by admin",
            "3b7b90d by Jo Okafor > Guestbook 1.3.0, dark theme",
            "Ivo Petrov > Scale guestbook to 3 before the weekend sale",
            "guestbook:1.2.0\" -> \"registry.example.com/storefront/guestbook:1.3.0\"",
            "theme: light\" -> \"theme: dark\"",
        ],
        never: &["OutOfSync", "block"],
    },
    Question {
        scenario: "helm-billing",
        early: &[
            "https://git.example.com/payments/charts.git path billing",
            "value files values-prod.yaml",
            "release billing",
            "parameter image.tag = 5.3.0",
            "stripe.apiKey = (hidden)",
            "password: \"(hidden)\"",
            "image.tag 5.2.1 -> 5.3.0",
        ],
        facts: &[
            "same revision as before, only parameters of the Application changed",
            "Secret billing: keys smtp, stripe, values hidden",
            "2 replicas",
            "logLevel: debug",
        ],
        never: &["CANARY", "sk_live"],
    },
    Question {
        scenario: "image-pull-progressing-search-suggest",
        early: &[
            "sync Synced, health Progressing",
            "(and 1 like it) is in ImagePullBackOff",
            "restricted-images/search-suggest:1.0.4",
            "pull access denied",
            "no basic auth credentials",
            "has no imagePullSecrets",
            "0 of 2 updated replicas are available",
        ],
        facts: &["nothing serves", "it has no log"],
        never: &["Degraded", "has no such image or tag"],
    },
    Question {
        scenario: "image-pull-recommendation",
        early: &[
            "health Degraded",
            "exceeded its progress deadline",
            "is in ImagePullBackOff",
            "storefront/recommendation:3.4.0-rc1: not found",
        ],
        facts: &[
            "still running and Healthy (recommendation:3.3.2)",
            "Ivo Petrov > recommendation: try 3.4.0-rc1",
            "by automated sync",
        ],
        never: &["credentials", "CrashLoop", "crash"],
    },
    Question {
        scenario: "kustomize-shop-gateway",
        early: &[
            "Synced, Healthy",
            "Kustomize, set by the Application: images registry.example.com/storefront/shop-gateway:2.7.1",
            "path gateway/overlays/prod",
            "3 replicas",
        ],
        facts: &[],
        never: &["CANARY"],
    },
    Question {
        scenario: "multi-source-web-frontend",
        early: &[
            "ConfigMap web-frontend/web-frontend-flags",
            "data.banner: \"none\" -> \"black-friday\"",
            "source 2: commit 8fdae8a by Ivo Petrov > Black Friday banner",
            "Automated sync is off",
            "renovate[bot] > web-frontend 8.15.0",
            "Jo Okafor > Switch checkout v2 on",
            "web-frontend: 8.14.0 -> 8.15.0",
        ],
        facts: &["source 1", "3421f31 + 8fdae8a"],
        never: &["Deployment web-frontend/web-frontend:"],
    },
    Question {
        scenario: "orphans-cms",
        early: &[
            "sync Synced, health Healthy",
            "OrphanedResourceWarning",
            "4 orphaned resources",
            "ConfigMap migration-scratch",
            "Deployment debug-shell",
        ],
        facts: &[
            "no source defines",
            "the project is set to warn",
            "Nothing broken",
            "a sync does not prune them",
        ],
        never: &["Nothing wrong"],
    },
    Question {
        scenario: "other-namespace-ab-testing",
        early: &[
            "is in namespace team-growth",
            "project growth",
            "in-cluster/growth-ab-testing",
            "Synced, Healthy",
            "ab-testing:0.31.0",
        ],
        facts: &["otherwise Argo CD answers 403"],
        never: &["lacks the permission", "does not exist"],
    },
    Question {
        scenario: "presync-hook-failed-inventory",
        early: &[
            "last sync Failed",
            "PreSync hook Job inventory/inventory-db-migrate",
            "backoff limit",
            "could not create unique index \"stock_sku_key\"",
            "(SKU-00481) is duplicated",
            "database is at version 42",
        ],
        facts: &[
            "None of the new revision was applied",
            "running images: inventory:1.20.0",
            "sync OutOfSync, health Healthy",
            "Sun-hee Park > inventory 1.21.0 with unique SKU index",
        ],
        never: &["CANARY", "running images: inventory:1.21.0"],
    },
    Question {
        scenario: "project-denied-sandbox-tool",
        early: &[
            "InvalidSpecError",
            "namespace 'kube-system' do not match any of the allowed destinations in project 'sandbox'",
            "in-cluster/sandbox-*",
            "sync Unknown, health Unknown",
        ],
        facts: &[],
        never: &["permission denied", "lacks the permission"],
    },
    Question {
        scenario: "quota-batch-reporting",
        early: &[
            "a ResourceQuota rejects its Pods",
            "exceeded quota: team-quota, requested: requests.cpu=400m, used: requests.cpu=800m, limited: requests.cpu=1",
            "FailedCreate",
            "out of 4",
        ],
        facts: &[
            "2 Pods exist",
            "ResourceQuota team-quota belongs to this application",
            "health Progressing",
            "not a scheduling problem",
        ],
        never: &["nodes are available", "FailedScheduling"],
    },
    Question {
        scenario: "repeated-resource-cms-search",
        early: &[
            "RepeatedResourceWarning",
            "ConfigMap/cms-search/cms-search appeared 2 times",
            "data.shards: \"1\" -> \"2\"",
            "health Missing",
        ],
        facts: &["missing in the cluster"],
        never: &["running images"],
    },
    Question {
        scenario: "shared-resource-cms-edge",
        early: &[
            "SharedResourceWarning",
            "edge-settings",
            "data.cache: \"300s\" -> \"60s\"",
            "each sync overwrites the other's version",
            "cms-edge-b: sync Synced",
        ],
        facts: &["It is not a manual edit"],
        never: &["somebody edited", "The cluster was edited"],
    },
    Question {
        scenario: "stuck-deletion-legacy-reports",
        early: &[
            "deletion of the application started 2026-11-22T21:12:00Z",
            "resources-finalizer.argocd.argoproj.io",
            "ConfigMap report-archive has been Terminating",
            "example.com/archive-protection",
            "already gone: Deployment legacy-reports",
        ],
        facts: &["would leave these objects in the cluster"],
        never: &["Argo CD is broken"],
    },
    Question {
        scenario: "sync-rejected-immutable-search-indexer",
        early: &[
            "the sync Failed: 1 object rejected after 2 retries",
            "spec.selector",
            "field is immutable",
            "Mara Lindqvist > search-indexer: shorter label",
            "\"search-indexer\" -> \"indexer\"",
        ],
        facts: &[
            "Deployment search-indexer (Healthy)",
            "search-indexer:0.9.0",
            "so retries do not help",
        ],
        never: &["/dev/shm"],
    },
    Question {
        scenario: "sync-rejected-invalid-notification-gateway",
        early: &[
            "the sync Failed: 2 objects rejected",
            "spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535",
            "restartPolicy: Unsupported value: \"OnFailure\"",
            "sync OutOfSync, health Missing",
        ],
        facts: &["None of it is live", "never deployed"],
        never: &["still live", "running images"],
    },
    Question {
        scenario: "sync-wave-stuck-event-pipeline",
        early: &[
            "the sync is Running",
            "waiting for healthy state of apps/Deployment/schema-registry",
            "Readiness probe failed: HTTP probe failed with statuscode: 503",
            "kafka.streaming.svc",
            "Deployment streaming/click-consumer (wave 2, Missing)",
        ],
        facts: &["not started, later wave"],
        never: &["sync Failed", "the sync failed", "Pod click-consumer"],
    },
    Question {
        scenario: "sync-window-ledger",
        early: &[
            "automated sync is on, but an active deny window of project finance blocks every sync",
            "deny 0 0 * * * for 24h Europe/Berlin",
            "Q4 closing freeze, ask finance-platform",
            "so it never closes",
            "manual sync is not allowed either",
            "ledger:11.2.0\" -> \"registry.example.com/finance/ledger:11.3.0\"",
            "Sun-hee Park > ledger 11.3.0: fix rounding of VAT",
        ],
        facts: &["allow 0 6 * * 1-5 for 2h", "deny windows take precedence"],
        never: &[
            "A manual sync is allowed",
            "Automated sync is allowed from",
            "open, closes",
        ],
    },
    Question {
        scenario: "unreachable-cluster-edge-cache",
        early: &[
            "sync Unknown",
            "ComparisonError",
            "the destination cluster cannot be read",
            "https://dr-west.k8s.example.com:6443",
            "connection refused",
            "connection Failed",
        ],
        facts: &[
            "It has never been synced",
            "2 of 2 other clusters are reachable",
            "Healthy says nothing here",
        ],
        never: &["bearerToken", "CANARY"],
    },
    Question {
        scenario: "unschedulable-ml-training",
        early: &[
            "health Progressing",
            "Pod trainer-f5f648f88-8k77k is Pending: no node is suitable",
            "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector",
            "node.kubernetes.io/instance-type=g5.2xlarge",
            "nvidia.com/gpu 1",
        ],
        facts: &[],
        never: &["crash", "Crash", "log >"],
    },
];

/// The calls of each question, as the clients' script makes them, too.
fn calls(scenario: &str) -> Vec<(String, Value)> {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/clients/questions.json"
    );
    let all: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let calls = all[scenario].as_array().unwrap().iter();
    calls
        .map(|call| (call[0].as_str().unwrap().to_owned(), call[1].clone()))
        .collect()
}

fn first(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

#[test]
fn every_recorded_question_is_answered_in_one_or_two_calls() {
    let mut wrong: Vec<String> = Vec::new();
    for question in QUESTIONS {
        let Question {
            scenario,
            early,
            facts,
            never,
        } = question;
        let (mut start, mut whole) = (String::new(), String::new());
        let calls = calls(scenario);
        assert!((1..=2).contains(&calls.len()), "{scenario}");
        for (tool, arguments) in calls {
            let replay = Replay::faithful();
            let answer = replay.call(&tool, arguments);
            assert!(!answer.is_error(), "{scenario}: {}", answer.text());
            start.push_str(&first(answer.text(), EARLY));
            whole.push_str(answer.text());
            let gets = replay.requests();
            assert!(gets.len() <= GETS_MAX, "{scenario}: {gets:?}");
        }
        assert!(
            whole.chars().count() <= WITHIN,
            "{scenario}: {} characters",
            whole.chars().count()
        );
        let lacks = |part: &&str| format!("{scenario} lacks {part:?}:\n{whole}");
        wrong.extend(
            early
                .iter()
                .filter(|part| !start.contains(**part))
                .map(lacks),
        );
        wrong.extend(
            facts
                .iter()
                .filter(|part| !whole.contains(**part))
                .map(lacks),
        );
        let astray = never.iter().filter(|part| whole.contains(**part));
        wrong.extend(astray.map(|part| format!("{scenario} has {part:?}:\n{whole}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_recorded_folder_has_its_question() {
    let mut folders: Vec<String> = crate::replay::recorded()
        .iter()
        .map(|entry| entry.scenario.clone())
        .filter(|scenario| scenario != "_server")
        .collect();
    folders.sort();
    folders.dedup();
    let mut questions: Vec<&str> = QUESTIONS.iter().map(|question| question.scenario).collect();
    questions.sort_unstable();
    assert_eq!(folders, questions);
}
