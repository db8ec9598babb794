//! `diff_application`: shows field by field what differs between live and Git, or between two renderings.

mod ignored;

use futures_util::future::join_all;

use crate::{
    answer::{
        Answer, Fact, Line, Remark,
        member::{flag, number, objects, text, texts},
        order, plural, revision, word,
    },
    argocd::{self, AppRef, Get, Object, Remedy, Rendering, Revision, SourceAt, States},
    call::{
        Call, Failure,
        choice::One,
        input::{Count, input, schema},
        kinds::KindWord,
        listing::{Listing, Row},
        remedy, suggest,
        tool::{Context, Family, Listed, Subject, Tool},
        wanted::{NameWord, Search, Wanted},
    },
    limits,
    model::{
        application::{Application, deploy::Deploy},
        classify::{self, Class},
        commit::{self, COMMIT, Commit},
        managed::Item,
        operation::revisions,
        rendered::{self, DIFFERENCE, Difference, Format, Rendered},
    },
    redact::{Manifest, Node},
};

/// Objects of one answer by default, and at most.
const OBJECTS: u32 = 30;
const OBJECTS_MAX: u32 = 500;
/// Maximum number of fields shown per object.
const FIELDS_MAX: usize = 40;
/// Maximum number of deploys that an error names.
const NAMED_MAX: usize = 8;
/// Maximum number of commits to look up, one for each source that changed.
const COMMITS_MAX: usize = 3;

input! {
    /// What `diff_application` takes.
    struct Ask of app {
        /// live (default), synced, previous, history id, revision.
        against: Option<String>,
        /// paths, YAML, counts.
        format: One<Format>,
        /// Only this kind.
        kind: Option<KindWord>,
        /// Only this name.
        resource: Option<NameWord>,
        /// Objects.
        limit: Count<OBJECTS, OBJECTS_MAX>,
        /// Next page.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "diff_application",
    title: "Diff application",
    family: Family::Changes,
    listed: Listed::ByDefault,
    hint: "Compares live with Git, or Git with an earlier deploy or revision",
    subject: Subject::Application,
    description: "Field-level diff of an Argo CD application: live against Git, or Git against an earlier deploy or revision. \
            Secrets only as \"differs\".",
    facts: &[
        text("application"),
        number("differ").maybe(),
        number("not_compared").maybe(),
        text("from").maybe(),
        text("to").maybe(),
        number("equal").maybe(),
        objects("not_deployed", &COMMIT),
        texts("ignored"),
        texts("ignored_values"),
        flag("automated").maybe(),
        number("hooks").maybe(),
        text("sync").maybe(),
    ],
    items: &DIFFERENCE,
    schema: schema::<Ask>,
    run: |context, call| Box::pin(diff(context, call)),
};

/// The difference in words: `what` is the comparison of the two states, `read` what it was read as.
fn described(read: &classify::Difference, what: Line, format: Format) -> Difference {
    let state = match read.class {
        Class::Missing => Some("missing in the cluster: a sync would create it"),
        Class::Prune => Some("live but not in Git: a sync with prune would delete it"),
        _ => None,
    };
    let what = match state {
        Some(text) => {
            let below = what.apart().1.into_iter();
            let line = Line::new().fact("state", Fact::new(text, read.class.word()));
            below.fold(line, |line, (name, below)| line.below(name, below))
        }
        None if format == Format::Paths && read.class == Class::Changed => read.fields(FIELDS_MAX),
        None => what,
    };
    Difference {
        name: read.name.clone(),
        what,
    }
}

impl Ask {
    fn wanted(&self) -> Wanted {
        Wanted::new(self.kind.as_ref(), self.resource.as_ref())
    }
}

async fn diff(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    let app_ref = &input.name.0;
    let app: Application = context
        .client
        .json(&Get::application(app_ref), limits::UPSTREAM)
        .await?;
    let against = input.against.clone().unwrap_or_default();
    let ask = (&input, &call);
    let compare = match against.trim() {
        "" | "live" => live(context, &app, ask).await?,
        against => renderings(context, &app, against, ask).await?,
    };
    let nothing = compare.nothing(&input, &app, &call);
    let compare_live = compare.is_live;
    let (mut head, equal) = (compare.head, compare.equal);
    head.extend(nothing);
    head.extend(ignored::rules(&app).map(Remark::from));
    if compare_live {
        let values = ignored::values(context, app_ref, &app).await;
        head.extend(values.into_iter().map(|text| {
            let line = Line::new().fact("ignored_values", text);
            Remark::from(line.each_listed())
        }));
    }
    let rows: Vec<Row> = (compare.found)
        .into_iter()
        .map(|difference| Row::of(difference.name.clone(), difference.line()))
        .collect();
    let end = (equal > 0).then(|| {
        let line = Line::new().glue("Equal: ");
        line.fact("equal", Fact::plural(equal, "object")).into()
    });
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, OBJECTS));
    Listing {
        call: &call,
        cursor,
        limit,
        noun: "object",
    }
    .write(head, &rows, end)
}

