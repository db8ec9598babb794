//! `list_applications`: lists applications, worst first.
//!
//! The list is read element by element; only counts and the rows to show are kept, so memory does
//! not grow with the number of applications.

pub(in crate::tools) mod filter;
mod groups;
pub(in crate::tools) mod nothing;
pub(in crate::tools) mod read;
mod top;
use std::collections::BTreeMap;

use self::{
    filter::Filter,
    groups::{GroupBy, Groups},
    nothing::Nothing,
    top::{Key, Row, Sort, Top},
};
use crate::{
    answer::{Answer, Budget, Line, Page, Remark, cursor, order, plural},
    argocd::{ListFilter, Namespace, ProjectName, Selector},
    call::{
        Call, Failure,
        choice::{Any, HealthWord, One, Part, PhaseWord, SyncWord},
        input::{Count, input, schema},
        sieve::Sieve,
        tool::{Context, Family, Listed, Subject, Tool},
    },
    limits,
    model::application::listed::ListElement,
};

/// Rows of one answer by default.
const ROWS: u32 = 50;
/// Rows of one answer at most.
const ROWS_MAX: u32 = 500;
/// The field that holds images; requested only when the call filters by image.
const IMAGES: &str = "items.status.summary";

/// The advice when nothing could be read because the list is too large.
const NARROW: &str =
    "narrow the list by project or selector until Argo CD can send it in one message.";

/// Explains why a cluster may seem to have no application.
pub(in crate::tools) fn cluster_hint(call: &Call) -> Remark {
    let other = match call.other("list_clusters", &[]) {
        Some(list) => format!("{list} shows both"),
        None => "try the other".to_owned(),
    };
    Remark::note(format!(
        "an application gives its cluster by name or by URL; {other}."
    ))
}

