//! Everything below `/api/v1/applications/{name}` but logs.

use serde_json::{Value, json};

use super::accounts::Account;
use super::answer::{Answer, Code, Content};
use super::api::Ask;
use super::state::State;
use super::world::{APPLICATIONS, app_name, app_project, text};
use super::{derived, logs};
use crate::key::{CONTROL_PLANE, Key};
use crate::query::Target;
use crate::returned;

/// Routes that exist, as Argo CD has them (the ones that are read, not all of them).
pub(crate) fn is_route(rest: &[&str]) -> bool {
    matches!(
        rest,
        [] | ["resource-tree"
            | "managed-resources"
            | "events"
            | "manifests"
            | "syncwindows"
            | "links"
            | "logs"
            | "resource"]
            | ["resource", "actions" | "links"]
            | ["pods", _, "logs"]
            | ["revisions", _, "metadata" | "chartdetails"]
    )
}

/// An application that the account may see.
pub(crate) struct Found<'a> {
    pub(crate) state: &'a State,
    pub(crate) target: &'a Target,
    /// As the list shows it.
    pub(crate) app: Value,
    pub(crate) namespace: String,
}

/// Answers one route.
pub(crate) fn get(
    state: &State,
    account: &Account,
    ask: &Ask,
    target: &Target,
    name: &str,
    rest: &[&str],
) -> Answer {
    let is_log = matches!(rest, ["logs"] | ["pods", _, "logs"]);
    let found = match find(state, account, target, name, rest) {
        Ok(found) => found,
        Err((code, message)) if is_log => return Answer::stream_error(code, &message),
        Err((code, message)) => return Answer::error(code, &message),
    };
    match rest {
        [] => found.whole(),
        ["resource-tree"] => found.part(rest, derived::resource_tree),
        ["managed-resources"] => found.managed_resources(),
        ["events"] => found.events(),
        ["manifests"] => found.manifests(),
        ["syncwindows"] => found.part(rest, |_| json!({"canSync": true})),
        ["links"] => found.part(rest, |_| json!({"items": null})),
        ["resource"] => found.resource(),
        ["resource", _] => found.resource_extra(rest),
        ["revisions", revision, "metadata"] => found.revision_metadata(revision, rest),
        // No recorded application has a chart for its source.
        ["revisions", _, _] => {
            let message = format!("no chart found for application: {name}");
            Answer::error(Code::Unknown, &message)
        }
        ["logs"] => logs::answer(&found, account, ask, None),
        ["pods", pod, "logs"] => logs::answer(&found, account, ask, Some(pod)),
        _ => super::api::not_found(),
    }
}

/// Who asks for what: the rules of identity, the same on each route.
fn find<'a>(
    state: &'a State,
    account: &Account,
    target: &'a Target,
    name: &str,
    rest: &[&str],
) -> Result<Found<'a>, (Code, String)> {
    let denied = || (Code::PermissionDenied, "permission denied".to_owned());
    let missing = || {
        let message = format!("applications.argoproj.io {name:?} not found");
        (Code::NotFound, message)
    };
    // Deep links alone call it `namespace`.
    let key = if rest == ["links"] {
        "namespace"
    } else {
        "appNamespace"
    };
    let namespace = target.get(key).unwrap_or(CONTROL_PLANE).to_owned();
    let projects: Vec<&str> = target.all("project").collect();
    if let [_, _, ..] = projects[..] {
        return Err((
            Code::InvalidArgument,
            "multiple projects specified - the get endpoint accepts either zero or one project"
                .to_owned(),
        ));
    }
    if !state.world.is_enabled(&namespace) {
        return Err(denied());
    }
    let app = state.world.listed(&namespace, name);
    let app = match projects.first().copied().unwrap_or_default() {
        "" => app
            .filter(|app| account.sees(app_project(app)))
            .ok_or_else(denied)?,
        project if !account.sees(project) => return Err(denied()),
        project => app
            .filter(|app| app_project(app) == project)
            .ok_or_else(missing)?,
    };
    Ok(Found {
        state,
        target,
        app,
        namespace,
    })
}

