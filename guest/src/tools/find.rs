//! `find_applications`: finds applications that use an image, a repository or a cluster, or own a resource.

use super::applications::{
    cluster_hint,
    filter::{is_cluster, is_repository},
    nothing::{self, Nothing, tell_upstream},
    read,
};
use crate::{
    answer::{Answer, Line, Remark, order, plural, revision, word},
    argocd::{ListFilter, ProjectName},
    call::{
        Call, Failure,
        choice::Part,
        input::{Count, input, schema},
        kinds::KindWord,
        listing::{Listing, Row},
        sieve::{Looks, Sieve},
        tool::{Context, Family, Listed, Subject, Tool},
        wanted::{Identity, Search, Wanted},
    },
    model::{
        OWN_CLUSTER,
        application::listed::{ListElement, Owned},
        operation,
    },
    redact::one_line,
};

/// Applications of one answer by default, and at most.
const FOUND: u32 = 50;
const FOUND_MAX: u32 = 500;
/// Maximum number of matches kept in memory; a caller with more needs a narrower search.
const HELD_MAX: usize = 5_000;
/// Maximum number of matched values that a row names.
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
        kind: Option<KindWord>,
        /// Project.
        project: Option<ProjectName>,
        /// Maximum rows.
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

impl<'a> From<&'a Owned> for Identity<'a> {
    fn from(owned: &'a Owned) -> Self {
        Self {
            group: &owned.group,
            kind: &owned.kind,
            namespace: &owned.namespace,
            name: &owned.name,
        }
    }
}

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

    /// The values of `app` that match the criteria, in words; `None` when a criterion does not match.
    fn matched(&self, app: &ListElement) -> Option<Vec<String>> {
        let mut matched = Vec::new();
        for found in self.criteria(app) {
            let more = found.len().saturating_sub(NAMED_MAX);
            if found.is_empty() {
                return None;
            }
            matched.extend(found.into_iter().take(NAMED_MAX));
            if more > 0 {
                matched.push(format!("and {more} more"));
            }
        }
        Some(matched)
    }

    /// The values of `app` that match each given criterion.
    fn criteria(&self, app: &ListElement) -> Vec<Vec<String>> {
        let mut all: Vec<Vec<String>> = Vec::new();
        let fitting = |part: &Part, texts: &[&str]| -> Vec<String> {
            let fit = texts.iter().filter(|text| part.is_in(text));
            fit.map(|text| one_line(text, 200)).collect()
        };
        let values = Values::of(app);
        if let Some(image) = &self.image {
            all.push(fitting(image, &values.images));
        }
        if let Some(repo) = &self.repo {
            let urls = app.repositories().filter(|url| is_repository(repo, url));
            all.push(urls.map(|url| url.line(200)).collect());
        }
        if let Some(path) = &self.path {
            all.push(fitting(path, &values.paths));
        }
        if let Some(target) = &self.target_revision {
            let targets = values.targets.iter().filter(|text| target.is_in(text));
            all.push(targets.map(|text| revision(text)).collect());
        }
        if let Some(cluster) = &self.cluster {
            let fits = is_cluster(cluster, app);
            all.push(
                fits.then(|| app.spec.destination.cluster())
                    .into_iter()
                    .collect(),
            );
        }
        if self.resource.is_some() || self.kind.is_some() {
            let wanted = Wanted::part(self.kind.as_ref(), self.resource.as_ref());
            let owned = app.status.resources.iter();
            let owned = owned.filter(|owned| self.is_there(app, owned) && wanted.fits(*owned));
            let names = owned.map(|owned| {
                let place = operation::place(&owned.namespace, &owned.name);
                format!("{} {place}", word(&owned.kind))
            });
            all.push(names.collect());
        } else if let Some(namespace) = &self.namespace {
            all.push(fitting(namespace, &[&app.spec.destination.namespace]));
        }
        all
    }

    /// Whether a resource is in the wanted namespace: its own, which can differ from the destination
    /// namespace of the application.
    fn is_there(&self, app: &ListElement, owned: &Owned) -> bool {
        let spaces = [&owned.namespace, &app.spec.destination.namespace];
        let space = spaces.into_iter().find(|space| !space.is_empty());
        let wanted = self.namespace.as_ref();
        wanted.is_none_or(|part| space.is_some_and(|space| part.is_in(space)))
    }

    /// Fields that the criteria need in addition to those of a row.
    fn fields(&self) -> Vec<&'static str> {
        let mut fields = Vec::new();
        if self.image.is_some() {
            fields.push("items.status.summary");
        }
        if self.resource.is_some() || self.kind.is_some() {
            fields.push("items.status.resources");
        }
        fields
    }

    /// Each criterion with its value, when it is given.
    fn given(&self) -> [(&'static str, Option<String>); 8] {
        let part = |part: &Option<Part>| part.as_ref().map(|part| part.as_str().to_owned());
        [
            ("image", part(&self.image)),
            ("repo", part(&self.repo)),
            ("path", part(&self.path)),
            ("target_revision", part(&self.target_revision)),
            ("cluster", part(&self.cluster)),
            ("namespace", part(&self.namespace)),
            ("resource", part(&self.resource)),
            (
                "kind",
                self.kind.as_ref().map(|kind| kind.as_str().to_owned()),
            ),
        ]
    }

    /// All criteria, Argo CD's own first.
    fn sieve(&self, upstream: &ListFilter) -> Sieve {
        Sieve::of(nothing::upstream(upstream).into_iter().chain(self.given()))
    }

    /// Records which criteria `app` matches; returns whether it matches all.
    fn tell(&self, app: &ListElement, sieve: &mut Sieve) -> bool {
        let values = Values::of(app);
        let has = |part: &Option<Part>, texts: &[&str]| {
            (part.as_ref()).is_none_or(|part| texts.iter().any(|text| part.is_in(text)))
        };
        let mut tell = |argument, part: &Option<Part>, texts: &[&str]| {
            sieve.tell(
                argument,
                has(part, texts),
                Looks::Part,
                texts.iter().copied(),
            );
        };
        tell("image", &self.image, &values.images);
        tell("path", &self.path, &values.paths);
        tell("target_revision", &self.target_revision, &values.targets);
        tell("namespace", &self.namespace, &values.namespaces);
        let alone = Wanted::part(None, self.resource.as_ref());
        let owned = &app.status.resources;
        let is_owned = owned.iter().any(|owned| alone.fits(owned));
        let names = owned.iter().map(|owned| &*owned.name);
        sieve.tell("resource", is_owned, Looks::Part, names);
        let repo = self.repo.as_ref();
        let is_repo =
            repo.is_none_or(|repo| app.repositories().any(|url| is_repository(repo, url)));
        sieve.tell(
            "repo",
            is_repo,
            Looks::Part,
            app.repositories().map(|url| &**url),
        );
        let cluster = self.cluster.as_ref();
        let is_cluster = cluster.is_none_or(|cluster| is_cluster(cluster, app));
        sieve.tell("cluster", is_cluster, Looks::Part, values.clusters);
        let kind = self.kind.as_ref();
        let is_kind = |owned: &Owned| kind.is_none_or(|kind| kind.fits(&owned.group, &owned.kind));
        let kinds = owned.iter().map(|owned| &*owned.kind);
        sieve.tell("kind", owned.iter().any(is_kind), Looks::Whole, kinds);
        self.matched(app).is_some()
    }
}

