//! The routes: all that Argo CD can be asked, and by which tools. One table, one screen.
//!
//! GET is not read-only in Argo CD: `refresh` patches the Application, `/terminal` opens a shell.
//! So what is not in the table does not exist; a new route is a new line here, on purpose.

use super::{Denial, path};
use crate::limits::{INDEX, NAME_BYTES, SOURCES, TAIL_LINES};

/// One route.
#[derive(Debug)]
pub struct Route {
    /// Path below the prefix; `{name}` stands for one Kubernetes name, `{any}` for one or `*`,
    /// `{revision}` for a commit or a plain version.
    pub template: &'static str,
    /// Query keys that it takes.
    pub keys: &'static [Key],
    /// Tools that own it: one of them must be open.
    pub owners: &'static [&'static str],
    /// What Argo CD does besides answering.
    pub effect: Effect,
}

/// What a GET makes Argo CD do besides answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Nothing,
    /// On a cache miss it sets the refresh annotation and waits for the controller.
    Refresh,
    /// It reads from the target cluster; on a cache miss as [`Effect::Refresh`].
    Live,
    /// It renders in the repo-server, which may fetch from Git, and discovers the cluster's APIs.
    Render,
    /// It fetches from Git or a chart repository.
    Fetch,
    /// On a cache miss it tests the connection to each repository.
    Connect,
}

impl Effect {
    /// For a reader; empty for [`Effect::Nothing`].
    pub fn words(self) -> &'static str {
        match self {
            Effect::Nothing => "",
            Effect::Refresh => "on a cache miss sets the refresh annotation",
            Effect::Live => {
                "reads from the target cluster; on a cache miss sets the refresh annotation"
            }
            Effect::Render => "renders in the repo-server, which may fetch from Git",
            Effect::Fetch => "fetches from Git or the chart repository",
            Effect::Connect => "on a cache miss tests the connection to each repository",
        }
    }
}

/// A query key: name, type of its value, how often.
#[derive(Debug)]
pub struct Key(pub &'static str, pub Value, pub Times);

/// How often a key may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// At most once.
    Once,
    /// Any number of times.
    Many,
    /// Exactly once: a bound hangs on it.
    Required,
}

/// The type of a query value, after one decoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A Kubernetes name (RFC 1123 subdomain).
    Name,
    /// Comma-separated field paths; never a leading `-`, which excludes.
    Fields,
    /// A number from 1 to the bound, in decimal.
    Count(u64),
    /// A number from 0 to [`INDEX`], in decimal.
    Index,
    /// A part of an object's identity: group, version, kind, name or uid; empty for the core group.
    Object,
    /// Any text without control characters: a label selector, a revision.
    Text,
}

use Times::{Many, Once, Required};
use Value::{Count, Fields, Index, Name, Object, Text};

const LIST: &str = "list_applications";
const APP: &str = "get_application";
const TREE: &str = "get_application_resource_tree";
const MANAGED: &str = "get_application_managed_resources";
const EVENTS: &str = "get_application_events";
const MANIFESTS: &str = "get_application_manifests";
const LOGS: &str = "get_application_logs";
const PROJECTS: &str = "list_projects";
const CLUSTERS: &str = "list_clusters";
const REPOSITORIES: &str = "list_repositories";
const DIAGNOSE: &str = "diagnose_application";
const DIFF: &str = "diff_application";
const HISTORY: &str = "get_application_history";
const SYNC: &str = "get_sync_status";
const WINDOWS: &str = "get_sync_windows";
const RESOURCE: &str = "get_resource";
const FIND: &str = "find_applications";
const PROJECT: &str = "get_project";
const APPSETS: &str = "list_applicationsets";
const APPSET: &str = "get_applicationset";
const INFO: &str = "get_server_info";
const COMPARE: &str = "compare_applications";
/// The two MCP methods besides tool calls that read from Argo CD.
const READ: &str = "resources/read";
const COMPLETE: &str = "completion/complete";
const METHODS: [&str; 2] = [READ, COMPLETE];

/// Tools about one application: they look a name up in the list when Argo CD says 403.
#[rustfmt::skip]
const ONE_APP: &[&str] = &[
    APP, TREE, MANAGED, EVENTS, MANIFESTS, LOGS, DIAGNOSE, DIFF, HISTORY, SYNC, WINDOWS, RESOURCE, PROJECT, COMPARE, READ,
];
/// Those, and the ones about many.
#[rustfmt::skip]
const ANY_APP: &[&str] = &[
    LIST, FIND, APPSETS, APPSET, CLUSTERS, REPOSITORIES, INFO, COMPLETE,
    APP, TREE, MANAGED, EVENTS, MANIFESTS, LOGS, DIAGNOSE, DIFF, HISTORY, SYNC, WINDOWS, RESOURCE, PROJECT, COMPARE, READ,
];

