//! The diagnosis as an answer: status, causes, objects in sync, what could not be read.

use std::collections::BTreeMap;

use super::{
    finding::{Finding, Rank},
    operation::running_images,
    seen::Seen,
};
use crate::{
    answer::{
        Answer, Budget, Page, Remark, order, plural,
        time::{self, Clock},
        word,
    },
    call::Call,
    model::{
        Destination,
        application::Application,
        changes,
        classify::Class,
        operation::{initiator, place, revisions},
    },
    redact::{Manifest, Node, Text},
};

/// Lines of evidence of the first cause, and of the others.
const EVIDENCE_FIRST: usize = 14;
const EVIDENCE: usize = 8;
/// Maximum objects named as in sync.
const IN_SYNC_MAX: usize = 6;
/// Age from which a comparison is reported as old; some controllers compare only once an hour.
const STALE_SECONDS: i64 = 2 * 3_600;
/// Maximum fields shown for two definitions of one object.
const FIELDS_MAX: usize = 6;

/// Writes the answer.
pub(super) fn write(
    seen: &Seen,
    findings: &[Finding],
    missing: &[String],
    clock: Clock,
    ui: Option<String>,
    call: &Call,
) -> Answer {
    let app = &seen.app;
    let mut page = Page::new(Budget::default());
    page.line(head(app));
    if order::sync_rank(&app.status.sync.status) == 1
        && matches!(&*app.status.health.status, "Healthy" | "")
    {
        let nothing = if app.status.history.is_empty() && app.status.resources.is_empty() {
            " It has never been synced: nothing is deployed."
        } else {
            ""
        };
        page.line(Remark::note(format!(
            "Healthy says nothing here: nothing could be compared.{nothing}"
        )));
    }
    if let Some(line) = stale(app, clock) {
        page.line(line);
    }
    let is_workload = findings
        .iter()
        .any(|finding| finding.rank == Rank::Workload);
    if &*app.status.health.status == "Healthy" && is_workload {
        page.line(Remark::note("the application is Healthy because its health counts only the objects it manages, not the objects they create."));
    }
    if findings.iter().all(|finding| finding.rank == Rank::Warning) {
        page.line(well(seen, findings.is_empty() && missing.is_empty(), clock));
    }
    for (number, finding) in findings.iter().enumerate() {
        let most = if number == 0 {
            EVIDENCE_FIRST
        } else {
            EVIDENCE
        };
        if !page.row(finding.line(number + 1, most)) {
            break;
        }
    }
    if let Some(line) = in_sync(seen) {
        page.line(line);
    }
    for missing in missing {
        page.line(Remark::note(format!("not read: {missing}")));
    }
    if let Some(next) = next(app, findings, call) {
        page.line(Remark::next(next));
    }
    if let Some(ui) = ui {
        page.line(format!("UI: {ui}"));
    }
    page.finish()
}

/// `argocd/orders-api: OutOfSync, Healthy; project storefront, in-cluster/orders; last sync Succeeded`.
fn head(app: &Application) -> String {
    let known = |status: &Text| {
        if status.is_empty() {
            "Unknown".to_owned()
        } else {
            word(status)
        }
    };
    let operation = match &app.status.operation_state {
        None => "no sync yet".to_owned(),
        Some(state) => format!("last sync {}", word(&state.phase)),
    };
    format!(
        "{}: sync {}, health {}; project {}, {}; {operation}",
        place(&app.metadata.namespace, &app.metadata.name),
        known(&app.status.sync.status),
        known(&app.status.health.status),
        word(&app.spec.project),
        app.spec.destination.place(),
    )
}

/// A note that the status may be out of date: reconciliation is off or was long ago.
fn stale(app: &Application, clock: Clock) -> Option<Remark> {
    if app.is_reconcile_skipped() {
        return Some(Remark::note(
            "the annotation argocd.argoproj.io/skip-reconcile turns reconciliation off: this may be out of date.",
        ));
    }
    let compared = time::seconds(&app.status.reconciled_at)?;
    (clock.seconds() - compared >= STALE_SECONDS).then(|| {
        Remark::note(format!(
            "Argo CD last compared {} and normally does so every few minutes: this may be out of date.",
            clock.both(&app.status.reconciled_at)
        ))
    })
}

