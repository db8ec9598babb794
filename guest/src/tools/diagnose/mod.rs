//! `diagnose_application`: why an application is unhealthy or out of sync, in one call.
//!
//! Evaluates causes, not colours: conditions, the last operation, the tree down to the container,
//! differences, windows and automation, ranked so that the root cause comes before its symptoms.

mod around;
mod automation;
mod background;
mod child;
mod children;
mod claims;
mod clear;
mod conditions;
mod container;
mod deletion;
mod drift;
mod evidence;
mod failure;
mod finding;
mod gather;
mod image;
mod next;
mod not_judged;
mod object;
mod operation;
mod owner;
mod placement;
mod probe;
mod proven;
mod readings;
mod refusal;
mod seen;
mod services;
mod serving;
mod status;
mod trace;
mod unjudged;
mod view;
mod waits;
mod workload;

use futures_util::future::{join, join3};

use self::{
    automation::Standing,
    evidence::Evidence,
    finding::{Finding, Rank, by_rank},
    gather::{Gather, SUSPECTS_MAX},
    not_judged::NotJudged,
    owner::Syncs,
    seen::Seen,
};
use crate::{
    answer::{Answer, time::Clock},
    argocd::{Get, Group, Kind, LogQuery, LogSource, Object, ObjectName, States},
    call::{
        Call, Failure,
        input::{input, schema},
        tool::{Context, Family, Listed, Subject, Tool},
    },
    model::{
        application::Application,
        classify,
        event::Event,
        live::Live,
        log::Stream,
        managed::Item,
        record::record,
        suspect,
        suspect::{Sign, Suspect, View},
        tree::Tree,
        window::Assignment,
    },
    redact::{Manifest, Text},
};

/// Log lines to read of a failed hook.
const HOOK_LINES: u32 = 60;

input! {
    /// What `diagnose_application` takes.
    struct Ask of app {}
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "diagnose_application",
    title: "Diagnose application",
    family: Family::Applications,
    listed: Listed::ByDefault,
    hint: "Finds the cause of Degraded, OutOfSync or stuck, with evidence; start here",
    subject: Subject::Application,
    description: "Why is an Argo CD application Degraded, OutOfSync, Progressing, stuck or failing? Ranked causes with evidence: \
            conditions, sync, hooks, Pods, events, log, drift, windows, commit. Start here for one application.",
    facts: &["number", "cause", "message"],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(diagnose(context, call)),
};

record! {
    struct Events {
        items: Vec<Event> = "items",
    }
}

async fn diagnose(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    let app_ref = &input.name.0;
    let clock = Clock::at(context.client.now_ms());
    let gather = Gather::new(context);
    let app: Application = gather.first(&Get::application(app_ref)).await?;
    let mut seen = survey(&gather, app_ref, app).await;

    let mut findings = conditions::findings(&seen.app, seen.tree.as_ref(), &call, clock);
    let blocked = findings.iter().any(|finding| finding.rank <= Rank::Source);
    findings.extend(operation::findings(&seen.app, seen.tree.as_ref(), clock));
    let is_deleting = !seen.app.metadata.deletion_timestamp.is_empty();
    if let Some(differences) = seen.differences.as_ref().filter(|_| !is_deleting) {
        findings.extend(drift::finding(&seen.app, differences, clock));
    }
    seen.not_judged = deepen(&gather, app_ref, &seen, &mut findings, clock).await;
    findings.extend(children::finding(&gather, seen.tree.as_ref(), &call).await);
    let is_out = &*seen.app.status.sync.status == "OutOfSync";
    let is_held = window_named(&seen.app);
    let (owned, syncs) = if is_out || findings.is_empty() {
        owner::findings(&gather, &seen).await
    } else {
        (Vec::new(), Syncs::Nobody)
    };
    findings.extend(owned);
    if !blocked && !is_deleting && (is_out && !is_running(&seen.app) || is_held) {
        let project = if seen.windows.as_ref().is_some_and(Assignment::holds_back) {
            background::project(&gather, &seen.app)
                .await
                .map(|spec| spec.sync_windows)
                .unwrap_or_default()
        } else {
            Vec::new()
        };
        let failed = findings
            .iter()
            .any(|finding| matches!(finding.rank, Rank::SyncFailed | Rank::HookFailed));
        findings.extend(automation::findings(
            &seen.app,
            seen.windows.as_ref(),
            &project,
            Standing {
                syncs,
                failed: failed || is_held,
                only_prunes: drift::only_prunes(seen.differences.as_deref().unwrap_or_default()),
            },
            clock,
        ));
    }
    findings.extend(workload::unexplained(&seen.app, &findings));
    background::add(&gather, app_ref, &seen, &mut findings, clock).await;
    by_rank(&mut findings);
    Ok(view::write(
        &seen,
        &findings,
        &gather.missing(),
        clock,
        context.client.ui_url(app_ref),
        &call,
    ))
}

