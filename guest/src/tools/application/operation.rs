//! Writes the last operation of an application: its result, what it waits for, and what failed.

use crate::{
    answer::{
        Fact, Line, Page,
        member::{Member, flag, number, objects, text, time},
        time::Clock,
        word,
    },
    model::{
        application::{Application, OperationState, ResultRow},
        operation::{has_failed, place, ran, revisions},
    },
};

/// Maximum number of failed rows that the summary lists.
const FAILED_MAX: usize = 8;

/// The members of an operation.
pub(super) const OPERATION: [Member; 16] = [
    text("phase"),
    flag("finished_yet"),
    time("finished").maybe(),
    number("took_seconds").maybe(),
    time("started").maybe(),
    text("by").maybe(),
    text("revision").maybe(),
    number("retries").maybe(),
    flag("dry_run").maybe(),
    number("only_resources").maybe(),
    number("self_heal_attempt").maybe(),
    text("message").maybe(),
    objects("failed", &ROW),
    number("more_failed").maybe(),
    objects("in_progress", &ROW),
    number("not_pruned").maybe(),
];

/// The members of a resource of an operation.
const ROW: [Member; 5] = [
    text("hook").maybe(),
    text("phase").maybe(),
    text("kind").maybe(),
    text("name").maybe(),
    text("message").maybe(),
];

/// Writes the running operation, or the last one.
pub(super) fn write(page: &mut Page, application: &Application, clock: Clock) {
    let Some(state) = &application.status.operation_state else {
        let line = Line::new();
        page.below(
            "",
            if application.operation.0 {
                line.glue("Operation: ").fact(
                    "operation_requested",
                    Fact::new("requested, not started yet", true),
                )
            } else {
                line.glue("Last operation: ")
                    .fact("operation_requested", Fact::new("none", false))
            },
        );
        return;
    };
    let finished = !state.finished_at.is_empty();
    let line = Line::new()
        .glue(if finished {
            "Last operation: "
        } else {
            "Operation: "
        })
        .fact("phase", word(&state.phase))
        .keeping("finished_yet", finished);
    let line = ran(line, state, finished, clock);
    let line = details(line, state).said("message", &state.message);
    let line = failed(line, state);
    page.below("", line.nested("operation"));
}

fn details(line: Line, state: &OperationState) -> Line {
    let some = |text: String| (!text.is_empty()).then(|| Fact::from(text));
    let sync = &state.operation.sync;
    let retries = state.retry_count.filter(|count| *count > 0);
    let attempts = sync.auto_heal_attempts_count.filter(|count| *count > 1);
    let only = (!sync.resources.is_empty()).then(|| Fact::plural(sync.resources.len(), "resource"));
    let line = line
        .maybe(
            ", revision ",
            "revision",
            some(revisions(state.sync_result.revisions())),
        )
        .maybe(
            ", ",
            "retries",
            retries.map(|count| Fact::new(format!("{count} retries"), count)),
        );
    let dry = Fact::flag(sync.dry_run == Some(true), ", dry run");
    line.fact("dry_run", dry)
        .maybe(", only ", "only_resources", only)
        .maybe(
            ", self-heal attempt ",
            "self_heal_attempt",
            attempts.map(Fact::from),
        )
}

/// Adds the failed resources and hooks, those in progress, and how many were not pruned.
fn failed(mut line: Line, state: &OperationState) -> Line {
    let rows = &state.sync_result.resources;
    let failed: Vec<&ResultRow> = rows.iter().filter(|row| has_failed(row)).collect();
    for row in failed.iter().take(FAILED_MAX) {
        let what = Line::new();
        let what = if row.hook_type.is_empty() {
            what.glue("sync failed")
        } else {
            what.fact("hook", word(&row.hook_type)).glue(" hook failed")
        };
        line = line.below("failed", named(what, row));
    }
    if failed.len() > FAILED_MAX {
        let more = Line::new().glue("and ");
        let more = more.fact("more_failed", failed.len() - FAILED_MAX);
        line = line.below("", more.glue(" more failed"));
    }
    if &*state.phase == "Running" {
        for row in rows
            .iter()
            .filter(|row| &*row.hook_phase == "Running" && !has_failed(row))
            .take(FAILED_MAX)
        {
            let what = Line::new().glue("in progress (");
            let what = what.fact("phase", word(&row.sync_phase)).glue(")");
            line = line.below("in_progress", named(what, row));
        }
    }
    let kept = rows.iter().filter(|row| &*row.status == "PruneSkipped");
    match kept.count() {
        0 => line,
        kept => {
            let kept = Fact::plural(kept, "resource");
            let kept = Line::new().fact("not_pruned", kept);
            line.below("", kept.glue(" not pruned"))
        }
    }
}

/// `: Deployment web/api > message` after `what`.
fn named(what: Line, row: &ResultRow) -> Line {
    what.glue(": ")
        .fact("kind", word(&row.kind))
        .glue(" ")
        .fact("name", place(&row.namespace, &row.name))
        .said("message", &row.message)
}
