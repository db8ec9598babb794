//! An ApplicationSet: its conditions, what it generated, and where each application is in a progressive
//! rollout. Parameters of generators and templates have no field here, because they may hold secrets.

use crate::{
    answer::{order, word},
    model::{
        Health, Metadata,
        application::Application,
        record::{Field, Record, record},
    },
    redact::Text,
};

/// The kinds of a generator: its keys, without their values.
#[derive(Default)]
pub(crate) struct Kinds(pub(crate) Vec<String>);

impl Record for Kinds {
    fn field(&mut self, name: &str) -> Option<&mut dyn Field> {
        // A generator has a selector and a template besides its kind.
        if !matches!(name, "selector" | "template") {
            self.0.push(word(&Text::new(name)));
        }
        None
    }
}

record! {
    pub(crate) struct Set {
        pub(crate) metadata: Metadata = "metadata",
        pub(crate) spec: Spec = "spec",
        pub(crate) status: Status = "status",
    }
}

record! {
    pub(crate) struct Spec {
        pub(crate) generators: Vec<Kinds> = "generators",
        pub(crate) template: Template = "template",
        pub(crate) strategy: Strategy = "strategy",
    }
}

record! {
    pub(crate) struct Strategy {
        pub(crate) kind: Text = "type",
    }
}

record! {
    pub(crate) struct Template {
        pub(crate) metadata: Metadata = "metadata",
        pub(crate) spec: TemplateSpec = "spec",
    }
}

record! {
    pub(crate) struct TemplateSpec {
        pub(crate) project: Text = "project",
    }
}

record! {
    pub(crate) struct Status {
        pub(crate) conditions: Vec<Condition> = "conditions",
        pub(crate) resources: Vec<Made> = "resources",
        /// How many there are, when the list is cut (Argo CD 3.2 on).
        pub(crate) resources_count: Option<i64> = "resourcesCount",
        pub(crate) application_status: Vec<Step> = "applicationStatus",
        pub(crate) health: Health = "health",
    }
}

record! {
    pub(crate) struct Condition {
        pub(crate) kind: Text = "type",
        pub(crate) status: Text = "status",
        pub(crate) reason: Text = "reason",
        pub(crate) message: Text = "message",
        pub(crate) last_transition_time: Text = "lastTransitionTime",
    }
}

record! {
    pub(crate) struct Made {
        pub(crate) name: Text = "name",
        pub(crate) namespace: Text = "namespace",
        pub(crate) status: Text = "status",
        pub(crate) health: Health = "health",
    }
}

record! {
    /// Where one application is in a progressive rollout.
    pub(crate) struct Step {
        pub(crate) application: Text = "application",
        pub(crate) status: Text = "status",
        pub(crate) message: Text = "message",
        pub(crate) step: Text = "step",
        /// What the step brings; older servers leave it out.
        pub(crate) target_revisions: Vec<Text> = "targetRevisions",
    }
}

impl Step {
    /// Whether it brings what `app` is compared with; `None` when one of the two is not known.
    pub(crate) fn is_current(&self, app: &Application) -> Option<bool> {
        let compared = app.status.sync.revisions();
        let known = |all: &[Text]| !all.is_empty() && all.iter().all(|each| !each.is_empty());
        (known(compared) && known(&self.target_revisions))
            .then(|| compared == self.target_revisions)
    }

    /// Its number, for comparing; `None` when it is none.
    pub(crate) fn number(&self) -> Option<u32> {
        self.step.parse().ok()
    }
}

impl Made {
    /// Whether the application is Synced and Healthy.
    pub(crate) fn is_well(&self) -> bool {
        order::application_rank(&self.health.status, &self.status)
            >= order::application_rank("Healthy", "Synced")
    }

    /// `OutOfSync, Degraded`.
    pub(crate) fn words(&self) -> String {
        let word = |text: &Text| {
            if text.is_empty() {
                "-".to_owned()
            } else {
                word(text)
            }
        };
        format!("{}, {}", word(&self.status), word(&self.health.status))
    }
}

impl Set {
    /// The condition that says what is wrong.
    pub(crate) fn error(&self) -> Option<&Condition> {
        self.condition("ErrorOccurred", "True")
            .or_else(|| self.condition("ResourcesUpToDate", "False"))
    }

    /// The condition of a type with a status.
    pub(crate) fn condition(&self, kind: &str, status: &str) -> Option<&Condition> {
        let is = |condition: &&Condition| &*condition.kind == kind && &*condition.status == status;
        self.status.conditions.iter().find(is)
    }

    /// Its state in a word or two.
    pub(crate) fn state(&self) -> &'static str {
        match self.error().map(|condition| &*condition.kind) {
            Some("ErrorOccurred") => return "ErrorOccurred",
            Some(_) => return "not up to date",
            // The controller has not processed it yet, so nothing is claimed.
            None if self.status.conditions.is_empty() => return "no conditions yet",
            None => {}
        }
        if self.condition("RolloutProgressing", "True").is_some() {
            "RolloutProgressing"
        } else {
            "no errors"
        }
    }

    /// The number of applications it has generated, according to its status.
    pub(crate) fn made_count(&self) -> usize {
        let told = self
            .status
            .resources_count
            .and_then(|count| usize::try_from(count).ok());
        told.unwrap_or(0).max(self.status.resources.len())
    }

    /// The kinds of its generators.
    pub(crate) fn generators(&self) -> String {
        let kinds: Vec<String> = self
            .spec
            .generators
            .iter()
            .map(|kinds| kinds.0.join("+"))
            .collect();
        if kinds.is_empty() {
            "no generator".to_owned()
        } else {
            kinds.join(", ")
        }
    }
}
