//! Describes an application: its sources with revisions and inputs, and its sync policy. Shows the
//! keys of inputs and hides their values.

use super::{
    Application, Automated,
    source::{Helm, Kustomize, Source},
};
use crate::{
    answer::{
        Fact, Line, listed,
        member::{Member, flag, number, text, texts},
        plural, revision, word,
    },
    redact::{Node, Text},
};

/// Maximum Kustomize replicas in one line.
const REPLICAS_MAX: usize = 12;
/// Maximum sources described.
const SOURCES_MAX: usize = 10;

/// The members of a source.
pub(crate) const SOURCE: [Member; 11] = [
    number("number").maybe(),
    text("repository"),
    text("chart").maybe(),
    text("path").maybe(),
    text("ref").maybe(),
    text("target").maybe(),
    text("compared_with").maybe(),
    text("type").maybe(),
    text("name").maybe(),
    texts("inputs"),
    number("more_sources").maybe(),
];

/// The members of the hydration of a source.
pub(crate) const HYDRATION: [Member; 6] = [
    text("branch").maybe(),
    text("path").maybe(),
    text("through_branch").maybe(),
    text("phase").maybe(),
    text("revision").maybe(),
    text("message").maybe(),
];

/// A line for each source, with one below for each kind of input that is set, each with the name of its list.
pub(crate) fn sources(application: &Application) -> Vec<(&'static str, Line)> {
    let mut lines = Vec::new();
    let sources = application.spec.sources();
    let status = &application.status;
    let nothing = Text::default();
    for (at, source) in sources.iter().enumerate().take(SOURCES_MAX) {
        let kind = status.source_types.get(at).unwrap_or(&status.source_type);
        let compared = status.sync.revisions().get(at).unwrap_or(&nothing);
        let line = Line::new().glue("Source");
        let line = if sources.len() > 1 {
            line.glue(" ").fact("number", at + 1)
        } else {
            line
        };
        let line = line.glue(": ").and(describe(source, kind, compared));
        let inputs = inputs(source).into_iter();
        lines.push((
            "sources",
            inputs.fold(line, |line, input| line.below("inputs", input)),
        ));
    }
    if sources.len() > SOURCES_MAX {
        let more = Fact::plural(sources.len() - SOURCES_MAX, "source");
        let line = Line::new().glue("and ").fact("more_sources", more);
        lines.push(("", line.glue(" more").indented()));
    }
    lines.extend(hydration(application).map(|line| ("", line.nested("hydration"))));
    lines
}

/// Where a hydrated source is rendered to, and the state of the last hydration: when it fails, the
/// application stays in sync with the previous commit.
fn hydration(application: &Application) -> Option<Line> {
    let hydrator = application.spec.source_hydrator.as_ref()?;
    let or_none = |text: &Text| {
        if text.is_empty() {
            "-".to_owned()
        } else {
            text.line(200)
        }
    };
    let branch = &hydrator.sync_source;
    let line = Line::new()
        .glue("Hydrated into branch ")
        .fact("branch", or_none(&branch.target_branch))
        .glue(" path ")
        .fact("path", or_none(&branch.path));
    let line = match &hydrator.hydrate_to.target_branch {
        none if none.is_empty() => line,
        branch => line
            .glue(", through branch ")
            .fact("through_branch", branch.line(200)),
    };
    Some(
        match &application.status.source_hydrator.current_operation {
            None => line,
            Some(last) => line
                .glue(": ")
                .fact("phase", word(&last.phase))
                .glue(" of ")
                .fact("revision", revision(&last.dry_sha))
                .said("message", &last.message),
        },
    )
}

/// `https://…/deploy.git path web, target main, compared with 3fcb20f (Kustomize)`.
fn describe(source: &Source, kind: &Text, compared: &Text) -> Line {
    let mut line = Line::new().fact("repository", source.repo_url.line(200));
    for (label, name, value) in [
        (" chart ", "chart", &source.chart),
        (" path ", "path", &source.path),
        (" ref ", "ref", &source.reference),
    ] {
        if !value.is_empty() {
            line = line.glue(label).fact(name, value.line(200));
        }
    }
    let target = if source.target_revision.is_empty() {
        "HEAD".to_owned()
    } else {
        revision(&source.target_revision)
    };
    line = line.glue(", target ").fact("target", target);
    // Without a comparison Argo CD repeats the target here.
    if !compared.is_empty() && compared != &source.target_revision {
        line = line
            .glue(", compared with ")
            .fact("compared_with", revision(compared));
    }
    if !kind.is_empty() {
        line = line.glue(" (").fact("type", word(kind)).glue(")");
    }
    if !source.name.is_empty() {
        line = line.glue(" named ").fact("name", word(&source.name));
    }
    line
}

fn inputs(source: &Source) -> Vec<String> {
    let mut lines = Vec::new();
    let parts = [helm(&source.helm), kustomize(&source.kustomize)];
    lines.extend(parts.into_iter().filter(|part| !part.is_empty()));
    if let Some(plugin) = &source.plugin {
        let mut parts = vec![format!(
            "Plugin: {}",
            if plugin.name.is_empty() {
                "discovered".into()
            } else {
                plugin.name.line(100)
            }
        )];
        push_keys(&mut parts, "env", plugin.env.iter().map(|each| &each.name));
        push_keys(
            &mut parts,
            "parameters",
            plugin.parameters.iter().map(|each| &each.name),
        );
        lines.push(parts.join("; "));
    }
    lines
}

