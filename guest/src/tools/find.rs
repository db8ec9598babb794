//! `find_applications`: which applications use an image, a repository, a cluster, or own a resource.

use super::{
    Context, Family, Listed, Subject, Tool,
    applications::{
        cluster_hint,
        filter::{is_cluster, is_repository},
        read,
    },
};
use crate::{
    answer::{Answer, Line, Remark, order, plural, revision, word},
    argocd::{Kind, ListFilter, ProjectName},
    call::{
        Call, Failure,
        choice::Part,
        input::{Count, input, schema},
        listing::{Listing, Row},
    },
    model::{application::listed::ListElement, operation},
    redact::Text,
};

/// Applications of one answer by default, and at most.
const FOUND: u32 = 50;
const FOUND_MAX: u32 = 500;
/// Most matches that are held: more is no answer to "which one".
const HELD_MAX: usize = 5_000;
/// Most things of one application that a row names.
const NAMED_MAX: usize = 4;

input! {
    /// What `find_applications` takes.
    struct Ask {
        /// Part of an image.
        image: Option<Part>,
        /// Part of a source URL.
        repo: Option<Part>,
        /// Part of path or chart.
        path: Option<Part>,
        /// Whole or part.
        target_revision: Option<Part>,
        /// Part of name or URL.
        cluster: Option<Part>,
        /// Destination.
        namespace: Option<Part>,
        /// Managed resource, or part.
        resource: Option<Part>,
        /// Its kind.
        kind: Option<Kind>,
        /// Project.
        project: Option<ProjectName>,
        /// Most rows.
        limit: Count<FOUND, FOUND_MAX>,
        /// Next page.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "find_applications",
    title: "Find applications",
    family: Family::Applications,
    listed: Listed::ByDefault,
    hint: "Finds who uses an image, repository, cluster or resource",
    subject: Subject::Nothing,
    description: "Which Argo CD applications use an image, repository, path, revision, cluster or namespace, or manage a \
            resource. All criteria must match.",
    facts: &[
        "name",
        "project",
        "sync",
        "health",
        "destination",
        "matched",
    ],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(find(context, call)),
};

impl Ask {
    fn is_empty(&self) -> bool {
        let parts = [
            &self.image,
            &self.repo,
            &self.path,
            &self.target_revision,
            &self.cluster,
            &self.namespace,
            &self.resource,
        ];
        parts.iter().all(|part| part.is_none()) && self.kind.is_none()
    }

    /// What of `app` matches each criterion, in words; `None` when one does not match.
    fn matched(&self, app: &ListElement) -> Option<Vec<String>> {
        let mut matched = Vec::new();
        let mut need = |wanted: bool, found: Vec<String>| -> Option<()> {
            if !wanted {
                return Some(());
            }
            let more = found.len().saturating_sub(NAMED_MAX);
            if found.is_empty() {
                return None;
            }
            matched.extend(found.into_iter().take(NAMED_MAX));
            if more > 0 {
                matched.push(format!("and {more} more"));
            }
            Some(())
        };
        let texts = |part: &Option<Part>, all: Vec<&Text>| -> Vec<String> {
            let Some(part) = part else { return Vec::new() };
            all.into_iter()
                .filter(|text| part.is_in(text))
                .map(|text| text.line(200))
                .collect()
        };
        need(
            self.image.is_some(),
            texts(&self.image, app.images().iter().collect()),
        )?;
        if let Some(repo) = &self.repo {
            need(
                true,
                app.repositories()
                    .filter(|url| is_repository(repo, url))
                    .map(|url| url.line(200))
                    .collect(),
            )?;
        }
        need(
            self.path.is_some(),
            texts(
                &self.path,
                app.sources()
                    .iter()
                    .flat_map(|source| [&source.path, &source.chart])
                    .collect(),
            ),
        )?;
        if let Some(target) = &self.target_revision {
            let targets = app.sources().iter().map(|source| &source.target_revision);
            need(
                true,
                targets
                    .filter(|text| target.is_in(text))
                    .map(|text| revision(text))
                    .collect(),
            )?;
        }
        if let Some(cluster) = &self.cluster {
            need(
                true,
                is_cluster(cluster, app)
                    .then(|| app.spec.destination.cluster())
                    .into_iter()
                    .collect(),
            )?;
        }
        let of_resource = self.resource.is_some() || self.kind.is_some();
        if !of_resource {
            need(
                self.namespace.is_some(),
                texts(&self.namespace, vec![&app.spec.destination.namespace]),
            )?;
        }
        if of_resource {
            let owned = app.status.resources.iter().filter(|owned| {
                // Where the resource is, which need not be where the application deploys to.
                let spaces = [&owned.namespace, &app.spec.destination.namespace];
                let space = spaces.into_iter().find(|space| !space.is_empty());
                let is_there = self
                    .namespace
                    .as_ref()
                    .is_none_or(|part| space.is_some_and(|space| part.is_in(space)));
                is_there
                    && self
                        .kind
                        .as_ref()
                        .is_none_or(|kind| kind.as_str().eq_ignore_ascii_case(&owned.kind))
                    && self
                        .resource
                        .as_ref()
                        .is_none_or(|name| name.is_in(&owned.name))
            });
            need(
                true,
                owned
                    .map(|owned| {
                        let place = operation::place(&owned.namespace, &owned.name);
                        format!("{} {place}", word(&owned.kind))
                    })
                    .collect(),
            )?;
        }
        Some(matched)
    }
}

async fn find(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    if input.is_empty() {
        return Err(Failure::Said(
            "Nothing to find by.\nNext: give at least one of image, repo, path, target_revision, cluster, namespace, resource, kind.".to_owned(),
        ));
    }
    let upstream = ListFilter {
        projects: input.project.clone().into_iter().collect(),
        ..ListFilter::default()
    };
    let mut more = Vec::new();
    if input.image.is_some() {
        more.push("items.status.summary");
    }
    if input.resource.is_some() || input.kind.is_some() {
        more.push("items.status.resources");
    }
    let (mut rows, mut seen, mut beyond) = (Vec::new(), 0, 0);
    let each = |app: ListElement| {
        seen += 1;
        let Some(matched) = input.matched(&app) else {
            return;
        };
        if rows.len() < HELD_MAX {
            rows.push(row(&app, &matched));
        } else {
            beyond += 1;
        }
    };
    let missing = read::read(context, &upstream, &more, each).await?;
    Row::sort(&mut rows);
    let mut head: Vec<Remark> = vec![
        format!(
            "{} of {} match",
            rows.len() + beyond,
            plural(seen, "application")
        )
        .into(),
    ];
    head.extend(
        missing
            .iter()
            .map(|missing| Remark::note(format!("not read, so not searched: {missing}"))),
    );
    if beyond > 0 {
        head.push(Remark::note(format!(
            "only the first {HELD_MAX} are kept; narrow the question."
        )));
    }
    if rows.is_empty() {
        head.push("Nothing matches, or the account may not see what does.".into());
        head.extend(input.cluster.as_ref().map(|_| cluster_hint(&call)));
    } else {
        head.push("name | project | sync | health | destination | matched".into());
    }
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, FOUND));
    Listing {
        call: &call,
        cursor,
        limit,
        noun: "application",
    }
    .write(head, &rows, None)
}

fn row(app: &ListElement, matched: &[String]) -> Row {
    let name = format!(
        "{}/{}",
        word(&app.metadata.namespace),
        word(&app.metadata.name)
    );
    let line = Line::new()
        .fact("name", &name)
        .glue(" | ")
        .fact("project", word(&app.spec.project))
        .glue(" | ")
        .fact("sync", app.sync())
        .glue(" | ")
        .fact("health", app.health())
        .glue(" | ")
        .fact("destination", app.spec.destination.place())
        .glue(" | ")
        .fact("matched", matched.join(", "));
    let rank = order::application_rank(&app.health(), &app.sync());
    Row {
        key: format!("{rank:02} {name}"),
        line,
    }
}
