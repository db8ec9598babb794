//! One trial: what was tried, and by what evidence it was refused or not.

use argocd_simulator::hostile::{Broken, Evidence};

/// One thing that was tried.
pub(super) struct Trial {
    /// The requirement of SECURITY.md.
    pub(super) requirement: &'static str,
    pub(super) name: String,
    /// The guard that must hold here.
    pub(super) guard: &'static str,
    pub(super) kind: Kind,
    pub(super) broken: Option<Broken>,
}

/// What a trial counts as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something a component tried.
    Attempt {
        /// Whether the audit has a line of it.
        audited: bool,
    },
    /// Something else that must hold: a control, or what leaves no line.
    Check,
}

impl Kind {
    /// An attempt with this evidence.
    pub(super) fn of(evidence: &Evidence) -> Kind {
        Kind::Attempt {
            audited: evidence.is_audited(),
        }
    }
}

impl Trial {
    pub(super) fn new(
        (requirement, guard): (&'static str, &'static str),
        name: impl Into<String>,
        kind: Kind,
        result: Result<(), Broken>,
    ) -> Trial {
        Trial {
            requirement,
            name: name.into(),
            guard,
            kind,
            broken: result.err(),
        }
    }
}