impl Found<'_> {
    fn name(&self) -> &str {
        app_name(&self.app)
    }

    /// The key of an answer about this application, without a query.
    pub(crate) fn key(&self, rest: &[&str]) -> Key {
        let path = [&APPLICATIONS[..], &[self.name()], rest].concat();
        Key::plain(&path, &self.namespace)
    }

    /// A document as a value: known, or derived.
    pub(crate) fn document(&self, rest: &[&str], derive: fn(&Value) -> Value) -> Value {
        let known = self.state.world.json(&self.key(rest));
        known.unwrap_or_else(|| derive(&self.app))
    }

    fn whole(&self) -> Answer {
        let key = self.key(&[]);
        self.state.world.answer(&key).unwrap_or_else(|| {
            let app = self.state.world.application(&self.namespace, self.name());
            Answer::json(&app.unwrap_or_else(|| self.app.clone()))
        })
    }

    /// An answer that no parameter changes.
    fn part(&self, rest: &[&str], derive: fn(&Value) -> Value) -> Answer {
        let known = self.state.world.answer(&self.key(rest));
        known.unwrap_or_else(|| Answer::json(&derive(&self.app)))
    }

    fn managed_resources(&self) -> Answer {
        let rest = ["managed-resources"];
        if let Some(error) = self.recorded_error(&rest) {
            return error;
        }
        let document = self.document(&rest, derived::managed_resources);
        Answer::json(&returned::managed_resources(self.target, document))
    }

    /// The error that was recorded in place of a document, unless a test put one there.
    fn recorded_error(&self, rest: &[&str]) -> Option<Answer> {
        let answer = self.state.world.answer(&self.key(rest))?;
        (answer.status != 200).then_some(answer)
    }

    /// What is said of the tree where it cannot be had: what needs the tree fails too.
    pub(crate) fn tree_error(&self) -> Option<String> {
        let answer = self.recorded_error(&["resource-tree"])?;
        let Content::Whole(body) = answer.content else {
            return None;
        };
        let body: Value = serde_json::from_slice(&body).ok()?;
        Some(text(&body, "/message").to_owned())
    }

    /// The exact request as recorded or altered.
    fn exact(&self) -> Option<Answer> {
        let key = self.target.key();
        let known = self.state.world.knows(&key);
        known.then(|| self.state.world.answer(&key))?
    }

    fn events(&self) -> Answer {
        if let Some(answer) = self.exact() {
            return answer;
        }
        let get = |key| self.target.get(key).unwrap_or_default();
        let (name, namespace) = (get("resourceName"), get("resourceNamespace"));
        let (uid, none) = (get("resourceUID"), json!({"resourceVersion": "2738"}));
        let is_asked_for = |node: &Value| {
            text(node, "/name") == name
                && text(node, "/namespace") == namespace
                && text(node, "/uid") == uid
        };
        if [name, namespace, uid].iter().all(|text| text.is_empty())
            || (!uid.is_empty() && self.nodes().iter().any(is_asked_for))
        {
            return Answer::json(&returned::list(&none, Vec::new()));
        }
        if let Some(why) = self.tree_error() {
            let message = format!("error getting app resources: {why}");
            return Answer::error(Code::Unknown, &message);
        }
        let message = format!("{name} not found as part of application {}", self.name());
        Answer::error(Code::InvalidArgument, &message)
    }

    /// Every node of the tree, orphans included.
    pub(crate) fn nodes(&self) -> Vec<Value> {
        let tree = self.document(&["resource-tree"], derived::resource_tree);
        ["nodes", "orphanedNodes"]
            .iter()
            .filter_map(|list| tree[*list].as_array())
            .flatten()
            .cloned()
            .collect()
    }

    fn manifests(&self) -> Answer {
        if let Some(answer) = self.exact() {
            return answer;
        }
        let revisions: Vec<_> = self.target.all("revisions").collect();
        let positions = self.target.all("sourcePositions").count();
        if revisions.len() < positions {
            let message = "runtime error: index out of range [1] with length 1";
            return Answer::error(Code::Internal, message);
        }
        let asked = self.target.get("revision").into_iter().chain(revisions);
        for revision in asked {
            let is_branch = matches!(revision, "HEAD" | "main" | "master");
            if !is_branch && !derived::knows_revision(&self.app, revision) {
                let message = format!("unable to resolve '{revision}' to a commit SHA");
                return Answer::error(Code::Unknown, &message);
            }
        }
        self.part(&["manifests"], derived::manifests)
    }

    fn resource(&self) -> Answer {
        if self.target.get("version").is_none() {
            let message = "grpc: error while marshaling: proto: required field \"version\" not set";
            return Answer::error(Code::Internal, message);
        }
        if let Some(answer) = self.exact() {
            return answer;
        }
        if let Some(why) = self.tree_error() {
            let message = format!("error getting app resources: {why}");
            return Answer::error(Code::Unknown, &message);
        }
        let get = |key| self.target.get(key).unwrap_or_default();
        let (group, kind, name) = (get("group"), get("kind"), get("resourceName"));
        let same = |value: &Value| {
            text(value, "/group") == group
                && text(value, "/kind") == kind
                && text(value, "/name") == name
                && text(value, "/namespace") == get("namespace")
        };
        let is_live = |node: &Value| same(node) && !text(node, "/uid").is_empty();
        let managed = self.document(&["managed-resources"], derived::managed_resources);
        let live = managed["items"]
            .as_array()
            .and_then(|items| items.iter().find(|item| same(item)));
        let live = live
            .map(|item| text(item, "/liveState"))
            .filter(|live| *live != "null");
        if !self.nodes().iter().any(is_live) {
            let message = format!(
                "{kind} {group} {name} not found as part of application {}",
                self.name()
            );
            return Answer::error(Code::InvalidArgument, &message);
        }
        let bare = json!({
            "apiVersion": if group.is_empty() { get("version").to_owned() } else { format!("{group}/{}", get("version")) },
            "kind": kind, "metadata": {"name": name, "namespace": get("namespace")},
        });
        let manifest = live.map_or_else(|| bare.to_string(), str::to_owned);
        Answer::json(&json!({"manifest": manifest}))
    }

    /// Actions and links of a resource.
    fn resource_extra(&self, rest: &[&str]) -> Answer {
        self.exact().unwrap_or_else(|| {
            let field = if rest[1] == "actions" {
                "actions"
            } else {
                "items"
            };
            Answer::json(&json!({field: null}))
        })
    }

    fn revision_metadata(&self, revision: &str, rest: &[&str]) -> Answer {
        let known = self.exact();
        if let Some(answer) = known.or_else(|| self.state.world.answer(&self.key(rest))) {
            return answer;
        }
        let is_commit = revision.len() == 40 && revision.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_commit {
            return Answer::error(
                Code::Unknown,
                &format!("revision {revision} must be resolved"),
            );
        }
        if derived::knows_revision(&self.app, revision) {
            return Answer::json(&derived::revision_metadata(&self.app, revision));
        }
        let message = format!(
            "error acquiring repo lock: failed to initialize repository resources: rpc error: code = Internal desc = Failed to checkout revision {revision}: `git fetch origin {revision} --tags --force --prune` failed exit status 128: fatal: remote error: upload-pack: not our ref {revision}"
        );
        Answer::error(Code::Unknown, &message)
    }
}
