//! `get_application_history`: lists deploys (what, when, by whom) with commits, and what the last deploy
//! changed.

use futures_util::future::{join, join_all};

use crate::{
    answer::{
        Answer, Fact, Line, Remark,
        member::{number, objects, text, texts, time},
        time::{Clock, took},
        window::Window,
        word,
    },
    argocd::{AppRef, Get, Rendering, SourceAt},
    call::{
        Call, Failure,
        input::{Count, input, schema},
        listing::{self, Listing, Row},
        tool::{Context, Family, Listed, Subject, Tool},
    },
    limits,
    model::{
        application::{Application, deploy::Deploy},
        changes,
        commit::{self, COMMIT, Commit},
        operation::{initiator, revisions},
        rendered::{self, Rendered},
    },
    redact::{Node, Text},
};

/// Deploys of one answer by default, and at most.
const DEPLOYS: u32 = 5;
const DEPLOYS_MAX: u32 = 50;
/// Maximum number of commits to look up: each is a fetch in the repo-server.
const COMMITS_MAX: usize = 6;
/// Maximum number of changed value keys that are named.
const PATHS_MAX: usize = 8;
/// Maximum number of changes shown between the last two deploys.
const CHANGES_MAX: usize = 12;

input! {
    /// What `get_application_history` takes.
    struct Ask of app {
        /// Deploys to show, newest first.
        limit: Count<DEPLOYS, DEPLOYS_MAX>,
        /// From the previous answer.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "get_application_history",
    title: "Get deploy history",
    family: Family::Rollout,
    listed: Listed::WhenChosen,
    hint: "Lists deploys: when, by whom, what changed",
    subject: Subject::Application,
    description: "Deploys of an Argo CD application, newest first: when, by whom, commit author and subject, and what the last deploy \
            changed: images, parameters, fields. Marks rollbacks and re-syncs.",
    facts: &[
        text("application"),
        number("count"),
        texts("changed_parameters"),
        texts("last_deploy_changed"),
        number("more_last_deploy_changed").maybe(),
        objects(
            "changed_images",
            &[text("image"), text("before"), text("after")],
        ),
    ],
    items: &[
        number("id").maybe(),
        text("revision").maybe(),
        time("deployed").maybe(),
        text("by"),
        number("took_seconds").maybe(),
        text("remark").maybe(),
        number("returns_to").maybe(),
        texts("changed_parameters"),
        objects("commits", &COMMIT),
    ],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(show(context, call)),
};

async fn show(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    let app_ref = &input.name.0;
    let clock = Clock::at(context.client.now_ms());
    let app: Application = context
        .client
        .json(&Get::application(app_ref), limits::UPSTREAM)
        .await?;
    let history = &app.status.history;
    let line = Line::new()
        .fact("application", app_ref.to_string())
        .glue(": ")
        .fact("count", Fact::plural(history.len(), "deploy"))
        .glue(" in the history");
    let mut head: Vec<Remark> = vec![line.into()];
    if history.is_empty() {
        head.push("Only successful full syncs are recorded: it was never deployed, or every sync failed or was partial.".into());
        let sync = call.about("get_sync_status", &[]);
        head.extend(sync.map(|sync| Remark::next(format!("{sync} (the last sync)"))));
    }
    let keys: Vec<String> = history
        .iter()
        .rev()
        .map(|deploy| word(&deploy.id))
        .collect();
    let start = Window::open(&call.scope(), input.cursor.as_deref(), &keys)?.start();
    let left = history.len().saturating_sub(start);
    let (commits, changed) = join(
        commits(context, app_ref, &history[..left]),
        changed(context, app_ref, &app),
    )
    .await;
    if input.cursor.is_none() {
        head.extend(changed);
    }
    let mut rows = Vec::new();
    for (at, deploy) in history.iter().enumerate().rev() {
        rows.push(row(history, at, deploy, &commits, clock));
    }
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, DEPLOYS));
    Listing {
        call: &call,
        cursor,
        limit,
        noun: "deploy",
    }
    .write(head, &rows, None)
}

/// Lines of the newest commits, by deploy and source.
type Commits = Vec<(usize, usize, Line)>;

