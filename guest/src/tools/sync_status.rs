//! `get_sync_status`: shows the last or running sync, what failed, and what it waits for.

use crate::{
    answer::{
        Answer, Fact, Line, Remark,
        member::{flag, nested, number, objects, text, time},
        revision,
        time::Clock,
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
        commit::{self, COMMIT, Commit},
        operation::{has_failed, place, ran, revisions},
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
    facts: &[
        text("application"),
        flag("requested").maybe(),
        text("phase").maybe(),
        time("started").maybe(),
        time("finished").maybe(),
        number("took_seconds").maybe(),
        text("by").maybe(),
        number("retries").maybe(),
        flag("dry_run").maybe(),
        number("only_resources").maybe(),
        number("self_heal_attempt").maybe(),
        text("message").maybe(),
        text("revision").maybe(),
        objects("commits", &COMMIT),
        nested(
            "failed_hydration",
            &[
                text("revision").maybe(),
                time("failed").maybe(),
                text("message").maybe(),
            ],
        ),
        number("results").maybe(),
        number("failed").maybe(),
    ],
    items: &[
        text("resource"),
        text("result"),
        number("wave").maybe(),
        text("phase").maybe(),
        text("message").maybe(),
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
    let mut head = Vec::new();
    let Some(state) = &app.status.operation_state else {
        let line = Line::new().fact("application", app_ref.to_string());
        head.push(if app.operation.0 {
            let requested = Fact::new("a sync is requested and has not started yet.", true);
            line.glue(": ").fact("requested", requested)
        } else {
            line.glue(": ")
                .fact("requested", Fact::new("never synced.", false))
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
    let results = Fact::plural(state.sync_result.resources.len(), "result");
    let line = Line::new().fact("results", results).glue(": ");
    head.push(line.fact("failed", failed).glue(" failed"));
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

fn summary(app: String, state: &OperationState, clock: Clock) -> Line {
    let is_over =
        !state.finished_at.is_empty() && !matches!(&*state.phase, "Running" | "Terminating");
    let line = Line::new()
        .fact("application", app)
        .glue(": ")
        .fact("phase", word(&state.phase));
    let line = ran(line, state, is_over, clock);
    let retries = state.retry_count.filter(|count| *count > 0);
    let retries = retries.and_then(|count| usize::try_from(count).ok());
    let line = line.maybe(
        ", ",
        "retries",
        retries.map(|count| Fact::plural(count, "retry")),
    );
    let sync = &state.operation.sync;
    let dry = (sync.dry_run == Some(true)).then(|| Fact::new("a dry run", true));
    let is_dry = dry.is_some();
    let line = line.maybe(", ", "dry_run", dry);
    let line = if is_dry {
        line.glue(": nothing was applied")
    } else {
        line
    };
    let line = match sync.resources.len() {
        0 => line,
        count => line
            .glue(", partial: only ")
            .fact("only_resources", Fact::plural(count, "resource"))
            .glue(", no hooks, no history entry"),
    };
    let attempts = sync.auto_heal_attempts_count.filter(|count| *count > 1);
    line.maybe(
        ", self-heal attempt ",
        "self_heal_attempt",
        attempts.map(Fact::from),
    )
    .said("message", &state.message)
}

/// A hydration that failed: the sync above is then of what was hydrated before.
fn hydration(app: &Application, clock: Clock) -> Option<Line> {
    let last = app.status.source_hydrator.current_operation.as_ref()?;
    (&*last.phase == "Failed").then(|| {
        Line::new()
            .glue("Hydration of ")
            .fact("revision", revision(&last.dry_sha))
            .glue(" failed ")
            .fact("failed", clock.fact(&last.finished_at))
            .glue(", so this is of what was hydrated before")
            .said("message", &last.message)
            .nested("failed_hydration")
    })
}

async fn tried(
    context: &Context,
    call: &Call,
    app: &Application,
    state: &OperationState,
) -> Option<Line> {
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
    let line = Line::new().glue("Revision: ");
    match commit {
        Some(commit) => Some(line.and(commit.record(text)).one_of("commits")),
        None if revisions.is_empty() => None,
        None => Some(line.fact("revision", revisions)),
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
        let line = Line::new()
            .fact("resource", &name)
            .glue(" | ")
            .fact("result", "not started")
            .maybe(", wave ", "wave", resource.sync_wave.map(Fact::from));
        rows.push(Row::of(name, line).ranked(3));
    }
    rows
}
