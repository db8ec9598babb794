//! Logs of which a filter leaves nothing: what was read, of which container, since when; never "no
//! line fits" of a log that nobody read.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::replay::Replay;

const TIME: &str = "2026-11-22T21:14:00.5Z";

fn line(content: &str) -> String {
    json!({"result": {"content": content, "timeStamp": TIME, "timeStampStr": TIME, "last": false, "podName": "web-1"}}).to_string()
}

fn kubelet(content: &str) -> String {
    json!({"result": {"content": content, "timeStamp": null, "timeStampStr": "0001-01-01T00:00:00Z", "last": false, "podName": ""}}).to_string()
}

const LAST: &str = r#"{"result":{"content":"","timeStamp":"2026-11-22T21:14:01Z","last":true,"timeStampStr":"2026-11-22T21:14:01Z","podName":""}}"#;

/// How a Pod is: the status of its containers, with which of them are init containers or sidecars.
struct Pod {
    name: &'static str,
    reason: &'static str,
    spec: Value,
    init: Value,
    main: Value,
}

fn running(name: &str) -> Value {
    json!({"name": name, "ready": true, "state": {"running": {"startedAt": TIME}}})
}

fn waiting(name: &str, reason: &str) -> Value {
    json!({"name": name, "ready": false, "restartCount": 4, "state": {"waiting": {"reason": reason}}})
}

fn two_containers() -> Pod {
    Pod {
        name: "web-1",
        reason: "Running",
        spec: json!({"containers": [{"name": "api"}, {"name": "envoy"}]}),
        init: json!([]),
        main: json!([running("api"), running("envoy")]),
    }
}

fn in_init() -> Pod {
    Pod {
        name: "mail-1",
        reason: "Init:CrashLoopBackOff",
        spec: json!({"initContainers": [{"name": "seed"}], "containers": [{"name": "smtp"}]}),
        init: json!([waiting("seed", "CrashLoopBackOff")]),
        main: json!([waiting("smtp", "PodInitializing")]),
    }
}

fn with_sidecar() -> Pod {
    Pod {
        name: "job-1",
        reason: "Init:0/1",
        spec: json!({"initContainers": [{"name": "proxy", "restartPolicy": "Always"}], "containers": [{"name": "main"}]}),
        init: json!([{"name": "proxy", "ready": false, "started": false, "state": {"running": {"startedAt": TIME}}}]),
        main: json!([waiting("main", "PodInitializing")]),
    }
}

/// Argo CD with one Pod below Deployment `web`, which filters as Argo CD does when it is asked to: the
/// kubelet's errors included.
fn serving(pod: Pod) -> Rc<Replay> {
    Replay::answering(move |path, query| {
        let names = |list: &Value| -> Vec<String> {
            let all = list.as_array().unwrap().iter();
            all.map(|container| container["name"].as_str().unwrap().to_owned())
                .collect()
        };
        let (init, main) = (names(&pod.init), names(&pod.main));
        Some(match path.strip_prefix("/api/v1/applications/shop")? {
            "/resource-tree" => json!({"nodes": [
                {"group": "apps", "version": "v1", "kind": "Deployment", "name": "web", "namespace": "home", "uid": "d", "health": {"status": "Progressing"}},
                {"version": "v1", "kind": "Pod", "name": pod.name, "namespace": "home", "uid": "p", "parentRefs": [{"uid": "d"}],
                    "info": [{"name": "Status Reason", "value": pod.reason}, {"name": "Node", "value": "n"}], "health": {"status": "Progressing"}},
            ]}).to_string().into_bytes(),
            "/resource" => {
                let manifest = json!({"kind": "Pod", "metadata": {"name": pod.name}, "spec": pod.spec,
                    "status": {"initContainerStatuses": pod.init, "containerStatuses": pod.main}});
                json!({"manifest": manifest.to_string()}).to_string().into_bytes()
            }
            "/logs" => {
                let mut lines = match query.get("container") {
                    None if main.len() > 1 => vec![kubelet(&format!(
                        "a container name must be specified for pod {}, choose one of: [{}]", pod.name, main.join(" ")
                    ))],
                    None if pod.reason.starts_with("Init:") => vec![kubelet(&format!(
                        "container \"{}\" in pod \"{}\" is waiting to start: PodInitializing", main[0], pod.name
                    ))],
                    Some(name) if !init.contains(name) && !main.contains(name) => {
                        vec![kubelet(&format!("container {name} is not valid for pod {}", pod.name))]
                    }
                    Some(name) if main.contains(name) && pod.reason.starts_with("Init:") => vec![kubelet(&format!(
                        "container \"{name}\" in pod \"{}\" is waiting to start: PodInitializing", pod.name
                    ))],
                    container => {
                        let name = container.map_or(main[0].as_str(), String::as_str);
                        vec![line(&format!("{name} started")), line(&format!("{name} ERROR out of memory")), line(&format!("{name} password=opensesame"))]
                    }
                };
                if let Some(filter) = query.get("filter") {
                    lines.retain(|line| line.contains(filter.as_str()));
                }
                lines.push(LAST.to_owned());
                lines.join("\n").into_bytes()
            }
            _ => return None,
        })
    })
}

