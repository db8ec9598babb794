//! Writes what a command prints.

use std::{io::Write, path::Path};

use crate::exit::Failure;

/// Writes to stdout; a closed pipe is how `| head` says that it has seen enough.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Writes `bytes` to a file, or to stdout for `-`.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = if path == Path::new("-") {
        std::io::stdout().lock().write_all(bytes)
    } else {
        std::fs::write(path, bytes)
    };
    written.map_err(|error| Failure::Component(format!("cannot write {}: {error}", path.display())))
}
