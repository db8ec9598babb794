//! A request's target, parsed once: decoded path segments and the query as a list of pairs.

use percent_encoding::percent_decode_str;

/// A parsed request target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Decoded segments of the path, without the leading empty one.
    pub(crate) path: Vec<String>,
    /// Decoded pairs in the order received.
    pub(crate) query: Vec<(String, String)>,
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
    fn an_encoded_slash_stays_inside_its_segment() {
        let target = Target::parse("/api/v1/clusters/https%3A%2F%2Fa?id.type=x+y%2B");
        assert_eq!(target.segments(), ["api", "v1", "clusters", "https://a"]);
        assert_eq!(target.get("id.type"), Some("x y+"));
    }
}
