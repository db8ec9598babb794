//! Describes a project in words.

use serde_json::{Value, json};

use crate::{
    answer::{
        Fact, Line,
        member::{Member, flag, number, objects, shared, text, texts},
        plural, word,
    },
    model::windows::words,
    model::{
        Destination,
        project::{GroupKind, Project, Role, Spec},
        window::Window,
    },
    redact::Text,
};

/// Maximum number of keys that sign commits that are named.
const KEYS_MAX: usize = 12;
/// Maximum number of patterns of a window that are named.
const PATTERNS_MAX: usize = 8;

/// The members of a project.
pub(super) const PROJECT: [Member; 24] = [
    text("name"),
    text("description").maybe(),
    texts("sources"),
    number("more_sources").maybe(),
    texts("destinations"),
    number("more_destinations").maybe(),
    texts("application_namespaces"),
    number("more_application_namespaces").maybe(),
    texts("cluster_kinds_allowed"),
    number("more_cluster_kinds_allowed").maybe(),
    texts("cluster_kinds_denied"),
    number("more_cluster_kinds_denied").maybe(),
    texts("namespaced_kinds_allowed"),
    number("more_namespaced_kinds_allowed").maybe(),
    texts("namespaced_kinds_denied"),
    number("more_namespaced_kinds_denied").maybe(),
    objects(
        "roles",
        &[text("name"), number("policies"), number("groups")],
    ),
    number("more_roles").maybe(),
    objects("windows", &WINDOW),
    number("more_windows").maybe(),
    flag("warns_of_orphans").maybe(),
    texts("signature_keys"),
    number("more_signature_keys").maybe(),
    flag("only_project_scoped_clusters").maybe(),
];

/// The members of a role with its rules.
pub(super) const ROLE: [Member; 6] = [
    text("role"),
    text("description").maybe(),
    texts("policies"),
    number("more_policies").maybe(),
    texts("groups"),
    number("more_groups").maybe(),
];

/// The members of a window of a project.
const WINDOW: [Member; 9] = [
    shared(&words::WINDOW),
    texts("applications"),
    number("more_applications").maybe(),
    texts("namespaces"),
    number("more_namespaces").maybe(),
    texts("clusters"),
    number("more_clusters").maybe(),
    flag("all_must_match"),
    text("description").maybe(),
];

/// Name and description of a project, and below what it allows. At most `entries` of each list.
pub(super) fn line(project: &Project, entries: usize) -> Line {
    let spec = &project.spec;
    let mut line = Line::new()
        .fact("name", word(&project.metadata.name))
        .said("description", &spec.description);
    let mut list =
        |label: &'static str, [name, more]: [&'static str; 2], all: Vec<String>, none| {
            let below = Line::new().glue(label);
            let below = match (all.is_empty(), none) {
                (true, "") => return,
                (true, none) => below.fact(name, Fact::new(none, Value::Array(Vec::new()))),
                (false, _) => below.names(name, more, &all, entries),
            };
            line = std::mem::take(&mut line).below("", below);
        };
    let repos = spec.source_repos.iter().map(|repo| repo.line(200));
    list(
        "sources: ",
        ["sources", "more_sources"],
        repos.collect(),
        "none",
    );
    let destinations = spec.destinations.iter().map(Destination::place);
    list(
        "destinations: ",
        ["destinations", "more_destinations"],
        destinations.collect(),
        "none",
    );
    list(
        "applications also in namespaces: ",
        ["application_namespaces", "more_application_namespaces"],
        texts_of(&spec.source_namespaces),
        "",
    );
    list(
        "cluster-scoped kinds allowed: ",
        ["cluster_kinds_allowed", "more_cluster_kinds_allowed"],
        kinds(&spec.cluster_resource_whitelist),
        "none",
    );
    list(
        "cluster-scoped kinds denied: ",
        ["cluster_kinds_denied", "more_cluster_kinds_denied"],
        kinds(&spec.cluster_resource_blacklist),
        "",
    );
    if let Some(allowed) = &spec.namespace_resource_whitelist {
        list(
            "namespaced kinds allowed: ",
            ["namespaced_kinds_allowed", "more_namespaced_kinds_allowed"],
            kinds(allowed),
            "",
        );
    }
    list(
        "namespaced kinds denied: ",
        ["namespaced_kinds_denied", "more_namespaced_kinds_denied"],
        kinds(&spec.namespace_resource_blacklist),
        "",
    );
    rest(spec, entries, line)
}

