//! `get_sync_status`: shows the last or running sync, what failed, and what it waits for.

use crate::{
    answer::{
        Answer, Line, Remark, plural, revision, said,
        time::{Clock, between},
        word,
    },
    argocd::{Get, SourceAt},
    call::{
        Call, Failure,
        input::{Count, input, schema},
        listing::{Listing, Row},
        tool::{Context, Family, Listed, Subject, Tool},
    },
    limits,
    model::{
        application::{Application, OperationState, ResultRow},
        commit::{self, Commit},
        operation::{has_failed, initiator, place, revisions},
    },
};

/// Rows of one answer by default, and at most.
const ROWS: u32 = 30;
const ROWS_MAX: u32 = 500;

input! {
    /// What `get_sync_status` takes.
    struct Ask of app {
        /// Rows to show.
        limit: Count<ROWS, ROWS_MAX>,
        /// From the previous answer.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "get_sync_status",
    title: "Get last sync",
    family: Family::Rollout,
    listed: Listed::WhenChosen,
    hint: "Shows the last or running sync and what failed",
    subject: Subject::Application,
    description: "The last or running sync operation of an Argo CD application: phase, message, retries, who started it, each resource \
            and hook with its result, failed ones first, waves not started.",
    facts: &["resource", "result", "phase", "message"],
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
    let mut head = Vec::new();
    let Some(state) = &app.status.operation_state else {
        head.push(if app.operation.0 {
            format!("{app_ref}: a sync is requested and has not started yet.")
        } else {
            format!("{app_ref}: never synced.")
        });
        return Listing {
            call: &call,
            cursor: None,
            limit: (ROWS, ROWS),
            noun: "row",
        }
        .write(head, &[], None);
    };
    head.push(summary(app_ref.to_string(), state, clock));
    head.extend(hydration(&app, clock));
    if let Some(commit) = tried(context, &call, &app, state).await {
        head.push(commit);
    }
    let rows: Vec<Row> = rows(&app, state);
    let failed = state
        .sync_result
        .resources
        .iter()
        .filter(|row| has_failed(row))
        .count();
    head.push(format!(
        "{}: {failed} failed",
        plural(state.sync_result.resources.len(), "result")
    ));
    let end = call
        .about("diagnose_application", &[])
        .filter(|_| failed > 0)
        .map(|next| Remark::next(format!("{next} (cause and meaning)")));
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, ROWS));
    Listing {
        call: &call,
        cursor,
        limit,
        noun: "row",
    }
    .write(head, &rows, end)
}

fn summary(app: String, state: &OperationState, clock: Clock) -> String {
    let is_over =
        !state.finished_at.is_empty() && !matches!(&*state.phase, "Running" | "Terminating");
    let time = match (is_over, between(&state.started_at, &state.finished_at)) {
        (true, took) => format!(
            " {}{}",
            clock.both(&state.finished_at),
            took.map_or(String::new(), |took| format!(", took {took}"))
        ),
        (false, _) => format!(", started {}", clock.both(&state.started_at)),
    };
    let mut parts = vec![format!("{app}: {}{time}", word(&state.phase))];
    let by = &state.operation.initiated_by;
    parts.push(format!("by {}", initiator(&by.username, by.automated)));
    if let Some(count) = state.retry_count.filter(|count| *count > 0) {
        parts.push(plural(usize::try_from(count).unwrap_or(0), "retry"));
    }
    if state.operation.sync.dry_run == Some(true) {
        parts.push("a dry run: nothing was applied".to_owned());
    }
    if !state.operation.sync.resources.is_empty() {
        parts.push(format!(
            "partial: only {}, no hooks, no history entry",
            plural(state.operation.sync.resources.len(), "resource")
        ));
    }
    if let Some(count) = state
        .operation
        .sync
        .auto_heal_attempts_count
        .filter(|count| *count > 1)
    {
        parts.push(format!("self-heal attempt {count}"));
    }
    format!("{}{}", parts.join(", "), said(&state.message))
}

