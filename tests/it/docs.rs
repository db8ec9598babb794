//! The documents are true where a machine can tell: commands run, samples are accepted, flags, variables,
//! keys, files, anchors and tests exist, and what exists is documented.

mod anchors;
mod commands;
mod names;
mod reading;
mod samples;

use std::path::{Path, PathBuf};

use crate::rust_files::rust_files;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap()
}

/// The pages below `docs/`, as paths from the root.
fn pages() -> Vec<String> {
    let mut pages: Vec<String> = std::fs::read_dir(root().join("docs"))
        .unwrap()
        .map(|entry| format!("docs/{}", entry.unwrap().file_name().to_str().unwrap()))
        .filter(|page| page.ends_with(".md"))
        .collect();
    pages.sort();
    assert!(pages.len() >= 8, "{pages:?}");
    pages
}

/// What a user reads: README, SECURITY, CHANGELOG and the pages of `docs/`.
fn user_documents() -> Vec<String> {
    let mut documents = ["README.md", "SECURITY.md", "CHANGELOG.md"]
        .map(str::to_owned)
        .to_vec();
    documents.extend(pages());
    documents
}

/// The fenced blocks of a document with this language, without their fences.
fn blocks(document: &str, language: &str) -> Vec<String> {
    let text = read(document);
    let parts = text.split("\n```").skip(1).step_by(2);
    parts
        .filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'))
        .map(str::to_owned)
        .collect()
}

/// The code spans of a document, those of its fenced blocks left out.
fn code_spans(document: &str) -> Vec<String> {
    let text = read(document);
    let prose: String = text.split("\n```").step_by(2).collect();
    let spans = prose.split('`').skip(1).step_by(2);
    spans.map(str::to_owned).collect()
}

#[test]
fn architecture_stays_within_three_pages() {
    assert!(read("ARCHITECTURE.md").lines().count() <= 150);
}

#[test]
fn prose_has_a_sentence_a_line() {
    for document in user_documents() {
        let text = read(&document);
        let prose = text.split("\n```").step_by(2).flat_map(str::lines);
        let prose = prose.filter(|line| !line.trim_start().starts_with(['|', '-', '#', '<']));
        for line in prose {
            let ends = line.match_indices(". ").chain(line.match_indices("? "));
            for (at, _) in ends {
                let next = line[at + 2..].chars().next();
                assert!(
                    !next.is_some_and(char::is_uppercase),
                    "{document} has two sentences on a line: {line}"
                );
            }
        }
    }
}
