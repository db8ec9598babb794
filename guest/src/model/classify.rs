//! Classifies a resource as in sync, changed, missing or to prune, from its live state and what a sync would make of it.

use crate::{
    answer::{Fact, Line, order, plural, word},
    model::{
        causes,
        changes::{self, Change},
        managed::Item,
        owners::{self, Owner, Writer},
        why::Why,
    },
    redact::{Manifest, Node},
};

/// Maximum programs named as writers of one object.
const WRITERS_MAX: usize = 3;

/// How a resource differs, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Live and in Git, and different.
    Changed,
    /// In Git, not live.
    Missing,
    /// Live, no longer in Git.
    Prune,
    /// The server sent a state that is not an object.
    Unreadable,
    /// Argo CD failed to compare it.
    Uncompared,
    /// Live and in Git, and equal.
    Synced,
}

impl Class {
    /// The word for counts.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Prune => "to prune",
            Self::Unreadable => "unreadable",
            Self::Uncompared => "not compared",
            Self::Synced => "in sync",
        }
    }
}

/// One resource, reduced to what an answer may show.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) class: Class,
    /// `Deployment orders/orders-api`.
    pub(crate) name: String,
    /// `Deployment`.
    pub(crate) kind: String,
    /// `orders-api`.
    pub(crate) object: String,
    /// Whether its kind is not one of Kubernetes' own.
    pub(crate) is_custom: bool,
    changes: Vec<Change>,
    note: &'static str,
    /// Programs other than Argo CD that last wrote changed fields.
    writers: Vec<Writer>,
    /// Which side changed, if the last applied state tells.
    pub(crate) moved: Option<Moved>,
    /// An object to prune that Argo CD never applied.
    pub(crate) stray: Option<causes::Stray>,
    /// Kind and name of the workload that it scales.
    pub(crate) scales: Option<(String, String)>,
    /// The claims that its Pods mount.
    pub(crate) claims: Vec<String>,
}

/// Which side has changed since the last apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    /// The source differs from what was last applied.
    Git,
    /// The live object differs from what was last applied, which the source still asks for.
    Cluster,
    /// Both.
    Both,
}

/// Which side differs from the last applied state, over the changed fields only.
fn moved(changes: &[Change], applied: Option<&Node>, wanted: &Node) -> Option<Moved> {
    let by_git: Vec<Change> = changes::between(applied?, wanted);
    let is_git = |change: &&Change| by_git.iter().any(|other| other.is_near(change.path()));
    match changes.iter().filter(is_git).count() {
        _ if changes.is_empty() => None,
        0 => Some(Moved::Cluster),
        count if count == changes.len() => Some(Moved::Git),
        _ => Some(Moved::Both),
    }
}

/// Classifies `item`; `None` for hooks and for resources that are neither live nor in Git.
pub(crate) fn finding(item: &Item) -> Option<Difference> {
    if item.hook == Some(true) {
        return None;
    }
    let (live, wanted) = (
        item.normalized_live_state.node(),
        item.predicted_live_state.node(),
    );
    let class = class(live, wanted)?;
    let place = if item.namespace.is_empty() {
        word(&item.name)
    } else {
        format!("{}/{}", word(&item.namespace), word(&item.name))
    };
    let mut changes = if class == Class::Changed {
        changes::between(live, wanted)
    } else {
        Vec::new()
    };
    let owners = owners::of(&item.written.managers, &changes);
    causes::explain(item, &mut changes, &owners);
    let applied = item.written.applied.as_ref().map(Manifest::node);
    // What a sync would make of the object repeats defaults and merges; the manifest is what was applied.
    let asked = Some(item.target.node()).filter(|target| **target != Node::Null);
    Some(Difference {
        class,
        moved: moved(&changes, applied, asked.unwrap_or(wanted)),
        name: format!("{} {place}", word(&item.kind)),
        kind: word(&item.kind),
        object: word(&item.name),
        is_custom: item.group.contains('.') && !item.group.ends_with(".k8s.io"),
        writers: writers(owners),
        changes,
        note: note(class, live),
        stray: causes::Stray::of(item).filter(|_| class == Class::Prune),
        scales: scales(live),
        claims: claims(wanted),
    })
}

fn class(live: &Node, wanted: &Node) -> Option<Class> {
    Some(match (live, wanted) {
        (Node::Null, Node::Null) => return None,
        (Node::Null, Node::Map(_)) => Class::Missing,
        (Node::Map(_), Node::Null) => Class::Prune,
        // Both states are `{}` when Argo CD could not calculate the difference.
        (Node::Map(a), Node::Map(b)) if a.is_empty() && b.is_empty() => Class::Uncompared,
        (Node::Map(_), Node::Map(_)) if live == wanted => Class::Synced,
        (Node::Map(_), Node::Map(_)) => Class::Changed,
        _ => Class::Unreadable,
    })
}

