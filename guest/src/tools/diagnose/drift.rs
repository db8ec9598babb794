//! How live and desired state differ, and which side changed.

use super::{
    finding::{Finding, Rank},
    operation,
    proven::Proven as _,
    readings::{Autoscaled, GitMoved, Overwritten, Rewritten, Strays},
};
use crate::{
    answer::{order, plural, time::Clock, word},
    model::{
        application::{Application, deploy::Deploy, settings},
        classify::{Class, Difference, Moved},
        operation::{initiator, revisions},
        why::Why,
    },
};

/// Maximum fields shown per object; another call shows the rest.
const FIELDS_MAX: usize = 8;
/// Maximum objects shown.
const OBJECTS_MAX: usize = 8;
/// Maximum objects of which another tracking is explained.
const TRACKED_MAX: usize = 2;
/// Maximum ways of rewriting that are explained.
const REWRITTEN_MAX: usize = 3;

/// The differences as one finding; objects that the operation explains are left to it.
pub(super) fn finding(
    app: &Application,
    differences: &[Difference],
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
        Class::Uncompared,
    ]
    .into_iter()
    .filter(|class| count(*class) > 0)
    .map(|class| format!("{} {}", count(class), class.word()))
    .collect();
    let same = if same(&differing) {
        ", no value differs"
    } else {
        ""
    };
    let mut finding = Finding::observed(
        Rank::Drift,
        format!(
            "{}, live -> Git: {}{same}",
            differ(differing.len()),
            words.join(", ")
        ),
    );
    for line in explained(app, &differing, differences) {
        finding.add(line);
    }
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

/// Whether every difference is a live object that Argo CD applied and that is no longer in Git.
pub(super) fn only_prunes(differences: &[Difference]) -> bool {
    let mut differing = differences
        .iter()
        .filter(|difference| difference.class != Class::Synced)
        .peekable();
    let is_removed = |one: &Difference| one.class == Class::Prune && one.stray.is_none();
    differing.peek().is_some() && differing.all(is_removed)
}

/// Whether the objects differ in nothing but order, spelling and what servers add.
fn same(differing: &[&Difference]) -> bool {
    let is_same = |one: &&Difference| {
        one.class == Class::Changed
            && one
                .changes()
                .iter()
                .all(|change| change.why().is_some_and(Why::is_same))
    };
    differing.iter().all(is_same)
}

/// What is proven about the causes, each with what helps.
fn explained(app: &Application, differing: &[&Difference], all: &[Difference]) -> Vec<String> {
    let mut lines = Vec::new();
    let said = |headline: String| format!("{headline}.");
    let tracked: Vec<String> = differing
        .iter()
        .flat_map(|one| one.changes().iter().map(move |change| (one, change)))
        .filter_map(|(one, change)| tracker(change.why()?, &one.name))
        .collect();
    lines.extend(tracked.iter().take(TRACKED_MAX).cloned());
    if tracked.len() > TRACKED_MAX {
        let more = plural(tracked.len() - TRACKED_MAX, "more object");
        lines.push(format!("The same for {more}."));
    }
    let scaled: Vec<Autoscaled> = differing
        .iter()
        .filter_map(|one| Autoscaled::of(one, all))
        .collect();
    if let Some(scaled) = scaled.first() {
        lines.push(said(scaled.headline()));
        lines.push(replicas(app, differing));
    }
    for rewritten in Rewritten::all(app, differing).iter().take(REWRITTEN_MAX) {
        lines.push(said(rewritten.headline()));
        lines.push(rewritten.remedy(app));
    }
    let overwritten = Overwritten::of(app, differing);
    if let Some(overwritten) = overwritten.as_ref().filter(|_| scaled.is_empty()) {
        lines.push(said(overwritten.headline()));
        lines.push(overwritten.remedy(app));
    }
    if let Some(strays) = Strays::of(app, differing, all) {
        lines.push(said(strays.headline()));
        lines.extend(strays.fight());
        lines.push(strays.remedy());
    }
    // Beside what rewrites one field, Git may have changed another.
    let has_git = differing
        .iter()
        .any(|one| matches!(one.moved, Some(Moved::Git | Moved::Both)));
    if lines.is_empty() || has_git {
        lines.extend(moved(app, differing));
    }
    lines
}

/// Whose tracking the object has.
fn tracker(why: &Why, object: &str) -> Option<String> {
    match why {
        Why::Tracker(app) => Some(format!(
            "Another application applied {object} last: the tracking id is of {app}. It is not a manual edit."
        )),
        Why::Copied(other) => Some(format!(
            "{object} carries the tracking id of another object ({other}): it was copied from there with its annotations."
        )),
        _ => None,
    }
}

/// What to do about replicas that an autoscaler sets.
fn replicas(app: &Application, differing: &[&Difference]) -> String {
    let kind = differing.first().map_or("", |one| one.kind.as_str());
    if settings::ignores(app, kind, "spec.replicas") {
        return "Its ignoreDifferences names spec.replicas already: check that group, kind and name fit.".to_owned();
    }
    "Remove replicas from Git or ignore them.".to_owned()
}

/// Which side moved: another revision, another source, another rendering; else what was seen.
fn moved(app: &Application, differing: &[&Difference]) -> Option<String> {
    let changed: Vec<&Difference> = differing
        .iter()
        .copied()
        .filter(|difference| difference.class == Class::Changed)
        .collect();
    if changed.is_empty() {
        return None;
    }
    let by = |side: Moved| changed.iter().any(|change| change.moved == Some(side));
    let is_git = by(Moved::Git) || by(Moved::Both);
    let is_live = !is_git && by(Moved::Cluster);
    if let Some(git) = GitMoved::of(app) {
        return (!is_live).then(|| format!("{}.", git.headline()));
    }
    let (compared, _) = app.compared_and_deployed()?;
    let revision = revisions(compared);
    if app.is_source_changed() && !is_live {
        return Some(format!(
            "Git has not moved since the last deploy ({revision}), but the application's source has changed (parameters, values or overrides) and needs a sync."
        ));
    }
    if is_git {
        return Some(format!(
            "Git has not moved since the last deploy ({revision}), but renders something else than was last applied: a random or generated value in the source (randAlphaNum, genCA, now, lookup), or a changed dependency."
        ));
    }
    let is_written = changed.iter().any(|change| !change.writers().is_empty());
    if !is_live && !is_written && is_random(app, &changed) {
        return Some(format!(
            "Git has not moved since the last deploy ({revision}): the chart may generate a random value at each rendering (randAlphaNum, genCA, lookup)."
        ));
    }
    if !is_live && changed.iter().any(|change| change.touches("caBundle")) {
        return Some(
            "A CA bundle is usually injected in the cluster (cert-manager's cainjector or the webhook itself): ignore the field.".to_owned(),
        );
    }
    Some(format!(
        "Git has not moved since the last deploy ({revision})."
    ))
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
