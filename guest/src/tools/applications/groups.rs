//! Counts applications per group: project, cluster, namespace, health, sync status or repository.

use std::{cmp::Reverse, collections::BTreeMap};

use crate::{
    answer::{Line, Page, order, plural},
    call::choice::{Set, sets},
    model::application::listed::ListElement,
};

/// Maximum number of groups that are counted separately; real clusters, projects and repositories are far fewer.
const GROUPS_MAX: usize = 5_000;
/// Maximum number of applications that a group names.
const NAMED_MAX: usize = 6;

sets! {
    /// Groups to count by; `none` lists rows.
    GroupBy {
        Nothing = "none",
        Project = "project",
        Cluster = "cluster",
        Namespace = "namespace",
        Health = "health",
        Sync = "sync",
        Repo = "repo",
    }
}

#[derive(Default)]
struct Group {
    total: usize,
    unwell: usize,
    out: usize,
    names: Vec<String>,
}

/// Counts by one property.
pub(super) struct Groups {
    by: GroupBy,
    groups: BTreeMap<String, Group>,
    /// Applications of groups beyond the bound.
    others: usize,
}

impl Groups {
    /// Counts by `by`.
    pub(super) fn by(by: GroupBy) -> Self {
        Self {
            by,
            groups: BTreeMap::new(),
            others: 0,
        }
    }

    /// Counts one application.
    pub(super) fn add(&mut self, app: &ListElement) {
        let key = match self.by {
            GroupBy::Project => app.spec.project.line(63),
            GroupBy::Cluster => app.spec.destination.cluster(),
            GroupBy::Namespace => app.spec.destination.namespace.line(63),
            GroupBy::Health => app.health(),
            GroupBy::Sync => app.sync(),
            GroupBy::Repo | GroupBy::Nothing => app
                .repositories()
                .next()
                .map_or("-".to_owned(), |url| url.line(200)),
        };
        let room = self.groups.len() < GROUPS_MAX;
        let group = match self.groups.entry(key) {
            std::collections::btree_map::Entry::Vacant(_) if !room => {
                self.others += 1;
                return;
            }
            entry => entry.or_default(),
        };
        group.total += 1;
        group.unwell += usize::from(order::application_rank(&app.health(), &app.sync()) < 12);
        group.out += usize::from(app.sync() == "OutOfSync");
        // The first names of the stream are the first in Argo CD's own order.
        if group.names.len() < NAMED_MAX {
            group.names.push(app.metadata.name.line(120));
        }
    }

    /// Writes the groups, those with the most unhealthy or out-of-sync applications first.
    pub(super) fn write(self, page: &mut Page, limit: usize) {
        let mut groups: Vec<(String, Group)> = self.groups.into_iter().collect();
        // Equal counts stay in the order of their names.
        order::by_key(&mut groups, |(_, group)| {
            Reverse((group.unwell, group.out, group.total))
        });
        page.line(format!(
            "{} | applications | not well | OutOfSync | names",
            self.by.word()
        ));
        let count = groups.len();
        let mut written = 0;
        for (key, group) in groups.into_iter().take(limit) {
            let more = group.total - group.names.len();
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            let line = Line::new()
                .fact("group", if key.is_empty() { "-" } else { &key })
                .glue(" | ")
                .fact("applications", group.total)
                .glue(" | ")
                .fact("not_well", group.unwell)
                .glue(" | ")
                .fact("out_of_sync", group.out)
                .glue(" | ")
                .fact("names", format!("{}{more}", group.names.join(", ")));
            if !page.row(line) {
                break;
            }
            written += 1;
        }
        if written < count {
            page.has_more();
            page.line(format!("and {}", plural(count - written, "more group")));
        }
        if self.others > 0 {
            page.line(format!(
                "and {} in other groups",
                plural(self.others, "application")
            ));
        }
    }
}
