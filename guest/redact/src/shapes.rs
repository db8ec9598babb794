//! Hides credentials that are recognisable by their shape alone.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

use super::node::HIDDEN;

/// Prefix and minimum length of tokens that services issue.
const PREFIXES: [(&str, usize); 25] = [
    ("AKIA", 20),
    ("ASIA", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 30),
    ("glpat-", 20),
    ("glrt-", 20),
    ("gldt-", 20),
    ("xoxb-", 16),
    ("xoxp-", 16),
    ("xoxa-", 16),
    ("xapp-", 16),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("whsec_", 16),
    ("sk-", 24),
    ("AIza", 35),
    ("npm_", 30),
    ("hvs.", 20),
    ("ya29.", 20),
    ("dckr_pat_", 20),
];

/// Least length of a text that [`tokens`] finds something in, in bytes: `basic ` and 8 more.
pub(super) const LEAST_BYTES: usize = 14;

/// PEM private keys, also with `\n` written out; an unfinished one hides the rest of the text.
pub(super) fn private_keys(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((start, end)) = private_key(rest) {
        out.push_str(&rest[..start]);
        out.push_str("(hidden private key)");
        rest = &rest[end..];
    }
    if rest.len() == text.len() {
        return None;
    }
    out.push_str(rest);
    Some(out)
}

/// Start and end of the first private key block.
fn private_key(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find("-----BEGIN ")?;
        let label = &text[start + 11..];
        let dashes = label.find("-----").unwrap_or(label.len());
        if label[..dashes].contains("PRIVATE KEY") {
            let body = start + 11 + dashes;
            let end = text[body..].find("-----END ").map_or(text.len(), |at| {
                let label = body + at + 9;
                text[label..]
                    .find("-----")
                    .map_or(text.len(), |dashes| label + dashes + 5)
            });
            return Some((start, end));
        }
        from = start + 11;
    }
}

/// Whether `line` opens a private key that it does not close, or closes one: for text that comes line by line.
pub(super) fn key_boundary(line: &str) -> (bool, bool) {
    let marker = |word: &str| {
        line.rfind(word)
            .filter(|at| line[*at..].contains("PRIVATE KEY"))
    };
    match (marker("-----BEGIN "), marker("-----END ")) {
        (Some(begin), Some(end)) => (begin > end, true),
        (begin, end) => (begin.is_some(), end.is_some()),
    }
}

/// JWTs, tokens of known services, and what follows `Bearer` or `Basic`.
pub(super) fn tokens(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    let mut scheme = false;
    while at < bytes.len() {
        if !is_token_byte(bytes[at]) {
            scheme &= bytes[at] == b' ';
            at += 1;
            continue;
        }
        let end = at
            + bytes[at..]
                .iter()
                .take_while(|b| is_token_byte(**b))
                .count();
        let word = &text[at..end];
        if let Some((start, length)) = secret_part(word, scheme) {
            out.push_str(&text[copied..at + start]);
            out.push_str(HIDDEN);
            copied = at + start + length;
        }
        scheme = word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("basic");
        at = end;
    }
    if copied == 0 {
        return None;
    }
    out.push_str(&text[copied..]);
    Some(out)
}

fn is_token_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'+' | b'/' | b'=' | b'~')
}

/// Where the secret starts in `word` and how long it is.
fn secret_part(word: &str, after_scheme: bool) -> Option<(usize, usize)> {
    if after_scheme && looks_random(word) {
        return Some((0, word.len()));
    }
    if word.len() < 16 {
        return None;
    }
    if let Some(start) = encoded_secret(word) {
        return Some((start, word.len() - start));
    }
    let bytes = word.as_bytes();
    // End of the last run without a JWT: its later parts have none either.
    let mut no_jwt_before = 0;
    for start in 0..word.len() {
        // A token starts where a word starts: not inside `task_live_...`.
        if start > 0 && (bytes[start - 1].is_ascii_alphanumeric() || bytes[start - 1] == b'_') {
            continue;
        }
        let rest = &word[start..];
        if start >= no_jwt_before && rest.starts_with("eyJ") {
            let length = run_length(rest, usize::MAX);
            let parts = rest[..length].split('.').filter(|part| part.len() > 8);
            if parts.count() >= 2 {
                return Some((start, length));
            }
            no_jwt_before = start + length;
        }
        let known = |(prefix, least): &(&str, usize)| {
            rest.starts_with(prefix) && run_length(rest, *least) >= *least
        };
        if PREFIXES.iter().any(known) {
            return Some((start, run_length(rest, usize::MAX)));
        }
    }
    None
}