/// Two states of the requested objects.
#[derive(Default)]
struct Compare {
    head: Vec<Remark>,
    found: Vec<Difference>,
    equal: usize,
    /// Hooks among the objects: Argo CD does not compare them.
    hooks: usize,
    /// Objects that Argo CD failed to compare; they are among those found.
    failed: usize,
    /// Whether one of the two is live.
    is_live: bool,
}

impl Compare {
    /// Compares the states of a live object.
    fn take(&mut self, item: &Item, format: Format) {
        if item.hook == Some(true) {
            self.hooks += 1;
            return;
        }
        let Some(read) = classify::finding(item) else {
            self.equal += 1;
            return;
        };
        let (live, wanted) = (
            state(&item.normalized_live_state),
            state(&item.predicted_live_state),
        );
        match rendered::between(live, wanted, format) {
            _ if read.class == Class::Uncompared => {
                self.failed += 1;
                self.found.push(Difference {
                    what: read.fields(FIELDS_MAX),
                    name: read.name,
                });
            }
            None => self.equal += 1,
            Some(what) => self.found.push(described(&read, what, format)),
        }
    }

    /// Explains why no difference was found: equal objects, or none that were compared.
    fn nothing(&self, input: &Ask, app: &Application, call: &Call) -> Vec<Remark> {
        if !self.found.is_empty() {
            return Vec::new();
        }
        let is_filtered = input.wanted().is_any();
        let nothing = match (self.equal, self.hooks) {
            (0, 0) => {
                let why = call.about("get_application", &[]);
                let next = why.map(|why| Remark::next(format!("{why} (conditions say why)")));
                let nothing = "Nothing was compared: there are no objects on either side.";
                return std::iter::once(nothing.into()).chain(next).collect();
            }
            (0, hooks) => Line::new()
                .glue("Nothing was compared: there are only ")
                .fact("hooks", Fact::plural(hooks, "hook"))
                .glue(", and Argo CD does not compare hooks."),
            (equal, _) => {
                let which = match (is_filtered, equal) {
                    (false, _) => "",
                    (true, 1) => " that matches",
                    (true, _) => " that match",
                };
                let status = &*app.status.sync.status;
                let line = Line::new()
                    .glue("Nothing differs in the ")
                    .fact("equal", Fact::plural(equal, "object"))
                    .glue(which)
                    .glue(".");
                // Happens during a refresh, and when only hooks or ignored fields are out of sync.
                if self.is_live && !is_filtered && status != "Synced" {
                    line.glue(" The sync status is still ")
                        .fact("sync", word(status))
                        .glue(": it may be older than this comparison.")
                } else {
                    line
                }
            }
        };
        vec![nothing.into()]
    }
}

/// Compares the live state with the state after a sync.
async fn live(
    context: &Context,
    app: &Application,
    (input, call): (&Ask, &Call),
) -> Result<Compare, Failure> {
    let app_ref = &input.name.0;
    comparable(app, app_ref, call)?;
    let wanted = input.wanted();
    let mut search = Search::of(&wanted);
    let format = input.format.0;
    let mut compare = Compare {
        is_live: true,
        ..Compare::default()
    };
    let each = |item: Item| {
        if search.takes(&item) {
            compare.take(&item, format);
        }
    };
    let get = Get::managed_states(app_ref, &Object::default(), States::All);
    context.client.items(&get, limits::UPSTREAM, each).await?;
    if let Some(failure) = search.failure(&app_ref.to_string(), call) {
        return Err(failure);
    }
    order::by(&mut compare.found, |a, b| a.name.cmp(&b.name));
    let (count, failed) = (compare.found.len(), compare.failed);
    let line = Line::new()
        .fact("application", app_ref.to_string())
        .glue(": ")
        .and(from_git(app, count - failed, failed));
    let head = &mut compare.head;
    head.push(line.into());
    if !compare.found.is_empty() {
        let waiting = waiting(context, app_ref, app).await;
        head.extend(waiting.into_iter().map(Remark::from));
        if !app.is_automated() {
            let off = Fact::new("Automated sync is off.", false);
            head.push(Line::new().fact("automated", off).into());
        }
    }
    Ok(compare)
}

