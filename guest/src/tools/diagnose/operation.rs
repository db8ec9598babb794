//! Causes in the last operation: rejected objects, failed hooks, what a running sync waits for.

use std::collections::BTreeSet;

use super::{
    failure::sentences,
    finding::{Finding, Rank},
    readings::Gone,
};
use crate::{
    answer::{plural, said, time::Clock, word},
    model::{
        application::{Application, OperationState, Resource, ResultRow},
        operation::{has_failed, initiator, place},
        tree::{Node, Tree},
    },
    redact::Text,
};

/// Maximum rows of one kind quoted.
const ROWS_MAX: usize = 6;
/// Maximum images named.
const IMAGES_MAX: usize = 4;

/// A failed hook whose log is read.
pub(super) struct Hook {
    pub(super) kind: String,
    pub(super) name: String,
}

/// The first hook of the last operation that failed.
pub(super) fn failed_hook(app: &Application) -> Option<Hook> {
    let state = app.status.operation_state.as_ref()?;
    let row = state
        .sync_result
        .resources
        .iter()
        .find(|row| is_failed_hook(row))?;
    Some(Hook {
        kind: row.kind.to_string(),
        name: row.name.to_string(),
    })
}

/// Whether the row is a hook that ran and failed; one that could not be created is a rejected object.
pub(super) fn is_failed_hook(row: &ResultRow) -> bool {
    has_failed(row) && !row.hook_type.is_empty() && &*row.status != "SyncFailed"
}

/// All causes in the last operation; a failure before a later Synced comparison is only a warning.
pub(super) fn findings(app: &Application, tree: Option<&Tree>, clock: Clock) -> Vec<Finding> {
    let Some(state) = &app.status.operation_state else {
        let requested = Finding::observed(
            Rank::Waiting,
            "a requested sync has not started: the controller is busy or down",
        );
        return app.operation.0.then_some(requested).into_iter().collect();
    };
    let rows = &state.sync_result.resources;
    let mut found = Vec::new();
    let is_over = !matches!(&*state.phase, "Running" | "Terminating");
    if is_over && &*state.phase == "Succeeded" {
        return found;
    }
    let is_refused = |row: &&ResultRow| matches!(&*row.status, "SyncFailed" | "PruneFailed");
    let refused: Vec<&ResultRow> = rows.iter().filter(is_refused).collect();
    if !refused.is_empty() {
        found.push(rejected(app, tree, state, &refused, clock));
    }
    let unhealthy: Vec<&ResultRow> = rows
        .iter()
        .filter(|row| has_failed(row) && row.hook_type.is_empty() && !is_refused(row))
        .collect();
    if !unhealthy.is_empty() {
        found.push(degraded(app, state, &unhealthy, clock));
    }
    let hooks: Vec<&ResultRow> = rows.iter().filter(|row| is_failed_hook(row)).collect();
    if !hooks.is_empty() {
        found.push(hooks_failed(tree, state, &hooks, clock));
    }
    if let Some((gone, row)) = tree.and_then(|tree| Gone::of(state, tree, clock)) {
        found.push(
            Finding::proven(Rank::Waiting, &gone)
                .quoting(&state.message)
                .with(format!(
                    "The sync has been Running since {}.",
                    clock.both(&state.started_at)
                ))
                .with(reached(tree, &row.hook_type))
                .with("Terminate the operation (argocd app terminate-op), then sync again."),
        );
    } else if !is_over {
        found.push(running(app, tree, state, !refused.is_empty(), clock));
    } else if found.is_empty() && !repeats_a_condition(app, &state.message) {
        found.push(
            Finding::observed(
                Rank::SyncFailed,
                format!("last sync {}{}", word(&state.phase), when(state, clock)),
            )
            .quoting(&state.message)
            .with(sentences(app, &state.message).unwrap_or_default()),
        );
    }
    // Hooks are outside the comparison: Synced proves nothing about them.
    let has_hooks = refused.iter().any(|row| !row.hook_type.is_empty()) || !hooks.is_empty();
    if is_over && &*app.status.sync.status == "Synced" && !has_hooks {
        found.into_iter().map(overtaken).collect()
    } else {
        found
    }
}

/// A failure that a later Synced comparison has superseded.
fn overtaken(finding: Finding) -> Finding {
    finding
        .ranked(Rank::Warning)
        .with("The application has become Synced since.")
}

