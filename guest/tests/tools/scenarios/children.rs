//! Child Applications: their parent reads Healthy whatever they are, so their own health is looked up.

use serde_json::{Value, json};

use super::broken::{Broken, node};

/// The diagnosis of an application that is well and has the child `payments`, with what is listed beside it.
fn diagnosed(version: &'static str, listed: Vec<Value>) -> String {
    let mut child = node("Application", "payments", None, Value::Null);
    child["group"] = json!("argoproj.io");
    child["version"] = json!("v1alpha1");
    child["namespace"] = json!("argocd");
    let mut broken = Broken::new().node(child);
    broken.others = listed;
    broken
        .more
        .insert("/api/version".to_owned(), json!({"Version": version}));
    let replay = broken.served();
    let text = replay
        .call("diagnose_application", json!({"name": "shop"}))
        .text()
        .to_owned();
    let asked = |path: &String| path.starts_with("/api/v1/applications?");
    assert!(replay.requests().iter().any(asked));
    text
}

fn child(health: &str, sync: &str) -> Value {
    json!({
        "metadata": {"name": "payments", "namespace": "argocd"},
        "status": {"sync": {"status": sync}, "health": {"status": health}},
    })
}

/// Of each version the list answers what that version would.
const VERSIONS: [&str; 4] = ["v2.8.0", "v3.2.1", "v3.4.7", "v3.5.1+109ca7c"];

#[test]
fn a_child_that_is_not_well_is_the_finding() {
    for version in VERSIONS {
        for (health, sync) in [
            ("Degraded", "Synced"),
            ("Missing", "OutOfSync"),
            ("Healthy", "Unknown"),
        ] {
            let text = diagnosed(version, vec![child(health, sync)]);
            let words = format!(
                "1 of 1 child Application not Synced and Healthy: payments ({sync}, {health})"
            );
            assert!(text.contains(&words), "{version}: {text}");
            assert!(!text.contains("Nothing wrong"), "{version}: {text}");
        }
    }
}

#[test]
fn healthy_children_are_silent() {
    for version in VERSIONS {
        let text = diagnosed(version, vec![child("Healthy", "Synced")]);
        assert!(text.contains("Nothing wrong"), "{version}: {text}");
        assert!(!text.contains("child Application"), "{version}: {text}");
    }
}

#[test]
fn a_child_that_the_list_does_not_show_is_not_judged() {
    let text = diagnosed("v3.5.1", vec![]);
    assert!(
        text.contains("Note: not read: 1 of 1 child Application"),
        "{text}"
    );
    assert!(!text.contains("Nothing wrong"), "{text}");
}
