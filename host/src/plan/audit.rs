//! Where the audit goes.

use std::{
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use argocd_gate::audit::Audit;
use rustix::{
    fs::{Access, access},
    io::Errno,
};

use super::draft::Draft;
use crate::exit::Failure;

impl Draft<'_> {
    pub(super) fn audit(&mut self) -> Result<Audit, Failure> {
        let Some(target) = &self.typed.audit_log else {
            self.note("audit", "denials on stderr", "default");
            return Ok(Audit::stderr_denials());
        };
        self.note("audit", target.clone(), "--audit-log");
        open_audit(target)
            .map(Audit::to_file)
            .map_err(|error| Failure::Audit(format!("{target}: {error}")))
    }

    /// Whether it could go there. Opens nothing, as that would leave an empty log.
    pub(super) fn look_at_audit(&mut self) {
        let Some(target) = &self.typed.audit_log else {
            self.note("audit", "denials on stderr", "default");
            return;
        };
        self.note("audit", target.clone(), "--audit-log");
        if let Err(error) = may_open(target) {
            self.problem(format!("--audit-log {target}: {error}"));
        }
    }
}

/// `fd:N` is a descriptor that the caller opened; anything else is a file to append to.
fn open_audit(target: &str) -> io::Result<File> {
    if let Some(path) = descriptor(target)? {
        return OpenOptions::new().append(true).open(path);
    }
    OpenOptions::new().append(true).create(true).open(target)
}

/// Whether [`open_audit`] may open the target, or make it in its folder.
fn may_open(target: &str) -> io::Result<()> {
    if let Some(path) = descriptor(target)? {
        return Ok(access(path, Access::WRITE_OK)?);
    }
    let path = Path::new(target);
    match access(path, Access::WRITE_OK) {
        Err(Errno::NOENT) => {
            let folder = path.parent().filter(|folder| *folder != Path::new(""));
            Ok(access(folder.unwrap_or(Path::new(".")), Access::WRITE_OK)?)
        }
        found => Ok(found?),
    }
}

/// The path of `fd:N`. It is opened anew through /proc, so that no foreign descriptor is taken over
/// without its owner's word.
fn descriptor(target: &str) -> io::Result<Option<PathBuf>> {
    let Some(number) = target.strip_prefix("fd:") else {
        return Ok(None);
    };
    match number.parse::<u32>() {
        Ok(number) if number > 2 => Ok(Some(format!("/proc/self/fd/{number}").into())),
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "write fd:N with an open descriptor above 2",
        )),
    }
}
