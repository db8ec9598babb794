//! `get_project`: shows what a project allows, and whether it allows one application.

use super::card;
use crate::{
    answer::{
        Answer, Budget, Fact, Line, Page, Remark,
        member::{flag, number, objects, shared, text},
        word,
    },
    argocd::{Get, ProjectName},
    call::{
        Call, Failure,
        input::{AppArgument, ReadWithName, input, schema},
        unknown::Unknown,
    },
    limits,
    model::{
        Destination, OWN_CLUSTER, application::Application, permit, project::Project,
        record::record,
    },
    redact::Text,
    tools::{Context, Family, Listed, Subject, Tool},
};

/// Maximum number of entries in each list of the project.
const ENTRIES_MAX: usize = 100;

input! {
    /// What `get_project` takes.
    struct Ask {
        /// Project; by default that of the application.
        name: Option<ProjectName>,
        /// Is this application allowed, and if not, why?
        application: Option<AppArgument>,
        /// Namespace the Application lives in, if not Argo CD's own.
        app_namespace: ReadWithName,
    }
}

pub(in crate::tools) const TOOL: Tool = Tool {
    name: "get_project",
    title: "Get project",
    family: Family::Platform,
    listed: Listed::WhenChosen,
    hint: "Says whether a project allows an application",
    subject: Subject::Project,
    description: "One Argo CD project (AppProject) in full: what it may deploy from and to, kinds, roles, windows. With application: \
            whether the project allows it, and which source, destination, namespace or kind it refuses.",
    facts: &[],
    items: &[
        shared(&card::PROJECT),
        objects("role_rules", &card::ROLE),
        text("application").maybe(),
        text("belongs_to").maybe(),
        flag("allowed").maybe(),
        number("refusals").maybe(),
        objects(
            "rulings",
            &[text("about"), flag("allowed"), text("refused").maybe()],
        ),
    ],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(show(context, call)),
};

record! {
    struct Cluster {
        name: Text = "name",
        server: Text = "server",
    }
}

async fn show(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    if input.application.is_none() && call.has("app_namespace") {
        return Err(Failure::Said(format!(
            "app_namespace needs application: give it as well.\nNext: {} (the project alone)",
            call.with(&[("app_namespace", None)])
        )));
    }
    let app: Option<Application> = match &input.application {
        None => None,
        Some(AppArgument(app)) => {
            let get = Get::application(app);
            Some(context.client.json(&get, limits::UPSTREAM).await?)
        }
    };
    let name = match (input.name, &app) {
        (Some(name), _) => name,
        (None, Some(app)) => ProjectName::parse(match &*app.spec.project {
            "" => "default",
            name => name,
        })
        .map_err(|error| Failure::Said(format!("The application's project is wrong: {error}")))?,
        (None, None) => {
            return Err(Failure::Said(
                "No project given.\nNext: give name, application, or both.".to_owned(),
            ));
        }
    };
    let get = Get::project(&name);
    let project: Project = match context.client.json(&get, limits::UPSTREAM).await {
        Ok(project) => project,
        Err(error) => {
            let unknown = Unknown {
                call: &call,
                noun: "project",
                argument: "name",
                name: name.as_str(),
                namespace: None,
                list: Get::projects(),
                tool: "list_projects",
            };
            return Err(unknown.failure(&context.client, error).await);
        }
    };
    let mut page = Page::new(Budget::default());
    if let Some(app) = &app {
        verdict(context, &call, &mut page, (&project, &name), app).await;
    }
    page.card(card::line(&project, ENTRIES_MAX));
    for line in card::role_rules(&project.spec, ENTRIES_MAX) {
        page.below("role_rules", line.indented());
    }
    Ok(page.finish())
}

/// Writes whether the project allows the application, and what it refuses.
async fn verdict(
    context: &Context,
    call: &Call,
    page: &mut Page,
    (project, name): (&Project, &ProjectName),
    app: &Application,
) {
    let (target, note) = target(context, &app.spec.destination).await;
    let own = word(&app.spec.project);
    let rulings = permit::rulings(project, app, &target);
    let (refused, allowed): (Vec<_>, Vec<_>) =
        rulings.iter().partition(|ruling| ruling.refused.is_some());
    let mut line = Line::new()
        .fact("application", word(&app.metadata.name))
        .glue(" in project ")
        .fact("name", name.as_str());
    if own != name.as_str() {
        line = line
            .glue(" (it belongs to ")
            .fact("belongs_to", own)
            .glue(")");
    }
    line = line.glue(": ");
    page.below(
        "",
        match refused.len() {
            0 => line.fact("allowed", Fact::flag(true, "allowed")),
            count => line
                .fact("allowed", Fact::new("not allowed", false))
                .glue(", ")
                .fact("refusals", Fact::plural(count, "refusal")),
        },
    );
    note.into_iter().for_each(|note| page.line(note));
    if project.spec.permit_only_project_scoped_clusters == Some(true) {
        let list = call.other("list_clusters", &[]);
        page.line(Remark::note(format!(
            "only project-scoped clusters are allowed; whether this is one was not checked{}.",
            list.map_or("", |_| ", list_clusters shows each cluster's project")
        )));
    }
    for ruling in refused.into_iter().chain(allowed) {
        let line = Line::new().fact("about", &ruling.about).glue(": ");
        let line = match &ruling.refused {
            Some(why) => line
                .fact("allowed", Fact::new("refused", false))
                .glue(": ")
                .fact("refused", why),
            None => line.fact("allowed", Fact::flag(true, "allowed")),
        };
        page.below("rulings", line);
    }
}

/// The destination with both server and name, because patterns of the project may use either.
async fn target(context: &Context, given: &Destination) -> (Destination, Option<Remark>) {
    let mut target = Destination {
        server: given.server.clone(),
        name: given.name.clone(),
        namespace: given.namespace.clone(),
    };
    if &*given.server == OWN_CLUSTER.1 || &*given.name == OWN_CLUSTER.0 {
        (target.server, target.name) = (Text::new(OWN_CLUSTER.1), Text::new(OWN_CLUSTER.0));
        return (target, None);
    }
    let each = |cluster: Cluster| {
        let same = if given.server.is_empty() {
            cluster.name == given.name
        } else {
            cluster.server == given.server
        };
        if same {
            (target.server, target.name) = (cluster.server, cluster.name);
        }
    };
    let get = Get::clusters();
    let read = context.client.items(&get, limits::UPSTREAM, each).await;
    let note = match read {
        Ok(()) if target.server.is_empty() || target.name.is_empty() => Some(Remark::note(
            "the account sees no such cluster, so patterns by its other name were not tried.",
        )),
        Ok(()) => None,
        Err(error) => Some(Remark::note(format!(
            "the clusters cannot be read, so patterns by the cluster's other name were not tried: {}",
            error.brief()
        ))),
    };
    (target, note)
}
