//! Guards that a test build can switch off, one at a time, to see that the escape kit notices.
//!
//! In every other build [`off`] is constantly false, so that the guards are compiled as they stand.
//! The feature is refused in a build without debug assertions, which a release is.

#[cfg(all(feature = "guard-switches", not(debug_assertions)))]
compile_error!("guard-switches lets the environment switch guards off: it is for test builds only");

/// A guard that has a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The host's check of paths.
    Path,
    /// The component's own check of names.
    Name,
    /// The list of request headers.
    Header,
    /// Secrets are overwritten in what comes back.
    Seal,
    /// Classes of addresses.
    Address,
    /// Imports of a component at load.
    Import,
    /// The audit's lines, and that nothing goes out without one.
    Audit,
    /// What a component may say to the client.
    Stdout,
    /// A request goes out only while a call is open whose tool owns the route.
    Ownership,
}

/// Whether this guard is switched off.
#[cfg(not(feature = "guard-switches"))]
pub const fn off(_: Guard) -> bool {
    false
}

#[cfg(feature = "guard-switches")]
pub use switches::off;

#[cfg(feature = "guard-switches")]
mod switches {
    use std::sync::OnceLock;

    use super::Guard;

    /// Names the guard that is off.
    const VARIABLE: &str = "ARGOCD_HOST_GUARD_OFF";

    static OFF: OnceLock<Option<Guard>> = OnceLock::new();

    /// Whether this guard is switched off.
    pub fn off(guard: Guard) -> bool {
        *OFF.get_or_init(read) == Some(guard)
    }

    /// A name that is no guard's ends the process: all guards would be on, and nobody would notice.
    fn read() -> Option<Guard> {
        let name = std::env::var(VARIABLE).ok()?;
        let guard = match name.as_str() {
            "path" => Guard::Path,
            "name" => Guard::Name,
            "header" => Guard::Header,
            "seal" => Guard::Seal,
            "address" => Guard::Address,
            "import" => Guard::Import,
            "audit" => Guard::Audit,
            "stdout" => Guard::Stdout,
            "ownership" => Guard::Ownership,
            _ => {
                eprintln!("argocd-host: {VARIABLE}: no such guard");
                std::process::exit(2);
            }
        };
        Some(guard)
    }
}
