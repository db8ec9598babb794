//! How live and Git differ, and who moved.

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

/// Most fields that are shown of one object here; the rest is one call away.
const FIELDS_MAX: usize = 8;
/// Most objects that are shown.
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
        format!("{} {}", difference.class as u8, difference.name)
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
    let mut finding = Finding::new(
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

/// Whether all that differs is live and no longer in Git.
pub(super) fn only_prunes(differences: &[Difference]) -> bool {
    let mut differing = differences
        .iter()
        .filter(|difference| difference.class != Class::Synced)
        .peekable();
    differing.peek().is_some() && differing.all(|difference| difference.class == Class::Prune)
}

/// Who made the difference, as far as what was read tells: another application, an autoscaler, a
/// controller, the chart, the application's own parameters, Git, or somebody in the cluster.
fn moved(app: &Application, differing: &[&Difference], tree: Option<&Tree>) -> String {
    let any = |part: &str| differing.iter().any(|difference| difference.touches(part));
    if any("argocd.argoproj.io/tracking-id") {
        return "Another application has applied the same object last: the tracking id differs. It is no edit by hand.".to_owned();
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
    // At the revision of the last deploy it is not Git that moved.
    if let Some((compared, _)) = revision.as_ref().filter(|_| !changed.is_empty())
        && (is_git || !by(Moved::Cluster))
    {
        if app.is_source_changed() {
            return format!(
                "Git is where it was at the last deploy ({}); the application's own source was changed since (parameters, values or overrides), and waits for a sync.",
                revisions(compared)
            );
        }
        if is_git || is_random(app, &changed) {
            return format!(
                "Git is where it was at the last deploy ({}), and it renders to something else: a random or generated value in the source (randAlphaNum, genCA, now, lookup), or a changed dependency.",
                revisions(compared)
            );
        }
    }
    let only_replicas =
        !changed.is_empty() && changed.iter().all(|change| change.only("spec.replicas"));
    // A commit that waits may change them too.
    if only_replicas && !is_git && (by(Moved::Cluster) || revision.is_some()) {
        return replicas(tree);
    }
    if is_git {
        return "Git moved: a change waits for a sync.".to_owned();
    }
    if any("caBundle") {
        return "A controller in the cluster injects the certificate (cert-manager's cainjector or the webhook itself): ignore the field.".to_owned();
    }
    if by(Moved::Cluster) {
        return "The cluster was edited; Git asks for what was applied last.".to_owned();
    }
    match revision {
        Some((compared, _)) if !changed.is_empty() => format!(
            "Git is where it was at the last deploy ({}), so the cluster was changed.",
            revisions(compared)
        ),
        _ => String::new(),
    }
}

/// Only replicas differ.
fn replicas(tree: Option<&Tree>) -> String {
    let nodes = tree.map_or(&[][..], |tree| &tree.nodes);
    let scaler = nodes
        .iter()
        .find(|node| matches!(&*node.kind, "HorizontalPodAutoscaler" | "ScaledObject"));
    match scaler {
        Some(scaler) => format!(
            "Only replicas differ, and {} {} of this application scales: leave replicas out of Git or ignore them.",
            word(&scaler.kind),
            word(&scaler.name)
        ),
        None => "Only replicas differ: an autoscaler or a person scaled it. With an autoscaler, leave replicas out of Git or ignore them.".to_owned(),
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

/// The last deploy put a revision back that others had followed, and Git asks for more than it.
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
        "The last deploy (id {}, {} by {by}) rolled back to {} of id {}: a sync undoes that.",
        word(&last.id),
        clock.ago(&last.deployed_at).unwrap_or_default(),
        revisions(last.revisions()),
        word(&older.id)
    )
}

/// Whether Git asks for something that was not applied yet.
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
