//! `get_application_events`: lists events of Kubernetes and Argo CD, repeats folded, warnings first.

use std::collections::HashMap;

use crate::{
    answer::{
        Answer, Fact, Line, Remark, is_longer,
        member::{flag, number, text, time},
        plural,
        time::Clock,
        word,
    },
    argocd::{Get, Namespace, Object},
    call::{
        Call, Failure,
        choice::{Flag, Span},
        input::{Count, input, schema},
        kinds::KindWord,
        listing::{Listing, Row},
        tool::{Context, Family, Listed, Subject, Tool},
        wanted::{self, Fit, NameWord, Wanted},
    },
    limits,
    model::{
        event::Event,
        suspect::{self, View},
        tree::{Node, Tree},
    },
    redact::Text,
};

/// Events of one answer by default, and at most.
const EVENTS: u32 = 50;
const EVENTS_MAX: u32 = 500;
/// Most events of one answer whose messages are shown whole.
const WHOLE_MAX: u32 = 10;
/// Maximum number of Pods or objects of the same name that are proposed.
const PROPOSED_MAX: usize = 5;

input! {
    /// What `get_application_events` takes.
    struct Ask of app {
        /// E.g. a Pod. Default: the Application.
        resource: Option<NameWord>,
        /// Its kind.
        kind: Option<KindWord>,
        /// Resource's namespace.
        namespace: Option<Namespace>,
        /// Only warnings.
        warnings_only: Flag,
        /// E.g. 15m, 2d
        since: Option<Span>,
        /// Events.
        limit: Count<EVENTS, EVENTS_MAX>,
        /// Next page.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "get_application_events",
    title: "Get application events",
    family: Family::Resources,
    listed: Listed::ByDefault,
    hint: "Shows events of the application or one resource",
    subject: Subject::Application,
    description: "Kubernetes events of a resource of an Argo CD application, or of the Application itself (who synced). \
            Repeats folded, warnings first.",
    facts: &[
        text("application"),
        text("subject"),
        number("count"),
        number("groups").maybe(),
        number("warnings").maybe(),
        number("filtered_out").maybe(),
    ],
    items: &[
        number("count"),
        flag("warning"),
        text("reason").maybe(),
        text("object"),
        time("last").maybe(),
        text("message").maybe(),
    ],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(show(context, call)),
};

/// Why an empty list of events proves little.
const EXPIRY: &str = "Kubernetes deletes events after about an hour, so older ones may be gone.";

/// How much of each message is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Texts {
    Excerpts,
    Whole,
}

/// Events with the same content about the same object.
#[derive(Debug, PartialEq, Eq)]
struct Group {
    is_warning: bool,
    reason: String,
    object: String,
    message: Text,
    texts: Texts,
    is_excerpt: bool,
    count: i64,
    last: i64,
    last_text: String,
}

impl Group {
    fn row(&self, clock: Clock) -> Row {
        // Warnings first, then the newest.
        Row::of(self.key(), self.render(clock))
            .ranked((!self.is_warning).into())
            .at(self.last)
    }

    fn of(event: &Event, texts: Texts) -> Self {
        let (last, last_text) = event.last();
        let message = event
            .message
            .strip_prefix("(combined from similar events): ")
            .unwrap_or(&event.message);
        let message = Text::new(message);
        Self {
            is_warning: &*event.kind == "Warning",
            reason: word(&event.reason),
            object: format!(
                "{}/{}",
                word(&event.involved_object.kind),
                word(&event.involved_object.name)
            ),
            is_excerpt: texts == Texts::Excerpts && is_longer(&message, limits::SAID_CHARS),
            message,
            texts,
            count: event.times(),
            last,
            last_text: last_text.to_string(),
        }
    }

    fn key(&self) -> String {
        format!(
            "{} {} {} {}",
            self.is_warning, self.reason, self.object, &*self.message
        )
    }

