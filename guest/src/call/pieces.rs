//! A manifest in the rows of a listing: pieces of whole lines, so that any of it fits a page.

use crate::{call::listing::Row, redact::capped};

/// Maximum length of a piece of YAML, in characters: larger manifests continue in the next, so that no
/// page is left empty because the next manifest is long.
const PIECE_CHARS: usize = 2_500;
/// Longest line of YAML, in characters.
const LINE_CHARS: usize = 600;

/// One manifest in pieces of whole lines, each under its name.
pub(crate) fn pieces(name: &str, yaml: &str) -> Vec<Row> {
    let mut pieces: Vec<(String, String)> = Vec::new();
    let mut left = 0;
    for line in yaml.lines() {
        let mut line = capped(line, LINE_CHARS);
        // Lines of the manifest must not look like our own guidance.
        if line.starts_with("Next:") || line.starts_with("Note:") {
            line.insert(0, ' ');
        }
        let length = line.chars().count() + 1;
        if length > left {
            let number = pieces.len();
            let continued = if number > 0 { ", continued" } else { "" };
            let head = format!("--- # {name}{continued}");
            pieces.push((format!("{name} {number}"), head));
            left = PIECE_CHARS;
        }
        left -= length;
        if let Some((_, text)) = pieces.last_mut() {
            text.push('\n');
            text.push_str(&line);
        }
    }
    let row = |(key, text): (String, String)| Row::of(key, text);
    pieces.into_iter().map(row).collect()
}
