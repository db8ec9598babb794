//! Tells a sentence behind `name-of-a-thing:` from a value: commit subjects such as
//! `db-password: read it from the new path` have the form of a pair, and hide nothing.

/// Words that a sentence has and a passphrase has not.
const JOINTS: [&str; 32] = [
    "a", "after", "and", "are", "as", "at", "be", "before", "but", "by", "does", "for", "from",
    "if", "in", "instead", "into", "is", "it", "its", "not", "of", "on", "or", "that", "the", "to",
    "until", "when", "with", "without", "was",
];

/// First words of a subject that may be its only one.
const VERBS: [&str; 22] = [
    "add", "allow", "bump", "delete", "deploy", "disable", "drop", "enable", "fix", "migrate",
    "move", "refactor", "release", "remove", "rename", "replace", "restore", "revert", "rotate",
    "sync", "update", "upgrade",
];

/// Fewest words that are a sentence whatever the first one is.
const SENTENCE_WORDS: usize = 3;

/// Whether `rest`, which follows `key: `, is a sentence about the thing that `key` names.
///
/// Each word has to be a plain one: a value that looks like one in any place is taken for one.
pub(super) fn is_prose(key: &str, rest: &str) -> bool {
    let line = rest.lines().next().unwrap_or_default();
    let (mut words, mut is_plain_line, mut has_joint) = (0, true, false);
    let mut is_verb = false;
    for word in line.split_whitespace() {
        let word = word.trim_matches(|c: char| ".,;:!?()'`\"".contains(c));
        is_verb |= words == 0 && VERBS.contains(&word);
        has_joint |= words > 0 && JOINTS.contains(&word);
        is_plain_line &= is_plain(word);
        words += 1;
    }
    // `password: update` may be one; a thing has more of a name.
    let is_thing = key.contains(['-', '_', '/']) && !key.bytes().any(|b| b.is_ascii_uppercase());
    let is_sentence = words >= SENTENCE_WORDS && has_joint;
    is_plain_line && (is_sentence || (is_thing && is_verb))
}

/// A word of a language, the name of a thing, a short number, a version or a reference to an issue.
fn is_plain(word: &str) -> bool {
    let is_lower = |part: &str| part.bytes().all(|b| b.is_ascii_lowercase());
    let is_word = |part: &str| {
        let rest = part.get(1..).unwrap_or_default();
        part.bytes().all(|b| b.is_ascii_alphabetic())
            && (is_lower(rest) || part.bytes().all(|b| b.is_ascii_uppercase()))
    };
    let number = word.trim_start_matches(['#', 'v']);
    let is_number = !number.is_empty()
        && number.len() <= NUMBER_CHARS
        && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    is_number || word.split(['-', '/', '\'']).all(is_word)
}

/// Longest number in a sentence, in characters: longer ones are codes.
const NUMBER_CHARS: usize = 8;

#[cfg(test)]
mod tests {
    use super::is_prose;

    #[test]
    fn sentences_are_told_from_values() {
        for (key, rest) in [
            ("shared-secrets", "bump"),
            ("db-password", "read it from the new path"),
            ("db-password", "Rotated, as it was in Git (#41)."),
            ("auth-token", "retry on 401 in checkout"),
            ("token-secret", "upgrade to v1.2.3"),
            ("password", "it is read from the file"),
        ] {
            assert!(is_prose(key, rest), "{key}: {rest}");
        }
        for (key, rest) in [
            ("db-password", "hunter"),
            ("db-password", "hunter2"),
            ("password", "update"),
            ("DB_PASSWORD", "update"),
            ("db-password", "correct horse battery staple"),
            ("db-password", "rotate to S3cr3tValue"),
            ("db-password", "read it from aGVsbG8"),
            ("db-password", "the pin is 1234567890"),
            ("db-password", ""),
        ] {
            assert!(!is_prose(key, rest), "{key}: {rest}");
        }
    }
}
