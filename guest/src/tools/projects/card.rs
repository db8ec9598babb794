//! Describes a project in words.

use crate::{
    answer::{listed, plural, said, word},
    call::listing,
    model::windows::words,
    model::{
        Destination,
        project::{GroupKind, Project, Role, Spec},
        window::Window,
    },
    redact::Text,
};

/// The lines of a project: name and description, then what it allows. At most `entries` of each list.
pub(super) fn lines(project: &Project, entries: usize) -> Vec<String> {
    let spec = &project.spec;
    let name = word(&project.metadata.name);
    let mut lines = vec![format!("{name}{}", said(&spec.description))];
    let mut list = |label: &str, all: Vec<String>, none: &str| match (all.is_empty(), none) {
        (true, "") => {}
        (true, none) => lines.push(format!("  {label}: {none}")),
        (false, _) => lines.push(format!("  {label}: {}", listing::first(&all, entries))),
    };
    let repos = spec.source_repos.iter().map(|repo| repo.line(200));
    list("sources", repos.collect(), "none");
    let destinations = spec.destinations.iter().map(Destination::place);
    list("destinations", destinations.collect(), "none");
    list(
        "applications also in namespaces",
        texts(&spec.source_namespaces),
        "",
    );
    list(
        "cluster-scoped kinds allowed",
        kinds(&spec.cluster_resource_whitelist),
        "none",
    );
    list(
        "cluster-scoped kinds denied",
        kinds(&spec.cluster_resource_blacklist),
        "",
    );
    if let Some(allowed) = &spec.namespace_resource_whitelist {
        list("namespaced kinds allowed", kinds(allowed), "");
    }
    list(
        "namespaced kinds denied",
        kinds(&spec.namespace_resource_blacklist),
        "",
    );
    list("roles", spec.roles.iter().map(role).collect(), "");
    rest(spec, entries, &mut lines);
    lines
}

/// Sync windows, orphaned resources and other restrictions.
fn rest(spec: &Spec, entries: usize, lines: &mut Vec<String>) {
    lines.extend(spec.sync_windows.iter().take(entries).map(window));
    if spec.sync_windows.len() > entries {
        let more = spec.sync_windows.len() - entries;
        lines.push(format!("  and {more} more windows"));
    }
    if let Some(orphans) = &spec.orphaned_resources {
        let warns = match orphans.warn {
            Some(false) => "monitored, no warning",
            _ => "monitored, with a warning",
        };
        lines.push(format!("  orphaned resources: {warns}"));
    }
    if !spec.signature_keys.is_empty() {
        let keys = spec.signature_keys.iter().map(|key| &key.key_id);
        let keys = listed(keys, spec.signature_keys.len());
        lines.push(format!(
            "  commits must be signed by one of the keys {keys}"
        ));
    }
    if spec.permit_only_project_scoped_clusters == Some(true) {
        lines.push("  only project-scoped clusters".to_owned());
    }
}

/// The policies and groups of each role.
pub(super) fn roles(spec: &Spec, entries: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for role in spec.roles.iter().take(entries) {
        let name = word(&role.name);
        lines.push(format!("  role {name}{}", said(&role.description)));
        let mut list = |label: &str, all: &[Text], separator: &str| {
            if !all.is_empty() {
                let first: Vec<String> = all
                    .iter()
                    .take(entries)
                    .map(|text| text.line(200))
                    .collect();
                let more = match all.len() - first.len() {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                lines.push(format!("    {label}: {}{more}", first.join(separator)));
            }
        };
        // A policy line contains commas itself.
        list("policies", &role.policies, "; ");
        list("groups", &role.groups, ", ");
    }
    lines
}

fn texts(texts: &[Text]) -> Vec<String> {
    texts.iter().map(|text| word(text)).collect()
}

fn kinds(kinds: &[GroupKind]) -> Vec<String> {
    kinds.iter().map(GroupKind::pattern).collect()
}

fn role(role: &Role) -> String {
    let groups = match role.groups.len() {
        0 => String::new(),
        count => format!(", {}", plural(count, "group")),
    };
    let policies = plural(role.policies.len(), "policy");
    format!("{} ({policies}{groups})", word(&role.name))
}

/// `  window: deny 0 0 * * * for 24h Europe/Berlin, applications * > Q4 freeze`.
fn window(window: &Window) -> String {
    let mut line = format!("  window: {}", words::named(window));
    let scopes = [
        ("applications", &window.applications),
        ("namespaces", &window.namespaces),
        ("clusters", &window.clusters),
    ];
    for (label, globs) in scopes.into_iter().filter(|(_, globs)| !globs.is_empty()) {
        line.push_str(&format!(", {label} {}", listing::first(&texts(globs), 8)));
    }
    if window.and_operator == Some(true) {
        line.push_str(", all must match");
    }
    line.push_str(&format!(", {}", words::manual(window)));
    line + &said(&window.description)
}
