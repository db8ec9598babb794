//! Which recorded or edited answer a request asks for. Order of keys does not matter, order of
//! values of one key does.

use crate::query::Target;

/// What of a query decides which recorded answer fits. Everything else (`project`, `fields`, filters)
/// is computed, and keys that Argo CD does not know change nothing.
const SIGNIFICANT: [&str; 15] = [
    "resourceName",
    "resourceNamespace",
    "resourceUID",
    "namespace",
    "version",
    "group",
    "kind",
    "revision",
    "revisions",
    "sourcePositions",
    "sourceIndex",
    "versionId",
    "id.type",
    "full",
    "appNamespace",
];

/// The namespace that the recorded Argo CD lives in, and the default of `appNamespace`.
pub(crate) const CONTROL_PLANE: &str = "argocd";

/// The identity of one recorded or edited answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    path: Vec<String>,
    query: Vec<(String, String)>,
}

impl Target {
    /// The identity of the answer, with the given part of the query.
    pub(crate) fn key(&self) -> Key {
        let mut query: Vec<_> = self
            .query
            .iter()
            .filter(|(key, value)| {
                SIGNIFICANT.contains(&key.as_str())
                    && !value.is_empty()
                    && !(key == "appNamespace" && value == CONTROL_PLANE)
            })
            .cloned()
            .collect();
        query.sort_by(|a, b| a.0.cmp(&b.0));
        Key {
            path: self.path.clone(),
            query,
        }
    }
}

impl Key {
    /// The answer to a path without anything in the query but the application's namespace.
    pub(crate) fn plain(path: &[&str], app_namespace: &str) -> Self {
        let query = if app_namespace.is_empty() || app_namespace == CONTROL_PLANE {
            Vec::new()
        } else {
            vec![("appNamespace".to_owned(), app_namespace.to_owned())]
        };
        Self {
            path: path.iter().map(|&segment| segment.to_owned()).collect(),
            query,
        }
    }

    /// The decoded path.
    #[cfg(feature = "server")]
    pub(crate) fn path(&self) -> &[String] {
        &self.path
    }

    /// The namespace of the application that the path names.
    pub(crate) fn app_namespace(&self) -> &str {
        self.query
            .iter()
            .find(|(key, _)| key == "appNamespace")
            .map_or(CONTROL_PLANE, |(_, value)| value)
    }

    /// Whether nothing but the application's namespace is asked for.
    #[cfg(feature = "server")]
    pub(crate) fn is_plain(&self) -> bool {
        self.query.iter().all(|(key, _)| key == "appNamespace")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_keys_does_not_matter_and_the_order_of_values_does() {
        let key = |text: &str| Target::parse(text).key();
        assert_eq!(key("/a?kind=Pod&group=apps"), key("/a?group=apps&kind=Pod"));
        assert_eq!(key("/a?group=&kind=Pod"), key("/a?kind=Pod"));
        assert_eq!(key("/a?nonsense=1"), key("/a"));
        assert_eq!(key("/a?appNamespace=argocd"), key("/a"));
        assert_ne!(key("/a?appNamespace=other"), key("/a"));
        assert_ne!(
            key("/a?revisions=1&revisions=2"),
            key("/a?revisions=2&revisions=1")
        );
    }
}
