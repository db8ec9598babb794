//! The only path builder of the guest. It makes GETs, from parsed names, and nothing else.
//!
//! Paths are below the path prefix, which the client puts in front. Never sends `refresh`,
//! `hydrate`, `forceRefresh` or `noCache`: in Argo CD these write, or do expensive work.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    fields::ListFields,
    names::{
        ApiVersion, AppRef, AppSetName, ContainerName, Group, Kind, Namespace, ObjectName, Pinned,
        ProjectName, Uid,
    },
    operation::Operation,
    selector::{ListFilter, Selector},
    what::{LogQuery, LogSource, Object, Rendering, Right, SourceAt, States},
};
use crate::limits;

/// Everything but RFC 3986's unreserved characters is escaped, in paths and queries alike.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The fields of a difference only: halves the body. Without `targetState`, a resource
/// to prune is one whose `predictedLiveState` is `"null"`.
const COMPARED_FIELDS: &str = "items.group,items.kind,items.namespace,items.name,items.hook,\
    items.normalizedLiveState,items.predictedLiveState";
/// All four states: the rendered target and the untouched live object besides.
const ALL_FIELDS: &str = "items.group,items.kind,items.namespace,items.name,items.hook,\
    items.normalizedLiveState,items.predictedLiveState,items.targetState,items.liveState";
/// The same with sync and health. The list knows `status.health` as a whole only: it drops a path
/// below that in silence.
const STATE_FIELDS: &str = "items.metadata.name,items.metadata.namespace,items.status.sync.status,\
    items.status.health";
/// Name and namespace of applications, for every version of Argo CD.
const NAME_FIELDS: &str = "items.metadata.name,items.metadata.namespace";

/// A GET of one route, built from parsed names only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Get {
    operation: Operation,
    path: String,
    has_query: bool,
}

impl Get {
    /// `GET /api/version`; works without a login.
    pub fn version() -> Get {
        Get::new(Operation::ReadVersion, "/api/version")
    }

    /// The applications that the account may see, with the fields named and `more` besides.
    pub fn applications(filter: &ListFilter, fields: &ListFields, more: &[&str]) -> Get {
        let mut all = fields.as_str().to_owned();
        for field in more {
            all.push(',');
            all.push_str(field);
        }
        let mut get = Get::new(Operation::ListApplications, "/api/v1/applications");
        for project in &filter.projects {
            get = get.query("projects", project.as_str());
        }
        get.optional(
            "selector",
            filter.selector.as_ref().map(|selector| selector.as_str()),
        )
        .optional(
            "appNamespace",
            filter.app_namespace.as_ref().map(Namespace::as_str),
        )
        .query("fields", &all)
    }

    /// One application, whole.
    pub fn application(app: &AppRef) -> Get {
        Get::of_app(Operation::ReadApplication, app, "")
    }

    /// Every resource of an application, with parents and health.
    pub fn resource_tree(app: &AppRef) -> Get {
        Get::of_app(Operation::ReadTree, app, "/resource-tree")
    }

    /// Name and namespace of every application that the account may see.
    pub fn application_names() -> Get {
        Get::new(Operation::LookUpName, "/api/v1/applications").query("fields", NAME_FIELDS)
    }

    /// Name, sync and health of every application that the account may see.
    pub fn application_states() -> Get {
        Get::new(Operation::ReadChildren, "/api/v1/applications").query("fields", STATE_FIELDS)
    }

    /// Desired against live state of each managed resource, with what tells why they differ.
    pub fn managed_resources(app: &AppRef) -> Get {
        Get::of_app(Operation::ReadManaged, app, "/managed-resources").query("fields", ALL_FIELDS)
    }

    /// Desired against live state of the managed resources that `only` fits: group, kind,
    /// namespace and name, each exact.
    pub fn managed_states(app: &AppRef, only: &Object, states: States) -> Get {
        let fields = match states {
            States::Compared => COMPARED_FIELDS,
            States::All => ALL_FIELDS,
        };
        Get::of_app(Operation::ReadStates, app, "/managed-resources")
            .optional("group", only.group.as_ref().map(Group::as_str))
            .optional("kind", only.kind.as_ref().map(Kind::as_str))
            .optional("namespace", only.namespace.as_ref().map(Namespace::as_str))
            .optional("name", only.name.as_ref().map(ObjectName::as_str))
            .query("fields", fields)
    }

    /// The live manifest of one object of the tree, as `{"manifest":"<json>"}`.
    pub fn resource(app: &AppRef, object: &Object) -> Get {
        Get::of_app(Operation::ReadResource, app, "/resource")
            .query(
                "namespace",
                object.namespace.as_ref().map_or("", Namespace::as_str),
            )
            .query(
                "resourceName",
                object.name.as_ref().map_or("", ObjectName::as_str),
            )
            .query(
                "version",
                object.version.as_ref().map_or("", ApiVersion::as_str),
            )
            .query("group", object.group.as_ref().map_or("", Group::as_str))
            .query("kind", object.kind.as_ref().map_or("", Kind::as_str))
    }

    /// Author, date and message of a commit.
    pub fn revision_metadata(app: &AppRef, commit: &Pinned, at: SourceAt) -> Get {
        let text = |number: Option<i64>| number.map(|number| number.to_string());
        let below = format!("/revisions/{commit}/metadata");
        Get::of_app(Operation::ReadCommit, app, &below)
            .optional("sourceIndex", text(at.index.map(i64::from)).as_deref())
            .optional("versionId", text(at.history_id).as_deref())
    }

    /// The sync windows that apply to an application: assigned, active, and whether a manual sync may run.
    pub fn sync_windows(app: &AppRef) -> Get {
        Get::of_app(Operation::ReadWindows, app, "/syncwindows")
    }

