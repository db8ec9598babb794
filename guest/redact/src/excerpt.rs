//! An excerpt of a long message that keeps its reason: opaque runs are shortened, wrappers go, and what is
//! left out is taken from the segments that say least.

use std::ops::Range;

/// Characters that mark a gap, with the blank behind it.
const GAP: &str = "… ";
/// Fewest bytes of a run of letters and digits that nobody reads: a SHA-1 has 40.
const OPAQUE_BYTES: usize = 32;
/// What is kept of an opaque run.
const OPAQUE_KEPT: usize = 7;
/// Bytes below which a segment with a shortened run in it is nothing but that run.
const STUB_BYTES: usize = 16;
/// Fewest characters for which a part of a segment is worth a gap.
const PART_CHARS: usize = 24;

/// Wrappers that say nothing about a reason, in front of it.
const WRAPPERS: [&str; 8] = [
    "Failed to load target state: ",
    "Failed to load live state: ",
    "failed to generate manifest for source 1 of 1: ",
    "rpc error: code = Unknown desc = ",
    "rpc error: code = Internal desc = ",
    "failed to initialize repository resources: ",
    "error synchronizing cache state : ",
    "one or more objects failed to apply, reason: ",
];

/// Words of a segment that is likely the reason, and of one that may only announce it.
const STRONG: [&str; 22] = [
    "fatal:",
    "denied",
    "forbidden",
    "not found",
    "quota",
    "refused",
    "expired",
    "invalid",
    "cannot",
    "no such",
    "not allowed",
    "not authorized",
    "unauthorized",
    "unable",
    "already",
    "exceed",
    "required",
    "missing",
    "timeout",
    "duplicate",
    "does not",
    "not declared",
];
const WEAK: [&str; 3] = ["error", "failed", "unknown"];

/// `line`, which is one line, in at most `max` characters. An excerpt has at least one `…`.
pub(super) fn excerpt(line: &str, max: usize) -> String {
    let fits = |text: &str| text.chars().count() <= max;
    if fits(line) {
        return line.to_owned();
    }
    let short = shortened(line);
    if fits(&short) {
        return short;
    }
    let mut rest = short.as_str();
    while let Some(inner) = WRAPPERS
        .iter()
        .find_map(|wrapper| rest.strip_prefix(wrapper))
    {
        rest = inner;
    }
    if rest.len() < short.len() && rest.chars().count() + GAP.chars().count() <= max {
        return format!("{GAP}{rest}");
    }
    let kept = kept(rest, max);
    if kept.is_empty() || !fits(&kept) {
        return ends(rest, max);
    }
    kept
}

/// Both ends of `line`: a third from its start.
fn ends(line: &str, max: usize) -> String {
    let (head, tail) = (max / 3, max - max / 3 - 3);
    let end = line.char_indices().nth(head).map_or(0, |(at, _)| at);
    let from = line.char_indices().nth_back(tail.saturating_sub(1));
    let from = from.map_or(0, |(at, _)| at);
    format!("{} … {}", line[..end].trim_end(), line[from..].trim_start())
}

/// The segments that say most, in their order, with gaps between them.
fn kept(line: &str, max: usize) -> String {
    let segments = segments(line);
    let text = |at: usize| line[segments[at].clone()].trim_end();
    let is_stub = |at: &usize| text(*at).len() < STUB_BYTES && text(*at).contains('…');
    let own: Vec<u8> = (0..segments.len()).map(|at| weight(text(at))).collect();
    // The last one is the root, and often too short to be understood without the one before.
    let last = (0..segments.len())
        .rev()
        .find(|at| !is_stub(at))
        .unwrap_or(0);
    let weight = |at: usize| {
        let follows = at > 0 && own[at - 1] == 3;
        let first = u8::from(at == 0);
        match at {
            at if at == last => 5,
            at if at + 1 == last => 4,
            // What follows a reason completes it.
            at => own[at].max(first).max(if follows { 2 } else { 0 }),
        }
    };
    let mut order: Vec<usize> = (0..segments.len()).filter(|at| !is_stub(at)).collect();
    order.sort_by_key(|at| std::cmp::Reverse((weight(*at), *at)));
    let chars = |range: &Range<usize>| line[range.clone()].chars().count() + GAP.chars().count();
    let mut left = max.saturating_sub(2 * GAP.chars().count());
    let mut parts: Vec<Range<usize>> = Vec::new();
    for at in order {
        let segment = segments[at].clone();
        let cost = chars(&segment);
        if cost <= left {
            left -= cost;
            parts.push(segment);
        } else if left >= PART_CHARS + GAP.len() {
            // The end of a segment stands beside the reason that follows it.
            let tail = line[segment.clone()]
                .char_indices()
                .nth_back(left - GAP.chars().count() - 1);
            let from = segment.start + tail.map_or(0, |(at, _)| at);
            left = 0;
            parts.push(from..segment.end);
        }
    }
    if parts.is_empty() {
        return String::new();
    }
    parts.sort_by_key(|part| part.start);
    let mut text = String::new();
    let mut end = 0;
    for part in parts {
        if part.start != end {
            text.push_str(GAP);
        }
        end = part.end;
        text.push_str(&line[part]);
    }
    if end < line.len() {
        text.push_str(GAP);
    }
    text.trim_end().to_owned()
}

