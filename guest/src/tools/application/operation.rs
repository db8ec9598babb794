//! The last operation: what it did, what it waits for, and what of it failed.

use crate::tools::wire::application::{Application, OperationState, ResultRow};
use crate::{
    answer::{
        Page, plural, revision, said,
        time::{Clock, between},
        word,
    },
    redact::Text,
};

/// Most failed rows that the card lists.
const FAILED_MAX: usize = 8;

/// Writes the operation that runs or ran last.
pub(super) fn write(page: &mut Page, application: &Application, clock: Clock) {
    let Some(state) = &application.status.operation_state else {
        page.line(match application.operation.0 {
            true => "Operation: requested, not started yet",
            false => "Last operation: none",
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

/// Who started it: a user's name, or the automation.
pub(in crate::tools) fn initiator(username: &Text, automated: Option<bool>) -> String {
    match (automated, username.is_empty()) {
        (Some(true), _) => "automated sync".to_owned(),
        (_, false) => username.line(80),
        (_, true) => "unknown".to_owned(),
    }
}

fn details(state: &OperationState) -> String {
    let mut details = String::new();
    let revisions = revisions(&state.sync_result.revision, &state.sync_result.revisions);
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

/// `3fcb20f`, or `7f5826d + ac13c72` for several sources.
pub(in crate::tools) fn revisions(one: &Text, many: &[Text]) -> String {
    match many.is_empty() {
        true => revision(one),
        false => many
            .iter()
            .take(10)
            .map(|each| revision(each))
            .collect::<Vec<_>>()
            .join(" + "),
    }
}

/// A failed hook reads `Synced` with hookPhase `Failed`; a refused object reads `SyncFailed`.
pub(in crate::tools) fn has_failed(row: &ResultRow) -> bool {
    matches!(&*row.status, "SyncFailed" | "PruneFailed")
        || matches!(&*row.hook_phase, "Failed" | "Error")
}

fn failed(page: &mut Page, state: &OperationState) {
    let rows = &state.sync_result.resources;
    let failed: Vec<&ResultRow> = rows.iter().filter(|row| has_failed(row)).collect();
    for row in failed.iter().take(FAILED_MAX) {
        let what = match row.hook_type.is_empty() {
            true => "sync failed".to_owned(),
            false => format!("{} hook failed", word(&row.hook_type)),
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

/// `namespace/name`, or the name alone for what has no namespace.
pub(in crate::tools) fn place(namespace: &Text, name: &Text) -> String {
    match namespace.is_empty() {
        true => word(name),
        false => format!("{}/{}", word(namespace), word(name)),
    }
}
