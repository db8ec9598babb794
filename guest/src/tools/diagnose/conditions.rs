//! Causes from the Application's conditions.

use super::finding::{Finding, Rank};
use crate::{
    answer::{order, revision, word},
    call::Call,
    model::{
        application::{Application, Condition},
        tree::{Node, Tree},
    },
    redact::Text,
};

/// Maximum orphaned objects named.
const ORPHANS_MAX: usize = 8;

/// The causes from all conditions.
pub(super) fn findings(app: &Application, tree: Option<&Tree>, call: &Call) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let mut seen: Vec<&Text> = Vec::new();
    found.extend(hydration(app));
    for condition in &app.status.conditions {
        // The same text is often both a ComparisonError and an UnknownError.
        if seen
            .iter()
            .any(|text| text.contains(&*condition.message) || condition.message.contains(&***text))
        {
            continue;
        }
        seen.push(&condition.message);
        // Two comparison errors of one cause differ in their outer words only.
        let finding = finding(app, condition, tree, call)
            .filter(|new| !found.iter().any(|known| known.says_the_same(new)));
        found.extend(finding);
    }
    found
}

fn finding(
    app: &Application,
    condition: &Condition,
    tree: Option<&Tree>,
    call: &Call,
) -> Option<Finding> {
    let message = &condition.message;
    let finding = match &*condition.kind {
        "InvalidSpecError" => Finding::observed(
            Rank::InvalidSpec,
            "InvalidSpecError: Argo CD rejects the application's spec, so it compares and deploys nothing",
        )
        .quoting(message),
        "ComparisonError" => comparison(app, message),
        "DeletionError" => Finding::observed(Rank::Deleting, "DeletionError: the last deletion attempt failed").quoting(message),
        "UnknownError" => Finding::observed(Rank::HealthScript, "UnknownError: Argo CD could not process the application").quoting(message),
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
        kind if kind.ends_with("Error") => Finding::observed(Rank::Source, word(kind)).quoting(message),
        kind => Finding::observed(Rank::Warning, word(kind)).quoting(message),
    };
    Some(match &*condition.kind {
        "OrphanedResourceWarning" => match call.about("get_application_resource_tree", &[]) {
            Some(tree) => finding.next(tree),
            None => finding,
        },
        _ => finding,
    })
}

/// The source hydrator renders to another branch; when it fails, the application stays Synced to the old commit.
fn hydration(app: &Application) -> Option<Finding> {
    let current = app.status.source_hydrator.current_operation.as_ref()?;
    (&*current.phase == "Failed").then(|| {
        Finding::observed(
            Rank::Source,
            format!(
                "the source hydrator failed on commit {}: the application stays at the last hydrated commit",
                revision(&current.dry_sha)
            ),
        )
        .quoting(&current.message)
    })
}

/// Which side could not be read: the cluster, a health check, or the source.
fn comparison(app: &Application, message: &Text) -> Finding {
    let (rank, cause) = match live_side(message) {
        Some((rank, cause)) => (rank, cause.to_owned()),
        None => (Rank::Source, source_side(app, message)),
    };
    Finding::observed(rank, format!("ComparisonError: {cause}")).quoting(message)
}

/// Why the live state could not be read; `None` when the message is about the source.
fn live_side(message: &Text) -> Option<(Rank, &'static str)> {
    let has = |part: &str| message.contains(part);
    if has("failed to get cluster info")
        || has("error synchronizing cache state")
        || has("Failed to load live state")
    {
        Some((Rank::Cluster, "the destination cluster cannot be read"))
    } else if has("failed to get resource health") || has("error setting app health") {
        Some((
            Rank::HealthScript,
            "a health check itself fails; the sync status is not affected",
        ))
    } else {
        None
    }
}

/// Why the source could not be read or rendered.
fn source_side(app: &Application, message: &Text) -> String {
    let has = |part: &str| message.contains(part);
    let any = |parts: &[&str]| parts.iter().any(|part| has(part));
    if has("app path does not exist") {
        return missing_path(app);
    }
    let renders = [
        "helm template",
        "kustomize build",
        "plugin",
        "YAML",
        "yaml:",
        "unmarshal",
    ];
    let cause = if any(&[
        "authentication required",
        "no basic auth",
        "Unauthorized",
        "invalid credentials",
    ]) {
        "the repository requires credentials that Argo CD does not have"
    } else if any(&["repository not found", "Repository not found"]) {
        "the repository does not exist, or Argo CD has no access to it"
    } else if any(&["unable to resolve", "no chart version"])
        || has("version") && has("not found in")
    {
        "the target revision does not exist in the repository"
    } else if any(&renders) && has("(cached)") {
        "the source does not render (cached error: Argo CD retries after a while, on a new commit or on a hard refresh)"
    } else if any(&renders) {
        "the source does not render"
    } else if any(&[
        "connection refused",
        "no such host",
        "i/o timeout",
        "failed to list refs",
        "context deadline exceeded",
    ]) {
        "the repository cannot be reached"
    } else {
        "Argo CD could not compare the application"
    };
    cause.to_owned()
}

/// The source path, which does not exist in the repository.
fn missing_path(app: &Application) -> String {
    let place = app.spec.sources().first().map_or(String::new(), |source| {
        format!(
            " {} does not exist in {}",
            source.path.line(120),
            source.repo_url.line(160)
        )
    });
    format!("the source path{place}; the repository itself is readable")
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