/// Objects that were applied but not healthy, so that the sync gave up on them.
fn degraded(
    app: &Application,
    state: &OperationState,
    rows: &[&ResultRow],
    clock: Clock,
) -> Finding {
    let mut finding = of_objects(state, rows, "applied but not healthy", clock);
    for row in rows.iter().take(ROWS_MAX) {
        finding.add(format!(
            "{} {}{}",
            word(&row.kind),
            place(&row.namespace, &row.name),
            said(&row.message)
        ));
    }
    finding.add(not_begun(app, &state.sync_result.resources));
    finding
}

/// A sync in which some objects failed: how many, and what happened to them.
fn of_objects(state: &OperationState, rows: &[&ResultRow], became: &str, clock: Clock) -> Finding {
    let (phase, objects) = (word(&state.phase), plural(rows.len(), "object"));
    let when = when(state, clock);
    Finding::observed(
        Rank::SyncFailed,
        format!("the sync {phase}: {objects} {became}{when}"),
    )
}

/// `Error` repeats the conditions that kept it from starting.
fn repeats_a_condition(app: &Application, message: &Text) -> bool {
    app.status
        .conditions
        .iter()
        .any(|condition| !condition.message.is_empty() && message.contains(&*condition.message))
}

/// `The last sync ended in Error for this reason 3 min ago, started by ada.`: where a condition kept it from starting.
pub(super) fn kept(app: &Application, condition: &Text, clock: Clock) -> Option<String> {
    let state = app.status.operation_state.as_ref()?;
    let is_it = !condition.is_empty() && state.message.contains(&**condition);
    (is_it && &*state.phase == "Error").then(|| {
        let when = when(state, clock);
        format!("The last sync ended in Error for this reason{when}.")
    })
}

fn when(state: &OperationState, clock: Clock) -> String {
    let ago = clock
        .ago(&state.finished_at)
        .or_else(|| clock.ago(&state.started_at));
    let ago = ago.map_or(String::new(), |ago| format!(" {ago}"));
    let by = initiator(
        &state.operation.initiated_by.username,
        state.operation.initiated_by.automated,
    );
    let retries = match state.retry_count.filter(|count| *count > 0) {
        Some(count) => format!(
            " after {}",
            plural(usize::try_from(count).unwrap_or(0), "retry")
        ),
        None => String::new(),
    };
    format!("{retries}{ago}, started by {by}")
}

/// Objects that the API server, a webhook or the project rejected.
fn rejected(
    app: &Application,
    tree: Option<&Tree>,
    state: &OperationState,
    rows: &[&ResultRow],
    clock: Clock,
) -> Finding {
    let mut finding = of_objects(state, rows, "rejected", clock);
    let groups = alike(rows);
    for (row, more) in groups.iter().take(ROWS_MAX) {
        let others = match more {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let hook = if row.hook_type.is_empty() {
            String::new()
        } else {
            format!("{} hook ", word(&row.hook_type))
        };
        finding.add(format!(
            "{hook}{} {}{others}: {}{}",
            word(&row.kind),
            place(&row.namespace, &row.name),
            word(&row.status),
            said(&row.message)
        ));
    }
    if groups.len() > ROWS_MAX {
        let more: usize = groups.iter().skip(ROWS_MAX).map(|(_, more)| more + 1).sum();
        finding.add(format!("and {}", plural(more, "more rejected object")));
    }
    let mut meanings: Vec<String> = rows
        .iter()
        .filter_map(|row| sentences(app, &row.message))
        .collect();
    meanings.dedup();
    for meaning in meanings.into_iter().take(2) {
        finding.add(meaning);
    }
    finding.add(applied(&state.sync_result.resources));
    // A hook is no part of what the application keeps live.
    let kept = rows.iter().filter(|row| row.hook_type.is_empty());
    let kept: Vec<&ResultRow> = kept.copied().collect();
    if !kept.is_empty() {
        finding.add(whats_live(app, tree, &kept));
    }
    finding
}

/// How many objects the sync did apply.
fn applied(rows: &[ResultRow]) -> String {
    let is_applied = |row: &&ResultRow| &*row.status == "Synced" && row.hook_type.is_empty();
    match rows.iter().filter(is_applied).count() {
        0 => String::new(),
        1 => "1 other object was applied.".to_owned(),
        count => format!("{count} other objects were applied."),
    }
}

/// Groups rows with the same message, with the number of further ones.
fn alike<'a>(rows: &[&'a ResultRow]) -> Vec<(&'a ResultRow, usize)> {
    let said = |row: &ResultRow| {
        let text: String = row
            .message
            .chars()
            .filter(|c| !c.is_ascii_digit())
            .collect();
        // Most texts name the object.
        text.replace(
            &row.name
                .chars()
                .filter(|c| !c.is_ascii_digit())
                .collect::<String>(),
            "",
        )
    };
    let mut groups: Vec<(&ResultRow, usize, String)> = Vec::new();
    for row in rows {
        let text = said(row);
        let known = groups.iter_mut().find(|(_, _, known)| *known == text);
        match known {
            Some((_, more, _)) => *more += 1,
            None => groups.push((row, 0, text)),
        }
    }
    groups
        .into_iter()
        .map(|(row, more, _)| (row, more))
        .collect()
}

