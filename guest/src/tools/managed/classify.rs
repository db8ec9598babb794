//! Synced, changed, missing or to prune: by comparing what is live with what a sync would make of it.

use super::changes::{self, Change};
use crate::{
    answer::{plural, word},
    redact::Node,
    tools::wire::managed::Item,
};

/// Most changed fields that are shown for one resource.
const CHANGES_MAX: usize = 25;

/// How a resource stands, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Live and in Git, and different.
    Changed,
    /// In Git, not live.
    Missing,
    /// Live, no longer in Git.
    Prune,
    /// What the server sent is no object.
    Unreadable,
    /// Live and in Git, and equal.
    Synced,
}

impl Class {
    /// The word for counts.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Prune => "to prune",
            Self::Unreadable => "not readable",
            Self::Synced => "in sync",
        }
    }
}

/// One resource, reduced to what an answer may say.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) class: Class,
    /// `Deployment orders/orders-api`.
    pub(super) name: String,
    changes: Vec<Change>,
    note: &'static str,
}

/// What `item` says; nothing for hooks and for resources that are neither live nor wanted.
pub(super) fn finding(item: &Item) -> Option<Finding> {
    if item.hook == Some(true) {
        return None;
    }
    let (live, wanted) = (
        item.normalized_live_state.node(),
        item.predicted_live_state.node(),
    );
    let class = match (live, wanted) {
        (Node::Null, Node::Null) => return None,
        (Node::Null, Node::Map(_)) => Class::Missing,
        (Node::Map(_), Node::Null) => Class::Prune,
        (Node::Map(_), Node::Map(_)) if live == wanted => Class::Synced,
        (Node::Map(_), Node::Map(_)) => Class::Changed,
        _ => Class::Unreadable,
    };
    let place = match item.namespace.is_empty() {
        true => word(&item.name),
        false => format!("{}/{}", word(&item.namespace), word(&item.name)),
    };
    let changes = if class == Class::Changed {
        changes::between(live, wanted)
    } else {
        Vec::new()
    };
    Some(Finding {
        class,
        name: format!("{} {place}", word(&item.kind)),
        changes,
        note: note(class, live),
    })
}

/// Annotations that keep a sync from pruning.
fn note(class: Class, live: &Node) -> &'static str {
    let has = |annotation: &str, option: &str| {
        live.text(&["metadata", "annotations", annotation])
            .is_some_and(|options| options.contains(option))
    };
    match class {
        Class::Prune if has("argocd.argoproj.io/sync-options", "Prune=false") => {
            " (marked Prune=false: a sync leaves it)"
        }
        Class::Prune if has("argocd.argoproj.io/compare-options", "IgnoreExtraneous") => {
            " (marked IgnoreExtraneous: does not make the application OutOfSync)"
        }
        _ => "",
    }
}

impl Finding {
    /// The resource and its changed fields.
    pub(super) fn render(&self) -> String {
        let what = match self.class {
            Class::Changed => format!("{} changed:", plural(self.changes.len(), "field")),
            Class::Missing => "missing in the cluster, in Git: a sync would create it".to_owned(),
            Class::Prune => {
                "to prune, live but no longer in Git: a sync with prune would delete it".to_owned()
            }
            Class::Unreadable => "Argo CD sent a state that is no readable object".to_owned(),
            Class::Synced => "in sync".to_owned(),
        };
        let mut text = format!("{}: {what}{}", self.name, self.note);
        for change in self.changes.iter().take(CHANGES_MAX) {
            text.push_str("\n  ");
            text.push_str(&change.render());
        }
        if self.changes.len() > CHANGES_MAX {
            text.push_str(&format!(
                "\n  and {} more",
                plural(self.changes.len() - CHANGES_MAX, "field")
            ));
        }
        text
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::{Class, finding};
    use crate::tools::wire::managed::Item;

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
            found.render(),
            "ConfigMap web/c: 1 field changed:\n  data.password: differs (hidden)"
        );
        let env =
            |value: &str| json!({"kind": "X", "env": [{"name": "DB_PASSWORD", "value": value}]});
        let found = finding(&item(env("CANARY-one"), env("CANARY-two"))).unwrap();
        assert_eq!(
            found.render(),
            "ConfigMap web/c: 1 field changed:\n  env[DB_PASSWORD].value: differs (hidden)"
        );
    }

    #[test]
    fn kept_resources_say_so() {
        let annotated = json!({"metadata": {"annotations": {"argocd.argoproj.io/sync-options": "Prune=false"}}});
        assert!(
            finding(&item(annotated, json!(null)))
                .unwrap()
                .render()
                .contains("Prune=false")
        );
    }
}
