//! One cause, with its evidence.

use super::proven::Proven;
use crate::{
    answer::{Line, is_longer, order, said},
    limits,
    model::error::Look,
    redact::Text,
};

/// Minimum length in bytes from which a text contained in another one counts as a repetition.
const REPEATED_BYTES: usize = 12;

/// Bytes at the end of a text that identify its root: chains of errors differ only in their frames.
const TAIL_BYTES: usize = 80;

/// Order of causes: an earlier one can explain a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The application itself is being deleted.
    Deleting,
    /// Argo CD rejects the spec; nothing else is compared.
    InvalidSpec,
    /// The destination cluster cannot be read.
    Cluster,
    /// The source cannot be read or rendered.
    Source,
    /// A health check itself fails.
    HealthScript,
    /// Objects of the last sync were rejected.
    SyncFailed,
    /// A hook of the last sync failed.
    HookFailed,
    /// A running operation waits for something.
    Waiting,
    /// A workload or another object is unhealthy.
    Workload,
    /// An object without health in Argo CD is not well by its own status.
    Unjudged,
    /// A sync window blocks a sync.
    Window,
    /// Live and desired state differ.
    Drift,
    /// Automated sync does not repair the difference.
    Automation,
    /// A warning; nothing is broken.
    Warning,
}

/// A cause in one line, with evidence and a call that shows more.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) rank: Rank,
    cause: String,
    quote: Option<Text>,
    /// A quote that has become evidence.
    told: Option<Text>,
    evidence: Vec<String>,
    /// What else of Argo CD's API says more.
    pub(super) look: Look,
    pub(super) next: Option<String>,
}

impl Finding {
    /// A cause that repeats what the server says of a state: a status, a reason, a count. Whatever
    /// explains a state is a [`Proven`] reading instead.
    pub(super) fn observed(rank: Rank, cause: impl Into<String>) -> Self {
        Self::says(rank, cause.into())
    }

    /// A cause that was read off its proof.
    pub(super) fn proven(rank: Rank, reading: &impl Proven) -> Self {
        Self::says(rank, reading.headline())
    }

    /// The same finding with its cause read off a proof.
    pub(super) fn restate(&mut self, reading: &impl Proven) {
        self.cause = reading.headline();
    }

    fn says(rank: Rank, cause: String) -> Self {
        Self {
            rank,
            cause,
            quote: None,
            told: None,
            evidence: Vec::new(),
            look: Look::Nowhere,
            next: None,
        }
    }

    /// Names what else of Argo CD's API says more.
    #[must_use]
    pub(super) fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    /// Whether both are the same cause in our words.
    pub(super) fn says_the_same(&self, other: &Finding) -> bool {
        self.rank == other.rank && self.cause == other.cause
    }

    /// What stands in the quoted text between `before` and `after`.
    pub(super) fn cited(&self, before: &str, after: &str) -> Option<Text> {
        let (_, rest) = self.quote.as_ref()?.split_once(before)?;
        Some(Text::new(rest.split_once(after)?.0))
    }

    /// Whether only an excerpt of the quoted text is shown.
    pub(super) fn is_excerpted(&self) -> bool {
        self.quote
            .as_ref()
            .is_some_and(|quote| is_longer(quote, limits::REASON_CHARS))
    }

    /// Whether the quoted text contains `part`.
    pub(super) fn cites(&self, part: &str) -> bool {
        self.quote
            .as_ref()
            .is_some_and(|quote| quote.contains(part))
    }

    /// Whether the cause quotes exactly this text.
    pub(super) fn quotes(&self, text: &str) -> bool {
        self.quote.as_ref().is_some_and(|quote| **quote == *text)
    }

    /// Whether `text` only repeats what the cause quotes.
    pub(super) fn repeats(&self, text: &str) -> bool {
        let quote = self.quote.as_ref().or(self.told.as_ref());
        let quote = quote.map_or("", |quote| quote);
        let tail = &text[text.ceil_char_boundary(text.len().saturating_sub(TAIL_BYTES))..];
        quote.len() >= REPEATED_BYTES && text.trim_end().ends_with(quote)
            || tail.len() >= REPEATED_BYTES && quote.contains(tail)
            || self.quotes(text)
    }

    /// Quotes the cluster's or Argo CD's own text.
    #[must_use]
    pub(super) fn quoting(mut self, text: &Text) -> Self {
        self.quote = Some(text.clone());
        self
    }

    /// The same finding below the reading that explains it: its own cause becomes the first evidence.
    #[must_use]
    pub(super) fn because(mut self, reading: &impl Proven) -> Self {
        let quote = self.quote.take();
        let cause = std::mem::replace(&mut self.cause, reading.headline());
        self.lead(format!(
            "{cause}{}",
            quote.as_ref().map_or(String::new(), said)
        ));
        self.told = quote.or(self.told);
        self
    }

    /// The same cause with another rank.
    #[must_use]
    pub(super) fn ranked(mut self, rank: Rank) -> Self {
        self.rank = rank;
        self
    }

    /// Adds a line of evidence.
    #[must_use]
    pub(super) fn with(mut self, evidence: impl Into<String>) -> Self {
        self.add(evidence);
        self
    }

    /// The same for evidence that may be missing.
    pub(super) fn with_each(mut self, evidence: Option<String>) -> Self {
        evidence.into_iter().for_each(|line| self.add(line));
        self
    }

    /// Adds a piece of evidence.
    pub(super) fn add(&mut self, evidence: impl Into<String>) {
        let evidence = evidence.into();
        if !evidence.is_empty() {
            self.evidence.push(evidence);
        }
    }

    /// Adds a piece of evidence before the others.
    pub(super) fn lead(&mut self, evidence: impl Into<String>) {
        self.evidence.insert(0, evidence.into());
    }

    /// Adds the call that shows more.
    #[must_use]
    pub(super) fn next(mut self, call: impl Into<String>) -> Self {
        self.next = Some(call.into());
        self
    }

    /// The record, as number `number` of the answer, with at most `most` lines of evidence.
    pub(super) fn line(&self, number: usize, most: usize) -> Line {
        let mut line = Line::new()
            .fact("number", number)
            .glue(". ")
            .fact("cause", &self.cause);
        if let Some(quote) = &self.quote {
            line = line.reason("message", quote);
        }
        for evidence in self.evidence.iter().take(most) {
            line = line.below("because", evidence.as_str());
        }
        match self.evidence.len().saturating_sub(most) {
            0 => line,
            more => line.below(
                "",
                Line::new()
                    .glue("and ")
                    .fact("more_because", more)
                    .glue(" more lines of evidence"),
            ),
        }
    }
}

/// Sorts by rank; equal ranks keep the order in which they were found.
pub(super) fn by_rank(findings: &mut Vec<Finding>) {
    order::by_key(findings, |finding| finding.rank);
}
