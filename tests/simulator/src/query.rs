//! A request's target, parsed once: decoded path segments and the query as a list of pairs.
//! Order of keys does not matter to lookups, order of values of one key does.

use percent_encoding::percent_decode_str;

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

/// A parsed request target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Decoded segments of the path, without the leading empty one.
    pub(crate) path: Vec<String>,
    /// Decoded pairs in the order received.
    pub(crate) query: Vec<(String, String)>,
}

/// The identity of one recorded or edited answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    path: Vec<String>,
    query: Vec<(String, String)>,
}

impl Target {
    /// Parses what stands on a request line. Never fails: a server must answer anything.
    pub(crate) fn parse(path_and_query: &str) -> Self {
        let (path, query) = path_and_query
            .split_once('?')
            .unwrap_or((path_and_query, ""));
        let path = path
            .strip_prefix('/')
            .unwrap_or(path)
            .split('/')
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        let query = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                (form_decode(key), form_decode(value))
            })
            .collect();
        Self { path, query }
    }

    /// The path as borrowed segments, to match on.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// The first value of a key; an empty one counts as absent, as in Argo CD.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(k, value)| k == key && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Every value of a key, in order.
    pub(crate) fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.query
            .iter()
            .filter(move |(k, _)| k == key)
            .map(|(_, value)| value.as_str())
    }

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
    pub(crate) fn is_plain(&self) -> bool {
        self.query.iter().all(|(key, _)| key == "appNamespace")
    }
}

/// Decodes one part of a query: `+` is a space there.
fn form_decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
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

    #[test]
    fn an_encoded_slash_stays_inside_its_segment() {
        let target = Target::parse("/api/v1/clusters/https%3A%2F%2Fa?id.type=x+y%2B");
        assert_eq!(target.segments(), ["api", "v1", "clusters", "https://a"]);
        assert_eq!(target.get("id.type"), Some("x y+"));
    }
}
