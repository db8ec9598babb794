//! What is read of an answer, so that stand-ins can compare it with what a server sends.

use serde::de::DeserializeOwned;

/// A type that an answer is read into.
pub trait Reading: DeserializeOwned {
    /// The paths of the members that it reads, as `status.health.status`; lists are transparent.
    /// Left out of the component: only stand-ins ask.
    #[cfg(not(target_os = "wasi"))]
    fn members() -> Vec<String> {
        Vec::new()
    }
}
