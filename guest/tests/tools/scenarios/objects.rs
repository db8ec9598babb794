//! Objects other than Pods: those without health in Argo CD, those whose health is out of date, those
//! that make what a Pod lacks, and what is said when not everything was judged.

use serde_json::{Value, json};

use super::{
    broken::{Broken, container, node, pod},
    check::{check, row},
};

const LATE: &str = "2026-11-22T21:12:00Z";
const LONG_AGO: &str = "2026-11-20T08:00:00Z";

/// A custom resource of the group `example.org`.
fn custom(kind: &str, name: &str, parent: Option<&Value>, health: Value) -> Value {
    let mut node = node(kind, name, parent, health);
    node["group"] = json!("example.org");
    node["version"] = json!("v1");
    node
}

fn condition(kind: &str, status: &str, since: &str, reason: &str, message: &str) -> Value {
    json!({"type": kind, "status": status, "lastTransitionTime": since, "reason": reason, "message": message})
}

fn status(conditions: &[Value]) -> Value {
    json!({"status": {"conditions": conditions}})
}

fn degraded(message: &str) -> Value {
    json!({"status": "Degraded", "message": message})
}

/// The diagnosis of an application that is Synced and Healthy by Argo CD.
fn diagnosed(broken: Broken) -> String {
    let replay = broken.served();
    let answer = replay.call("diagnose_application", json!({"name": "shop"}));
    assert!(replay.requests().len() <= 8);
    answer.text().to_owned()
}

#[test]
fn objects_without_health_are_read_and_told() {
    check(vec![
        row(
            "a condition is False",
            Broken::new()
                .node(custom("Topic", "orders", None, Value::Null))
                .object(
                    "orders",
                    status(&[condition(
                        "Ready",
                        "False",
                        LONG_AGO,
                        "QuotaExceeded",
                        "the broker refuses a 41st topic",
                    )]),
                ),
            &[
                "Topic orders has no health in Argo CD",
                "Ready False since 2026-11-20T08:00:00Z (2 d ago), reason QuotaExceeded > the broker refuses a 41st topic",
            ],
            &[
                "managed objects, not",
                "Next: get_application_resource_tree",
            ],
        ),
        row(
            "a negative condition is True",
            Broken::new()
                .node(custom("Mirror", "eu", None, Value::Null))
                .object(
                    "eu",
                    status(&[
                        condition("Synced", "True", LATE, "", ""),
                        condition("Stalled", "True", LATE, "BadSpec", "no such upstream"),
                    ]),
                ),
            &[
                "Mirror eu has no health",
                "Stalled True",
                "reason BadSpec > no such upstream",
            ],
            &["status says Synced"],
        ),
        row(
            "a phase has failed",
            Broken::new()
                .node(custom("Backup", "nightly", None, Value::Null))
                .object(
                    "nightly",
                    json!({"status": {"phase": "PartiallyFailed", "message": "2 of 9 volumes"}}),
                ),
            &[
                "Backup nightly has no health",
                "status.phase PartiallyFailed > 2 of 9 volumes",
            ],
            &[],
        ),
    ]);
}

#[test]
fn the_bad_one_of_many_is_told_with_what_is_other_beside_it() {
    check(vec![row(
        "the bad one of many, with the other selector beside it",
        {
            let select =
                |team: &str| json!({"spec": {"gatewaySelector": {"matchLabels": {"team": team}}}});
            Broken::new()
                .node(custom("Listener", "a", None, Value::Null))
                .node(custom("Route", "b", None, Value::Null))
                .object("a", select("blue"))
                .object(
                    "a",
                    status(&[condition(
                        "Accepted",
                        "True",
                        LATE,
                        "",
                        "attached to 1 gateway",
                    )]),
                )
                .object("b", select("bleu"))
                .object(
                    "b",
                    status(&[condition(
                        "Accepted",
                        "False",
                        LATE,
                        "NoMatch",
                        "selects no gateway",
                    )]),
                )
        },
        &[
            "Route b has no health",
            "selects no gateway",
            "spec.gatewaySelector: team=bleu",
            "beside it Listener a is Accepted True with spec.gatewaySelector: team=blue",
        ],
        &[],
    )]);
}

