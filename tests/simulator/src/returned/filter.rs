//! The parameters of a list that choose rows. Those that a server ignores are ignored here too.

use serde_json::Value;

use super::selector::Selector;
use crate::query::Target;

/// Which rows of a list are asked for.
pub(crate) struct Filter {
    /// Exact texts: pointer into a row, and what must stand there.
    exact: Vec<(&'static str, String)>,
    /// The first source of an application, an exact text.
    repo: Option<String>,
    projects: Vec<String>,
    /// Where a row names its project.
    project: &'static str,
    selector: Option<Selector>,
    /// Of a name that an application is asked for, only the first match of a list without order comes.
    is_by_name: bool,
}

impl Filter {
    /// Reads the parameters that a list of this kind obeys, or says what is wrong with the selector.
    pub(crate) fn of(kind: &str, target: &Target) -> Result<Self, String> {
        let exact: &[(&str, &str)] = match kind {
            "applications" => &[
                ("name", "/metadata/name"),
                ("appNamespace", "/metadata/namespace"),
            ],
            "applicationsets" => &[("appsetNamespace", "/metadata/namespace")],
            "clusters" => &[("name", "/name"), ("server", "/server")],
            // `name=` of projects and `repo=` of repositories are ignored.
            _ => &[],
        };
        let (is_of_applications, has_projects) = (
            kind == "applications",
            matches!(kind, "applications" | "applicationsets"),
        );
        let mut projects: Vec<&str> = Vec::new();
        if has_projects {
            projects.extend(target.all("projects"));
        }
        if is_of_applications {
            projects.extend(target.all("project"));
        }
        let selector = target.get("selector").filter(|_| has_projects);
        Ok(Self {
            exact: exact
                .iter()
                .filter_map(|(key, pointer)| Some((*pointer, target.get(key)?.to_owned())))
                .collect(),
            repo: target
                .get("repo")
                .filter(|_| is_of_applications)
                .map(str::to_owned),
            projects: projects
                .into_iter()
                .filter(|project| !project.is_empty())
                .map(str::to_owned)
                .collect(),
            project: if is_of_applications {
                "/spec/project"
            } else {
                "/spec/template/spec/project"
            },
            selector: selector.map(Selector::parse).transpose()?,
            is_by_name: is_of_applications && target.get("name").is_some(),
        })
    }

    /// Whether everything passes.
    #[cfg(feature = "server")]
    pub(crate) fn is_open(&self) -> bool {
        self.exact.is_empty()
            && self.repo.is_none()
            && self.projects.is_empty()
            && self.selector.is_none()
    }

    /// How many rows come at most.
    pub(crate) fn most(&self) -> usize {
        if self.is_by_name { 1 } else { usize::MAX }
    }

    /// Whether a row is asked for.
    pub(crate) fn admits(&self, row: &Value) -> bool {
        let text = |pointer| {
            row.pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        self.exact
            .iter()
            .all(|(pointer, wanted)| text(pointer) == wanted)
            && (self.projects.is_empty()
                || self
                    .projects
                    .iter()
                    .any(|project| project == text(self.project)))
            && self
                .repo
                .as_ref()
                .is_none_or(|wanted| wanted == first_repo(row))
            && self
                .selector
                .as_ref()
                .is_none_or(|selector| selector.matches(row))
    }
}

/// Of several sources only the first one counts.
fn first_repo(application: &Value) -> &str {
    let of_sources = application.pointer("/spec/sources/0/repoURL");
    let repo = of_sources.or_else(|| application.pointer("/spec/source/repoURL"));
    repo.and_then(Value::as_str).unwrap_or_default()
}
