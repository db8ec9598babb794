//! Packs the recorded answers into one compressed archive, which `src/archive.rs` opens. The feature
//! `server` alone needs it.
//!
//! Entries are sorted by file name before folder: answers of the same kind are alike, and stand
//! within the 32 KiB that DEFLATE looks back. That makes the archive a quarter smaller.

use std::{
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::DeflateEncoder};

fn main() -> io::Result<()> {
    let folder = variable("CARGO_MANIFEST_DIR")?.join("fixtures/argocd");
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_SERVER").is_none() {
        return Ok(());
    }
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    files.sort_by(|a, b| (a.file_name(), a).cmp(&(b.file_name(), b)));
    let archive = fs::File::create(variable("OUT_DIR")?.join("recorded.bin"))?;
    let mut archive = DeflateEncoder::new(archive, Compression::best());
    for file in files {
        let name = file.strip_prefix(&folder).map_err(io::Error::other)?;
        let name = name
            .to_str()
            .ok_or_else(|| io::Error::other("a name that is no UTF-8"))?;
        for part in [name.as_bytes(), &fs::read(&file)?] {
            let length = u32::try_from(part.len()).map_err(io::Error::other)?;
            archive.write_all(&length.to_le_bytes())?;
            archive.write_all(part)?;
        }
    }
    archive.finish()?;
    Ok(())
}

fn variable(name: &str) -> io::Result<PathBuf> {
    env::var_os(name)
        .map(PathBuf::from)
        .ok_or_else(|| io::Error::other(format!("{name} is not set")))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
