//! Answers that nobody recorded: large, torn, strange, incomplete.

use argocd_guest::tools;
use serde_json::{Value, json};

use crate::{calls::calls, replay::Replay};

/// Applies `change` to every value below `value`, inside JSON in strings too.
fn everywhere(value: &mut Value, change: &impl Fn(&mut Value)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| everywhere(item, change)),
        Value::Object(map) => map.values_mut().for_each(|item| everywhere(item, change)),
        _ => {}
    }
    change(value);
}

fn altered(change: impl Fn(&mut Value) + 'static) -> std::rc::Rc<Replay> {
    Replay::changed(
        move |_, body| match serde_json::from_slice::<Value>(&body) {
            Ok(mut value) => {
                everywhere(&mut value, &change);
                value.to_string().into_bytes()
            }
            Err(_) => body,
        },
    )
}

fn answered_in_bounds(replay: &std::rc::Rc<Replay>) {
    for (tool, arguments) in calls().into_iter().step_by(2) {
        let answer = replay.call(tool, arguments.clone());
        let cap = if arguments
            .get("limit")
            .or(arguments.get("include"))
            .is_some()
        {
            40_000
        } else {
            8_000
        };
        assert!(
            (5..=cap).contains(&answer.text().chars().count()),
            "{tool} {arguments}: {}",
            answer.text()
        );
    }
}

#[test]
fn nulls_for_every_list_and_object_inside() {
    answered_in_bounds(&altered(|value| {
        if let Value::Object(map) = value {
            for inner in map
                .values_mut()
                .filter(|inner| inner.as_array().is_some_and(|items| items.len() < 3))
            {
                *inner = Value::Null;
            }
        }
    }));
}

#[test]
fn unknown_words_and_missing_fields() {
    answered_in_bounds(&altered(|value| {
        if let Value::Object(map) = value {
            if let Some(status) = map.get_mut("status").filter(|status| status.is_string()) {
                *status = json!("Exploded");
            }
            map.remove("kind");
            map.remove("namespace");
            map.remove("uid");
        }
    }));
    let strange = Replay::with(
        "/applications",
        json!({"items": [{"status": {"health": {"status": "Exploded"}}}, {}, {"metadata": null}]}),
    );
    let answer = strange.call("list_applications", json!({}));
    assert!(
        answer
            .text()
            .starts_with("3 applications; health: 1 Exploded, 2 Unknown; sync: 3 Unknown"),
        "{}",
        answer.text()
    );
}

#[test]
fn very_long_strings_everywhere() {
    answered_in_bounds(&altered(|value| {
        if let Value::String(text) = value
            && !text.starts_with("20")
        {
            text.push_str(&" äx".repeat(400));
        }
    }));
}

#[test]
fn html_and_torn_json_are_explained() {
    for body in [
        "<html>login</html>",
        "{\"items\":[{\"metadata\":{\"na",
        "\"text\"",
        "5",
        "",
    ] {
        let replay = Replay::changed(move |_, _| body.as_bytes().to_vec());
        for tool in tools::all() {
            let mut arguments = json!({});
            for name in tool.input_schema()["required"]
                .as_array()
                .into_iter()
                .flatten()
            {
                arguments[name.as_str().unwrap()] = json!("x");
            }
            let answer = replay.call(tool.name, arguments);
            assert!(
                answer.is_error() && answer.text().len() > 20,
                "{} {body:?}: {}",
                tool.name,
                answer.text()
            );
        }
    }
}

fn application(number: usize) -> Value {
    let health = ["Healthy", "Healthy", "Healthy", "Degraded", "Progressing"][number % 5];
    let sync = if number.is_multiple_of(3) {
        "OutOfSync"
    } else {
        "Synced"
    };
    json!({"metadata": {"name": format!("app-{number:05}"), "namespace": "argocd"},
        "spec": {"project": "p", "destination": {"server": "https://kubernetes.default.svc", "namespace": "n"}, "source": {"targetRevision": "main"}},
        "status": {"sync": {"status": sync, "revision": "0123456789abcdef0123456789abcdef01234567"}, "health": {"status": health}}})
}

fn next(text: &str, tool: &str) -> Option<Value> {
    let line = text.lines().find(|line| line.starts_with("Next:"))?;
    let (_, call) = line.split_once(&format!("{tool} "))?;
    Some(serde_json::from_str(call).unwrap())
}

#[test]
fn pages_of_many_applications_show_each_once_worst_first() {
    let items: Vec<_> = (0..700).map(|n| application((n * 11) % 700)).collect();
    let replay = Replay::with("/applications", json!({"items": items}));
    let (mut arguments, mut names, mut pages) = (json!({"limit": 90}), Vec::new(), 0);
    loop {
        let answer = replay.call("list_applications", arguments);
        assert!(answer.text().starts_with("700 applications; health: 140 Degraded, 140 Progressing, 420 Healthy; sync: 234 OutOfSync, 466 Synced"), "{}", answer.text());
        assert!(!answer.text().contains("the order changed"));
        names.extend(
            answer
                .text()
                .lines()
                .filter(|line| line.starts_with("app-"))
                .map(str::to_owned),
        );
        pages += 1;
        match next(answer.text(), "list_applications") {
            Some(next) => arguments = next,
            None => break,
        }
        assert!(pages < 50);
    }
    assert_eq!(names.len(), 700);
    assert!(names.is_sorted_by_key(|row| {
        ["Degraded", "Progressing", "Healthy"]
            .iter()
            .position(|word| row.contains(word))
    }));
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 700);
}

