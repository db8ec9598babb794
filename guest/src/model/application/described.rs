//! Describes an application: its sources with revisions and inputs, and its sync policy. Shows the
//! keys of inputs and hides their values.

use super::{
    Application, Automated,
    source::{Helm, Kustomize, Source},
};
use crate::{
    answer::{listed, plural, revision, said, word},
    redact::{Node, Text},
};

/// Maximum Kustomize replicas in one line.
const REPLICAS_MAX: usize = 12;
/// Maximum sources described.
const SOURCES_MAX: usize = 10;

/// A line for each source, and one for each kind of input that is set.
pub(crate) fn sources(application: &Application) -> Vec<String> {
    let mut lines = Vec::new();
    let sources = application.spec.sources();
    let status = &application.status;
    let nothing = Text::default();
    for (at, source) in sources.iter().enumerate().take(SOURCES_MAX) {
        let kind = status.source_types.get(at).unwrap_or(&status.source_type);
        let compared = status.sync.revisions().get(at).unwrap_or(&nothing);
        let number = if sources.len() > 1 {
            format!("Source {}", at + 1)
        } else {
            "Source".to_owned()
        };
        lines.push(format!("{number}: {}", describe(source, kind, compared)));
        for line in inputs(source) {
            lines.push(format!("  {line}"));
        }
    }
    if sources.len() > SOURCES_MAX {
        let more = plural(sources.len() - SOURCES_MAX, "source");
        lines.push(format!("  and {more} more"));
    }
    lines.extend(hydration(application));
    lines
}

/// Where a hydrated source is rendered to, and the state of the last hydration: when it fails, the
/// application stays in sync with the previous commit.
fn hydration(application: &Application) -> Vec<String> {
    let Some(hydrator) = &application.spec.source_hydrator else {
        return Vec::new();
    };
    let or_none = |text: &Text| {
        if text.is_empty() {
            "-".to_owned()
        } else {
            text.line(200)
        }
    };
    let branch = &hydrator.sync_source;
    let mut line = format!(
        "Hydrated into branch {} path {}",
        or_none(&branch.target_branch),
        or_none(&branch.path)
    );
    if !hydrator.hydrate_to.target_branch.is_empty() {
        let staging = hydrator.hydrate_to.target_branch.line(200);
        line.push_str(&format!(", through branch {staging}"));
    }
    if let Some(last) = &application.status.source_hydrator.current_operation {
        let (phase, sha) = (word(&last.phase), revision(&last.dry_sha));
        line.push_str(&format!(": {phase} of {sha}{}", said(&last.message)));
    }
    vec![line]
}

/// `https://…/deploy.git path web, target main, compared with 3fcb20f (Kustomize)`.
fn describe(source: &Source, kind: &Text, compared: &Text) -> String {
    let mut line = source.repo_url.line(200);
    for (label, value) in [
        ("chart", &source.chart),
        ("path", &source.path),
        ("ref", &source.reference),
    ] {
        if !value.is_empty() {
            line.push_str(&format!(" {label} {}", value.line(200)));
        }
    }
    let target = if source.target_revision.is_empty() {
        "HEAD".to_owned()
    } else {
        revision(&source.target_revision)
    };
    line.push_str(&format!(", target {target}"));
    // Without a comparison Argo CD repeats the target here.
    if !compared.is_empty() && compared != &source.target_revision {
        line.push_str(&format!(", compared with {}", revision(compared)));
    }
    if !kind.is_empty() {
        line.push_str(&format!(" ({})", word(kind)));
    }
    if !source.name.is_empty() {
        line.push_str(&format!(" named {}", word(&source.name)));
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
    let images: Vec<Text> = kustomize.items("images").iter().filter_map(text).collect();
    if !images.is_empty() {
        parts.push(format!("images {}", listed(images.iter(), images.len())));
    }
    for replicas in kustomize.items("replicas").iter().take(REPLICAS_MAX) {
        let part = |key: &str| replicas.at(&[key]).and_then(text).unwrap_or_default();
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
fn text(node: &Node) -> Option<Text> {
    match node {
        Node::Text(text) | Node::Masked(text, _) => Some(Text::new(text)),
        Node::Number(number) => Some(Text::new(&number.to_string())),
        _ => None,
    }
}

/// `automated sync on, prune on, self-heal off; retry limit 5`.
pub(crate) fn sync_policy(app: &Application) -> String {
    let policy = &app.spec.sync_policy;
    let mut parts = vec![match &policy.automated {
        None => "automated sync off".to_owned(),
        Some(Automated {
            enabled: Some(false),
            ..
        }) => "automated sync off (enabled: false)".to_owned(),
        Some(automated) => {
            let on = |flag: Option<bool>| if flag == Some(true) { "on" } else { "off" };
            let empty = if automated.allow_empty == Some(true) {
                ", allow empty"
            } else {
                ""
            };
            format!(
                "automated sync on, prune {}, self-heal {}{empty}",
                on(automated.prune),
                on(automated.self_heal)
            )
        }
    }];
    if !policy.sync_options.is_empty() {
        parts.push(format!(
            "options {}",
            listed(policy.sync_options.iter(), policy.sync_options.len())
        ));
    }
    if let Some(limit) = policy.retry.as_ref().and_then(|retry| retry.limit) {
        parts.push(format!("retry limit {limit}"));
    }
    let skip = Text::new(app.skip_reconcile());
    if !skip.is_empty() {
        parts.push(format!("skip-reconcile {}", skip.line(20)));
    }
    parts.join("; ")
}
