//! The tools that a client sees, and those that it may call, by name.

use std::collections::BTreeSet;

/// Who decided what is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// Nobody: tools that are not listed can be called.
    None,
    /// The operator: tools that are not listed do not exist.
    Operator,
}

/// The tools that a client sees, and those that it may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub(super) listed: BTreeSet<&'static str>,
    pub(super) choice: Choice,
}

impl Offer {
    /// Whether the tool is listed.
    pub fn lists(&self, tool: &str) -> bool {
        self.listed.contains(tool)
    }

    /// Whether the tool can be called.
    pub fn allows(&self, tool: &str) -> bool {
        self.choice == Choice::None || self.lists(tool)
    }
}
