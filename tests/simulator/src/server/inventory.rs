//! Clusters, repositories, projects, ApplicationSets, and what an account may do.

use serde_json::{Value, json};

use super::accounts::{Account, Reach};
use super::answer::{Answer, Code};
use super::state::State;
use super::world::{app_name, text};
use crate::key::{CONTROL_PLANE, Key};
use crate::query::Target;
use crate::returned;

/// Routes that exist below `/api/v1`.
pub(crate) fn is_route(kind: &str, rest: &[&str]) -> bool {
    match kind {
        "clusters" => rest.len() <= 1,
        "repositories" => matches!(rest, [] | [_] | [_, "refs"]),
        "projects" => matches!(
            rest,
            [] | [_] | [_, "syncwindows" | "events" | "globalprojects" | "detailed"]
        ),
        "applicationsets" => matches!(rest, [] | [_] | [_, "events" | "resource-tree"]),
        _ => false,
    }
}

/// Answers one of them.
pub(crate) fn get(
    state: &State,
    account: &Account,
    target: &Target,
    kind: &str,
    rest: &[&str],
) -> Answer {
    let inventory = Inventory {
        state,
        account,
        target,
    };
    match (kind, rest) {
        ("clusters", []) => inventory.clusters(),
        ("clusters", [id, ..]) => inventory.cluster(id),
        ("repositories", []) => inventory.repositories(),
        ("repositories", [url, rest @ ..]) => inventory.repository(url, rest),
        ("projects", []) => inventory.projects(),
        ("projects", [name, ..]) => inventory.project(name),
        (_, []) => inventory.application_sets(),
        (_, [name, ..]) => inventory.application_set(name),
    }
}

/// `account/can-i`, as the role definitions of the recordings decide it.
pub(crate) fn can_i(account: &Account, resource: &str, action: &str, subject: &str) -> Answer {
    const KINDS: [&str; 11] = [
        "clusters",
        "projects",
        "applications",
        "applicationsets",
        "repositories",
        "write-repositories",
        "certificates",
        "accounts",
        "gpgkeys",
        "logs",
        "exec",
    ];
    if !KINDS.contains(&resource) && resource != "extensions" {
        let message = format!(
            "[{} extensions] does not contain {resource}",
            KINDS.join(" ")
        );
        return Answer::error(Code::InvalidArgument, &message);
    }
    let (project, name) = subject.split_once('/').unwrap_or((subject, ""));
    // A policy names applications as project/name, which a bare `*` does not match.
    let is_scoped = matches!(resource, "applications" | "applicationsets" | "logs");
    let allowed = action == "get"
        && match (account.reach, resource) {
            (Reach::Nothing, _) => false,
            (Reach::All, "accounts" | "exec" | "extensions" | "write-repositories") => false,
            (Reach::All, _) => !is_scoped || !name.is_empty(),
            (Reach::Project { .. }, "applications") => account.sees(project) && !name.is_empty(),
            (Reach::Project { .. }, "logs") => account.sees_logs(project) && !name.is_empty(),
            (Reach::Project { .. }, "applicationsets") => {
                account.sees_application_sets(project) && !name.is_empty()
            }
            (Reach::Project { .. }, "projects") => account.sees(subject),
            (Reach::Project { .. }, _) => false,
        };
    Answer::json(&json!({"value": if allowed { "yes" } else { "no" }}))
}

struct Inventory<'a> {
    state: &'a State,
    account: &'a Account,
    target: &'a Target,
}

