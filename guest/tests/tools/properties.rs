//! What holds for every tool, whatever it is asked.

use argocd_guest::tools;
use serde_json::{Value, json};

use crate::{calls::calls, replay::Replay};

#[test]
fn descriptions_and_schemas_are_small_and_strict() {
    for tool in tools::all() {
        assert!(
            tool.name.len() <= 40
                && tool
                    .name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'_'),
            "{}",
            tool.name
        );
        assert!(
            (20..500).contains(&tool.description.chars().count()),
            "{}",
            tool.name
        );
        assert!(
            !tool.description.contains("  ") && !tool.title.is_empty(),
            "{}",
            tool.name
        );
        let schema = tool.input_schema();
        assert_eq!(schema["type"], "object", "{}", tool.name);
        assert_eq!(schema["additionalProperties"], false, "{}", tool.name);
        assert_eq!(schema, tool.input_schema(), "{}", tool.name);
        for (name, property) in schema["properties"].as_object().unwrap() {
            let description = property["description"].as_str().unwrap();
            assert!(
                (5..=80).contains(&description.len()),
                "{} {name}: {description}",
                tool.name
            );
        }
    }
}

#[test]
fn the_parameters_of_the_seed_stay_valid() {
    for (tool, parameters, required) in [
        (
            "list_applications",
            vec!["project", "selector"],
            json!(null),
        ),
        ("get_application", vec!["name"], json!(["name"])),
        (
            "get_application_resource_tree",
            vec!["name"],
            json!(["name"]),
        ),
        (
            "get_application_managed_resources",
            vec!["name"],
            json!(["name"]),
        ),
        ("get_application_events", vec!["name"], json!(["name"])),
        (
            "get_application_manifests",
            vec!["name", "revision"],
            json!(["name"]),
        ),
        (
            "get_application_logs",
            vec!["name", "pod", "container", "tail_lines", "namespace"],
            json!(["name"]),
        ),
        ("list_projects", vec![], json!(null)),
        ("list_clusters", vec![], json!(null)),
        ("list_repositories", vec![], json!(null)),
    ] {
        let schema = tools::all()
            .iter()
            .find(|known| known.name == tool)
            .unwrap()
            .input_schema();
        for parameter in parameters {
            assert!(
                schema["properties"][parameter].is_object(),
                "{tool} {parameter}"
            );
        }
        assert_eq!(schema["required"], required, "{tool}");
    }
}

#[test]
fn unknown_arguments_are_refused_by_name_before_any_request() {
    let silent = Replay::changed(|path, _| panic!("{path} was asked"));
    for tool in tools::all() {
        let answer = silent.call(tool.name, json!({"name": "x", "pod": "x", "limitt": 5}));
        assert!(answer.is_error(), "{}", tool.name);
        assert!(answer.text().contains("\"limitt\""), "{}", answer.text());
        let schema = tool.input_schema();
        for parameter in schema["properties"].as_object().unwrap().keys() {
            assert!(
                answer.text().contains(parameter.as_str()),
                "{}",
                answer.text()
            );
        }
    }
    for (tool, arguments) in [
        ("get_application", json!({"name": "../../api"})),
        (
            "get_application",
            json!({"name": "a", "app_namespace": "B"}),
        ),
        ("get_application_logs", json!({"name": "a", "pod": "p?x=1"})),
        (
            "get_application_manifests",
            json!({"name": "a", "revision": "-x"}),
        ),
        ("list_applications", json!({"selector": "team in ("})),
        ("list_applications", json!({"project": "a/b"})),
    ] {
        assert!(
            silent.call(tool, arguments.clone()).is_error(),
            "{tool} {arguments}"
        );
    }
}

#[test]
fn foreign_and_broken_cursors_are_errors() {
    let replay = Replay::faithful();
    let first = replay.call("list_applications", json!({"limit": 3}));
    let next = first
        .text()
        .lines()
        .find(|line| line.starts_with("Next:"))
        .expect("a next page")
        .to_owned();
    let arguments: Value =
        serde_json::from_str(next.split_once("list_applications ").unwrap().1).unwrap();
    assert!(
        !replay
            .call("list_applications", arguments.clone())
            .is_error()
    );
    let cursor = &arguments["cursor"];
    for (tool, arguments) in [
        ("list_applications", json!({"cursor": "x"})),
        (
            "list_applications",
            json!({"cursor": cursor, "project": "finance"}),
        ),
        ("list_clusters", json!({"cursor": cursor})),
        (
            "get_application_resource_tree",
            json!({"name": "guestbook", "cursor": cursor}),
        ),
    ] {
        let answer = replay.call(tool, arguments.clone());
        assert!(
            answer.is_error() && answer.text().contains("cursor"),
            "{tool} {arguments}: {}",
            answer.text()
        );
    }
}

#[test]
fn every_recorded_question_is_answered_in_bounds_without_secrets() {
    let replay = Replay::faithful();
    let calls = calls();
    assert!(calls.len() > 150, "{}", calls.len());
    for (tool, arguments) in calls {
        let answer = replay.call(tool, arguments.clone());
        let text = answer.text();
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
            (10..=cap).contains(&text.chars().count()),
            "{tool} {arguments}: {text}"
        );
        assert!(!text.contains("CANARY"), "{tool} {arguments}: {text}");
        for noise in ["managedFields", "last-applied-configuration", "/dev/shm/"] {
            assert!(!text.contains(noise), "{tool} {arguments}: {text}");
        }
        assert_eq!(
            text,
            replay.call(tool, arguments.clone()).text(),
            "{tool} {arguments}"
        );
    }
}
