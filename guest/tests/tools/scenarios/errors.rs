//! What Argo CD says when it cannot compare, render, sync or delete: which part is blamed, and what helps.

use serde_json::{Value, json};

use super::{
    broken::{Broken, node},
    check::{asks, check, row},
};

const TARGET: &str = "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = ";
const NOW: &str = "1111111111111111111111111111111111111111";

/// An application with conditions of these types and texts, that cannot be compared.
fn conditions(all: &[(&str, &str)]) -> Broken {
    let all: Vec<Value> = all
        .iter()
        .map(|(kind, message)| {
            json!({"type": kind, "message": message, "lastTransitionTime": "2026-11-22T21:00:00Z"})
        })
        .collect();
    Broken::new().status(json!({"sync": {"status": "Unknown"}, "conditions": all}))
}

/// The same with one ComparisonError about the target state.
fn target(tail: &str) -> Broken {
    conditions(&[("ComparisonError", &format!("{TARGET}{tail}"))])
}

/// A sync that failed with one refused object.
fn refused(message: &str, options: &[&str]) -> Broken {
    Broken::new()
        .app(json!({"spec": {"syncPolicy": {"automated": {}, "syncOptions": options}}}))
        .status(json!({
            "sync": {"status": "OutOfSync", "revision": NOW},
            "operationState": {"phase": "Failed", "message": format!("one or more objects failed to apply, reason: {message} (retried 5 times)."),
                "syncResult": {"revision": NOW, "resources": [
                    {"group": "", "version": "v1", "kind": "ConfigMap", "namespace": "web", "name": "big", "status": "SyncFailed", "hookPhase": "Failed", "syncPhase": "Sync", "message": message},
                    {"group": "", "version": "v1", "kind": "Service", "namespace": "web", "name": "front", "status": "Synced", "hookPhase": "Running", "syncPhase": "Sync", "message": "service/front configured"}]}},
            "conditions": [{"type": "SyncError", "message": format!("Failed last sync attempt to [{NOW}]: one or more objects failed to apply, reason: {message} (retried 5 times)."), "lastTransitionTime": "2026-11-22T21:00:00Z"}],
        }))
}

#[test]
fn the_part_that_failed_is_named_and_no_other() {
    let repository: &[&str] = &[
        "repository cannot be",
        "list_repositories",
        "connection Successful",
    ];
    check(vec![
        row(
            "own repo-server by name",
            target(
                "Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp: lookup argocd-repo-server.argocd.svc on 10.1.0.10:53: no such host\"",
            ),
            &[
                "cannot reach its own repo-server",
                "every application",
                "lookup argocd-repo-server.argocd.svc",
            ],
            repository,
        ),
        row(
            "a Git host on the repo-server's port",
            target(
                "Unknown desc = failed to list refs: Get \"https://git.example.com:8081/deploy/info/refs\": dial tcp 10.2.0.9:8081: i/o timeout",
            ),
            &["cannot reach the Git host", "the connection times out"],
            &["own repo-server", "every application"],
        ),
        row(
            "Redis behind a proxy",
            target(
                "Unknown desc = dial tcp: lookup argocd-redis-ha-haproxy on 10.1.0.10:53: no such host",
            ),
            &["its own Redis"],
            repository,
        ),
        row(
            "a chart called redis",
            target(
                "Unknown desc = `helm template redis` failed exit status 1: Error: execution error at (redis/templates/NOTES.txt:2:4): auth is required",
            ),
            &["does not render", "auth is required"],
            &["own Redis", "list_repositories"],
        ),
    ]);
}

#[test]
fn what_no_frame_names_is_not_named() {
    check(vec![
        row(
            "the application's own Git host",
            target("Unknown desc = dial tcp: lookup git.example.com on 10.1.0.10:53: no such host"),
            &[
                "cannot reach the Git host git.example.com",
                "its name does not resolve",
            ],
            &["own Redis"],
        ),
        row(
            "a host that nobody names",
            target("Unknown desc = dial tcp: lookup vault.internal on 10.1.0.10:53: no such host"),
            &["cannot reach vault.internal"],
            &["Git host", "the repository", "list_repositories"],
        ),
        row(
            "a reason that no row knows",
            target("Unknown desc = failed to initialize repository resources: the ark is full"),
            &[
                "Argo CD cannot load the target state: the Git host reports an error > the ark is full",
            ],
            &["does not render", "cannot reach"],
        ),
        row(
            "a deadline of the cluster's cache",
            conditions(&[(
                "ComparisonError",
                "Failed to load live state: failed to get cluster info for \"https://k8s.example.com\": error synchronizing cache state : context deadline exceeded",
            )]),
            &["cannot load the live state", "context deadline exceeded"],
            &["repository", "repo-server"],
        ),
    ]);
}

