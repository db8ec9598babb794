//! The table of requirements in SECURITY.md has a row of the kit for each id, and the kit no other.

use std::{collections::BTreeSet, path::Path};

/// Panics with the ids that only one side has.
pub(crate) fn each_has_its_row<'a>(rows: impl Iterator<Item = &'a str>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../SECURITY.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, table) = text
        .split_once("## Requirements")
        .expect("the section Requirements");
    let table = table.split("\n## ").next().unwrap_or_default();
    let ids: Vec<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next())
        .filter(|id| id.starts_with(['R', 'C']) && id.ends_with(|c: char| c.is_ascii_digit()))
        .collect();
    let required: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(
        required.len(),
        ids.len(),
        "an id comes twice in SECURITY.md"
    );
    let rows: BTreeSet<&str> = rows.collect();
    let without: Vec<_> = required.symmetric_difference(&rows).collect();
    assert!(
        without.is_empty(),
        "in SECURITY.md or in the kit, not in both: {without:?}"
    );
    assert!(
        required.len() >= 29,
        "the table is there: {}",
        required.len()
    );
}
