//! Hides values in running text whose key says that they are secret: `password=…`, `"token": "…"`,
//! `--api-key …`, `Authorization: …`, `<secret>…</secret>`, and block scalars under such keys.

use super::{
    gomap,
    keys::{ends_secret, is_credential_header, is_secret_key},
    node::HIDDEN,
    prose::is_prose,
};
use crate::limits;

/// First words of a reason: `token: expired` is a message, not a pair.
const REASONS: [&str; 34] = [
    "not",
    "no",
    "invalid",
    "expired",
    "unauthorized",
    "missing",
    "required",
    "denied",
    "failed",
    "failure",
    "unexpected",
    "error",
    "cannot",
    "could",
    "unable",
    "unknown",
    "must",
    "the",
    "is",
    "has",
    "was",
    "does",
    "rpc",
    "context",
    "already",
    "mismatch",
    "too",
    "empty",
    "null",
    "true",
    "false",
    "none",
    "permission",
    "authentication",
];

/// `text` with the values of secret keys hidden, or `None` when there are none.
pub(super) fn pairs(text: &str) -> Option<String> {
    if !text.bytes().any(|b| matches!(b, b'=' | b':' | b'-' | b'>')) {
        return None;
    }
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        let value = match bytes[at] {
            b'=' | b':' => pair_value(text, copied, at),
            b'>' => element_value(text, copied, at),
            b'-' => flag_value(text, at),
            _ => None,
        };
        match value {
            Some((start, end)) if start < end && !text[start..].starts_with(HIDDEN) => {
                out.push_str(&text[copied..start]);
                out.push_str(HIDDEN);
                copied = end;
                at = end;
            }
            _ => at += 1,
        }
    }
    if copied == 0 {
        return None;
    }
    out.push_str(&text[copied..]);
    Some(out)
}

/// The key that ends right before `at`, and what encloses it.
struct Key<'a> {
    name: &'a str,
    quoted: bool,
    starts_line: bool,
    /// The quote that was opened before the key and is still open, as in `-H 'Authorization: …'`.
    inside: Option<u8>,
    after_slash: bool,
}

/// The start of the run of key bytes that ends at `end`, not before `from`.
fn key_start(bytes: &[u8], from: usize, end: usize) -> usize {
    let from = from.max(end.saturating_sub(limits::KEY_BYTES));
    let length = bytes[from..end]
        .iter()
        .rev()
        .take_while(|b| is_key_byte(**b))
        .count();
    end - length
}

fn is_key_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'[' | b']')
}

fn key_before(text: &str, from: usize, at: usize) -> Option<Key<'_>> {
    let bytes = text.as_bytes();
    let mut end = at;
    let earliest = from.max(at.saturating_sub(limits::SEPARATOR_BYTES));
    while end > earliest && matches!(bytes[end - 1], b' ' | b':' | b'?' | b'+') {
        end -= 1;
    }
    let quoted = end > from && matches!(bytes[end - 1], b'"' | b'\'');
    if quoted {
        end -= 1;
        end -= usize::from(end > from && bytes[end - 1] == b'\\');
    }
    let start = key_start(bytes, from, end);
    if start == end {
        return None;
    }
    let before = &bytes[start.saturating_sub(limits::KEY_BYTES)..start];
    let blank = before
        .iter()
        .rev()
        .take_while(|b| matches!(b, b' ' | b'-' | b'\t'))
        .count();
    Some(Key {
        name: &text[start..end],
        quoted,
        starts_line: blank == start || before.iter().rev().nth(blank) == Some(&b'\n'),
        inside: before
            .last()
            .copied()
            .filter(|b| !quoted && matches!(b, b'"' | b'\'' | b'`')),
        after_slash: before.last() == Some(&b'/'),
    })
}

/// The value of `key=value`, `key: value` and the like, by the separator at `at`.
fn pair_value(text: &str, from: usize, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let is_colon = bytes[at] == b':';
    let next = bytes.get(at + 1).copied();
    if next == Some(b'=') || (is_colon && next == Some(b'/') && bytes.get(at + 2) == Some(&b'/')) {
        return None;
    }
    let key = key_before(text, from, at)?;
    let is_secret = if is_colon && !key.quoted {
        ends_secret(key.name)
    } else {
        is_secret_key(key.name)
    };
    if !is_secret {
        return None;
    }
    let mut start = at + 1 + usize::from(next == Some(b'>'));
    let spaces = bytes[start..]
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    start += spaces;
    if let Some(value) = quoted_value(text, start) {
        return Some(value);
    }
    if let Some(quote) = key.inside {
        let end = text[start..]
            .find([char::from(quote), '\n'])
            .map_or(text.len(), |n| start + n);
        return Some((start, end));
    }
    if is_credential_header(key.name) {
        if is_colon && is_sentence(&text[start..]) {
            return None;
        }
        return Some((start, line_end(text, start)));
    }
    // A line of a settings file: the value goes to its end, blanks included.
    if !is_colon && key.starts_line && text.contains('\n') {
        return Some((start, line_end(text, start)));
    }
    let end = word_end(text, start);
    let word = &text[start..end];
    if is_colon && spaces == 0 && gomap::opening(text, at).is_some() {
        return Some((start, gomap::value_end(text, start)));
    }
    if is_colon && spaces > 0 && is_one_line(text) && is_prose(key.name, &text[start..]) {
        return None;
    }
    if is_colon
        && key.starts_line
        && spaces > 0
        && (text.contains('\n') || !REASONS.contains(&word))
    {
        return Some((start, block_end(text, start)));
    }
    if is_colon
        && (REASONS.contains(&word) || (spaces == 0 && (key.after_slash || is_version(word))))
    {
        return None;
    }
    Some((start, end))
}

