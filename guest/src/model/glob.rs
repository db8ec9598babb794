//! Patterns of projects and sync windows, as Argo CD's own library (gobwas/glob) reads them.

/// Stands for a slash where slashes are letters like all others. In no name, URL or pattern.
const LETTER: &str = "\u{1}";

/// Whether `text` matches; `*` crosses everything.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    separated(&pattern.replace('/', LETTER), &text.replace('/', LETTER))
}

/// Whether `text` matches; `*` stays between two slashes, `**` crosses them.
pub(crate) fn separated(pattern: &str, text: &str) -> bool {
    // A leading `!` is a letter here: who gives it a meaning has cut it off.
    let escaped = if pattern.starts_with('!') { "\\" } else { "" };
    pattern == "*" || fast_glob::glob_match(format!("{escaped}{pattern}"), text)
}

#[cfg(test)]
mod tests {
    use crate::model::glob::{matches, separated};

    #[test]
    fn as_argo_cd_reads_them() {
        for (pattern, text, want) in [
            ("*", "", true),
            ("*", "https://git.example.com/a/b", true),
            ("prod-*", "prod-shop", true),
            ("prod-*", "my-prod-shop", false),
            ("*-prod", "team/shop-prod", true),
            ("https://*.example.com", "https://a.b.example.com", true),
            ("team-?", "team-a", true),
            ("team-?", "team-ab", false),
            ("team-[ab]", "team-b", true),
            ("{shop,cart}", "cart", true),
            ("shop", "shop-2", false),
            ("", "", true),
            ("", "shop", false),
            ("!shop", "cart", false),
        ] {
            assert_eq!(matches(pattern, text), want, "{pattern} {text}");
        }
        for (pattern, text, want) in [
            (
                "https://git.example.com/**",
                "https://git.example.com/a/b",
                true,
            ),
            (
                "https://git.example.com/*",
                "https://git.example.com/a/b",
                false,
            ),
            (
                "https://git.example.com/*/b",
                "https://git.example.com/a/b",
                true,
            ),
            ("*", "https://git.example.com/a/b", true),
            ("!x", "y", false),
        ] {
            assert_eq!(separated(pattern, text), want, "{pattern} {text}");
        }
    }
}