fn is_running(app: &Application) -> bool {
    app.status
        .operation_state
        .as_ref()
        .is_some_and(|state| &*state.phase == "Running")
}

/// Reads tree, differences and windows, if they can add anything.
async fn survey(gather: &Gather<'_>, app_ref: &crate::argocd::AppRef, app: Application) -> Seen {
    let has = |kind: &str| {
        app.status
            .conditions
            .iter()
            .any(|condition| &*condition.kind == kind)
    };
    let is_out = &*app.status.sync.status == "OutOfSync";
    // In both cases the tree is empty or cannot be read.
    let is_blind =
        has("InvalidSpecError") || has("ComparisonError") && app.status.resources.is_empty();
    let wants_tree = !is_blind;
    let wants_windows = is_out && app.is_automated() || window_named(&app);
    let (get_tree, get_managed, get_windows) = (
        Get::resource_tree(app_ref),
        Get::managed_states(app_ref, &Object::default(), States::All),
        Get::sync_windows(app_ref),
    );
    let tree = async {
        if wants_tree {
            gather.json::<Tree>("resource tree", &get_tree).await
        } else {
            None
        }
    };
    let differences = async {
        let mut differences = Vec::new();
        let each = |item: Item| differences.extend(classify::finding(&item));
        if is_out && !has("ComparisonError") {
            gather.items("differences", &get_managed, each).await?
        } else {
            return None;
        }
        Some(differences)
    };
    let windows = async {
        if wants_windows {
            gather
                .json::<Assignment>("sync windows", &get_windows)
                .await
        } else {
            None
        }
    };
    let (tree, differences, windows) = join3(tree, differences, windows).await;
    Seen {
        app,
        tree,
        differences,
        windows,
        not_judged: Vec::new(),
    }
}

fn window_named(app: &Application) -> bool {
    let state = app.status.operation_state.as_ref();
    state.is_some_and(|state| state.message.contains("sync window"))
}

/// Reads more about the likely root cause: a failed hook's log, what holds a deletion, the worst workload,
/// objects without health. Returns the objects that stay not judged.
async fn deepen(
    gather: &Gather<'_>,
    app_ref: &crate::argocd::AppRef,
    seen: &Seen,
    findings: &mut Vec<Finding>,
    clock: Clock,
) -> Vec<NotJudged> {
    // Whether the hooks' logs already say what their Pods would.
    let is_told = quote_hook(gather, app_ref, seen, findings).await;
    waits::hook(gather, app_ref, seen, findings, clock).await;
    let Some(tree) = &seen.tree else {
        findings.extend(deletion::finding(&seen.app, None, None, clock));
        return Vec::new();
    };
    let is_deleting = !seen.app.metadata.deletion_timestamp.is_empty();
    if is_deleting {
        let held = held(gather, app_ref, tree).await;
        findings.extend(deletion::finding(
            &seen.app,
            Some(tree),
            held.as_ref(),
            clock,
        ));
    }
    let view = View::of(tree);
    let hooks: Vec<&Text> = match &seen.app.status.operation_state {
        Some(state) if is_told => state
            .sync_result
            .resources
            .iter()
            .filter(|row| operation::is_failed_hook(row))
            .map(|row| &row.name)
            .collect(),
        _ => Vec::new(),
    };
    let mut suspects: Vec<Suspect> = view
        .suspects(&hooks)
        .into_iter()
        .filter(|suspect| !(is_deleting && suspect.sign == Sign::Terminating))
        .collect();
    let rest = suspects.split_off(suspects.len().min(SUSPECTS_MAX));
    // A claim that waits for its Pod is not a root cause: it follows the Pod.
    let (mut first, mut last) = (Vec::new(), Vec::new());
    let shared = placement::shared_node(&view, &suspects);
    for (number, suspect) in suspects.iter().enumerate() {
        let depth = match number {
            0 if gather.left() > 1 => Depth::Log,
            1 if gather.left() > 2 => Depth::Events,
            _ => Depth::Tree,
        };
        let mut evidence = look(gather, app_ref, &view, suspect, depth).await;
        if waits::deadlock(seen, &view, suspect, &evidence, findings) {
            continue;
        }
        let waits = suspect.sign == Sign::Volume && placement::waits_for_pod(&evidence);
        let mut finding = workload::explain(&view, suspect, &mut evidence, clock);
        claims::add(gather, app_ref, &view, (suspect, &evidence), &mut finding).await;
        if number == 0 {
            shared.iter().for_each(|line| finding.lead(line));
        }
        if waits {
            last.push(finding)
        } else {
            first.push((suspect.node, finding))
        }
    }
    let is_broken = !(findings.is_empty() && first.is_empty() && last.is_empty());
    let room = unjudged::Room::of(seen, is_broken);
    let looked = unjudged::look(gather, app_ref, &view, room, clock).await;
    let without = unjudged::place(&view, looked.bad, findings, &mut first);
    findings.extend(first.into_iter().map(|(_, finding)| finding));
    findings.extend(last);
    findings.extend(workload::others(&view, &rest));
    findings.extend(without);
    looked.left
}

