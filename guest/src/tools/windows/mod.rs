//! `get_sync_windows`: shows whether a sync window blocks an application, and when that changes.

use futures_util::future::join;

use crate::{
    answer::{
        Answer, Budget, Fact, Line, Page, Remark,
        member::{flag, number, shared, text, time},
        order, plural,
        time::Clock,
        word,
    },
    argocd::{Get, ProjectName},
    call::{
        Call, Failure,
        input::{input, schema},
        tool::{Context, Family, Listed, Subject, Tool},
    },
    limits,
    model::{
        application::Application,
        project::Project,
        window::{Assignment, Window},
        windows::{
            assign, decide,
            decide::{Assigned, Verdict},
            words::{STANDING, WINDOW, described, manual_sync, standing},
        },
    },
};

input! {
    /// What `get_sync_windows` takes.
    struct Ask of app {}
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "get_sync_windows",
    title: "Get sync windows",
    family: Family::Rollout,
    listed: Listed::WhenChosen,
    hint: "Says whether a sync window blocks now, and until when",
    subject: Subject::Application,
    description: "Sync windows of an Argo CD application: whether one blocks automatic or manual syncs now, which one, why it \
            applies, and when it opens or closes next, computed from cron and time zone.",
    facts: &[
        text("application"),
        text("project"),
        flag("automated"),
        flag("automatic_sync_allowed"),
        flag("manual_sync_allowed"),
        text("why"),
        flag("then_allowed").maybe(),
        time("changes").maybe(),
        number("no_change_within_months").maybe(),
        number("more_windows").maybe(),
    ],
    items: &[
        shared(&WINDOW),
        shared(&STANDING),
        text("applies"),
        text("description").maybe(),
    ],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(show(context, call)),
};

async fn show(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    let app_ref = &input.name.0;
    let app: Application = (context.client)
        .json(&Get::application(app_ref), limits::UPSTREAM)
        .await?;
    // An Application without a project belongs to the project `default`.
    let name = match &*app.spec.project {
        "" => "default",
        name => name,
    };
    let project = ProjectName::parse(name)
        .map(|name| Get::project(&name))
        .map_err(|error| Failure::Said(format!("The application's project is wrong: {error}")))?;
    let get = Get::sync_windows(app_ref);
    let (own, project) = join(
        (context.client).json::<Assignment>(&get, limits::UPSTREAM),
        (context.client).json::<Project>(&project, limits::UPSTREAM),
    )
    .await;
    let mut page = Page::new(Budget::default());
    let mut notes = Vec::new();
    let name = word(&app.spec.project);
    let windows: Vec<(Window, String)> = match (&own, project) {
        (Err(error), Err(_)) => return Err(error.clone().into()),
        (Ok(own), Err(error)) => {
            notes.push(Remark::note(format!(
                "project {name} cannot be read, so time zones (UTC assumed), descriptions and patterns are unknown: {}",
                error.brief()
            )));
            let known = own.assigned.iter().cloned();
            known
                .map(|window| (window, "from Argo CD".to_owned()))
                .collect()
        }
        (_, Ok(project)) => of_project(project, &app),
    };
    match &own {
        Ok(own) => notes.extend(disagreement(own, &windows)),
        Err(error) => notes.push(Remark::note(format!(
            "Argo CD's own verdict is missing: {}",
            error.brief()
        ))),
    }
    let now = context.client.now_ms().div_euclid(1_000);
    let clock = Clock::at(context.client.now_ms());
    let assigned: Vec<Assigned<'_>> = windows
        .iter()
        .map(|(window, _)| Assigned::new(window))
        .collect();
    let verdict = decide::at(&assigned, now);
    let line = Line::new()
        .fact("application", app_ref.to_string())
        .glue(" (project ")
        .fact("project", name)
        .glue("): ");
    page.line(line.and(summary(verdict, app.is_automated())));
    if !assigned.is_empty() {
        page.line(changes(&assigned, now, clock));
    }
    notes.into_iter().for_each(|note| page.line(note));
    write(&mut page, &windows, &assigned, clock, now);
    Ok(page.finish())
}

