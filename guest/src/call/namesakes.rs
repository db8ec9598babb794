//! Other applications of the same name: a bare name means the one in Argo CD's own namespace.

use std::collections::BTreeSet;

use crate::{
    argocd::{AppRef, Client},
    call::names::application_names,
    limits,
};

/// Maximum namesakes named.
const NAMED_MAX: usize = 5;

/// `another application of this name is team-data/reporting`; `None` when there is none, or the list of
/// names cannot be read. `home` is the namespace of the one that was read. Costs one request.
pub(crate) async fn note(client: &Client, app: &AppRef, home: &str) -> Option<String> {
    let mut spaces = BTreeSet::new();
    let each = |namespace: &str, name: &str| {
        if name == app.name().as_str() && spaces.len() < limits::APP_NAMESPACES {
            spaces.insert(namespace.to_owned());
        }
    };
    application_names(client, each).await.ok()?;
    words(app, &spaces, home)
}

/// The same of the namespaces that are known to have an application of the name.
pub(super) fn words(app: &AppRef, spaces: &BTreeSet<String>, home: &str) -> Option<String> {
    let others = || spaces.iter().filter(|space| *space != home);
    let names: Vec<String> = others()
        .take(NAMED_MAX)
        .map(|space| format!("{space}/{}", app.name()))
        .collect();
    let more = match others().count().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match names.len() {
        0 => None,
        1 => Some(format!("another application of this name is {}", names[0])),
        _ => Some(format!(
            "other applications of this name are {}{more}",
            names.join(", ")
        )),
    }
}