input! {
    /// What `list_applications` takes.
    struct List {
        /// Project.
        project: Option<ProjectName>,
        /// Labels, e.g. env=prod
        selector: Option<Selector>,
        /// Part of the name.
        search: Option<Part>,
        /// Degraded, Missing, …
        health: Any<HealthWord>,
        /// OutOfSync, Unknown, Synced.
        sync: Any<SyncWord>,
        /// Part of name or URL.
        cluster: Option<Part>,
        /// Destination.
        namespace: Option<Part>,
        /// Part of a source URL.
        repo: Option<Part>,
        /// Part, e.g. web:1.2
        image: Option<Part>,
        /// Failed, Running, …
        phase: Any<PhaseWord>,
        /// Namespace of the Applications.
        app_namespace: Option<Namespace>,
        /// Counts per group instead of rows.
        group_by: One<GroupBy>,
        /// Order.
        sort: One<Sort>,
        /// Maximum rows.
        limit: Count<ROWS, ROWS_MAX>,
        /// Next page.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "list_applications",
    title: "List applications",
    family: Family::Applications,
    listed: Listed::ByDefault,
    hint: "Lists applications, worst first, with many filters",
    subject: Subject::Nothing,
    description: "Argo CD applications: sync, health, project, destination, revision, last operation. Counts, then broken ones \
            first. Start here, or to find an exact name.",
    facts: &[
        "name",
        "project",
        "sync",
        "health",
        "destination",
        "revision",
        "last_operation",
        "group",
        "applications",
        "not_well",
        "out_of_sync",
        "names",
    ],
    schema: schema::<List>,
    run: |context, call| Box::pin(list(context, call)),
};

/// The counts and rows kept from the whole list.
#[derive(Default)]
struct Found {
    /// Applications that the server sent.
    seen: usize,
    /// Applications that match.
    total: usize,
    health: BTreeMap<(u8, String), usize>,
    sync: BTreeMap<(u8, String), usize>,
    namespaces: BTreeMap<String, usize>,
    deleting: usize,
}

async fn list(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: List = call.input()?;
    input.grouped(&call)?;
    let scope = call.scope();
    let cursor = input.cursor.as_deref();
    let position = (cursor.map(|cursor| Position::read(&scope, cursor))).transpose()?;
    let (sort, group_by, limit) = (input.sort.0, input.group_by.0, input.limit.0);
    let (upstream, filter) = input.filters();
    let more: &[&str] = if filter.image.is_some() {
        &[IMAGES]
    } else {
        &[]
    };
    let (mut found, mut groups) = (Found::default(), Groups::by(group_by));
    let after = position.as_ref().map(|position| position.after.clone());
    let mut top = Top::new(limit as usize, after);
    let mut sieve = filters(&upstream, &filter);
    let each = |application: ListElement| {
        found.seen += 1;
        if !filter.takes(&application) {
            // Needed only while no application matches, to explain the empty answer.
            if found.total == 0 {
                sieve.row();
                tell(&upstream, &filter, &application, &mut sieve);
            }
            return;
        }
        found.count(&application);
        if group_by == GroupBy::Nothing {
            top.offer(Row::of(&application, sort));
        } else {
            groups.add(&application);
        }
    };
    let missing = read::read(context, &upstream, more, each).await?;

    let mut page = Page::new(Budget::for_rows(limit, ROWS));
    let mut why = Vec::new();
    if found.total == 0 && missing.is_empty() {
        let nothing = Nothing {
            call: &call,
            filter: &upstream,
            more,
            sieve,
        };
        let tell = |app: &ListElement, sieve: &mut Sieve| filter.tell(app, sieve);
        (found.seen, why) = nothing.lines(context, tell).await;
    }
    page.line(found.headline(!missing.is_empty()));
    let not_read = |missing: &String| Remark::note(format!("not read, so not counted: {missing}"));
    missing
        .iter()
        .for_each(|missing| page.line(not_read(missing)));
    if found.total == 0 {
        if !missing.is_empty() {
            page.line(Remark::next(NARROW));
        } else if filter.cluster.is_some() {
            page.line(cluster_hint(&call));
        }
        why.into_iter().for_each(|line| page.line(line));
        return Ok(page.finish());
    }
    if group_by != GroupBy::Nothing {
        groups.write(&mut page, limit as usize);
        return Ok(page.finish());
    }
    // Sorted by name, a row never moves: applications that appear or disappear do not reorder the others.
    if sort == Sort::Worst && position.is_some_and(|position| position.before != top.before()) {
        page.line(Remark::note("the order changed since the previous page; some applications may repeat or be missing. Omit cursor to start again."));
    }
    rows(&mut page, &found, top, &scope, &call);
    Ok(page.finish())
}

/// All filters of a list, Argo CD's own first.
fn filters(upstream: &ListFilter, filter: &Filter) -> Sieve {
    let [project, app_namespace] = nothing::upstream(upstream);
    let [search, health, sync, phase, cluster, namespace, repo, image] = filter.given();
    Sieve::of([
        project,
        app_namespace,
        search,
        health,
        sync,
        phase,
        cluster,
        namespace,
        repo,
        image,
    ])
}

/// Records which filters an application that Argo CD sent passes.
fn tell(upstream: &ListFilter, filter: &Filter, app: &ListElement, sieve: &mut Sieve) {
    nothing::tell_upstream(upstream, app, sieve);
    filter.tell(app, sieve);
}

impl List {
    /// The filters that Argo CD applies, and those that are applied here.
    fn filters(self) -> (ListFilter, Filter) {
        let upstream = ListFilter {
            projects: self.project.into_iter().collect(),
            selector: self.selector,
            app_namespace: self.app_namespace,
        };
        let filter = Filter {
            search: self.search,
            health: self.health,
            sync: self.sync,
            phase: self.phase,
            cluster: self.cluster,
            namespace: self.namespace,
            repo: self.repo,
            image: self.image,
        };
        (upstream, filter)
    }

    /// Refuses arguments that have no effect with `group_by`.
    fn grouped(&self, call: &Call) -> Result<(), Failure> {
        let is_whole = self.sort.0 == Sort::Worst && self.cursor.is_none();
        if self.group_by.0 == GroupBy::Nothing || is_whole {
            return Ok(());
        }
        Err(Failure::Said(format!(
            "group_by returns all counts in one answer: sort and cursor have no effect.\nNext: {}",
            call.with(&[("sort", None), ("cursor", None)])
        )))
    }
}

/// Writes the rows and the call for the next page.
fn rows(page: &mut Page, found: &Found, top: Top, scope: &str, call: &Call) {
    let home = found.home();
    if found.namespaces.len() > 1 {
        page.line(format!("Names without a namespace are in {home}."));
    }
    page.line("name | project | sync | health | destination | revision | last operation");
    let before = top.before();
    let waiting = top.waiting();
    let rows = top.into_rows();
    let mut hashes = before;
    let mut written = 0;
    for row in &rows {
        let twice = rows
            .iter()
            .filter(|other| other.key.name == row.key.name)
            .count()
            > 1;
        if !page.row(row.render(&home, twice)) {
            break;
        }
        hashes = hashes.with(&row.key);
        written += 1;
    }
    let left = waiting - written;
    if left > 0 {
        page.has_more();
    }
    if let (true, Some(last)) = (
        left > 0,
        written.checked_sub(1).and_then(|last| rows.get(last)),
    ) {
        let cursor = Position {
            after: last.key.clone(),
            before: hashes,
        }
        .write(scope);
        page.line(Remark::next(format!("{left} more: {}", call.next(&cursor))));
    }
}

impl Found {
    fn count(&mut self, application: &ListElement) {
        self.total += 1;
        let (sync, health) = (application.sync(), application.health());
        add(
            &mut self.health,
            (order::health_rank(&health), health),
            limits::STATUS_WORDS,
        );
        add(
            &mut self.sync,
            (order::sync_rank(&sync), sync),
            limits::STATUS_WORDS,
        );
        add(
            &mut self.namespaces,
            application.metadata.namespace.line(63),
            limits::APP_NAMESPACES,
        );
        self.deleting += usize::from(!application.metadata.deletion_timestamp.is_empty());
    }

    /// `187 applications; health: 12 Degraded, 175 Healthy; sync: 31 OutOfSync, 156 Synced`.
    fn headline(&self, is_partial: bool) -> String {
        let read = if is_partial {
            " that could be read"
        } else {
            ""
        };
        if self.total == 0 {
            return match (self.seen, is_partial) {
                (0, true) => "No application could be read.".to_owned(),
                (0, false) => "0 applications.".to_owned(),
                (seen, _) => format!("0 of {}{read} match.", plural(seen, "application")),
            };
        }
        let list = |words: &BTreeMap<(u8, String), usize>| {
            let words: Vec<_> = words
                .iter()
                .map(|((_, word), count)| format!("{count} {word}"))
                .collect();
            words.join(", ")
        };
        let deleting = if self.deleting > 0 {
            format!("; {} being deleted", self.deleting)
        } else {
            String::new()
        };
        let total = match self.seen - self.total {
            0 => format!("{}{read}", plural(self.total, "application")),
            _ => format!(
                "{} of {}{read} match",
                self.total,
                plural(self.seen, "application")
            ),
        };
        format!(
            "{total}; health: {}; sync: {}{deleting}",
            list(&self.health),
            list(&self.sync)
        )
    }

    /// The namespace of most applications: usually Argo CD's own.
    fn home(&self) -> String {
        let most = self
            .namespaces
            .iter()
            .max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
        most.map_or(String::new(), |(namespace, _)| namespace.clone())
    }
}

/// Counts `key`, unless the map has its maximum number of keys.
fn add<K: Ord>(counts: &mut BTreeMap<K, usize>, key: K, most: usize) {
    if let Some(count) = counts.get_mut(&key) {
        *count += 1;
    } else if counts.len() < most {
        counts.insert(key, 1);
    }
}

/// The end of a page: its last row, and a fingerprint of all rows up to it.
struct Position {
    after: Key,
    before: top::Fingerprint,
}

impl Position {
    fn write(&self, scope: &str) -> String {
        let (rank, before) = (self.after.rank.to_string(), self.before.to_string());
        cursor::encode(
            scope,
            &[&rank, &self.after.name, &self.after.namespace, &before],
        )
    }

    fn read(scope: &str, text: &str) -> Result<Self, cursor::BadCursor> {
        let [rank, name, namespace, before] = cursor::decode::<4>(scope, text)?;
        let rank = rank.parse().map_err(|_| cursor::BadCursor)?;
        let before = before.parse().map_err(|_| cursor::BadCursor)?;
        Ok(Self {
            after: Key {
                rank,
                name,
                namespace,
            },
            before,
        })
    }
}

impl Row {
    /// `twice`: another row of this page has the same name.
    fn render(&self, home: &str, twice: bool) -> Line {
        let name = if self.key.namespace == home && !twice {
            self.key.name.clone()
        } else {
            format!("{}/{}", self.key.namespace, self.key.name)
        };
        let columns = [
            ("project", &self.project),
            ("sync", &self.sync),
            ("health", &self.health),
            ("destination", &self.place),
            ("revision", &self.revision),
            ("last_operation", &self.operation),
        ];
        columns
            .into_iter()
            .fold(Line::new().fact("name", name), |line, (fact, value)| {
                line.glue(" | ").fact(fact, value)
            })
    }
}
