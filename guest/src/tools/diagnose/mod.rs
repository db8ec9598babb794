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
mod lines;
mod look;
mod next;
mod not_judged;
mod object;
mod operation;
mod output;
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
mod suspects;
mod trace;
mod unjudged;
mod unready;
mod view;
mod waits;
mod workload;

use futures_util::future::join3;

use self::{
    automation::Standing,
    finding::{Finding, Rank, by_rank},
    gather::Gather,
    not_judged::NotJudged,
    owner::Syncs,
    seen::Seen,
    suspects::Reader,
};
use crate::{
    answer::{
        Answer,
        member::{number, text, texts},
        time::Clock,
    },
    argocd::{Get, Group, Kind, LogQuery, LogSource, Object, ObjectName, States},
    call::{
        Call, Failure,
        input::{input, schema},
        namesakes,
        tool::{Context, Family, Listed, Subject, Tool},
    },
    model::{
        application::Application,
        classify,
        live::Live,
        log::Stream,
        managed::Item,
        suspect,
        suspect::{Sign, Suspect, View},
        tree::Tree,
        window::Assignment,
    },
    redact::{Manifest, Text},
};

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
    facts: &[],
    items: &[
        number("number"),
        text("cause"),
        text("message").maybe(),
        texts("because"),
        number("more_because").maybe(),
    ],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(diagnose(context, call)),
};

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
    let answer = view::write(
        &seen,
        &findings,
        &gather.missing(),
        clock,
        context.client.ui_url(app_ref),
        &call,
    );
    // A bare name that turns out well may be meant for another application.
    if !findings.is_empty() || app_ref.namespace().is_some() || gather.left() == 0 {
        return Ok(answer);
    }
    let home = &seen.app.metadata.namespace;
    let others = namesakes::note(&context.client, app_ref, home).await;
    Ok(match others {
        None => answer,
        Some(others) => answer.noting(&format!("{others}.")),
    })
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
    let suspects: Vec<Suspect> = view
        .suspects(&hooks)
        .into_iter()
        .filter(|suspect| !(is_deleting && suspect.sign == Sign::Terminating))
        .collect();
    let reader = Reader {
        gather,
        app_ref,
        seen,
        clock,
    };
    let mut explained = suspects::explain(reader, &view, suspects, findings).await;
    let is_broken = !(findings.is_empty() && explained.is_empty());
    let room = unjudged::Room::of(seen, is_broken);
    let looked = unjudged::look(gather, app_ref, &view, room, clock).await;
    let without = unjudged::place(&view, looked.bad, findings, &mut explained.first);
    findings.extend(explained.first.into_iter().map(|(_, finding)| finding));
    findings.extend(explained.last);
    findings.extend(explained.others);
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
    let lines = lines::log(&stream);
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
        lines::TAIL_LINES,
    ))
}
