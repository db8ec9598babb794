//! Words of an answer: harmless text from outside, revisions, names and counts.

use crate::{
    limits,
    redact::{TEXT_BYTES, Text, one_line},
};

/// Quotes text from the cluster, Git or a user to the end of the line; empty for empty text.
pub(crate) fn said(text: &Text) -> String {
    quotation(text, limits::SAID_CHARS).map_or(String::new(), |text| format!(" > {text}"))
}

/// Whether `text` has more than `chars` characters, so that a call which shows the whole is worth naming.
pub(crate) fn is_longer(text: &Text, chars: usize) -> bool {
    text.line(TEXT_BYTES).chars().count() > chars
}

/// The same as [`said`] in at most `chars` characters and without our quotation mark; `None` when it is empty.
pub(super) fn quotation(text: &Text, chars: usize) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.both_ends(chars))
}

/// A name, reason or status word from the cluster: on one line, short, without our quotation mark.
pub(crate) fn word(text: &str) -> String {
    let line = one_line(text, 253);
    if line.contains(" > ") {
        line.replace(" > ", " ")
    } else {
        line
    }
}

/// A short revision: 7 characters of a commit; a digest or version unchanged.
pub(crate) fn revision(text: &str) -> String {
    let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    match text.strip_prefix("sha256:") {
        Some(digest) if is_hex(digest) && digest.len() > 12 => format!("sha256:{}", &digest[..12]),
        None if matches!(text.len(), 40 | 64) && is_hex(text) => text[..7].to_owned(),
        _ => word(&one_line(text, 80)),
    }
}

/// Maximum names that [`listed`] shows.
const NAMES_MAX: usize = 12;

/// The first of `count` names: `a, b and 3 more`.
pub(crate) fn listed<'a>(names: impl Iterator<Item = &'a Text>, count: usize) -> String {
    let first: Vec<String> = names.take(NAMES_MAX).map(|name| name.line(120)).collect();
    match count.saturating_sub(first.len()) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// `1 Pod`, `3 Pods`.
pub(crate) fn plural(count: usize, one: &str) -> String {
    match (count, one) {
        (1, _) => format!("1 {one}"),
        (_, one) if one.ends_with(['s', 'x']) || one.ends_with("ch") => format!("{count} {one}es"),
        (_, one) => match one
            .strip_suffix('y')
            .filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']))
        {
            Some(stem) => format!("{count} {stem}ies"),
            None => format!("{count} {one}s"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{plural, revision, word};

    #[test]
    fn revisions_are_short() {
        for (text, want) in [
            ("dd4b41f542a7e983ede56f4a066893b4b0ea3a74", "dd4b41f"),
            ("1.2.3", "1.2.3"),
            ("main", "main"),
            ("", ""),
            (
                "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "sha256:0123456789ab",
            ),
        ] {
            assert_eq!(revision(text), want);
        }
    }

    #[test]
    fn plurals() {
        for (count, one, want) in [
            (1, "Pod", "1 Pod"),
            (2, "Ingress", "2 Ingresses"),
            (3, "NetworkPolicy", "3 NetworkPolicies"),
            (0, "key", "0 keys"),
        ] {
            assert_eq!(plural(count, one), want);
        }
    }

    #[test]
    fn words_cannot_quote() {
        assert_eq!(word("a > b\nNext: c"), "a b Next: c");
    }
}
