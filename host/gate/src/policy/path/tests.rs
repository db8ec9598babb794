#![allow(clippy::unwrap_used)]

use url::Url;

use super::*;

const AMBIGUOUS: &[(&str, &str)] = &[
    ("", "the path does not begin with a slash"),
    ("*", "the path does not begin with a slash"),
    ("?a=b", "the path does not begin with a slash"),
    (
        "http://h/api/version",
        "the path does not begin with a slash",
    ),
    (
        "//hostile.example/api/version",
        "an empty path segment is not allowed",
    ),
    ("/api//version", "an empty path segment is not allowed"),
    ("/api/version/", "an empty path segment is not allowed"),
    ("/", "an empty path segment is not allowed"),
    ("/api/./version", "a path segment of dots is not allowed"),
    (
        "/api/../api/version",
        "a path segment of dots is not allowed",
    ),
    ("/api/version/..", "a path segment of dots is not allowed"),
    ("/api/.%2e/version", "an escape in the path is not allowed"),
    (
        "/api/%2e%2E/version",
        "an escape in the path is not allowed",
    ),
    (
        "/api/%252e%252e/version",
        "an escape in the path is not allowed",
    ),
    ("/api%2Fversion", "an escape in the path is not allowed"),
    ("/api%5cversion", "an escape in the path is not allowed"),
    ("/api/%76ersion", "an escape in the path is not allowed"),
    ("/api/version%00", "an escape in the path is not allowed"),
    (
        "/api/%c0%ae%c0%ae/version",
        "an escape in the path is not allowed",
    ),
    ("/api\\version", "a backslash is not allowed"),
    ("/api/..\\version", "a backslash is not allowed"),
    ("/api/version;x=1", "a semicolon is not allowed"),
    ("/api/..;/version", "a semicolon is not allowed"),
    ("/api/version?a=b;c=d", "a semicolon is not allowed"),
    ("/api/version#top", "a fragment is not allowed"),
    ("/api/version?a=b#top", "a fragment is not allowed"),
    ("/api/version\0", "control character or space"),
    (
        "/api/version HTTP/1.1\r\nhost: x",
        "control character or space",
    ),
    ("/api/ver\tsion", "control character or space"),
    ("/api/version?a=b c", "control character or space"),
    ("/api/\u{7f}", "control character or space"),
    ("/api/vers\u{131}on", "not ASCII"),
    ("/api\u{2215}version", "not ASCII"),
    ("/api/version@h", "a character that no route contains"),
    ("/api/version:80", "a character that no route contains"),
    ("/api/ver+sion", "a character that no route contains"),
    ("/api/{name}", "a character that no route contains"),
];

#[test]
fn ambiguous_paths_are_refused() {
    for &(raw, reason) in AMBIGUOUS {
        assert_eq!(
            check(raw).unwrap_err(),
            Denial::new("path", reason),
            "{raw}"
        );
    }
    let long = format!("/{}", "a".repeat(TARGET_BYTES));
    assert_eq!(
        check(&long).unwrap_err().reason,
        "the path and query are too long"
    );
}

#[test]
fn a_query_is_plain_or_refused() {
    let rows = [
        ("", "a key without a value"),
        ("a", "a key without a value"),
        ("a=1&", "a key without a value"),
        ("a=1&&b=2", "a key without a value"),
        ("=1", "a key with other characters than letters and dots"),
        (
            "%72efresh=hard",
            "a key with other characters than letters and dots",
        ),
        (
            "projects%5B%5D=a",
            "a key with other characters than letters and dots",
        ),
        (
            "projects[]=a",
            "a key with other characters than letters and dots",
        ),
        ("a1=1", "a key with other characters than letters and dots"),
        ("a=b+c", "ambiguous value of a"),
        ("a=%", "ambiguous value of a"),
        ("a=%4", "ambiguous value of a"),
        ("a=%4g", "ambiguous value of a"),
        ("a=%ff", "ambiguous value of a"),
        ("a=%0a", "ambiguous value of a"),
        ("a=%00", "ambiguous value of a"),
        ("a=%c2%85", "ambiguous value of a"),
        ("a=<b>", "ambiguous value of a"),
        ("a=b?c", "ambiguous value of a"),
    ];
    for (query, reason) in rows {
        assert_eq!(
            pairs(query).unwrap_err(),
            Denial::new("query", reason),
            "{query}"
        );
    }
    let good = pairs("a=&b.c=x%20%26%25y&a=%C3%BC").unwrap();
    assert_eq!(
        good,
        [
            ("a", String::new()),
            ("b.c", "x &%y".to_owned()),
            ("a", "ü".to_owned())
        ]
    );
    assert!(pairs(&format!("a={}", "b".repeat(QUERY_VALUE_BYTES + 1))).is_err());
    assert!(pairs(&vec!["a=b"; QUERY_PAIRS + 1].join("&")).is_err());
}

/// Small and repeatable, as a failure must be.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

#[test]
fn an_accepted_path_means_the_same_to_a_url_parser() {
    let pieces = [
        "/",
        "api",
        "v1",
        ".",
        "..",
        "%2e",
        "%2F",
        "\\",
        ";",
        "?",
        "#",
        "&",
        "=",
        "a.b",
        "-",
        "_",
        "~",
        "%",
        "%20",
        "%25",
        "@",
        ":",
        "//",
        "\t",
        "é",
        "A",
        "0",
        "+",
        "key=value",
        "%00",
        ",",
        "*",
    ];
    let mut random = Random(7);
    let mut accepted = 0;
    for _ in 0..200_000 {
        let length = 1 + random.below(9);
        let mut raw = "/".to_owned();
        raw.extend((0..length).map(|_| pieces[random.below(pieces.len())]));
        let Ok(checked) = check(&raw) else { continue };
        let Ok(pairs) = checked.query.map(pairs).transpose() else {
            continue;
        };
        accepted += 1;
        let url = Url::parse(&format!("https://h{raw}")).unwrap();
        assert_eq!((url.path(), url.fragment()), (checked.path, None), "{raw}");
        let read: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let ours = pairs
            .unwrap_or_default()
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value));
        assert_eq!(read, ours.collect::<Vec<_>>(), "{raw}");
    }
    assert!(
        accepted > 500,
        "only {accepted} paths were accepted: the property says too little"
    );
}
