//! A deletion that cannot end, as its destination cluster is not registered.

use crate::{
    answer::word,
    model::{
        application::Application,
        error::{Stage, Trouble},
    },
    tools::diagnose::proven::Proven,
};

/// A deletion that waits for a hook or a clean-up on a cluster that Argo CD does not know.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Unregistered {
    cluster: String,
    finalizer: String,
}

/// The finalizers that need the cluster, as Argo CD runs hooks there or removes them. The finalizer of the
/// resources is not among them: Argo CD gives it up when the cluster is gone.
const STARTS: [&str; 2] = ["pre-delete-finalizer.", "post-delete-finalizer."];

impl Unregistered {
    /// The proof: the application is being deleted with such a finalizer, and a condition says that no
    /// cluster of its destination is registered.
    pub(in crate::tools::diagnose) fn of(app: &Application) -> Option<Self> {
        let metadata = &app.metadata;
        let mut finalizers = metadata.finalizers.iter();
        let finalizer = finalizers
            .find(|finalizer| STARTS.iter().any(|start| finalizer.starts_with(start)))
            .filter(|_| !metadata.deletion_timestamp.is_empty())?;
        let is_gone = app.status.conditions.iter().any(|condition| {
            let trouble = Trouble::read(&condition.message, Some(Stage::Spec));
            trouble.known().is_some_and(|known| known.is_unregistered())
        });
        is_gone.then(|| Self {
            cluster: word(&app.spec.destination.cluster()),
            finalizer: word(finalizer),
        })
    }
}

impl Proven for Unregistered {
    fn headline(&self) -> String {
        format!(
            "Its cluster {} is not registered in Argo CD, so Argo CD can never complete finalizer {}.",
            self.cluster, self.finalizer
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    fn headline(finalizer: &str, deleted: &str, message: &str) -> Option<String> {
        let app: Application = from_value(json!({
            "metadata": {"finalizers": [finalizer], "deletionTimestamp": deleted},
            "spec": {"destination": {"name": "eu-3", "namespace": "web"}},
            "status": {"conditions": [{"type": "InvalidSpecError", "message": message}]}
        }))
        .unwrap();
        Unregistered::of(&app).map(|reading| reading.headline())
    }

    const GONE: &str = "application destination spec for web is invalid: unable to find destination server: there are no clusters with this name: eu-3";
    const SINCE: &str = "2026-11-25T15:20:04Z";

    #[test]
    fn speaks_of_a_hook_on_a_cluster_that_is_gone() {
        for finalizer in [
            "post-delete-finalizer.argocd.argoproj.io",
            "post-delete-finalizer.argocd.argoproj.io/cleanup",
            "pre-delete-finalizer.argocd.argoproj.io",
        ] {
            let headline = headline(finalizer, SINCE, GONE).unwrap();
            assert!(headline.contains("eu-3 is not registered"), "{headline}");
        }
    }

    #[test]
    fn silent_while_the_cluster_is_known_or_nothing_needs_it() {
        let post = "post-delete-finalizer.argocd.argoproj.io";
        for (finalizer, since, message) in [
            (post, "", GONE),
            ("resources-finalizer.argocd.argoproj.io", SINCE, GONE),
            (
                post,
                SINCE,
                "application repo https://git.example.com/a is not permitted in project 'p'",
            ),
            (post, SINCE, "namespaces \"eu-3\" not found"),
        ] {
            assert_eq!(headline(finalizer, since, message), None);
        }
    }
}
