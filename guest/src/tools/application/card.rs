//! Writes the summary of an application: problems first, then its settings.

use serde_json::json;

use super::{
    deploy::{DEPLOY, deploy},
    include::{self, Section},
    operation,
};
use crate::{
    answer::{
        Answer, Budget, Fact, Line, Page, Remark,
        member::{Member, flag, nested, number, objects, shared, text, texts, time},
        order, plural,
        time::Clock,
        word,
    },
    call::Call,
    model::{
        application::{Application, Condition, Resource, described},
        error::Trouble,
        judged,
        operation::place,
    },
    redact::Text,
};

/// Maximum number of conditions, unhealthy resources and deploys that the summary lists.
const CONDITIONS_MAX: usize = 8;
const UNWELL_MAX: usize = 12;
const DEPLOYS_MAX: usize = 3;
/// Maximum number of names of one kind that the summary lists.
const NAMES_MAX: usize = 12;

/// The members of an application.
pub(super) const APPLICATION: [Member; 33] = [
    text("name"),
    text("namespace").maybe(),
    text("project").maybe(),
    text("sync"),
    text("health"),
    time("health_since").maybe(),
    time("being_deleted_since").maybe(),
    texts("finalizers"),
    number("more_finalizers").maybe(),
    objects("owners", &[text("kind"), text("name")]),
    time("compared").maybe(),
    objects(
        "conditions",
        &[
            text("type"),
            time("since").maybe(),
            text("message").maybe(),
            flag("repeats_an_earlier_one").maybe(),
        ],
    ),
    flag("operation_requested").maybe(),
    nested("operation", &operation::OPERATION),
    number("resources").maybe(),
    number("not_well").maybe(),
    texts("not_judged"),
    objects("resources_not_well", &UNWELL),
    number("more_not_well").maybe(),
    objects("sources", &described::SOURCE),
    number("more_sources").maybe(),
    nested("hydration", &described::HYDRATION),
    text("destination").maybe(),
    shared(&described::POLICY),
    objects(
        "ignored_differences",
        &[
            text("kind").maybe(),
            text("name").maybe(),
            texts("paths"),
            number("more_paths").maybe(),
        ],
    ),
    texts("images"),
    number("more_images").maybe(),
    texts("urls"),
    number("more_urls").maybe(),
    number("deploy_count").maybe(),
    objects("deploys", &DEPLOY),
    text("ui").maybe(),
    shared(&include::SECTIONS),
];

/// The members of a resource that is not well.
const UNWELL: [Member; 7] = [
    text("kind").maybe(),
    text("name").maybe(),
    text("health").maybe(),
    flag("to_prune").maybe(),
    text("sync").maybe(),
    number("wave").maybe(),
    text("message").maybe(),
];

/// Writes the summary.
pub(super) fn write(
    app: &Application,
    clock: Clock,
    ui: Option<String>,
    sections: Vec<Section>,
    call: &Call,
) -> Answer {
    // A call that names sections in `include` gets a longer answer.
    let mut page = Page::new(if sections.is_empty() {
        Budget::default()
    } else {
        Budget::large()
    });
    head(&mut page, app, clock);
    conditions(&mut page, app, clock);
    operation::write(&mut page, app, clock);
    resources(&mut page, app);
    for (name, line) in described::sources(app) {
        page.below(name, line);
    }
    let line = Line::new().glue("Destination: ");
    page.below("", line.fact("destination", app.spec.destination.place()));
    policy(&mut page, app);
    let summary = &app.status.summary;
    names(
        &mut page,
        "Images: ",
        ["images", "more_images"],
        &summary.images,
    );
    let urls = ["urls", "more_urls"];
    names(&mut page, "URLs: ", urls, &summary.external_urls);
    deploys(&mut page, app, clock);
    if let Some(ui) = ui {
        page.below("", Line::new().glue("UI: ").fact("ui", ui));
    }
    let count = sections.len();
    for (at, section) in sections.into_iter().enumerate() {
        let fits = match section {
            Section::Heading(words) => page.heading(words),
            Section::Row(name, line) => page.row_below(name, line),
            Section::Note(text) => {
                page.line(Remark::note(text));
                true
            }
        };
        if !fits {
            page.line(cut(count - at, call));
            break;
        }
    }
    next(&mut page, app, call);
    page.finish()
}

