//! A manifest in the rows of a listing: pieces of whole lines, so that any of it fits a page.

use crate::{
    answer::{
        Line,
        member::{Member, number, text},
    },
    call::listing::Row,
    redact::capped,
};

/// Maximum length of a piece of YAML, in characters: larger manifests continue in the next, so that no
/// page is left empty because the next manifest is long.
const PIECE_CHARS: usize = 2_500;
/// Longest line of YAML, in characters.
const LINE_CHARS: usize = 600;

/// The members of a piece.
pub(crate) const PIECE: [Member; 3] = [text("object"), number("piece"), text("yaml").maybe()];

/// One manifest in pieces of whole lines, each under its name.
pub(crate) fn pieces(name: &str, yaml: &str) -> Vec<Row> {
    let mut pieces: Vec<String> = Vec::new();
    let mut left = 0;
    for line in yaml.lines() {
        let mut line = capped(line, LINE_CHARS);
        // Lines of the manifest must not look like our own guidance.
        if line.starts_with("Next:") || line.starts_with("Note:") {
            line.insert(0, ' ');
        }
        let length = line.chars().count() + 1;
        match pieces.last_mut().filter(|_| length <= left) {
            Some(text) => {
                text.push('\n');
                text.push_str(&line);
            }
            None => {
                pieces.push(line);
                left = PIECE_CHARS;
            }
        }
        left -= length;
    }
    let row = |(number, text): (usize, String)| {
        let line = head(name, number).glue("\n").fact("yaml", text);
        Row::of(format!("{name} {number}"), line)
    };
    pieces.into_iter().enumerate().map(row).collect()
}

/// A manifest that is not there, with the words that say so.
pub(crate) fn absent(name: &str, words: &'static str) -> Row {
    let line = head(name, 0).glue("\n").glue(words);
    Row::of(format!("{name} 0"), line)
}

/// `--- # Deployment web/api, continued`.
fn head(name: &str, number: usize) -> Line {
    let line = Line::new()
        .glue("--- # ")
        .fact("object", name)
        .keeping("piece", number + 1);
    if number > 0 {
        line.glue(", continued")
    } else {
        line
    }
}
