//! Reads the reason of each changed field off the manifest, what was last applied and `managedFields`,
//! and whether Argo CD ever applied an object that is not in Git.

use crate::{
    answer::word,
    model::{
        changes::{self, Change, Side, is_within},
        managed::Item,
        owners::{self, Owner},
        twice::{self, Twice},
        why::{Why, are_own_finalizers, is_default},
    },
    redact::{Manifest, Node, Text, one_line},
};

/// The annotation of the tracking method `annotation`, and the label of the method `label` by default.
const TRACKING_ID: &str = "argocd.argoproj.io/tracking-id";
const TRACKING_LABEL: &str = "app.kubernetes.io/instance";
/// Words in the keys of annotations and labels by which operators name themselves as the maker.
const MAKERS: [&str; 6] = [
    "created-by",
    "managed-by",
    "owned-by",
    "replicated-from",
    "reflects",
    "copied-from",
];
/// Maximum such keys that are named.
const MAKERS_MAX: usize = 2;

/// Explains `changes` of `item`, whose fields were last written by `owners`.
pub(crate) fn explain(item: &Item, changes: &mut [Change], owners: &[Option<Owner>]) {
    if changes.is_empty() {
        return;
    }
    let applied = item.written.applied.as_ref().map(Manifest::node);
    let target = item.target.node();
    let asked = [Some(target), applied];
    let asked = asked
        .into_iter()
        .flatten()
        .find(|node| **node != Node::Null);
    let twice = asked.map_or(Vec::new(), twice::of);
    let wanted = asked.unwrap_or(item.predicted_live_state.node());
    let by_git = applied.map(|applied| changes::between(applied, wanted));
    for (change, owner) in changes.iter_mut().zip(owners) {
        change.explain(|change| {
            doubled(change, &twice)
                .or_else(|| by_argo_cd(item, change))
                .or_else(|| default(change))
                .or_else(|| on_apply(change, owner.as_ref(), by_git.as_deref()))
        });
    }
}

/// The manifest has the item twice.
fn doubled(change: &Change, twice: &[Twice]) -> Option<Why> {
    let within = |twice: &&Twice| is_within(change.path(), &twice.list);
    // The item itself, or the list when its items could not be told apart.
    let exact = twice.iter().find(|twice| twice.has(change.path()));
    let row = exact.or_else(|| {
        let is_unnamed = |twice: &&Twice| {
            let rest = &change.path()[twice.list.len()..];
            rest.is_empty() || rest[1..].starts_with(|digit: char| digit.is_ascii_digit())
        };
        twice.iter().filter(within).find(is_unnamed)
    });
    row.map(|twice| Why::Twice(twice.words()))
}

/// What Argo CD itself writes: tracking, and finalizers of Applications.
fn by_argo_cd(item: &Item, change: &Change) -> Option<Why> {
    let (live, wanted) = (
        item.normalized_live_state.node(),
        item.predicted_live_state.node(),
    );
    let annotation = ["metadata", "annotations", TRACKING_ID];
    if change.path().contains(TRACKING_ID) {
        return tracked(live.text(&annotation)?, wanted.text(&annotation));
    }
    let finalizers = ["metadata", "finalizers"];
    let is_application = &*item.kind == "Application" && &*item.group == "argoproj.io";
    (is_application
        && change.path() == "metadata.finalizers"
        && are_own_finalizers(live.at(&finalizers)?, wanted.at(&finalizers)))
    .then_some(Why::Own)
}

/// Whose tracking id the live object has: `APP:GROUP/KIND:NAMESPACE/NAME`.
fn tracked(live: &str, wanted: Option<&str>) -> Option<Why> {
    let (app, object) = live.split_once(':')?;
    let (own, this) = wanted?.split_once(':')?;
    if object != this {
        return Some(Why::Copied(word(&one_line(object, 120))));
    }
    (app != own).then(|| Why::Tracker(word(app)))
}

/// A field that only the live object has, with the value that an API server writes there.
fn default(change: &Change) -> Option<Why> {
    let is_default = change.side() == Side::Live && is_default(change.path(), change.live());
    is_default.then_some(Why::Default)
}

/// The field was applied as the manifest asks, the last write of it was Argo CD's, and yet it differs.
/// `by_git` is what the manifest changed since, if what was applied is known.
fn on_apply(change: &Change, owner: Option<&Owner>, by_git: Option<&[Change]>) -> Option<Why> {
    let is_as_applied = !by_git?.iter().any(|other| other.is_near(change.path()));
    (owner == Some(&Owner::Own) && is_as_applied).then_some(Why::OnApply)
}

/// A live object with the tracking of an application that never applied it: a copy by an operator.
#[derive(Debug)]
pub(crate) struct Stray {
    /// The program that wrote it.
    manager: String,
    created_at: Text,
    /// What it says of its maker: `clustersecret.io/created-by: ClusterSecrets`.
    makers: Vec<String>,
    /// `app.kubernetes.io/instance`, with its value.
    label: Option<String>,
}

impl Stray {
    /// The proof: no last-applied configuration, and `managedFields` name programs of which none is
    /// Argo CD.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        let written = &item.written;
        if written.is_applied || written.managers.iter().any(owners::is_own) {
            return None;
        }
        let by_others = written
            .managers
            .iter()
            .filter(|manager| !manager.name.is_empty());
        let manager = by_others.max_by_key(|manager| manager.time.to_string())?;
        let live = item.normalized_live_state.node();
        let keys = ["annotations", "labels"].map(|place| live.at(&["metadata", place]));
        let all = keys.into_iter().flatten().flat_map(|map| match map {
            Node::Map(map) => map.iter().collect(),
            _ => Vec::new(),
        });
        let is_maker = |(key, _): &(&String, &Node)| MAKERS.iter().any(|maker| key.contains(maker));
        let makers = all.filter(is_maker).map(|(key, value)| match value {
            Node::Text(value) => format!("{}: {}", word(key), word(value)),
            // Hidden for the sake of its key, which says enough.
            _ => word(key),
        });
        let label = live.text(&["metadata", "labels", TRACKING_LABEL]);
        Some(Self {
            manager: word(&manager.name),
            created_at: written.created_at.clone(),
            makers: makers.take(MAKERS_MAX).collect(),
            label: label.map(word),
        })
    }

    /// When it was created; RFC 3339.
    pub(crate) fn created_at(&self) -> &Text {
        &self.created_at
    }

    /// The program that wrote it.
    pub(crate) fn manager(&self) -> &str {
        &self.manager
    }

    /// The value of the tracking label.
    pub(crate) fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// `written by kopf, created 2026-11-27T07:10:35Z, label app.kubernetes.io/instance: shared`.
    pub(crate) fn words(&self) -> String {
        let created = match &*self.created_at {
            "" => String::new(),
            time => format!(", created {}", word(time)),
        };
        let makers: String = self
            .makers
            .iter()
            .map(|maker| format!(", {maker}"))
            .collect();
        let label = self.label.as_ref().map_or(String::new(), |label| {
            format!(", label {TRACKING_LABEL}: {label}")
        });
        format!("written by {}{created}{makers}{label}", self.manager)
    }
}