    /// `x12 BackOff Pod/web-7d9 2026-… (3 min ago) > Back-off …`.
    fn render(&self, clock: Clock) -> Line {
        let line = Line::new();
        let line = if self.count > 1 {
            line.glue("x").fact("count", self.count).glue(" ")
        } else {
            line.keeping("count", self.count)
        };
        line.fact("warning", Fact::flag(self.is_warning, "Warning "))
            .fact("reason", &self.reason)
            .glue(" ")
            .fact("object", &self.object)
            .glue(" ")
            .fact("last", clock.fact(&self.last_text))
            .and(match self.texts {
                Texts::Whole => Line::new().whole_text("message", &self.message),
                Texts::Excerpts => Line::new().said("message", &self.message),
            })
    }
}

/// The object whose events are asked for.
struct Target {
    name: String,
    object: Object,
    /// Pods below it that are proposed.
    pods: Vec<String>,
    /// Why it was chosen among several.
    note: Option<Remark>,
}

/// Finds the object in the tree, because the request needs its uid.
async fn target(context: &Context, input: &Ask, call: &Call) -> Result<Target, Failure> {
    let app = &input.name.0;
    let tree: Tree = context
        .client
        .json(&Get::resource_tree(app), limits::UPSTREAM)
        .await?;
    let wanted =
        Wanted::new(input.kind.as_ref(), input.resource.as_ref()).within(input.namespace.as_ref());
    let nodes: Vec<&Node> = tree.nodes.iter().collect();
    let view = View::of(&tree);
    let (at, note) = match wanted::one_of(&nodes, &wanted, &app.to_string(), call)? {
        Fit::One(at) => (at, None),
        Fit::Several(fit) => match view.worst_of(&fit).filter(|_| input.resource.is_none()) {
            Some(worst) => (worst, Some(of_several(&tree, worst, fit.len()))),
            None => return Err(wanted::ambiguous(&nodes, &fit, call)),
        },
    };
    let node = &tree.nodes[at];
    let name = format!("{} {}", word(&node.kind), word(&node.name));
    let object = suspect::object(node).ok_or_else(|| {
        let sync = call.about("get_sync_status", &[]);
        Failure::with_next(
            &format!("{name} is not live, so it has no events."),
            sync.map(|sync| format!("{sync} (whether a sync failed on it)")),
        )
    })?;
    let pods = view
        .pods(at)
        .into_iter()
        .take(PROPOSED_MAX)
        .map(|pod| word(&tree.nodes[pod].name))
        .collect();
    Ok(Target {
        name,
        object,
        pods,
        note,
    })
}

/// `no resource was named: showing events of the worst of 5 Pods.`
fn of_several(tree: &Tree, worst: usize, count: usize) -> Remark {
    let kind = plural(count, &word(&tree.nodes[worst].kind));
    Remark::note(format!(
        "no resource was named: showing events of the worst of {kind}."
    ))
}

/// Events of one answer, grouped.
struct Read {
    groups: HashMap<String, Group>,
    /// Those that the filters let through, and all.
    total: usize,
    seen: usize,
}

async fn read(context: &Context, input: &Ask, get: &Get, texts: Texts) -> Result<Read, Failure> {
    let mut groups: HashMap<String, Group> = HashMap::new();
    let (mut total, mut seen) = (0, 0);
    let oldest = input
        .since
        .map(|span| context.client.now_ms().div_euclid(1_000) - i64::from(span.0));
    let each = |event: Event| {
        seen += 1;
        let is_old = oldest.is_some_and(|oldest| event.last().0 < oldest);
        if is_old || input.warnings_only.0 && &*event.kind != "Warning" {
            return;
        }
        total += 1;
        let group = Group::of(&event, texts);
        let known = groups.entry(group.key()).or_insert_with(|| Group {
            count: 0,
            ..Group::of(&event, texts)
        });
        known.count += group.count;
        if group.last > known.last {
            (known.last, known.last_text) = (group.last, group.last_text);
        }
    };
    context.client.items(get, limits::UPSTREAM, each).await?;
    Ok(Read {
        groups,
        total,
        seen,
    })
}

