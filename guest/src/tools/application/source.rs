//! The sources of an application: where from, which revision, and which inputs are set. Values of
//! inputs stay hidden, their keys are shown.

use crate::{
    answer::{Page, plural, revision, said, word},
    model::application::{Application, Helm, Kustomize, Named, Source},
    redact::Text,
};

/// Most keys, files or images that one line names.
const NAMES_MAX: usize = 12;
/// Most sources that the card lists.
const SOURCES_MAX: usize = 10;

/// Writes a line per source, and one per kind of input that is set.
pub(super) fn write(page: &mut Page, application: &Application) {
    for line in lines(application) {
        page.line(line);
    }
}

/// The same lines.
pub(in crate::tools) fn lines(application: &Application) -> Vec<String> {
    let mut lines = Vec::new();
    let sources = application.spec.sources();
    let status = &application.status;
    for (at, source) in sources.iter().enumerate().take(SOURCES_MAX) {
        let kind = status.source_types.get(at).unwrap_or(&status.source_type);
        let compared = status
            .sync
            .revisions
            .get(at)
            .filter(|_| sources.len() > 1)
            .unwrap_or(&status.sync.revision);
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

/// Where the rendered manifests of a hydrated source go, and whether that works: when it fails, the
/// application stays in sync with the commit before.
fn hydration(application: &Application) -> Vec<String> {
    let Some(hydrator) = &application.spec.source_hydrator else {
        return Vec::new();
    };
    let or_none = |text: &Text| match text.is_empty() {
        true => "-".to_owned(),
        false => text.line(200),
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
    lines.extend(
        source
            .helm
            .as_ref()
            .map(helm)
            .filter(|parts| !parts.is_empty()),
    );
    lines.extend(
        source
            .kustomize
            .as_ref()
            .map(kustomize)
            .filter(|parts| !parts.is_empty()),
    );
    if let Some(plugin) = &source.plugin {
        let mut parts = vec![format!(
            "Plugin: {}",
            if plugin.name.is_empty() {
                "found by its rules".into()
            } else {
                plugin.name.line(100)
            }
        )];
        push_keys(&mut parts, "env", &plugin.env);
        push_keys(&mut parts, "parameters", &plugin.parameters);
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
    push_keys(&mut parts, "parameters", &helm.parameters);
    push_keys(&mut parts, "file parameters", &helm.file_parameters);
    for (label, values) in [
        ("values", &helm.values),
        ("valuesObject", &helm.values_object),
    ] {
        if let Some(keys) = &values.0 {
            parts.push(hidden(label, keys.names.iter(), keys.count));
        }
    }
    prefixed("Helm", &parts)
}

fn kustomize(kustomize: &Kustomize) -> String {
    let mut parts = Vec::new();
    if !kustomize.images.is_empty() {
        parts.push(format!(
            "images {}",
            listed(kustomize.images.iter(), kustomize.images.len())
        ));
    }
    for replicas in kustomize.replicas.iter().take(NAMES_MAX) {
        parts.push(format!(
            "replicas {}={}",
            word(&replicas.name),
            word(&replicas.count)
        ));
    }
    if !kustomize.patches.is_empty() {
        parts.push(format!(
            "{} hidden",
            plural(kustomize.patches.len(), "patch")
        ));
    }
    for (label, value) in [
        ("namePrefix", &kustomize.name_prefix),
        ("nameSuffix", &kustomize.name_suffix),
        ("namespace", &kustomize.namespace),
    ] {
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

fn push_keys(parts: &mut Vec<String>, what: &str, named: &[Named]) {
    if !named.is_empty() {
        parts.push(hidden(
            what,
            named.iter().map(|named| &named.name),
            named.len(),
        ));
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

/// The first names of `count`.
pub(in crate::tools) fn listed<'a>(names: impl Iterator<Item = &'a Text>, count: usize) -> String {
    let shown: Vec<String> = names.take(NAMES_MAX).map(|name| name.line(120)).collect();
    match count - shown.len().min(count) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