#[test]
fn a_moved_order_is_said() {
    let page = |items: Vec<Value>, arguments: Value| {
        Replay::with("/applications", json!({"items": items}))
            .call("list_applications", arguments)
            .text()
            .to_owned()
    };
    let first = page((0..100).map(application).collect(), json!({"limit": 10}));
    let arguments = next(&first, "list_applications").unwrap();
    let same = page((0..100).rev().map(application).collect(), arguments.clone());
    assert!(!same.contains("the order changed"), "{same}");
    let mut healed: Vec<_> = (0..100).map(application).collect();
    healed[3]["status"]["health"]["status"] = json!("Healthy");
    let moved = page(healed, arguments);
    assert!(moved.contains("the order changed"), "{moved}");
}

#[test]
fn one_name_in_two_namespaces_is_told_apart() {
    let mut twin = application(3);
    twin["metadata"]["namespace"] = json!("team-a");
    let items = json!({"items": [twin, application(3), application(4)]});
    let text = Replay::with("/applications", items)
        .call("list_applications", json!({}))
        .text()
        .to_owned();
    assert!(
        text.contains("Names without a namespace are in argocd."),
        "{text}"
    );
    assert!(
        text.contains("\nargocd/app-00003 |")
            && text.contains("\nteam-a/app-00003 |")
            && text.contains("\napp-00004 |"),
        "{text}"
    );
}

#[test]
fn an_empty_list_is_not_said_to_be_empty_for_sure() {
    for items in [json!(null), json!([])] {
        let replay = Replay::with("/applications", json!({"metadata": {}, "items": items}));
        let answer = replay.call("list_applications", json!({}));
        assert!(
            answer.text().contains("missing rights") && !answer.is_error(),
            "{}",
            answer.text()
        );
        let answer = replay.call("list_applications", json!({"project": "x"}));
        assert!(
            answer.text().contains("Nothing matches"),
            "{}",
            answer.text()
        );
    }
}

#[test]
fn nothing_is_to_be_pruned_when_nothing_was_compared() {
    let live = json!({"kind": "ConfigMap", "metadata": {"name": "c"}}).to_string();
    let managed = json!({"items": [{"kind": "ConfigMap", "name": "c", "normalizedLiveState": live, "predictedLiveState": "null"}]});
    for (sync, wanted) in [("Unknown", "not compared"), ("OutOfSync", "to prune")] {
        let managed = managed.to_string().into_bytes();
        let replay = Replay::changed(move |path, _| {
            if path.ends_with("/managed-resources") {
                managed.clone()
            } else {
                json!({"status": {"sync": {"status": sync}}})
                    .to_string()
                    .into_bytes()
            }
        });
        let answer = replay.call("get_application_managed_resources", json!({"name": "shop"}));
        assert!(answer.text().contains(wanted), "{sync}: {}", answer.text());
    }
}

#[test]
fn events_of_both_apis_are_folded_and_sorted() {
    let event = |kind: &str, reason: &str, more: Value| {
        let mut event = json!({"type": kind, "reason": reason, "message": "m", "involvedObject": {"kind": "Pod", "name": "web-1"}});
        event
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        event
    };
    let items = json!({"items": [
        event("Normal", "Pulled", json!({"lastTimestamp": "2026-11-22T21:14:59Z", "count": 1})),
        event("Warning", "BackOff", json!({"lastTimestamp": "2026-11-22T21:10:00Z", "count": 7})),
        event("Warning", "BackOff", json!({"lastTimestamp": "2026-11-22T21:12:00Z", "count": 5, "message": "(combined from similar events): m"})),
        event("Warning", "FailedScheduling", json!({"eventTime": "2026-11-22T21:00:00.5Z", "lastTimestamp": null, "series": {"count": 3, "lastObservedTime": "2026-11-22T21:13:00.1Z"}})),
        {},
    ]});
    let answer =
        Replay::with("/events", items).call("get_application_events", json!({"name": "shop"}));
    let want = "shop: 5 events of the Application in 4 groups, 2 warnings (newest first, warnings before the rest)\n\
        x3 Warning FailedScheduling Pod/web-1 2026-11-22T21:13:00Z (2 min ago) > m\n\
        x12 Warning BackOff Pod/web-1 2026-11-22T21:12:00Z (3 min ago) > m\n\
        Pulled Pod/web-1 2026-11-22T21:14:59Z (1 s ago) > m";
    assert!(answer.text().starts_with(want), "{}", answer.text());
}