/// The programs among the owners, each once.
fn writers(owners: Vec<Option<Owner>>) -> Vec<Writer> {
    let others = owners
        .into_iter()
        .flatten()
        .filter_map(|owner| match owner {
            Owner::Other(writer) => Some(writer),
            Owner::Own => None,
        });
    let mut writers: Vec<Writer> = others.collect();
    order::by(&mut writers, Writer::cmp);
    writers.dedup();
    writers.truncate(WRITERS_MAX);
    writers
}

/// The claims that a workload's Pods mount.
fn claims(wanted: &Node) -> Vec<String> {
    let Some(Node::List(volumes)) = wanted.at(&["spec", "template", "spec", "volumes"]) else {
        return Vec::new();
    };
    let claim = |volume: &Node| {
        let name = volume.text(&["persistentVolumeClaim", "claimName"])?;
        Some(word(name))
    };
    volumes.iter().filter_map(claim).collect()
}

/// The workload that an autoscaler names.
fn scales(live: &Node) -> Option<(String, String)> {
    let text = |key: &str| live.text(&["spec", "scaleTargetRef", key]);
    // A ScaledObject scales a Deployment unless it names a kind.
    Some((
        text("kind").map_or_else(|| "Deployment".to_owned(), word),
        word(text("name")?),
    ))
}

/// A note for annotations that prevent pruning.
fn note(class: Class, live: &Node) -> &'static str {
    let has = |annotation: &str, option: &str| {
        live.text(&["metadata", "annotations", annotation])
            .is_some_and(|options| options.contains(option))
    };
    match class {
        Class::Prune if has("argocd.argoproj.io/sync-options", "Prune=false") => {
            " (marked Prune=false: a sync keeps it)"
        }
        Class::Prune if has("argocd.argoproj.io/compare-options", "IgnoreExtraneous") => {
            " (marked IgnoreExtraneous: does not make the application OutOfSync)"
        }
        _ => "",
    }
}

impl Difference {
    /// The resource and at most `most` of its changed fields.
    pub(crate) fn record(&self, most: usize) -> Line {
        let line = Line::new().fact("resource", &self.name).glue(": ");
        line.and(self.fields(most))
    }

    /// The difference with at most `most` of its changed fields, without the name.
    pub(crate) fn fields(&self, most: usize) -> Line {
        let state = self.state();
        let line = Line::new()
            .fact("description", Fact::new(state.as_str(), state.as_str()))
            .keeping("state", self.class.word());
        let writers: Vec<String> = self.writers.iter().map(Writer::words).collect();
        let line = match writers.len() {
            0 => line,
            _ => line.keeping("writers", writers),
        };
        if self.changes.is_empty() {
            return line;
        }
        let line = line.keeping("fields", self.changes.len());
        let first = self.changes.iter().take(most);
        let line = first.fold(line, |line, change| line.below("changes", change.line()));
        match self.changes.len().saturating_sub(most) {
            0 => line,
            more => line.below(
                "",
                Line::new()
                    .glue("and ")
                    .fact("more_fields", Fact::plural(more, "field"))
                    .glue(" more"),
            ),
        }
    }

    /// The same, indented below another line, with at most `most` fields.
    pub(crate) fn brief(&self, most: usize) -> String {
        let details = self.details(most).into_iter();
        let details: String = details.map(|detail| format!("\n    {detail}")).collect();
        format!("{}: {}{details}", self.name, self.state())
    }

    /// Whether the path of a changed field contains `part`.
    pub(crate) fn touches(&self, part: &str) -> bool {
        self.changes
            .iter()
            .any(|change| change.path().contains(part))
    }

    /// Whether `path` is the only changed field.
    pub(crate) fn only(&self, path: &str) -> bool {
        self.changes.iter().all(|change| change.path() == path)
    }

    /// The changed fields.
    pub(crate) fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The programs other than Argo CD that last wrote changed fields.
    pub(crate) fn writers(&self) -> &[Writer] {
        &self.writers
    }

