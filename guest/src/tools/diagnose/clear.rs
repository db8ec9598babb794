//! The all-clear of a diagnosis, which only a complete survey makes.

use super::{not_judged, operation::running_images, seen::Seen};
use crate::{
    answer::{order, plural, time::Clock},
    model::operation::{initiator, revisions},
};

/// Something that was not read, not compared or not judged.
#[derive(Debug, PartialEq, Eq)]
enum Gap {
    /// The resource tree was not read.
    Tree,
    /// Argo CD did not compare the application.
    Comparison,
    /// It differs, and the differences were not read.
    Differences,
    /// Reconciliation is off, so that the state is an old one.
    Reconciliation,
    /// So many objects have no sync status.
    Uncompared(usize),
    /// Objects without health, in words.
    Unjudged(String),
    /// So many reads failed; notes name them.
    Unread(usize),
}

impl Gap {
    fn words(&self) -> String {
        match self {
            Self::Tree => "the resource tree".to_owned(),
            Self::Comparison => {
                "the difference between live and desired state, which Argo CD could not compare"
                    .to_owned()
            }
            Self::Differences => "the differences".to_owned(),
            Self::Reconciliation => "the state since reconciliation was turned off".to_owned(),
            Self::Uncompared(count) => format!(
                "{} that Argo CD could not compare",
                plural(*count, "object")
            ),
            Self::Unjudged(words) => words.clone(),
            Self::Unread(count) => format!("{} below", plural(*count, "failed read")),
        }
    }
}

/// The proof that everything was read, compared and judged.
#[derive(Debug)]
pub(super) struct AllClear(());

impl AllClear {
    /// All clear, or what was left out.
    fn of(seen: &Seen, missing: &[String]) -> Result<Self, Vec<Gap>> {
        let app = &seen.app;
        let mut gaps = Vec::new();
        if seen.tree.is_none() {
            gaps.push(Gap::Tree);
        }
        let failed = (app.status.conditions.iter()).any(|one| &*one.kind == "ComparisonError");
        let sync = &*app.status.sync.status;
        if failed || order::sync_rank(sync) == 1 {
            gaps.push(Gap::Comparison);
        } else {
            let is_unknown = |status: &str| status == "Unknown";
            let unknown = app
                .status
                .resources
                .iter()
                .filter(|one| is_unknown(&one.status));
            match unknown.count() {
                0 => {}
                count => gaps.push(Gap::Uncompared(count)),
            }
        }
        if sync == "OutOfSync" && seen.differences.is_none() {
            gaps.push(Gap::Differences);
        }
        if app.is_reconcile_skipped() {
            gaps.push(Gap::Reconciliation);
        }
        gaps.extend(not_judged::words(&seen.not_judged).map(Gap::Unjudged));
        if !missing.is_empty() {
            gaps.push(Gap::Unread(missing.len()));
        }
        if gaps.is_empty() {
            Ok(Self(()))
        } else {
            Err(gaps)
        }
    }
}

/// Summarises what was checked when no finding speaks of a failure; `warnings` says whether others do.
pub(super) fn words(seen: &Seen, missing: &[String], warnings: Warnings, clock: Clock) -> String {
    let app = &seen.app;
    let checked = match seen.tree {
        Some(_) => "conditions, last sync and resource tree down to Pods",
        None => "conditions and last sync",
    };
    let deploy = app.status.history.last().map_or(String::new(), |deploy| {
        format!(
            "; last deploy {} {} by {}",
            revisions(deploy.revisions()),
            clock.ago(&deploy.deployed_at).unwrap_or_default(),
            initiator(&deploy.initiated_by.username, deploy.initiated_by.automated)
        )
    });
    let what = match (AllClear::of(seen, missing), warnings) {
        (Ok(clear), Warnings::None) => clear.found(checked),
        (Ok(clear), Warnings::Some) => clear.found_but_warnings(checked),
        (Err(gaps), _) => {
            let gaps: Vec<String> = gaps.iter().map(Gap::words).collect();
            format!(
                "Found nothing broken in what was read ({checked}); not judged: {}",
                gaps.join("; ")
            )
        }
    };
    format!(
        "{what}; {}{}{deploy}.",
        plural(app.status.resources.len(), "resource"),
        running_images(seen.tree.as_ref())
    )
}

/// Whether the answer has warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Warnings {
    None,
    Some,
}

impl AllClear {
    fn found(&self, checked: &str) -> String {
        format!("Nothing wrong found in {checked}")
    }

    fn found_but_warnings(&self, checked: &str) -> String {
        format!("Nothing broken found in {checked}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    fn seen(app: Value) -> Seen {
        Seen {
            app: from_value(app).unwrap(),
            tree: from_value(json!({"nodes": []})).ok(),
            differences: None,
            windows: None,
            not_judged: Vec::new(),
        }
    }

    fn synced() -> Value {
        json!({"status": {"sync": {"status": "Synced"}, "health": {"status": "Healthy"}}})
    }

    #[test]
    fn a_complete_survey_is_all_clear() {
        assert!(AllClear::of(&seen(synced()), &[]).is_ok());
    }

    #[test]
    fn nothing_left_out_is_passed_over() {
        let gap = |seen: &Seen, missing: &[String]| AllClear::of(seen, missing).err();
        let mut treeless = seen(synced());
        treeless.tree = None;
        assert_eq!(gap(&treeless, &[]), Some(vec![Gap::Tree]));
        let read = ["events: refused".to_owned()];
        assert_eq!(gap(&seen(synced()), &read), Some(vec![Gap::Unread(1)]));
        for (app, want) in [
            (
                json!({"status": {"sync": {"status": "Unknown"}}}),
                Gap::Comparison,
            ),
            (json!({"status": {"sync": {"status": ""}}}), Gap::Comparison),
            (
                json!({"status": {"sync": {"status": "Synced"}, "conditions": [{"type": "ComparisonError"}]}}),
                Gap::Comparison,
            ),
            (
                json!({"status": {"sync": {"status": "OutOfSync"}}}),
                Gap::Differences,
            ),
            (
                json!({"status": {"sync": {"status": "Synced"}, "resources": [{"status": "Unknown"}, {"status": "Synced"}]}}),
                Gap::Uncompared(1),
            ),
            (
                json!({"metadata": {"annotations": {"argocd.argoproj.io/skip-reconcile": "true"}}, "status": {"sync": {"status": "Synced"}}}),
                Gap::Reconciliation,
            ),
        ] {
            assert_eq!(gap(&seen(app.clone()), &[]), Some(vec![want]), "{app}");
        }
    }
}
