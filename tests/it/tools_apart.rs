//! Tools of the guest take nothing from each other but in the pairs of ARCHITECTURE.md: what two of
//! them need stands below, in `call/` or `model/`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::rust_files::rust_files;

/// The pairs that there are, each with the reason that ARCHITECTURE.md gives.
const PAIRS: &[(&str, &str)] = &[
    // Both read the same list in the same way: by project when it is too large, by the same filters.
    ("find", "applications"),
];
/// Most pairs: more would be a room within the room.
const PAIRS_MAX: usize = 3;

/// The paths that start with `crate::` or `super::` in `code`, groups in braces spelled out.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = ["crate::", "super::"]
        .iter()
        .filter_map(|start| rest.find(start))
        .min()
    {
        let is_start = !rest[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        if is_start {
            expand(&rest[at..], &[], &mut found);
        }
        rest = &rest[at + "crate::".len()..];
    }
    found
}

/// Reads one path, or all of a group, after `prefix`; returns what follows.
fn expand<'a>(text: &'a str, prefix: &[String], found: &mut Vec<Vec<String>>) -> &'a str {
    let text = text.trim_start();
    if let Some(group) = text.strip_prefix('{') {
        let mut rest = group.trim_start();
        while !rest.is_empty() && !rest.starts_with('}') {
            let after = expand(rest, prefix, found);
            // What is no path, as `x as y`, is passed over.
            let end = after.find([',', '}']).unwrap_or(after.len());
            rest = after[end..].trim_start_matches(',').trim_start();
        }
        return rest.strip_prefix('}').unwrap_or(rest);
    }
    let word = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    let (word, rest) = text.split_at(word.unwrap_or(text.len()));
    let path = [prefix, &[word.to_owned()]].concat();
    match rest.strip_prefix("::") {
        Some(rest) => expand(rest, &path, found),
        None => {
            found.push(path);
            rest
        }
    }
}

/// The path of the module that `file`, below `tools`, is: `["tools", "logs", "view"]`.
fn module(file: &Path) -> Vec<String> {
    let file = file.with_extension("");
    let parts = file.iter().map(|part| part.to_string_lossy().into_owned());
    let parts = parts.filter(|part| part != "mod");
    std::iter::once("tools".to_owned()).chain(parts).collect()
}

/// The tools, other than its own, that the module `own` with source `code` imports from.
fn taken(own: &[String], code: &str, tools: &BTreeSet<String>) -> BTreeSet<String> {
    let mut others = BTreeSet::new();
    for path in paths(code) {
        let supers = path.iter().take_while(|part| *part == "super").count();
        let above = match path[0].as_str() {
            "crate" => Vec::new(),
            _ => own[..own.len().saturating_sub(supers)].to_vec(),
        };
        let below = path.into_iter().skip(supers.max(1));
        let full: Vec<String> = above.into_iter().chain(below).collect();
        if let [room, tool, ..] = &full[..]
            && room == "tools"
            && tools.contains(tool)
            && own.get(1) != Some(tool)
        {
            others.insert(tool.clone());
        }
    }
    others
}

/// The code of a source, comments and tests left out.
fn code(source: &str) -> String {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn tools_take_from_each_other_only_in_the_listed_pairs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let room = root.join("guest/src/tools");
    let files: Vec<PathBuf> = rust_files(&room)
        .into_iter()
        .map(|file| file.strip_prefix(&room).unwrap().to_owned())
        .filter(|file| file != Path::new("mod.rs"))
        .collect();
    let tools: BTreeSet<String> = files.iter().map(|file| module(file)[1].clone()).collect();
    assert!(tools.len() >= 20, "{tools:?}");
    let mut pairs = BTreeSet::new();
    for file in &files {
        let own = module(file);
        let source = fs::read_to_string(room.join(file)).unwrap();
        for other in taken(&own, &code(&source), &tools) {
            pairs.insert((own[1].clone(), other));
        }
    }
    let listed = PAIRS
        .iter()
        .map(|(one, other)| ((*one).to_owned(), (*other).to_owned()));
    assert_eq!(pairs, listed.collect(), "see the head of this file");
    assert!(pairs.len() <= PAIRS_MAX);
}

#[test]
fn an_import_in_any_spelling_is_found() {
    let tools: BTreeSet<String> = ["logs", "tree", "diff"].map(str::to_owned).into();
    for (file, source, want) in [
        ("diff.rs", "use super::{Context, Tool};", ""),
        ("diff.rs", "use super::{Context, logs::view, Tool};", "logs"),
        (
            "diff.rs",
            "use super::{Tool, tree::{self, lines as rows}, logs};",
            "logs tree",
        ),
        (
            "diff.rs",
            "use crate::{call::Call, tools::{Context, tree::lines}};",
            "tree",
        ),
        (
            "diff.rs",
            "fn f() { crate::tools::logs::view::write() }",
            "logs",
        ),
        ("diff.rs", "// use super::logs;", ""),
        (
            "diff.rs",
            "#[cfg(test)]\nmod tests { use super::super::logs; }",
            "",
        ),
        ("diff.rs", "use crate::model::tree::Tree;", ""),
        ("logs/view.rs", "use super::{Ask, tree};", ""),
        ("logs/view.rs", "use super::super::tree::lines;", "tree"),
        (
            "logs/mod.rs",
            "use super::tree::lines;\nuse self::view::write;",
            "tree",
        ),
    ] {
        let found = taken(&module(Path::new(file)), &code(source), &tools);
        let found: Vec<String> = found.into_iter().collect();
        assert_eq!(found.join(" "), want, "{file}: {source}");
    }
}