/// Summarises what was checked when nothing is broken.
fn well(seen: &Seen, is_all: bool, clock: Clock) -> String {
    let app = &seen.app;
    let checked = match seen.tree {
        Some(_) => "conditions, last sync and resource tree down to Pods",
        None => "conditions and last sync",
    };
    let deploy = app.status.history.last().map_or(String::new(), |deploy| {
        format!(
            "; last deploy {} {} by {}",
            revisions(deploy.revisions()),
            clock.ago(&deploy.deployed_at).unwrap_or_default(),
            initiator(&deploy.initiated_by.username, deploy.initiated_by.automated)
        )
    });
    let what = if is_all {
        "Nothing wrong"
    } else {
        "Nothing broken"
    };
    format!(
        "{what} found in {checked}; {}{}{deploy}.",
        plural(app.status.resources.len(), "resource"),
        running_images(seen.tree.as_ref())
    )
}

fn in_sync(seen: &Seen) -> Option<String> {
    let differences = seen.differences.as_ref()?;
    let mut names: Vec<&str> = differences
        .iter()
        .filter(|difference| difference.class == Class::Synced)
        .map(|difference| difference.name.as_str())
        .collect();
    if names.is_empty() || names.len() == differences.len() {
        return None;
    }
    order::by_key(&mut names, |name| *name);
    let more = names.len().saturating_sub(IN_SYNC_MAX);
    names.truncate(IN_SYNC_MAX);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    Some(format!("In sync: {}{more}", names.join(", ")))
}

fn next(app: &Application, findings: &[Finding], call: &Call) -> Option<String> {
    if let Some(next) = findings.iter().find_map(|finding| finding.next.clone()) {
        return Some(next);
    }
    let first = findings.first()?;
    let list = |tool: &str| call.other(tool, &[]);
    match first.rank {
        Rank::Drift | Rank::Window => {
            let fields = call.about("get_application_managed_resources", &[]);
            fields.map(|call| format!("{call} (every field)"))
        }
        Rank::Workload => {
            let tree = call.about("get_application_resource_tree", &[]);
            tree.map(|call| format!("{call} (the whole tree)"))
        }
        Rank::Cluster => list("list_clusters"),
        Rank::Source => list("list_repositories"),
        Rank::InvalidSpec if first.cites("clusters with this name") => list("list_clusters"),
        Rank::InvalidSpec if first.cites("does not exist") => list("list_projects"),
        Rank::InvalidSpec => call
            .other("get_project", &[("name", &app.spec.project)])
            .or_else(|| list("list_projects")),
        _ => call.about("get_application", &[]),
    }
}

/// What the project allows and what the application asks for.
pub(super) fn allows(
    app: &Application,
    destinations: &[Destination],
    repositories: &[Text],
) -> String {
    let list = |all: Vec<String>| {
        if all.is_empty() {
            "nothing".to_owned()
        } else {
            all.join(", ")
        }
    };
    format!(
        "project {} allows destinations {} and repositories {}; the application uses {}",
        word(&app.spec.project),
        list(
            destinations
                .iter()
                .take(8)
                .map(Destination::place)
                .collect()
        ),
        list(
            repositories
                .iter()
                .take(8)
                .map(|repository| repository.line(120))
                .collect()
        ),
        app.spec.destination.place()
    )
}

/// The fields in which definitions of the same object differ.
pub(super) fn repeated(manifests: &[Manifest]) -> Vec<String> {
    let mut by_name: BTreeMap<String, Vec<&Node>> = BTreeMap::new();
    for manifest in manifests {
        let node = manifest.node();
        let text = |keys: &[&str]| node.text(keys).unwrap_or_default();
        let key = format!(
            "{} {}",
            word(text(&["kind"])),
            word(text(&["metadata", "name"]))
        );
        by_name
            .entry(format!(
                "{key}\n{}{}",
                text(&["apiVersion"]),
                text(&["metadata", "namespace"])
            ))
            .or_default()
            .push(node);
    }
    let mut lines = Vec::new();
    for (key, nodes) in by_name.iter().filter(|(_, nodes)| nodes.len() > 1) {
        let name = key.split('\n').next().unwrap_or_default();
        let (first, last) = (nodes[0], nodes[nodes.len() - 1]);
        let changes = changes::between(first, last);
        if changes.is_empty() {
            lines.push(format!("{name}: {} identical definitions", nodes.len()));
        }
        for change in changes.iter().take(FIELDS_MAX) {
            lines.push(format!(
                "{name}, first definition -> last: {}",
                change.render()
            ));
        }
    }
    lines
}