/// Which of the rejected objects are live in a previous version.
fn whats_live(app: &Application, tree: Option<&Tree>, rows: &[&ResultRow]) -> String {
    let known: Vec<&Resource> = app
        .status
        .resources
        .iter()
        .filter(|resource| {
            rows.iter()
                .any(|row| row.kind == resource.kind && row.name == resource.name)
        })
        .collect();
    let live: Vec<&&Resource> = known
        .iter()
        .filter(|resource| &*resource.health.status != "Missing")
        .collect();
    match (live.is_empty(), app.status.history.is_empty()) {
        // Nothing is known about them.
        (true, _) if known.len() < rows.len() => String::new(),
        (true, true) => "None of it is live, and the application was never deployed.".to_owned(),
        (true, false) => "None of the rejected objects is live.".to_owned(),
        (false, _) => {
            let names: Vec<String> = live
                .iter()
                .take(3)
                .map(|resource| {
                    let health = if resource.health.status.is_empty() {
                        String::new()
                    } else {
                        format!(" ({})", word(&resource.health.status))
                    };
                    format!("{} {}{health}", word(&resource.kind), word(&resource.name))
                })
                .collect();
            format!(
                "The previous version is still live: {}{}.",
                names.join(", "),
                running_images(tree)
            )
        }
    }
}

/// `, running images: web:1.2`: of Healthy Pods that belong to no Job, since a hook's Pod is not a deployment.
pub(super) fn running_images(tree: Option<&Tree>) -> String {
    let nodes = tree.map_or(&[][..], |tree| &tree.nodes);
    let is_well = |node: &&Node| {
        &*node.kind == "Pod"
            && &*node.health.status == "Healthy"
            && node
                .fact("Status Reason")
                .is_some_and(|reason| &**reason == "Running")
            && !node.parent_refs.iter().any(|parent| &*parent.kind == "Job")
    };
    let running = nodes.iter().filter(is_well).flat_map(|node| &node.images);
    let images: BTreeSet<String> = running.map(|image| short(image)).collect();
    if images.is_empty() {
        String::new()
    } else {
        let first: Vec<String> = images.into_iter().take(IMAGES_MAX).collect();
        format!(", running images: {}", first.join(", "))
    }
}

/// The last part of an image's name, with its tag.
pub(super) fn short(image: &str) -> String {
    word(image.rsplit('/').next().unwrap_or(image))
}

fn hooks_failed(
    tree: Option<&Tree>,
    state: &OperationState,
    rows: &[&ResultRow],
    clock: Clock,
) -> Finding {
    let hook = rows
        .first()
        .map_or(String::new(), |row| word(&row.hook_type));
    let mut finding = Finding::observed(
        Rank::HookFailed,
        format!(
            "the sync {}: a {hook} hook failed{}",
            word(&state.phase),
            when(state, clock)
        ),
    );
    for row in rows.iter().take(ROWS_MAX) {
        finding.add(format!(
            "{} hook {} {}{}",
            word(&row.hook_type),
            word(&row.kind),
            place(&row.namespace, &row.name),
            said(&row.message)
        ));
    }
    finding.add(reached(tree, &hook));
    finding
}

/// How far a sync came that ended at a hook, and what runs.
fn reached(tree: Option<&Tree>, hook: &str) -> String {
    let applied = match hook {
        "PreSync" => "None of the new revision was applied",
        "PostSync" => "The new revision was applied before the hook ran",
        _ => return String::new(),
    };
    format!("{applied}{}.", running_images(tree))
}

