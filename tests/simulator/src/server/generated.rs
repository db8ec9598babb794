//! Generated applications: any number up to 50,000, the same ones for the same number, cheap to write out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::limits::GENERATED_APPLICATIONS;
use crate::key::CONTROL_PLANE;
use crate::returned::fields::Selection;

/// How many generated applications there are of each sort.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GeneratedCounts {
    /// All of them.
    pub total: usize,
    /// By `status.health.status`.
    pub health: BTreeMap<String, usize>,
    /// By `status.sync.status`.
    pub sync: BTreeMap<String, usize>,
    /// By health, then sync.
    pub health_and_sync: BTreeMap<(String, String), usize>,
    /// By project.
    pub projects: BTreeMap<String, usize>,
    /// By the namespace that the application itself lives in.
    pub namespaces: BTreeMap<String, usize>,
    /// By the label `team`.
    pub teams: BTreeMap<String, usize>,
}

/// Projects of the generated applications, in turn.
pub(crate) const PROJECTS: [&str; 8] = [
    "default",
    "storefront",
    "payments",
    "finance",
    "platform",
    "growth",
    "data",
    "content",
];
const TEAMS: [&str; 5] = ["alpha", "bravo", "charlie", "delta", "echo"];
const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];
const NAMESPACES: [&str; 2] = [CONTROL_PLANE, "team-growth"];
/// Of 20 applications: 14 are well, the rest is spread.
const HEALTH: [&str; 20] = [
    "Healthy",
    "Healthy",
    "Healthy",
    "Degraded",
    "Healthy",
    "Healthy",
    "Progressing",
    "Healthy",
    "Healthy",
    "Healthy",
    "Healthy",
    "Missing",
    "Healthy",
    "Healthy",
    "Suspended",
    "Healthy",
    "Healthy",
    "Unknown",
    "Healthy",
    "Degraded",
];
/// Of 7 applications: one is out of sync; of 77 one is unknown. 7 and 11 share nothing with 20.
const OUT_OF_SYNC_EVERY: usize = 7;
const UNKNOWN_SYNC_EVERY: usize = 77;
/// Each pair of numbers `25k`, `25k + 1` has one name in two namespaces.
const NAMESAKE_EVERY: usize = 25;
/// Stands for the source in a light application.
const SOURCE: &str = "@source@";

impl Facts {
    /// What filters look at.
    pub(crate) fn outline(&self) -> Value {
        json!({
            "metadata": {
                "name": self.name, "namespace": self.namespace,
                "labels": {"team": self.team, "env": self.environment},
            },
            "spec": {"project": self.project, "source": {"repoURL": repo(self.project)}},
        })
    }
}

fn repo(project: &str) -> String {
    format!("https://git.example.com/generated/{project}.git")
}

/// The applications 0 to n - 1, in the order of their names.
pub(crate) struct Generated {
    count: usize,
    /// Helm values, as they stand inside JSON: what makes a spec heavy.
    values: String,
}