/// Says that the sections do not fit, and what shows the rest.
fn cut(left: usize, call: &Call) -> Remark {
    let left = plural(left, "more line");
    let longer = LONGER.into_iter().filter(|tool| call.offer().allows(tool));
    let longer = longer.collect::<Vec<_>>().join(", ");
    let or = if longer.is_empty() { "" } else { ", or use " };
    Remark::note(format!(
        "cut here, {left}; ask for one include at a time{or}{longer}."
    ))
}

fn conditions(page: &mut Page, app: &Application, clock: Clock) {
    let conditions = &app.status.conditions;
    for (at, condition) in conditions.iter().enumerate().take(CONDITIONS_MAX) {
        let line = Line::new()
            .fact("type", word(&condition.kind))
            .glue(" since ")
            .fact("since", clock.fact(&condition.last_transition_time));
        page.below(
            "conditions",
            match repetition(&conditions[..at], condition) {
                Some(words) => line.fact("repeats_an_earlier_one", Fact::flag(true, words)),
                None => line.whole_text("message", &condition.message),
            },
        );
    }
}

/// How the condition repeats one before it: several often tell one failure, with different frames around it.
fn repetition(before: &[Condition], condition: &Condition) -> Option<&'static str> {
    let message = &condition.message;
    let reason = |condition: &Condition| Trouble::read(&condition.message, None).reason;
    if message.is_empty() {
        None
    } else if before.iter().any(|told| told.message.contains(&**message)) {
        Some(" (part of the text above)")
    } else {
        let own = reason(condition);
        let is_same = |told: &Condition| *reason(told) == *own;
        before
            .iter()
            .any(is_same)
            .then_some(" (the same reason as above)")
    }
}

/// The first of some names after a label; nothing when there are none.
fn names(page: &mut Page, label: &'static str, [name, more]: [&'static str; 2], all: &[Text]) {
    if !all.is_empty() {
        let all: Vec<String> = all.iter().map(|each| each.line(120)).collect();
        page.below(
            "",
            Line::new().glue(label).names(name, more, &all, NAMES_MAX),
        );
    }
}

