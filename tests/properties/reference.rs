//! How others read a request target: Go's `path` and `net/url`, nginx's `ngx_http_parse_complex_uri`.
//! Written from their rules, slow and plain; they share nothing with the host's own check.

/// Go's `path.Clean`: the shortest path that names the same.
pub(super) fn go_path_clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." if kept.last().is_some_and(|last| *last != "..") => {
                kept.pop();
            }
            ".." if rooted => {}
            other => kept.push(other),
        }
    }
    match (rooted, kept.join("/")) {
        (true, joined) => format!("/{joined}"),
        (false, joined) if joined.is_empty() => ".".to_owned(),
        (false, joined) => joined,
    }
}

/// Go's `url.PathUnescape`: `None` for an incomplete escape.
pub(super) fn go_path_unescape(text: &str) -> Option<Vec<u8>> {
    go_unescape(text, false)
}

/// Go's `url.ParseQuery`: `None` where it reports an error, as for a semicolon.
pub(super) fn go_parse_query(query: &str) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut pairs = Vec::new();
    for pair in query.split('&') {
        if pair.contains(';') {
            return None;
        }
        if pair.is_empty() {
            continue;
        }
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        pairs.push((go_unescape(key, true)?, go_unescape(value, true)?));
    }
    Some(pairs)
}

fn go_unescape(text: &str, plus_is_space: bool) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => hex(bytes.next()?)? << 4 | hex(bytes.next()?)?,
            b'+' if plus_is_space => b' ',
            other => other,
        });
    }
    Some(out)
}

/// The path that nginx looks up with `merge_slashes on`: escapes undone first, then slashes merged
/// and dot segments walked. `None` where it answers 400.
pub(super) fn nginx_path(target: &str) -> Option<Vec<u8>> {
    let mut path = Vec::new();
    let mut bytes = target.bytes().take_while(|byte| !b"?#".contains(byte));
    while let Some(byte) = bytes.next() {
        path.push(match byte {
            b'%' => match hex(bytes.next()?)? << 4 | hex(bytes.next()?)? {
                0 => return None,
                decoded => decoded,
            },
            other => other,
        });
    }
    let mut kept: Vec<&[u8]> = Vec::new();
    let segments: Vec<&[u8]> = path.split(|byte| *byte == b'/').skip(1).collect();
    let (last, inner) = segments.split_last()?;
    for segment in inner {
        match *segment {
            b"" | b"." => {}
            b".." => drop(kept.pop()?),
            other => kept.push(other),
        }
    }
    match *last {
        b"." => kept.push(b""),
        b".." => {
            kept.pop()?;
            kept.push(b"");
        }
        other => kept.push(other),
    }
    Some([b"/".as_slice(), &kept.join(&b'/')].concat())
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of Go's documentation and of its own tests.
    #[test]
    fn clean_is_gos() {
        for (path, clean) in [
            ("", "."),
            ("a/c", "a/c"),
            ("a//c", "a/c"),
            ("a/c/.", "a/c"),
            ("a/c/b/..", "a/c"),
            ("/../a/c", "/a/c"),
            ("/../a/b/../././/c", "/a/c"),
            ("/", "/"),
            ("../../abc", "../../abc"),
            ("abc/../../././../def", "../../def"),
            ("/abc/", "/abc"),
        ] {
            assert_eq!(go_path_clean(path), clean, "{path}");
        }
    }

    #[test]
    fn escapes_are_undone_as_go_does() {
        assert_eq!(go_path_unescape("a%2fb+c"), Some(b"a/b+c".to_vec()));
        assert_eq!(go_path_unescape("a%2"), None);
        assert_eq!(go_parse_query("a=1;b=2"), None);
        let pair = |key: &str, value: &str| (key.as_bytes().to_vec(), value.as_bytes().to_vec());
        assert_eq!(
            go_parse_query("a=1+2&&b&%63=%64"),
            Some(vec![pair("a", "1 2"), pair("b", ""), pair("c", "d")])
        );
    }

    #[test]
    fn nginx_walks_what_it_has_decoded() {
        for (target, path) in [
            ("/a//b", Some("/a/b")),
            ("/a/%2e%2e/b", Some("/b")),
            ("/a%2f..%2fb?x", Some("/b")),
            ("/a/./b/", Some("/a/b/")),
            ("/a/b/..", Some("/a/")),
            ("/a%3fb", Some("/a?b")),
            ("/../a", None),
            ("/a%00", None),
            ("/a#b", Some("/a")),
        ] {
            assert_eq!(
                nginx_path(target),
                path.map(|path| path.as_bytes().to_vec()),
                "{target}"
            );
        }
    }
}
