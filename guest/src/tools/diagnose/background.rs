//! Background of a cause outside the application: what the project allows, the failed connection,
//! the commit, the other application.

use super::{
    drift,
    finding::{Finding, Rank, by_rank},
    gather::Gather,
    proven::Proven,
    readings::LimitedCluster,
    seen::Seen,
    view,
};
use crate::{
    answer::{listed, time::Clock, word},
    argocd::{AppRef, Get, ProjectName, Rendering, SourceAt},
    model::{
        ConnectionState,
        application::Application,
        commit::{self, Commit},
        error::Look,
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
        namespaces: Vec<Text> = "namespaces",
    }
}

record! {
    struct ClusterInfo {
        connection_state: ConnectionState = "connectionState",
        applications_count: Option<i64> = "applicationsCount",
    }
}

impl Connected {
    /// The state of the connection: clusters have it twice.
    fn state(&self) -> &ConnectionState {
        if self.info.connection_state.status.is_empty() {
            &self.connection_state
        } else {
            &self.info.connection_state
        }
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
            for line in cluster(gather, seen, first).await {
                first.add(line);
            }
        }
        Rank::Source if first.look == Look::Repositories => {
            if let Some(line) = repository(gather, seen, first).await {
                first.add(line);
            }
        }
        Rank::Source if first.look == Look::Keys => {
            if let Some(line) = keys(gather, &seen.app).await {
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

/// The row of the destination cluster: its connection, how many applications it has, and the
/// namespaces for which it is registered.
async fn cluster(gather: &Gather<'_>, seen: &Seen, finding: &Finding) -> Vec<String> {
    let destination = &seen.app.spec.destination;
    let mut lines = Vec::new();
    let (mut others, mut reached, mut is_failed) = (0, 0, false);
    let each = |row: Connected| {
        let is_it = !row.server.is_empty() && row.server == destination.server
            || !destination.name.is_empty() && row.name == destination.name;
        let state = row.state();
        if !is_it {
            others += 1;
            reached += usize::from(&*state.status == "Successful");
            return;
        }
        is_failed |= &*state.status == "Failed";
        let name = format!("cluster {} {}", word(&row.name), row.server.line(160));
        let count = row.info.applications_count.filter(|count| *count > 1);
        let count = count.map_or(String::new(), |count| {
            format!(", {count} applications are on it")
        });
        lines.push(format!(
            "{name}: connection {}{count}{}",
            state.word(),
            said_once(state, finding)
        ));
        let namespace = finding.cited("Namespace \"", "\"");
        let namespace = namespace.as_ref().unwrap_or(&destination.namespace);
        let limited = LimitedCluster::of(&name, &row.namespaces, namespace);
        lines.extend(limited.map(|limited| limited.headline()));
    };
    let get = Get::clusters();
    gather.items(get.operation().words(), &get, each).await;
    if is_failed && others > 0 {
        lines.push(format!(
            "{reached} of {others} other clusters are reachable"
        ));
    }
    lines
}

/// The row of a repository of the application whose connection fails; one that works explains nothing.
async fn repository(gather: &Gather<'_>, seen: &Seen, finding: &Finding) -> Option<String> {
    let sources = seen.app.spec.sources();
    let mut line = None;
    let each = |row: Connected| {
        let is_it = sources.iter().any(|source| source.repo_url == row.repo);
        let state = row.state();
        if is_it && &*state.status == "Failed" {
            let said = said_once(state, finding);
            let name = row.repo.line(160);
            line = Some(format!("repository {name}: connection Failed{said}"));
        }
    };
    let get = Get::repositories();
    gather.items(get.operation().words(), &get, each).await?;
    line
}

/// The reason of a connection's state, unless the finding has it already.
fn said_once(state: &ConnectionState, finding: &Finding) -> String {
    if finding.repeats(&state.message) {
        String::new()
    } else {
        state.said()
    }
}

/// The keys that the project allows signatures of.
async fn keys(gather: &Gather<'_>, app: &Application) -> Option<String> {
    let spec = project(gather, app).await?;
    let keys: Vec<&Text> = spec.signature_keys.iter().map(|key| &key.key_id).collect();
    (!keys.is_empty()).then(|| {
        format!(
            "project {} allows signatures of {} only",
            word(&app.spec.project),
            listed(keys.iter().copied(), keys.len())
        )
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