    /// Events of the Application itself.
    pub fn events(app: &AppRef) -> Get {
        Get::of_app(Operation::ReadEvents, app, "/events")
    }

    /// Events of one object of the tree. All of uid, name and namespace have to fit.
    pub fn events_of(app: &AppRef, object: &Object) -> Get {
        Get::of_app(Operation::ReadEventsOf, app, "/events")
            .query(
                "resourceNamespace",
                object.namespace.as_ref().map_or("", Namespace::as_str),
            )
            .query(
                "resourceName",
                object.name.as_ref().map_or("", ObjectName::as_str),
            )
            .query("resourceUID", object.uid.as_ref().map_or("", Uid::as_str))
    }

    /// Manifests as rendered now.
    pub fn manifests(app: &AppRef, what: &Rendering) -> Get {
        let get = Get::of_app(Operation::Render, app, "/manifests");
        match what {
            Rendering::Target => get,
            Rendering::Revision(revision) => get.query("revision", revision.as_str()),
            Rendering::Positions(positions) => positions.iter().fold(get, |get, (at, revision)| {
                get.query("revisions", revision.as_str())
                    .query("sourcePositions", &at.to_string())
            }),
        }
    }

    /// The last log lines, as a stream of JSON lines.
    pub fn logs(app: &AppRef, query: &LogQuery) -> Get {
        let tail = query.tail_lines.clamp(1, limits::TAIL_LINES_MAX);
        let get = Get::of_app(Operation::ReadLogs, app, "/logs");
        let get = match &query.source {
            LogSource::Pod(pod) => get.query("podName", pod.as_str()),
            LogSource::Below(group, kind, name) => get
                .query("group", group.as_ref().map_or("", Group::as_str))
                .query("kind", kind.as_str())
                .query("resourceName", name.as_str()),
        };
        let since = query.since_seconds.map(|seconds| seconds.to_string());
        let yes = |wanted: bool| wanted.then_some("true");
        get.optional("previous", yes(query.previous))
            .optional("sinceSeconds", since.as_deref())
            .optional(
                "container",
                query.container.as_ref().map(ContainerName::as_str),
            )
            .optional("namespace", query.namespace.as_ref().map(Namespace::as_str))
            .query("tailLines", &tail.to_string())
    }

    /// The projects that the account may see.
    pub fn projects() -> Get {
        Get::new(Operation::ListProjects, "/api/v1/projects")
    }

    /// One project.
    pub fn project(name: &ProjectName) -> Get {
        Get::new(Operation::ReadProject, &format!("/api/v1/projects/{name}"))
    }

    /// The ApplicationSets that the account may see.
    pub fn application_sets(
        projects: &[ProjectName],
        selector: Option<&Selector>,
        namespace: Option<&Namespace>,
    ) -> Get {
        let mut get = Get::new(Operation::ListApplicationSets, "/api/v1/applicationsets");
        for project in projects {
            get = get.query("projects", project.as_str());
        }
        get.optional("selector", selector.map(Selector::as_str))
            .optional("appsetNamespace", namespace.map(Namespace::as_str))
    }

    /// One ApplicationSet.
    pub fn application_set(name: &AppSetName, namespace: Option<&Namespace>) -> Get {
        let name = utf8_percent_encode(name.as_str(), ESCAPED);
        Get::new(
            Operation::ReadApplicationSet,
            &format!("/api/v1/applicationsets/{name}"),
        )
        .optional("appsetNamespace", namespace.map(Namespace::as_str))
    }

    /// Who the account is; answers without a login too.
    pub fn user_info() -> Get {
        Get::new(Operation::ReadAccount, "/api/v1/session/userinfo")
    }

    /// The server's public settings.
    pub fn settings() -> Get {
        Get::new(Operation::ReadSettings, "/api/v1/settings")
    }

    /// Whether the account may do something: everywhere, or in one project.
    pub fn can_i(right: Right, project: Option<&ProjectName>) -> Get {
        let project = project.map_or("*", ProjectName::as_str);
        let Right {
            resource,
            action,
            in_projects,
        } = right;
        let object = if in_projects {
            format!("{project}/*")
        } else {
            "*".to_owned()
        };
        Get::new(
            Operation::AskRight,
            &format!("/api/v1/account/can-i/{resource}/{action}/{object}"),
        )
    }

    /// The clusters that the account may see.
    pub fn clusters() -> Get {
        Get::new(Operation::ListClusters, "/api/v1/clusters")
    }

    /// The repositories that the account may see.
    pub fn repositories() -> Get {
        Get::new(Operation::ListRepositories, "/api/v1/repositories")
    }

    /// Path and query below the path prefix: `/api/…`.
    pub fn path_and_query(&self) -> &str {
        &self.path
    }

    /// The operation in words that follow "cannot": `list applications`.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    fn new(operation: Operation, path: &str) -> Get {
        Get {
            operation,
            path: path.to_owned(),
            has_query: false,
        }
    }

    fn of_app(operation: Operation, app: &AppRef, below: &str) -> Get {
        let name = utf8_percent_encode(app.name().as_str(), ESCAPED);
        Get::new(operation, &format!("/api/v1/applications/{name}{below}"))
            .optional("appNamespace", app.namespace().map(Namespace::as_str))
            .optional("project", app.project().map(|project| project.as_str()))
    }

    fn optional(self, key: &'static str, value: Option<&str>) -> Get {
        match value {
            Some(value) => self.query(key, value),
            None => self,
        }
    }

    fn query(mut self, key: &'static str, value: &str) -> Get {
        self.path.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        self.path.push_str(key);
        self.path.push('=');
        self.path.extend(utf8_percent_encode(value, ESCAPED));
        self
    }
}

#[cfg(test)]
mod tests;
