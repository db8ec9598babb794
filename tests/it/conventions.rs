//! Where unit tests stand, in every crate: in the module `tests` of the file that they are of. It is at
//! the end of that file while it is short, else where Rust looks for it (`x/tests.rs` for `x.rs` and for
//! `x/mod.rs`, with a folder `tests/` below it where there are many), and never behind a `#[path]`.

use std::{fs, path::Path};

use crate::rust_files::rust_files;

/// Longest module `tests` at the end of a file, in lines: about what one reads together with the code.
const INLINE_LINES: usize = 150;
/// The sources of the crates.
const ROOTS: [&str; 6] = [
    "guest/src",
    "guest/redact/src",
    "host/gate/src",
    "host/src",
    "tests/harness",
    "tests/simulator/src",
];

/// What is wrong with where this source has its unit tests.
fn misplaced(path: &Path, source: &str) -> Option<String> {
    let (code, inline) = match source.split_once("\nmod tests {") {
        Some((code, tests)) => (code, tests.lines().count()),
        None => (source, 0),
    };
    let marks = [concat!("#[", "test]"), concat!("#[tokio::", "test]")];
    let beside = marks.iter().any(|mark| code.contains(mark));
    let is_tests = path.file_stem().is_some_and(|name| name == "tests")
        || path.iter().skip(1).any(|folder| folder == "tests");
    let elsewhere = source
        .lines()
        .zip(source.lines().skip(1))
        .any(|(one, two)| {
            one.trim_start().starts_with("#[path") && two.trim_start().starts_with("mod tests")
        });
    if inline > INLINE_LINES {
        Some(format!(
            "{inline} lines of tests: more than {INLINE_LINES} have a file, tests.rs"
        ))
    } else if beside && !is_tests {
        Some("tests outside of a module `tests`".to_owned())
    } else if elsewhere {
        Some("a module `tests` behind #[path]".to_owned())
    } else {
        None
    }
}

#[test]
fn unit_tests_stand_in_the_module_tests_of_their_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let (mut seen, mut problems) = (0, Vec::new());
    for folder in ROOTS {
        for path in rust_files(&root.join(folder)) {
            let inside = path.strip_prefix(root).unwrap();
            seen += 1;
            if let Some(problem) = misplaced(inside, &fs::read_to_string(&path).unwrap()) {
                problems.push(format!("{}: {problem}", inside.display()));
            }
        }
    }
    assert!(seen > 200, "{seen} files");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn each_misplaced_test_is_seen() {
    let test = concat!("#[", "test]\nfn holds() {}\n");
    let inline =
        |lines: usize| format!("#[cfg(test)]\nmod tests {{\n{}}}\n", test.repeat(lines / 2));
    let rows = [
        ("a/x.rs", inline(20), None),
        ("a/x.rs", inline(400), Some("have a file")),
        ("a/x.rs", test.to_owned(), Some("outside")),
        ("a/x_tests.rs", test.to_owned(), Some("outside")),
        ("a/x/tests.rs", test.to_owned(), None),
        ("a/x/tests/lists.rs", test.to_owned(), None),
        (
            "a/x.rs",
            "#[cfg(test)]\n#[path = \"y.rs\"]\nmod tests;\n".to_owned(),
            Some("behind"),
        ),
        ("a/x.rs", "#[cfg(test)]\nmod tests;\n".to_owned(), None),
    ];
    for (path, source, expected) in rows {
        let found = misplaced(Path::new(path), &format!("\n{source}"));
        let as_expected = match (&found, expected) {
            (Some(found), Some(part)) => found.contains(part),
            (found, part) => found.is_none() && part.is_none(),
        };
        assert!(as_expected, "{path}: {found:?}, not {expected:?}");
    }
}
