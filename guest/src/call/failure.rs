//! How a call fails.

use crate::{
    answer::{Answer, cursor::BadCursor},
    argocd,
    call::{offer::Offer, remedy},
};

/// Why a call failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The request to Argo CD failed.
    Upstream(argocd::Error),
    /// The cursor belongs to another call or is invalid.
    Cursor,
    /// A message: what failed, why, and what to do next.
    Said(String),
}

impl Failure {
    /// What failed and why, and on its own line the next call, if any.
    pub(crate) fn with_next(text: &str, next: Option<String>) -> Self {
        Self::Said(match next {
            Some(next) => format!("{text}\nNext: {next}"),
            None => text.to_owned(),
        })
    }

    /// The failure as text for a client that has the tools of `offer`.
    pub(crate) fn answer(&self, offer: &Offer) -> Answer {
        match self {
            Self::Upstream(error) => Answer::error(&remedy::explain(error, offer)),
            Self::Cursor => Answer::error(
                "cursor: not valid for this call.\n\
                 Next: repeat the call without cursor, or with the cursor and all other arguments of its last answer.",
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
