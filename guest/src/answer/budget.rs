//! How long an answer may become.

use crate::limits;

/// The number of characters that an answer may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(limits::ANSWER_CHARS)
    }
}

impl Budget {
    /// The hard cap: for a caller that asked for more by an explicit argument.
    pub(crate) fn large() -> Self {
        Self(limits::ANSWER_CHARS_MAX)
    }

    /// Large when the caller named a number of rows above the default, small otherwise.
    pub(crate) fn for_rows(asked: u32, default: u32) -> Self {
        if asked > default {
            Self::large()
        } else {
            Self::default()
        }
    }

    /// The number of characters.
    pub(crate) fn chars(self) -> usize {
        self.0
    }
}
