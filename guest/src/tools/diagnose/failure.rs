//! A failure in Argo CD's words, as a finding: its known reason, the connection that failed, or where it happened.

use super::{
    finding::{Finding, Rank},
    proven::Proven,
    readings::{Explained, OwnDefinition, Unreachable},
};
use crate::{
    answer::revision,
    model::{
        application::{Application, source::Source},
        error::{Component, Look, Stage, Trouble},
    },
    redact::Text,
};

/// What the repo-server's memory of an error means.
const CACHED: &str = "The error is cached: it stays until a hard refresh, a new commit or the end of its time in the cache, also when its cause is gone.";

/// Explains `trouble`, which stands in a condition of this `kind`.
pub(super) fn finding(app: &Application, kind: &str, trouble: &Trouble) -> Finding {
    let rank = rank(trouble);
    let finding = match (
        Explained::of(kind, trouble, app),
        Unreachable::of(kind, trouble, app),
    ) {
        (Some(explained), _) => {
            let finding = Finding::proven(rank, &explained).look(explained.look());
            finding.with(explained.remedy(app))
        }
        (None, Some(unreachable)) => {
            Finding::proven(rank, &unreachable).look(of(unreachable.component()))
        }
        (None, None) => {
            let look = of(trouble.component);
            Finding::observed(rank, unexplained(kind, trouble)).look(look)
        }
    };
    let mut finding = finding.quoting(&trouble.reason);
    if finding.look == Look::Sources {
        sources(app).into_iter().for_each(|line| finding.add(line));
    }
    if let Some(own) = OwnDefinition::of(app, trouble) {
        finding.add(own.headline());
    }
    if trouble.is_cached {
        finding.add(CACHED);
    }
    finding
}

/// What else says more about a component that no known reason is about.
fn of(component: Option<Component>) -> Look {
    if component.is_some_and(Component::is_repository) {
        Look::Repositories
    } else {
        Look::Nowhere
    }
}

/// Which sources use one repository at different revisions, and which one's values the other takes.
fn sources(app: &Application) -> Vec<String> {
    let all = app.spec.sources();
    let mut lines = Vec::new();
    for (at, source) in all.iter().enumerate() {
        for (other_at, other) in all.iter().enumerate().skip(at + 1) {
            if source.repo_url == other.repo_url && source.target_revision != other.target_revision
            {
                lines.push(format!(
                    "sources {} and {} both use {}, at {} and {}",
                    at + 1,
                    other_at + 1,
                    source.repo_url.line(160),
                    revision(&source.target_revision),
                    revision(&other.target_revision)
                ));
            }
        }
        let reference = format!("${}/", &*source.reference);
        let takes = |other: &Source| {
            let mut files = other.helm.value_files.iter();
            !source.reference.is_empty() && files.any(|file| file.starts_with(&reference))
        };
        if let Some(taker) = all.iter().position(takes) {
            lines.push(format!(
                "source {} takes its values by ${} from source {}",
                taker + 1,
                source.reference.line(63),
                at + 1
            ));
        }
    }
    lines
}

/// Explains the message of a sync, or of one of its objects; `None` for messages that explain themselves.
pub(super) fn sentences(app: &Application, message: &Text) -> Option<String> {
    let trouble = Trouble::read(message, Some(Stage::Sync));
    let known = trouble.known()?;
    let says = known.says("");
    let first = says.chars().next()?;
    let says = format!("{}{}", first.to_uppercase(), &says[first.len_utf8()..]);
    let remedy = known.remedy.of(app);
    Some(if remedy.is_empty() {
        format!("{says}.")
    } else {
        format!("{says}. {remedy}")
    })
}

fn rank(trouble: &Trouble) -> Rank {
    let is_cluster = trouble.component.is_some_and(Component::is_cluster)
        || trouble
            .known()
            .is_some_and(|known| known.look == Look::Namespaces);
    match trouble.stage {
        Some(Stage::Health) => Rank::HealthScript,
        Some(Stage::Live | Stage::Convert) => Rank::Cluster,
        Some(Stage::Spec) => Rank::InvalidSpec,
        _ if is_cluster => Rank::Cluster,
        _ => Rank::Source,
    }
}

/// What failed, as far as the frames say; no cause.
fn unexplained(kind: &str, trouble: &Trouble) -> String {
    let doing = match trouble.stage {
        Some(stage) => format!("Argo CD cannot {}", stage.verb()),
        None => "Argo CD reports an error".to_owned(),
    };
    match trouble.component {
        Some(component) => format!("{kind}: {doing}: {} reports an error", component.noun()),
        None => format!("{kind}: {doing}"),
    }
}