/// Whether it has one line, or a line and an empty one below it, as a commit's message has.
fn is_one_line(text: &str) -> bool {
    text.split_once('\n')
        .is_none_or(|(_, below)| below.trim().is_empty() || below.starts_with('\n'))
}

/// `authorization: authorization failed: …` of container runtimes is a chain of reasons, no header.
fn is_sentence(value: &str) -> bool {
    let mut words = value.split([' ', ':']).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    matches!(first, "authorization" | "authentication")
        && words.next().is_some_and(|second| REASONS.contains(&second))
}

/// The inside of a quoted value at `start`; the quotes may be escaped, as JSON inside JSON is.
pub(super) fn quoted_value(text: &str, start: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let escaped = bytes.get(start) == Some(&b'\\');
    let open = start + usize::from(escaped);
    let quote = *bytes.get(open).filter(|b| matches!(b, b'"' | b'\''))?;
    let inside = open + 1;
    let mut end = inside;
    while end < bytes.len() && bytes[end] != b'\n' {
        if bytes[end] == b'\\' {
            if escaped && bytes.get(end + 1) == Some(&quote) {
                return Some((inside, end));
            }
            // A backslash takes the next character with it, whatever its length.
            end += 1 + text[end + 1..].chars().next().map_or(0, char::len_utf8);
            continue;
        }
        if bytes[end] == quote {
            return Some((inside, end));
        }
        end += 1;
    }
    Some((inside, end.min(bytes.len())))
}

/// Where an unquoted value ends: white space, a quote, or a separator before the next pair.
pub(super) fn word_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = start;
    while end < bytes.len() {
        let b = bytes[end];
        if b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'<') {
            break;
        }
        if matches!(b, b',' | b';' | b'&') && starts_pair(&bytes[end + 1..]) {
            break;
        }
        end += 1;
    }
    end
}

/// Whether what follows a separator is the end, white space, or another `key=` or `key:`.
fn starts_pair(rest: &[u8]) -> bool {
    let key = rest.iter().take_while(|b| is_key_byte(**b)).count();
    match rest.get(key) {
        None => key == 0,
        Some(b) if key == 0 => b.is_ascii_whitespace() || *b == b'"',
        Some(b) => matches!(b, b'=' | b':'),
    }
}

/// `4.12.0`, `v1`: the tag of an image that is named after a secret.
fn is_version(word: &str) -> bool {
    let digits = word.trim_start_matches('v');
    digits.starts_with(|c: char| c.is_ascii_digit()) && digits.contains('.')
        || word.starts_with('v') && digits.bytes().all(|b| b.is_ascii_digit())
}

fn line_end(text: &str, start: usize) -> usize {
    text[start..].find('\n').map_or(text.len(), |n| start + n)
}

/// The end of a YAML value that starts at `start`: its line, or for a block scalar (`|`, `>`) the more indented lines too.
pub(super) fn block_end(text: &str, start: usize) -> usize {
    let first_end = line_end(text, start);
    if !text[start..first_end].starts_with(['|', '>']) {
        return first_end;
    }
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let key_line = text[..start].rfind('\n').map_or(0, |n| n + 1);
    let key_indent = indent(&text[key_line..]);
    let mut end = first_end;
    while end < text.len() {
        let next = line_end(text, end + 1);
        let line = &text[end + 1..next];
        if !line.trim().is_empty() && line.len() - line.trim_start().len() <= key_indent {
            break;
        }
        end = next;
    }
    end
}

/// `<password>value</password>`.
fn element_value(text: &str, from: usize, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let start = key_start(bytes, from, at);
    let is_element = start > 0 && bytes[start - 1] == b'<' && is_secret_key(&text[start..at]);
    is_element.then(|| (at + 1, text[at..].find('<').map_or(text.len(), |n| at + n)))
}

