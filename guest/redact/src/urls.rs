//! Removes credentials from URLs: user-info, and the secret part of webhook addresses.

use memchr::memmem;

use super::node::HIDDEN;
use crate::limits;

/// Hosts whose URL path is itself the credential, with the part of the path before it.
const WEBHOOKS: [&str; 4] = [
    "hooks.slack.com/",
    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/",
    "webhook.office.com/",
];

/// `scheme://user:password@host` becomes `scheme://host`.
pub(super) fn user_info(text: &str) -> Option<String> {
    memmem::find(text.as_bytes(), b"://")?;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(at) = rest.find("://") {
        let (head, tail) = rest.split_at(at + 3);
        out.push_str(head);
        let near = &tail[..tail.floor_char_boundary(limits::URL_BYTES)];
        let url = &near[..near.find(ends_url).unwrap_or(near.len())];
        let cut = user_info_end(url);
        changed |= cut > 0;
        let url = &url[cut..];
        rest = &tail[cut..];
        // Each has this word, and most addresses do not.
        let hooks = memmem::find(url.as_bytes(), b"hook").map_or(&[][..], |_| &WEBHOOKS);
        if let Some(secret) = hooks
            .iter()
            .find_map(|hook| Some(url.find(hook)? + hook.len()))
        {
            out.push_str(&url[..secret]);
            out.push_str(HIDDEN);
            rest = &rest[url.len()..];
            changed = true;
        }
    }
    out.push_str(rest);
    changed.then_some(out)
}

/// Minimum password length in a login without a scheme, in characters: `to:bob@` is not a login.
const PASSWORD_CHARS: usize = 6;

/// `user:password@host` without a scheme becomes `host`: connection strings of databases, and URLs
/// whose scheme got lost. The host has to look like one, as images are pinned by `name:tag@sha256:…`.
pub(super) fn login(text: &str) -> Option<String> {
    text.find('@')?;
    let is_part = |c: char| !c.is_whitespace() && !"\"'`,;()[]{}<>/@=".contains(c);
    let mut out = String::new();
    let mut copied = 0;
    for (at, _) in text.match_indices('@') {
        let from = text.ceil_char_boundary(copied.max(at.saturating_sub(limits::KEY_BYTES)));
        let before = &text[from..at];
        let start = from
            + before.rfind(|c| !is_part(c)).map_or(0, |last| {
                last + before[last..].chars().next().map_or(1, char::len_utf8)
            });
        let is_login = text[start..at]
            .split_once(':')
            .is_some_and(|(user, password)| {
                !user.is_empty() && user != "mailto" && password.chars().count() >= PASSWORD_CHARS
            });
        if is_login && is_host(&text[at + 1..]) {
            out.push_str(&text[copied..start]);
            copied = at + 1;
        }
    }
    (copied > 0).then(|| out + &text[copied..])
}

/// Whether the text starts with a name with a dot, `localhost`, or Go's `tcp(…)`.
fn is_host(text: &str) -> bool {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.'))
        .unwrap_or(text.len());
    let host = &text[..end];
    let has_dot = host.trim_matches('.').contains('.');
    let is_address = matches!(host, "tcp" | "unix") && text[end..].starts_with('(');
    host == "localhost"
        || is_address
        || (has_dot && host.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

/// A URL in running text ends at white space, quotes, brackets or another URL's list separator.
fn ends_url(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>')
}

/// How many bytes of `url` (what follows `://`) are user-info, `@` included.
fn user_info_end(url: &str) -> usize {
    let authority = url.find(['/', '?', '#']).unwrap_or(url.len());
    if let Some(at) = url[..authority].rfind('@') {
        return at + 1;
    }
    // A password with an unescaped slash pushes its own `@` behind the first slash:
    // `user:pa/ss@host`. What stands behind the colon is then no port.
    let Some((_, port)) = url[..authority].split_once(':') else {
        return 0;
    };
    let is_port = port.bytes().all(|b| b.is_ascii_digit()) || url.starts_with('[');
    if is_port {
        0
    } else {
        url.rfind('@').map_or(0, |at| at + 1)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{login, user_info};

    #[test]
    fn logins_without_a_scheme_go() {
        for (text, want) in [
            (
                "clone bob:hunter22@git.example.com/x failed",
                "clone git.example.com/x failed",
            ),
            ("root:hunter22@tcp(db:3306)/shop", "tcp(db:3306)/shop"),
            ("a,u:hunter22@localhost:5432", "a,localhost:5432"),
        ] {
            assert_eq!(login(text).unwrap(), want);
        }
        for text in [
            "registry.example.com/a:4.12.0-rc1@sha256:0123",
            "git@git.example.com:team/deploy.git",
            "mailto:somebody@example.com",
            "to:bob@example.com",
            "a: b@c.d",
            "@",
        ] {
            assert_eq!(login(text), None, "{text}");
        }
    }

    #[test]
    fn user_info_goes() {
        for (text, want) in [
            (
                "https://u:p@git.example.com/a.git",
                "https://git.example.com/a.git",
            ),
            (
                "https://token@git.example.com/a.git",
                "https://git.example.com/a.git",
            ),
            (
                "postgres://u:p@ss@db:5432/x?sslmode=off",
                "postgres://db:5432/x?sslmode=off",
            ),
            ("postgres://u:pa/ss?#@db:5432/x", "postgres://db:5432/x"),
            (
                "a https://u:p@h1/x, b amqp://u:p@h2",
                "a https://h1/x, b amqp://h2",
            ),
            ("Get \"https://u:p@h/x\": EOF", "Get \"https://h/x\": EOF"),
            (
                "https://hooks.slack.com/services/T0/B0/abc done",
                "https://hooks.slack.com/(hidden) done",
            ),
        ] {
            assert_eq!(user_info(text).unwrap(), want);
        }
        for text in [
            "https://git.example.com:8443/a@b",
            "https://[::1]:8443/x@y",
            "no url",
            "a://",
            "https://h/p@1.2",
        ] {
            assert_eq!(user_info(text), None, "{text}");
        }
    }
}
