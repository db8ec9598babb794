//! What is large, torn, empty or strange: logs of every kind, trees of thousands, answers that fail.

use serde_json::{Value, json};

use super::{
    broken::{Broken, container, node, pod},
    check::{asks, check, row},
};

/// `shop-1-a` crashes; its log has these lines.
fn crash(lines: &[&str]) -> Broken {
    let text = "back-off 5m0s restarting failed container=api pod=shop-1-a_web(1)";
    Broken::deployment(json!({"status": "Degraded", "message": text}), "CrashLoopBackOff", "0/1", 7, true)
        .live_pod(json!({"phase": "Running", "containerStatuses": [container("api", json!({"waiting": {"reason": "CrashLoopBackOff", "message": text}}), json!({"terminated": {"reason": "Error", "exitCode": 1}}), false, 7)]}))
        .log(lines)
}

const LOGS: &str = "/api/v1/applications/shop/logs";
const TREE: &str = "/api/v1/applications/shop/resource-tree";

#[test]
fn logs_of_every_kind() {
    check(vec![
        row("Java", crash(&[
            "2026-11-22 21:13:00 INFO  Starting ShopApplication using Java 21",
            "2026-11-22 21:13:01 ERROR Application run failed",
            "org.springframework.beans.factory.BeanCreationException: Error creating bean with name 'dataSource'",
            "\tat org.springframework.beans.factory.support.AbstractBean.create(AbstractBean.java:1)",
            "\tat org.springframework.beans.factory.support.AbstractBean.get(AbstractBean.java:2)",
            "Caused by: com.zaxxer.hikari.pool.HikariPool$PoolInitializationException: Failed to initialize pool: FATAL: database \"shop\" does not exist",
            "\tat com.zaxxer.hikari.pool.HikariPool.init(HikariPool.java:9)",
            "\t... 27 more"]),
            &["database \"shop\" does not exist"], &["\tat ", "27 more"]),
        row("Python", crash(&["INFO booting", "Traceback (most recent call last):", "  File \"/app/main.py\", line 7, in <module>", "    settings = Settings()", "  File \"/app/settings.py\", line 3, in __init__", "    self.port = int(os.environ[\"PORT\"])", "ValueError: invalid literal for int() with base 10: 'http'"]),
            &["ValueError: invalid literal for int() with base 10: 'http'"], &["File \""]),
        row("Python without a known word", crash(&["Traceback (most recent call last):", "  File \"/app/main.py\", line 7, in <module>", "    run()", "KeyError: 'SHOP_REGION'"]), &["KeyError: 'SHOP_REGION'"], &[]),
        row("Go", crash(&["{\"level\":\"info\",\"msg\":\"start\"}", "panic: runtime error: invalid memory address or nil pointer dereference", "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4a1b2c]", "", "goroutine 1 [running]:", "main.(*Server).Start(0x0, {0x1, 0x2})", "\t/src/server.go:42 +0x1d", "main.main()", "\t/src/main.go:12 +0x2f", "exit status 2"]),
            &["panic: runtime error: invalid memory address", "main.(*Server).Start"], &["goroutine 1"]),
        row("Node", crash(&["> shop@2.0.0 start", "node:internal/modules/cjs/loader:1148", "  throw err;", "  ^", "", "Error: Cannot find module 'express'", "Require stack:", "- /app/server.js", "    at Module._resolveFilename (node:internal/modules/cjs/loader:1145:15)", "    at node:internal/main/run_main_module:28:49 {", "  code: 'MODULE_NOT_FOUND',", "  requireStack: [ '/app/server.js' ]", "}", "", "Node.js v20.11.0"]),
            &["Error: Cannot find module 'express'"], &["    at "]),
        row("Ruby", crash(&["=> Booting Puma", "/usr/lib/ruby/pg.rb:58:in `initialize': connection to server at \"10.0.0.4\", port 5432 failed: Connection refused (PG::ConnectionBad)", "\tfrom /usr/lib/ruby/pg.rb:58:in `new'", "\tfrom /app/config.ru:1:in `<main>'"]), &["Connection refused (PG::ConnectionBad)"], &["\tfrom"]),
        row("Rust", crash(&["thread 'main' panicked at src/main.rs:9:37:", "called `Result::unwrap()` on an `Err` value: missing field `dsn`", "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace"]), &["missing field `dsn`"], &["env of container"]),
        row("nothing but INFO", crash(&["INFO reading /etc/shop/shop.yaml", "INFO licence expired on 2026-11-01", "INFO bye"]), &["licence expired on 2026-11-01", "INFO bye"], &[]),
        row("JSON with the error in a field", crash(&["{\"severity\":\"INFO\",\"message\":\"boot\"}", "{\"severity\":\"ERROR\",\"message\":\"config invalid\",\"error\":\"unknown key 'replcas' in shop.yaml\",\"stack\":\"at x\\nat y\"}", "{\"severity\":\"INFO\",\"message\":\"shutdown\"}"]), &["unknown key 'replcas' in shop.yaml"], &[]),
        row("noise of errors that are none", crash(&["INFO error_rate=0.0 errors=0", "INFO metrics: failed=0 timeout=0", "ERROR cannot bind 0.0.0.0:80: permission denied", "INFO error_rate=0.0 errors=0", "INFO error_rate=0.0 errors=0"]), &["cannot bind 0.0.0.0:80: permission denied"], &[]),
        row("the root is early, retries follow", {
            let mut lines = vec!["FATAL: invalid value for parameter \"max_connections\": \"many\"".to_owned()];
            lines.extend((0..50).map(|at| format!("INFO shutting down worker {at}")));
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            crash(&lines)
        }, &["invalid value for parameter \"max_connections\""], &[]),
        row("colours, keys and tokens", crash(&["\u{1b}[31mERROR\u{1b}[0m login failed token=CANARY-1 url=https://u:CANARY-2@db.example.com/x", "-----BEGIN PRIVATE KEY-----", "CANARY-3", "-----END PRIVATE KEY-----"]), &["ERROR login failed", "db.example.com"], &["\u{1b}"]),
        row("one line of 50 kB", crash(&[&format!("ERROR {} out of disk", "x".repeat(50_000))]), &["ERROR xxx"], &[]),
        row("no line", crash(&[]), &["with code 1", "the log is empty"], &[]),
        row("the kubelet's line", crash(&[]).answers(LOGS, json!("{\"result\":{\"content\":\"previous terminated container \\\"api\\\" in pod \\\"shop-1-a\\\" not found\",\"timeStamp\":null,\"last\":false,\"timeStampStr\":\"0001-01-01T00:00:00Z\",\"podName\":\"\"}}\n{\"result\":{\"content\":\"\",\"last\":true,\"timeStampStr\":\"2026-11-22T21:13:00Z\",\"podName\":\"\"}}")), &["with code 1", "previous terminated container"], &["  log >"]),
        row("an error in the stream", crash(&[]).answers(LOGS, json!("{\"result\":{\"content\":\"ERROR half\",\"timeStampStr\":\"2026-11-22T21:13:00Z\",\"podName\":\"shop-1-a\"}}\n{\"error\":{\"grpc_code\":13,\"http_code\":500,\"message\":\"unexpected EOF\",\"http_status\":\"Internal Server Error\"}}")), &["ERROR half", "unexpected EOF"], &[]),
        row("no right to read logs", crash(&[]).answers(LOGS, Value::Null), &["with code 1", "not read: its log: permission denied"], &[]),
    ]);
}

