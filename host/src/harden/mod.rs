//! The process' own sandbox, for the day on which the one around the component fails: whoever runs
//! native code in here still starts no program, listens nowhere, makes no code, writes no file, reads
//! little, and connects to one port. Linux only; what a kernel lacks is said and left out.
//!
//! Applied on the main thread before any other thread is there, after everything that needs more was
//! done: the audit file is open, secrets and certificates are read, the component is compiled.

mod needs;
#[cfg(target_os = "linux")]
mod reach;
mod status;
#[cfg(target_os = "linux")]
mod syscalls;

pub(crate) use needs::Reach;
pub(crate) use status::Status;

/// All measures, by name.
#[derive(Debug)]
pub(crate) struct Hardening(pub(crate) Vec<(&'static str, Status)>);

impl Hardening {
    /// One warning line for each measure that this kernel does not offer.
    pub(crate) fn warn(&self) {
        for (what, status) in &self.0 {
            if let Status::Missing(why) = status {
                eprintln!("argocd-host: warning: process hardening: {what} is not active: {why}");
            }
        }
    }
}

/// No core dump, no `/proc/PID/environ` or debugger for other processes of this user. The first thing
/// that the program does: the environment may hold a secret.
pub(crate) fn hide_memory() {
    #[cfg(target_os = "linux")]
    set(libc::PR_SET_DUMPABLE, 0);
}

/// Applies everything, for a process that needs `reach` alone.
#[cfg(target_os = "linux")]
pub(crate) fn apply(reach: Reach<'_>) -> Hardening {
    let of = |result: Result<Status, String>| result.unwrap_or_else(Status::Missing);
    let simple = |done: bool| {
        if done {
            Status::Active
        } else {
            Status::Missing(std::io::Error::last_os_error().to_string())
        }
    };
    Hardening(vec![
        ("memory hidden", simple(set(libc::PR_SET_DUMPABLE, 0))),
        (
            "no new privileges",
            simple(set(libc::PR_SET_NO_NEW_PRIVS, 1)),
        ),
        ("files and ports (Landlock)", of(reach::restrict(reach))),
        ("system calls (seccomp)", of(syscalls::restrict())),
    ])
}

/// Nothing: these measures are Linux' own.
#[cfg(not(target_os = "linux"))]
pub(crate) fn apply(_reach: Reach<'_>) -> Hardening {
    Hardening(Vec::new())
}

#[cfg(target_os = "linux")]
fn set(option: libc::c_int, value: libc::c_ulong) -> bool {
    let unused: libc::c_ulong = 0;
    // SAFETY: both options take a number and three zeroes, and touch no memory of ours.
    unsafe { libc::prctl(option, value, unused, unused, unused) == 0 }
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
