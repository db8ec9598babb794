//! `list_applications`: what is there and what is broken, worst first.
//!
//! The list is read element by element; only counts and the rows to show are kept, so memory does
//! not grow with the number of applications.

mod top;
mod wire;

use std::collections::BTreeMap;

use self::{
    top::{Key, Row, Top},
    wire::Application,
};
use super::{
    Context, Tool,
    call::{Call, Failure},
    input::{Count, input, schema},
};
use crate::{
    answer::{Answer, Budget, Page, cursor, order, plural},
    argocd::{Get, ListFilter, Namespace, ProjectName, Selector},
    limits,
};

/// Rows of one answer by default.
const ROWS: u32 = 50;
/// Rows of one answer at most.
const ROWS_MAX: u32 = 500;

input! {
    /// What `list_applications` takes.
    struct List {
        /// Only this project.
        project: Option<ProjectName>,
        /// Label selector, e.g. env=prod,team=platform.
        selector: Option<Selector>,
        /// Only Applications that live in this namespace.
        app_namespace: Option<Namespace>,
        /// Rows to show.
        limit: Count<ROWS, ROWS_MAX>,
        /// From the previous answer.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOLS: fn() -> Vec<Tool> = || {
    vec![Tool {
        name: "list_applications",
        title: "List applications",
        description: "Argo CD applications with sync status, health, project, destination, revision and last \
            operation. Counts first, then the broken ones first. Start here to see what is wrong or to find an \
            application's exact name and namespace.",
        facts: &[],
        schema: schema::<List>,
        run: |context, call| Box::pin(list(context, call)),
    }]
};

/// What is kept of the whole list.
#[derive(Default)]
struct Found {
    total: usize,
    health: BTreeMap<(u8, String), usize>,
    sync: BTreeMap<(u8, String), usize>,
    namespaces: BTreeMap<String, usize>,
    deleting: usize,
}

async fn list(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: List = call.input()?;
    let scope = call.scope();
    let position = input
        .cursor
        .as_deref()
        .map(|cursor| Position::read(&scope, cursor))
        .transpose()?;
    let filter = ListFilter {
        projects: input.project.into_iter().collect(),
        selector: input.selector,
        app_namespace: input.app_namespace,
    };
    let fields = context.client.list_fields(limits::UPSTREAM_VERSION).await;
    let get = Get::applications(&filter, &fields);
    let mut found = Found::default();
    let mut top = Top::new(
        input.limit.0 as usize,
        position.as_ref().map(|position| position.after.clone()),
    );
    let each = |application: Application| {
        found.count(&application);
        top.offer(application.row());
        if found.total.is_multiple_of(limits::PROGRESS_EVERY) {
            let read = format!("{} applications read", found.total);
            (context.progress)(found.total as f64, None, &read);
        }
    };
    context
        .client
        .items(&get, limits::UPSTREAM_LIST, each)
        .await?;

    let mut page = Page::new(Budget::for_rows(input.limit.0, ROWS));
    page.line(found.headline());
    if found.total == 0 {
        let filtered = filter != ListFilter::default();
        page.line(if filtered {
            "Nothing matches, or the account may not see what does. Check project and selector; labels are those of the Application itself."
        } else {
            "Argo CD leaves out what the account may not read, so an empty list may mean missing rights."
        });
        return Ok(page.finish());
    }
    if position.is_some_and(|position| position.before != top.before()) {
        page.line("Note: applications changed places since the previous page; some may have been shown before or be passed over. Without cursor the list starts again.");
    }
    rows(&mut page, &found, top, &scope, &call);
    Ok(page.finish())
}

/// Writes the rows and the call that goes on.
fn rows(page: &mut Page, found: &Found, top: Top, scope: &str, call: &Call) {
    let home = found.home();
    if found.namespaces.len() > 1 {
        page.line(format!("Names without a namespace live in {home}."));
    }
    page.line("name | project | sync | health | destination | revision | last operation");
    let before = top.before();
    let waiting = top.waiting();
    let rows = top.into_rows();
    let mut hashes = before;
    let mut shown = 0;
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
        shown += 1;
    }
    let left = waiting - shown;
    if left > 0 {
        page.has_more();
    }
    if let (true, Some(last)) = (
        left > 0,
        shown.checked_sub(1).and_then(|last| rows.get(last)),
    ) {
        let cursor = Position {
            after: last.key.clone(),
            before: hashes,
        }
        .write(scope);
        page.line(format!("Next: {left} more: {}", call.next(&cursor)));
    }
}

impl Found {
    fn count(&mut self, application: &Application) {
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

    /// `187 applications: 12 Degraded, 175 Healthy; 31 OutOfSync, 156 Synced`.
    fn headline(&self) -> String {
        if self.total == 0 {
            return "0 applications.".to_owned();
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
        let total = plural(self.total, "application");
        format!(
            "{total}: {}; {}{deleting}",
            list(&self.health),
            list(&self.sync)
        )
    }

    /// The namespace that most applications live in: as a rule Argo CD's own.
    fn home(&self) -> String {
        let most = self
            .namespaces
            .iter()
            .max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
        most.map_or(String::new(), |(namespace, _)| namespace.clone())
    }
}

/// Counts `key`, unless that would be one key too many.
fn add<K: Ord>(counts: &mut BTreeMap<K, usize>, key: K, most: usize) {
    if let Some(count) = counts.get_mut(&key) {
        *count += 1;
    } else if counts.len() < most {
        counts.insert(key, 1);
    }
}

/// Where a page ended: after which row, and a fingerprint of all rows up to there.
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
    fn render(&self, home: &str, twice: bool) -> String {
        let name = match self.key.namespace == home && !twice {
            true => self.key.name.clone(),
            false => format!("{}/{}", self.key.namespace, self.key.name),
        };
        let Self {
            project,
            sync,
            health,
            place,
            revision,
            operation,
            ..
        } = self;
        format!("{name} | {project} | {sync} | {health} | {place} | {revision} | {operation}")
    }
}