/// Adds the log of the failed hook to its cause; says whether the log has anything to quote.
async fn quote_hook(
    gather: &Gather<'_>,
    app_ref: &crate::argocd::AppRef,
    seen: &Seen,
    findings: &mut [Finding],
) -> bool {
    let mut failed = findings.iter_mut();
    let (Some(hook), Some(finding)) = (
        operation::failed_hook(&seen.app),
        failed.find(|finding| finding.rank == Rank::HookFailed),
    ) else {
        return false;
    };
    let Some(query) = hook_log(&hook) else {
        return false;
    };
    let mut stream = Stream::default();
    let get = Get::logs(app_ref, &query);
    let push = |line: &[u8]| stream.push(line);
    if gather.lines("log of the hook", &get, push).await.is_none() {
        return false;
    }
    let lines = trace::log(&stream);
    let is_told = !lines.is_empty();
    lines.into_iter().for_each(|line| finding.add(line));
    is_told
}

/// The live object that is pending deletion, if it can be read.
async fn held(
    gather: &Gather<'_>,
    app_ref: &crate::argocd::AppRef,
    tree: &Tree,
) -> Option<Manifest> {
    let object = deletion::pending(tree).and_then(|at| suspect::object(&tree.nodes[at]))?;
    let get = Get::resource(app_ref, &object);
    let live: Live = gather.json("the object in deletion", &get).await?;
    Some(live.manifest)
}

/// How much is read about a suspect.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// Only its node in the tree.
    Tree,
    /// The live object and its events.
    Events,
    /// Also the log of the failing container.
    Log,
}

fn hook_log(hook: &operation::Hook) -> Option<LogQuery> {
    let group = match hook.kind.as_str() {
        "Job" => Some(Group::parse("batch").ok()?),
        "Pod" => None,
        _ => return None,
    };
    let (kind, name) = (
        Kind::parse(&hook.kind).ok()?,
        ObjectName::parse(&hook.name).ok()?,
    );
    Some(LogQuery::new(
        LogSource::Below(group, kind, name),
        HOOK_LINES,
    ))
}

/// Reads the live object and its events, then the log of the failing container.
async fn look(
    gather: &Gather<'_>,
    app_ref: &crate::argocd::AppRef,
    view: &View<'_>,
    suspect: &Suspect,
    depth: Depth,
) -> Evidence {
    if depth == Depth::Tree {
        return Evidence::default();
    }
    let Some(object) = suspect::object(&view.nodes[suspect.node]) else {
        return Evidence::default();
    };
    // Who rejects Pods and what a claim waits for is in the tree and the events.
    let is_read = !matches!(suspect.sign, Sign::Refused | Sign::Volume);
    let (get_live, get_events) = (
        Get::resource(app_ref, &object),
        Get::events_of(app_ref, &object),
    );
    let live = async {
        if is_read {
            gather.json::<Live>("the live object", &get_live).await
        } else {
            None
        }
    };
    let events = gather.json::<Events>("its events", &get_events);
    let (live, events) = join(live, events).await;
    let live = live.map(|live| live.manifest);
    let mut log = None;
    if let Some(query) = workload::log_query(view, suspect, live.as_ref())
        .filter(|_| depth == Depth::Log && gather.left() > 1)
    {
        let mut stream = Stream::default();
        let read = gather
            .lines("its log", &Get::logs(app_ref, &query), |line| {
                stream.push(line)
            })
            .await;
        log = read.map(|()| stream);
        let is_gone = log
            .as_ref()
            .is_some_and(|log| log.lines.is_empty() && !log.errors.is_empty());
        if query.previous && is_gone && gather.left() > 1 {
            log = current(gather, app_ref, query).await.or(log);
        }
    }
    Evidence {
        live,
        events: events.map(|events| events.items).unwrap_or_default(),
        log,
    }
}

/// The log of the current run, for when the previous one is gone.
async fn current(
    gather: &Gather<'_>,
    app_ref: &crate::argocd::AppRef,
    query: LogQuery,
) -> Option<Stream> {
    let query = LogQuery {
        previous: false,
        ..query
    };
    let mut stream = Stream::default();
    let get = Get::logs(app_ref, &query);
    let push = |line: &[u8]| stream.push(line);
    gather.lines("its log", &get, push).await?;
    (!stream.lines.is_empty()).then_some(stream)
}
