//! Finds the intended application after a 403 or 404: without a project Argo CD answers the same
//! for one that is forbidden, misspelt, or in another namespace. One list request tells them apart.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::{
    argocd::{AppRef, Client, Error},
    call::{Call, names::application_names, namesakes, remedy, suggest::Nearest},
    limits,
};

/// Maximum namespaces proposed.
const PROPOSED_MAX: usize = 5;

/// The result of a look-up.
pub(crate) enum Found {
    /// It is in one other namespace or project: the arguments that name it, and a note about it.
    Elsewhere(Map<String, Value>, String),
    /// Why the call cannot be answered, and what to do next.
    Unanswerable(String),
}

/// Whether a look-up can explain more than the error: Argo CD hides an application behind a bare
/// "permission denied"; a message that names a permission, as for logs, is already complete.
pub(crate) fn may_help(error: &Error) -> bool {
    match error {
        Error::Forbidden { operation, message } => {
            let is_bare = matches!(message.trim(), "permission denied" | "");
            is_bare && !operation.is_beside_application()
        }
        Error::NotFound { operation, .. } => !operation.is_beside_application(),
        _ => false,
    }
}

/// The listed applications that may be the requested one.
struct Candidates {
    wanted: String,
    namespaces: BTreeSet<String>,
    near: Nearest<(String, String)>,
    visible: usize,
}

impl Candidates {
    fn of(wanted: &str) -> Self {
        Self {
            wanted: wanted.to_owned(),
            namespaces: BTreeSet::new(),
            near: Nearest::to(wanted),
            visible: 0,
        }
    }

    fn offer(&mut self, namespace: &str, name: &str) {
        self.visible += 1;
        if name != self.wanted {
            let value = || (namespace.to_owned(), name.to_owned());
            self.near.offer(name, value);
        } else if self.namespaces.len() < limits::APP_NAMESPACES {
            self.namespaces.insert(namespace.to_owned());
        }
    }
}

/// Looks for the application that the argument `key` of `call` names; `None` when the list cannot be read or the call names none.
pub(crate) async fn look_up(
    client: &Client,
    call: &Call,
    key: &'static str,
    error: &Error,
) -> Option<Found> {
    let text = |key: &str| call.arguments().get(key).and_then(Value::as_str);
    let app = AppRef::parse(text(key)?, text("app_namespace"), text("project")).ok()?;
    let mut candidates = Candidates::of(app.name().as_str());
    let read = application_names(client, |namespace, name| candidates.offer(namespace, name));
    read.await.ok()?;
    let spaces = &candidates.namespaces;
    let asked = app.namespace().map(|namespace| namespace.as_str());
    let here = asked.filter(|asked| spaces.contains(*asked));
    let only = spaces.first().filter(|_| spaces.len() == 1);
    Some(match (here, only) {
        // It is in the given namespace, so the project must be wrong.
        (Some(space), _) if app.project().is_some() => elsewhere(
            &app,
            space,
            namesakes::words(&app, spaces, space),
            call,
            key,
        ),
        // The list shows it under exactly this name, but the call was denied.
        (Some(_), _) => Found::Unanswerable(forbidden(&app, error, call)),
        (None, Some(space)) => elsewhere(&app, space, None, call, key),
        (None, None) if spaces.is_empty() => {
            Found::Unanswerable(unknown(&app, candidates, call, key))
        }
        (None, None) => Found::Unanswerable(several(&app, spaces, call, key)),
    })
}

/// The call for the application in `space`, without a project.
fn elsewhere(app: &AppRef, space: &str, others: Option<String>, call: &Call, key: &str) -> Found {
    let wanted = app.name().as_str();
    let mut arguments = call.arguments().clone();
    arguments.insert(key.to_owned(), wanted.into());
    arguments.insert("app_namespace".to_owned(), space.into());
    let asked = app.namespace().map(|namespace| namespace.as_str());
    let mut notes = Vec::new();
    if asked != Some(space) {
        let instead = asked.unwrap_or("Argo CD's own");
        notes.push(match app.project() {
            // Without a namespace the project alone may have been wrong.
            Some(_) if asked.is_none() => format!("{wanted} is in namespace {space}"),
            _ => format!(
                "{wanted} is in namespace {space}, not in {instead}: every call needs app_namespace {space:?} or the name \
                 {space}/{wanted}; otherwise Argo CD answers 403 permission denied"
            ),
        });
    }
    if let Some(project) = app.project() {
        arguments.remove("project");
        notes.push(format!(
            "called without project {project}, where Argo CD does not find it"
        ));
    }
    notes.extend(others);
    Found::Elsewhere(arguments, format!("{}.", notes.join("; ")))
}

/// Lists every application of that name, each with its call.
fn several(app: &AppRef, spaces: &BTreeSet<String>, call: &Call, key: &str) -> String {
    let calls: Vec<String> = spaces
        .iter()
        .take(PROPOSED_MAX)
        .map(|space| {
            call.with(&[
                (key, Some(app.name().as_str().into())),
                ("app_namespace", Some(space.as_str().into())),
                ("project", None),
            ])
        })
        .collect();
    let list = call.other("list_applications", &[("search", app.name().as_str())]);
    let more = match (spaces.len().saturating_sub(PROPOSED_MAX), list) {
        (0, _) => String::new(),
        (more, Some(list)) => format!(" ({more} more: {list})"),
        (more, None) => format!(" ({more} more)"),
    };
    format!(
        "{} exists in several namespaces, but not in the requested one.\nNext: {}{more}",
        app.name(),
        calls.join(" or ")
    )
}

/// The message for an application that the list shows but another request denies.
pub(crate) fn forbidden(app: &AppRef, error: &Error, call: &Call) -> String {
    let why = remedy::explain(error, call.offer());
    match error {
        Error::Forbidden { .. } => format!(
            "{app} exists and the account may list it, but not read this part: a permission is missing (logs need \
             `logs, get` besides `applications, get`).\n{why}"
        ),
        _ => why,
    }
}

fn unknown(app: &AppRef, candidates: Candidates, call: &Call, key: &str) -> String {
    let visible = candidates.visible;
    if visible == 0 {
        let list = call.other("list_applications", &[]);
        let list = list.map_or_else(String::new, |list| format!("{list}; "));
        return format!(
            "The account sees no applications, {app} included: it lacks the permission `applications, get`, or there are none.\n\
             Next: {list}ask the operator for the read-only role."
        );
    }
    let next = match candidates.near.found() {
        Some((space, near)) => Some(format!(
            "Did you mean {near}? {}",
            call.with(&[
                (key, Some(format!("{space}/{near}").into())),
                ("app_namespace", None),
                ("project", None),
            ])
        )),
        None => call.other("list_applications", &[("search", app.name().as_str())]),
    };
    let next = next.map_or_else(String::new, |next| format!("\nNext: {next}"));
    format!(
        "{app} is not among the {visible} applications that the account may see: it does not exist, or the account has no access to it.{next}"
    )
}
