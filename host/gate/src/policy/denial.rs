//! Why the policy says no.

use std::fmt;

/// Why a request may not go out; for the operator, not for the guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The rule that denied, such as `method` or `query`.
    pub rule: &'static str,
    /// What is wrong, in a few words.
    pub reason: String,
}

impl Denial {
    pub(super) fn new(rule: &'static str, reason: impl Into<String>) -> Denial {
        Denial {
            rule,
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.reason)
    }
}

impl std::error::Error for Denial {}