async fn show(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    let app = &input.name.0;
    let target = match (&input.resource, &input.kind, &input.namespace) {
        (None, None, None) => None,
        (None, None, Some(_)) => {
            return Err(Failure::Said(format!(
                "namespace alone selects no resource: give resource or kind as well.\nNext: {} (events of the Application itself)",
                call.with(&[("namespace", None), ("cursor", None)])
            )));
        }
        _ => Some(target(context, &input, &call).await?),
    };
    let get = match &target {
        Some(target) => Get::events_of(app, &target.object),
        None => Get::events(app),
    };
    let texts = if target.is_some() || input.limit.0 <= WHOLE_MAX {
        Texts::Whole
    } else {
        Texts::Excerpts
    };
    let Read {
        groups,
        total,
        seen,
    } = read(context, &input, &get, texts).await?;
    let clock = Clock::at(context.client.now_ms());
    let warnings = groups.values().filter(|group| group.is_warning).count();
    let mut rows: Vec<Row> = groups.values().map(|group| group.row(clock)).collect();
    Row::sort(&mut rows);
    let subject = target
        .as_ref()
        .map_or("the Application".to_owned(), |target| target.name.clone());
    let counts = match rows.len() {
        0 => none(&subject, seen, &input),
        count => counts(&subject, total, count, warnings)
            .glue(" (newest first, warnings before the rest)"),
    };
    let line = Line::new().fact("application", app.to_string()).glue(": ");
    let mut head: Vec<Remark> = vec![line.and(counts).into()];
    if rows.is_empty() {
        head.push(Remark::note(EXPIRY));
    }
    head.extend(target.as_ref().and_then(|target| target.note.clone()));
    if groups.values().any(|group| group.is_excerpt) {
        head.push(Remark::note(format!(
            "long messages are excerpts, cut at …: a limit of at most {WHOLE_MAX} shows them whole."
        )));
    }
    if rows.is_empty() {
        head.extend(next(target.as_ref(), &call));
    }
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, EVENTS));
    Listing {
        call: &call,
        cursor,
        limit,
        noun: "event",
    }
    .write(head, &rows, None)
}

/// The call that shows more when there is no event: of the Pods, or the diagnosis.
fn next(target: Option<&Target>, call: &Call) -> Option<Remark> {
    let Some(target) = target else {
        let next = call.about("diagnose_application", &[])?;
        let next = format!("{next} (cause, with the events of the bad Pod)");
        return Some(Remark::next(next));
    };
    if target.pods.is_empty() {
        return None;
    }
    let events_of = |pod: &String| {
        call.with(&[
            ("resource", Some(pod.as_str().into())),
            ("kind", Some("Pod".into())),
        ])
    };
    let calls: Vec<String> = target.pods.iter().map(events_of).collect();
    Some(Remark::next(format!(
        "its Pods have events of their own: {}",
        calls.join(" or ")
    )))
}

/// `12 events of Pod web in 3 groups, 1 warning`.
fn counts(subject: &str, events: usize, groups: usize, warnings: usize) -> Line {
    let line = Line::new()
        .fact("count", Fact::plural(events, "event"))
        .glue(" of ")
        .fact("subject", subject);
    let line = if groups < events {
        line.glue(" in ").fact("groups", groups).glue(" groups")
    } else {
        line
    };
    line.glue(", ")
        .fact("warnings", Fact::plural(warnings, "warning"))
}

/// Explains why no event is shown: how many there were before the filters.
fn none(subject: &str, seen: usize, input: &Ask) -> Line {
    let which = match (input.warnings_only.0, input.since.is_some()) {
        (true, true) => " is a warning from that time.",
        (true, false) => " is a warning.",
        _ => " is from that time.",
    };
    match seen {
        0 => Line::new()
            .fact("count", Fact::new("no events", 0))
            .glue(" of ")
            .fact("subject", subject)
            .glue("."),
        seen => Line::new()
            .fact("count", Fact::new("none", 0))
            .glue(" of ")
            .fact("filtered_out", Fact::plural(seen, "event"))
            .glue(" of ")
            .fact("subject", subject)
            .glue(which),
    }
}
