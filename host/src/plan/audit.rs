//! Where the audit goes.

use std::fs::File;

use argocd_gate::audit::Audit;

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
}

/// `fd:N` is a descriptor that the caller opened; anything else is a file to append to.
fn open_audit(target: &str) -> std::io::Result<File> {
    if let Some(number) = target.strip_prefix("fd:") {
        let invalid = || {
            std::io::Error::new(
                std::io::ErrorKind::InvalidInput,
                "write fd:N with an open descriptor above 2",
            )
        };
        let number: i32 = number.parse().map_err(|_| invalid())?;
        if number <= 2 {
            return Err(invalid());
        }
        // Opened anew through /proc, so that no foreign descriptor is taken over without its owner's word.
        return std::fs::OpenOptions::new()
            .append(true)
            .open(format!("/proc/self/fd/{number}"));
    }
    std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(target)
}
