//! A sync that waits for an object which itself waits for another one of a later wave or phase.

use crate::tools::diagnose::proven::Proven;
use crate::{
    answer::word,
    model::{
        application::{Application, Resource, ResultRow},
        classify::Difference,
        operation::has_failed,
        tree::Node,
    },
};

/// Words before a quoted name in messages of missing objects, and the kind that they mean.
const MISSING: [(&str, &str); 6] = [
    ("serviceaccount \"", "ServiceAccount"),
    ("secret \"", "Secret"),
    ("secrets \"", "Secret"),
    ("configmap \"", "ConfigMap"),
    ("configmaps \"", "ConfigMap"),
    ("persistentvolumeclaim \"", "PersistentVolumeClaim"),
];
/// Kinds that make a Secret of their own name.
const MAKERS: [&str; 2] = ["ExternalSecret", "SealedSecret"];
/// A claim of a StorageClass that binds when a Pod uses the claim.
const FIRST_CONSUMER: &str = "waiting for first consumer to be created before binding";

/// What the operation waits for, and what that waits for.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Deadlock {
    waited: String,
    phase: String,
    needs: String,
    /// Other objects with the name of the missing one that are not begun either.
    besides: Vec<String>,
    is_claim: bool,
    message: String,
}

impl Deadlock {
    /// The proof: the running operation waits for the `node` or its owner, a message about the `node` names
    /// an object that it lacks, and that object is this application's and has not begun.
    /// `owners` are the owners of the node.
    pub(in crate::tools::diagnose) fn of<'a>(
        app: &Application,
        (node, owners): (&Node, &[&Node]),
        mut messages: impl Iterator<Item = &'a str>,
        differences: &[Difference],
    ) -> Option<Self> {
        let state = app.status.operation_state.as_ref()?;
        if &*state.phase != "Running" {
            return None;
        }
        let rows = &state.sync_result.resources;
        let mut all = std::iter::once(node).chain(owners.iter().copied());
        let waited = all.find_map(|node| rows.iter().find(|row| waits_for(row, node)))?;
        let (message, needed) = messages.find_map(|message| {
            let needed = lacking(app, rows, node, message, differences)?;
            Some((message, needed))
        })?;
        let besides = app.status.resources.iter().filter(|one| {
            one.name == needed.name
                && one.kind != needed.kind
                && !is_begun(rows, one)
                && is_absent(one)
        });
        Some(Self {
            waited: format!("{} {}", word(&waited.kind), word(&waited.name)),
            phase: word(&waited.sync_phase),
            needs: named(needed),
            besides: besides.map(named).collect(),
            is_claim: &*node.kind == "PersistentVolumeClaim",
            message: message.to_owned(),
        })
    }

    /// Whether `message` is the one that names the missing object.
    pub(in crate::tools::diagnose) fn is_read_off(&self, message: &str) -> bool {
        self.message == message
    }

    /// The way out.
    pub(in crate::tools::diagnose) fn remedy(&self) -> String {
        if self.is_claim {
            return format!(
                "Put {} into the same sync wave as the claim. Terminate this operation and sync again: it does not end by itself.",
                self.needs
            );
        }
        let mut needed = vec![self.needs.clone()];
        needed.extend(self.besides.iter().cloned());
        let place = if self.phase == "PreSync" {
            "PreSync hooks with an earlier sync wave"
        } else {
            "members of an earlier sync wave"
        };
        format!(
            "Make {} {place}, or create them by hand. Terminate this operation and sync again: it does not end by itself.",
            needed.join(", ")
        )
    }
}

/// Whether the operation still waits for the object.
fn waits_for(row: &ResultRow, node: &Node) -> bool {
    row.kind == node.kind
        && row.name == node.name
        && (row.namespace == node.namespace || row.namespace.is_empty())
        && &*row.hook_phase == "Running"
        && !has_failed(row)
}

/// The object of the application that the message says is missing, if the operation has not begun it.
fn lacking<'a>(
    app: &'a Application,
    rows: &[ResultRow],
    node: &Node,
    message: &str,
    differences: &[Difference],
) -> Option<&'a Resource> {
    let mut later = app.status.resources.iter().filter(|one| {
        !is_begun(rows, one) && (one.namespace == node.namespace || one.namespace.is_empty())
    });
    if message.contains(FIRST_CONSUMER) && &*node.kind == "PersistentVolumeClaim" {
        let mounts = |one: &Resource| {
            let is_it = |difference: &&Difference| {
                difference.kind == word(&one.kind) && difference.object == word(&one.name)
            };
            let found = differences.iter().find(is_it);
            found.is_some_and(|found| found.claims.iter().any(|claim| **claim == *node.name))
        };
        return later.find(|one| mounts(one));
    }
    let (kind, name) = MISSING.iter().find_map(|(start, kind)| {
        let (_, rest) = message.split_once(start)?;
        let (name, rest) = rest.split_once('"')?;
        rest.trim_start()
            .starts_with("not found")
            .then_some((*kind, name))
    })?;
    let makes = |one: &Resource| kind == "Secret" && MAKERS.contains(&&*one.kind);
    later.find(|one| (&*one.kind == kind || makes(one)) && &*one.name == name && is_absent(one))
}

fn is_begun(rows: &[ResultRow], one: &Resource) -> bool {
    rows.iter()
        .any(|row| row.kind == one.kind && row.name == one.name)
}

