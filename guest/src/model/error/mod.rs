//! What Argo CD says when it cannot compare, render, sync or delete: a chain of frames around a reason.
//!
//! [`Trouble::read`] takes the frames off and keeps what they prove: the stage, the component that
//! failed and its subject. [`Trouble::known`] looks the reason up in the table of [`reasons`].

mod frames;
mod network;
mod parts;
mod reasons;

use self::frames::Place;
pub(crate) use self::{
    network::Blocked,
    parts::{Component, Stage},
    reasons::{Look, Reason},
};
use crate::redact::Text;

/// A parsed error.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    pub(crate) stage: Option<Stage>,
    pub(crate) component: Option<Component>,
    /// What the innermost frame is about: a cluster's URL, a kind, a command.
    pub(crate) subject: String,
    /// The message without its frames.
    pub(crate) reason: Text,
    /// Whether the repo-server repeats an error that it keeps.
    pub(crate) is_cached: bool,
    known: Option<&'static Reason>,
}

impl Trouble {
    /// Parses `message`; `stage` is known from where it stands, e.g. a row of a sync.
    pub(crate) fn read(message: &Text, stage: Option<Stage>) -> Self {
        let Place {
            stage,
            component,
            subject,
            is_cached,
            reason,
        } = frames::strip(message, stage);
        // The table looks at the whole message.
        let haystack = message.to_ascii_lowercase();
        let mut trouble = Self {
            stage,
            component,
            subject: subject.to_owned(),
            reason: Text::new(&reason),
            is_cached,
            known: None,
        };
        trouble.known = reasons::find(trouble.stage, trouble.component, &haystack);
        let component = trouble.known.and_then(|known| known.component);
        trouble.component = component.or(trouble.component);
        if trouble.component == Some(Component::Signature) {
            trouble.stage = Some(Stage::Auth);
        }
        trouble
    }

    /// The row of the table that fits.
    pub(crate) fn known(&self) -> Option<&'static Reason> {
        self.known
    }

    /// What keeps a connection from working, with the host if the message names it.
    pub(crate) fn blocked(&self) -> Option<Blocked> {
        network::read(&self.reason)
    }
}