const NS: Key = Key("appNamespace", Name, Once);
const IN: Key = Key("project", Name, Once);

/// The table. Comments name what Argo CD does besides answering.
#[rustfmt::skip]
pub static ROUTES: &[Route] = &[
    Route { template: "/api/version", effect: Effect::Nothing, keys: &[], owners: ANY_APP },
    Route { template: "/api/v1/applications", effect: Effect::Nothing, owners: ANY_APP, keys: &[
        Key("projects", Name, Many), Key("selector", Text, Once), NS, Key("name", Name, Once), Key("fields", Fields, Once)] },
    Route { template: "/api/v1/applications/{name}", effect: Effect::Nothing, keys: &[NS, IN], owners: ONE_APP },
    // On a cache miss: sets the refresh annotation and waits for the controller.
    Route { template: "/api/v1/applications/{name}/resource-tree", effect: Effect::Refresh, keys: &[NS, IN], owners: &[TREE, EVENTS, LOGS, RESOURCE, DIAGNOSE] },
    // On a cache miss: sets the refresh annotation and waits for the controller.
    Route { template: "/api/v1/applications/{name}/managed-resources", effect: Effect::Refresh, owners: &[MANAGED, DIFF, DIAGNOSE, COMPARE], keys: &[
        NS, IN, Key("group", Object, Once), Key("kind", Object, Once), Key("namespace", Object, Once), Key("name", Object, Once),
        Key("fields", Fields, Once)] },
    // On a cache miss, when an object is named: sets the refresh annotation.
    Route { template: "/api/v1/applications/{name}/events", effect: Effect::Refresh, owners: &[EVENTS, DIAGNOSE], keys: &[
        NS, IN, Key("resourceNamespace", Object, Once), Key("resourceName", Object, Once), Key("resourceUID", Object, Once)] },
    // Reads from the target cluster; on a cache miss sets the refresh annotation.
    Route { template: "/api/v1/applications/{name}/resource", effect: Effect::Live, owners: &[RESOURCE, LOGS, DIAGNOSE], keys: &[
        NS, IN, Key("namespace", Object, Once), Key("resourceName", Object, Once), Key("version", Object, Once),
        Key("group", Object, Once), Key("kind", Object, Once)] },
    // Renders in the repo-server, which may fetch from git, and discovers the target cluster's APIs.
    Route { template: "/api/v1/applications/{name}/manifests", effect: Effect::Render, owners: &[APP, MANIFESTS, DIFF, HISTORY, DIAGNOSE, COMPARE], keys: &[
        NS, IN, Key("revision", Text, Once), Key("revisions", Text, Many), Key("sourcePositions", Count(SOURCES), Many)] },
    // Fetches from git in the repo-server.
    Route { template: "/api/v1/applications/{name}/revisions/{revision}/metadata", effect: Effect::Fetch, owners: &[HISTORY, SYNC, DIAGNOSE, DIFF, COMPARE], keys: &[
        NS, IN, Key("sourceIndex", Index, Once), Key("versionId", Index, Once)] },
    // Reads the chart repository in the repo-server.
    Route { template: "/api/v1/applications/{name}/revisions/{revision}/chartdetails", effect: Effect::Fetch, owners: &[HISTORY, DIAGNOSE], keys: &[
        NS, IN, Key("sourceIndex", Index, Once), Key("versionId", Index, Once)] },
    Route { template: "/api/v1/applications/{name}/syncwindows", effect: Effect::Nothing, keys: &[NS, IN], owners: &[WINDOWS, DIAGNOSE] },
    // Reads from the target cluster; on a cache miss sets the refresh annotation.
    Route { template: "/api/v1/applications/{name}/logs", effect: Effect::Live, owners: &[LOGS, DIAGNOSE], keys: &[
        NS, IN, Key("podName", Name, Once), Key("container", Name, Once), Key("namespace", Name, Once), Key("group", Object, Once),
        Key("kind", Object, Once), Key("resourceName", Object, Once), Key("previous", Text, Once), Key("sinceSeconds", Index, Once),
        Key("filter", Text, Once), Key("matchCase", Text, Once), Key("tailLines", Count(TAIL_LINES), Required)] },
    // Also read by the lists of applications, which go project by project when Argo CD's message limit is hit, and
    // by get_project and get_server_info, for the name that was meant.
    Route { template: "/api/v1/projects", effect: Effect::Nothing, keys: &[Key("fields", Fields, Once)], owners: &[PROJECTS, PROJECT, LIST, FIND, INFO] },
    Route { template: "/api/v1/projects/{name}", effect: Effect::Nothing, keys: &[], owners: &[PROJECT, WINDOWS, DIAGNOSE, INFO] },
    Route { template: "/api/v1/applicationsets", effect: Effect::Nothing, owners: &[APPSETS, APPSET], keys: &[
        Key("projects", Name, Many), Key("selector", Text, Once), Key("appsetNamespace", Name, Once)] },
    Route { template: "/api/v1/applicationsets/{name}", effect: Effect::Nothing, keys: &[Key("appsetNamespace", Name, Once)], owners: &[APPSET, DIAGNOSE] },
    Route { template: "/api/v1/clusters", effect: Effect::Nothing, keys: &[], owners: &[CLUSTERS, DIAGNOSE, PROJECT] },
    // On a cache miss: tests the connection to each repository.
    Route { template: "/api/v1/repositories", effect: Effect::Connect, keys: &[], owners: &[REPOSITORIES, DIAGNOSE] },
    Route { template: "/api/v1/session/userinfo", effect: Effect::Nothing, keys: &[], owners: &[INFO] },
    Route { template: "/api/v1/settings", effect: Effect::Nothing, keys: &[], owners: &[INFO] },
    Route { template: "/api/v1/account/can-i/{name}/{name}/{any}", effect: Effect::Nothing, keys: &[], owners: &[INFO] },
    Route { template: "/api/v1/account/can-i/{name}/{name}/{any}/{any}", effect: Effect::Nothing, keys: &[], owners: &[INFO] },
];

