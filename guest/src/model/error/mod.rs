//! What Argo CD says when it cannot compare, render, sync or delete: a chain of frames around a reason.
//!
//! [`Trouble::read`] takes the frames off and keeps what they prove: the stage, the component that
//! failed and its subject. [`Trouble::known`] looks the reason up in the table of [`reasons`].

mod frames;
mod network;
mod reasons;

use self::frames::Place;
pub(crate) use self::{
    network::Blocked,
    reasons::{Look, Reason},
};
use crate::redact::Text;

/// What Argo CD was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Loading the target state: fetching and rendering the source.
    Target,
    /// Loading the live state from the destination cluster.
    Live,
    /// Comparing both.
    Compare,
    /// Reading objects in another version of their API.
    Convert,
    /// Checking a signature.
    Auth,
    /// Judging an object's health.
    Health,
    /// Rendering into a branch of its own.
    Hydrate,
    /// Validating the application's spec.
    Spec,
    /// Applying.
    Sync,
    /// Deleting the application.
    Delete,
}

impl Stage {
    /// The stage as the end of a sentence: `Argo CD cannot …`.
    pub(crate) fn verb(self) -> &'static str {
        match self {
            Self::Target => "load the target state",
            Self::Live => "load the live state",
            Self::Compare => "compare the target state with the live state",
            Self::Convert => "read an object of the cluster in the version that it asks for",
            Self::Auth => "verify the revision",
            Self::Health => "judge the health of an object",
            Self::Hydrate => "hydrate the source",
            Self::Spec => "accept the application's spec",
            Self::Sync => "sync",
            Self::Delete => "delete the application",
        }
    }
}

/// Which part failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Component {
    GitHost,
    /// Of charts or images: OCI.
    Registry,
    ChartRepository,
    /// What the source holds: manifests, chart, overlay.
    Source,
    RepoServer,
    CommitServer,
    Redis,
    /// A config management plugin, in its sidecar.
    Plugin,
    Cluster,
    AggregatedApi,
    ConversionWebhook,
    AdmissionWebhook,
    Controller,
    Signature,
}

impl Component {
    /// Its name in a sentence.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::GitHost => "the Git host",
            Self::Registry => "the registry",
            Self::ChartRepository => "the chart repository",
            Self::Source => "the source",
            Self::RepoServer => "Argo CD's own repo-server",
            Self::CommitServer => "Argo CD's own commit-server",
            Self::Redis => "Argo CD's own Redis",
            Self::Plugin => "the config management plugin",
            Self::Cluster => "the destination cluster",
            Self::AggregatedApi => "an aggregated API of the destination cluster",
            Self::ConversionWebhook => "a conversion webhook of the destination cluster",
            Self::AdmissionWebhook => "an admission webhook of the destination cluster",
            Self::Controller => "Argo CD's application controller",
            Self::Signature => "the signature verification",
        }
    }

    /// Whether Argo CD's settings of a repository can say more about it.
    pub(crate) fn is_repository(self) -> bool {
        matches!(self, Self::GitHost | Self::Registry | Self::ChartRepository)
    }

    /// Whether it belongs to the destination cluster.
    pub(crate) fn is_cluster(self) -> bool {
        matches!(
            self,
            Self::Cluster | Self::AggregatedApi | Self::ConversionWebhook
        )
    }
}

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
    /// The whole message in lower case: what the table looks at.
    haystack: String,
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
        let mut trouble = Self {
            stage,
            component,
            subject: subject.to_owned(),
            reason: Text::new(&reason),
            is_cached,
            haystack: message.to_ascii_lowercase(),
            known: None,
        };
        trouble.known = reasons::find(&trouble);
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