async fn commits(context: &Context, app_ref: &AppRef, history: &[Deploy]) -> Commits {
    let mut wanted = Vec::new();
    for (at, deploy) in history.iter().enumerate().rev() {
        let several = deploy.has_several_revisions();
        for (index, text) in deploy.revisions().iter().enumerate() {
            let id = deploy.id.parse().ok().filter(|_| several);
            let source = SourceAt {
                index: several.then(|| u32::try_from(index).unwrap_or(0)),
                history_id: id,
            };
            if let Some(get) = commit::get(app_ref, text, source) {
                wanted.push((at, index, text.to_string(), get));
            }
        }
    }
    wanted.truncate(COMMITS_MAX);
    let done = std::cell::Cell::new(0_u32);
    let total = wanted.len();
    let read = wanted.into_iter().map(|(at, index, text, get)| {
        let done = &done;
        async move {
            let commit: Option<Commit> = context.client.json(&get, limits::UPSTREAM).await.ok();
            done.set(done.get() + 1);
            (context.progress)(f64::from(done.get()), Some(total as f64), "reading commits");
            let line = commit.map_or_else(
                || {
                    let line = Line::new().glue("commit ");
                    let line = line.fact("commit", crate::answer::revision(&text));
                    line.glue(" (not read)")
                },
                |commit| commit.record(&text),
            );
            (at, index, line)
        }
    });
    join_all(read).await
}

fn row(history: &[Deploy], at: usize, deploy: &Deploy, commits: &Commits, clock: Clock) -> Row {
    let mut line = Line::new()
        .glue("id ")
        .fact("id", deploy.number())
        .glue(": ")
        .fact("revision", revisions(deploy.revisions()))
        .glue(" ")
        .fact("deployed", clock.fact(&deploy.deployed_at))
        .glue(" by ")
        .fact(
            "by",
            initiator(&deploy.initiated_by.username, deploy.initiated_by.automated),
        )
        .maybe(
            ", took ",
            "took_seconds",
            took(&deploy.deploy_started_at, &deploy.deployed_at),
        );
    if let Some(remark) = remark(history, at) {
        line = line.glue("; ").and(remark);
    }
    for (_, index, commit) in commits.iter().filter(|(of, ..)| *of == at) {
        line = line.below(
            "commits",
            match deploy.revisions().len() {
                0 | 1 => commit.clone(),
                _ => {
                    let source = Line::new().glue("source ").fact("source", index + 1);
                    source.glue(": ").and(commit.clone())
                }
            },
        );
    }
    // The key stays the same when newer deploys are added and the oldest are removed.
    Row::of(word(&deploy.id), line)
}

/// Says whether a deploy repeats the previous revision or returns to an older one.
fn remark(history: &[Deploy], at: usize) -> Option<Line> {
    let deploy = &history[at];
    let before = at.checked_sub(1).and_then(|before| history.get(before))?;
    let remark = |text: &str| Line::new().fact("remark", text);
    if before.revisions() == deploy.revisions() {
        let parameters = parameters(before, deploy);
        return Some(if parameters.is_empty() {
            remark("same revision as before: a re-sync")
        } else {
            remark("same revision as before, only parameters of the Application changed")
                .glue(": ")
                .fact("changed_parameters", Fact::list(parameters, ", "))
        });
    }
    let older = history[..at]
        .iter()
        .rev()
        .skip(1)
        .find(|older| older.revisions() == deploy.revisions())?;
    Some(
        remark("back to the revision of id")
            .glue(" ")
            .fact("returns_to", older.number()),
    )
}