fn helm(helm: &Helm) -> String {
    let mut parts = Vec::new();
    if !helm.release_name.is_empty() {
        parts.push(format!("release {}", helm.release_name.line(80)));
    }
    if !helm.value_files.is_empty() {
        parts.push(format!(
            "value files {}",
            listed(helm.value_files.iter(), helm.value_files.len())
        ));
    }
    push_keys(
        &mut parts,
        "parameters",
        helm.parameters.iter().map(|each| &each.name),
    );
    push_keys(
        &mut parts,
        "file parameters",
        helm.file_parameters.iter().map(|each| &each.name),
    );
    if let Some(keys) = helm.value_keys() {
        parts.push(hidden("values", keys.names.iter(), keys.count));
    }
    if let Some(keys) = helm.object_keys() {
        parts.push(hidden("valuesObject", keys.names.iter(), keys.count));
    }
    prefixed("Helm", &parts)
}

fn kustomize(kustomize: &Kustomize) -> String {
    let mut parts = Vec::new();
    let images: Vec<Text> = kustomize
        .items("images")
        .iter()
        .filter_map(scalar)
        .collect();
    if !images.is_empty() {
        parts.push(format!("images {}", listed(images.iter(), images.len())));
    }
    for replicas in kustomize.items("replicas").iter().take(REPLICAS_MAX) {
        let part = |key: &str| replicas.at(&[key]).and_then(scalar).unwrap_or_default();
        parts.push(format!(
            "replicas {}={}",
            word(&part("name")),
            word(&part("count"))
        ));
    }
    let patches = kustomize.items("patches").len();
    if patches > 0 {
        parts.push(format!("{} hidden", plural(patches, "patch")));
    }
    for label in ["namePrefix", "nameSuffix", "namespace"] {
        let value = kustomize.text(label);
        if !value.is_empty() {
            parts.push(format!("{label} {}", value.line(63)));
        }
    }
    prefixed("Kustomize, set by the Application", &parts)
}

fn prefixed(prefix: &str, parts: &[String]) -> String {
    if parts.is_empty() {
        String::new()
    } else {
        format!("{prefix}: {}", parts.join("; "))
    }
}

fn push_keys<'a>(
    parts: &mut Vec<String>,
    what: &str,
    names: impl ExactSizeIterator<Item = &'a Text>,
) {
    let count = names.len();
    if count > 0 {
        parts.push(hidden(what, names, count));
    }
}

/// `parameters: 2 keys, values hidden: image.tag, stripe.apiKey`.
fn hidden<'a>(what: &str, names: impl Iterator<Item = &'a Text>, count: usize) -> String {
    match count {
        0 => format!("{what} hidden"),
        _ => format!(
            "{what}: {}, values hidden: {}",
            plural(count, "key"),
            listed(names, count)
        ),
    }
}

/// A scalar as text.
fn scalar(node: &Node) -> Option<Text> {
    match node {
        Node::Text(text) | Node::Masked(text, _) => Some(Text::new(text)),
        Node::Number(number) => Some(Text::new(&number.to_string())),
        _ => None,
    }
}

/// The members that [`sync_policy`] writes.
pub(crate) const POLICY: [Member; 8] = [
    flag("automated"),
    flag("prune").maybe(),
    flag("self_heal").maybe(),
    flag("allow_empty").maybe(),
    texts("sync_options"),
    number("more_sync_options").maybe(),
    number("retry_limit").maybe(),
    text("skip_reconcile").maybe(),
];

/// Maximum sync options named.
const OPTIONS_MAX: usize = 12;

/// `automated sync on, prune on, self-heal off; retry limit 5`.
pub(crate) fn sync_policy(app: &Application) -> Line {
    let policy = &app.spec.sync_policy;
    let line = Line::new();
    let line = match &policy.automated {
        None => line.fact("automated", Fact::new("automated sync off", false)),
        Some(Automated {
            enabled: Some(false),
            ..
        }) => line.fact(
            "automated",
            Fact::new("automated sync off (enabled: false)", false),
        ),
        Some(automated) => {
            let on = |flag: Option<bool>| {
                if flag == Some(true) {
                    Fact::new("on", true)
                } else {
                    Fact::new("off", false)
                }
            };
            let empty = Fact::flag(automated.allow_empty == Some(true), ", allow empty");
            line.fact("automated", Fact::new("automated sync on", true))
                .glue(", prune ")
                .fact("prune", on(automated.prune))
                .glue(", self-heal ")
                .fact("self_heal", on(automated.self_heal))
                .fact("allow_empty", empty)
        }
    };
    let options = policy.sync_options.iter().map(|option| option.line(120));
    let options: Vec<String> = options.collect();
    let line = if options.is_empty() {
        line
    } else {
        line.glue("; options ")
            .names("sync_options", "more_sync_options", &options, OPTIONS_MAX)
    };
    let limit = policy.retry.as_ref().and_then(|retry| retry.limit);
    let skip = Text::new(app.skip_reconcile());
    let skip = (!skip.is_empty()).then(|| skip.line(20).into());
    line.maybe("; retry limit ", "retry_limit", limit.map(Fact::from))
        .maybe("; skip-reconcile ", "skip_reconcile", skip)
}
