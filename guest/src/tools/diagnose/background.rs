//! Background of a cause outside the application: what the project allows, the failed connection,
//! the commit, the other application.

use super::{
    drift,
    finding::{Finding, Rank, by_rank},
    gather::Gather,
    seen::Seen,
    view,
};
use crate::{
    answer::{time::Clock, word},
    argocd::{AppRef, Get, ProjectName, Rendering, SourceAt},
    model::{
        ConnectionState,
        application::Application,
        commit::{self, Commit},
        operation::initiator,
        project::{self, Project},
        record::record,
        rendered::Rendered,
    },
    redact::Text,
};

/// Maximum sources whose newest commit is read.
const SOURCES_MAX: usize = 2;

record! {
    struct Connected {
        server: Text = "server",
        name: Text = "name",
        repo: Text = "repo",
        connection_state: ConnectionState = "connectionState",
        info: ClusterInfo = "info",
    }
}

record! {
    struct ClusterInfo {
        connection_state: ConnectionState = "connectionState",
    }
}

/// Reads the background of the first cause and of warnings.
pub(super) async fn add(
    gather: &Gather<'_>,
    app_ref: &AppRef,
    seen: &Seen,
    findings: &mut Vec<Finding>,
    clock: Clock,
) {
    by_rank(findings);
    let Some(first) = findings.first_mut() else {
        return;
    };
    match first.rank {
        Rank::InvalidSpec => {
            let is_refused = first.cites("not permitted") || first.cites("do not match");
            if is_refused && let Some(spec) = project(gather, &seen.app).await {
                first.add(view::allows(
                    &seen.app,
                    &spec.destinations,
                    &spec.source_repos,
                ));
            }
        }
        Rank::Cluster => {
            if let Some(line) = connection(gather, &Get::clusters(), seen).await {
                first.add(line);
            }
        }
        Rank::Source => {
            if let Some(line) = connection(gather, &Get::repositories(), seen).await {
                first.add(line);
            }
        }
        Rank::Drift | Rank::Window
            if !seen
                .differences
                .as_ref()
                .is_some_and(|all| drift::waits(&seen.app, all)) => {}
        Rank::SyncFailed | Rank::HookFailed | Rank::Workload | Rank::Drift | Rank::Window => {
            for line in brought(gather, app_ref, seen, first.rank, clock).await {
                first.add(line);
            }
        }
        _ => {}
    }
    warnings(gather, app_ref, seen, findings).await;
}

/// Details of a warning: both definitions of an object, or the other application.
async fn warnings(gather: &Gather<'_>, app_ref: &AppRef, seen: &Seen, findings: &mut [Finding]) {
    for condition in &seen.app.status.conditions {
        let lines = match &*condition.kind {
            "RepeatedResourceWarning" => {
                let get = Get::manifests(app_ref, &Rendering::Target);
                let rendered: Option<Rendered> = gather.json("the manifests", &get).await;
                rendered.map_or(Vec::new(), |rendered| view::repeated(&rendered.manifests))
            }
            "SharedResourceWarning" => shares(gather, app_ref, &condition.message)
                .await
                .into_iter()
                .collect(),
            _ => continue,
        };
        let about = |finding: &&mut Finding| finding.quotes(&condition.message);
        if let Some(finding) = findings.iter_mut().find(about) {
            lines.into_iter().for_each(|line| finding.add(line));
        }
    }
}

/// Status of the other application in `message`:
/// `ConfigMap/X is part of applications NS/A and B`.
async fn shares(gather: &Gather<'_>, app_ref: &AppRef, message: &Text) -> Option<String> {
    let (_, names) = message.split_once(" is part of applications ")?;
    let (first, second) = names.split_once(" and ")?;
    let own = app_ref.name().as_str();
    let is_own = |name: &str| name == own || name.ends_with(&format!("/{own}"));
    let other = if is_own(first.trim()) { second } else { first };
    let other = AppRef::parse(other.trim(), None, None).ok()?;
    let get = Get::application(&other);
    let app: Application = gather.json("the other application", &get).await?;
    let status = &app.status;
    Some(format!(
        "{other}: sync {}, health {}",
        word(&status.sync.status),
        word(&status.health.status)
    ))
}

