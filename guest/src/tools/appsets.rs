//! `list_applicationsets`, `get_applicationset`: which work, what they make, what is wrong with the
//! others. Parameters of generators and templates have no field here: they hold secrets.

use super::{Context, Family, Listed, Subject, Tool};
use crate::{
    answer::{Answer, Budget, Line, Page, Remark, order, plural, said, time::Clock, word},
    argocd::{AppSetName, Get, Namespace, ProjectName, Selector},
    call::{
        Call, Failure,
        input::{Count, input, schema},
        listing::{self, Listing, Row},
    },
    limits,
    model::{
        Health, Metadata,
        record::{Field, Record, record},
    },
    redact::Text,
};

/// ApplicationSets of one answer by default, and at most.
const SETS: u32 = 50;
const SETS_MAX: u32 = 500;
/// Most generated applications that one row names.
const NAMED_MAX: usize = 10;
/// Most generated applications that the whole answer of one set names.
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
                they have made. Broken ones first. No parameter values.",
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

/// The kinds of a generator: its keys, without their values.
#[derive(Default)]
struct Kinds(Vec<String>);

impl Record for Kinds {
    fn field(&mut self, name: &str) -> Option<&mut dyn Field> {
        // Beside its kind a generator has a selector and a template.
        if !matches!(name, "selector" | "template") {
            self.0.push(word(&Text::new(name)));
        }
        None
    }
}

record! {
    struct Set {
        metadata: Metadata = "metadata",
        spec: Spec = "spec",
        status: Status = "status",
    }
}

record! {
    struct Spec {
        generators: Vec<Kinds> = "generators",
        template: Template = "template",
        strategy: Strategy = "strategy",
    }
}

record! {
    struct Strategy {
        kind: Text = "type",
    }
}

record! {
    struct Template {
        metadata: Metadata = "metadata",
        spec: TemplateSpec = "spec",
    }
}

record! {
    struct TemplateSpec {
        project: Text = "project",
    }
}

record! {
    struct Status {
        conditions: Vec<Condition> = "conditions",
        resources: Vec<Made> = "resources",
        /// How many there are, when the list is cut (Argo CD 3.2 on).
        resources_count: Option<i64> = "resourcesCount",
        application_status: Vec<Step> = "applicationStatus",
        health: Health = "health",
    }
}

record! {
    struct Condition {
        kind: Text = "type",
        status: Text = "status",
        reason: Text = "reason",
        message: Text = "message",
        last_transition_time: Text = "lastTransitionTime",
    }
}

record! {
    struct Made {
        name: Text = "name",
        namespace: Text = "namespace",
        status: Text = "status",
        health: Health = "health",
    }
}

record! {
    /// Where one application is in a progressive rollout.
    struct Step {
        application: Text = "application",
        status: Text = "status",
        message: Text = "message",
        step: Text = "step",
    }
}

impl Made {
    fn is_well(&self) -> bool {
        order::application_rank(&self.health.status, &self.status)
            >= order::application_rank("Healthy", "Synced")
    }

    /// `OutOfSync, Degraded`.
    fn words(&self) -> String {
        let word = |text: &Text| {
            if text.is_empty() {
                "-".to_owned()
            } else {
                word(text)
            }
        };
        format!("{}, {}", word(&self.status), word(&self.health.status))
    }
}

impl Set {
    /// The condition that says what is wrong.
    fn error(&self) -> Option<&Condition> {
        let is = |condition: &&Condition, kind: &str, status: &str| {
            &*condition.kind == kind && &*condition.status == status
        };
        let all = &self.status.conditions;
        all.iter()
            .find(|condition| is(condition, "ErrorOccurred", "True"))
            .or_else(|| {
                all.iter()
                    .find(|condition| is(condition, "ResourcesUpToDate", "False"))
            })
    }

