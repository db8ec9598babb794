//! The environment of this process, and how the secrets in it disappear.

use std::sync::OnceLock;

use zeroize::Zeroizing;

/// The process' environment, or a test's.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Variables whose values are secrets.
const SECRETS: [&str; 3] = ["ARGOCD_AUTH_TOKEN", "ARGOCD_API_TOKEN", "ARGOCD_PASSWORD"];

type Taken = Vec<(&'static str, Zeroizing<String>)>;
static TAKEN: OnceLock<Taken> = OnceLock::new();

/// Takes the secrets out of the environment, so that no program started from here inherits them
/// and `/proc/PID/environ` does not show them.
///
/// # Safety
/// To be called once, first of all, while this process has one thread.
pub(crate) unsafe fn take_secrets() {
    let mut taken = Vec::new();
    for name in SECRETS {
        if let Ok(value) = std::env::var(name) {
            taken.push((name, Zeroizing::new(value)));
        }
        // SAFETY: as the caller promises, no other thread reads or writes the environment.
        unsafe { erase(name) };
    }
    // Set only here, and this is called once.
    let _ = TAKEN.set(taken);
}

/// Overwrites a variable's value where the system put it at the start, and removes it.
///
/// # Safety
/// No other thread may use the environment.
unsafe fn erase(name: &str) {
    let Ok(c_name) = std::ffi::CString::new(name) else {
        return;
    };
    // SAFETY: `getenv` returns null or a NUL-terminated value in writable memory of this process
    // (the block that the kernel filled, or one of `setenv`); only bytes before its NUL are
    // written, and no other thread looks at it.
    unsafe {
        let value = libc::getenv(c_name.as_ptr());
        if !value.is_null() {
            std::ptr::write_bytes(value, 0, libc::strlen(value));
        }
        std::env::remove_var(name);
    }
}

/// The environment of this process, taken secrets included; empty values count as unset.
pub(crate) fn process_environment(name: &str) -> Option<String> {
    let taken = TAKEN.get().into_iter().flatten();
    let secret = taken.into_iter().find(|(taken, _)| *taken == name);
    let value = match secret {
        Some((_, value)) => Some(value.to_string()),
        None => std::env::var(name).ok(),
    };
    value.filter(|value| !value.trim().is_empty())
}
