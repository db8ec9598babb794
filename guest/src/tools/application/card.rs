//! Writes the summary of an application: problems first, then its settings.

use serde_json::json;

use super::operation;
use crate::{
    answer::{Answer, Budget, Page, Remark, listed, order, plural, said, time::Clock, whole, word},
    call::Call,
    model::{
        application::{Application, Condition, Resource, described},
        judged,
        operation::{initiator, place, revisions},
    },
};

/// Maximum number of conditions, unhealthy resources and deploys that the summary lists.
const CONDITIONS_MAX: usize = 8;
const UNWELL_MAX: usize = 12;
const DEPLOYS_MAX: usize = 3;

/// Writes the summary.
pub(super) fn write(
    app: &Application,
    clock: Clock,
    ui: Option<String>,
    sections: &[String],
    call: &Call,
) -> Answer {
    // A call that names sections in `include` gets a longer answer.
    let mut page = Page::new(if sections.is_empty() {
        Budget::default()
    } else {
        Budget::large()
    });
    head(&mut page, app, clock);
    let conditions = &app.status.conditions;
    for (at, condition) in conditions.iter().enumerate().take(CONDITIONS_MAX) {
        let since = clock.both(&condition.last_transition_time);
        // Several conditions often repeat one failure, with different text around it.
        let is_told = |told: &Condition| told.message.contains(&*condition.message);
        let text = if !condition.message.is_empty() && conditions[..at].iter().any(is_told) {
            " (part of the text above)".to_owned()
        } else {
            whole(&condition.message)
        };
        page.line(format!("{} since {since}{text}", word(&condition.kind)));
    }
    operation::write(&mut page, app, clock);
    resources(&mut page, app);
    for line in described::sources(app) {
        page.line(line);
    }
    page.line(format!("Destination: {}", app.spec.destination.place()));
    policy(&mut page, app);
    let images = &app.status.summary.images;
    if !images.is_empty() {
        page.line(format!("Images: {}", listed(images.iter(), images.len())));
    }
    let urls = &app.status.summary.external_urls;
    if !urls.is_empty() {
        page.line(format!("URLs: {}", listed(urls.iter(), urls.len())));
    }
    deploys(&mut page, app, clock);
    if let Some(ui) = ui {
        page.line(format!("UI: {ui}"));
    }
    for (at, section) in sections.iter().enumerate() {
        if !page.row(section.as_str()) {
            let left = plural(sections.len() - at, "more line");
            let longer = LONGER.into_iter().filter(|tool| call.offer().allows(tool));
            let longer = longer.collect::<Vec<_>>().join(", ");
            let or = if longer.is_empty() { "" } else { ", or use " };
            page.line(Remark::note(format!(
                "cut here, {left}; ask for one include at a time{or}{longer}."
            )));
            break;
        }
    }
    next(&mut page, app, call);
    page.finish()
}

fn head(page: &mut Page, app: &Application, clock: Clock) {
    let (sync, health) = (
        known(&app.status.sync.status),
        known(&app.status.health.status),
    );
    let since = match &*app.status.health.last_transition_time {
        "" => String::new(),
        time => format!(" since {}", clock.both(time)),
    };
    let (name, project) = (
        place(&app.metadata.namespace, &app.metadata.name),
        word(&app.spec.project),
    );
    // `Unknown` belongs to both vocabularies.
    let status = if sync == "Unknown" || health == "Unknown" {
        format!("sync {sync}, health {health}")
    } else {
        format!("{sync}, {health}")
    };
    page.line(format!("{name}, project {project}: {status}{since}"));
    if order::sync_rank(&sync) == 1 && health == "Healthy" {
        page.line(Remark::note("nothing was compared (sync Unknown), so Healthy means nothing here; see the conditions."));
    }
    if !app.metadata.deletion_timestamp.is_empty() {
        let finalizers = listed(
            app.metadata.finalizers.iter(),
            app.metadata.finalizers.len(),
        );
        let since = clock.both(&app.metadata.deletion_timestamp);
        page.line(format!(
            "Being deleted since {since}; waits for finalizers: {finalizers}"
        ));
    }
    for owner in app.metadata.owner_references.iter().take(2) {
        page.line(format!(
            "Owner: {} {}",
            word(&owner.kind),
            word(&owner.name)
        ));
    }
    if !app.status.reconciled_at.is_empty() {
        page.line(format!(
            "Compared: {}",
            clock.both(&app.status.reconciled_at)
        ));
    }
}

fn known(status: &str) -> String {
    if status.is_empty() {
        "Unknown".to_owned()
    } else {
        word(status)
    }
}

/// Describes what is wrong with a resource; `None` when nothing is.
fn unwell(resource: &Resource, is_compared: bool) -> Option<String> {
    let health = &*resource.health.status;
    let mut words = Vec::new();
    if order::health_rank(health) < 5 {
        words.push(word(health));
    }
    // Argo CD marks live hooks for pruning too, and every resource when it could not compare.
    if resource.requires_pruning == Some(true) && resource.hook != Some(true) && is_compared {
        words.push("to prune (live, no longer in the source)".to_owned());
    } else if !matches!(&*resource.status, "Synced" | "") && resource.hook != Some(true) {
        words.push(word(&resource.status));
    }
    (!words.is_empty()).then(|| words.join(", "))
}

