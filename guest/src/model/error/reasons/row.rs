//! A row of the table of reasons, and what it is about.

use crate::model::{
    application::{
        Application,
        settings::{compares_on_server, has_option},
    },
    error::parts::{Component, Stage},
};

/// A row of the table.
#[derive(Debug)]
pub(crate) struct Reason {
    /// Its name in tests.
    #[cfg_attr(not(test), allow(dead_code))]
    pub(super) name: &'static str,
    /// Stages in which it can be; none given: in any.
    pub(super) stages: &'static [Stage],
    /// What the frames must have proven to have failed; none given: anything.
    pub(super) among: &'static [Component],
    /// Each must occur, in lower case; `|` separates alternatives.
    pub(super) has: &'static [&'static str],
    /// None of these alternatives may occur.
    pub(super) lacks: &'static str,
    /// What failed, if the row proves it.
    pub(in crate::model::error) component: Option<Component>,
    /// One clause without a full stop; `{}` is the subject of the innermost frame.
    pub(super) says: &'static str,
    pub(crate) remedy: Remedy,
    pub(crate) look: Look,
}

/// What helps.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Remedy {
    /// Nothing that always holds is known.
    Unknown,
    /// One or two sentences that hold whatever the application's settings are.
    Always(&'static str),
    /// The first where the setting is off, the second where it is on.
    Unless(Setting, &'static str, &'static str),
}

impl Remedy {
    /// The sentences for `app`; empty when nothing is known to help.
    pub(crate) fn of(self, app: &Application) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::Always(text) => text,
            Self::Unless(setting, off, on) => {
                if setting.is_on(app) {
                    on
                } else {
                    off
                }
            }
        }
    }
}

/// A setting of the application that decides what helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    ServerSideApply,
    ServerSideDiff,
    CreateNamespace,
    Replace,
    AllowEmpty,
}

impl Setting {
    /// Whether the application has it. Settings of a single object or of Argo CD itself are not known here.
    pub(crate) fn is_on(self, app: &Application) -> bool {
        match self {
            Self::ServerSideApply => has_option(app, "ServerSideApply=true"),
            Self::CreateNamespace => has_option(app, "CreateNamespace=true"),
            Self::Replace => has_option(app, "Replace=true"),
            Self::ServerSideDiff => compares_on_server(app),
            Self::AllowEmpty => {
                let automated = app.spec.sync_policy.automated.as_ref();
                automated.is_some_and(|automated| automated.allow_empty == Some(true))
            }
        }
    }
}

/// What else of Argo CD's API says more about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Nothing.
    Nowhere,
    /// The application's path and repository URL, which the message leaves out.
    Path,
    /// Whether the application brings the definition of the kind itself.
    Definition,
    /// The clusters that are registered.
    Clusters,
    /// The application's sources and their revisions.
    Sources,
    /// The repositories that Argo CD knows, and how their connections are.
    Repositories,
    /// The project's list of keys.
    Keys,
    /// The namespaces for which the cluster is registered.
    Namespaces,
}

/// A row that fits anything: what the rows of the table are made from.
pub(super) const ANY: Reason = Reason {
    name: "",
    stages: &[],
    among: &[],
    has: &[],
    lacks: "",
    component: None,
    says: "",
    remedy: Remedy::Unknown,
    look: Look::Nowhere,
};

impl Reason {
    /// Whether the row is about a failure of `component` in `stage` whose message, in lower case, is `text`.
    pub(super) fn fits(
        &self,
        stage: Option<Stage>,
        component: Option<Component>,
        text: &str,
    ) -> bool {
        let any = |words: &str| words.split('|').any(|word| text.contains(word));
        (self.stages.is_empty() || stage.is_some_and(|is| self.stages.contains(&is)))
            && (self.among.is_empty() || component.is_some_and(|is| self.among.contains(&is)))
            && self.has.iter().all(|words| any(words))
            && (self.lacks.is_empty() || !any(self.lacks))
    }

    /// Whether the destination cluster is not registered.
    pub(crate) fn is_unregistered(&self) -> bool {
        self.look == Look::Clusters
    }

    /// The clause, about `subject`.
    pub(crate) fn says(&self, subject: &str) -> String {
        self.says.replace("{}", subject)
    }
}