fn is_absent(one: &Resource) -> bool {
    &*one.health.status == "Missing" || &*one.status == "OutOfSync" && one.health.status.is_empty()
}

fn named(one: &Resource) -> String {
    let wave = one
        .sync_wave
        .map_or(String::new(), |wave| format!(" (wave {wave})"));
    format!("{} {}{wave}", word(&one.kind), word(&one.name))
}

impl Proven for Deadlock {
    fn headline(&self) -> String {
        format!(
            "deadlock in the sync order: the sync waits for {} ({}), which waits for {} of this application, which comes only later in the same sync",
            self.waited, self.phase, self.needs
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;
    use crate::model::classify;

    fn app(rows: Value, resources: Value) -> Application {
        from_value(json!({"status": {"resources": resources,
            "operationState": {"phase": "Running", "syncResult": {"resources": rows}}}}))
        .unwrap()
    }

    fn node(kind: &str, name: &str) -> Node {
        from_value(json!({"kind": kind, "namespace": "a", "name": name})).unwrap()
    }

    fn row(kind: &str, name: &str, phase: &str) -> Value {
        json!({"kind": kind, "namespace": "a", "name": name, "syncPhase": "PreSync", "hookPhase": phase})
    }

    fn absent(kind: &str, name: &str, namespace: &str) -> Value {
        json!({"kind": kind, "namespace": namespace, "name": name, "status": "OutOfSync", "health": {"status": "Missing"}})
    }

    fn read(
        app: &Application,
        node: &Node,
        owners: &[&Node],
        message: &str,
        all: &[Difference],
    ) -> Option<Deadlock> {
        Deadlock::of(app, (node, owners), std::iter::once(message), all)
    }

    fn mounting(claim: &str) -> Vec<Difference> {
        let deployment = json!({"kind": "Deployment", "spec": {"template": {"spec": {"volumes": [
            {"name": "v", "persistentVolumeClaim": {"claimName": claim}}]}}}});
        let item = json!({"kind": "Deployment", "namespace": "a", "name": "db",
            "normalizedLiveState": "null", "predictedLiveState": deployment.to_string()});
        vec![classify::finding(&from_value(item).unwrap()).unwrap()]
    }

    #[test]
    fn speaks_of_a_missing_object_of_a_later_phase() {
        let running = json!([row("Job", "load", "Running")]);
        let message =
            "MountVolume.SetUp failed for volume \"c\" : configmap \"settings\" not found";
        let app = app(running, json!([absent("ConfigMap", "settings", "a")]));
        let (job, pod) = (node("Job", "load"), node("Pod", "load-x"));
        let found = read(&app, &pod, &[&job], message, &[]).unwrap();
        assert!(
            found
                .headline()
                .contains("waits for Job load (PreSync), which waits for ConfigMap settings")
        );
        assert!(found.remedy().contains("Terminate this operation"));
    }

    #[test]
    fn speaks_of_what_makes_the_missing_secret() {
        let app = app(
            json!([row("Job", "load", "Running")]),
            json!([absent("SealedSecret", "keys", "a")]),
        );
        let (job, message) = (node("Job", "load"), "secret \"keys\" not found");
        assert!(read(&app, &job, &[], message, &[]).is_some());
        assert!(read(&app, &job, &[], "configmap \"keys\" not found", &[]).is_none());
    }

    #[test]
    fn speaks_of_a_claim_whose_only_pod_comes_later() {
        let app = app(
            json!([row("PersistentVolumeClaim", "data", "Running")]),
            json!([absent("Deployment", "db", "a")]),
        );
        let claim = node("PersistentVolumeClaim", "data");
        let found = read(&app, &claim, &[], FIRST_CONSUMER, &mounting("data")).unwrap();
        assert!(
            found
                .remedy()
                .starts_with("Put Deployment db into the same sync wave")
        );
        assert!(read(&app, &claim, &[], FIRST_CONSUMER, &mounting("other")).is_none());
        assert!(read(&app, &claim, &[], "ProvisioningFailed", &mounting("data")).is_none());
    }

    #[test]
    fn silent_when_the_object_is_begun_or_foreign_or_not_waited_for() {
        let message = "serviceaccount \"load\" not found";
        let (job, needed) = (node("Job", "load"), absent("ServiceAccount", "load", "a"));
        let running = row("Job", "load", "Running");
        for (rows, resources, message) in [
            // The missing object has its turn already.
            (
                json!([running, row("ServiceAccount", "load", "Running")]),
                json!([needed]),
                message,
            ),
            // It is not this application's, has another kind, or is in another namespace.
            (json!([running]), json!([]), message),
            (
                json!([running]),
                json!([absent("Secret", "load", "a")]),
                message,
            ),
            (
                json!([running]),
                json!([absent("ServiceAccount", "load", "b")]),
                message,
            ),
            // It is live.
            (
                json!([running]),
                json!([{"kind": "ServiceAccount", "namespace": "a", "name": "load", "status": "Synced"}]),
                message,
            ),
            // The operation does not wait for the Job.
            (
                json!([row("Job", "load", "Succeeded")]),
                json!([needed]),
                message,
            ),
            (
                json!([row("Job", "other", "Running")]),
                json!([needed]),
                message,
            ),
            // Nothing is missing.
            (
                json!([running]),
                json!([needed]),
                "serviceaccount \"load\" is forbidden",
            ),
        ] {
            let app = app(rows.clone(), resources);
            assert!(read(&app, &job, &[], message, &[]).is_none(), "{rows}");
        }
    }
}
