//! The one loop over the table of attempts. Whoever wants them made gives a stage: a host in this
//! process (`selftest`), or one of its own (the tests and the escape kit).

use serde_json::Value;

use super::{Attempt, Broken, Evidence, Field};

/// What the component is told when the host refuses a request.
const REFUSED: &str = "HttpRequestDenied";
/// What a probe says of an attempt that its library does not send.
const NOT_EXPRESSED: &str = "-> not expressed";

/// Where a hostile component runs in a host.
pub trait Stage {
    /// Why a request of the client was not answered at all.
    type Error;

    /// Both ends of the attempts.
    fn field(&self) -> Field;

    /// Makes one request of the client and gathers what it caused.
    fn ask(
        &mut self,
        method: &str,
        params: Value,
    ) -> impl Future<Output = Result<Evidence, Self::Error>>;

    /// Begins anew, where that is possible: after an attempt that was not refused, client and
    /// component may be out of step.
    fn renew(&mut self) -> impl Future<Output = ()>;
}

/// One attempt, and what became of it.
pub struct Tried {
    /// The attempt.
    pub attempt: &'static Attempt,
    /// What it left behind.
    pub evidence: Evidence,
    /// Whether it was refused as it must be.
    pub verdict: Verdict,
}

/// What became of an attempt.
#[derive(Debug)]
pub enum Verdict {
    /// Its rule refused it, it has its line in the audit, and nobody was reached.
    Refused,
    /// The probe could not make it; nobody was reached.
    NotExpressed,
    /// Anything else.
    Broken(Broken),
}

/// Makes these attempts in turn, a call for each.
pub async fn run<S: Stage>(
    stage: &mut S,
    attempts: impl IntoIterator<Item = &'static Attempt>,
) -> Result<Vec<Tried>, S::Error> {
    let mut tried = Vec::new();
    for attempt in attempts {
        let (method, params) = attempt.call(&stage.field());
        let evidence = stage.ask(method, params).await?;
        let verdict = Verdict::of(attempt, &evidence);
        if matches!(verdict, Verdict::Broken(_)) {
            stage.renew().await;
        }
        tried.push(Tried {
            attempt,
            evidence,
            verdict,
        });
    }
    Ok(tried)
}

impl Verdict {
    fn of(attempt: &Attempt, evidence: &Evidence) -> Verdict {
        let guard = attempt.guard();
        let said = evidence.said.as_deref().unwrap_or_default();
        let is_expressed = !said.trim_end().ends_with(NOT_EXPRESSED);
        let confined = evidence.nobody_reached(guard).and_then(|()| {
            if !is_expressed {
                return Ok(());
            }
            evidence.told(REFUSED, guard)?;
            evidence.one_line("decision", attempt.rule, guard)
        });
        match confined {
            Ok(()) if is_expressed => Verdict::Refused,
            Ok(()) => Verdict::NotExpressed,
            Err(broken) => Verdict::Broken(broken),
        }
    }

    /// Why the attempt was not refused, if so.
    pub fn broken(self) -> Option<Broken> {
        match self {
            Verdict::Broken(broken) => Some(broken),
            Verdict::Refused | Verdict::NotExpressed => None,
        }
    }
}