/// `--password value`, `-u user:password`.
fn flag_value(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    if at > 0
        && !matches!(
            bytes[at - 1],
            b' ' | b'\n' | b'\t' | b'"' | b'\'' | b'`' | b'(' | b'['
        )
    {
        return None;
    }
    let name = at + bytes[at..].iter().take_while(|b| **b == b'-').count();
    let end = name
        + bytes[name..]
            .iter()
            .take_while(|b| is_key_byte(**b))
            .count();
    let spaces = bytes[end..].iter().take_while(|b| **b == b' ').count();
    if spaces == 0 {
        return None;
    }
    let start = end + spaces;
    let flag = &text[name..end];
    let may_log_in = matches!((name - at, flag), (1, "u") | (2, "user" | "proxy-user"));
    let is_secret = name - at == 2 && is_secret_key(flag) && !text[start..].starts_with('-');
    if !may_log_in && !is_secret {
        return None;
    }
    let value = quoted_value(text, start).unwrap_or_else(|| (start, word_end(text, start)));
    let is_login = text[value.0..value.1]
        .split_once(':')
        .is_some_and(|(user, password)| !user.is_empty() && !password.is_empty());
    (is_secret || is_login).then_some(value)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::pairs;

    #[test]
    fn secret_values_are_hidden() {
        for (text, want) in [
            ("password=hunter2", "password=(hidden)"),
            (
                "user=a password = hunter2 host=b",
                "user=a password = (hidden) host=b",
            ),
            ("dsn: a?password=x&user=b", "dsn: (hidden)"),
            (
                "url?access_token=abc&user=b",
                "url?access_token=(hidden)&user=b",
            ),
            ("Password=a,b;c=d;User=x", "Password=(hidden);c=d;User=x"),
            (
                r#"{"user":"a","password":"hun\"ter2","n":1}"#,
                r#"{"user":"a","password":"(hidden)","n":1}"#,
            ),
            (
                r#"{\"password\":\"hunter2\",\"n\":1}"#,
                r#"{\"password\":\"(hidden)\",\"n\":1}"#,
            ),
            (r#"{"pin": 1234, "n": 1}"#, r#"{"pin": (hidden), "n": 1}"#),
            (
                "helm template . --set stripe.apiKey=abc,image.tag=1",
                "helm template . --set stripe.apiKey=(hidden),image.tag=1",
            ),
            (
                "cli --password hunter2 --verbose",
                "cli --password (hidden) --verbose",
            ),
            ("cli --token 'a b' x", "cli --token '(hidden)' x"),
            (
                "curl -u bob:hunter2 https://h",
                "curl -u (hidden) https://h",
            ),
            (
                "curl -H 'Authorization: Basic abc def' https://h",
                "curl -H 'Authorization: (hidden)' https://h",
            ),
            (
                "Authorization: Basic abc\nHost: h",
                "Authorization: (hidden)\nHost: h",
            ),
            ("Set-Cookie: a=b; c=d", "Set-Cookie: (hidden)"),
            (
                "db:\n  password: correct horse\n  user: x",
                "db:\n  password: (hidden)\n  user: x",
            ),
            (
                "a:\n  secret: |\n    one\n    two\nb: 1",
                "a:\n  secret: (hidden)\nb: 1",
            ),
            (
                "<user>a</user><password>x</password>",
                "<user>a</user><password>(hidden)</password>",
            ),
            ("connect token:abcdef now", "connect token:(hidden) now"),
            ("api_key => \"x\"", "api_key => \"(hidden)\""),
            ("password='unfinished", "password='(hidden)"),
            (
                "MODE=a b\nDB_PASS=correct horse\nX=1",
                "MODE=a b\nDB_PASS=(hidden)\nX=1",
            ),
            ("tëxt password=é\u{301}x ü", "tëxt password=(hidden) ü"),
        ] {
            assert_eq!(pairs(text).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn a_value_ends_with_its_map_and_a_sentence_is_none() {
        for (text, want) in [
            (
                "map[password:correct horse user:x]: refused",
                "map[password:(hidden) user:x]: refused",
            ),
            (
                "map[a:map[token:x]]\": no",
                "map[a:map[token:(hidden)]]\": no",
            ),
            ("db-password: hunter", "db-password: (hidden)"),
            (
                "db-password: read it from the new path\nuser: x",
                "db-password: (hidden)\nuser: x",
            ),
        ] {
            assert_eq!(pairs(text).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn messages_and_images_stay() {
        for text in [
            "token: expired",
            "secret: not found",
            "registry.example.com/team/vault-secret:1.2.3",
            "sealed-secrets:v0.27.0",
            "pod/token-refresher-7d9: CrashLoopBackOff",
            "Secret/orders-db: differs",
            "token == x",
            "sha256:0123",
            "shared-secrets: bump",
            "db-password: read it from the new path",
            "chore: shared-secrets: bump to 1.2",
            "db-password: rotate\n\nSigned-off-by: Ada Park",
            "https://token.example.com/x",
            "a -> b --verbose",
            "authorization failed: no basic auth credentials",
            "may require authorization: authorization failed: no basic auth credentials",
        ] {
            assert_eq!(pairs(text), None, "{text}");
        }
    }
}
