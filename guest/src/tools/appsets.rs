//! `list_applicationsets`, `get_applicationset`: state, errors and generated applications.

use crate::{
    answer::{
        Answer, Budget, Fact, Line, Page, Remark,
        member::{flag, number, objects, text, texts, time},
        order,
        time::Clock,
        word,
    },
    argocd::{AppSetName, Get, Namespace, ProjectName, Selector},
    call::{
        Call, Failure,
        input::{Count, input, schema},
        listing::{Listing, Row},
        sieve::{FILTERS, KNOWN, Looks, Sieve},
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
    facts: &[
        number("count"),
        number("of").maybe(),
        number("with_errors").maybe(),
        number("without_errors").maybe(),
        number("without_conditions").maybe(),
        number("without_selector").maybe(),
        FILTERS,
        KNOWN,
    ],
    items: &[
        text("name"),
        text("namespace"),
        text("state"),
        texts("generators"),
        number("application_count"),
        flag("all_well").maybe(),
        texts("applications"),
        number("more_applications").maybe(),
        text("message").maybe(),
    ],
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
    facts: &[],
    items: &[
        text("name"),
        text("namespace"),
        text("state"),
        texts("generators"),
        text("template").maybe(),
        text("project").maybe(),
        text("strategy").maybe(),
        objects(
            "conditions",
            &[
                text("type"),
                text("status"),
                text("reason").maybe(),
                time("since").maybe(),
                text("message").maybe(),
            ],
        ),
        number("application_count"),
        number("in_status").maybe(),
        number("not_well").maybe(),
        objects(
            "applications",
            &[
                text("name"),
                text("namespace").maybe(),
                text("sync").maybe(),
                text("health").maybe(),
                text("step").maybe(),
                text("step_status").maybe(),
                text("step_revision").maybe(),
                text("message").maybe(),
            ],
        ),
        number("more_applications").maybe(),
    ],
    schema: schema::<One>,
    run: |context, call| Box::pin(show(context, call)),
};

/// `argocd/tenants: no errors; generators git`.
fn title(set: &Set) -> Line {
    let (space, name) = (&set.metadata.namespace, &set.metadata.name);
    let place = format!("{}/{}", word(space), word(name));
    Line::new()
        .fact("name", Fact::new(place, word(name)))
        .keeping("namespace", word(space))
        .glue(": ")
        .fact("state", set.state())
        .glue("; generators ")
        .fact("generators", set.generators())
        .glue("; ")
}

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
    let all_well = is_whole && made.iter().all(Made::is_well);
    let line = title(set);
    let mut line = match set.made_count() {
        0 => line.fact(
            "application_count",
            Fact::new("no application in its status", 0),
        ),
        count => line
            .fact("application_count", Fact::plural(count, "application"))
            .fact("all_well", Fact::flag(all_well, " (all Synced, Healthy)"))
            .glue(": ")
            .names("applications", "more_applications", &names, NAMED_MAX),
    };
    if let Some(error) = set.error() {
        line = line.said("message", &error.message);
    }
    let name = format!(
        "{}/{}",
        word(&set.metadata.namespace),
        word(&set.metadata.name)
    );
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
    let line = Line::new()
        .fact("count", Fact::plural(rows.len(), "ApplicationSet"))
        .glue(": ")
        .fact("with_errors", broken)
        .glue(" with errors, ")
        .fact("without_errors", rows.len() - broken)
        .glue(" without");
    let mut head: Vec<Remark> = vec![
        match unseen {
            0 => line,
            unseen => line
                .glue(", ")
                .fact("without_conditions", unseen)
                .glue(" of them without conditions yet"),
        }
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
        0 => {
            let line = Line::new().fact("count", Fact::plural(0, "ApplicationSet"));
            vec![line.glue(".").into(), hidden.into()]
        }
        seen => {
            let line = Line::new().fact("count", 0_usize).glue(" of ");
            let line = line.fact("of", Fact::plural(seen, "ApplicationSet"));
            vec![line.glue(" match.").into()]
        }
    };
    match (&input.selector, others) {
        (Some(_), 1..) => lines.push(
            Line::new()
                .glue("The selector matches none; without it ")
                .fact("without_selector", others)
                .glue(" would be listed. It matches labels of the ApplicationSet itself.")
                .into(),
        ),
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
    page.below(
        "",
        title(&set)
            .glue("template ")
            .fact("template", word(&set.spec.template.metadata.name))
            .glue(" in project ")
            .fact("project", word(&set.spec.template.spec.project)),
    );
    if !set.spec.strategy.kind.is_empty() {
        let line = Line::new().glue("Strategy: ");
        page.below("", line.fact("strategy", word(&set.spec.strategy.kind)));
    }
    for condition in &set.status.conditions {
        page.below(
            "conditions",
            Line::new()
                .fact("type", word(&condition.kind))
                .glue(" ")
                .fact("status", word(&condition.status))
                .glue(" (")
                .fact("reason", word(&condition.reason))
                .glue(") ")
                .fact("since", clock.fact(&condition.last_transition_time))
                .said("message", &condition.message),
        );
    }
    let mut made: Vec<&Made> = set.status.resources.iter().collect();
    order::by_key(&mut made, |made| {
        let rank = order::application_rank(&made.health.status, &made.status);
        (rank, &*made.name)
    });
    let count = set.made_count();
    page.below("", count_line(count, &made));
    let mut written = 0;
    for made in made.iter().take(MADE_MAX) {
        if !page.row_below("applications", row_of(made, &set.status.application_status)) {
            break;
        }
        written += 1;
    }
    if count > written {
        page.has_more();
        let more = Fact::plural(count - written, "more application");
        let line = Line::new().glue("and ").fact("more_applications", more);
        page.below("", line);
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
fn count_line(count: usize, made: &[&Made]) -> Line {
    let unwell = made.iter().filter(|made| !made.is_well()).count();
    let line = Line::new();
    let line = match count {
        0 => {
            return line.keeping("application_count", 0).glue(
                "Its status lists no applications: it generated none, or this version of Argo CD does not record them.",
            );
        }
        count => line.fact("application_count", Fact::plural(count, "application")),
    };
    let line = if count > made.len() {
        line.glue("; of the ")
            .fact("in_status", made.len())
            .glue(" in its status, ")
    } else {
        line.glue(", ")
    };
    line.fact("not_well", unwell)
        .glue(" not Synced and Healthy:")
}

/// One generated application, with its step in a progressive rollout.
fn row_of(made: &Made, steps: &[Step]) -> Line {
    let step = steps.iter().find(|step| step.application == made.name);
    let mut line = Line::new()
        .fact("name", {
            let place = format!("{}/{}", word(&made.namespace), word(&made.name));
            Fact::new(place, word(&made.name))
        })
        .keeping("namespace", word(&made.namespace))
        .glue(" | ")
        .fact("sync", word(&made.status))
        .glue(" | ")
        .fact("health", word(&made.health.status));
    if let Some(step) = step {
        line = line
            .glue(" | step ")
            .fact("step", word(&step.step))
            .glue(" ")
            .fact("step_status", word(&step.status));
        line = match &step.target_revisions[..] {
            [] => line,
            target => line.glue(" at ").fact("step_revision", revisions(target)),
        }
        .said("message", &step.message);
    }
    line
}
