//! Sections of the summary that are written on request only. Values whose key looks secret stay masked.

use super::deploy::{DEPLOY, deploy};
use crate::{
    answer::{
        Fact, Line,
        member::{Member, number, objects, text, texts},
        time::Clock,
        word, yaml,
    },
    argocd::{AppRef, Get, Rendering},
    call::{
        choice::{Any, sets},
        tool::Context,
    },
    limits,
    model::{
        application::{Application, Resource, source::Source},
        operation::place,
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

/// A line of a section.
pub(super) enum Section {
    /// Words above the lines.
    Heading(&'static str),
    /// A line, and the list of the application's members that it belongs to.
    Row(&'static str, Line),
    /// What could not be read.
    Note(String),
}

/// The members of all sections.
pub(super) const SECTIONS: [Member; 5] = [
    objects("history", &DEPLOY),
    objects(
        "all_resources",
        &[
            text("kind").maybe(),
            text("name").maybe(),
            text("sync").maybe(),
            text("health").maybe(),
        ],
    ),
    texts("annotations"),
    texts("values"),
    objects(
        "rendered",
        &[
            text("object"),
            number("replicas").maybe(),
            texts("images"),
            number("more_images").maybe(),
            texts("keys"),
            number("more_keys").maybe(),
        ],
    ),
];

/// The lines of each requested section, under its heading.
pub(super) async fn sections(
    context: &Context,
    app_ref: &AppRef,
    app: &Application,
    include: &Any<Include>,
    clock: Clock,
) -> Vec<Section> {
    let wants = |what: Include| include.0.contains(&what);
    let row = |name, line: Line| Section::Row(name, line.indented());
    let mut lines = Vec::new();
    if wants(Include::History) {
        lines.push(Section::Heading("History, newest first:"));
        let history = app.status.history.iter().rev();
        lines.extend(history.map(|each| row("history", deploy(each, clock))));
    }
    if wants(Include::Resources) {
        lines.push(Section::Heading("Resources:"));
        let resources = app.status.resources.iter();
        lines.extend(resources.map(|each| row("all_resources", resource(each))));
    }
    if wants(Include::Annotations) {
        lines.push(Section::Heading("Annotations:"));
        let annotations = yaml::write(app.metadata.annotations.node());
        lines.extend(
            annotations
                .lines()
                .map(|line| row("annotations", line.into())),
        );
    }
    if wants(Include::Values) {
        lines.push(Section::Heading("Values, secret-looking ones hidden:"));
        let values = app.spec.sources().iter().flat_map(values);
        lines.extend(values.map(|line| row("values", line.into())));
        lines.extend(rendered(context, app_ref).await);
    }
    lines
}

/// `Deployment web/api | Synced | Healthy`.
fn resource(resource: &Resource) -> Line {
    let or_none = |text: &Text| {
        if text.is_empty() {
            "-".to_owned()
        } else {
            word(text)
        }
    };
    Line::new()
        .fact("kind", word(&resource.kind))
        .glue(" ")
        .fact("name", place(&resource.namespace, &resource.name))
        .glue(" | ")
        .fact("sync", or_none(&resource.status))
        .glue(" | ")
        .fact("health", or_none(&resource.health.status))
}

/// The Helm and Kustomize settings of a source.
fn values(source: &Source) -> Vec<String> {
    let mut lines: Vec<String> = source.helm.values_in_words();
    let kustomize = source.kustomize.without_patches();
    if !kustomize.is_empty() {
        let kustomize = yaml::write(&kustomize);
        lines.extend(kustomize.lines().map(|line| format!("kustomize {line}")));
    }
    lines
}

/// What the values render to: replicas and images of workloads, keys of ConfigMaps and Secrets.
async fn rendered(context: &Context, app_ref: &AppRef) -> Vec<Section> {
    let get = Get::manifests(app_ref, &Rendering::Target);
    let rendered = match context
        .client
        .json::<Rendered>(&get, limits::UPSTREAM)
        .await
    {
        Ok(rendered) => rendered.nodes(),
        Err(error) => {
            let why = error.brief();
            return vec![Section::Note(format!(
                "cannot read what they render to: {why}"
            ))];
        }
    };
    let told = rendered.iter().filter_map(contents);
    let told: Vec<Line> = told.take(RENDERED_MAX).collect();
    if told.is_empty() {
        return Vec::new();
    }
    let heading = Section::Heading("Rendered result:");
    let rows = told.into_iter();
    let rows = rows.map(|line| Section::Row("rendered", line.indented()));
    std::iter::once(heading).chain(rows).collect()
}

/// Replicas and images of a workload, or the keys of a ConfigMap or Secret; `None` for other objects.
fn contents(node: &Node) -> Option<Line> {
    let mut facts = Vec::new();
    if let Some(Node::Number(replicas)) = node.at(&["spec", "replicas"]) {
        let replicas = usize::try_from(replicas.as_u64()?).ok()?;
        facts.push(Line::new().fact("replicas", Fact::plural(replicas, "replica")));
    }
    let images = rendered::images(node);
    if !images.is_empty() {
        facts.push(Line::new().names("images", "more_images", &images, RENDERED_MAX));
    }
    let kind = node.text(&["kind"]);
    let keeps_keys = matches!(kind, Some("Secret" | "ConfigMap"));
    let parts = ["data", "stringData"].into_iter().filter(|_| keeps_keys);
    for part in parts {
        if let Some(Node::Map(entries)) = node.at(&[part]) {
            let keys: Vec<String> = entries.keys().map(|key| word(&Text::new(key))).collect();
            let line = Line::new().glue("keys ");
            let line = line.names("keys", "more_keys", &keys, RENDERED_MAX);
            facts.push(if kind == Some("Secret") {
                line.glue(", values hidden")
            } else {
                line
            });
        }
    }
    let line = Line::new().fact("object", rendered::name(node)).glue(": ");
    let all = facts.into_iter().enumerate();
    let is_any = all.len() > 0 || keeps_keys;
    is_any.then(|| {
        all.fold(line, |line, (at, fact)| {
            line.glue(if at == 0 { "" } else { ", " }).and(fact)
        })
    })
}