/// The route of a path below the prefix and its query, with the keys in use.
pub(super) fn find(
    below: &str,
    query: Option<&str>,
) -> Result<(&'static Route, Vec<&'static str>), Denial> {
    let route = ROUTES
        .iter()
        .find(|route| route.matches(below))
        .ok_or_else(|| Denial::new("route", "there is no route for this path"))?;
    let pairs = query.map(path::pairs).transpose()?.unwrap_or_default();
    let mut keys: Vec<&'static str> = Vec::new();
    for (name, value) in &pairs {
        let deny = |what: &str| Err(Denial::new("query", format!("{} {what}", path::cut(name))));
        let Some(Key(key, kind, times)) = route.keys.iter().find(|key| key.0 == *name) else {
            return deny("is not allowed on this route");
        };
        if !kind.accepts(value) {
            return deny("has a value of the wrong type");
        }
        if !keys.contains(key) {
            keys.push(key);
        } else if *times != Many {
            return deny("is repeated");
        }
    }
    match route
        .keys
        .iter()
        .find(|key| key.2 == Required && !keys.contains(&key.0))
    {
        Some(Key(missing, ..)) => Err(Denial::new("query", format!("{missing} is missing"))),
        None => Ok((route, keys)),
    }
}

/// Whether a tool of this name owns a route.
pub fn is_tool(name: &str) -> bool {
    is_owner(name) && !METHODS.contains(&name)
}

/// Whether anything of this name owns a route: a tool, or one of the two other methods.
pub fn is_owner(name: &str) -> bool {
    ROUTES.iter().any(|route| route.owners.contains(&name))
}

impl Route {
    fn matches(&self, below: &str) -> bool {
        let mut segments = below.split('/');
        self.template
            .split('/')
            .all(|wanted| match segments.next() {
                Some(segment) if wanted == "{name}" => is_name(segment),
                Some(segment) if wanted == "{any}" => segment == "*" || is_name(segment),
                Some(segment) if wanted == "{revision}" => is_revision(segment),
                segment => segment == Some(wanted),
            })
            && segments.next().is_none()
    }
}

impl Value {
    fn accepts(self, value: &str) -> bool {
        match self {
            Name => is_name(value),
            Fields => {
                let path = |byte: u8| byte.is_ascii_alphabetic() || b".,".contains(&byte);
                !value.is_empty() && value.bytes().all(path)
            }
            Count(most) => {
                let digits = value.bytes().all(|byte| byte.is_ascii_digit());
                let number = value.parse::<u64>().is_ok_and(|number| number <= most);
                digits && number && !value.starts_with('0')
            }
            Index => {
                let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
                digits && value.parse::<u64>().is_ok_and(|number| number <= INDEX)
            }
            Object => {
                let plain = |byte: u8| byte.is_ascii_graphic() && !br#"/%"\"#.contains(&byte);
                value.len() <= NAME_BYTES && value.bytes().all(plain)
            }
            Text => !value.is_empty(),
        }
    }
}

fn is_revision(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    text.len() <= NAME_BYTES
        && text.bytes().all(plain)
        && text
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphanumeric())
}

fn is_name(text: &str) -> bool {
    let edge = |byte: Option<u8>| {
        byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let label = |label: &str| {
        edge(label.bytes().next())
            && edge(label.bytes().next_back())
            && label.bytes().all(|byte| edge(Some(byte)) || byte == b'-')
    };
    text.len() <= NAME_BYTES && text.split('.').all(label)
}

#[cfg(test)]
mod tests;
