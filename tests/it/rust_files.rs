//! The Rust files of a folder, for tests that read sources.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Every Rust file below `folder`, in order. A folder that is not there fails the test: a check over no
/// file would pass.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
    {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