/// Parameters that differ between two deploys; no commit shows them.
fn parameters(before: &Deploy, after: &Deploy) -> Vec<String> {
    let mut changed = Vec::new();
    for (old, new) in before.sources().iter().zip(after.sources()) {
        for parameter in &new.helm.parameters {
            match old
                .helm
                .parameters
                .iter()
                .find(|known| known.name == parameter.name)
            {
                Some(known) if known.has_value_of(parameter) => {}
                Some(known) => changed.push(format!(
                    "{} {} -> {}",
                    parameter.name.line(80),
                    known.value_in_words(),
                    parameter.value_in_words()
                )),
                None => changed.push(format!(
                    "{} added ({})",
                    parameter.name.line(80),
                    parameter.value_in_words()
                )),
            }
        }
        for gone in old
            .helm
            .parameters
            .iter()
            .filter(|known| !new.helm.parameters.iter().any(|new| new.name == known.name))
        {
            changed.push(format!("{} removed", gone.name.line(80)));
        }
        // By key only: values may be secret, and the caller did not request them.
        for (what, old, new) in [
            (
                "valuesObject",
                old.helm.values_object(),
                new.helm.values_object(),
            ),
            ("kustomize", old.kustomize.node(), new.kustomize.node()),
        ] {
            let paths = changes::between(old, new);
            let mut paths: Vec<String> = paths.iter().map(|change| word(change.path())).collect();
            paths.dedup();
            if !paths.is_empty() {
                let paths = listing::first(&paths, PATHS_MAX);
                changed.push(format!("{what} {paths} (values hidden)"));
            }
        }
        if !old.helm.has_values_of(&new.helm) {
            changed.push("Helm values changed".to_owned());
        }
        for (what, old, new) in [
            ("path", &old.path, &new.path),
            ("target", &old.target_revision, &new.target_revision),
            ("repository", &old.repo_url, &new.repo_url),
        ] {
            if old != new {
                changed.push(format!("{what} {} -> {}", old.line(120), new.line(120)));
            }
        }
    }
    changed
}

/// What the last deploy changed against the one before.
async fn changed(context: &Context, app_ref: &AppRef, app: &Application) -> Vec<Remark> {
    let [.., before, last] = &app.status.history[..] else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    let parameters = parameters(before, last);
    if !parameters.is_empty() {
        let line = Line::new().glue("Last deploy changed parameters: ");
        let parameters = Fact::list(parameters, ", ");
        lines.push(line.fact("changed_parameters", parameters).into());
    }
    if before.revisions() == last.revisions() {
        return lines;
    }
    let Ok(rendering) = before.rendering() else {
        return lines;
    };
    // The target is already rendered when there is no newer revision.
    let after = if app.status.sync.revisions() == last.revisions() {
        Ok(Rendering::Target)
    } else {
        last.rendering()
    };
    let Ok(after) = after else { return lines };
    match Rendered::both(&context.client, (app_ref, &rendering), (app_ref, &after)).await {
        (Ok(old), Ok(new)) => lines.push(fields(&old, &new).into()),
        (Ok(old), Err(_)) => lines.extend(
            images(&old, &app.status.summary.images)
                .into_iter()
                .map(Remark::from),
        ),
        (Err(error), _) => lines.push(Remark::note(format!(
            "cannot render what the last deploy changed: {}",
            error.brief()
        ))),
    }
    lines
}

fn fields(old: &[Node], new: &[Node]) -> Line {
    let (found, _) = rendered::differences(
        old,
        new,
        |node, _| rendered::name(node),
        |_| true,
        rendered::Format::Paths,
    );
    if found.is_empty() {
        return "Last deploy changed no manifest (a commit for another application, or a comment)."
            .into();
    }
    let all: Vec<String> = found
        .into_iter()
        .flat_map(|difference| {
            let text = difference.line().text();
            text.lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    let mut line = Line::from("Last deploy changed, rendered with current parameters:");
    for each in all.iter().take(CHANGES_MAX) {
        line = line.below("last_deploy_changed", each.as_str());
    }
    if all.len() > CHANGES_MAX {
        let more = Fact::plural(all.len() - CHANGES_MAX, "more line");
        let more = Line::new()
            .glue("and ")
            .fact("more_last_deploy_changed", more);
        line = line.below("", more);
    }
    line
}

/// Compares the images of the previous deploy with the live ones, when the last deploy does not render.
fn images(old: &[Node], live: &[Text]) -> Vec<Line> {
    let before: Vec<String> = old.iter().flat_map(rendered::images).collect();
    let split = |image: &str| {
        image
            .rsplit_once(':')
            .map_or((image.to_owned(), String::new()), |(name, tag)| {
                (name.to_owned(), tag.to_owned())
            })
    };
    let mut lines = Vec::new();
    for image in live {
        let (name, tag) = split(image);
        let was = before
            .iter()
            .map(|old| split(old))
            .find(|(old, _)| *old == name);
        if let Some((_, old)) = was.filter(|(_, old)| *old != tag) {
            let line = Line::new()
                .glue("Last deploy changed image ")
                .fact("image", word(&name))
                .glue(": ")
                .fact("before", word(&old))
                .glue(" -> ")
                .fact("after", word(&tag));
            lines.push(line.one_of("changed_images"));
        }
    }
    lines
}
