//! Sync windows: which apply to an application, when they open and close, and what they decide.

pub(crate) mod assign;
pub(crate) mod decide;
pub(crate) mod schedule;
pub(crate) mod words;
pub(crate) mod zone;