/// When the verdict on automatic syncs changes next.
fn changes(assigned: &[Assigned<'_>], now: i64, clock: Clock) -> Line {
    match decide::change(assigned, now) {
        Some((time, then)) => Line::new()
            .glue("Changes: automatic sync is ")
            .fact("then_allowed", allowed(then.automatic))
            .glue(" from ")
            .fact("changes", clock.fact_at(time)),
        None => Line::new()
            .glue("Changes: none found in the next ")
            .fact("no_change_within_months", Fact::new("12 months", 12)),
    }
}

/// The windows of the project that match the application, each with the reason.
fn of_project(project: Project, app: &Application) -> Vec<(Window, String)> {
    let all = project.spec.sync_windows.into_iter();
    all.filter_map(|window| {
        let why = assign::assigned(&window, app)?;
        Some((window, why))
    })
    .collect()
}

/// Writes the windows, blocking ones first: refused and open denies, closed allows, then the rest.
fn write(
    page: &mut Page,
    windows: &[(Window, String)],
    assigned: &[Assigned<'_>],
    clock: Clock,
    now: i64,
) {
    let mut rows: Vec<(u8, Line)> = assigned
        .iter()
        .zip(windows)
        .map(|(window, (_, why))| (rank(window, now), row(window, why, now, clock)))
        .collect();
    order::by_key(&mut rows, |(rank, _)| *rank);
    for (at, (_, line)) in rows.iter().enumerate() {
        if !page.row(line.clone()) {
            let more = Fact::plural(rows.len() - at, "more window");
            let line = Line::new().glue("and ").fact("more_windows", more);
            page.line(line.glue(", none of them worse"));
            break;
        }
    }
}

/// The rank of a window: those that block syncs come first.
fn rank(window: &Assigned<'_>, now: i64) -> u8 {
    match (
        window.schedule.is_err(),
        window.is("deny"),
        window.is_open(now),
    ) {
        (true, ..) => 0,
        (_, true, true) => 1,
        (_, false, false) => 2,
        (_, false, true) => 3,
        (_, true, false) => 4,
    }
}

/// Notes when Argo CD reports other windows than the documented rules select; Argo CD's verdict takes precedence.
fn disagreement(own: &Assignment, windows: &[(Window, String)]) -> Option<Remark> {
    let (theirs, ours) = (own.assigned.len(), windows.len());
    (theirs != ours).then(|| {
        Remark::note(format!("Argo CD itself counts {}; the rows below are those of the project that match by its documented rules.", plural(theirs, "assigned window")))
    })
}

fn allowed(is_allowed: bool) -> Fact {
    if is_allowed {
        Fact::new("allowed", true)
    } else {
        Fact::new("blocked", false)
    }
}

/// `automatic sync is on and blocked, manual sync allowed: a deny window is open`.
fn summary(verdict: Verdict, is_automated: bool) -> Line {
    let automatic = match (verdict.automatic, is_automated) {
        (true, true) => "automatic sync is on and allowed",
        (false, true) => "automatic sync is on and blocked",
        (true, false) => "automatic sync is off (windows would allow it)",
        (false, false) => "automatic sync is off (windows would block it)",
    };
    Line::new()
        .fact(
            "automatic_sync_allowed",
            Fact::new(automatic, verdict.automatic),
        )
        .keeping("automated", is_automated)
        .glue(", manual sync ")
        .fact("manual_sync_allowed", allowed(verdict.manual))
        .glue(": ")
        .fact("why", verdict.why)
}

fn row(assigned: &Assigned<'_>, why: &str, now: i64, clock: Clock) -> Line {
    let window = assigned.window;
    Line::new()
        .and(described(window))
        .glue(" | ")
        .and(standing(assigned, now, clock))
        .glue(" | ")
        .and(manual_sync(window))
        .glue(" | ")
        .fact("applies", why)
        .said("description", &window.description)
}
