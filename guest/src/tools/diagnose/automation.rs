//! Why automated sync does not repair a difference: off, held by a window, given up, or fighting.

use super::finding::{Finding, Rank};
use crate::{
    answer::{said, time::Clock, word},
    model::windows::words,
    model::{
        application::Application,
        window::{Assignment, Window},
        windows::decide::{self, Assigned},
    },
};

/// From so many self-heal attempts in a row on, somebody else writes the same field.
const FIGHT: i64 = 5;

/// What is known of the difference.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    /// The last sync failed, which explains more than the policy.
    pub(super) failed: bool,
    /// Nothing is left to do but to prune.
    pub(super) only_prunes: bool,
}

/// Why an OutOfSync application stays so. `project` holds the windows in full.
pub(super) fn findings(
    app: &Application,
    windows: Option<&Assignment>,
    project: &[Window],
    standing: Standing,
    clock: Clock,
) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(windows) = windows.filter(|windows| windows.holds_back()) {
        found.push(window(app, windows, project, clock));
    }
    let given_up = app
        .status
        .conditions
        .iter()
        .find(|condition| &*condition.kind == "SyncError");
    if let Some(condition) = given_up {
        found.push(
            Finding::new(Rank::Automation, given_up_on(app, &condition.message))
                .quoting(&condition.message),
        );
    } else if found.is_empty() && !standing.failed {
        found.extend(policy(app, standing.only_prunes));
    }
    found
}

/// What a SyncError means, which stays until the next try.
fn given_up_on(app: &Application, message: &str) -> &'static str {
    if message.contains("auto-sync will wipe out all resources") {
        "automated sync refuses to delete everything: Git has no objects any more, and allowEmpty is off. If that is meant, sync by hand or set allowEmpty; else the path or the rendering is wrong"
    } else if is_about(app, message) {
        "automated sync has given up on this revision: it tries again only at a new commit, a change of the source or a manual sync"
    } else {
        "automated sync has given up on an older revision; Git asks for another one now, which it tries unless something else holds it back"
    }
}

/// Whether the error is about the revision that Git asks for now: `Failed last sync attempt to [SHA]: …`.
fn is_about(app: &Application, message: &str) -> bool {
    let tried = message
        .split_once('[')
        .and_then(|(_, rest)| rest.split_once(']'))
        .map_or("", |(tried, _)| tried);
    let mut now = app.status.sync.revisions().iter();
    tried.is_empty()
        || tried
            .split([' ', ','])
            .any(|tried| !tried.is_empty() && now.any(|now| now.starts_with(tried)))
}

fn policy(app: &Application, only_prunes: bool) -> Option<Finding> {
    if app.is_reconcile_skipped() {
        return Some(Finding::new(
            Rank::Automation,
            "nothing is synced by itself while the annotation argocd.argoproj.io/skip-reconcile is set",
        ));
    }
    if !app.is_automated() {
        return Some(Finding::new(
            Rank::Automation,
            "automated sync is off, so nothing repairs this by itself: somebody has to sync",
        ));
    }
    let automated = app.spec.sync_policy.automated.as_ref()?;
    let attempts = app
        .status
        .operation_state
        .as_ref()
        .and_then(|state| state.operation.sync.auto_heal_attempts_count)
        .unwrap_or(0);
    let text = if attempts >= FIGHT {
        format!(
            "self-heal has repaired this {attempts} times in a row: another writer changes it back each time"
        )
    } else if only_prunes && automated.prune != Some(true) {
        "automated sync is on but prune is off: objects that are no longer in Git stay until a sync with prune".to_owned()
    } else if only_prunes {
        return None;
    } else if automated.self_heal != Some(true) {
        "automated sync is on but self-heal is off: edits in the cluster stay until the next commit; objects no longer in Git stay too unless prune is on".to_owned()
    } else if automated.prune != Some(true) {
        "automated sync is on but prune is off: objects that are no longer in Git stay".to_owned()
    } else {
        return None;
    };
    Some(Finding::new(Rank::Automation, text))
}

/// The windows that hold a sync back, and when they let it through.
pub(super) fn window(
    app: &Application,
    windows: &Assignment,
    project: &[Window],
    clock: Clock,
) -> Finding {
    // The project knows zone and description; several windows may look alike without them.
    let mut left: Vec<&Window> = project.iter().collect();
    let full: Vec<&Window> = windows
        .assigned
        .iter()
        .map(
            |window| match left.iter().position(|full| full.is(window)) {
                Some(at) => left.remove(at),
                None => window,
            },
        )
        .collect();
    let assigned: Vec<Assigned<'_>> = full.into_iter().map(Assigned::new).collect();
    let denies = windows.active.iter().any(|window| &*window.kind == "deny");
    let automated = if app.is_automated() {
        "automated sync is on, but "
    } else {
        ""
    };
    let which = match windows.can_sync {
        Some(true) => "automated sync",
        _ => "sync",
    };
    let cause = if denies {
        format!(
            "{automated}an active deny window of project {} blocks every {which}",
            word(&app.spec.project)
        )
    } else {
        format!("{automated}no allow window is open, and every {which} waits for one")
    };
    let now = clock.seconds();
    let mut finding = Finding::new(Rank::Window, cause);
    for window in &assigned {
        let loses = if denies && window.is("allow") {
            " (a deny window wins anyway)"
        } else {
            ""
        };
        finding.add(format!(
            "{}: {}{loses}{}",
            words::named(window.window),
            words::state(window, now, clock),
            said(&window.window.description)
        ));
    }
    if let Some((time, _)) = decide::change(&assigned, now).filter(|(_, then)| then.automatic) {
        finding.add(format!(
            "Automatic sync is allowed from {}.",
            clock.at_seconds(time)
        ));
    }
    finding.add(match windows.can_sync {
        Some(true) => "A manual sync is allowed.",
        _ => "A manual sync is not allowed either (canSync false).",
    });
    finding
}