fn resources(page: &mut Page, app: &Application) {
    let all = &app.status.resources;
    let is_compared = order::sync_rank(&app.status.sync.status) != 1;
    let mut rows = Vec::new();
    for resource in all {
        let Some(words) = unwell(resource, is_compared) else {
            continue;
        };
        let wave = resource
            .sync_wave
            .filter(|wave| *wave != 0)
            .map_or(String::new(), |wave| format!(", wave {wave}"));
        let (kind, place) = (
            word(&resource.kind),
            place(&resource.namespace, &resource.name),
        );
        let ranks = (
            order::health_rank(&resource.health.status),
            order::sync_rank(&resource.status),
        );
        let line = format!(
            "  {kind} {place}: {words}{wave}{}",
            said(&resource.health.message)
        );
        rows.push(((ranks, kind, place), line));
    }
    order::by(&mut rows, |(a, _), (b, _)| a.cmp(b));
    if rows.is_empty() {
        page.line(match all.len() {
            0 => "Resources: none managed".to_owned(),
            count if !is_compared => format!("Resources: {count}, as of an earlier comparison"),
            count => format!("Resources: {count}, all in sync, {}", health(all)),
        });
        return;
    }
    page.line(format!(
        "Resources: {}, {} not well:",
        all.len(),
        rows.len()
    ));
    for (_, line) in rows.iter().take(UNWELL_MAX) {
        page.line(line);
    }
    if rows.len() > UNWELL_MAX {
        page.line(format!("  and {} more", rows.len() - UNWELL_MAX));
    }
}

/// What is known of the health of resources none of which is unhealthy.
fn health(all: &[Resource]) -> String {
    let is_unknown = |one: &&Resource| {
        judged::is_unjudged(&one.group, &one.kind, &one.health.status)
            || judged::is_child(&one.group, &one.kind) && one.health.status.is_empty()
    };
    let unknown: Vec<&str> = all
        .iter()
        .filter(is_unknown)
        .map(|one| &*one.kind)
        .collect();
    if unknown.is_empty() {
        return "none unhealthy".to_owned();
    }
    format!(
        "none known to be unhealthy; not judged: {} without health in Argo CD",
        judged::counted(unknown.into_iter())
    )
}

fn policy(page: &mut Page, app: &Application) {
    page.line(format!("Sync policy: {}", described::sync_policy(app)));
    for ignore in app.spec.ignore_differences.iter().take(5) {
        let paths: Vec<_> = ignore
            .json_pointers
            .iter()
            .chain(&ignore.jq_path_expressions)
            .chain(&ignore.managed_fields_managers)
            .collect();
        let name = if ignore.name.is_empty() {
            String::new()
        } else {
            format!(" {}", word(&ignore.name))
        };
        page.line(format!(
            "Ignored in the diff: {}{name} {}",
            word(&ignore.kind),
            listed(paths.iter().copied(), paths.len())
        ));
    }
}

fn deploys(page: &mut Page, app: &Application, clock: Clock) {
    let history = &app.status.history;
    if history.is_empty() {
        page.line("Deploys: none yet");
        return;
    }
    page.line(format!(
        "Deploys: {} in the history, newest first",
        history.len()
    ));
    for deploy in history.iter().rev().take(DEPLOYS_MAX) {
        let by = initiator(&deploy.initiated_by.username, deploy.initiated_by.automated);
        let what = revisions(deploy.revisions());
        page.line(format!(
            "  id {}: {what} {} by {by}",
            word(&deploy.id),
            clock.both(&deploy.deployed_at)
        ));
    }
}

/// Tools that show in full what the summary may cut.
const LONGER: [&str; 3] = [
    "get_application_resource_tree",
    "get_application_history",
    "get_application_manifests",
];

/// The calls that show more about the problems.
fn next(page: &mut Page, app: &Application, call: &Call) {
    let mut calls = Vec::new();
    if order::application_rank(&app.status.health.status, &app.status.sync.status)
        < order::application_rank("Healthy", "Synced")
    {
        let cause = call.about("diagnose_application", &[]);
        calls.extend(cause.map(|call| format!("{call} (cause and evidence)")));
    }
    let conditions = &app.status.conditions;
    let offered = |tool: &str| call.offer().allows(tool).then(|| tool.to_owned());
    let names = |what: &str| {
        conditions
            .iter()
            .any(|condition| condition.message.contains(what))
    };
    if names("cluster") {
        calls.extend(offered("list_clusters"));
    }
    if names("generate manifest") || names("repositor") {
        calls.extend(offered("list_repositories"));
    }
    if conditions
        .iter()
        .any(|condition| condition.kind.contains("OrphanedResource"))
        && calls.is_empty()
    {
        let tree = call.about("get_application_resource_tree", &[("limit", json!(200))]);
        calls.extend(tree.map(|call| format!("{call} (names the orphans)")));
    }
    if !calls.is_empty() {
        page.line(Remark::next(calls.join("; ")));
    }
}
