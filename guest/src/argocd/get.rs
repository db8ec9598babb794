//! The only path builder of the guest. It makes GETs, from parsed names, and nothing else.
//!
//! Paths are below the path prefix, which the client puts in front. Never sends `refresh`,
//! `hydrate`, `forceRefresh` or `noCache`: in Argo CD these write, or do expensive work.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    fields::ListFields,
    names::{AppRef, ContainerName, Namespace, PodName, Revision},
    selector::ListFilter,
};
use crate::limits;

/// Everything but RFC 3986's unreserved characters is escaped, in paths and queries alike.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What tells a difference, and nothing else: halves the body. Without `targetState`, a resource
/// to prune is one whose `predictedLiveState` is `"null"`.
const MANAGED_FIELDS: &str = "items.group,items.kind,items.namespace,items.name,items.hook,\
    items.normalizedLiveState,items.predictedLiveState";

/// A GET of one route, built from parsed names only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Get {
    operation: &'static str,
    path: String,
    has_query: bool,
}

/// Which log lines are wanted. `tail_lines` is always sent: without it Argo CD sends the whole log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogQuery {
    /// The Pod.
    pub pod: PodName,
    /// One container; Argo CD asks for it when the Pod has several.
    pub container: Option<ContainerName>,
    /// The Pod's namespace.
    pub namespace: Option<Namespace>,
    /// Lines from the end, at least 1, at most [`limits::TAIL_LINES_MAX`].
    pub tail_lines: u32,
}

impl Get {
    /// `GET /api/version`; works without a login.
    pub fn version() -> Get {
        Get::new("read the server's version", "/api/version")
    }

    /// The applications that the account may see, with the fields named.
    pub fn applications(filter: &ListFilter, fields: &ListFields) -> Get {
        let mut get = Get::new("list applications", "/api/v1/applications");
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
        .query("fields", fields.as_str())
    }

    /// One application, whole.
    pub fn application(app: &AppRef) -> Get {
        Get::of_app("read the application", app, "")
    }

    /// Every resource of an application, with parents and health.
    pub fn resource_tree(app: &AppRef) -> Get {
        Get::of_app("read the resource tree", app, "/resource-tree")
    }

    /// Desired against live state of each managed resource.
    pub fn managed_resources(app: &AppRef) -> Get {
        Get::of_app("read the managed resources", app, "/managed-resources")
            .query("fields", MANAGED_FIELDS)
    }

    /// Events of the Application itself.
    pub fn events(app: &AppRef) -> Get {
        Get::of_app("read the events", app, "/events")
    }

    /// Manifests as rendered for the target, or for `revision`.
    pub fn manifests(app: &AppRef, revision: Option<&Revision>) -> Get {
        Get::of_app("render the manifests", app, "/manifests")
            .optional("revision", revision.map(Revision::as_str))
    }

    /// The last log lines of one Pod, as a stream of JSON lines.
    pub fn logs(app: &AppRef, query: &LogQuery) -> Get {
        let tail = query.tail_lines.clamp(1, limits::TAIL_LINES_MAX);
        Get::of_app("read the logs", app, "/logs")
            .query("podName", query.pod.as_str())
            .optional(
                "container",
                query.container.as_ref().map(ContainerName::as_str),
            )
            .optional("namespace", query.namespace.as_ref().map(Namespace::as_str))
            .query("tailLines", &tail.to_string())
    }

    /// The projects that the account may see.
    pub fn projects() -> Get {
        Get::new("list projects", "/api/v1/projects")
    }

    /// The clusters that the account may see.
    pub fn clusters() -> Get {
        Get::new("list clusters", "/api/v1/clusters")
    }

    /// The repositories that the account may see.
    pub fn repositories() -> Get {
        Get::new("list repositories", "/api/v1/repositories")
    }

    /// Path and query below the path prefix: `/api/…`.
    pub fn path_and_query(&self) -> &str {
        &self.path
    }

