//! `get_sync_windows`: shows whether a sync window blocks an application, and when that changes.

use futures_util::future::join;

use crate::{
    answer::{Answer, Budget, Line, Page, Remark, order, plural, time::Clock, word},
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
            words::{manual, named, state},
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
    facts: &["window", "state", "manual", "applies", "description"],
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
    page.line(format!(
        "{app_ref} (project {name}): {}",
        summary(verdict, app.is_automated())
    ));
    if let Some((time, then)) = decide::change(&assigned, now) {
        page.line(format!(
            "Changes: automatic sync is {} from {}",
            allowed(then.automatic),
            clock.at_seconds(time)
        ));
    } else if !assigned.is_empty() {
        page.line("Changes: none found in the next 12 months");
    }
    notes.into_iter().for_each(|note| page.line(note));
    write(&mut page, &windows, &assigned, clock, now);
    Ok(page.finish())
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
            let more = plural(rows.len() - at, "more window");
            page.line(format!("and {more}, none of them worse"));
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

fn allowed(is_allowed: bool) -> &'static str {
    if is_allowed { "allowed" } else { "blocked" }
}

/// `automatic sync is on and blocked, manual sync allowed: a deny window is open`.
fn summary(verdict: Verdict, is_automated: bool) -> String {
    let automatic = match (verdict.automatic, is_automated) {
        (true, true) => "automatic sync is on and allowed",
        (false, true) => "automatic sync is on and blocked",
        (true, false) => "automatic sync is off (windows would allow it)",
        (false, false) => "automatic sync is off (windows would block it)",
    };
    let (manual, why) = (allowed(verdict.manual), verdict.why);
    format!("{automatic}, manual sync {manual}: {why}")
}

fn row(assigned: &Assigned<'_>, why: &str, now: i64, clock: Clock) -> Line {
    let window = assigned.window;
    Line::new()
        .fact("window", named(window))
        .glue(" | ")
        .fact("state", state(assigned, now, clock))
        .glue(" | ")
        .fact("manual", manual(window))
        .glue(" | ")
        .fact("applies", why)
        .said("description", &window.description)
}
