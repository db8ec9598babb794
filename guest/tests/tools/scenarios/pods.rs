//! Pods whose state has look-alikes: of an older revision, on a lost node, replaced, held by a sidecar,
//! failing because of another workload; and logs of which one line says why.

use serde_json::{Value, json};

use super::{
    broken::{Broken, container, node, pod},
    check::{check, row},
};

fn ended(code: i64) -> Value {
    json!({"terminated": {"reason": "Error", "exitCode": code, "finishedAt": "2026-11-22T21:13:30Z"}})
}

fn waiting(reason: &str, message: &str) -> Value {
    json!({"waiting": {"reason": reason, "message": message}})
}

fn crash(code: i64) -> Broken {
    let state = waiting("CrashLoopBackOff", "back-off 5m0s");
    Broken::deployment(json!({"status": "Degraded"}), "CrashLoopBackOff", "0/1", 7, true)
        .live_pod(json!({"phase": "Running", "containerStatuses": [container("api", state, ended(code), false, 7)]}))
}

/// A StatefulSet `ring` whose only Pod is of revision `ring-1`, while `ring-2` is asked for.
fn behind(spec: &Value) -> Broken {
    let set = node(
        "StatefulSet",
        "ring",
        None,
        json!({"status": "Progressing", "message": "Waiting for 1 pods to be ready..."}),
    );
    let mut pod = pod(
        "ring-0",
        &set,
        json!({"status": "Degraded"}),
        "CrashLoopBackOff",
        "0/1",
        5,
        true,
    );
    pod["networkingInfo"] = json!({"labels": {"controller-revision-hash": "ring-1"}});
    let state = waiting("CrashLoopBackOff", "back-off");
    Broken::new()
        .status(json!({"health": {"status": "Progressing"}}))
        .node(set)
        .node(pod)
        .object(
            "ring-0",
            json!({"metadata": {"labels": {"controller-revision-hash": "ring-1"}},
            "status": {"containerStatuses": [container("ring", state, ended(1), false, 5)]}}),
        )
        .object(
            "ring",
            json!({"spec": spec, "status": {"updateRevision": "ring-2"}}),
        )
        .log(&["unknown flag: --ring"])
}

#[test]
fn pods_of_an_older_revision() {
    let parallel = json!({"podManagementPolicy": "Parallel"});
    check(vec![
        row(
            "the fix is deployed and the Pod is stuck",
            behind(&json!({})),
            &[
                "Pod ring-0 is still of older revision ring-1",
                "already asks for ring-2",
                "Delete Pod ring-0",
                "unknown flag",
            ],
            &["has to change", "Change the"],
        ),
        row(
            "only somebody who deletes a Pod updates it",
            behind(
                &json!({"podManagementPolicy": "Parallel", "updateStrategy": {"type": "OnDelete"}}),
            ),
            &["OnDelete", "Delete Pod ring-0"],
            &["OrderedReady"],
        ),
        row(
            "a rolling update that goes on by itself",
            behind(&parallel),
            &["Pod ring-0 is in CrashLoopBackOff", "unknown flag"],
            &["older revision", "Delete Pod"],
        ),
    ]);
}

/// A Pod whose container cannot be created, with this message.
fn unstartable(message: &str) -> Broken {
    let state = waiting("CreateContainerError", message);
    Broken::deployment(json!({"status": "Degraded", "message": message}), "CreateContainerError", "0/1", 0, true)
        .live_pod(json!({"phase": "Pending", "containerStatuses": [container("api", state, json!({}), false, 0)]}))
}

#[test]
fn containers_that_cannot_be_created() {
    check(vec![
        row(
            "the node has no file descriptors",
            unstartable("open /proc/self/fd: too many open files"),
            &["file descriptors", "(node node-1)", "node's fault"],
            &["does not have the command"],
        ),
        row(
            "the image lacks the command",
            unstartable("exec: \"srv\": executable file not found in $PATH: unknown"),
            &["does not have the command", "executable file not found"],
            &["node's fault", "node-1"],
        ),
        row(
            "nobody knows why",
            unstartable("the runtime said no"),
            &["CreateContainerError", "the runtime said no"],
            &["node's fault", "Change the", "has to change"],
        ),
    ]);
}