/// A hydration that failed: the sync above is then of what was hydrated before.
fn hydration(app: &Application, clock: Clock) -> Option<String> {
    let last = app.status.source_hydrator.current_operation.as_ref()?;
    (&*last.phase == "Failed").then(|| {
        format!(
            "Hydration of {} failed {}, so this is of what was hydrated before{}",
            revision(&last.dry_sha),
            clock.both(&last.finished_at),
            said(&last.message)
        )
    })
}

async fn tried(
    context: &Context,
    call: &Call,
    app: &Application,
    state: &OperationState,
) -> Option<String> {
    let result = &state.sync_result;
    let all = result.revisions();
    let revisions = revisions(all);
    let input: Ask = call.input().ok()?;
    let several = app.spec.has_several_sources();
    let text = all.last()?;
    let at = SourceAt {
        index: several.then(|| u32::try_from(all.len().saturating_sub(1)).unwrap_or(0)),
        history_id: None,
    };
    let commit: Option<Commit> = match commit::get(&input.name.0, text, at) {
        Some(get) => context.client.json(&get, limits::UPSTREAM).await.ok(),
        None => None,
    };
    match commit {
        Some(commit) => Some(format!("Revision: {}", commit.line(text))),
        None if revisions.is_empty() => None,
        None => Some(format!("Revision: {revisions}")),
    }
}

fn rows(app: &Application, state: &OperationState) -> Vec<Row> {
    let is_running = &*state.phase == "Running";
    let results = &state.sync_result.resources;
    let mut rows: Vec<Row> = results
        .iter()
        .map(|result| row(result, is_running))
        .collect();
    let is_whole = state.operation.sync.resources.is_empty();
    let stopped = matches!(&*state.phase, "Failed" | "Error") && is_whole;
    if (is_running || stopped) && !results.is_empty() {
        rows.extend(not_started(app, results));
    }
    Row::sort(&mut rows);
    rows
}

/// One resource or hook with its result.
fn row(row: &ResultRow, is_running: bool) -> Row {
    let rank = match &*row.hook_phase {
        _ if has_failed(row) => 0,
        "Running" if is_running => 1,
        _ if &*row.status == "PruneSkipped" => 2,
        _ => 4,
    };
    let result = match (&*row.status, &*row.hook_phase) {
        ("SyncFailed" | "PruneFailed", _) => word(&row.status),
        // Argo CD reports Synced for a failed hook, and for an object that was applied and then became Degraded.
        (_, "Failed" | "Error") if row.hook_type.is_empty() => "applied, not healthy".to_owned(),
        (_, "Failed" | "Error") => format!("hook {}", word(&row.hook_phase)),
        ("", phase) => word(phase),
        (_, "Running") if is_running => "in progress".to_owned(),
        (status, _) => word(status),
    };
    let name = format!("{} {}", word(&row.kind), place(&row.namespace, &row.name));
    let phase = if row.hook_type.is_empty() {
        word(&row.sync_phase)
    } else {
        format!("{} hook", word(&row.hook_type))
    };
    let line = Line::new()
        .fact("resource", &name)
        .glue(" | ")
        .fact("result", result)
        .glue(" | ")
        .fact("phase", phase)
        .said("message", &row.message);
    Row::of(name, line).ranked(rank)
}

/// The out-of-sync resources without a result, which the sync did not reach.
fn not_started(app: &Application, results: &[ResultRow]) -> Vec<Row> {
    let mut rows = Vec::new();
    let has_row = |kind: &str, name: &str| {
        results
            .iter()
            .any(|row| &*row.kind == kind && &*row.name == name)
    };
    for resource in app.status.resources.iter().filter(|resource| {
        &*resource.status == "OutOfSync"
            && resource.requires_pruning != Some(true)
            && !has_row(&resource.kind, &resource.name)
    }) {
        let name = format!(
            "{} {}",
            word(&resource.kind),
            place(&resource.namespace, &resource.name)
        );
        let wave = resource
            .sync_wave
            .map_or(String::new(), |wave| format!(", wave {wave}"));
        let line = Line::new()
            .fact("resource", &name)
            .glue(" | ")
            .fact("result", format!("not started{wave}"));
        rows.push(Row::of(name, line).ranked(3));
    }
    rows
}
