//! Fields that Argo CD does not compare because of the application's `ignoreDifferences`, with both values.

use crate::{
    answer::word,
    argocd::{AppRef, Get, Kind, Object, States},
    call::tool::Context,
    limits,
    model::{
        application::{Application, Ignore},
        changes,
        operation::place,
        record::record,
    },
    redact::{Manifest, Node, Text},
};

/// Maximum rules, paths of a rule, and fields shown.
const RULES_MAX: usize = 5;
const PATHS_MAX: usize = 5;
const FIELDS_MAX: usize = 8;

record! {
    /// Both states as they are: in the normalised ones an ignored field has the same value twice.
    struct Raw {
        kind: Text = "kind",
        namespace: Text = "namespace",
        name: Text = "name",
        live: Manifest = "liveState",
        target: Manifest = "targetState",
    }
}

/// The rules in one line.
pub(super) fn rules(app: &Application) -> Option<String> {
    let rules: Vec<String> = app
        .spec
        .ignore_differences
        .iter()
        .take(RULES_MAX)
        .map(|rule| {
            let paths: Vec<String> = paths(rule)
                .take(PATHS_MAX)
                .map(|path| path.line(80))
                .collect();
            format!("{} {}", word(&rule.kind), paths.join(" "))
        })
        .collect();
    (!rules.is_empty()).then(|| format!("Ignored, so not compared: {}", rules.join("; ")))
}

fn paths(rule: &Ignore) -> impl Iterator<Item = &Text> {
    rule.json_pointers.iter().chain(&rule.jq_path_expressions)
}

/// The ignored fields that differ; none when they cannot be read, or when no path is plain.
pub(super) async fn values(context: &Context, app_ref: &AppRef, app: &Application) -> Vec<String> {
    let rules: Vec<(&Ignore, Vec<Vec<&str>>)> = app
        .spec
        .ignore_differences
        .iter()
        .take(RULES_MAX)
        .map(|rule| (rule, paths(rule).filter_map(|path| keys(path)).collect()))
        .filter(|(_, paths): &(_, Vec<_>)| !paths.is_empty())
        .collect();
    // Argo CD's filter takes one kind.
    let Some(kind) = rules
        .first()
        .and_then(|(rule, _)| Kind::parse(&rule.kind).ok())
    else {
        return Vec::new();
    };
    let is_one = rules.iter().all(|(rule, _)| *rule.kind == *kind.as_str());
    let only = Object {
        kind: is_one.then_some(kind),
        ..Object::default()
    };
    let mut lines = Vec::new();
    let each = |raw: Raw| {
        let fits = |rule: &Ignore| {
            rule.kind == raw.kind && (rule.name.is_empty() || rule.name == raw.name)
        };
        let name = format!("{} {}", word(&raw.kind), place(&raw.namespace, &raw.name));
        let fitting = rules.iter().filter(|(rule, _)| fits(rule));
        for keys in fitting.flat_map(|(_, paths)| paths) {
            if let Some(line) = differs(&raw, keys) {
                lines.push(format!("{name}, ignored: {line}"));
            }
        }
    };
    let get = Get::managed_states(app_ref, &only, States::All);
    let read = context.client.items(&get, limits::UPSTREAM, each).await;
    if read.is_err() {
        return Vec::new();
    }
    lines.truncate(FIELDS_MAX);
    lines
}

/// `/spec/replicas` and `.spec.replicas` as keys; `None` for a path with lists or a program.
fn keys(path: &str) -> Option<Vec<&str>> {
    let (path, between) = match path.strip_prefix('/') {
        Some(path) => (path, '/'),
        None => (path.strip_prefix('.')?, '.'),
    };
    let keys: Vec<&str> = path.split(between).collect();
    let is_key = |key: &&str| {
        !key.is_empty()
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !key.bytes().all(|byte| byte.is_ascii_digit())
    };
    keys.iter().all(is_key).then_some(keys)
}

/// `spec.replicas: 9 -> 2`, when both exist and differ.
fn differs(raw: &Raw, keys: &[&str]) -> Option<String> {
    let at = |state: &Manifest| -> Node { state.node().at(keys).cloned().unwrap_or_default() };
    let (live, target) = (at(&raw.live), at(&raw.target));
    if raw.live.is_absent() || raw.target.is_absent() || live == target {
        return None;
    }
    let whole = changes::between(&live, &target);
    let first = whole.first()?.render();
    Some(format!(
        "{}{}{first}",
        keys.join("."),
        if first.starts_with([':', '[']) {
            ""
        } else {
            "."
        }
    ))
}
