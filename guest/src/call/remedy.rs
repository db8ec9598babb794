//! Names the tool that can explain an error of Argo CD, if the client has that tool.

use super::offer::Offer;
use crate::argocd::{Error, Remedy};

/// What failed, why, and what to do next.
pub(crate) fn explain(error: &Error, offer: &Offer) -> String {
    let text = error.explain();
    match error.remedy().and_then(|remedy| words(remedy, offer)) {
        Some(words) => format!("{text} {words}"),
        None => text,
    }
}

fn words(remedy: Remedy, offer: &Offer) -> Option<&'static str> {
    let (tools, with, without): (&[&str], _, _) = match remedy {
        Remedy::Names => (
            &["list_applications"],
            "Check name and namespace with list_applications, or give `project`.",
            Some("Check name and namespace, or give `project`."),
        ),
        Remedy::NamesAndProjects => (
            &["list_applications", "list_projects"],
            "Check name, namespace and project with list_applications or list_projects.",
            Some("Check name, namespace and project."),
        ),
        Remedy::Uncached => (
            &[
                "get_application",
                "get_application_manifests",
                "get_application_events",
            ],
            "get_application, get_application_manifests and get_application_events work without it.",
            None,
        ),
        Remedy::Conditions => (
            &["get_application"],
            "get_application shows its conditions.",
            None,
        ),
        Remedy::Connections => (
            &["list_repositories", "list_clusters"],
            "For a repository see list_repositories, for a cluster list_clusters.",
            None,
        ),
        Remedy::Revisions => (
            &["get_application_history"],
            "The source has no such revision; get_application_history names those that were deployed.",
            Some("The source has no such revision."),
        ),
        Remedy::Stored => (&["get_application"], "get_application usually works.", None),
    };
    if tools.iter().all(|tool| offer.allows(tool)) {
        Some(with)
    } else {
        without
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::explain;
    use crate::{
        argocd::{Error, Operation},
        tools::{Offer, all},
    };

    #[test]
    fn tools_are_named_to_those_who_have_them() {
        let (operation, message) = (Operation::ListClusters, String::new());
        let every = Offer::all(all());
        let none = Offer::by_default(all()).only(all(), "none").unwrap();
        for (error, with, without) in [
            (
                Error::Forbidden {
                    operation,
                    message: message.clone(),
                },
                "with list_applications, or give `project`.",
                "Check name and namespace, or give `project`.",
            ),
            (
                Error::NotFound {
                    operation,
                    message: message.clone(),
                },
                "with list_applications or list_projects.",
                "Check name, namespace and project.",
            ),
            (
                Error::NotCompared { operation, message },
                "get_application shows its conditions.",
                "no state to show (500).",
            ),
            (
                Error::Timeout {
                    operation,
                    within: None,
                },
                "get_application usually works.",
                "narrow by project or selector.",
            ),
        ] {
            let text = explain(&error, &every);
            assert!(text.ends_with(with), "{text}");
            let text = explain(&error, &none);
            assert!(text.ends_with(without), "{text}");
        }
    }
}