#[test]
fn an_all_clear_needs_that_everything_was_judged() {
    let ready = status(&[condition("Ready", "True", LATE, "", "")]);
    let well = Broken::new()
        .node(custom("Topic", "orders", None, Value::Null))
        .object("orders", ready.clone());
    assert!(diagnosed(well).contains("Nothing wrong found in"));
    let plain = Broken::new().node(node("ConfigMap", "settings", None, Value::Null));
    assert!(diagnosed(plain).contains("Nothing wrong found in"));
    let owner = custom("Topic", "orders", None, json!({"status": "Healthy"}));
    let judged =
        Broken::new()
            .node(owner.clone())
            .node(custom("Partition", "p", Some(&owner), Value::Null));
    assert!(diagnosed(judged).contains("Nothing wrong found in"));

    let topic = || Broken::new().node(custom("Topic", "orders", None, Value::Null));
    let five = (0..5).fold(Broken::new(), |broken, at| {
        let name = format!("t{at}");
        broken
            .node(custom("Topic", &name, None, Value::Null))
            .object(&name, ready.clone())
    });
    for (what, broken, says) in [
        ("it cannot be read", topic(), "1 Topic without health in Argo CD (orders)"),
        ("it has no status", topic().object("orders", json!({"spec": {}})), "(orders: no status)"),
        (
            "it is under way",
            topic().object("orders", json!({"status": {"phase": "Provisioning"}})),
            "(orders: phase Provisioning)",
        ),
        (
            "its controller is behind",
            topic().object("orders", json!({"metadata": {"generation": 3}, "status": {"observedGeneration": 2}})),
            "(orders: generation 3, observed 2)",
        ),
        ("there are more than are read", five, "1 Topic without health in Argo CD (t4)"),
        (
            "the tree is refused",
            Broken::new().answers("/api/v1/applications/shop/resource-tree", Value::Null),
            "not judged: the resource tree",
        ),
        (
            "nothing was compared",
            Broken::new().status(json!({"sync": {"status": "Unknown"}})),
            "which Argo CD could not compare",
        ),
        (
            "one object was not compared",
            Broken::new().status(json!({"resources": [{"kind": "Service", "name": "a", "status": "Unknown"}, {"kind": "Service", "name": "b", "status": "Synced"}]})),
            "1 object that Argo CD could not compare",
        ),
        (
            "reconciliation is off",
            Broken::new().app(json!({"metadata": {"annotations": {"argocd.argoproj.io/skip-reconcile": "true"}}})),
            "since reconciliation was turned off",
        ),
    ] {
        let text = diagnosed(broken);
        assert!(text.contains(says) && !text.contains("Nothing wrong"), "{what}: {text}");
        assert!(text.contains("Found nothing broken in what was read"), "{what}: {text}");
    }
}

/// A Deployment that Argo CD shows as `health`, with two Healthy Pods.
fn rolled_out(health: &str, available: u32, since: &str) -> Broken {
    let deployment = node(
        "Deployment",
        "shop",
        None,
        json!({"status": health, "message": "Waiting for rollout to finish: 1 of 2 updated replicas are available..."}),
    );
    let mut set = node(
        "ReplicaSet",
        "shop-1",
        Some(&deployment),
        json!({"status": "Healthy"}),
    );
    set["info"] = json!([{"name": "Revision", "value": "Rev:1"}]);
    let pods = ["shop-1-a", "shop-1-b"];
    let pods = pods.map(|name| {
        pod(
            name,
            &set,
            json!({"status": "Healthy"}),
            "Running",
            "1/1",
            0,
            true,
        )
    });
    let mut broken = Broken::new();
    broken.nodes = vec![deployment, set];
    broken.nodes.extend(pods);
    broken.status(json!({"health": {"status": health}})).object("shop", json!({
        "metadata": {"generation": 7}, "spec": {"replicas": 2},
        "status": {"observedGeneration": 7, "replicas": 2, "updatedReplicas": 2, "readyReplicas": available, "availableReplicas": available,
            "conditions": [condition("Available", "True", since, "MinimumReplicasAvailable", "")]}
    }))
}

#[test]
fn a_rollout_that_is_over_contradicts_the_health() {
    check(vec![
        row(
            "the live Deployment is rolled out",
            rolled_out("Progressing", 2, LONG_AGO),
            &[
                "2 of 2 replicas are updated and available since 2026-11-20",
                "out of date, not the rollout",
                "2 of 2 Pods Healthy",
                "hard refresh",
            ],
            &["nothing serves"],
        ),
        row(
            "the live Deployment is not",
            rolled_out("Progressing", 1, LONG_AGO),
            &["Deployment shop is Progressing"],
            &["out of date"],
        ),
        row(
            "the rollout has just ended",
            rolled_out("Progressing", 2, "2026-11-22T21:14:50Z"),
            &["Deployment shop is Progressing"],
            &["out of date"],
        ),
    ]);
}