/// How much a segment says.
fn weight(segment: &str) -> u8 {
    let lower = segment.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&STRONG) || status_code(&lower) {
        3
    } else if has(&WEAK) {
        2
    } else {
        0
    }
}

/// Whether a word of `text` is an HTTP status of a failure.
fn status_code(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word.len() == 3 && matches!(word.parse(), Ok(400..=599)))
}

/// The segments of a chain of errors: each ends with what separates it from the next.
fn segments(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, _) in line.match_indices(' ') {
        if line[..at].ends_with([':', ';', '.', ',']) {
            found.push(start..at + 1);
            start = at + 1;
        }
    }
    found.push(start..line.len());
    found.retain(|range| !range.is_empty());
    found
}

/// `line` with runs that nobody reads shortened: hashes, encoded messages, UUIDs.
fn shortened(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let is_run = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '_' | '-');
    let mut rest = line;
    while !rest.is_empty() {
        let run = rest.find(|c| !is_run(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(run);
        if is_opaque(word) {
            out.push_str(&word[..OPAQUE_KEPT]);
            out.push('…');
        } else if word.contains('/') {
            // A path: its parts are looked at alone.
            let parts = word.split('/').map(|part| {
                if is_opaque(part) {
                    format!("{}…", &part[..OPAQUE_KEPT])
                } else {
                    part.to_owned()
                }
            });
            out.push_str(&parts.collect::<Vec<_>>().join("/"));
        } else {
            out.push_str(word);
        }
        let next = after.find(is_run).unwrap_or(after.len());
        out.push_str(&after[..next]);
        rest = &after[next..];
    }
    out
}

/// Whether `word` is a hash, an encoded message or a UUID: long, with digits, and without the separators
/// that names have between words.
fn is_opaque(word: &str) -> bool {
    if word.len() < OPAQUE_BYTES || !word.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let is_hex = word
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let longest = word.split(['-', '_', '/', '.']).map(str::len).max();
    is_hex || longest.is_some_and(|longest| longest >= OPAQUE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_stays_whichever_way_the_message_is_long() {
        let encoded = "Zx9Qr7".repeat(60);
        let command = "--api-versions example.com/v1 ".repeat(30);
        let refs = "remote: Counting objects, please wait ".repeat(20);
        let patch = "metadata:map[annotations:map[a:b]] ".repeat(20);
        for (message, reason) in [
            (
                format!(
                    "operation error STS: AssumeRole, https response error StatusCode: 403, RequestID: 1, api error AccessDenied: not authorized to perform: sts:AssumeRole. Encoded authorization failure message: {encoded}"
                ),
                "not authorized to perform: sts:AssumeRole",
            ),
            (
                format!(
                    "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = `helm template . {command}` failed exit status 1: Error: values.yaml is missing"
                ),
                "Error: values.yaml is missing",
            ),
            (
                format!("git fetch: {refs}: fatal: repository is over its quota: {refs}"),
                "fatal: repository is over its quota",
            ),
            (
                format!(
                    "\"\" is invalid: patch: Invalid value: \"map[{patch}]\": unrecognized type: string"
                ),
                "unrecognized type: string",
            ),
        ] {
            for max in [120, 360] {
                let text = excerpt(&message, max);
                assert!(text.contains(reason), "{max}: {text}");
                assert!(text.chars().count() <= max && text.contains('…'), "{text}");
            }
        }
    }

    #[test]
    fn hashes_are_shortened_before_anything_is_cut() {
        let message = "cannot reference a different revision ($values resolves to \"6b0d31c0d563223024da45691584643ac78c96e8\" and not to \"7a38d8cbd20d9932ba948efaa364bb62651d5ad4\")";
        let text = excerpt(message, 110);
        assert!(
            text.contains("\"6b0d31c…\" and not to \"7a38d8c…\")"),
            "{text}"
        );
        for name in [
            "a-long-name-of-a-deployment-with-number-12",
            "apps/production/overlays/eu-central-1/values.yaml",
        ] {
            assert_eq!(shortened(name), name);
        }
        let path = "/tmp/_argocd-repo/5b0e3f8a-3f0a-4c34-9d0a-c90bde9d1b55/.git";
        assert_eq!(shortened(path), "/tmp/_argocd-repo/5b0e3f8…/.git");
    }

    #[test]
    fn a_short_text_is_left_alone_and_a_bare_run_keeps_its_ends() {
        assert_eq!(excerpt("as it is", 60), "as it is");
        let run = "é".repeat(90);
        assert_eq!(excerpt(&run, 30).chars().count(), 30);
    }
}
