//! What one request of a client caused, and whether a guard held.

use serde_json::Value;

use crate::server::Request;

/// What is left behind by one request of a client.
pub struct Evidence {
    /// The text of the answer, or why there was none.
    pub said: Result<String, String>,
    /// Lines that reached the client besides its answer.
    pub strays: Vec<String>,
    /// Lines of the audit.
    pub lines: Vec<Value>,
    /// Connections and bytes at the canary.
    pub canary: (usize, usize),
    /// Requests at the server.
    pub requests: Vec<Request>,
}

/// Why an attempt was not confined.
#[derive(Debug)]
pub struct Broken {
    /// The guard that did not hold.
    pub guard: &'static str,
    /// What shows it.
    pub why: String,
}

/// The guard that has failed when a line is missing.
pub const AUDIT: &str = "audit";

/// `guard` did not hold unless `held`.
pub fn expect(held: bool, guard: &'static str, why: impl FnOnce() -> String) -> Result<(), Broken> {
    if held {
        return Ok(());
    }
    Err(Broken { guard, why: why() })
}

impl Evidence {
    /// Whether the audit has a line of an attempt.
    pub fn is_audited(&self) -> bool {
        const OF_ATTEMPTS: [&str; 3] = ["decision", "refused", "imports_refused"];
        let is_one = |line: &Value| OF_ATTEMPTS.iter().any(|kind| line["kind"] == *kind);
        self.lines.iter().any(is_one)
    }

    /// Neither the canary nor the server saw anything.
    pub fn nobody_reached(&self, guard: &'static str) -> Result<(), Broken> {
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
    pub fn told(&self, error: &str, guard: &'static str) -> Result<(), Broken> {
        let (Ok(said) | Err(said)) = &self.said;
        let ended = self.said.is_ok() && said.trim_end().ends_with(error);
        expect(ended, guard, || {
            format!("the component was not told {error}: {said}")
        })
    }

    /// Exactly one line of this kind, and it names the rule.
    pub fn one_line(&self, kind: &str, rule: &str, guard: &'static str) -> Result<(), Broken> {
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
    pub fn of_kind<'a>(&'a self, kind: &str) -> impl Iterator<Item = &'a Value> {
        self.lines.iter().filter(move |line| line["kind"] == kind)
    }

    /// An allowed request: its decision and its outcome are there.
    pub fn decision_and_outcome(&self) -> Result<(), Broken> {
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
