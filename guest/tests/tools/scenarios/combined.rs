//! Broken applications made from recorded ones: renamed, altered, combined. What finds the recorded
//! causes has to find these, so nothing can be tuned to a recording.

use std::rc::Rc;

use serde_json::{Value, json};

use super::broken::{Broken, container, merge, node};
use crate::replay::Replay;

/// The recordings with texts replaced, in objects inside strings too.
fn altered(pairs: &'static [(&str, &str)]) -> Rc<Replay> {
    Replay::changed(move |_, body| match String::from_utf8(body) {
        Ok(text) => pairs
            .iter()
            .fold(text, |text, (from, to)| text.replace(from, to))
            .into_bytes(),
        Err(body) => body.into_bytes(),
    })
}

/// The recordings under other names: what is asked is renamed back, what is answered is renamed.
fn renamed(pairs: &'static [(&str, &str)]) -> Rc<Replay> {
    Replay::answering(move |path, query| {
        let query: Vec<String> = query
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let asked = format!("{path}?{}", query.join("&"));
        let asked = pairs
            .iter()
            .fold(asked, |text, (from, to)| text.replace(to, from));
        let found = Replay::find(&asked).filter(|found| found.status == 200)?;
        let body = String::from_utf8(found.body.clone()).ok()?;
        let body = pairs
            .iter()
            .fold(body, |text, (from, to)| text.replace(from, to));
        Some(body.into_bytes())
    })
}

/// The recordings with `more` merged over the application `name`.
fn with_app(name: &'static str, more: Value) -> Rc<Replay> {
    Replay::changed(move |path, body| {
        if path != format!("/api/v1/applications/{name}") {
            return body;
        }
        let mut app: Value = serde_json::from_slice(&body).unwrap();
        merge(&mut app, more.clone());
        app.to_string().into_bytes()
    })
}

fn check(what: &str, replay: &Rc<Replay>, name: &str, says: &[&str], never: &[&str]) {
    let answer = replay.call("diagnose_application", json!({"name": name}));
    let text = answer.text();
    assert!(!answer.is_error(), "{what}: {text}");
    for part in says {
        assert!(text.contains(part), "{what} lacks {part:?}:\n{text}");
    }
    for part in never {
        assert!(!text.contains(part), "{what} has {part:?}:\n{text}");
    }
    assert!(
        text.chars().count() <= 3_000,
        "{what}: {} characters",
        text.chars().count()
    );
    assert!(
        replay.requests().len() <= 8,
        "{what}: {:?}",
        replay.requests()
    );
}

/// Whether `first` stands before `then`.
fn in_order(what: &str, replay: &Rc<Replay>, name: &str, first: &str, then: &str) {
    let answer = replay.call("diagnose_application", json!({"name": name}));
    let at = |part: &str| {
        answer
            .text()
            .find(part)
            .unwrap_or_else(|| panic!("{what} lacks {part:?}:\n{}", answer.text()))
    };
    assert!(at(first) < at(then), "{what}:\n{}", answer.text());
}

#[test]
fn renamed_applications_are_diagnosed_alike() {
    check(
        "crash under other names",
        &renamed(&[
            ("checkout-api", "basket-web"),
            ("checkout", "basket"),
            ("PAYMENTS_GATEWAY_URL", "LEDGER_DSN"),
        ]),
        "basket-web",
        &[
            "Pod basket-web-67948d46c5-5bbdp is in CrashLoopBackOff",
            "Missing required environment variable LEDGER_DSN",
            "(basket-web:4.11.2",
        ],
        &["checkout", "PAYMENTS_GATEWAY_URL"],
    );
    check(
        "hook under other names",
        &renamed(&[
            ("inventory", "stockroom"),
            ("SKU-00481", "SKU-9"),
            ("\"PreSync\"", "\"PostSync\""),
        ]),
        "stockroom",
        &[
            "a PostSync hook failed",
            "Job stockroom/stockroom-db-migrate",
            "(SKU-9) is duplicated",
        ],
        &[
            "PreSync",
            "inventory",
            "None of the new revision was applied",
        ],
    );
}