#[test]
fn a_pause_is_told_with_what_pauses() {
    let paused = |live: Value| {
        Broken::new()
            .node(custom(
                "Scaler",
                "jobs",
                None,
                json!({"status": "Suspended", "message": "paused by annotation"}),
            ))
            .status(json!({"health": {"status": "Suspended"}}))
            .object("jobs", live)
    };
    let stale = status(&[
        condition("Paused", "True", LONG_AGO, "", "paused by annotation"),
        condition("Active", "True", LATE, "", ""),
    ]);
    check(vec![
        row(
            "nothing pauses it",
            paused(stale.clone()),
            &[
                "Scaler jobs is not paused",
                "Paused True is out of date",
                "no field or annotation",
            ],
            &["until resumed"],
        ),
        row(
            "an annotation pauses it",
            {
                let mut live = stale;
                live["metadata"] = json!({"annotations": {"example.org/paused": "true"}});
                paused(live)
            },
            &["Scaler jobs is Suspended until resumed: annotation example.org/paused: true"],
            &["out of date"],
        ),
        row(
            "it does not say what pauses it",
            paused(json!({"spec": {}})),
            &["Scaler jobs is Suspended"],
            &["resumed", "out of date"],
        ),
    ]);
}

#[test]
fn a_newer_event_contradicts_a_condition() {
    let sealed = |message: &str| {
        let owner = custom("Vaulted", "smtp", None, degraded("no key fits"));
        let secret = node("Secret", "smtp", Some(&owner), Value::Null);
        let mut broken = Broken::new().node(owner).node(secret).object(
            "smtp",
            status(&[condition("Synced", "False", LONG_AGO, "", "no key fits")]),
        );
        broken.events.insert("smtp".to_owned(), vec![json!({
            "type": "Normal", "reason": "Opened", "message": message, "count": 200, "lastTimestamp": "2026-11-22T21:14:00Z",
        })]);
        broken.status(json!({"health": {"status": "Degraded"}}))
    };
    check(vec![
        row(
            "a newer event reports success",
            sealed("opened successfully"),
            &[
                "status of Vaulted smtp is out of date",
                "Synced False is from 2026-11-20",
                "event x200 Opened 1 min ago > opened successfully",
                "its Secret smtp exists",
            ],
            &[],
        ),
        row(
            "a newer event does not",
            sealed("waiting for the key"),
            &["Vaulted smtp is Degraded since 2026-11-20"],
            &["out of date"],
        ),
    ]);
}

#[test]
fn a_success_of_one_step_contradicts_nothing_and_the_newest_event_is_told() {
    let event = |kind: &str, reason: &str, message: &str, last: &str| json!({"type": kind, "reason": reason, "message": message, "count": 40, "lastTimestamp": last});
    let owner = custom("Composite", "db", None, json!({"status": "Progressing"}));
    let secret = node("Secret", "db-conn", Some(&owner), Value::Null);
    let mut broken = Broken::new().node(owner).node(secret).object(
        "db",
        status(&[condition(
            "Ready",
            "False",
            LONG_AGO,
            "Creating",
            "2 of 3 resources are unready",
        )]),
    );
    let events = vec![
        event(
            "Normal",
            "Composed",
            "Successfully composed resources",
            "2026-11-22T21:14:30Z",
        ),
        event("Warning", "NoQuota", "the account allows 5 databases", LATE),
    ];
    broken.events.insert("db".to_owned(), events);
    check(vec![row(
        "composed, and not ready",
        broken.status(json!({"health": {"status": "Progressing"}})),
        &[
            "1. Composite db is Progressing since 2026-11-20",
            "event x40 NoQuota",
            "newest event x40 Composed 30 s ago > Successfully composed resources",
            "condition Ready False",
            "reason Creating > 2 of 3 resources are unready",
        ],
        &["out of date"],
    )]);
}

