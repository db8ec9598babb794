//! Causes from the Application's conditions.

use super::{
    failure,
    finding::{Finding, Rank},
    operation,
};
use crate::{
    answer::{order, revision, time::Clock, word},
    call::Call,
    model::{
        application::{Application, Condition},
        error::{Stage, Trouble},
        tree::{Node, Tree},
    },
    redact::Text,
};

/// Maximum orphaned objects named.
const ORPHANS_MAX: usize = 8;

/// The causes from all conditions, in an order of their own: the server's order says nothing.
pub(super) fn findings(
    app: &Application,
    tree: Option<&Tree>,
    call: &Call,
    clock: Clock,
) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let mut reasons: Vec<Text> = Vec::new();
    found.extend(hydration(app, clock));
    let mut conditions: Vec<&Condition> = app.status.conditions.iter().collect();
    // The same text is often both a ComparisonError and an UnknownError, which says less.
    conditions.sort_by_key(|condition| {
        let says_less = &*condition.kind == "UnknownError";
        (says_less, &condition.kind, &condition.message)
    });
    for condition in conditions {
        let trouble = Trouble::read(&condition.message, stage(&condition.kind));
        let is_told = |known: &Text| {
            !known.is_empty()
                && (known.contains(&*trouble.reason) || condition.message.contains(&**known))
        };
        if reasons.iter().any(is_told) {
            continue;
        }
        reasons.push(trouble.reason.clone());
        // Two comparison errors of one cause differ in their frames only.
        let finding = finding(app, condition, &trouble, tree)
            .filter(|new| !found.iter().any(|known| known.says_the_same(new)));
        found.extend(finding.map(|finding| match &*condition.kind {
            "OrphanedResourceWarning" => match call.about("get_application_resource_tree", &[]) {
                Some(tree) => finding.next(tree),
                None => finding,
            },
            _ => finding.with_each(operation::kept(app, &condition.message, clock)),
        }));
    }
    found
}

/// What Argo CD was doing, by the type of the condition; the frames of a ComparisonError say it.
fn stage(kind: &str) -> Option<Stage> {
    match kind {
        "InvalidSpecError" => Some(Stage::Spec),
        "SyncError" => Some(Stage::Sync),
        "DeletionError" => Some(Stage::Delete),
        _ => None,
    }
}

fn finding(
    app: &Application,
    condition: &Condition,
    trouble: &Trouble,
    tree: Option<&Tree>,
) -> Option<Finding> {
    let message = &condition.message;
    let is_known = trouble.known().is_some();
    Some(match &*condition.kind {
        "InvalidSpecError" if is_known => failure::finding(app, "InvalidSpecError", trouble)
            .with("Argo CD rejects the application's spec, so it compares and deploys nothing."),
        "InvalidSpecError" => Finding::observed(
            Rank::InvalidSpec,
            "InvalidSpecError: Argo CD rejects the application's spec, so it compares and deploys nothing",
        )
        .quoting(message),
        "ComparisonError" => failure::finding(app, "ComparisonError", trouble),
        "DeletionError" if is_known => {
            failure::finding(app, "DeletionError", trouble).ranked(Rank::Deleting)
        }
        "DeletionError" => Finding::observed(
            Rank::Deleting,
            "DeletionError: the last deletion attempt failed",
        )
        .quoting(message),
        "UnknownError" if is_known => failure::finding(app, "UnknownError", trouble),
        "UnknownError" => Finding::observed(
            Rank::HealthScript,
            "UnknownError: Argo CD could not process the application",
        )
        .quoting(message),
        "SharedResourceWarning" => Finding::observed(
            Rank::Warning,
            "SharedResourceWarning: two applications manage the same object; each sync overwrites the other's version",
        )
        .quoting(message),
        "RepeatedResourceWarning" => Finding::observed(
            Rank::Warning,
            "RepeatedResourceWarning: the sources define the same object more than once; only the last definition is applied",
        )
        .quoting(message),
        "ExcludedResourceWarning" => Finding::observed(
            Rank::Warning,
            "ExcludedResourceWarning: Argo CD's settings exclude a kind; it is neither compared nor applied",
        )
        .quoting(message),
        "OrphanedResourceWarning" => orphans(message, tree),
        // Explained with the automation.
        "SyncError" => return None,
        kind if kind.ends_with("Error") => {
            Finding::observed(Rank::Source, word(kind)).quoting(message)
        }
        kind => Finding::observed(Rank::Warning, word(kind)).quoting(message),
    })
}

/// The source hydrator renders to another branch; when it fails, the application stays Synced to the old commit.
fn hydration(app: &Application, clock: Clock) -> Option<Finding> {
    let hydrator = &app.status.source_hydrator;
    let current = hydrator.current_operation.as_ref()?;
    if &*current.phase != "Failed" {
        return None;
    }
    let trouble = Trouble::read(&current.message, Some(Stage::Hydrate));
    let at = if current.finished_at.is_empty() {
        String::new()
    } else {
        format!(" {}", clock.both(&current.finished_at))
    };
    let last = hydrator
        .last_successful_operation
        .as_ref()
        .filter(|last| !last.dry_sha.is_empty());
    let stays = match last {
        Some(last) => format!(
            "The cluster still gets what was hydrated before, from commit {}.",
            revision(&last.dry_sha)
        ),
        None => "The application stays at what was hydrated before.".to_owned(),
    };
    let what = format!(
        "the source hydrator failed on commit {}{at}",
        revision(&current.dry_sha)
    );
    Some(
        failure::finding(app, &what, &trouble)
            .ranked(Rank::Source)
            .with(stays),
    )
}

fn orphans(message: &Text, tree: Option<&Tree>) -> Finding {
    let mut finding = Finding::observed(
        Rank::Warning,
        "OrphanedResourceWarning: the namespace has objects that no source defines; nothing is broken, a sync does not prune them, and the project is set to warn about them",
    )
    .quoting(message);
    let orphans: &[Node] = tree.map_or(&[], |tree| &tree.orphaned_nodes);
    let mut names: Vec<String> = orphans
        .iter()
        .map(|node| format!("{} {}", word(&node.kind), word(&node.name)))
        .collect();
    order::by(&mut names, String::cmp);
    if !names.is_empty() {
        let more = names.len().saturating_sub(ORPHANS_MAX);
        names.truncate(ORPHANS_MAX);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        finding.add(format!("orphans: {}{more}", names.join(", ")));
    }
    finding
}