#[test]
fn altered_containers() {
    check(
        "killed for memory instead of a missing variable",
        &altered(&[
            (
                "\\\"reason\\\":\\\"Error\\\"",
                "\\\"reason\\\":\\\"OOMKilled\\\"",
            ),
            ("\\\"exitCode\\\":1,", "\\\"exitCode\\\":137,"),
        ]),
        "checkout-api",
        &["OOMKilled", "memory"],
        &["with code 1 "],
    );
    check(
        "registry's certificate instead of a missing tag",
        &altered(&[
            (
                "recommendation:3.4.0-rc1: not found",
                "recommendation:3.4.0-rc1: tls: failed to verify certificate: x509: certificate signed by unknown authority",
            ),
            ("code = NotFound", "code = Unknown"),
        ]),
        "recommendation",
        &["the registry's certificate is not trusted"],
        &["no such image"],
    );
    check(
        "taints instead of labels",
        &altered(&[(
            "3 node(s) didn't match Pod's node affinity/selector",
            "3 node(s) had untolerated taint(s)",
        )]),
        "ml-training",
        &["3 node(s) had untolerated taint(s)", "no node is suitable"],
        &["didn't match"],
    );
    check(
        "Pod security instead of a quota",
        &altered(&[(
            "exceeded quota: team-quota, requested: requests.cpu=400m, used: requests.cpu=800m, limited: requests.cpu=1",
            "violates PodSecurity \\\"baseline:latest\\\": hostPath volumes",
        )]),
        "batch-reporting",
        &["Pod Security rejects its Pods", "hostPath volumes"],
        &["ResourceQuota refuses"],
    );
}

#[test]
fn altered_policies() {
    let automated =
        json!({"spec": {"syncPolicy": {"automated": {"prune": false, "selfHeal": false}}}});
    check(
        "drift with automation but without self-heal",
        &with_app("orders-api", automated),
        "orders-api",
        &[
            "automated sync is on but self-heal is off",
            "4 objects differ",
        ],
        &["automated sync is off"],
    );
    check(
        "a deny window that lets people sync",
        &altered(&[
            (
                "\"kind\":\"deny\",\"schedule\":\"0 0 * * *\",\"duration\":\"24h\",\"manualSync\":false",
                "\"kind\":\"deny\",\"schedule\":\"0 0 * * *\",\"duration\":\"24h\",\"manualSync\":true",
            ),
            ("\"canSync\":false", "\"canSync\":true"),
        ]),
        "ledger",
        &[
            "an active deny window of project finance blocks every automated sync",
            "A manual sync is allowed.",
        ],
        &["not allowed either", "blocks every sync"],
    );
    check(
        "a deny window that ends this evening",
        &altered(&[(
            "\"schedule\":\"0 0 * * *\",\"duration\":\"24h\"",
            "\"schedule\":\"0 20 * * *\",\"duration\":\"4h\"",
        )]),
        "ledger",
        // 20:00 for 4 hours in Berlin ends at 23:00 UTC; the allow window opens at 6:00 there.
        &[
            "open, closes 2026-11-22T23:00:00Z",
            "Automated sync is allowed from 2026-11-23T05:00:00Z",
        ],
        &["never closes"],
    );
    let given_up = json!({"status": {"conditions": [{"type": "SyncError", "message": "Failed last sync attempt to [3fcb20f]: one or more objects failed to apply"}]}});
    check(
        "automation that gave up",
        &with_app("orders-api", given_up),
        "orders-api",
        &["automated sync gave up on an older revision"],
        &[],
    );
    let skipped =
        json!({"metadata": {"annotations": {"argocd.argoproj.io/skip-reconcile": "true"}}});
    check(
        "reconciliation switched off",
        &with_app("orders-api", skipped),
        "orders-api",
        &["skip-reconcile"],
        &[],
    );
}