    fn state(&self) -> &'static str {
        match self.error().map(|condition| &*condition.kind) {
            Some("ErrorOccurred") => return "ErrorOccurred",
            Some(_) => return "not up to date",
            // Nothing is claimed of one that the controller has not looked at.
            None if self.status.conditions.is_empty() => return "no conditions yet",
            None => {}
        }
        let progressing = |condition: &Condition| {
            &*condition.kind == "RolloutProgressing" && &*condition.status == "True"
        };
        if self.status.conditions.iter().any(progressing) {
            "RolloutProgressing"
        } else {
            "works"
        }
    }

    /// How many applications it has made, as far as its status tells.
    fn made_count(&self) -> usize {
        let told = self
            .status
            .resources_count
            .and_then(|count| usize::try_from(count).ok());
        told.unwrap_or(0).max(self.status.resources.len())
    }

    fn generators(&self) -> String {
        let kinds: Vec<String> = self
            .spec
            .generators
            .iter()
            .map(|kinds| kinds.0.join("+"))
            .collect();
        if kinds.is_empty() {
            "no generator".to_owned()
        } else {
            kinds.join(", ")
        }
    }

    fn row(&self) -> Row {
        let made = &self.status.resources;
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
        let all_well = if made.iter().all(Made::is_well) {
            " (all Synced, Healthy)"
        } else {
            ""
        };
        let made = match self.made_count() {
            0 => "no application made".to_owned(),
            count => format!(
                "{}{all_well}: {}",
                plural(count, "application"),
                listing::first(&names, NAMED_MAX)
            ),
        };
        let name = format!(
            "{}/{}",
            word(&self.metadata.namespace),
            word(&self.metadata.name)
        );
        let state = self.state();
        let mut line = Line::new()
            .fact("name", &name)
            .glue(": ")
            .fact("state", state)
            .glue("; generators ")
            .fact("generators", self.generators())
            .glue("; ")
            .fact("applications", made);
        if let Some(error) = self.error() {
            line = line.said("message", &error.message);
        }
        Row {
            key: format!("{} {name}", u8::from(self.error().is_none())),
            line,
        }
    }
}

async fn list(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: List = call.input()?;
    let projects: Vec<ProjectName> = input.project.iter().cloned().collect();
    let get = Get::application_sets(
        &projects,
        input.selector.as_ref(),
        input.appset_namespace.as_ref(),
    );
    let (mut rows, mut broken) = (Vec::new(), 0);
    let each = |set: Set| {
        broken += usize::from(set.error().is_some());
        rows.push(set.row());
    };
    context
        .client
        .items(&get, limits::UPSTREAM_LIST, each)
        .await?;
    Row::sort(&mut rows);
    let mut head = vec![format!(
        "{}: {broken} with errors, {} without",
        plural(rows.len(), "ApplicationSet"),
        rows.len() - broken
    )];
    if rows.is_empty() {
        head.push("Argo CD leaves out what the account may not read, so an empty list may mean missing rights.".to_owned());
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

async fn show(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: One = call.input()?;
    let get = Get::application_set(&input.name, input.appset_namespace.as_ref());
    let set: Set = context.client.json(&get, limits::UPSTREAM).await?;
    let clock = Clock::at(context.client.now_ms());
    let mut page = Page::new(Budget::default());
    page.line(format!(
        "{}/{}: {}; generators {}; makes {} in project {}",
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
        format!("{rank:02} {}", &*made.name)
    });
    let count = set.made_count();
    let unwell = made.iter().filter(|made| !made.is_well()).count();
    page.line(match count {
        0 => "No application made.".to_owned(),
        count => format!(
            "{} made, {unwell} not Synced and Healthy:",
            plural(count, "application")
        ),
    });
    let mut written = 0;
    for made in made.iter().take(MADE_MAX) {
        let step = set
            .status
            .application_status
            .iter()
            .find(|step| step.application == made.name);
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
                    format!("step {} {}", word(&step.step), word(&step.status)),
                )
                .said("message", &step.message);
        }
        if !page.row(line) {
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