/// A Deployment of so many Pods, the first of which crash.
fn many(count: usize, bad: usize) -> Broken {
    let deployment = node(
        "Deployment",
        "shop",
        None,
        json!({"status": "Progressing", "message": "Waiting for rollout to finish: 1 of 40 updated replicas are available..."}),
    );
    let set = node(
        "ReplicaSet",
        "shop-1",
        Some(&deployment),
        json!({"status": "Progressing"}),
    );
    let mut broken = Broken::new().status(json!({"health": {"status": "Progressing"}}));
    broken.nodes = vec![deployment, set.clone()];
    for at in 0..count {
        let name = format!("shop-1-{at:04}");
        broken.nodes.push(if at < bad {
            pod(
                &name,
                &set,
                json!({"status": "Degraded", "message": "back-off"}),
                "CrashLoopBackOff",
                "0/1",
                3,
                true,
            )
        } else {
            pod(
                &name,
                &set,
                json!({"status": "Healthy"}),
                "Running",
                "1/1",
                0,
                true,
            )
        });
    }
    broken.object("shop-1-0000", json!({"kind": "Pod", "status": {"containerStatuses": [container("api", json!({"waiting": {"reason": "CrashLoopBackOff"}}), json!({"terminated": {"reason": "OOMKilled", "exitCode": 137}}), false, 3)]}}))
}