/// The values of an application that the criteria are compared with.
struct Values<'a> {
    images: Vec<&'a str>,
    paths: Vec<&'a str>,
    targets: Vec<&'a str>,
    clusters: [&'a str; 3],
    namespaces: Vec<&'a str>,
}

impl<'a> Values<'a> {
    fn of(app: &'a ListElement) -> Self {
        let destination = &app.spec.destination;
        let owned = app.status.resources.iter().map(|owned| &*owned.namespace);
        Self {
            images: app.images().iter().map(|image| &**image).collect(),
            paths: app
                .sources()
                .iter()
                .flat_map(|source| [&*source.path, &*source.chart])
                .collect(),
            targets: app
                .sources()
                .iter()
                .map(|source| &*source.target_revision)
                .collect(),
            clusters: [&destination.name, &destination.server, OWN_CLUSTER.0],
            namespaces: std::iter::once(&*destination.namespace)
                .chain(owned)
                .collect(),
        }
    }
}

async fn find(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    if input.is_empty() {
        return Err(Failure::Said(
            "No criterion given.\nNext: give at least one of image, repo, path, target_revision, cluster, namespace, resource, kind.".to_owned(),
        ));
    }
    let upstream = ListFilter {
        projects: input.project.clone().into_iter().collect(),
        ..ListFilter::default()
    };
    let more = input.fields();
    let (mut rows, mut seen, mut beyond) = (Vec::new(), 0, 0);
    let mut sieve = input.sieve(&upstream);
    let everything = Wanted::part(input.kind.as_ref(), input.resource.as_ref());
    let mut search = Search::of(&everything);
    let each = |app: ListElement| {
        seen += 1;
        let Some(matched) = input.matched(&app) else {
            if rows.is_empty() {
                sieve.row();
                input.tell(&app, &mut sieve);
                tell_upstream(&upstream, &app, &mut sieve);
                app.status.resources.iter().for_each(|owned| {
                    search.takes(owned);
                });
            }
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
    let mut why = Vec::new();
    if rows.is_empty() && missing.is_empty() {
        let nothing = Nothing {
            call: &call,
            filter: &upstream,
            more: &more,
            sieve,
        };
        let tell = |app: &ListElement, sieve: &mut Sieve| input.tell(app, sieve);
        (seen, why) = nothing.lines(context, tell).await;
        let kinds = search
            .kinds()
            .map(|kinds| format!("Resources of these applications: {kinds}.").into());
        why.splice(0..0, kinds);
    }
    let mut head = counts((rows.len(), beyond), seen, &missing);
    if rows.is_empty() {
        head.extend(input.cluster.as_ref().map(|_| cluster_hint(&call)));
        head.extend(why);
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

/// How many applications match, and what limits the search. `held` are listed, `beyond` more match.
fn counts((held, beyond): (usize, usize), seen: usize, missing: &[String]) -> Vec<Remark> {
    let seen = plural(seen, "application");
    let mut lines: Vec<Remark> = vec![format!("{} of {seen} match", held + beyond).into()];
    let missing = missing.iter();
    lines.extend(
        missing.map(|missing| Remark::note(format!("not read, so not searched: {missing}"))),
    );
    if beyond > 0 {
        lines.push(Remark::note(format!(
            "only the first {HELD_MAX} are kept; narrow the search."
        )));
    }
    lines
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
    Row::of(name, line).ranked(rank)
}