/// `2 objects differ from Git and 1 object not compared, live -> 3fcb20f (…)`.
fn from_git(app: &Application, count: usize, failed: usize) -> Line {
    let line = Line::new().fact("differ", differ(count)).glue(" from Git");
    let line = match failed {
        0 => line,
        failed => line
            .glue(" and ")
            .fact("not_compared", Fact::plural(failed, "object"))
            .glue(" not compared"),
    };
    line.glue(", live -> ")
        .fact("to", revisions(app.status.sync.revisions()))
        .glue(" (a sync would change live to Git)")
}

/// Fails when Argo CD has nothing to compare the live objects with.
fn comparable(app: &Application, app_ref: &AppRef, call: &Call) -> Result<(), Failure> {
    let status = &*app.status.sync.status;
    if matches!(status, "Unknown" | "") {
        let status = if status.is_empty() { "not set" } else { status };
        let why = call.other("diagnose_application", &[("name", &app_ref.to_string())]);
        return Err(Failure::with_next(
            &format!(
                "{app_ref}: the sync status is {status}, so Argo CD has nothing to compare with."
            ),
            why.map(|why| format!("{why} (says why)")),
        ));
    }
    Ok(())
}

fn state(manifest: &Manifest) -> Option<&Node> {
    (!manifest.is_absent()).then(|| manifest.node())
}

fn differ(count: usize) -> Fact {
    let text = match count {
        1 => "1 object differs".to_owned(),
        _ => format!("{count} objects differ"),
    };
    Fact::new(text, count)
}

/// The newest commit of each source that changed since the last deploy. In a repository shared by several
/// applications a new commit may not affect this one, so all are named.
async fn waiting(context: &Context, app_ref: &AppRef, app: &Application) -> Vec<Line> {
    let Some(last) = app.status.history.last() else {
        return Vec::new();
    };
    let (compared, last) = (app.status.sync.revisions(), last.revisions());
    let several = compared.len() > 1;
    let moved = compared.iter().enumerate();
    let moved = moved.filter(|(at, revision)| last.get(*at) != Some(*revision));
    let reads = moved.take(COMMITS_MAX).filter_map(|(index, revision)| {
        let at = SourceAt {
            index: several.then(|| u32::try_from(index).unwrap_or(0)),
            history_id: None,
        };
        let get = commit::get(app_ref, revision, at)?;
        Some(async move {
            let commit: Commit = context.client.json(&get, limits::UPSTREAM).await.ok()?;
            let line = Line::new()
                .glue("Newest commit, not deployed (it may only affect other applications): ");
            let line = if several {
                line.glue("source ").fact("source", index + 1).glue(": ")
            } else {
                line
            };
            Some(line.and(commit.record(revision)).one_of("not_deployed"))
        })
    });
    join_all(reads).await.into_iter().flatten().collect()
}

/// Compares two renderings: of deploys, of a revision, or of the target.
async fn renderings(
    context: &Context,
    app: &Application,
    against: &str,
    (input, call): (&Ask, &Call),
) -> Result<Compare, Failure> {
    let app_ref = &input.name.0;
    let (before, after, label) = sides(app, against, input, call)?;
    let (before, after) =
        Rendered::both(&context.client, (app_ref, &before), (app_ref, &after)).await;
    let (before, after) = match (before, after) {
        (Ok(before), Ok(after)) => (before, after),
        (Err(error), _) | (_, Err(error)) => return Err(unrendered(app, against, error, call)),
    };
    let wanted = input.wanted();
    let search = Search::through(&wanted, rendered::either(&before, &after));
    if let Some(failure) = search.failure(&app_ref.to_string(), call) {
        return Err(failure);
    }
    let (found, equal) = rendered::differences(
        &before,
        &after,
        |node, _| rendered::name(node),
        |node| wanted.fits(node),
        input.format.0,
    );
    let parameters = call.other("get_application_history", &[]).map_or(
        "",
        |_| "; parameters changed in the Application itself are in get_application_history",
    );
    let head = vec![
        Line::new()
            .fact("application", app_ref.to_string())
            .glue(": ")
            .fact("differ", differ(found.len()))
            .glue(", ")
            .and(label)
            .into(),
        Remark::note(format!(
            "both are rendered with the current parameters and cluster versions{parameters}."
        )),
    ];
    Ok(Compare {
        head,
        found,
        equal,
        ..Compare::default()
    })
}

