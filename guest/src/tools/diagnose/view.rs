//! The diagnosis as an answer: status, causes, objects in sync, what could not be read.

use std::collections::BTreeMap;

use super::{
    clear::{self, Warnings},
    finding::{Finding, Rank},
    next, not_judged,
    seen::Seen,
};
use crate::{
    answer::{
        Answer, Budget, Page, Remark, order,
        time::{self, Clock},
        word,
    },
    call::Call,
    model::{Destination, application::Application, changes, classify::Class, operation::place},
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
    if let Some(line) = blind(seen, findings) {
        page.line(line);
    }
    if let Some(line) = stale(app, clock) {
        page.line(line);
    }
    let is_workload = findings
        .iter()
        .any(|finding| finding.rank == Rank::Workload);
    if &*app.status.health.status == "Healthy" && is_workload {
        page.line(Remark::note("the application is Healthy because its health counts only the objects it manages, not their children."));
    }
    let is_clear = findings.iter().all(|finding| finding.rank == Rank::Warning);
    if is_clear {
        let warnings = if findings.is_empty() {
            Warnings::None
        } else {
            Warnings::Some
        };
        page.line(clear::words(seen, missing, warnings, clock));
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
    if let Some(left) = not_judged::words(&seen.not_judged).filter(|_| !is_clear) {
        page.line(Remark::note(format!("not judged: {left}")));
    }
    for missing in missing {
        // Argo CD refuses what it could not compare with the text of the condition, which is told above.
        let end = missing
            .find(" > error getting cached app ")
            .filter(|_| !findings.is_empty());
        let missing = &missing[..end.unwrap_or(missing.len())];
        page.line(Remark::note(format!("not read: {missing}")));
    }
    if let Some(next) = next::call(seen, findings, call) {
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

/// What the health means although the application could not be compared.
fn blind(seen: &Seen, findings: &[Finding]) -> Option<Remark> {
    let app = &seen.app;
    let health = &app.status.health.status;
    if order::sync_rank(&app.status.sync.status) != 1 || !matches!(&**health, "Healthy" | "") {
        return None;
    }
    let is_there = |status: &str| !matches!(status, "" | "Missing");
    let known = app.status.resources.iter();
    let in_tree = seen.tree.iter().flat_map(|tree| &tree.nodes);
    let is_live = known
        .map(|each| &each.health)
        .any(|has| is_there(&has.status))
        || in_tree
            .map(|node| &node.health)
            .any(|has| is_there(&has.status));
    if !is_live {
        let nothing = if app.status.history.is_empty() && app.status.resources.is_empty() {
            " It has never been synced: nothing is deployed."
        } else {
            ""
        };
        return Some(Remark::note(format!(
            "Healthy says nothing here: nothing could be compared.{nothing}"
        )));
    }
    let is_unread = findings.iter().any(|finding| finding.rank == Rank::Cluster);
    (is_unread && seen.tree.is_none()).then(|| {
        Remark::note(
            "health Healthy is the last known one: Argo CD cannot read the live objects now.",
        )
    })
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
