//! A progressive rollout: the ApplicationSet controller syncs its applications step by step.

use crate::tools::diagnose::proven::Proven;
use crate::{
    answer::word,
    call::listing,
    model::{
        application::Application,
        appset::{Set, Step},
        operation::revisions,
    },
};

/// Maximum applications of the rollout that are named.
const NAMED_MAX: usize = 6;

/// Where the application is in its rollout.
#[derive(Debug, PartialEq, Eq)]
enum At {
    /// An earlier step has these applications, which are not Healthy yet.
    Behind(Vec<String>),
    /// Recorded as Healthy with other revisions than the application is compared with, while another
    /// application of the rollout has those already and no rollout is progressing.
    Overlooked { recorded: String, compared: String },
    /// Any other state of the step.
    Step,
}

/// The application is synced by the RollingSync strategy of the ApplicationSet that made it.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Rolling {
    set: String,
    number: String,
    status: String,
    at: At,
    is_complete: bool,
    others: Vec<String>,
}

impl Rolling {
    /// The proof: the ApplicationSet's strategy, and the application's entry in `applicationStatus`.
    pub(in crate::tools::diagnose) fn of(app: &Application, set: &Set) -> Option<Self> {
        if &*set.spec.strategy.kind != "RollingSync" {
            return None;
        }
        let steps = &set.status.application_status;
        let own = steps
            .iter()
            .find(|step| step.application == app.metadata.name)?;
        let others = steps
            .iter()
            .filter(|step| step.application != own.application);
        Some(Self {
            set: word(&set.metadata.name),
            number: word(&own.step),
            status: word(&own.status),
            at: at(app, own, set),
            is_complete: set.condition("RolloutProgressing", "False").is_some(),
            others: others.map(words).collect(),
        })
    }

    /// What was read besides.
    pub(in crate::tools::diagnose) fn evidence(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.others.is_empty() {
            lines.push(format!(
                "the others of the rollout: {}",
                listing::first(&self.others, NAMED_MAX)
            ));
        }
        if let At::Overlooked { recorded, compared } = &self.at {
            let complete = if self.is_complete {
                "The rollout counts as complete (RolloutProgressing False): nothing will sync this application. "
            } else {
                ""
            };
            lines.push(format!(
                "Its step has target {recorded}, Git has {compared}. {complete}Sync it by hand."
            ));
        }
        lines
    }
}

fn at(app: &Application, own: &Step, set: &Set) -> At {
    let steps = &set.status.application_status;
    let is_out = &*app.status.sync.status == "OutOfSync";
    let is_old = &*own.status == "Healthy" && own.is_current(app) == Some(false);
    // Right after a commit every step has the old target.
    let is_past = steps.iter().any(|step| step.is_current(app) == Some(true))
        && set.condition("RolloutProgressing", "True").is_none();
    if is_out && is_old && is_past {
        return At::Overlooked {
            recorded: revisions(&own.target_revisions),
            compared: revisions(app.status.sync.revisions()),
        };
    }
    let number = own.number();
    let before = steps.iter().filter(|step| {
        number.is_some()
            && step.number().is_some()
            && step.number() < number
            && &*step.status != "Healthy"
    });
    let before: Vec<String> = before.map(words).collect();
    if &*own.status == "Waiting" && !before.is_empty() {
        At::Behind(before)
    } else {
        At::Step
    }
}

/// `pay-stage step 1 Healthy at 1aae758`.
fn words(step: &Step) -> String {
    let target = match &step.target_revisions[..] {
        [] => String::new(),
        target => format!(" at {}", revisions(target)),
    };
    format!(
        "{} step {} {}{target}",
        word(&step.application),
        word(&step.step),
        word(&step.status)
    )
}

impl Proven for Rolling {
    fn headline(&self) -> String {
        let state = match &self.at {
            At::Behind(before) => format!(
                "Waiting for an earlier step ({})",
                listing::first(before, NAMED_MAX)
            ),
            At::Overlooked { .. } => "recorded as Healthy with an old target revision".to_owned(),
            At::Step => self.status.clone(),
        };
        format!(
            "only ApplicationSet {} syncs it (RollingSync, so automated sync is off on purpose): step {} is {state}",
            self.set, self.number
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    fn rolling(strategy: &str, steps: Value) -> Option<Rolling> {
        let app = json!({"metadata": {"name": "web-b"}, "status": {"sync": {"status": "OutOfSync", "revision": "v2"}}});
        let set = json!({"metadata": {"name": "web"}, "spec": {"strategy": {"type": strategy}},
            "status": {"applicationStatus": steps, "conditions": [{"type": "RolloutProgressing", "status": "False"}]}});
        Rolling::of(&from_value(app).unwrap(), &from_value(set).unwrap())
    }

    fn step(app: &str, number: &str, status: &str, target: Value) -> Value {
        json!({"application": app, "step": number, "status": status, "targetRevisions": target})
    }

    #[test]
    fn speaks_of_a_step_that_is_waiting_and_of_one_that_is_overlooked() {
        let steps = json!([
            step("web-a", "1", "Progressing", json!(["v2"])),
            step("web-b", "2", "Waiting", json!(["v2"]))
        ]);
        let found = rolling("RollingSync", steps).unwrap();
        assert!(
            found.headline().ends_with(
                "step 2 is Waiting for an earlier step (web-a step 1 Progressing at v2)"
            )
        );
        let steps = json!([
            step("web-a", "1", "Healthy", json!(["v2"])),
            step("web-b", "2", "Healthy", json!(["v1"]))
        ]);
        let found = rolling("RollingSync", steps).unwrap();
        assert!(
            found
                .headline()
                .contains("step 2 is recorded as Healthy with an old target")
        );
        assert!(found.evidence()[1].contains("target v1, Git has v2"));
    }

    #[test]
    fn silent_without_the_strategy_or_an_entry_and_about_what_is_not_known() {
        assert!(
            rolling(
                "AllAtOnce",
                json!([step("web-b", "2", "Healthy", json!(["v1"]))])
            )
            .is_none()
        );
        assert!(
            rolling(
                "RollingSync",
                json!([step("web-c", "2", "Healthy", json!(["v1"]))])
            )
            .is_none()
        );
        for target in [json!(["v2"]), json!([]), Value::Null, json!([""])] {
            let found = rolling(
                "RollingSync",
                json!([step("web-b", "2", "Healthy", target)]),
            )
            .unwrap();
            assert!(
                found.headline().ends_with("step 2 is Healthy"),
                "{}",
                found.headline()
            );
            assert!(found.evidence().is_empty());
        }
        let steps = json!([
            step("web-a", "1", "Healthy", json!(["v1"])),
            step("web-b", "2", "Healthy", json!(["v1"]))
        ]);
        assert!(
            rolling("RollingSync", steps)
                .unwrap()
                .headline()
                .ends_with("step 2 is Healthy")
        );
        let steps = json!([
            step("web-a", "3", "Progressing", json!([])),
            step("web-b", "2", "Waiting", json!([]))
        ]);
        assert!(
            rolling("RollingSync", steps)
                .unwrap()
                .headline()
                .ends_with("step 2 is Waiting")
        );
    }
}