fn head(page: &mut Page, app: &Application, clock: Clock) {
    let (sync, health) = (
        known(&app.status.sync.status),
        known(&app.status.health.status),
    );
    let place = place(&app.metadata.namespace, &app.metadata.name);
    let line = Line::new()
        .fact("name", Fact::new(place, word(&app.metadata.name)))
        .keeping("namespace", word(&app.metadata.namespace))
        .glue(", project ")
        .fact("project", word(&app.spec.project))
        .glue(": ");
    // `Unknown` belongs to both vocabularies.
    let line = if sync == "Unknown" || health == "Unknown" {
        let line = line.glue("sync ").fact("sync", &sync);
        line.glue(", health ")
    } else {
        line.fact("sync", &sync).glue(", ")
    };
    let line = line.fact("health", &health);
    page.below(
        "",
        match &*app.status.health.last_transition_time {
            "" => line,
            time => line.glue(" since ").fact("health_since", clock.fact(time)),
        },
    );
    if order::sync_rank(&sync) == 1 && health == "Healthy" {
        page.line(Remark::note("nothing was compared (sync Unknown), so Healthy means nothing here; see the conditions."));
    }
    if !app.metadata.deletion_timestamp.is_empty() {
        let finalizers = app.metadata.finalizers.iter().map(|each| each.line(120));
        let finalizers: Vec<String> = finalizers.collect();
        let line = Line::new()
            .glue("Being deleted since ")
            .fact(
                "being_deleted_since",
                clock.fact(&app.metadata.deletion_timestamp),
            )
            .glue("; waits for finalizers: ")
            .names("finalizers", "more_finalizers", &finalizers, NAMES_MAX);
        page.below("", line);
    }
    for owner in app.metadata.owner_references.iter().take(2) {
        let line = Line::new().glue("Owner: ").fact("kind", word(&owner.kind));
        page.below("owners", line.glue(" ").fact("name", word(&owner.name)));
    }
    if !app.status.reconciled_at.is_empty() {
        let line = Line::new().glue("Compared: ");
        let compared = clock.fact(&app.status.reconciled_at);
        page.below("", line.fact("compared", compared));
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
fn unwell(resource: &Resource, is_compared: bool) -> Option<Line> {
    let health = &*resource.health.status;
    let mut words = Vec::new();
    if order::health_rank(health) < 5 {
        words.push(Line::new().fact("health", word(health)));
    }
    // Argo CD marks live hooks for pruning too, and every resource when it could not compare.
    if resource.requires_pruning == Some(true) && resource.hook != Some(true) && is_compared {
        let prune = Fact::flag(true, "to prune (live, no longer in the source)");
        words.push(Line::new().fact("to_prune", prune));
    } else if !matches!(&*resource.status, "Synced" | "") && resource.hook != Some(true) {
        words.push(Line::new().fact("sync", word(&resource.status)));
    }
    let mut words = words.into_iter();
    let first = words.next()?;
    Some(words.fold(first, |line, more| line.glue(", ").and(more)))
}

fn resources(page: &mut Page, app: &Application) {
    let all = &app.status.resources;
    let is_compared = order::sync_rank(&app.status.sync.status) != 1;
    let mut rows = Vec::new();
    for resource in all {
        let Some(words) = unwell(resource, is_compared) else {
            continue;
        };
        let wave = resource.sync_wave.filter(|wave| *wave != 0);
        let (kind, place) = (
            word(&resource.kind),
            place(&resource.namespace, &resource.name),
        );
        let line = Line::new()
            .fact("kind", &kind)
            .glue(" ")
            .fact("name", &place)
            .glue(": ")
            .and(words)
            .maybe(", wave ", "wave", wave.map(Fact::from))
            .said("message", &resource.health.message);
        let ranks = (
            order::health_rank(&resource.health.status),
            order::sync_rank(&resource.status),
        );
        rows.push(((ranks, kind, place), line));
    }
    order::by(&mut rows, |(a, _), (b, _)| a.cmp(b));
    let line = Line::new().glue("Resources: ");
    if rows.is_empty() {
        page.below(
            "",
            match all.len() {
                0 => line.fact("resources", Fact::new("none managed", 0)),
                count if !is_compared => line
                    .fact("resources", count)
                    .glue(", as of an earlier comparison"),
                count => line
                    .fact("resources", count)
                    .glue(", all in sync, ")
                    .and(health(all))
                    .keeping("not_well", 0),
            },
        );
        return;
    }
    let line = line.fact("resources", all.len()).glue(", ");
    page.below("", line.fact("not_well", rows.len()).glue(" not well:"));
    for (_, line) in rows.iter().take(UNWELL_MAX) {
        page.below("resources_not_well", line.clone().indented());
    }
    if rows.len() > UNWELL_MAX {
        let more = Line::new().glue("  and ");
        let more = more.fact("more_not_well", rows.len() - UNWELL_MAX);
        page.below("", more.glue(" more"));
    }
}

/// What is known of the health of resources none of which is unhealthy.
fn health(all: &[Resource]) -> Line {
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
        return "none unhealthy".into();
    }
    let words = judged::counted(unknown.iter().copied());
    Line::new()
        .glue("none known to be unhealthy; not judged: ")
        .fact("not_judged", Fact::new(words, unknown))
        .glue(" without health in Argo CD")
}

fn policy(page: &mut Page, app: &Application) {
    let line = Line::new().glue("Sync policy: ");
    page.below("", line.and(described::sync_policy(app)));
    for ignore in app.spec.ignore_differences.iter().take(5) {
        let paths = ignore
            .json_pointers
            .iter()
            .chain(&ignore.jq_path_expressions)
            .chain(&ignore.managed_fields_managers);
        let paths: Vec<String> = paths.map(|path| path.line(120)).collect();
        let line = Line::new()
            .glue("Ignored in the diff: ")
            .fact("kind", word(&ignore.kind));
        let line = match &*ignore.name {
            "" => line,
            _ => line.glue(" ").fact("name", word(&ignore.name)),
        };
        page.below(
            "ignored_differences",
            line.glue(" ")
                .names("paths", "more_paths", &paths, NAMES_MAX),
        );
    }
}

fn deploys(page: &mut Page, app: &Application, clock: Clock) {
    let history = &app.status.history;
    let line = Line::new().glue("Deploys: ");
    if history.is_empty() {
        page.below("", line.fact("deploy_count", Fact::new("none yet", 0)));
        return;
    }
    let line = line.fact("deploy_count", history.len());
    page.below("", line.glue(" in the history, newest first"));
    for each in history.iter().rev().take(DEPLOYS_MAX) {
        page.below("deploys", deploy(each, clock).indented());
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
    let names = |what: &str| {
        conditions
            .iter()
            .any(|condition| condition.message.contains(what))
    };
    if names("cluster") {
        calls.extend(call.other("list_clusters", &[]));
    }
    if names("generate manifest") || names("repositor") {
        calls.extend(call.other("list_repositories", &[]));
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