/// Roles, sync windows, orphaned resources and other restrictions.
fn rest(spec: &Spec, entries: usize, mut line: Line) -> Line {
    if !spec.roles.is_empty() {
        line = line.below("", roles(&spec.roles, entries));
    }
    for each in spec.sync_windows.iter().take(entries) {
        line = line.below("windows", window(each));
    }
    if spec.sync_windows.len() > entries {
        let more = spec.sync_windows.len() - entries;
        let more = Line::new().glue("and ").fact("more_windows", more);
        line = line.below("", more.glue(" more windows"));
    }
    if let Some(orphans) = &spec.orphaned_resources {
        let warns = match orphans.warn {
            Some(false) => Fact::new("monitored, no warning", false),
            _ => Fact::new("monitored, with a warning", true),
        };
        let below = Line::new().glue("orphaned resources: ");
        line = line.below("", below.fact("warns_of_orphans", warns));
    }
    if !spec.signature_keys.is_empty() {
        let keys = spec.signature_keys.iter().map(|key| word(&key.key_id));
        let keys: Vec<String> = keys.collect();
        let below = Line::new().glue("commits must be signed by one of the keys ");
        let below = below.names("signature_keys", "more_signature_keys", &keys, KEYS_MAX);
        line = line.below("", below);
    }
    if spec.permit_only_project_scoped_clusters == Some(true) {
        let only = Fact::flag(true, "only project-scoped clusters");
        line = line.below("", Line::new().fact("only_project_scoped_clusters", only));
    }
    line
}

/// The policies and groups of each role.
pub(super) fn role_rules(spec: &Spec, entries: usize) -> Vec<Line> {
    let role = |role: &Role| {
        let mut line = Line::new()
            .glue("role ")
            .fact("role", word(&role.name))
            .said("description", &role.description);
        // A policy line contains commas itself.
        let policies = ("policies: ", "policies", "more_policies", "; ");
        for ((label, name, more, separator), all) in [
            (policies, &role.policies),
            (("groups: ", "groups", "more_groups", ", "), &role.groups),
        ] {
            if all.is_empty() {
                continue;
            }
            let first = all.iter().take(entries).map(|text| text.line(200));
            let mut below = Line::new()
                .glue(label)
                .fact(name, Fact::list(first.collect(), separator));
            if all.len() > entries {
                let left = all.len() - entries;
                below = below.glue(" and ").fact(more, left).glue(" more");
            }
            line = line.below("", below);
        }
        line
    };
    spec.roles.iter().take(entries).map(role).collect()
}

fn texts_of(texts: &[Text]) -> Vec<String> {
    texts.iter().map(|text| word(text)).collect()
}

fn kinds(kinds: &[GroupKind]) -> Vec<String> {
    kinds.iter().map(GroupKind::pattern).collect()
}

/// `roles: deploy (2 policies, 1 group), read (1 policy)`.
fn roles(all: &[Role], entries: usize) -> Line {
    let words = |role: &Role| {
        let groups = match role.groups.len() {
            0 => String::new(),
            count => format!(", {}", plural(count, "group")),
        };
        let policies = plural(role.policies.len(), "policy");
        format!("{} ({policies}{groups})", word(&role.name))
    };
    let first = &all[..all.len().min(entries)];
    let text: Vec<String> = first.iter().map(words).collect();
    let data: Vec<Value> = first
        .iter()
        .map(|role| {
            json!({"name": word(&role.name), "policies": role.policies.len(), "groups": role.groups.len()})
        })
        .collect();
    let line = Line::new()
        .glue("roles: ")
        .fact("roles", Fact::new(text.join(", "), data));
    match all.len() - first.len() {
        0 => line,
        more => line.glue(" and ").fact("more_roles", more).glue(" more"),
    }
}

/// `window: deny 0 0 * * * for 24h Europe/Berlin, applications * > Q4 freeze`.
fn window(window: &Window) -> Line {
    let mut line = Line::new().glue("window: ").and(words::described(window));
    let scopes = [
        (
            ", applications ",
            "applications",
            "more_applications",
            &window.applications,
        ),
        (
            ", namespaces ",
            "namespaces",
            "more_namespaces",
            &window.namespaces,
        ),
        (", clusters ", "clusters", "more_clusters", &window.clusters),
    ];
    for (label, name, more, globs) in scopes {
        if !globs.is_empty() {
            line = line
                .glue(label)
                .names(name, more, &texts_of(globs), PATTERNS_MAX);
        }
    }
    let all = Fact::flag(window.and_operator == Some(true), ", all must match");
    line.fact("all_must_match", all)
        .glue(", ")
        .and(words::manual_sync(window))
        .said("description", &window.description)
}