impl Inventory<'_> {
    /// A recorded or altered list, cut to what the account sees and the query asks for.
    fn list(&self, kind: &str, seen: impl Fn(&Value) -> bool) -> Answer {
        let key = Key::plain(&["api", "v1", kind], CONTROL_PLANE);
        let mut list = self.state.world.json(&key).unwrap_or_default();
        if let Some(items) = list["items"].as_array_mut() {
            items.retain(seen);
        }
        match returned::listed(self.state.version(), self.target, kind, list) {
            Ok(list) => Answer::json(&list),
            Err(refusal) => Answer::refusal(&refusal),
        }
    }

    /// The exact answer, by path.
    fn exact(&self) -> Option<Answer> {
        self.state.world.answer(&self.target.key())
    }

    fn sees_all(&self) -> bool {
        self.account.reach == Reach::All
    }

    fn clusters(&self) -> Answer {
        self.list("clusters", |_| self.sees_all())
    }

    fn cluster(&self, id: &str) -> Answer {
        let by_name = self.target.get("id.type") == Some("name");
        let key = Key::plain(&["api", "v1", "clusters"], CONTROL_PLANE);
        let field = if by_name { "/name" } else { "/server" };
        let list = self.state.world.json(&key).unwrap_or_default();
        let found = list["items"]
            .as_array()
            .and_then(|all| all.iter().find(|c| text(c, field) == id));
        match found {
            Some(cluster) if self.sees_all() => {
                self.exact().unwrap_or_else(|| Answer::json(cluster))
            }
            // Whether it exists is not said either.
            _ => Answer::error(Code::PermissionDenied, "permission denied"),
        }
    }

    /// `repo=` is ignored, as by argocd-server.
    fn repositories(&self) -> Answer {
        self.list("repositories", |_| self.sees_all())
    }

    fn repository(&self, url: &str, rest: &[&str]) -> Answer {
        let key = Key::plain(&["api", "v1", "repositories"], CONTROL_PLANE);
        let list = self.state.world.json(&key).unwrap_or_default();
        let found = list["items"]
            .as_array()
            .and_then(|all| all.iter().find(|r| text(r, "/repo") == url));
        match found {
            Some(repository) if self.sees_all() => self.exact().unwrap_or_else(|| {
                Answer::json(if rest.is_empty() {
                    repository
                } else {
                    &Value::Null
                })
            }),
            _ => Answer::error(Code::PermissionDenied, "permission denied"),
        }
    }

    /// `name=` is ignored, as by argocd-server.
    fn projects(&self) -> Answer {
        self.list("projects", |project| self.account.sees(app_name(project)))
    }

    fn project(&self, name: &str) -> Answer {
        if !self.account.sees(name) {
            let message = self.account.refusal(&format!("projects, get, {name}"));
            return Answer::error(Code::PermissionDenied, &message);
        }
        let key = Key::plain(&["api", "v1", "projects"], CONTROL_PLANE);
        let list = self.state.world.json(&key).unwrap_or_default();
        let known = list["items"]
            .as_array()
            .and_then(|all| all.iter().find(|p| app_name(p) == name));
        match (self.exact(), known, self.target.path.len()) {
            (Some(answer), ..) => answer,
            (None, Some(project), 4) => Answer::json(project),
            (None, Some(_), _) => Answer::json(&json!({})),
            (None, None, _) => {
                let message = format!("appprojects.argoproj.io {name:?} not found");
                Answer::error(Code::NotFound, &message)
            }
        }
    }

    fn application_sets(&self) -> Answer {
        self.list("applicationsets", |set| {
            self.account.sees_application_sets(project_of(set))
        })
    }

    /// Missing is said to everybody, forbidden comes after it.
    fn application_set(&self, name: &str) -> Answer {
        let namespace = self.target.get("appsetNamespace").unwrap_or(CONTROL_PLANE);
        if !self.state.world.is_enabled(namespace) {
            return Answer::error(
                Code::Unknown,
                &format!("namespace '{namespace}' is not permitted"),
            );
        }
        let key = Key::plain(&["api", "v1", "applicationsets"], CONTROL_PLANE);
        let list = self.state.world.json(&key).unwrap_or_default();
        let is_it =
            |set: &&Value| app_name(set) == name && text(set, "/metadata/namespace") == namespace;
        let Some(set) = list["items"]
            .as_array()
            .and_then(|all| all.iter().find(is_it))
        else {
            let message = format!(
                "error getting ApplicationSet: applicationset.argoproj.io {name:?} not found"
            );
            return Answer::error(Code::NotFound, &message);
        };
        if !self.account.sees_application_sets(project_of(set)) {
            let what = format!("applicationsets, get, {}/{name}", project_of(set));
            return Answer::error(Code::PermissionDenied, &self.account.refusal(&what));
        }
        self.exact().unwrap_or_else(|| Answer::json(set))
    }
}

fn project_of(set: &Value) -> &str {
    text(set, "/spec/template/spec/project")
}