/// The connection state of the application's cluster or repository.
async fn connection(gather: &Gather<'_>, get: &Get, seen: &Seen) -> Option<String> {
    let spec = &seen.app.spec;
    let repos: Vec<&Text> = spec
        .sources()
        .iter()
        .map(|source| &source.repo_url)
        .collect();
    let mut found = None;
    let (mut others, mut reached) = (0, 0);
    let each = |row: Connected| {
        let is_cluster = !row.server.is_empty()
            && (row.server == spec.destination.server
                || !spec.destination.name.is_empty() && row.name == spec.destination.name);
        let is_repository = !row.repo.is_empty() && repos.contains(&&row.repo);
        let state = if row.info.connection_state.status.is_empty() {
            &row.connection_state
        } else {
            &row.info.connection_state
        };
        if is_cluster {
            let name = format!("cluster {} {}", word(&row.name), row.server.line(160));
            found = Some((name, state.word(), state.said()));
        } else if is_repository {
            let name = format!("repository {}", row.repo.line(160));
            found = Some((name, state.word(), state.said()));
        } else {
            others += 1;
            reached += usize::from(&*state.status == "Successful");
        }
    };
    gather.items(get.operation().words(), get, each).await?;
    found.map(|(name, state, said)| {
        format!("{name}: connection {state}, {reached} of {others} others reachable{said}")
    })
}

/// The pending commits, or the one that was last deployed or tried.
async fn brought(
    gather: &Gather<'_>,
    app_ref: &AppRef,
    seen: &Seen,
    rank: Rank,
    clock: Clock,
) -> Vec<String> {
    let app = &seen.app;
    let waits = matches!(rank, Rank::Drift | Rank::Window);
    let several = app.spec.has_several_sources();
    let revisions: Vec<(usize, &Text)> = match (waits, app.compared_and_deployed()) {
        // The sources with a new revision. In a repository of several applications the revision may
        // change without an effect here, so all of them are named.
        (true, Some((compared, last))) => compared
            .iter()
            .enumerate()
            .filter(|(at, revision)| last.get(*at) != Some(revision))
            .collect(),
        (true, None) => app
            .status
            .sync
            .revisions()
            .iter()
            .enumerate()
            .take(1)
            .collect(),
        (false, _) => {
            let state = app.status.operation_state.iter();
            state
                .flat_map(|state| state.sync_result.revisions().iter().enumerate().next_back())
                .collect()
        }
    };
    let what = match rank {
        Rank::Drift | Rank::Window if several => "newest in source".to_owned(),
        Rank::Drift | Rank::Window => "pending".to_owned(),
        Rank::SyncFailed | Rank::HookFailed => "revision".to_owned(),
        _ => format!("last deploy{}", deployed(app, clock)),
    };
    let mut lines = Vec::new();
    for (index, revision) in revisions.into_iter().take(SOURCES_MAX) {
        let at = SourceAt {
            index: several.then(|| u32::try_from(index).unwrap_or(0)),
            history_id: None,
        };
        let Some(get) = commit::get(app_ref, revision, at) else {
            continue;
        };
        let Some(commit) = gather.json::<Commit>("the commit", &get).await else {
            continue;
        };
        let number = if several && waits {
            format!(" {}", index + 1)
        } else {
            String::new()
        };
        lines.push(format!("{what}{number}: {}", commit.line(revision)));
    }
    lines
}

/// ` 3 min ago by automated sync`.
fn deployed(app: &Application, clock: Clock) -> String {
    let Some(state) = &app.status.operation_state else {
        return String::new();
    };
    let by = &state.operation.initiated_by;
    let ago = clock.ago(&state.finished_at);
    format!(
        "{} by {}",
        ago.map_or(String::new(), |ago| format!(" {ago}")),
        initiator(&by.username, by.automated)
    )
}

/// What the application's project allows.
pub(super) async fn project(gather: &Gather<'_>, app: &Application) -> Option<project::Spec> {
    let name = ProjectName::parse(&app.spec.project).ok()?;
    let project: Project = gather.json("the project", &Get::project(&name)).await?;
    Some(project.spec)
}
