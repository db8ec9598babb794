//! Removes what an URL says about who asks: user-info, and the secret part of webhook addresses.

use super::HIDDEN;
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
    text.find("://")?;
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
        if let Some(secret) = WEBHOOKS
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
    use super::user_info;

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
