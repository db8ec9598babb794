//! `list_applicationsets`, `get_applicationset`: state, errors and generated applications.

use crate::{
    answer::{Answer, Budget, Line, Page, Remark, order, plural, said, time::Clock, word},
    argocd::{AppSetName, Get, Namespace, ProjectName, Selector},
    call::{
        Call, Failure,
        input::{Count, input, schema},
        listing::{self, Listing, Row},
        sieve::{Looks, Sieve},
        tool::{Context, Family, Listed, Subject, Tool},
        unknown::Unknown,
    },
    limits,
    model::{
        appset::{Made, Set, Step},
        operation::revisions,
    },
};

/// ApplicationSets of one answer by default, and at most.
const SETS: u32 = 50;
const SETS_MAX: u32 = 500;
/// Maximum number of generated applications that one row names.
const NAMED_MAX: usize = 10;
/// Maximum number of generated applications that the answer about one set names.
const MADE_MAX: usize = 100;

input! {
    /// What `list_applicationsets` takes.
    struct List {
        /// Only this project.
        project: Option<ProjectName>,
        /// Label selector.
        selector: Option<Selector>,
        /// Namespace the ApplicationSets live in.
        appset_namespace: Option<Namespace>,
        /// Rows to show.
        limit: Count<SETS, SETS_MAX>,
        /// From the previous answer.
        cursor: Option<String>,
    }
}

input! {
    /// What `get_applicationset` takes.
    struct One {
        /// Its name.
        name: AppSetName,
        /// Namespace it lives in, if not Argo CD's own.
        appset_namespace: Option<Namespace>,
    }
}

/// The tools of this family.
pub(super) const LIST: Tool = Tool {
    name: "list_applicationsets",
    title: "List ApplicationSets",
    family: Family::ApplicationSets,
    listed: Listed::WhenChosen,
    hint: "Lists ApplicationSets, broken first",
    subject: Subject::Nothing,
    description: "Argo CD ApplicationSets: which are broken and why, which generators they use and which applications \
                they created. Broken ones first. No parameter values.",
    facts: &["name", "state", "generators", "applications", "message"],
    schema: schema::<List>,
    run: |context, call| Box::pin(list(context, call)),
};

pub(super) const SHOW: Tool = Tool {
    name: "get_applicationset",
    title: "Get ApplicationSet",
    family: Family::ApplicationSets,
    listed: Listed::WhenChosen,
    hint: "Shows one ApplicationSet and what it generates",
    subject: Subject::ApplicationSet,
    description: "One Argo CD ApplicationSet: conditions and errors, generators, template target, generated applications \
                with sync and health, step of a progressive rollout.",
    facts: &["application", "sync", "health", "step", "message"],
    schema: schema::<One>,
    run: |context, call| Box::pin(show(context, call)),
};

/// One ApplicationSet as a row.
fn row(set: &Set) -> Row {
    let made = &set.status.resources;
    let names: Vec<String> = made
        .iter()
        .map(|made| {
            if made.is_well() {
                word(&made.name)
            } else {
                format!("{} ({})", word(&made.name), made.words())
            }
        })
        .collect();
    // Argo CD truncates the list of a large set; nothing is known about the rest.
    let is_whole = made.len() == set.made_count();
    let all_well = if is_whole && made.iter().all(Made::is_well) {
        " (all Synced, Healthy)"
    } else {
        ""
    };
    let made = match set.made_count() {
        0 => "no application in its status".to_owned(),
        count => format!(
            "{}{all_well}: {}",
            plural(count, "application"),
            listing::first(&names, NAMED_MAX)
        ),
    };
    let name = format!(
        "{}/{}",
        word(&set.metadata.namespace),
        word(&set.metadata.name)
    );
    let state = set.state();
    let mut line = Line::new()
        .fact("name", &name)
        .glue(": ")
        .fact("state", state)
        .glue("; generators ")
        .fact("generators", set.generators())
        .glue("; ")
        .fact("applications", made);
    if let Some(error) = set.error() {
        line = line.said("message", &error.message);
    }
    Row::of(name, line).ranked(set.error().is_none().into())
}

async fn list(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: List = call.input()?;
    let projects: Vec<ProjectName> = input.project.iter().cloned().collect();
    let get = Get::application_sets(
        &projects,
        input.selector.as_ref(),
        input.appset_namespace.as_ref(),
    );
    let (mut rows, mut broken, mut unseen) = (Vec::new(), 0, 0);
    let each = |set: Set| {
        broken += usize::from(set.error().is_some());
        unseen += usize::from(set.status.conditions.is_empty());
        rows.push(row(&set));
    };
    context
        .client
        .items(&get, limits::UPSTREAM_LIST, each)
        .await?;
    Row::sort(&mut rows);
    let unseen = match unseen {
        0 => String::new(),
        unseen => format!(", {unseen} of them without conditions yet"),
    };
    let mut head: Vec<Remark> = vec![
        format!(
            "{}: {broken} with errors, {} without{unseen}",
            plural(rows.len(), "ApplicationSet"),
            rows.len() - broken
        )
        .into(),
    ];
    if rows.is_empty() {
        head = nothing(context, &input, &call).await;
    }
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, SETS));
    Listing {
        call: &call,
        cursor,
        limit,
        noun: "ApplicationSet",
    }
    .write(head, &rows, None)
}

