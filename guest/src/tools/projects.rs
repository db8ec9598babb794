//! `list_projects`: what each project may deploy, where, and when. Role tokens have no field here.

use super::{
    Context, Tool,
    call::{Call, Failure},
    input::{Count, input, schema},
    listing::{Listing, Row},
    record::{Present, record},
    wire::{Destination, Metadata},
};
use crate::{
    answer::{Answer, plural, said, word},
    argocd::Get,
    limits,
    redact::Text,
};

/// Projects of one answer by default, and at most.
const PROJECTS: u32 = 50;
const PROJECTS_MAX: u32 = 500;
/// Most entries of one of a project's lists.
const ENTRIES_MAX: usize = 8;

input! {
    /// What `list_projects` takes.
    struct Ask {
        /// Projects to show.
        limit: Count<PROJECTS, PROJECTS_MAX>,
        /// From the previous answer.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOLS: fn() -> Vec<Tool> = || {
    vec![Tool {
        name: "list_projects",
        title: "List projects",
        description: "Argo CD projects (AppProject): allowed source repositories, destinations and resource kinds, \
            roles, sync windows, orphan warnings. Shows why a project refuses an application or blocks a sync.",
        facts: &[],
        schema: schema::<Ask>,
        run: |context, call| Box::pin(list(context, call)),
    }]
};

record! {
    struct Project {
        metadata: Metadata = "metadata",
        spec: Spec = "spec",
    }
}

record! {
    struct Spec {
        description: Text = "description",
        source_repos: Vec<Text> = "sourceRepos",
        source_namespaces: Vec<Text> = "sourceNamespaces",
        destinations: Vec<Destination> = "destinations",
        cluster_resource_whitelist: Vec<GroupKind> = "clusterResourceWhitelist",
        cluster_resource_blacklist: Vec<GroupKind> = "clusterResourceBlacklist",
        namespace_resource_whitelist: Option<Vec<GroupKind>> = "namespaceResourceWhitelist",
        namespace_resource_blacklist: Vec<GroupKind> = "namespaceResourceBlacklist",
        roles: Vec<Role> = "roles",
        sync_windows: Vec<SyncWindow> = "syncWindows",
        orphaned_resources: Option<Orphans> = "orphanedResources",
    }
}

record! {
    struct GroupKind {
        group: Text = "group",
        kind: Text = "kind",
    }
}

record! {
    struct Role {
        name: Text = "name",
        policies: Vec<Present> = "policies",
        groups: Vec<Present> = "groups",
    }
}

record! {
    struct SyncWindow {
        kind: Text = "kind",
        schedule: Text = "schedule",
        duration: Text = "duration",
        time_zone: Text = "timeZone",
        description: Text = "description",
        manual_sync: Option<bool> = "manualSync",
        and_operator: Option<bool> = "andOperator",
        applications: Vec<Text> = "applications",
        namespaces: Vec<Text> = "namespaces",
        clusters: Vec<Text> = "clusters",
    }
}

record! {
    struct Orphans {
        warn: Option<bool> = "warn",
    }
}

async fn list(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    let mut rows: Vec<Row> = Vec::new();
    let each = |project: Project| {
        rows.push(Row {
            key: word(&project.metadata.name),
            line: project.render().into(),
        });
    };
    context
        .client
        .items(&Get::projects(), limits::UPSTREAM_LIST, each)
        .await?;
    Row::sort(&mut rows);
    let mut head = vec![plural(rows.len(), "project")];
    if rows.is_empty() {
        head.push("Argo CD leaves out what the account may not read; every installation has a project named default.".to_owned());
    }
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, PROJECTS));
    Listing {
        call: &call,
        cursor,
        limit,
        noun: "project",
    }
    .write(head, &rows, None)
}

impl Project {
    fn render(&self) -> String {
        let spec = &self.spec;
        let mut lines = vec![format!(
            "{}{}",
            word(&self.metadata.name),
            said(&spec.description)
        )];
        let mut list =
            |label: &str, entries: Vec<String>, none: &str| match (entries.is_empty(), none) {
                (true, "") => {}
                (true, none) => lines.push(format!("  {label}: {none}")),
                (false, _) => lines.push(format!("  {label}: {}", listed(&entries))),
            };
        list(
            "sources",
            spec.source_repos
                .iter()
                .map(|repo| repo.line(200))
                .collect(),
            "none",
        );
        list(
            "destinations",
            spec.destinations.iter().map(Destination::place).collect(),
            "none",
        );
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
        list("roles", spec.roles.iter().map(Role::render).collect(), "");
        spec.rest(&mut lines);
        lines.join("\n")
    }
}

impl Spec {
    /// Sync windows and orphans.
    fn rest(&self, lines: &mut Vec<String>) {
        lines.extend(
            self.sync_windows
                .iter()
                .take(ENTRIES_MAX)
                .map(SyncWindow::render),
        );
        if self.sync_windows.len() > ENTRIES_MAX {
            lines.push(format!(
                "  and {} more windows",
                self.sync_windows.len() - ENTRIES_MAX
            ));
        }
        if let Some(orphans) = &self.orphaned_resources {
            let warns = if orphans.warn == Some(false) {
                "watched, no warning"
            } else {
                "watched, applications get a warning"
            };
            lines.push(format!("  orphaned resources: {warns}"));
        }
    }
}

fn texts(texts: &[Text]) -> Vec<String> {
    texts.iter().map(|text| word(text)).collect()
}

fn kinds(kinds: &[GroupKind]) -> Vec<String> {
    let render = |kind: &GroupKind| match &*kind.group {
        "" => word(&kind.kind),
        group => format!("{}/{}", word(group), word(&kind.kind)),
    };
    kinds.iter().map(render).collect()
}

fn listed(entries: &[String]) -> String {
    let shown = entries
        .iter()
        .take(ENTRIES_MAX)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match entries.len().saturating_sub(ENTRIES_MAX) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

impl Role {
    fn render(&self) -> String {
        let groups = if self.groups.is_empty() {
            String::new()
        } else {
            format!(", {}", plural(self.groups.len(), "group"))
        };
        format!(
            "{} ({}{groups})",
            word(&self.name),
            plural(self.policies.len(), "policy")
        )
    }
}

impl SyncWindow {
    /// `  window: deny 0 0 * * * for 24h Europe/Berlin, applications * > Q4 freeze`.
    fn render(&self) -> String {
        let zone = if self.time_zone.is_empty() {
            "UTC".to_owned()
        } else {
            word(&self.time_zone)
        };
        let mut line = format!(
            "  window: {} {} for {} {zone}",
            word(&self.kind),
            word(&self.schedule),
            word(&self.duration)
        );
        let scopes = [
            ("applications", &self.applications),
            ("namespaces", &self.namespaces),
            ("clusters", &self.clusters),
        ];
        for (label, globs) in scopes.into_iter().filter(|(_, globs)| !globs.is_empty()) {
            line.push_str(&format!(", {label} {}", listed(&texts(globs))));
        }
        if self.and_operator == Some(true) {
            line.push_str(", all must match");
        }
        line.push_str(if self.manual_sync == Some(true) {
            ", manual sync allowed"
        } else {
            ", manual sync not allowed"
        });
        line + &said(&self.description)
    }
}
