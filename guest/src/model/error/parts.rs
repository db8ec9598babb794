//! What Argo CD was doing when it failed, and which part failed.

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