/// Maximum characters of base64 to decode: the start identifies a login or a key.
const ENCODED_CHARS: usize = 400;

/// Where base64 of `user:password` or of a private key starts in `word`.
fn encoded_secret(word: &str) -> Option<usize> {
    let data = word.trim_end_matches('=');
    // `auth=…`: an equals sign inside ends a key.
    let start = data.rfind('=').map_or(0, |at| at + 1);
    let data = &data[start..];
    let length = data.len().min(ENCODED_CHARS);
    let length = if length < data.len() {
        length / 4 * 4
    } else {
        length
    };
    let bytes = STANDARD_NO_PAD.decode(data.get(..length)?).ok()?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let is_login = text.split_once(':').is_some_and(|(user, password)| {
        let is_user = |b: u8| b.is_ascii_alphanumeric() || b"._-@+$".contains(&b);
        !user.is_empty()
            && user.bytes().all(is_user)
            && password.len() >= 4
            && password.bytes().all(|b| b.is_ascii_graphic())
    });
    (is_login || text.contains("PRIVATE KEY-----")).then_some(start)
}

/// How many characters of a token `text` starts with, counted up to `most`.
fn run_length(text: &str, most: usize) -> usize {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    text.bytes().take(most).take_while(is_part).count()
}

/// Whether a word after `Bearer` or `Basic` is a credential and not prose.
fn looks_random(word: &str) -> bool {
    word.len() >= 8
        && word
            .bytes()
            .skip(1)
            .any(|b| !b.is_ascii_lowercase() && b != b'.' && b != b'-')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{private_keys, tokens};

    #[test]
    fn tokens_are_known_by_shape() {
        for (text, want) in [
            (
                "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0abc.c2lnbmF0dXJl end",
                "jwt (hidden) end",
            ),
            ("(AKIAIOSFODNN7EXAMPLE)", "((hidden))"),
            ("ghp_0123456789abcdefghijABCDEFGHIJ012345", "(hidden)"),
            ("key=sk_live_0123456789abcdef,x", "key=(hidden),x"),
            (
                "Authorization Bearer abcDEF0123456789",
                "Authorization Bearer (hidden)",
            ),
            ("basic dXNlcjpwYXNzd29yZA==", "basic (hidden)"),
            ("/path/glpat-0123456789abcdefghij/x", "/path/(hidden)/x"),
            ("x dXNlcjpodW50ZXIyMg== y", "x (hidden) y"),
            ("auth=dXNlcjpodW50ZXIyMg", "auth=(hidden)"),
            (
                "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlF",
                "(hidden)",
            ),
        ] {
            assert_eq!(tokens(text).unwrap(), want);
        }
        for text in [
            "Basic authentication failed",
            "task_live_0123456789abcdef",
            "eyJ",
            "AKIA",
            "disk-0123456789012345678901234",
        ] {
            assert_eq!(tokens(text), None, "{text}");
        }
    }

    #[test]
    fn private_keys_go_certificates_stay() {
        let key = "a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- b";
        assert_eq!(private_keys(key).unwrap(), "a (hidden private key) b");
        let escaped = r"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n";
        assert_eq!(private_keys(escaped).unwrap(), r"(hidden private key)\n");
        assert_eq!(
            private_keys("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl").unwrap(),
            "(hidden private key)"
        );
        assert_eq!(
            private_keys("-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----"),
            None
        );
    }
}
