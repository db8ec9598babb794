//! Sections of the summary that are written on request only. Values whose key looks secret stay masked.

use crate::{
    answer::{plural, time::Clock, word, yaml},
    argocd::{AppRef, Get, Rendering},
    call::{
        choice::{Any, sets},
        listing,
        tool::Context,
    },
    limits,
    model::{
        application::{Application, source::Source},
        operation::{initiator, place, revisions},
        rendered::{self, Rendered},
    },
    redact::{Node, Text},
};

/// Maximum number of rendered objects that are listed, and of keys or images of one.
const RENDERED_MAX: usize = 12;

sets! {
    /// What can be asked for.
    Include {
        Values = "values",
        History = "history",
        Resources = "resources",
        Annotations = "annotations",
    }
}

/// The lines of each requested section, under its heading.
pub(super) async fn sections(
    context: &Context,
    app_ref: &AppRef,
    app: &Application,
    include: &Any<Include>,
    clock: Clock,
) -> Vec<String> {
    let wants = |what: Include| include.0.contains(&what);
    let mut lines = Vec::new();
    if wants(Include::History) {
        lines.push("History, newest first:".to_owned());
        lines.extend(app.status.history.iter().rev().map(|deploy| {
            format!(
                "  id {}: {} {} by {}",
                word(&deploy.id),
                revisions(deploy.revisions()),
                clock.both(&deploy.deployed_at),
                initiator(&deploy.initiated_by.username, deploy.initiated_by.automated)
            )
        }));
    }
    if wants(Include::Resources) {
        lines.push("Resources:".to_owned());
        lines.extend(app.status.resources.iter().map(|resource| {
            let or_none = |text: &Text| {
                if text.is_empty() {
                    "-".to_owned()
                } else {
                    word(text)
                }
            };
            format!(
                "  {} {} | {} | {}",
                word(&resource.kind),
                place(&resource.namespace, &resource.name),
                or_none(&resource.status),
                or_none(&resource.health.status)
            )
        }));
    }
    if wants(Include::Annotations) {
        lines.push("Annotations:".to_owned());
        let annotations = yaml::write(app.metadata.annotations.node());
        lines.extend(annotations.lines().map(|line| format!("  {line}")));
    }
    if wants(Include::Values) {
        lines.push("Values, secret-looking ones hidden:".to_owned());
        lines.extend(app.spec.sources().iter().flat_map(values));
        lines.extend(rendered(context, app_ref).await);
    }
    lines
}

/// The Helm and Kustomize settings of a source.
fn values(source: &Source) -> Vec<String> {
    let helm = source.helm.values_in_words().into_iter();
    let mut lines: Vec<String> = helm.map(|line| format!("  {line}")).collect();
    let kustomize = source.kustomize.without_patches();
    if !kustomize.is_empty() {
        let kustomize = yaml::write(&kustomize);
        lines.extend(kustomize.lines().map(|line| format!("  kustomize {line}")));
    }
    lines
}

/// What the values render to: replicas and images of workloads, keys of ConfigMaps and Secrets.
async fn rendered(context: &Context, app_ref: &AppRef) -> Vec<String> {
    let get = Get::manifests(app_ref, &Rendering::Target);
    let rendered = match context
        .client
        .json::<Rendered>(&get, limits::UPSTREAM)
        .await
    {
        Ok(rendered) => rendered.nodes(),
        Err(error) => {
            let why = error.brief();
            return vec![format!("Note: cannot read what they render to: {why}")];
        }
    };
    let told = rendered.iter().filter_map(|node| {
        let mut facts = Vec::new();
        if let Some(Node::Number(replicas)) = node.at(&["spec", "replicas"]) {
            facts.push(plural(usize::try_from(replicas.as_u64()?).ok()?, "replica"));
        }
        let images = rendered::images(node);
        if !images.is_empty() {
            facts.push(listing::first(&images, RENDERED_MAX));
        }
        let hidden = match node.text(&["kind"]) {
            Some("Secret") => ", values hidden",
            Some("ConfigMap") => "",
            _ => {
                return (!facts.is_empty())
                    .then(|| format!("  {}: {}", rendered::name(node), facts.join(", ")));
            }
        };
        for part in ["data", "stringData"] {
            if let Some(Node::Map(entries)) = node.at(&[part]) {
                let keys: Vec<String> = entries.keys().map(|key| word(&Text::new(key))).collect();
                facts.push(format!(
                    "keys {}{hidden}",
                    listing::first(&keys, RENDERED_MAX)
                ));
            }
        }
        Some(format!("  {}: {}", rendered::name(node), facts.join(", ")))
    });
    let told: Vec<String> = told.take(RENDERED_MAX).collect();
    if told.is_empty() {
        Vec::new()
    } else {
        [vec!["Rendered result:".to_owned()], told].concat()
    }
}