/// Words that `against` may be.
const AGAINST: [&str; 3] = ["live", "synced", "previous"];

/// Why a rendering failed, and for a word that is no revision what `against` may be.
fn unrendered(app: &Application, against: &str, error: argocd::Error, call: &Call) -> Failure {
    if !matches!(error.remedy(), Some(Remedy::Revisions)) {
        return error.into();
    }
    let history = app.status.history.iter().rev().take(NAMED_MAX);
    let ids: Vec<String> = history.map(|deploy| word(&deploy.id)).collect();
    let ids = if ids.is_empty() {
        String::new()
    } else {
        format!(", an id of the history ({})", ids.join(", "))
    };
    let next = suggest::nearest(against, &AGAINST).map(|near| {
        let again = call.with(&[("against", Some(near.into())), ("cursor", None)]);
        format!("did you mean {near}? {again}")
    });
    Failure::with_next(
        &format!(
            "{}\nagainst may be {}{ids}, or a revision of the source.",
            remedy::explain(&error, call.offer()),
            AGAINST.join(", ")
        ),
        next,
    )
}

/// The two renderings that `against` names, and the words for them.
fn sides(
    app: &Application,
    against: &str,
    input: &Ask,
    call: &Call,
) -> Result<(Rendering, Rendering, Line), Failure> {
    let app_ref = &input.name.0;
    let history = &app.status.history;
    let no_deploy = || {
        Failure::with_next(
            &format!(
                "{app_ref} has no such deploy: its history has {}.",
                plural(history.len(), "row")
            ),
            call.other("get_application_history", &[("name", &app_ref.to_string())]),
        )
    };
    let sides = match against {
        "synced" => {
            let last = history.last().ok_or_else(no_deploy)?;
            (
                at(last)?,
                Rendering::Target,
                from("the last deploy (", last)
                    .glue(") -> ")
                    .fact("to", "Git now"),
            )
        }
        "previous" => {
            let [.., previous, last] = &history[..] else {
                return Err(no_deploy());
            };
            (
                at(previous)?,
                at(last)?,
                from("the deploy before (", previous)
                    .glue(") -> the last deploy (")
                    .fact("to", name_of(last))
                    .glue(")"),
            )
        }
        id if id.bytes().all(|b| b.is_ascii_digit()) => {
            let deploy = history
                .iter()
                .find(|deploy| &*deploy.id == id)
                .ok_or_else(no_deploy)?;
            (
                at(deploy)?,
                Rendering::Target,
                from("deploy ", deploy).glue(" -> ").fact("to", "Git now"),
            )
        }
        text if !app.spec.has_several_sources() => {
            let wanted = Revision::parse(text)
                .map_err(|error| Failure::Said(format!("against is wrong: {error}")))?;
            (
                Rendering::Target,
                Rendering::Revision(wanted),
                now_to(revision(text)),
            )
        }
        _ => {
            let or = if call.offer().allows("get_application_manifests") {
                ", or get_application_manifests with revisions and source_positions"
            } else {
                ""
            };
            return Err(Failure::Said(format!(
                "against: an application with several sources has no single revision.\n\
                 Next: use synced, previous or a history id{or}."
            )));
        }
    };
    Ok(sides)
}

fn now_to(revision: String) -> Line {
    let line = Line::new().fact("from", "Git now").glue(" -> ");
    line.fact("to", revision)
}

fn from(words: &'static str, deploy: &Deploy) -> Line {
    Line::new().glue(words).fact("from", name_of(deploy))
}

fn name_of(deploy: &Deploy) -> String {
    format!("id {}, {}", word(&deploy.id), revisions(deploy.revisions()))
}

/// What to render for a deploy.
fn at(deploy: &Deploy) -> Result<Rendering, Failure> {
    let rendering = deploy.rendering();
    rendering.map_err(|error| Failure::Said(format!("the deploy's revision is wrong: {error}")))
}