    /// What it does, to be put after "cannot": `list applications`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    fn new(operation: &'static str, path: &str) -> Get {
        Get {
            operation,
            path: path.to_owned(),
            has_query: false,
        }
    }

    fn of_app(operation: &'static str, app: &AppRef, below: &str) -> Get {
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
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{
        super::{names::ProjectName, selector::Selector},
        *,
    };

    fn app() -> AppRef {
        AppRef::parse("team/web.v2", None, Some("payments")).unwrap()
    }

    fn bare() -> AppRef {
        AppRef::parse("web", None, None).unwrap()
    }

    #[test]
    fn paths() {
        let logs = LogQuery {
            pod: PodName::parse("web-1").unwrap(),
            container: None,
            namespace: None,
            tail_lines: 200,
        };
        let revision = Revision::parse("feature/a b&c").unwrap();
        let identity = "?appNamespace=team&project=payments";
        let rows = [
            (Get::version(), "/api/version".to_owned()),
            (
                Get::application(&bare()),
                "/api/v1/applications/web".to_owned(),
            ),
            (
                Get::application(&app()),
                format!("/api/v1/applications/web.v2{identity}"),
            ),
            (
                Get::resource_tree(&app()),
                format!("/api/v1/applications/web.v2/resource-tree{identity}"),
            ),
            (
                Get::events(&app()),
                format!("/api/v1/applications/web.v2/events{identity}"),
            ),
            (
                Get::manifests(&app(), None),
                format!("/api/v1/applications/web.v2/manifests{identity}"),
            ),
            (
                Get::manifests(&bare(), Some(&revision)),
                "/api/v1/applications/web/manifests?revision=feature%2Fa%20b%26c".to_owned(),
            ),
            (
                Get::logs(&bare(), &logs),
                "/api/v1/applications/web/logs?podName=web-1&tailLines=200".to_owned(),
            ),
            (Get::projects(), "/api/v1/projects".to_owned()),
            (Get::clusters(), "/api/v1/clusters".to_owned()),
            (Get::repositories(), "/api/v1/repositories".to_owned()),
        ];
        for (get, expected) in rows {
            assert_eq!(get.path_and_query(), expected, "{}", get.operation());
        }
    }

    #[test]
    fn the_list_sends_all_filters_and_fields_last() {
        let filter = ListFilter {
            projects: vec![
                ProjectName::parse("a").unwrap(),
                ProjectName::parse("b").unwrap(),
            ],
            selector: Some(Selector::parse("team in (x,y)").unwrap()),
            app_namespace: Some(Namespace::parse("team").unwrap()),
        };
        let get = Get::applications(&filter, &ListFields::for_version(None));
        let path = get.path_and_query();
        let head = "/api/v1/applications?projects=a&projects=b&selector=team%20in%20%28x%2Cy%29&appNamespace=team&fields=items.";
        assert!(path.starts_with(head), "{path}");
        let all = Get::applications(&ListFilter::default(), &ListFields::for_version(None));
        assert!(
            all.path_and_query()
                .starts_with("/api/v1/applications?fields=items.")
        );
    }

    #[test]
    fn managed_resources_ask_for_half() {
        let path = Get::managed_resources(&bare()).path_and_query().to_owned();
        assert!(
            path.ends_with("%2Citems.normalizedLiveState%2Citems.predictedLiveState"),
            "{path}"
        );
        assert!(!path.contains("%20") && !path.contains("%0A"), "{path}");
    }

    #[test]
    fn the_whole_log_is_never_asked_for() {
        for (asked, sent) in [(0, 1), (1, 1), (u32::MAX, limits::TAIL_LINES_MAX)] {
            let query = LogQuery {
                pod: PodName::parse("web-1").unwrap(),
                container: Some(ContainerName::parse("main").unwrap()),
                namespace: Some(Namespace::parse("shop").unwrap()),
                tail_lines: asked,
            };
            let get = Get::logs(&bare(), &query);
            let end = format!("/logs?podName=web-1&container=main&namespace=shop&tailLines={sent}");
            assert!(
                get.path_and_query().ends_with(&end),
                "{}",
                get.path_and_query()
            );
        }
    }
}
