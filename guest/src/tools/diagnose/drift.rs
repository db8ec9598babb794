//! How live and Git differ, and who moved.

use super::{
    finding::{Finding, Rank},
    operation,
};
use crate::{
    answer::{order, plural, revision},
    tools::{
        managed::classify::{Class, Difference, Moved},
        wire::application::Application,
    },
};

/// Most fields that are shown of one object here; the rest is one call away.
const FIELDS_MAX: usize = 8;
/// Most objects that are shown.
const OBJECTS_MAX: usize = 8;

/// The differences as one finding; objects that the operation explains are left to it.
pub(super) fn finding(app: &Application, differences: &[Difference]) -> Option<Finding> {
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
    finding.add(moved(app, &differing));
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

/// Whether another application's tracking id, Git or somebody in the cluster made the difference.
fn moved(app: &Application, differing: &[&Difference]) -> String {
    if differing
        .iter()
        .any(|difference| difference.touches("argocd.argoproj.io/tracking-id"))
    {
        return "Another application has applied the same object last: the tracking id differs. It is no edit by hand.".to_owned();
    }
    let only_replicas = differing
        .iter()
        .filter(|difference| difference.class == Class::Changed)
        .all(|difference| difference.only("spec.replicas"));
    if only_replicas
        && differing
            .iter()
            .any(|difference| difference.class == Class::Changed)
    {
        return "Only replicas differ: an autoscaler or a person scaled it. With an autoscaler, leave replicas out of Git or ignore them.".to_owned();
    }
    let by = |side: Moved| {
        differing
            .iter()
            .any(|difference| difference.moved == Some(side))
    };
    let changed = differing
        .iter()
        .filter(|difference| difference.class == Class::Changed);
    if by(Moved::Git) || by(Moved::Both) {
        return "Git moved: a change waits for a sync.".to_owned();
    }
    if by(Moved::Cluster) {
        return "The cluster was edited; Git asks for what was applied last.".to_owned();
    }
    match deployed(app) {
        Some((compared, last)) if compared == last && changed.count() > 0 => {
            format!(
                "Git is where it was at the last deploy ({}), so the cluster was changed.",
                shown(&compared)
            )
        }
        _ => String::new(),
    }
}

/// Whether Git asks for something that was not applied yet.
pub(super) fn waits(app: &Application, differences: &[Difference]) -> bool {
    differences.iter().any(|difference| match difference.class {
        Class::Changed => match difference.moved {
            Some(moved) => moved != Moved::Cluster,
            None => {
                deployed(app).is_none_or(|(compared, last)| compared != last)
                    && !difference.touches("data.")
            }
        },
        _ => false,
    })
}

fn shown(revisions: &[String]) -> String {
    revisions
        .iter()
        .map(|each| revision(each))
        .collect::<Vec<_>>()
        .join(" + ")
}

/// The revisions compared with, and those of the last deploy; `None` when one is not known.
pub(super) fn deployed(app: &Application) -> Option<(Vec<String>, Vec<String>)> {
    let all = |one: &str, many: &[crate::redact::Text]| match many.is_empty() {
        true => vec![one.to_owned()],
        false => many.iter().map(|each| each.to_string()).collect(),
    };
    let sync = &app.status.sync;
    let last = app.status.history.last()?;
    let (compared, last) = (
        all(&sync.revision, &sync.revisions),
        all(&last.revision, &last.revisions),
    );
    let known = |list: &[String]| list.iter().all(|each| !each.is_empty());
    (known(&compared) && known(&last)).then_some((compared, last))
}
