//! Writes the last operation of an application: its result, what it waits for, and what failed.

use crate::{
    answer::{
        Page, plural, said,
        time::{Clock, between},
        word,
    },
    model::{
        application::{Application, OperationState, ResultRow},
        operation::{has_failed, initiator, place, revisions},
    },
};

/// Maximum number of failed rows that the summary lists.
const FAILED_MAX: usize = 8;

/// Writes the running operation, or the last one.
pub(super) fn write(page: &mut Page, application: &Application, clock: Clock) {
    let Some(state) = &application.status.operation_state else {
        page.line(if application.operation.0 {
            "Operation: requested, not started yet"
        } else {
            "Last operation: none"
        });
        return;
    };
    let finished = !state.finished_at.is_empty();
    let mut line = format!(
        "{}: {}",
        if finished {
            "Last operation"
        } else {
            "Operation"
        },
        word(&state.phase)
    );
    line.push_str(
        &match (finished, between(&state.started_at, &state.finished_at)) {
            (true, took) => {
                let took = took.map_or(String::new(), |took| format!(", took {took}"));
                format!(" {}{took}", clock.both(&state.finished_at))
            }
            (false, _) => format!(", started {}", clock.both(&state.started_at)),
        },
    );
    line.push_str(&format!(
        ", by {}{}",
        initiator(
            &state.operation.initiated_by.username,
            state.operation.initiated_by.automated
        ),
        details(state)
    ));
    line.push_str(&said(&state.message));
    page.line(line);
    failed(page, state);
}

fn details(state: &OperationState) -> String {
    let mut details = String::new();
    let revisions = revisions(state.sync_result.revisions());
    if !revisions.is_empty() {
        details.push_str(&format!(", revision {revisions}"));
    }
    if let Some(retries) = state.retry_count.filter(|count| *count > 0) {
        details.push_str(&format!(", {retries} retries"));
    }
    if state.operation.sync.dry_run == Some(true) {
        details.push_str(", dry run");
    }
    if !state.operation.sync.resources.is_empty() {
        details.push_str(&format!(
            ", only {}",
            plural(state.operation.sync.resources.len(), "resource")
        ));
    }
    if let Some(count) = state
        .operation
        .sync
        .auto_heal_attempts_count
        .filter(|count| *count > 1)
    {
        details.push_str(&format!(", self-heal attempt {count}"));
    }
    details
}

fn failed(page: &mut Page, state: &OperationState) {
    let rows = &state.sync_result.resources;
    let failed: Vec<&ResultRow> = rows.iter().filter(|row| has_failed(row)).collect();
    for row in failed.iter().take(FAILED_MAX) {
        let what = if row.hook_type.is_empty() {
            "sync failed".to_owned()
        } else {
            format!("{} hook failed", word(&row.hook_type))
        };
        page.line(format!(
            "  {what}: {} {}{}",
            word(&row.kind),
            place(&row.namespace, &row.name),
            said(&row.message)
        ));
    }
    if failed.len() > FAILED_MAX {
        page.line(format!("  and {} more failed", failed.len() - FAILED_MAX));
    }
    if &*state.phase == "Running" {
        for row in rows
            .iter()
            .filter(|row| &*row.hook_phase == "Running" && !has_failed(row))
            .take(FAILED_MAX)
        {
            let (phase, place) = (word(&row.sync_phase), place(&row.namespace, &row.name));
            page.line(format!(
                "  in progress ({phase}): {} {place}{}",
                word(&row.kind),
                said(&row.message)
            ));
        }
    }
    let kept = rows
        .iter()
        .filter(|row| &*row.status == "PruneSkipped")
        .count();
    if kept > 0 {
        page.line(format!("  {} not pruned", plural(kept, "resource")));
    }
}