fn asked(pod: Pod, more: Value) -> (String, bool, usize) {
    let mut arguments = json!({"name": "shop"});
    arguments
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let replay = serving(pod);
    let answer = replay.call("get_application_logs", arguments.clone());
    (
        format!("{arguments}: {}", answer.text()),
        answer.is_error(),
        replay.requests().len(),
    )
}

#[test]
fn a_filter_looks_at_the_container_that_matters() {
    type Of = fn() -> Pod;
    let rows: [(Of, Value, &str); 13] = [
        (two_containers, json!({}), "api ERROR"),
        (two_containers, json!({"since": "15m"}), "api ERROR"),
        (two_containers, json!({"pod": "web-1"}), "api ERROR"),
        (
            two_containers,
            json!({"kind": "Deployment", "resource": "web"}),
            "api ERROR",
        ),
        (
            two_containers,
            json!({"kind": "deploy", "resource": "web"}),
            "api ERROR",
        ),
        (two_containers, json!({"kind": "pods"}), "api ERROR"),
        (two_containers, json!({"resource": "web"}), "api ERROR"),
        (two_containers, json!({"container": "envoy"}), "envoy ERROR"),
        (in_init, json!({}), "seed ERROR"),
        (
            in_init,
            json!({"pod": "mail-1", "since": "1h"}),
            "seed ERROR",
        ),
        (
            in_init,
            json!({"kind": "Deployment", "resource": "web"}),
            "seed ERROR",
        ),
        (with_sidecar, json!({}), "proxy ERROR"),
        (with_sidecar, json!({"container": "proxy"}), "proxy ERROR"),
    ];
    for (pod, more, want) in rows {
        for filter in ["ERROR", "error"] {
            let mut more = more.clone();
            more["filter"] = filter.into();
            let (text, is_error, requests) = asked(pod(), more);
            assert!(!is_error && text.contains(want), "{text}");
            assert!(
                text.contains("1 of 3 lines read match the filter"),
                "{text}"
            );
            assert!(!text.contains("started"), "{text}");
            assert!(requests <= 4, "{requests}: {text}");
        }
    }
}

#[test]
fn no_line_that_fits_says_what_was_read() {
    for (pod, more, parts) in [
        (
            two_containers(),
            json!({"filter": "nothing-like-it"}),
            [
                "container api",
                "none of the 3 lines read matches the filter.",
            ],
        ),
        (
            two_containers(),
            json!({"filter": "nothing-like-it", "since": "15m", "container": "envoy"}),
            [
                "container envoy",
                "none of the 3 lines read matches the filter in the last 15 min.",
            ],
        ),
        (
            two_containers(),
            json!({"filter": "error", "match_case": true}),
            [
                "container api",
                "none of the 3 lines read matches the filter.",
            ],
        ),
        (
            in_init(),
            json!({"filter": "nothing-like-it", "tail_lines": 3}),
            ["container seed", "\"tail_lines\":5000"],
        ),
        // What is hidden cannot be found: a filter must not tell what a secret begins with.
        (
            two_containers(),
            json!({"filter": "opensesame"}),
            [
                "container api",
                "none of the 3 lines read matches the filter.",
            ],
        ),
    ] {
        let (text, is_error, _) = asked(pod, more);
        assert!(!is_error, "{text}");
        for part in parts {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}

#[test]
fn a_log_that_was_not_read_is_an_error_with_or_without_a_filter() {
    for filter in [json!(null), json!("ERROR")] {
        let (text, is_error, _) = asked(in_init(), json!({"filter": filter, "container": "smtp"}));
        assert!(
            is_error && text.contains("PodInitializing") && !text.contains("fits"),
            "{text}"
        );
        let (text, is_error, _) = asked(in_init(), json!({"filter": filter, "container": "sead"}));
        assert!(is_error && !text.contains("matches the filter"), "{text}");
        for container in ["seed", "smtp"] {
            assert!(
                text.contains(&format!("\"container\":\"{container}\"")),
                "{text}"
            );
        }
    }
}

#[test]
fn arguments_that_would_change_nothing_are_refused() {
    for more in [json!({"invert": true}), json!({"match_case": true})] {
        let (text, is_error, requests) = asked(two_containers(), more);
        assert!(
            is_error && text.contains("no effect without filter"),
            "{text}"
        );
        assert_eq!(requests, 0, "{text}");
    }
    let (text, is_error, _) = asked(two_containers(), json!({"namespace": "hom"}));
    assert!(
        is_error && text.contains("no Pod in namespace hom"),
        "{text}"
    );
    let (text, is_error, _) = asked(two_containers(), json!({"filter": "ERROR", "invert": true}));
    assert!(!is_error && text.contains("2 of 3 lines read"), "{text}");
}