    /// Describes the difference, without the name.
    pub(crate) fn state(&self) -> String {
        let what = match self.class {
            Class::Changed => {
                let is_same = self
                    .changes
                    .iter()
                    .all(|change| change.why().is_some_and(Why::is_same));
                let who = match self.moved {
                    _ if is_same => "",
                    None => "",
                    Some(Moved::Git) => "Git differs from what was last applied",
                    Some(Moved::Cluster) => "Git is as last applied, the live object is not",
                    Some(Moved::Both) => {
                        "Git and the live object differ from what was last applied"
                    }
                };
                let by = if self.writers.is_empty() {
                    String::new()
                } else {
                    let writers: Vec<String> = self.writers.iter().map(Writer::words).collect();
                    format!("last written by {}", writers.join(" and "))
                };
                let said = [who, &by].into_iter().filter(|part| !part.is_empty());
                let said = said.collect::<Vec<_>>().join("; ");
                let said = if said.is_empty() {
                    said
                } else {
                    format!(" ({said})")
                };
                let count = plural(self.changes.len(), "field");
                format!("{count} changed{said}:")
            }
            Class::Missing => "missing in the cluster: a sync would create it".to_owned(),
            Class::Prune => match &self.stray {
                Some(stray) => format!(
                    "to prune, not in Git, no sign that Argo CD applied it: {}",
                    stray.words()
                ),
                None => "to prune, not in Git: a sync with pruning would delete it".to_owned(),
            },
            Class::Unreadable => "Argo CD sent an unreadable state".to_owned(),
            Class::Uncompared => {
                "not compared: Argo CD could not calculate its difference".to_owned()
            }
            Class::Synced => "in sync".to_owned(),
        };
        format!("{what}{}", self.note)
    }

    /// A line for each of the first `most` changed fields.
    fn details(&self, most: usize) -> Vec<String> {
        let mut details: Vec<String> = self
            .changes
            .iter()
            .take(most)
            .flat_map(|change| {
                change
                    .render()
                    .lines()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .collect();
        if self.changes.len() > most {
            let more = plural(self.changes.len() - most, "field");
            details.push(format!("and {more} more"));
        }
        details
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use crate::model::classify::{Class, finding};
    use crate::model::managed::Item;

    fn item(live: Value, wanted: Value) -> Item {
        let state = |value: Value| {
            if value.is_string() {
                value
            } else {
                Value::String(value.to_string())
            }
        };
        serde_json::from_value(json!({"kind": "ConfigMap", "namespace": "web", "name": "c",
            "normalizedLiveState": state(live), "predictedLiveState": state(wanted)}))
        .unwrap()
    }

    #[test]
    fn classes() {
        let object = json!({"kind": "ConfigMap", "data": {"a": "1"}});
        let other = json!({"kind": "ConfigMap", "data": {"a": "2"}});
        for (live, wanted, class) in [
            (object.clone(), object.clone(), Some(Class::Synced)),
            (object.clone(), other, Some(Class::Changed)),
            (json!(null), object.clone(), Some(Class::Missing)),
            (object.clone(), json!(null), Some(Class::Prune)),
            (json!(null), json!(null), None),
            (json!(""), object.clone(), Some(Class::Missing)),
            (json!("{torn"), object.clone(), Some(Class::Unreadable)),
            (json!("{torn"), json!("{torn"), Some(Class::Unreadable)),
            (json!({}), json!({}), Some(Class::Uncompared)),
        ] {
            assert_eq!(
                finding(&item(live.clone(), wanted.clone())).map(|f| f.class),
                class,
                "{live} {wanted}"
            );
        }
        let mut hook = item(object, json!(null));
        hook.hook = Some(true);
        assert!(finding(&hook).is_none());
        assert!(finding(&Item::default()).is_none());
    }

    #[test]
    fn hidden_values_differ_without_being_shown() {
        let secret = |value: &str| json!({"apiVersion": "v1", "kind": "Secret", "data": {"password": value, "user": "x"}});
        let found = finding(&item(secret("++++++++++++"), secret("++++++++"))).unwrap();
        assert_eq!(
            found.record(25).text(),
            "ConfigMap web/c: 1 field changed:\n  data.password: differs (hidden)"
        );
        let env =
            |value: &str| json!({"kind": "X", "env": [{"name": "DB_PASSWORD", "value": value}]});
        let found = finding(&item(env("CANARY-one"), env("CANARY-two"))).unwrap();
        assert_eq!(
            found.record(25).text(),
            "ConfigMap web/c: 1 field changed:\n  env[DB_PASSWORD].value: differs (hidden)"
        );
    }

    #[test]
    fn kept_resources_say_so() {
        let annotated = json!({"metadata": {"annotations": {"argocd.argoproj.io/sync-options": "Prune=false"}}});
        assert!(
            finding(&item(annotated, json!(null)))
                .unwrap()
                .record(25)
                .text()
                .contains("Prune=false")
        );
    }
}
