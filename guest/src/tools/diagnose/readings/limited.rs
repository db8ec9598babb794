//! A cluster that is registered for certain namespaces, and one that is not among them.

use crate::{answer::listed, redact::Text, tools::diagnose::proven::Proven};

/// The namespaces for which a cluster is registered, and the one that is missing among them.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct LimitedCluster {
    cluster: String,
    namespaces: String,
    missing: Option<String>,
}

impl LimitedCluster {
    /// The proof: the cluster's own row has a list of namespaces. `namespace` is the one that Argo CD
    /// named, or the application's destination; it is said only if the list does not have it.
    pub(in crate::tools::diagnose) fn of(
        cluster: &str,
        namespaces: &[Text],
        namespace: &Text,
    ) -> Option<Self> {
        let is_missing = !namespace.is_empty() && !namespaces.contains(namespace);
        (!namespaces.is_empty()).then(|| Self {
            cluster: cluster.to_owned(),
            namespaces: listed(namespaces.iter(), namespaces.len()),
            missing: is_missing.then(|| namespace.line(63)),
        })
    }
}

impl Proven for LimitedCluster {
    fn headline(&self) -> String {
        let missing = match &self.missing {
            Some(missing) => format!("; {missing} is not among them"),
            None => String::new(),
        };
        format!(
            "{} is registered only for namespaces {}{missing}",
            self.cluster, self.namespaces
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_of_the_namespace_that_the_list_lacks() {
        let list = [Text::new("blue"), Text::new("green")];
        let limited = LimitedCluster::of("cluster a", &list, &Text::new("red")).unwrap();
        assert_eq!(
            limited.headline(),
            "cluster a is registered only for namespaces blue, green; red is not among them"
        );
        let limited = LimitedCluster::of("cluster a", &list, &Text::new("green")).unwrap();
        assert!(!limited.headline().contains("not among"));
    }

    #[test]
    fn silent_about_a_cluster_that_is_registered_for_all() {
        assert!(LimitedCluster::of("cluster a", &[], &Text::new("red")).is_none());
    }
}
