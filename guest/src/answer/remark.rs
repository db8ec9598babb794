//! A line of an answer that is not a record.

use std::fmt;

/// A line of the summary, a note, or what to do next. In the text a prefix tells them apart, in the
/// structured form the list that they are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Remark {
    /// What was found.
    Summary(String),
    /// A note; only our own words.
    Note(String),
    /// A call to make, or another next step; only our own words.
    Next(String),
}

impl Remark {
    /// A note.
    pub(crate) fn note(text: impl Into<String>) -> Self {
        Self::Note(text.into())
    }

    /// What to do next.
    pub(crate) fn next(text: impl Into<String>) -> Self {
        Self::Next(text.into())
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Summary(text) => f.write_str(text),
            Self::Note(text) => write!(f, "Note: {text}"),
            Self::Next(text) => write!(f, "Next: {text}"),
        }
    }
}

impl From<String> for Remark {
    fn from(text: String) -> Self {
        Self::Summary(text)
    }
}

impl From<&String> for Remark {
    fn from(text: &String) -> Self {
        Self::Summary(text.clone())
    }
}

impl From<&str> for Remark {
    fn from(text: &str) -> Self {
        Self::Summary(text.to_owned())
    }
}
