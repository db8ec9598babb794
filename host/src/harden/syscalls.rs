//! seccomp: system calls that a running host has no use for are answered with EPERM.
//!
//! A list of what is denied, not of what is allowed: the C library and the runtime use others from one
//! version to the next, and a crash in the field would be the price. Landlock holds what is opened.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter_all_threads,
};

use super::status::Status;

/// Starting programs, looking into processes, serving, and ways around a filter.
const DENIED: &[libc::c_long] = &[
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_listen,
    libc::SYS_bind,
    // Does the work of other system calls unseen by any filter.
    libc::SYS_io_uring_setup,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
];
/// Their third argument is a protection: denied with PROT_EXEC, once the component is compiled.
const PROTECTING: &[libc::c_long] = &[libc::SYS_mmap, libc::SYS_mprotect, libc::SYS_pkey_mprotect];
/// The same calls under the x32 numbers that some x86-64 kernels know: this bit, and other numbers for
/// exec, ptrace and process_vm.
#[cfg(target_arch = "x86_64")]
const X32: (libc::c_long, &[libc::c_long]) = (0x4000_0000, &[520, 521, 539, 540, 545]);
#[cfg(not(target_arch = "x86_64"))]
const X32: (libc::c_long, &[libc::c_long]) = (0, &[]);

/// Restricts all threads of this process.
pub(super) fn restrict() -> Result<Status, String> {
    let program = program().map_err(|error| error.to_string())?;
    apply_filter_all_threads(&program).map_err(|error| error.to_string())?;
    Ok(Status::Active)
}

fn program() -> Result<BpfProgram, seccompiler::BackendError> {
    let (bit, more) = X32;
    let executable = || {
        let protection = u64::from(libc::PROT_EXEC.unsigned_abs());
        let condition = SeccompCondition::new(
            2,
            SeccompCmpArgLen::Qword,
            SeccompCmpOp::MaskedEq(protection),
            protection,
        )?;
        SeccompRule::new(vec![condition])
    };
    let mut rules = BTreeMap::new();
    for number in DENIED {
        rules.insert(*number, Vec::new());
        rules.insert(number | bit, Vec::new());
    }
    for number in more {
        rules.insert(number | bit, Vec::new());
    }
    for number in PROTECTING {
        rules.insert(*number, vec![executable()?]);
        rules.insert(number | bit, vec![executable()?]);
    }
    let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let arch = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, SeccompAction::Allow, denied, arch)?.try_into()
}
