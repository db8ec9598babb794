//! How many lines have to be read to believe the promise, as README says it.

use std::path::{Path, PathBuf};

use super::{read, root, rust_files};

/// README's number is rounded to so many lines, so that not every change is one of README.
const ROUNDED_TO: usize = 100;

/// The files of the gate, and those of the host that link a component to it.
fn files() -> Vec<PathBuf> {
    let mut files = rust_files(&root().join("host/gate/src"));
    let linking = ["imports", "link", "outgoing", "state"];
    files.extend(linking.map(|name| root().join(format!("host/src/runtime/{name}.rs"))));
    files.retain(|file| !is_test(file));
    files
}

fn is_test(file: &Path) -> bool {
    let below = file.strip_prefix(root()).unwrap_or(file);
    below.with_extension("").iter().any(|part| part == "tests")
}

/// The lines of a source, comments included, without its tests, which are its end.
fn lines(source: &str) -> usize {
    let tests = "\n#[cfg(test)]\nmod tests {";
    source.split(tests).next().unwrap().lines().count()
}

#[test]
fn the_readme_says_how_much_has_to_be_read() {
    let files = files();
    assert!(files.len() > 30, "{files:?}");
    let sources = files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap());
    let counted: usize = sources.map(|source| lines(&source)).sum();
    let readme = read("README.md");
    let said = readme
        .split_once(" lines must be read")
        .expect("README says a number")
        .0;
    let said = said.rsplit(' ').next().unwrap().replace(',', "");
    let said: usize = said.parse().unwrap();
    assert!(
        said.is_multiple_of(ROUNDED_TO) && said.abs_diff(counted) <= ROUNDED_TO,
        "README says {said}, and there are {counted}"
    );
}

#[test]
fn tests_do_not_count_as_lines_to_read() {
    assert_eq!(
        lines("one\ntwo\n\n#[cfg(test)]\nmod tests {\n    three\n}\n"),
        2
    );
    for (file, expected) in [
        ("gate/src/audit.rs", false),
        ("gate/src/audit/tests.rs", true),
        ("gate/src/egress/tests/dialing.rs", true),
    ] {
        assert_eq!(is_test(Path::new(file)), expected, "{file}");
    }
}
