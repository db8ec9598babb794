//! `diff_application`: shows field by field what differs between live and Git, or between two renderings.

mod ignored;

use futures_util::future::join_all;

use crate::{
    answer::{Answer, Remark, order, plural, revision, word},
    argocd::{AppRef, Get, Object, Rendering, Revision, SourceAt, States},
    call::{
        Call, Failure,
        choice::One,
        input::{Count, input, schema},
        kinds::KindWord,
        listing::{Listing, Row},
        tool::{Context, Family, Listed, Subject, Tool},
        wanted::{NameWord, Search, Wanted},
    },
    limits,
    model::{
        application::{Application, deploy::Deploy},
        classify::{self, Class},
        commit::{self, Commit},
        managed::Item,
        operation::revisions,
        rendered::{self, Difference, Format, Rendered},
    },
    redact::{Manifest, Node},
};

/// Objects of one answer by default, and at most.
const OBJECTS: u32 = 30;
const OBJECTS_MAX: u32 = 500;
/// Maximum number of fields shown per object.
const FIELDS_MAX: usize = 40;
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
    facts: &[],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(diff(context, call)),
};

/// The difference in words: `text` is the comparison of the two states, `read` what it was read as.
fn described(read: &classify::Difference, text: String, format: Format) -> Difference {
    let text = match read.class {
        Class::Missing => format!(
            "missing in the cluster: a sync would create it{}",
            below(&text)
        ),
        Class::Prune => format!(
            "live but not in Git: a sync with prune would delete it{}",
            below(&text)
        ),
        Class::Changed if format == Format::Paths => read.fields(FIELDS_MAX),
        _ => text,
    };
    Difference {
        text: format!("{}: {text}", read.name),
        name: read.name.clone(),
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
        head.extend(values.into_iter().map(Remark::from));
    }
    let rows: Vec<Row> = (compare.found)
        .into_iter()
        .map(|difference| Row::of(difference.name, difference.text))
        .collect();
    let end = (equal > 0).then(|| format!("Equal: {}", plural(equal, "object")).into());
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
                    text: format!("{}: {}", read.name, read.state()),
                    name: read.name,
                });
            }
            None => self.equal += 1,
            Some(text) => self.found.push(described(&read, text, format)),
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
            (0, hooks) => format!(
                "Nothing was compared: there are only {}, and Argo CD does not compare hooks.",
                plural(hooks, "hook")
            ),
            (equal, _) => {
                let which = match (is_filtered, equal) {
                    (false, _) => "",
                    (true, 1) => " that matches",
                    (true, _) => " that match",
                };
                let status = &*app.status.sync.status;
                // Happens during a refresh, and when only hooks or ignored fields are out of sync.
                let still = if self.is_live && !is_filtered && status != "Synced" {
                    format!(
                        " The sync status is still {}: it may be older than this comparison.",
                        word(status)
                    )
                } else {
                    String::new()
                };
                format!(
                    "Nothing differs in the {}{which}.{still}",
                    plural(equal, "object")
                )
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
    let head = &mut compare.head;
    head.push(
        format!(
            "{app_ref}: {} from Git{}, live -> {} (a sync would change live to Git)",
            differ(compare.found.len() - compare.failed),
            match compare.failed {
                0 => String::new(),
                failed => format!(" and {} not compared", plural(failed, "object")),
            },
            revisions(app.status.sync.revisions())
        )
        .into(),
    );
    if !compare.found.is_empty() {
        let waiting = waiting(context, app_ref, app).await;
        head.extend(waiting.into_iter().map(Remark::from));
        if !app.is_automated() {
            head.push("Automated sync is off.".into());
        }
    }
    Ok(compare)
}

/// The lines below the first line of a difference.
fn below(text: &str) -> &str {
    text.find('\n').map_or("", |at| &text[at..])
}

fn state(manifest: &Manifest) -> Option<&Node> {
    (!manifest.is_absent()).then(|| manifest.node())
}

fn differ(count: usize) -> String {
    match count {
        1 => "1 object differs".to_owned(),
        _ => format!("{count} objects differ"),
    }
}

/// The newest commit of each source that changed since the last deploy. In a repository shared by several
/// applications a new commit may not affect this one, so all are named.
async fn waiting(context: &Context, app_ref: &AppRef, app: &Application) -> Vec<String> {
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
        let source = if several {
            format!("source {}: ", index + 1)
        } else {
            String::new()
        };
        Some(async move {
            let commit: Commit = context.client.json(&get, limits::UPSTREAM).await.ok()?;
            let commit = commit.line(revision);
            Some(format!("Newest commit, not deployed (it may only affect other applications): {source}{commit}"))
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
    let (before, after) = (before?, after?);
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
        format!("{app_ref}: {}, {label}", differ(found.len())).into(),
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

/// The two renderings that `against` names, and the words for them.
fn sides(
    app: &Application,
    against: &str,
    input: &Ask,
    call: &Call,
) -> Result<(Rendering, Rendering, String), Failure> {
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
                format!("the last deploy ({}) -> Git now", name_of(last)),
            )
        }
        "previous" => {
            let [.., previous, last] = &history[..] else {
                return Err(no_deploy());
            };
            (
                at(previous)?,
                at(last)?,
                format!(
                    "the deploy before ({}) -> the last deploy ({})",
                    name_of(previous),
                    name_of(last)
                ),
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
                format!("deploy {} -> Git now", name_of(deploy)),
            )
        }
        text if !app.spec.has_several_sources() => {
            let wanted = Revision::parse(text)
                .map_err(|error| Failure::Said(format!("against is wrong: {error}")))?;
            (
                Rendering::Target,
                Rendering::Revision(wanted),
                format!("Git now -> {}", revision(text)),
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

fn name_of(deploy: &Deploy) -> String {
    format!("id {}, {}", word(&deploy.id), revisions(deploy.revisions()))
}

/// What to render for a deploy.
fn at(deploy: &Deploy) -> Result<Rendering, Failure> {
    let rendering = deploy.rendering();
    rendering.map_err(|error| Failure::Said(format!("the deploy's revision is wrong: {error}")))
}
