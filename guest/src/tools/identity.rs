//! Which application was meant, when Argo CD says 403 or 404: without a project it says the same
//! for one that is forbidden, misspelt, or in another namespace. One list call tells them apart.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{call::Call, names::application_names, suggest};
use crate::argocd::{AppRef, Client, Error};

/// Most namespaces or near names that are proposed.
const PROPOSED_MAX: usize = 5;
/// Most names that are kept to find near ones: a look-up must not hold a whole fleet.
const NAMES_MAX: usize = 20_000;

/// What a look-up found.
pub(super) enum Found {
    /// It lives in one other namespace: the arguments that name it there, and a note that says so.
    Elsewhere(Map<String, Value>, String),
    /// Why it cannot be answered, and what to do next.
    Unanswerable(String),
}

/// Whether a look-up may say more than the error.
pub(super) fn may_help(error: &Error) -> bool {
    matches!(error, Error::Forbidden { .. } | Error::NotFound { .. })
}

/// Looks for the application that the argument `key` of `call` names; `None` when the list cannot be had or the call names none.
pub(super) async fn look_up(
    client: &Client,
    call: &Call,
    key: &'static str,
    error: &Error,
) -> Option<Found> {
    let arguments = call.arguments();
    let text = |key: &str| arguments.get(key).and_then(Value::as_str);
    let app = AppRef::parse(text(key)?, text("app_namespace"), text("project")).ok()?;
    let wanted = app.name().as_str();
    let mut namespaces = BTreeSet::new();
    let mut names = BTreeSet::new();
    let mut visible = 0;
    let read = application_names(client, |namespace, name| {
        visible += 1;
        if name == wanted {
            namespaces.insert(namespace.to_owned());
        } else if names.len() < NAMES_MAX {
            names.insert(name.to_owned());
        }
    });
    read.await.ok()?;
    let asked = app.namespace().map(|namespace| namespace.as_str());
    let here = asked.is_some_and(|asked| namespaces.contains(asked));
    Some(match namespaces.len() {
        // Visible under the very name that was asked for: the list shows it, the call is refused.
        _ if here => Found::Unanswerable(forbidden(&app, error)),
        0 => Found::Unanswerable(unknown(&app, &names, visible, call, key)),
        1 => {
            let namespace = namespaces.pop_first()?;
            let mut arguments = arguments.clone();
            arguments.insert(key.to_owned(), wanted.into());
            arguments.insert("app_namespace".to_owned(), namespace.clone().into());
            let instead = asked.map_or("Argo CD's own".to_owned(), |asked| asked.to_owned());
            let note = format!(
                "{wanted} lives in namespace {namespace}, not in {instead}: every call needs app_namespace {namespace:?} or the name {namespace}/{wanted}; without it Argo CD says 403 permission denied."
            );
            Found::Elsewhere(arguments, note)
        }
        _ => {
            let calls: Vec<String> = namespaces
                .iter()
                .take(PROPOSED_MAX)
                .map(|namespace| {
                    call.with(&[
                        (key, Some(wanted.into())),
                        ("app_namespace", Some(namespace.as_str().into())),
                    ])
                })
                .collect();
            Found::Unanswerable(format!(
                "{wanted} exists in several namespaces, and not in the one that was asked.\nNext: {}",
                calls.join(" or ")
            ))
        }
    })
}

fn forbidden(app: &AppRef, error: &Error) -> String {
    format!(
        "{app} exists and the account may list it, but not this part of it: the right is missing (logs need \
         `logs, get` besides `applications, get`).\n{}",
        error.explain()
    )
}

fn unknown(
    app: &AppRef,
    names: &BTreeSet<String>,
    visible: usize,
    call: &Call,
    key: &str,
) -> String {
    if visible == 0 {
        return format!(
            "The account sees no application at all, {app} included: it lacks the right `applications, get`, or there are none.\n\
             Next: list_applications {{}}; ask the operator for the read-only role."
        );
    }
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let near = suggest::nearest(app.name().as_str(), &known);
    let next = match near {
        Some(near) => format!(
            "Did you mean {near}? {}",
            call.with(&[(key, Some(near.into())), ("app_namespace", None)])
        ),
        None => format!("list_applications {{\"search\":{:?}}}", app.name().as_str()),
    };
    format!(
        "No application {app} is among the {visible} that the account may see: it does not exist, or the account may not see it.\nNext: {next}"
    )
}