#[test]
fn altered_specs_and_deletions() {
    check(
        "a repository that the project refuses",
        &altered(&[(
            "application destination server 'https://kubernetes.default.svc' and namespace 'kube-system' do not match any of the allowed destinations in project 'sandbox'",
            "application repo https://git.example.com/platform/deploy.git is not permitted in project 'sandbox'",
        )]),
        "sandbox-tool",
        &["InvalidSpecError", "is not permitted in project 'sandbox'"],
        &["permission denied"],
    );
    check(
        "another object and finalizer",
        &renamed(&[
            ("report-archive", "cold-storage"),
            ("example.com/archive-protection", "backup.example.org/hold"),
        ]),
        "legacy-reports",
        &[
            "ConfigMap cold-storage has been Terminating",
            "backup.example.org/hold",
        ],
        &["archive"],
    );
    check(
        "a path that is a file",
        &altered(&[(
            "loyalty/overlays/prodution: app path does not exist",
            "loyalty/overlays/prodution: app path is not a directory",
        )]),
        "loyalty",
        &["ComparisonError", "app path is not a directory"],
        &["does not exist in"],
    );
}

#[test]
fn two_causes_at_once_stand_root_first() {
    let unreachable = json!({"status": {"sync": {"status": "Unknown"}, "conditions": [{"type": "ComparisonError", "message": "Failed to load live state: failed to get cluster info for \"https://kubernetes.default.svc\": error synchronizing cache state : dial tcp 10.0.0.1:443: i/o timeout"}]}});
    in_order(
        "cluster before Pod",
        &with_app("checkout-api", unreachable),
        "checkout-api",
        "the destination cluster cannot be read",
        "CrashLoopBackOff",
    );
    let drifted = json!({"status": {"sync": {"status": "OutOfSync"}}});
    let crashing_and_drifted = {
        let mut broken = Broken::deployment(json!({"status": "Degraded", "message": "back-off"}), "CrashLoopBackOff", "0/1", 3, true)
            .live_pod(json!({"containerStatuses": [container("api", json!({"waiting": {"reason": "CrashLoopBackOff"}}), json!({"terminated": {"exitCode": 3, "reason": "Error"}}), false, 3)]}))
            .log(&["fatal: no licence"])
            .managed("ConfigMap", "flags", json!({"data": {"mode": "old"}}), json!({"data": {"mode": "new"}}));
        merge(&mut broken.app, drifted);
        broken.served()
    };
    in_order(
        "Pod before drift",
        &crashing_and_drifted,
        "shop",
        "exited with code 3",
        "data.mode: \"old\" -> \"new\"",
    );
    let failed_and_crashing = Broken::deployment(
        json!({"status": "Degraded"}),
        "CrashLoopBackOff",
        "0/1",
        3,
        true,
    )
    .failed(
        "one or more objects failed to apply, reason: x",
        &[(
            "Service",
            "shop",
            "SyncFailed",
            "port 70000 must be between 1 and 65535",
        )],
    )
    .served();
    in_order(
        "sync before Pod",
        &failed_and_crashing,
        "shop",
        "port 70000",
        "shop-1-a",
    );
}

#[test]
fn several_workloads_are_all_named() {
    let mut broken = Broken::deployment(
        json!({"status": "Degraded"}),
        "CrashLoopBackOff",
        "0/1",
        3,
        true,
    );
    for (name, reason) in [("mail", "ImagePullBackOff"), ("cache", "ContainerCreating")] {
        let deployment = node("Deployment", name, None, json!({"status": "Progressing"}));
        let set = node(
            "ReplicaSet",
            &format!("{name}-1"),
            Some(&deployment),
            json!({"status": "Progressing"}),
        );
        let pod = super::broken::pod(
            &format!("{name}-1-a"),
            &set,
            json!({"status": "Progressing"}),
            reason,
            "0/1",
            0,
            true,
        );
        broken.nodes.extend([deployment, set, pod]);
    }
    check(
        "three workloads",
        &broken.served(),
        "shop",
        &[
            "shop-1-a",
            "mail-1-a is in ImagePullBackOff",
            "cache-1-a has not started",
        ],
        &[],
    );
}
