//! Author and subject of a commit, as one line for answers.

use crate::{
    answer::{
        Line,
        member::{Member, number, text},
        revision, word,
    },
    argocd::{AppRef, Get, Pinned, SourceAt},
    model::record::record,
    redact::Text,
};

/// Minimum length of a revision that counts as a commit: a full SHA-1. Branches and chart versions have no metadata.
const COMMIT_CHARS: usize = 40;

record! {
    /// A commit, as the repo-server describes it.
    pub(crate) struct Commit {
        pub(crate) author: Text = "author",
        pub(crate) date: Text = "date",
        pub(crate) message: Text = "message",
    }
}

/// The GET for the commit `text`, if it is one.
pub(crate) fn get(app: &AppRef, text: &str, at: SourceAt) -> Option<Get> {
    let is_commit = text.len() >= COMMIT_CHARS && text.bytes().all(|b| b.is_ascii_hexdigit());
    let pinned = Pinned::parse(text).ok().filter(|_| is_commit)?;
    Some(Get::revision_metadata(app, &pinned, at))
}

/// The members of a commit.
pub(crate) const COMMIT: [Member; 4] = [
    number("source").maybe(),
    text("commit"),
    text("author").maybe(),
    text("subject").maybe(),
];

impl Commit {
    /// `commit 3b7b90d by Jo Okafor > Guestbook 1.3.0`.
    pub(crate) fn line(&self, text: &str) -> String {
        self.record(text).text()
    }

    /// The same with its facts.
    pub(crate) fn record(&self, text: &str) -> Line {
        let subject = Text::new(self.message.lines().next().unwrap_or_default());
        let author = self.author.split(" <").next().unwrap_or_default();
        Line::new()
            .glue("commit ")
            .fact("commit", revision(text))
            .glue(" by ")
            .fact("author", word(author))
            .said("subject", &subject)
    }
}
