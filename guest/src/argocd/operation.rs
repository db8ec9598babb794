//! The operation that a request performs, and its name for messages.

use std::fmt;

/// One operation, each with the routes that serve it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the words of each say what it is")]
pub enum Operation {
    LogIn,
    ReadVersion,
    ListApplications,
    ReadApplication,
    ReadTree,
    LookUpName,
    ReadChildren,
    ReadManaged,
    ReadResource,
    ReadCommit,
    ReadChart,
    ReadWindows,
    ReadEvents,
    Render,
    ReadLogs,
    ListProjects,
    ReadProject,
    ListApplicationSets,
    ReadApplicationSet,
    ReadAccount,
    ReadSettings,
    AskRight,
    ListClusters,
    ListRepositories,
}

impl Operation {
    /// The operation in words that follow "cannot": `list applications`.
    pub fn words(self) -> &'static str {
        match self {
            Self::LogIn => "log in to Argo CD",
            Self::ReadVersion => "read the server's version",
            Self::ListApplications => "list applications",
            Self::ReadApplication => "read the application",
            Self::ReadTree => "read the resource tree",
            Self::LookUpName => "look up the name",
            Self::ReadChildren => "read the child applications",
            Self::ReadManaged => "read the managed resources",
            Self::ReadResource => "read the resource",
            Self::ReadCommit => "read the commit",
            Self::ReadChart => "read the chart's details",
            Self::ReadWindows => "read the sync windows",
            Self::ReadEvents => "read the events",
            Self::Render => "render the manifests",
            Self::ReadLogs => "read the logs",
            Self::ListProjects => "list projects",
            Self::ReadProject => "read the project",
            Self::ListApplicationSets => "list the ApplicationSets",
            Self::ReadApplicationSet => "read the ApplicationSet",
            Self::ReadAccount => "read the account",
            Self::ReadSettings => "read the server's settings",
            Self::AskRight => "check the account's permissions",
            Self::ListClusters => "list clusters",
            Self::ListRepositories => "list repositories",
        }
    }

    /// Whether it reads something that an application refers to: when that is missing or forbidden,
    /// nothing follows for the application's own name.
    pub fn is_beside_application(self) -> bool {
        matches!(
            self,
            Self::ReadProject | Self::ReadResource | Self::ReadCommit
        )
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}