#[test]
fn nodes_and_sidecars_that_hold_a_pod() {
    let live = |ready: bool, condition: &str| {
        json!({"phase": "Running", "conditions": [{"type": "Ready", "status": condition}],
            "containerStatuses": [container("api", json!({"running": {}}), json!({}), ready, 0)]})
    };
    let progressing = || json!({"status": "Progressing"});
    let mut sidecar = container("mesh", json!({"running": {}}), ended(137), false, 4);
    sidecar["started"] = false.into();
    let held = json!({"phase": "Pending", "initContainerStatuses": [sidecar],
        "containerStatuses": [container("api", waiting("PodInitializing", ""), json!({}), false, 0)]});
    check(vec![
        row("the node is not ready",
            Broken::deployment(progressing(), "Running", "1/1", 0, true).live_pod(live(true, "False"))
                .event("shop-1-a", "NodeNotReady", "Node is not ready"),
            &["node node-1 is not ready", "ready when last seen"], &["probe", "still running"]),
        row("the container is not ready on a node of which nothing is said",
            Broken::deployment(progressing(), "Running", "0/1", 0, true).live_pod(live(false, "False"))
                .event("shop-1-a", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503"),
            &["not Ready: container api", "statuscode: 503"], &["node-1 is not ready"]),
        row("a native sidecar never starts",
            Broken::deployment(progressing(), "Init:0/1", "0/2", 4, true).live_pod(held)
                .object("shop-1-a", json!({"spec": {"initContainers": [{"name": "mesh", "restartPolicy": "Always",
                    "startupProbe": {"httpGet": {"path": "/up", "port": 15021}, "failureThreshold": 6}}]}}))
                .log(&["warn xds: dial tcp: lookup control.mesh.svc: no such host"]),
            &["sidecar container mesh", "startup probe has not passed", "4 restarts", "137", "GET :15021/up", "control.mesh.svc", "api cannot start"],
            &["must complete", "OOM"]),
    ]);
}

#[test]
fn dead_pods_beside_all_replicas() {
    let well = || json!({"status": "Healthy"});
    let set = |health: Value| {
        let deployment = node("Deployment", "shop", None, health.clone());
        let set = node("ReplicaSet", "shop-1", Some(&deployment), health);
        (deployment, set)
    };
    let with = |health: Value| {
        let (deployment, set) = set(health);
        let dead =
            json!({"status": "Degraded", "message": "Node didn't have enough resource: cpu"});
        Broken::new()
            .node(deployment)
            .node(pod("shop-1-b", &set, dead, "OutOfcpu", "0/1", 0, true))
            .node(pod("shop-1-c", &set, well(), "Running", "1/1", 0, true))
            .node(set)
            .object(
                "shop-1-b",
                json!({"status": {"phase": "Failed", "reason": "OutOfcpu"}}),
            )
    };
    check(vec![
        row(
            "rejected by a node, and replaced",
            with(well()),
            &[
                "Nothing broken",
                "shop-1-b failed and was replaced: OutOfcpu",
                "1 of 1 Pod is running",
            ],
            &["nothing serves"],
        ),
        row(
            "rejected by a node, and a replica lacks",
            with(json!({"status": "Progressing"})),
            &["OutOfcpu"],
            &["was replaced", "Nothing broken"],
        ),
    ]);
}

/// Workloads `aa-web` and `zz-store` that crash; the log of both is `line`.
fn two(line: &str) -> Broken {
    let broken = Broken::new().status(json!({"health": {"status": "Degraded"}}));
    let service = |name: &str, app: &str| {
        let mut service = node("Service", name, None, json!({"status": "Healthy"}));
        service["networkingInfo"] = json!({"targetLabels": {"app": app}});
        service
    };
    let both = ["aa-web", "zz-store"].iter().fold(broken, |broken, name| {
        let set = node("StatefulSet", name, None, json!({"status": "Progressing"}));
        let pod_name = format!("{name}-0");
        let mut pod = pod(&pod_name, &set, json!({"status": "Degraded"}), "CrashLoopBackOff", "0/1", 5, true);
        pod["networkingInfo"] = json!({"labels": {"app": name}});
        let state = waiting("CrashLoopBackOff", "back-off");
        let live = json!({"status": {"containerStatuses": [container("main", state, ended(1), false, 5)]}});
        broken.node(set).node(pod).object(&pod_name, live)
    });
    both.node(service("ledger", "zz-store")).log(&[line])
}

#[test]
fn of_two_workloads_the_one_that_the_other_waits_for_is_first() {
    check(vec![
        row(
            "the log names the Service of the other",
            two("FATAL dial tcp ledger:5432: connect: connection refused"),
            &[
                "1. Pod zz-store-0",
                "2. Pod aa-web-0",
                "a consequence of Pod zz-store-0",
                "Service ledger",
            ],
            &["a consequence of Pod aa-web-0"],
        ),
        row(
            "the log names a host elsewhere",
            two("FATAL dial tcp ledger.example.com:5432: connect: connection refused"),
            &["Pod zz-store-0", "Pod aa-web-0"],
            &["a consequence of"],
        ),
    ]);
}

#[test]
fn logs_of_which_one_line_says_why() {
    let mut lines = vec![r#"{"level":50,"msg":"boot","err":{"type":"ConfigError","message":"region eu-9 is unknown"}}"#.to_owned()];
    lines.extend((0..150).map(|at| format!(r#"{{"level":30,"msg":"worker {at} stopped"}}"#)));
    let drained: Vec<&str> = lines.iter().map(String::as_str).collect();
    check(vec![
        row("the error stands before a long drain", crash(1).log(&drained),
            &["region eu-9 is unknown", "ConfigError"], &["worker 3 stopped"]),
        row("a signal is not the reason", crash(139).log(&["Unhandled exception. System.IO.IOException: The configured user limit (128) on the number of inotify instances has been reached"]),
            &["code 139 (SIGSEGV)", "fs.inotify.max_user_instances", "node node-1"], &["native code"]),
        row("a signal of which the log says nothing", crash(139).log(&["starting"]),
            &["code 139 (SIGSEGV)"], &["native code", "inotify", "node node-1"]),
    ]);
}
