//! The operation that a request performs, and its name for messages.

use std::fmt;

macro_rules! operations {
    ($($name:ident = $words:literal,)*) => {
        /// One operation: the login, or what one constructor of [`Get`](super::Get) is for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the words of each say what it is")]
        pub enum Operation {
            LogIn,
            $($name,)*
        }

        impl Operation {
            /// All that send a GET.
            pub const GETS: &[Operation] = &[$(Self::$name,)*];

            /// The operation in words that follow "cannot": `list applications`.
            pub fn words(self) -> &'static str {
                match self {
                    Self::LogIn => "log in to Argo CD",
                    $(Self::$name => $words,)*
                }
            }
        }
    };
}

operations! {
    ReadVersion = "read the server's version",
    ListApplications = "list applications",
    ReadApplication = "read the application",
    ReadTree = "read the resource tree",
    LookUpName = "look up the name",
    ReadChildren = "read the child applications",
    ReadManaged = "read the managed resources",
    ReadStates = "read the managed resources",
    ReadResource = "read the resource",
    ReadCommit = "read the commit",
    ReadWindows = "read the sync windows",
    ReadEvents = "read the events",
    ReadEventsOf = "read the events",
    Render = "render the manifests",
    ReadLogs = "read the logs",
    ListProjects = "list projects",
    ReadProject = "read the project",
    ListApplicationSets = "list the ApplicationSets",
    ReadApplicationSet = "read the ApplicationSet",
    ReadAccount = "read the account",
    ReadSettings = "read the server's settings",
    AskRight = "check the account's permissions",
    ListClusters = "list clusters",
    ListRepositories = "list repositories",
}

impl Operation {
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