/// The list of so many generated applications, whole.
pub fn list(count: usize) -> String {
    let generated = Generated::new(count);
    let items: Vec<String> = (0..generated.len())
        .map(|number| generated.text(&generated.facts(number)))
        .collect();
    format!(r#"{{"metadata":{{}},"items":[{}]}}"#, items.join(","))
}

/// One application's outer facts.
pub(crate) struct Facts {
    pub(crate) name: String,
    pub(crate) namespace: &'static str,
    pub(crate) project: &'static str,
    pub(crate) team: &'static str,
    environment: &'static str,
    pub(crate) health: &'static str,
    pub(crate) sync: &'static str,
    number: usize,
}

impl Generated {
    pub(crate) fn new(count: usize) -> Self {
        let mut values = String::new();
        for line in 0..52 {
            // Writing into a `String` does not fail.
            let _ = write!(
                values,
                "setting{line:02}:\\n  enabled: true\\n  text: value of setting {line:02}\\n"
            );
        }
        Self {
            count: count.min(GENERATED_APPLICATIONS),
            values,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The facts of one application.
    pub(crate) fn facts(&self, number: usize) -> Facts {
        // The second of a pair has the name of the first and lives next door.
        let is_second = number % NAMESAKE_EVERY == 1;
        let named = if is_second { number - 1 } else { number };
        let environment = ENVIRONMENTS[named % ENVIRONMENTS.len()];
        let sync = if number % UNKNOWN_SYNC_EVERY == 5 {
            "Unknown"
        } else if number % OUT_OF_SYNC_EVERY == 3 {
            "OutOfSync"
        } else {
            "Synced"
        };
        Facts {
            name: format!("service-{named:05}-{environment}"),
            namespace: NAMESPACES[usize::from(is_second)],
            project: PROJECTS[number % PROJECTS.len()],
            team: TEAMS[number % TEAMS.len()],
            environment,
            health: HEALTH[number % HEALTH.len()],
            sync,
            number,
        }
    }

    pub(crate) fn counts(&self) -> GeneratedCounts {
        let mut counts = GeneratedCounts::default();
        for number in 0..self.count {
            let facts = self.facts(number);
            let (health, sync) = (facts.health.to_owned(), facts.sync.to_owned());
            counts.total += 1;
            *counts.health.entry(health.clone()).or_default() += 1;
            *counts.sync.entry(sync.clone()).or_default() += 1;
            *counts.health_and_sync.entry((health, sync)).or_default() += 1;
            *counts.projects.entry(facts.project.to_owned()).or_default() += 1;
            *counts
                .namespaces
                .entry(facts.namespace.to_owned())
                .or_default() += 1;
            *counts.teams.entry(facts.team.to_owned()).or_default() += 1;
        }
        counts
    }

    /// One application in full.
    pub(crate) fn application(&self, namespace: &str, name: &str) -> Option<Value> {
        let number: usize = name.strip_prefix("service-")?.get(..5)?.parse().ok()?;
        (number..self.count.min(number + 2))
            .map(|number| self.facts(number))
            .find(|facts| facts.name == name && facts.namespace == namespace)
            .map(|facts| self.value(&facts))
    }

    pub(crate) fn has_namespace(&self, namespace: &str) -> bool {
        namespace == NAMESPACES[1] && self.count > 1
    }

    /// The application as a JSON value.
    pub(crate) fn value(&self, facts: &Facts) -> Value {
        serde_json::from_str(&self.text(facts))
            .unwrap_or_else(|error| json!({"error": error.to_string()}))
    }

    /// The application as JSON text, without a detour over values: a list of 50,000 is written in seconds
    /// even by an unoptimised build.
    fn text(&self, facts: &Facts) -> String {
        let (metadata, spec, status) = (
            metadata(facts),
            spec(facts, &self.source(facts)),
            status(facts),
        );
        format!(r#"{{"metadata":{metadata},"spec":{spec},"status":{status}}}"#)
    }

    fn source(&self, facts: &Facts) -> String {
        format!(
            r#"{{"repoURL":"{}","path":"charts/{}","targetRevision":"main","helm":{{"values":"{}","parameters":[{{"name":"image.tag","value":"1.{}.0"}}]}}}}"#,
            repo(facts.project),
            facts.name,
            self.values,
            facts.number
        )
    }

    /// The application with only what is selected, as text; `None` shows it whole.
    pub(crate) fn selected(&self, facts: &Facts, selection: Option<&Selection>) -> String {
        let Some(selection) = selection else {
            return self.text(facts);
        };
        // The heavy part is put in as text, so that 50,000 applications need no parsing of 3 kB each.
        selection.project(&light(facts)).to_string().replacen(
            &format!("\"{SOURCE}\""),
            &self.source(facts),
            1,
        )
    }
}

fn metadata(facts: &Facts) -> String {
    let number = facts.number;
    format!(
        r#"{{"name":"{}","namespace":"{}","uid":"00000000-0000-4000-8000-{number:012}","resourceVersion":"{number}","creationTimestamp":"2026-11-22T20:{:02}:{:02}Z","labels":{{"team":"{}","env":"{}"}}}}"#,
        facts.name,
        facts.namespace,
        number / 60 % 60,
        number % 60,
        facts.team,
        facts.environment
    )
}

fn destination(facts: &Facts) -> String {
    format!(
        r#"{{"server":"https://kubernetes.default.svc","namespace":"{}-{}"}}"#,
        facts.project, facts.environment
    )
}

fn status(facts: &Facts) -> String {
    let revision = format!("{:040x}", facts.number + 1);
    let (name, namespace) = (
        &facts.name,
        format!("{}-{}", facts.project, facts.environment),
    );
    let phase = if facts.health == "Degraded" {
        "Failed"
    } else {
        "Succeeded"
    };
    let deployment_sync = if facts.sync == "Unknown" {
        "Unknown"
    } else {
        facts.sync
    };
    let resources = format!(
        r#"[{{"version":"v1","kind":"Service","namespace":"{namespace}","name":"{name}","status":"{}"}},{{"group":"apps","version":"v1","kind":"Deployment","namespace":"{namespace}","name":"{name}","status":"{deployment_sync}"}}]"#,
        if facts.sync == "Unknown" {
            "Unknown"
        } else {
            "Synced"
        }
    );
    format!(
        r#"{{"resources":{resources},"sync":{{"status":"{}","revision":"{revision}"}},"health":{{"status":"{}","lastTransitionTime":"2026-11-22T21:00:00Z"}},"history":[{{"id":0,"revision":"{revision}","deployedAt":"2026-11-22T20:59:00Z"}}],"operationState":{{"operation":{{"sync":{{"revision":"{revision}"}}}},"phase":"{phase}","message":"generated","startedAt":"2026-11-22T20:58:00Z","finishedAt":"2026-11-22T20:59:00Z","syncResult":{{"revision":"{revision}"}}}},"summary":{{"images":["registry.example.com/generated/{name}:1.{}.0"]}},"reconciledAt":"2026-11-22T21:10:00Z"}}"#,
        facts.sync, facts.health, facts.number
    )
}

/// The application with a mark where its source goes.
fn light(facts: &Facts) -> Value {
    let spec = spec(facts, &format!("\"{SOURCE}\""));
    let text = format!(
        r#"{{"metadata":{},"spec":{spec},"status":{}}}"#,
        metadata(facts),
        status(facts)
    );
    serde_json::from_str(&text).unwrap_or_else(|error| json!({"error": error.to_string()}))
}

fn spec(facts: &Facts, source: &str) -> String {
    format!(
        r#"{{"source":{source},"destination":{},"project":"{}","syncPolicy":{{"automated":{{"prune":true}}}}}}"#,
        destination(facts),
        facts.project
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::returned::fields::{Fields, Version};

    #[test]
    fn counts_add_up_and_every_sort_is_there() {
        let counts = Generated::new(1_000).counts();
        assert_eq!(counts.total, 1_000);
        for sorts in [
            &counts.health,
            &counts.sync,
            &counts.projects,
            &counts.teams,
            &counts.namespaces,
        ] {
            assert_eq!(sorts.values().sum::<usize>(), 1_000);
        }
        assert_eq!(counts.health["Degraded"], 100);
        assert_eq!(counts.health.len(), 6);
        assert_eq!(counts.sync.len(), 3);
        assert_eq!(counts.namespaces["team-growth"], 40);
    }

    #[test]
    fn text_and_value_say_the_same_and_weigh_what_they_should() {
        let generated = Generated::new(100);
        let facts = generated.facts(3);
        let value = generated.value(&facts);
        assert_eq!(
            generated.application(facts.namespace, &facts.name),
            Some(value.clone())
        );
        let fields = "items.metadata.name,items.metadata.namespace,items.spec,items.status.sync.status,items.status.health";
        let selection = Fields::parse(fields)
            .unwrap()
            .of_applications(Version(3, 4, 0));
        let text = generated.selected(&facts, Some(&selection));
        assert_eq!(
            serde_json::from_str::<Value>(&text).unwrap(),
            selection.project(&value)
        );
        assert!((3_000..3_800).contains(&text.len()), "{}", text.len());
    }

    #[test]
    fn a_pair_shares_its_name() {
        let generated = Generated::new(30);
        let (first, second) = (generated.facts(25), generated.facts(26));
        assert_eq!(first.name, second.name);
        assert_ne!(first.namespace, second.namespace);
    }
}
