//! How a call fails.

use crate::{
    answer::{Answer, cursor::BadCursor},
    argocd,
    call::{offer::Offer, remedy},
};

/// Why a call has no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Argo CD could not be asked, or refused.
    Upstream(argocd::Error),
    /// The cursor is of another call, or none at all.
    Cursor,
    /// In words: what failed, why, and what to do next.
    Said(String),
}

impl Failure {
    /// What failed and why, and on a line of its own the call to make next, if there is one.
    pub(crate) fn with_next(text: &str, next: Option<String>) -> Self {
        Self::Said(match next {
            Some(next) => format!("{text}\nNext: {next}"),
            None => text.to_owned(),
        })
    }

    /// The failure as a model reads it that has the tools of `offer`.
    pub(crate) fn answer(&self, offer: &Offer) -> Answer {
        match self {
            Self::Upstream(error) => Answer::error(&remedy::explain(error, offer)),
            Self::Cursor => Answer::error(
                "cursor: not one that this call can go on from.\n\
                 Next: repeat the call without cursor, or with the cursor and the same other arguments as in its last answer.",
            ),
            Self::Said(text) => Answer::error(text),
        }
    }
}

impl From<argocd::Error> for Failure {
    fn from(error: argocd::Error) -> Self {
        Self::Upstream(error)
    }
}

impl From<BadCursor> for Failure {
    fn from(_: BadCursor) -> Self {
        Self::Cursor
    }
}
