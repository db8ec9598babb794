//! Files with secrets: regular, small, and closed to others, or not read at all.

use std::{
    fs::{File, Metadata},
    io::Read,
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};

use zeroize::Zeroize;

use crate::limits;

/// Which modes a file may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Modes {
    /// Nothing for group and others.
    Private,
    /// 0600 or 0400, as the argocd CLI asks of its own.
    Cli,
}

/// What tells one content of a path from the next without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    inode: (u64, u64),
    modified: (i64, i64),
    size: u64,
}

/// The text of the file at `path`. What is checked is the file that was opened.
pub(crate) fn read(path: &Path, modes: Modes) -> Result<String, String> {
    read_stamped(path, modes).map(|(text, _)| text)
}

/// The same, with the stamp of what was read.
pub(crate) fn read_stamped(path: &Path, modes: Modes) -> Result<(String, Stamp), String> {
    let shown = path.display();
    let failed = |error: std::io::Error| format!("cannot read {shown}: {error}");
    // A named pipe would block at open.
    let file = File::options()
        .read(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(path)
        .map_err(failed)?;
    let meta = file.metadata().map_err(failed)?;
    if !meta.is_file() {
        return Err(format!("{shown} is not a regular file"));
    }
    let mode = meta.permissions().mode() & 0o777;
    let closed = match modes {
        Modes::Private => mode & 0o077 == 0,
        Modes::Cli => mode == 0o600 || mode == 0o400,
    };
    if !closed {
        return Err(format!(
            "{shown} has mode {mode:04o}, so other users can read or change it: run chmod 600"
        ));
    }
    let mut text = String::new();
    let limit = limits::SECRET_FILE_BYTES;
    let read = file.take(limit + 1).read_to_string(&mut text);
    if let Err(error) = read {
        text.zeroize();
        return Err(failed(error));
    }
    if text.len() as u64 > limit {
        text.zeroize();
        return Err(format!("{shown} is larger than {limit} bytes"));
    }
    Ok((text, Stamp::of(&meta)))
}

impl Stamp {
    /// The stamp of the file at `path` now; `None` when there is none.
    pub(crate) fn at(path: &Path) -> Option<Stamp> {
        std::fs::metadata(path).ok().map(|meta| Stamp::of(&meta))
    }

    fn of(meta: &Metadata) -> Stamp {
        Stamp {
            inode: (meta.dev(), meta.ino()),
            modified: (meta.mtime(), meta.mtime_nsec()),
            size: meta.size(),
        }
    }
}