#[test]
fn trees_of_every_size() {
    check(vec![
        row("40 bad Pods of one owner", many(40, 40), &["shop-1-0000 (and 39 like it)", "OOMKilled", "nothing serves"], &["shop-1-0001"]),
        row("one bad Pod among 5,000", many(5_000, 1), &["shop-1-0000", "4999 of 5000 Pods are running"], &["alike"]),
        row("thirty workloads, each broken in its way", {
            let mut broken = Broken::new().status(json!({"health": {"status": "Degraded"}}));
            for at in 0..30 {
                let set = node("StatefulSet", &format!("s{at:02}"), None, json!({"status": "Progressing"}));
                let bad = pod(&format!("s{at:02}-0"), &set, json!({"status": "Degraded"}), ["CrashLoopBackOff", "ImagePullBackOff", "CreateContainerConfigError"][at % 3], "0/1", 3, true);
                broken.nodes.extend([set, bad]);
            }
            broken
        }, &["s01-0", "27 more"], &[]),
        row("no tree", Broken::new().status(json!({"health": {"status": "Degraded"}, "resources": [{"group": "apps", "kind": "Deployment", "version": "v1", "namespace": "web", "name": "shop", "status": "Synced", "health": {"status": "Degraded", "message": "Deployment \"shop\" exceeded its progress deadline"}}]})).answers(TREE, Value::Null),
            &["Deployment", "exceeded its progress deadline", "not read: resource tree"], &["nothing serves"]),
        row("an empty tree under a Degraded application", Broken::new().status(json!({"health": {"status": "Degraded"}})).answers(TREE, json!({})),
            &["health Degraded", "nothing read explains it"], &["Nothing broken"]),
        row("nulls", Broken::deployment(json!({"status": "Progressing"}), "Pending", "0/1", 0, false)
            .live_pod(json!({"conditions": null, "containerStatuses": null, "initContainerStatuses": null}))
            .status(json!({"conditions": null, "resources": null, "history": null, "summary": null}))
            .answers("/api/v1/applications/shop/events", json!({"items": null, "metadata": {}})),
            &["shop-1-a is Pending"], &[]),
        row("messages of 10 kB", Broken::new().status(json!({"health": {"status": "Degraded"}}))
            .node(node("Widget", "shop", None, json!({"status": "Degraded", "message": format!("{}: the last word", "frame: ".repeat(1_500))})))
            .event("shop", "Failed", &format!("{}: the very end", "wrapped: ".repeat(1_200))),
            &["the last word", "the very end"], &[]),
    ]);
}

#[test]
fn other_tools_say_it_too() {
    asks("get_sync_status", json!({"name": "shop"}), vec![
        row("nothing wrong is claimed of a last wave", Broken::new().status(json!({"operationState": {"syncResult": {"resources": [{"kind": "Deployment", "namespace": "web", "name": "shop", "status": "Synced", "hookPhase": "Running", "syncPhase": "Sync", "message": "deployment.apps/shop configured"}]}}})),
            &["Succeeded", "0 failed", "Deployment web/shop | Synced"], &["in progress"]),
        row("waits for its next retry", Broken::new().status(json!({"operationState": {"phase": "Running", "message": "one or more objects failed to apply, reason: x. Retrying attempt #2 at 9:16PM.", "retryCount": 1, "syncResult": {"resources": [{"kind": "Service", "namespace": "web", "name": "shop", "status": "SyncFailed", "message": "field is immutable", "syncPhase": "Sync"}]}}})),
            &["Running", "Retrying attempt #2", "1 retry", "Service web/shop | SyncFailed", "field is immutable"], &["1 retries"]),
        row("a wave's Degraded object", Broken::new().status(json!({"operationState": {"phase": "Failed", "message": "one or more synchronization tasks completed unsuccessfully", "syncResult": {"resources": [{"kind": "Deployment", "namespace": "web", "name": "shop", "status": "Synced", "hookPhase": "Failed", "syncPhase": "Sync", "message": "Deployment \"shop\" exceeded its progress deadline"}]}}})),
            &["1 failed", "Deployment web/shop | applied, not healthy", "exceeded its progress deadline"], &["hook Failed"]),
        row("later waves of a failed sync", Broken::new().status(json!({"resources": [{"kind": "Deployment", "namespace": "web", "name": "late", "status": "OutOfSync", "health": {"status": "Missing"}, "syncWave": 3}], "operationState": {"phase": "Failed", "message": "x", "syncResult": {"resources": [{"kind": "Job", "namespace": "web", "name": "migrate", "status": "Synced", "hookPhase": "Failed", "hookType": "PreSync", "syncPhase": "PreSync"}]}}})),
            &["Job web/migrate | hook Failed", "Deployment web/late | not started, wave 3"], &[]),
    ]);
    asks(
        "get_application_events",
        json!({"name": "shop", "resource": "shop-1-a"}),
        vec![
            row(
                "the scheduler's events",
                Broken::deployment(json!({"status": "Progressing"}), "Pending", "0/1", 0, false)
                    .new_event(
                        "shop-1-a",
                        "Warning",
                        "FailedScheduling",
                        "0/3 nodes are available: 3 Insufficient cpu.",
                    ),
                &[
                    "1 warning",
                    "FailedScheduling",
                    "3 Insufficient cpu",
                    "2026-11-22T21:14:00",
                ],
                &["0001"],
            ),
            row(
                "no time at all",
                {
                    let mut broken = Broken::deployment(
                        json!({"status": "Progressing"}),
                        "Pending",
                        "0/1",
                        0,
                        false,
                    );
                    broken.events.insert(
                        "shop-1-a".to_owned(),
                        vec![json!({"type": "Warning", "reason": "Odd", "message": "no time"})],
                    );
                    broken
                },
                &["Odd", "no time"],
                &["1970"],
            ),
        ],
    );
    asks("get_application_logs", json!({"name": "shop"}), vec![
        row("a Pod that never started", Broken::deployment(json!({"status": "Progressing"}), "Pending", "0/1", 0, false).answers(LOGS, json!("{\"result\":{\"content\":\"\",\"last\":true,\"timeStampStr\":\"2026-11-22T21:13:00Z\",\"podName\":\"\"}}")),
            &["shop-1-a", "not been scheduled"], &[]),
    ]);
}
