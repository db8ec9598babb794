//! One trial: what was tried, and by what evidence it was refused or not.

use serde_json::Value;

use super::arena::Evidence;

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

/// Why a trial failed.
pub(super) struct Broken {
    /// The guard that did not hold.
    pub(super) guard: &'static str,
    pub(super) why: String,
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

/// The guard that has failed when a line is missing.
pub(super) const AUDIT: &str = "audit";

/// `guard` did not hold unless `held`.
pub(super) fn expect(
    held: bool,
    guard: &'static str,
    why: impl FnOnce() -> String,
) -> Result<(), Broken> {
    match held {
        true => Ok(()),
        false => Err(Broken { guard, why: why() }),
    }
}

impl Evidence {
    /// An attempt with this evidence.
    pub(super) fn attempt(&self) -> Kind {
        const OF_ATTEMPTS: [&str; 3] = ["decision", "refused", "imports_refused"];
        let is_one = |line: &Value| OF_ATTEMPTS.iter().any(|kind| line["kind"] == *kind);
        Kind::Attempt {
            audited: self.lines.iter().any(is_one),
        }
    }

    /// Neither the canary nor the server saw anything.
    pub(super) fn nobody_reached(&self, guard: &'static str) -> Result<(), Broken> {
        let (connections, bytes) = self.canary;
        expect(connections == 0 && bytes == 0, guard, || {
            format!("the canary saw {connections} connections and {bytes} bytes")
        })?;
        expect(self.requests.is_empty(), guard, || {
            let requests = self.requests.iter();
            let seen: Vec<String> = requests
                .map(|r| format!("{} {}", r.method, r.path_and_query))
                .collect();
            format!("the server saw {}", seen.join(", "))
        })
    }

    /// The component got this error, and no other answer.
    pub(super) fn told(&self, error: &str, guard: &'static str) -> Result<(), Broken> {
        let (Ok(said) | Err(said)) = &self.said;
        let ended = self.said.is_ok() && said.trim_end().ends_with(error);
        expect(ended, guard, || {
            format!("the component was not told {error}: {said}")
        })
    }

    /// Exactly one line of this kind, and it names the rule.
    pub(super) fn one_line(
        &self,
        kind: &str,
        rule: &str,
        guard: &'static str,
    ) -> Result<(), Broken> {
        let lines: Vec<&Value> = self.of_kind(kind).collect();
        expect(lines.len() == 1, AUDIT, || {
            format!("{} {kind} lines in the audit instead of one", lines.len())
        })?;
        let found = lines[0]["rule"].as_str().unwrap_or_default();
        expect(found == rule, guard, || {
            format!("refused by the rule {found}, not by {rule}")
        })
    }

    /// The audit's lines of this kind.
    pub(super) fn of_kind<'a>(&'a self, kind: &str) -> impl Iterator<Item = &'a Value> {
        self.lines.iter().filter(move |line| line["kind"] == kind)
    }

    /// An allowed request: its decision and its outcome are there.
    pub(super) fn decision_and_outcome(&self) -> Result<(), Broken> {
        let allowed = self.of_kind("decision").any(|l| l["decision"] == "allow");
        let ended = self.of_kind("outcome").count() > 0;
        expect(allowed && ended, AUDIT, || {
            format!(
                "decision or outcome is missing among {} lines",
                self.lines.len()
            )
        })
    }
}