#[test]
fn conditions_of_one_cause_are_told_once_in_any_order() {
    let cause = "error synchronizing cache state : failed to load initial state of resource Pump.water.example.io: conversion webhook for water.example.io/v1, Kind=Pump failed: Post \"https://pumps.water.svc:443/convert?timeout=30s\": service \"pumps\" not found";
    let live = format!(
        "Failed to load live state: failed to get cluster info for \"https://kubernetes.default.svc\": {cause}"
    );
    let target = format!(
        "Failed to load target state: failed to get cluster version for cluster \"https://kubernetes.default.svc\": failed to get cluster info for \"https://kubernetes.default.svc\": {cause}"
    );
    let all = [
        ("ComparisonError", live.as_str()),
        ("UnknownError", cause),
        ("ComparisonError", target.as_str()),
    ];
    let clusters = json!({"items": [
        {"server": "https://kubernetes.default.svc", "name": "in-cluster", "info": {"connectionState": {"status": "Failed", "message": cause}, "applicationsCount": 12}}
    ]});
    let mut answers = Vec::new();
    for turn in 0..all.len() {
        let mut turned = all;
        turned.rotate_left(turn);
        let broken = conditions(&turned).answers("/api/v1/clusters", clusters.clone());
        let answer = broken
            .served()
            .call("diagnose_application", json!({"name": "shop"}));
        let text = answer.text().to_owned();
        assert_eq!(
            text.matches("service \"pumps\" not found").count(),
            1,
            "{text}"
        );
        assert!(text.contains("1. ComparisonError: the conversion webhook for water.example.io/v1, Kind=Pump fails"), "{text}");
        assert!(text.contains("12 applications are on it"), "{text}");
        assert!(
            !text.contains(" of 0 ") && !text.contains("cannot be read"),
            "{text}"
        );
        answers.push(text);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

#[test]
fn a_cluster_for_some_namespaces_is_no_broken_one() {
    let clusters = |namespaces: Value| json!({"items": [{"server": "https://kubernetes.default.svc", "name": "in-cluster", "namespaces": namespaces, "info": {"connectionState": {"status": "Successful"}}}]});
    let unmanaged = || {
        conditions(&[(
            "ComparisonError",
            "Failed to load live state: Namespace \"web\" for Service \"front\" is not managed",
        )])
    };
    check(vec![
        row("the namespace is not in its list", unmanaged().answers("/api/v1/clusters", clusters(json!(["argocd", "blue"]))),
            &["certain namespaces only", "registered only for namespaces argocd, blue; web is not among them", "change destination.namespace"], &["cannot be read", "CreateNamespace", "does not exist"]),
        row("the list was not read", unmanaged(), &["certain namespaces only"], &["not among them;", "registered only for"]),
        row("a cluster-scoped object", conditions(&[("ComparisonError", "Failed to load live state: cluster level ClusterRole \"reader\" can not be managed when in namespaced mode")]).answers("/api/v1/clusters", clusters(json!(["web"]))),
            &["cannot manage cluster-scoped objects", "ClusterRole \"reader\"", "registered only for namespaces web"], &["cannot be read", "web is not among"]),
    ]);
}

#[test]
fn health_says_nothing_only_where_nothing_is_live() {
    let broken = || {
        target(
            "Unknown desc = `kustomize build /tmp/x` failed exit status 1: Error: no matches for Id a",
        )
    };
    check(vec![
        row("nothing is live", broken(), &["Healthy says nothing here"], &[]),
        row(
            "an object is live",
            broken()
                .status(json!({"resources": [{"kind": "Service", "version": "v1", "namespace": "web", "name": "front", "status": "Unknown", "health": {"status": "Healthy"}}]}))
                .node(node("Service", "front", None, json!({"status": "Healthy"}))),
            &["does not render"],
            &["Healthy says nothing"],
        ),
    ]);
}

#[test]
fn remedies_look_at_the_settings_of_the_application() {
    let long = "ConfigMap \"big\" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes";
    let migration = "Failed to perform client-side apply migration: failed to perform client-side apply migration on manager kubectl-client-side-apply: error when patching: ConfigMap \"big\" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes";
    let missing = "namespaces \"other\" not found";
    let exists = "configmaps \"big\" already exists";
    check(vec![
        row(
            "client-side apply of a large object",
            refused(long, &[]),
            &[
                "Use the sync option ServerSideApply=true",
                "1 other object was applied",
            ],
            &["is set already"],
        ),
        row(
            "the same with server-side apply",
            refused(long, &["ServerSideApply=true"]),
            &["ServerSideApply=true is set already"],
            &["Use the sync option ServerSideApply"],
        ),
        row(
            "the migration to server-side apply",
            refused(migration, &["ServerSideApply=true"]),
            &["ClientSideApplyMigration=false", "is set already"],
            &["Use the sync option ServerSideApply", "immutable"],
        ),
        row(
            "no namespace, none asked for",
            refused(missing, &[]),
            &["CreateNamespace=true is not set"],
            &[],
        ),
        row(
            "no namespace although asked for",
            refused(missing, &["CreateNamespace=true"]),
            &["only the application's destination namespace"],
            &["is not set"],
        ),
        row(
            "it exists, and is replaced",
            refused(exists, &["Replace=true"]),
            &[
                "Replace=true makes Argo CD create",
                "ServerSideApply=true in place of",
            ],
            &["another application"],
        ),
        row(
            "it exists, and is applied",
            refused(exists, &[]),
            &["exists already"],
            &["Replace=true"],
        ),
        row(
            "a refusal is told once",
            refused(exists, &[]),
            &["does not retry this revision"],
            &["older revision", "reason: configmaps"],
        ),
    ]);
}

#[test]
fn a_hook_that_was_refused_is_not_overtaken_by_synced() {
    let broken = Broken::new().status(json!({
        "sync": {"status": "Synced"},
        "operationState": {"phase": "Failed", "message": "one or more synchronization tasks completed unsuccessfully, reason: roles \"seed\" is forbidden",
            "syncResult": {"revision": NOW, "resources": [
                {"group": "rbac.authorization.k8s.io", "version": "v1", "kind": "Role", "namespace": "web", "name": "seed", "status": "SyncFailed", "hookPhase": "Failed", "hookType": "PreSync", "syncPhase": "PreSync", "message": "roles \"seed\" is forbidden"}]}},
    }));
    check(vec![row(
        "a PreSync hook",
        broken,
        &[
            "1. the sync Failed: 1 object rejected",
            "PreSync hook Role web/seed",
        ],
        &["has become Synced", "Nothing broken", "still live"],
    )]);
}

#[test]
fn a_deletion_says_what_its_finalizers_need() {
    let deleted = |finalizer: &str, conditions: Value| {
        Broken::new()
            .app(json!({"metadata": {"deletionTimestamp": "2026-11-22T20:00:00Z", "finalizers": [finalizer]}, "spec": {"destination": {"server": "", "name": "south-2"}}}))
            .status(json!({"sync": {"status": "Unknown"}, "health": {"status": "Unknown"}, "conditions": conditions}))
    };
    let gone = || json!([{"type": "InvalidSpecError", "message": "application destination spec for shop is invalid: unable to find destination server: there are no clusters with this name: south-2"}]);
    let post = "post-delete-finalizer.argocd.argoproj.io";
    check(vec![
        row(
            "the hook's cluster is gone",
            deleted(post, gone()),
            &[
                "south-2 is not registered",
                "can never complete",
                "Register the cluster again, or remove that finalizer",
            ],
            &["must succeed first", "could not be read"],
        ),
        row(
            "the hook still has to run",
            deleted(post, json!([])),
            &["PostDelete hook must succeed first"],
            &["is not registered"],
        ),
        row(
            "only its clean-up is left",
            deleted(
                "post-delete-finalizer.argocd.argoproj.io/cleanup",
                json!([]),
            ),
            &["still has to remove the objects of its PostDelete hooks"],
            &["must succeed first"],
        ),
    ]);
}

#[test]
fn signatures_and_sources_at_two_revisions() {
    let signed = |message: &str| {
        let mut broken = conditions(&[("ComparisonError", message)])
            .status(json!({"sync": {"status": "OutOfSync"}}));
        broken.project["spec"]["signatureKeys"] =
            json!([{"keyID": "AAAA1111BBBB2222"}, {"keyID": "CCCC3333DDDD4444"}]);
        broken
    };
    let charts = "https://git.example.com/charts.git";
    let two = target("Unknown desc = cannot reference a different revision of the same repository ($base references \"trunk\" which resolves to \"1111111\" while the application references \"v3\" which resolves to \"2222222\")")
        .app(json!({"spec": {"source": null, "sources": [
            {"repoURL": charts, "path": "dns", "targetRevision": "v3", "helm": {"valueFiles": ["$base/values.yaml"]}},
            {"repoURL": charts, "targetRevision": "trunk", "ref": "base"}
        ]}}));
    check(vec![
        row(
            "another key",
            signed(
                "Found good signature made with RSA key EEEE5555FFFF6666, but this key is not allowed in AppProject",
            ),
            &[
                "signature is good",
                "allows signatures of AAAA1111BBBB2222, CCCC3333DDDD4444 only",
            ],
            &["is not signed", "list_repositories", "does not render"],
        ),
        row(
            "an unsigned commit",
            signed(
                "GIT/GPG: Failed verifying revision 1111111 by 'Ada <ada@example.com>': unsigned (key_id=)",
            ),
            &["requires signed commits, and this revision is not signed"],
            &["signature is good"],
        ),
        row(
            "one repository twice",
            two,
            &[
                "sources 1 and 2 both use https://git.example.com/charts.git, at v3 and trunk",
                "source 1 takes its values by $base from source 2",
            ],
            &["does not exist", "list_repositories"],
        ),
    ]);
}

#[test]
fn a_long_text_keeps_its_reason_and_one_call_shows_it_whole() {
    let start = "cannot create the external resource of this claim: async create failed: ";
    let reason =
        "api error AccessDenied: not authorized to perform: elasticache:CreateReplicationGroup";
    let encoded = "Qm9zcXVl7Zx9".repeat(40);
    let tail = format!(
        "{}the last attempt was the ninth",
        "and the provider says no more about it, ".repeat(12)
    );
    let message =
        format!("{start}{reason}. Encoded authorization failure message: {encoded}. {tail}");
    let broken = || {
        Broken::new()
            .node(node("Service", "front", None, json!({"status": "Healthy"})))
            .event("front", "CannotCreate", &message)
    };
    let replay = broken().served();
    let arguments = json!({"name": "shop", "resource": "front", "kind": "Service"});
    let answer = replay.call("get_application_events", arguments);
    let text = answer.text();
    assert!(text.contains(reason) && text.contains(&tail), "{text}");
    assert!(
        text.contains(&encoded) && !text.contains("excerpts"),
        "{text}"
    );
    let condition = format!("Failed to load target state: {message}");
    let answer = conditions(&[("ComparisonError", &condition)]).served();
    let whole = answer.call("get_application", json!({"name": "shop"}));
    assert!(whole.text().contains(&tail), "{}", whole.text());
    let short = answer.call("diagnose_application", json!({"name": "shop"}));
    let text = short.text();
    assert!(
        text.contains(reason) && !text.contains(&tail) && !text.contains(&encoded),
        "{text}"
    );
    assert!(
        text.contains("Next: get_application {\"name\":\"shop\"} (the whole message)"),
        "{text}"
    );
}

#[test]
fn a_sync_is_of_what_was_hydrated_before_a_failure() {
    let hydrated = |phase: &str| {
        let operation = json!({"phase": phase, "drySHA": NOW, "finishedAt": "2026-11-22T21:00:00Z",
            "message": "failed to commit hydrated manifests: rpc error: code = Unknown desc = failed to push: `git push origin env` failed exit status 1: ! [rejected] env -> env (fetch first)"});
        Broken::new().status(json!({"sourceHydrator": {"currentOperation": operation}}))
    };
    let name = || json!({"name": "shop"});
    asks(
        "get_sync_status",
        name(),
        vec![
            row(
                "a failed one",
                hydrated("Failed"),
                &[
                    "Hydration of 1111111 failed 2026-11-22T21:00:00Z",
                    "fetch first",
                ],
                &[],
            ),
            row(
                "one that works",
                hydrated("Hydrated"),
                &["Succeeded"],
                &["Hydration of"],
            ),
        ],
    );
    check(vec![row(
        "a race",
        hydrated("Failed"),
        &[
            "the source hydrator failed on commit 1111111",
            "another push to the same ref came first",
            "Hydrate again",
        ],
        &["list_repositories", "cannot reach"],
    )]);
}
