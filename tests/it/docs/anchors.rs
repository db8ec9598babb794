//! Links lead somewhere.

use std::path::Path;

use super::{read, root, user_documents};

/// The targets of a document's links, those of other sites left out.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1);
    targets
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.to_owned())
        .filter(|target| !target.contains("://"))
        .collect()
}

/// The anchors of a document's headings, as GitHub makes them.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let kept = line.trim_start_matches('#').trim().chars();
            kept.filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect::<String>()
                .to_lowercase()
        })
        .collect()
}

#[test]
fn links_lead_to_files_and_headings_that_exist() {
    let mut seen = 0;
    let mut documents = user_documents();
    documents.push("ARCHITECTURE.md".to_owned());
    for document in documents {
        let text = read(&document);
        for link in links(&text) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let folder = Path::new(&document).parent().unwrap();
            let target = if file.is_empty() {
                root().join(&document)
            } else {
                root().join(folder).join(file)
            };
            assert!(target.exists(), "{document} links to {link}");
            if !anchor.is_empty() {
                let there = anchors(&std::fs::read_to_string(&target).unwrap());
                assert!(
                    there.contains(&anchor.to_owned()),
                    "{document} links to {link}; there are {there:?}"
                );
            }
            seen += 1;
        }
    }
    assert!(seen >= 30, "the documents link: {seen}");
}

#[test]
fn the_front_page_leads_to_each_reference_page() {
    let links = links(&read("README.md"));
    for page in super::pages() {
        assert!(links.contains(&page), "README does not link to {page}");
    }
}
