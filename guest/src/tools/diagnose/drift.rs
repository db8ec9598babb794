//! How live and desired state differ, and which side changed.

use super::{
    finding::{Finding, Rank},
    operation,
};
use crate::{
    answer::{order, plural, time::Clock, word},
    model::{
        application::{Application, deploy::Deploy},
        classify::{Class, Difference, Moved},
        operation::{initiator, revisions},
        tree::Tree,
    },
};

/// Maximum fields shown per object; another call shows the rest.
const FIELDS_MAX: usize = 8;
/// Maximum objects shown.
const OBJECTS_MAX: usize = 8;

/// The differences as one finding; objects that the operation explains are left to it.
pub(super) fn finding(
    app: &Application,
    differences: &[Difference],
    tree: Option<&Tree>,
    clock: Clock,
) -> Option<Finding> {
    let mut differing: Vec<&Difference> = differences
        .iter()
        .filter(|difference| !matches!(difference.class, Class::Synced))
        .filter(|difference| {
            difference.class != Class::Missing
                || !operation::explains(app, &difference.kind, &difference.object)
        })
        .collect();
    if differing.is_empty() {
        return None;
    }
    order::by_key(&mut differing, |difference| {
        (difference.class, difference.name.as_str())
    });
    let count = |class: Class| {
        differing
            .iter()
            .filter(|difference| difference.class == class)
            .count()
    };
    let words: Vec<String> = [
        Class::Changed,
        Class::Missing,
        Class::Prune,
        Class::Unreadable,
    ]
    .into_iter()
    .filter(|class| count(*class) > 0)
    .map(|class| format!("{} {}", count(class), class.word()))
    .collect();
    let mut finding = Finding::observed(
        Rank::Drift,
        format!(
            "{}, live -> Git: {}",
            differ(differing.len()),
            words.join(", ")
        ),
    );
    finding.add(moved(app, &differing, tree));
    finding.add(rolled_back(app, clock));
    for difference in differing.iter().take(OBJECTS_MAX) {
        finding.add(difference.brief(FIELDS_MAX));
    }
    if differing.len() > OBJECTS_MAX {
        finding.add(format!(
            "and {}",
            plural(differing.len() - OBJECTS_MAX, "more object")
        ));
    }
    Some(finding)
}

fn differ(count: usize) -> String {
    match count {
        1 => "1 object differs".to_owned(),
        _ => format!("{count} objects differ"),
    }
}

/// Whether every difference is a live object that is no longer in Git.
pub(super) fn only_prunes(differences: &[Difference]) -> bool {
    let mut differing = differences
        .iter()
        .filter(|difference| difference.class != Class::Synced)
        .peekable();
    differing.peek().is_some() && differing.all(|difference| difference.class == Class::Prune)
}

/// Says what caused the difference, if known: another application, an autoscaler, a controller,
/// the chart, the application's parameters, Git, or an edit in the cluster.
fn moved(app: &Application, differing: &[&Difference], tree: Option<&Tree>) -> String {
    let any = |part: &str| differing.iter().any(|difference| difference.touches(part));
    if any("argocd.argoproj.io/tracking-id") {
        return "Another application applied this object last: the tracking id differs. It is not a manual edit.".to_owned();
    }
    let changed: Vec<&Difference> = differing
        .iter()
        .copied()
        .filter(|difference| difference.class == Class::Changed)
        .collect();
    let by = |side: Moved| changed.iter().any(|change| change.moved == Some(side));
    let is_git = by(Moved::Git) || by(Moved::Both);
    let revision = app
        .compared_and_deployed()
        .filter(|(compared, last)| compared == last);
    // When the compared revision is the last deployed one, Git has not changed.
    if let Some((compared, _)) = revision.as_ref().filter(|_| !changed.is_empty())
        && (is_git || !by(Moved::Cluster))
    {
        if app.is_source_changed() {
            return format!(
                "Git has not moved since the last deploy ({}), but the application's source has changed (parameters, values or overrides) and needs a sync.",
                revisions(compared)
            );
        }
        if is_git || is_random(app, &changed) {
            return format!(
                "Git has not moved since the last deploy ({}), but renders differently: a random or generated value in the source (randAlphaNum, genCA, now, lookup), or a changed dependency.",
                revisions(compared)
            );
        }
    }
    let only_replicas =
        !changed.is_empty() && changed.iter().all(|change| change.only("spec.replicas"));
    // A pending commit may change them too.
    if only_replicas && !is_git && (by(Moved::Cluster) || revision.is_some()) {
        return replicas(tree);
    }
    if is_git {
        return "Git has changes that are not synced yet.".to_owned();
    }
    if any("caBundle") {
        return "A controller in the cluster injects the certificate (cert-manager's cainjector or the webhook itself): ignore the field.".to_owned();
    }
    if by(Moved::Cluster) {
        return "The cluster was edited; Git still has what was last applied.".to_owned();
    }
    match revision {
        Some((compared, _)) if !changed.is_empty() => format!(
            "Git has not moved since the last deploy ({}), so the cluster was changed.",
            revisions(compared)
        ),
        _ => String::new(),
    }
}

/// Explains a difference in replicas only.
fn replicas(tree: Option<&Tree>) -> String {
    let nodes = tree.map_or(&[][..], |tree| &tree.nodes);
    let scaler = nodes
        .iter()
        .find(|node| matches!(&*node.kind, "HorizontalPodAutoscaler" | "ScaledObject"));
    match scaler {
        Some(scaler) => format!(
            "Only replicas differ, and this application's {} {} sets them: remove replicas from Git or ignore them.",
            word(&scaler.kind),
            word(&scaler.name)
        ),
        None => "Only replicas differ: an autoscaler or a person scaled the workload. For an autoscaler, remove replicas from Git or ignore them.".to_owned(),
    }
}

/// Whether only generated values differ, of a chart: Secrets and the checksums of what a Pod reads.
fn is_random(app: &Application, changed: &[&Difference]) -> bool {
    let is_chart = &*app.status.source_type == "Helm"
        || app.status.source_types.iter().any(|kind| &**kind == "Helm");
    is_chart
        && changed
            .iter()
            .all(|change| change.kind == "Secret" || change.touches("checksum/"))
}

/// The last deploy was a rollback, and Git has a newer revision.
fn rolled_back(app: &Application, clock: Clock) -> String {
    let [before @ .., last] = &app.status.history[..] else {
        return String::new();
    };
    let same = |deploy: &&Deploy| deploy.revisions() == last.revisions();
    let is_followed = before.last().is_some_and(|previous| !same(&previous));
    let Some(older) = before.iter().rev().find(same).filter(|_| is_followed) else {
        return String::new();
    };
    let is_behind = app
        .compared_and_deployed()
        .is_some_and(|(compared, last)| compared != last);
    if !is_behind {
        return String::new();
    }
    let by = initiator(&last.initiated_by.username, last.initiated_by.automated);
    format!(
        "The last deploy (id {}, {} by {by}) was a rollback to {} (id {}): a sync would undo it.",
        word(&last.id),
        clock.ago(&last.deployed_at).unwrap_or_default(),
        revisions(last.revisions()),
        word(&older.id)
    )
}

/// Whether Git has changes that are not applied yet.
pub(super) fn waits(app: &Application, differences: &[Difference]) -> bool {
    differences.iter().any(|difference| match difference.class {
        Class::Changed => match difference.moved {
            Some(moved) => moved != Moved::Cluster,
            None => {
                app.compared_and_deployed()
                    .is_none_or(|(compared, last)| compared != last)
                    && !difference.touches("data.")
            }
        },
        _ => false,
    })
}
