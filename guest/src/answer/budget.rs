//! The maximum length of an answer.

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
    /// The hard cap, for a caller that requested more with an explicit argument.
    pub(crate) fn large() -> Self {
        Self(limits::ANSWER_CHARS_MAX)
    }

    /// Large when the caller requested more rows than the default, else small.
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