/// Explains an empty list: which filter matches nothing, judged by the unfiltered list.
async fn nothing(context: &Context, input: &List, call: &Call) -> Vec<Remark> {
    let hidden = "Argo CD leaves out what the account may not read, so an empty list may mean missing rights.";
    let (project, namespace) = (&input.project, &input.appset_namespace);
    let mut sieve = Sieve::of([
        ("project", project.as_ref().map(ToString::to_string)),
        (
            "appset_namespace",
            namespace.as_ref().map(ToString::to_string),
        ),
    ]);
    let mut others = 0;
    if sieve.is_any() || input.selector.is_some() {
        let each = |set: Set| {
            let (of, here) = (&*set.spec.template.spec.project, &*set.metadata.namespace);
            let is_project = project.as_ref().is_none_or(|wanted| wanted.as_str() == of);
            let is_here = namespace
                .as_ref()
                .is_none_or(|wanted| wanted.as_str() == here);
            sieve.row();
            sieve.tell("project", is_project, Looks::Whole, [of]);
            sieve.tell("appset_namespace", is_here, Looks::Whole, [here]);
            others += usize::from(is_project && is_here);
        };
        let get = Get::application_sets(&[], None, None);
        // If this fails, the answer only explains less.
        let _ = (context.client)
            .items(&get, limits::UPSTREAM_LIST, each)
            .await;
    }
    let mut lines = match sieve.seen() {
        0 => vec!["0 ApplicationSets.".into(), hidden.into()],
        seen => vec![format!("0 of {} match.", plural(seen, "ApplicationSet")).into()],
    };
    match (&input.selector, others) {
        (Some(_), 1..) => lines.push(format!(
            "The selector matches none; without it {others} would be listed. It matches labels of the ApplicationSet itself."
        ).into()),
        _ => lines.extend(sieve.lines(call)),
    }
    lines
}

/// Reads the requested ApplicationSet; fails with the most similar name when it does not exist.
async fn read(context: &Context, input: &One, call: &Call) -> Result<Set, Failure> {
    let namespace = input.appset_namespace.as_ref();
    let get = Get::application_set(&input.name, namespace);
    let error = match context.client.json(&get, limits::UPSTREAM).await {
        Ok(set) => return Ok(set),
        Err(error) => error,
    };
    let unknown = Unknown {
        call,
        noun: "ApplicationSet",
        argument: "name",
        name: input.name.as_str(),
        namespace: Some(("appset_namespace", namespace.map(Namespace::as_str))),
        list: Get::application_sets(&[], None, None),
        tool: "list_applicationsets",
    };
    Err(unknown.failure(&context.client, error).await)
}

async fn show(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: One = call.input()?;
    let set = read(context, &input, &call).await?;
    let clock = Clock::at(context.client.now_ms());
    let mut page = Page::new(Budget::default());
    page.line(format!(
        "{}/{}: {}; generators {}; template {} in project {}",
        word(&set.metadata.namespace),
        word(&set.metadata.name),
        set.state(),
        set.generators(),
        word(&set.spec.template.metadata.name),
        word(&set.spec.template.spec.project)
    ));
    if !set.spec.strategy.kind.is_empty() {
        page.line(format!("Strategy: {}", word(&set.spec.strategy.kind)));
    }
    for condition in &set.status.conditions {
        page.line(format!(
            "{} {} ({}) {}{}",
            word(&condition.kind),
            word(&condition.status),
            word(&condition.reason),
            clock.both(&condition.last_transition_time),
            said(&condition.message)
        ));
    }
    let mut made: Vec<&Made> = set.status.resources.iter().collect();
    order::by_key(&mut made, |made| {
        let rank = order::application_rank(&made.health.status, &made.status);
        (rank, &*made.name)
    });
    let count = set.made_count();
    page.line(count_line(count, &made));
    let mut written = 0;
    for made in made.iter().take(MADE_MAX) {
        if !page.row(row_of(made, &set.status.application_status)) {
            break;
        }
        written += 1;
    }
    if count > written {
        page.has_more();
        page.line(format!(
            "and {}",
            plural(count - written, "more application")
        ));
    }
    if let Some(first) = made
        .first()
        .filter(|made| order::health_rank(&made.health.status) < 4)
    {
        let name = format!("{}/{}", &*first.namespace, &*first.name);
        if let Some(next) = call.other("diagnose_application", &[("name", &name)]) {
            page.line(Remark::next(next));
        }
    }
    Ok(page.finish())
}

/// How many applications the set has generated, and how many of them have a problem.
fn count_line(count: usize, made: &[&Made]) -> String {
    let unwell = made.iter().filter(|made| !made.is_well()).count();
    match count {
        0 => "Its status lists no applications: it generated none, or this version of Argo CD does not record them.".to_owned(),
        count if count > made.len() => format!(
            "{}; of the {} in its status, {unwell} not Synced and Healthy:",
            plural(count, "application"),
            made.len()
        ),
        count => format!(
            "{}, {unwell} not Synced and Healthy:",
            plural(count, "application")
        ),
    }
}

/// One generated application, with its step in a progressive rollout.
fn row_of(made: &Made, steps: &[Step]) -> Line {
    let step = steps.iter().find(|step| step.application == made.name);
    let mut line = Line::new()
        .fact(
            "application",
            format!("{}/{}", word(&made.namespace), word(&made.name)),
        )
        .glue(" | ")
        .fact("sync", word(&made.status))
        .glue(" | ")
        .fact("health", word(&made.health.status));
    if let Some(step) = step {
        line = line
            .glue(" | ")
            .fact(
                "step",
                format!(
                    "step {} {}{}",
                    word(&step.step),
                    word(&step.status),
                    match &step.target_revisions[..] {
                        [] => String::new(),
                        target => format!(" at {}", revisions(target)),
                    }
                ),
            )
            .said("message", &step.message);
    }
    line
}
