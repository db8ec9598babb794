//! The ApplicationSet that made the application: its error, and its step of a progressive rollout.

use super::{
    finding::{Finding, Rank},
    gather::Gather,
    readings::Rolling,
    seen::Seen,
};
use crate::{
    answer::word,
    argocd::{AppSetName, Get, Namespace},
    model::{application::Application, appset::Set},
};

/// Who syncs the application when automated sync is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syncs {
    /// Nobody that is known of.
    Nobody,
    /// The controller of ApplicationSets.
    Set,
}

/// Reads the owner, if there is one, and says what it has to do with the application's state.
pub(super) async fn findings(gather: &Gather<'_>, seen: &Seen) -> (Vec<Finding>, Syncs) {
    let app = &seen.app;
    let Some(get) = owner(app) else {
        return (Vec::new(), Syncs::Nobody);
    };
    let set: Option<Set> = if gather.left() > 0 {
        gather.json("the ApplicationSet that made it", &get).await
    } else {
        None
    };
    let Some(set) = set else {
        let syncs = by_last_sync(app);
        let said = Finding::observed(
            Rank::Automation,
            "automated sync is off: the controller of ApplicationSets started the last sync",
        );
        let is_said = syncs == Syncs::Set && !app.is_automated();
        return (is_said.then_some(said).into_iter().collect(), syncs);
    };
    let mut found = Vec::new();
    if let Some(error) = set.error() {
        found.push(
            Finding::observed(
                Rank::Automation,
                format!(
                    "ApplicationSet {}, which made the application: {}",
                    word(&set.metadata.name),
                    set.state()
                ),
            )
            .quoting(&error.message),
        );
    }
    let rolling = Rolling::of(app, &set);
    let is_rolling = rolling.is_some();
    if let Some(rolling) = rolling.filter(|_| &*app.status.sync.status == "OutOfSync") {
        let finding = Finding::proven(Rank::Automation, &rolling);
        let lines = rolling.evidence().into_iter();
        found.push(lines.fold(finding, Finding::with));
    }
    let syncs = if is_rolling {
        Syncs::Set
    } else {
        by_last_sync(app)
    };
    (found, syncs)
}

/// The GET of the ApplicationSet, which is in the namespace of its applications.
fn owner(app: &Application) -> Option<Get> {
    let name = AppSetName::parse(app.owning_set()?).ok()?;
    let home = &app.status.controller_namespace;
    let is_elsewhere = !home.is_empty() && app.metadata.namespace != *home;
    let namespace = is_elsewhere.then(|| Namespace::parse(&app.metadata.namespace).ok());
    Some(Get::application_set(&name, namespace.flatten().as_ref()))
}

/// The controller of ApplicationSets started the last sync, as it does for a rollout only.
fn by_last_sync(app: &Application) -> Syncs {
    let state = app.status.operation_state.as_ref();
    let by = state.map(|state| &state.operation.initiated_by.username);
    if by.is_some_and(|by| &**by == "applicationset-controller") {
        Syncs::Set
    } else {
        Syncs::Nobody
    }
}
