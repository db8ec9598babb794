//! Parameters of a GET besides the application: object, states, revision, log or permission.

use super::names::{
    ApiVersion, ContainerName, Group, Kind, Namespace, ObjectName, PodName, Revision, Uid,
};

/// Which states of managed resources are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum States {
    /// Live and predicted live state, both normalised: enough for a difference.
    Compared,
    /// Also the rendered target and the raw live object, which has the last applied configuration and the
    /// field managers: four copies of each object.
    All,
}

/// An object of an application; unknown parts are empty. Argo CD's filters are exact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// API group; `None` for the core group.
    pub group: Option<Group>,
    /// API version; needed for [`Get::resource`].
    pub version: Option<ApiVersion>,
    /// Kind.
    pub kind: Option<Kind>,
    /// Namespace; `None` for cluster-scoped objects.
    pub namespace: Option<Namespace>,
    /// Name.
    pub name: Option<ObjectName>,
    /// Unique id; needed for [`Get::events_of`].
    pub uid: Option<Uid>,
}

/// Which source of an application with several, and of which deploy: a commit's metadata is looked
/// up in the repository that the source named at that time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceAt {
    /// Index of the source, from 0.
    pub index: Option<u32>,
    /// Id of the deploy in the history.
    pub history_id: Option<i64>,
}

/// What to render.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rendering {
    /// The target revisions.
    Target,
    /// A revision of the only source.
    Revision(Revision),
    /// Revisions of some sources, by position from 1. Positions that are left out are not rendered.
    Positions(Vec<(u32, Revision)>),
}

/// A permission to check with `account/can-i`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// `applications`, `logs`, `clusters`, …
    pub resource: &'static str,
    /// `get`, `sync`, `delete`, …
    pub action: &'static str,
    /// Whether objects of the resource belong to projects: `*/*` instead of `*`.
    pub in_projects: bool,
}

/// Whose log to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogSource {
    /// One Pod.
    Pod(PodName),
    /// All Pods below an object of the tree: group, kind, name.
    Below(Option<Group>, Kind, ObjectName),
}

/// Which log lines are wanted. Argo CD's own `filter` is not sent: it hides the errors of the kubelet, too.
/// `tail_lines` is always sent: without it Argo CD sends the whole log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogQuery {
    /// The Pod, or what its Pods belong to.
    pub source: LogSource,
    /// One container; Argo CD asks for it when the Pod has several.
    pub container: Option<ContainerName>,
    /// The Pod's namespace.
    pub namespace: Option<Namespace>,
    /// Lines from the end, at least 1, at most [`limits::TAIL_LINES_MAX`].
    pub tail_lines: u32,
    /// The container's run before its last restart.
    pub previous: bool,
    /// Only lines of the last so many seconds.
    pub since_seconds: Option<u32>,
}

impl LogQuery {
    /// The last `tail_lines` lines of `source`.
    pub fn new(source: LogSource, tail_lines: u32) -> Self {
        Self {
            source,
            container: None,
            namespace: None,
            tail_lines,
            previous: false,
            since_seconds: None,
        }
    }
}
