//! A line of an answer that is not a record.

use std::fmt;

use super::line::Line;

/// A line of the summary, a note, or what to do next. In the text a prefix tells them apart, in the
/// structured form the list that they are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Remark {
    /// What was found, with its facts.
    Summary(Line),
    /// The names of the columns below it: in the structured form the keys say them.
    Heading(String),
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

    /// The names of columns.
    pub(crate) fn heading(text: impl Into<String>) -> Self {
        Self::Heading(text.into())
    }

    /// What to do next.
    pub(crate) fn next(text: impl Into<String>) -> Self {
        Self::Next(text.into())
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Summary(line) => f.write_str(&line.text()),
            Self::Heading(text) => f.write_str(text),
            Self::Note(text) => write!(f, "Note: {text}"),
            Self::Next(text) => write!(f, "Next: {text}"),
        }
    }
}

impl From<Line> for Remark {
    fn from(line: Line) -> Self {
        Self::Summary(line)
    }
}

impl From<String> for Remark {
    fn from(text: String) -> Self {
        Self::Summary(text.into())
    }
}

impl From<&String> for Remark {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<&str> for Remark {
    fn from(text: &str) -> Self {
        Self::Summary(text.into())
    }
}
