//! Why automated sync does not repair a difference: off, blocked by a window, given up, or overwritten.

use super::{
    finding::{Finding, Rank},
    owner::Syncs,
    readings::{Explained, GivenUp},
};
use crate::{
    answer::{said, time::Clock, word},
    model::windows::words,
    model::{
        application::Application,
        error::{Stage, Trouble},
        operation::has_failed,
        window::{Assignment, Window},
        windows::decide::{self, Assigned},
    },
    redact::Text,
};

/// Self-heal attempts in a row from which they are said to end nothing.
const FIGHT: i64 = 5;

/// What is known about the difference.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    /// The last sync failed, which explains more than the policy.
    pub(super) failed: bool,
    /// Nothing is left to do but to prune.
    pub(super) only_prunes: bool,
    /// Who syncs the application besides automated sync.
    pub(super) syncs: Syncs,
}

/// Why the application stays OutOfSync. `project` has the complete windows.
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
        found.push(given_up_on(app, &condition.message));
    } else if found.is_empty() && !standing.failed {
        found.extend(policy(app, standing));
    }
    found
}

/// Explains a SyncError; the condition stays until the next attempt. What the last operation says in
/// the same words is not said again.
fn given_up_on(app: &Application, message: &Text) -> Finding {
    let trouble = Trouble::read(message, Some(Stage::Sync));
    let finding = match GivenUp::of(app, message) {
        Some(given_up) => Finding::proven(Rank::Automation, &given_up),
        None => match Explained::of("SyncError", &trouble, app) {
            Some(explained) => {
                let finding = Finding::proven(Rank::Automation, &explained);
                finding.with(explained.remedy(app))
            }
            None => Finding::observed(
                Rank::Automation,
                "automated sync does not repeat its last attempt: it needs a new commit, a source change or a manual sync",
            ),
        },
    };
    if is_told(app, message) {
        finding
    } else {
        finding.quoting(&trouble.reason)
    }
}

/// Whether the failed operation, which is told before, has the same text.
fn is_told(app: &Application, message: &Text) -> bool {
    let Some(state) = &app.status.operation_state else {
        return false;
    };
    let told = |text: &Text| {
        let text = text.split(" (retried ").next().unwrap_or_default();
        !text.is_empty() && message.contains(text)
    };
    &*state.phase != "Succeeded"
        && (told(&state.message)
            || state
                .sync_result
                .resources
                .iter()
                .any(|row| has_failed(row) && told(&row.message)))
}

fn policy(app: &Application, standing: Standing) -> Option<Finding> {
    let only_prunes = standing.only_prunes;
    if app.is_reconcile_skipped() {
        return Some(Finding::observed(
            Rank::Automation,
            "the annotation argocd.argoproj.io/skip-reconcile stops automated sync",
        ));
    }
    if !app.is_automated() && standing.syncs == Syncs::Set {
        return None;
    }
    if !app.is_automated() {
        return Some(Finding::observed(
            Rank::Automation,
            "automated sync is off: this needs a manual sync",
        ));
    }
    let automated = app.spec.sync_policy.automated.as_ref()?;
    let attempts = app.self_heal_attempts();
    let text = if attempts >= FIGHT {
        format!(
            "self-heal has run {attempts} times in a row, and the application is still OutOfSync"
        )
    } else if only_prunes && automated.prune != Some(true) {
        "automated sync is on but prune is off: objects removed from Git stay until a sync with pruning".to_owned()
    } else if only_prunes {
        return None;
    } else if automated.self_heal != Some(true) {
        let prune = if automated.prune == Some(true) {
            ""
        } else {
            "; prune is off too, so objects removed from Git stay"
        };
        format!(
            "automated sync is on but self-heal is off: changes in the cluster stay until the next commit{prune}"
        )
    } else if automated.prune != Some(true) {
        "automated sync is on but prune is off: objects removed from Git stay".to_owned()
    } else {
        return None;
    };
    Some(Finding::observed(Rank::Automation, text))
}

/// The windows that block a sync, and when they allow it.
pub(super) fn window(
    app: &Application,
    windows: &Assignment,
    project: &[Window],
    clock: Clock,
) -> Finding {
    // Only the project has zone and description, and windows may be alike without them.
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
        format!("{automated}no allow window is open, so every {which} is blocked")
    };
    let now = clock.seconds();
    let mut finding = Finding::observed(Rank::Window, cause);
    for window in &assigned {
        let loses = if denies && window.is("allow") {
            " (deny windows take precedence)"
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
            "Automated sync is allowed from {}.",
            clock.at_seconds(time)
        ));
    }
    finding.add(match windows.can_sync {
        Some(true) => "A manual sync is allowed.",
        _ => "A manual sync is not allowed either (canSync false).",
    });
    finding
}
