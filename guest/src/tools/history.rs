//! `get_application_history`: lists deploys (what, when, by whom) with commits, and what the last deploy
//! changed.

use futures_util::future::{join, join_all};

use crate::{
    answer::{
        Answer, Line, Remark, plural,
        time::{Clock, between},
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
        commit::{self, Commit},
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
        "id", "revision", "deployed", "by", "took", "commit", "message", "remark",
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
    let mut head: Vec<Remark> = vec![
        format!(
            "{app_ref}: {} in the history",
            plural(history.len(), "deploy")
        )
        .into(),
    ];
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
type Commits = Vec<(usize, usize, String)>;

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
                || format!("commit {} (not read)", crate::answer::revision(&text)),
                |commit| commit.line(&text),
            );
            (at, index, line)
        }
    });
    join_all(read).await
}

fn row(history: &[Deploy], at: usize, deploy: &Deploy, commits: &Commits, clock: Clock) -> Row {
    let mut line = Line::new()
        .glue("id ")
        .fact("id", word(&deploy.id))
        .glue(": ")
        .fact("revision", revisions(deploy.revisions()))
        .glue(" ")
        .fact("deployed", clock.both(&deploy.deployed_at))
        .glue(" by ")
        .fact(
            "by",
            initiator(&deploy.initiated_by.username, deploy.initiated_by.automated),
        );
    if let Some(took) = between(&deploy.deploy_started_at, &deploy.deployed_at) {
        line = line.glue(", took ").fact("took", took);
    }
    if let Some(remark) = remark(history, at) {
        line = line.glue("; ").fact("remark", remark);
    }
    for (_, index, commit) in commits.iter().filter(|(of, ..)| *of == at) {
        line = line.detail(match deploy.revisions().len() {
            0 | 1 => commit.clone(),
            _ => format!("source {}: {commit}", index + 1),
        });
    }
    // The key stays the same when newer deploys are added and the oldest are removed.
    Row::of(word(&deploy.id), line)
}

/// Says whether a deploy repeats the previous revision or returns to an older one.
fn remark(history: &[Deploy], at: usize) -> Option<String> {
    let deploy = &history[at];
    let before = at.checked_sub(1).and_then(|before| history.get(before))?;
    if before.revisions() == deploy.revisions() {
        let parameters = parameters(before, deploy);
        return Some(if parameters.is_empty() {
            "same revision as before: a re-sync".to_owned()
        } else {
            format!(
                "same revision as before, only parameters of the Application changed: {}",
                parameters.join(", ")
            )
        });
    }
    let older = history[..at]
        .iter()
        .rev()
        .skip(1)
        .find(|older| older.revisions() == deploy.revisions())?;
    Some(format!("back to the revision of id {}", word(&older.id)))
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
        let parameters = parameters.join(", ");
        lines.push(format!("Last deploy changed parameters: {parameters}").into());
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
        (Ok(old), Ok(new)) => lines.extend(fields(&old, &new).into_iter().map(Remark::from)),
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

fn fields(old: &[Node], new: &[Node]) -> Vec<String> {
    let (found, _) = rendered::differences(
        old,
        new,
        |node, _| rendered::name(node),
        |_| true,
        rendered::Format::Paths,
    );
    if found.is_empty() {
        return vec![
            "Last deploy changed no manifest (a commit for another application, or a comment)."
                .to_owned(),
        ];
    }
    let mut lines = vec!["Last deploy changed, rendered with current parameters:".to_owned()];
    let all: Vec<String> = found
        .iter()
        .flat_map(|difference| {
            difference
                .text
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    lines.extend(all.iter().take(CHANGES_MAX).map(|line| format!("  {line}")));
    if all.len() > CHANGES_MAX {
        lines.push(format!(
            "  and {}",
            plural(all.len() - CHANGES_MAX, "more line")
        ));
    }
    lines
}

/// Compares the images of the previous deploy with the live ones, when the last deploy does not render.
fn images(old: &[Node], live: &[Text]) -> Vec<String> {
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
            lines.push(format!(
                "Last deploy changed image {}: {} -> {}",
                word(&name),
                word(&old),
                word(&tag)
            ));
        }
    }
    lines
}