/// What a running operation waits for, and what it has not started.
fn running(
    app: &Application,
    tree: Option<&Tree>,
    state: &OperationState,
    has_rows: bool,
    clock: Clock,
) -> Finding {
    let since = clock
        .ago(&state.started_at)
        .map_or(String::new(), |ago| format!(", started {ago}"));
    let message = &state.message;
    let retrying = !state.finished_at.is_empty() || message.contains("Retrying");
    let cause = if retrying {
        format!("the sync failed and waits for its next retry{since}")
    } else if message.contains("blocked by sync window") {
        format!("the sync is running but a sync window blocks it{since}")
    } else if message.contains("waiting for pruning confirmation") {
        format!("the sync waits for pruning to be confirmed{since}")
    } else {
        format!("the sync is Running{since}")
    };
    // The rejected rows are shown above with their messages.
    let tail = message.find("Retrying").filter(|_| has_rows);
    let quote = tail.map_or_else(|| message.clone(), |at| Text::new(&message[at..]));
    let mut finding = Finding::observed(Rank::Waiting, cause).quoting(&quote);
    if message.contains("waiting for pruning confirmation") {
        finding
            .add("Confirm in the UI or with the annotation argocd.argoproj.io/deletion-approved.");
    }
    let rows = &state.sync_result.resources;
    let begun = || {
        rows.iter()
            .filter(|row| &*row.hook_phase == "Running" && !has_failed(row))
    };
    // Finished rows may also be Running: prefer those that the message names.
    let is_named = |row: &&ResultRow| message.contains(&format!("/{}", &*row.name));
    let named: Vec<&ResultRow> = begun().filter(is_named).collect();
    let waited = if named.is_empty() {
        begun().collect()
    } else {
        named
    };
    for row in waited.into_iter().take(ROWS_MAX) {
        finding.add(format!(
            "in progress: {} {} ({}{}){}",
            word(&row.kind),
            place(&row.namespace, &row.name),
            word(&row.sync_phase),
            health(tree, row),
            said(&row.message)
        ));
    }
    finding.add(not_begun(app, rows));
    finding
}

/// `, Suspended`: what the object that is waited for is now; empty when it has no health.
fn health(tree: Option<&Tree>, row: &ResultRow) -> String {
    let mut nodes = tree.iter().flat_map(|tree| &tree.nodes);
    let node = nodes.find(|node| {
        node.kind == row.kind && node.name == row.name && node.namespace == row.namespace
    });
    match node.map_or("", |node| &*node.health.status) {
        "" => String::new(),
        health => format!(", {}", word(health)),
    }
}

/// Objects without a row belong to later waves: they are not broken.
fn not_begun(app: &Application, rows: &[ResultRow]) -> String {
    let later: Vec<String> = app
        .status
        .resources
        .iter()
        .filter(|resource| {
            &*resource.status == "OutOfSync" && resource.requires_pruning != Some(true)
        })
        .filter(|resource| {
            !rows
                .iter()
                .any(|row| row.kind == resource.kind && row.name == resource.name)
        })
        .take(ROWS_MAX)
        .map(|resource| {
            let wave = resource
                .sync_wave
                .map_or(String::new(), |wave| format!("wave {wave}, "));
            let health = match &*resource.health.status {
                "" => "not applied yet".to_owned(),
                health => word(health),
            };
            format!(
                "{} {} ({wave}{health})",
                word(&resource.kind),
                place(&resource.namespace, &resource.name)
            )
        })
        .collect();
    if later.is_empty() || rows.is_empty() {
        String::new()
    } else {
        format!("not started, later wave: {}", later.join(", "))
    }
}

/// Whether the operation explains object `kind`/`name`: rejected, or in a later wave.
pub(super) fn explains(app: &Application, kind: &str, name: &str) -> bool {
    let Some(state) = &app.status.operation_state else {
        return false;
    };
    let rows = &state.sync_result.resources;
    let is_it = |row: &&ResultRow| &*row.kind == kind && &*row.name == name;
    match rows.iter().find(is_it) {
        Some(row) => has_failed(row),
        None => &*state.phase == "Running" && !rows.is_empty(),
    }
}