#[test]
fn the_maker_of_what_a_pod_lacks_comes_first() {
    let lacks = || {
        let message = "secret \"crm-db\" not found";
        let state =
            json!({"waiting": {"reason": "CreateContainerConfigError", "message": message}});
        Broken::deployment(degraded(message), "CreateContainerConfigError", "0/1", 0, true)
            .live_pod(json!({"phase": "Pending", "containerStatuses": [container("api", state, json!({}), false, 0)]}))
    };
    let not_ready = status(&[condition(
        "Ready",
        "False",
        LATE,
        "Waiting",
        "no database yet",
    )]);
    let with_spec = |spec: Value| {
        let mut live = not_ready.clone();
        live["spec"] = spec;
        live
    };
    check(vec![
        row("its spec names the Secret, and it has no health",
            lacks().node(custom("Database", "main", None, Value::Null))
                .object("main", with_spec(json!({"writeConnectionSecretToRef": {"name": "crm-db"}, "resourceRef": {"kind": "XDatabase", "name": "main-x1"}}))),
            &["1. Database main has no health in Argo CD", "no database yet", "is to write Secret crm-db (spec.writeConnectionSecretToRef.name), which Pod shop-1-a lacks",
              "spec.resourceRef: XDatabase main-x1, not in this application's tree", "2. Pod shop-1-a cannot create container api"], &[]),
        row("its name is the stem, and it is Degraded",
            lacks().node(custom("Login", "crm", None, degraded("the server refuses it"))).object("crm", not_ready.clone()),
            &["1. Login crm is Degraded", "may be what makes Secret crm-db, which Pod shop-1-a lacks: by its name", "2. Pod shop-1-a"], &[]),
        row("another one is not ready either",
            lacks().node(custom("Login", "billing", None, degraded("the server refuses it"))).object("billing", with_spec(json!({"target": {"name": "billing"}}))),
            &["1. Pod shop-1-a cannot create container api", "2. Login billing is Degraded"], &["may be what makes", "is to write"]),
    ]);
}

#[test]
fn the_node_with_the_message_is_told() {
    let top = custom(
        "Domain",
        "shop",
        None,
        json!({"status": "Progressing", "message": "Certificate does not exist"}),
    );
    let middle = custom(
        "Claim",
        "shop-1",
        Some(&top),
        json!({"status": "Progressing"}),
    );
    let says = custom(
        "Proof",
        "shop-1-2",
        Some(&middle),
        json!({"status": "Progressing", "message": "the check got 404"}),
    );
    let mut below = node(
        "Ingress",
        "proof-x",
        Some(&says),
        json!({"status": "Progressing"}),
    );
    below["group"] = json!("networking.k8s.io");
    let chain = || {
        let mut broken = Broken::new();
        broken.nodes = vec![below.clone(), says.clone(), middle.clone(), top.clone()];
        broken.status(json!({"health": {"status": "Progressing"}}))
    };
    check(vec![row(
        "a chain with a node without message at its end",
        chain().object("shop-1-2", json!({"spec": {"dnsName": "www.example.com"}, "status": {"state": "pending", "reason": "the check got 404"}})),
        &["1. Proof shop-1-2 is Progressing", "the check got 404", "status.state pending", "dnsName www.example.com",
          "below it: Ingress proof-x Progressing: it has no address", "owned by Claim shop-1 Progressing; owned by Domain shop Progressing > Certificate does not exist"],
        &["2. "],
    )]);
}

#[test]
fn the_summary_of_an_application_does_not_judge_what_has_no_health() {
    let resources = |more: &[Value]| {
        let service = json!({"version": "v1", "kind": "Service", "name": "a", "status": "Synced", "health": {"status": "Healthy"}});
        let all: Vec<Value> = [service].into_iter().chain(more.iter().cloned()).collect();
        let replay = Broken::new().status(json!({"resources": all})).served();
        let answer = replay.call("get_application", json!({"name": "shop"}));
        answer.text().to_owned()
    };
    let of = |group: &str, kind: &str| json!({"group": group, "kind": kind, "name": "b", "status": "Synced"});
    let text = resources(&[of("", "ConfigMap")]);
    assert!(
        text.contains("Resources: 2, all in sync, none unhealthy"),
        "{text}"
    );
    for (group, kind) in [("example.org", "Topic"), ("argoproj.io", "Application")] {
        let text = resources(&[of(group, kind)]);
        let says =
            format!("none known to be unhealthy; not judged: 1 {kind} without health in Argo CD");
        assert!(
            text.contains(&says) && !text.contains("none unhealthy"),
            "{text}"
        );
    }
}
