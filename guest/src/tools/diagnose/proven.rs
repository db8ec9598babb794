//! What every reading is: a cause that only its proof can make.

/// What was read off its proof, as the first line of a finding.
pub(super) trait Proven {
    /// One clause without a full stop; names what was seen, and claims no more.
    fn headline(&self) -> String;
}
