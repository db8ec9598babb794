//! `get_application_events`: what Kubernetes and Argo CD reported, repeats folded, warnings first.

use std::collections::HashMap;

use super::{
    Context, Tool,
    call::{Call, Failure},
    input::{Count, input, schema},
    listing::{Listing, Row},
    wire::event::Event,
};
use crate::{
    answer::{Answer, plural, said, time::Clock, word},
    argocd::Get,
    limits,
    redact::Text,
};

/// Events of one answer by default, and at most.
const EVENTS: u32 = 50;
const EVENTS_MAX: u32 = 500;

input! {
    /// What `get_application_events` takes.
    struct Ask of app {
        /// Events to show.
        limit: Count<EVENTS, EVENTS_MAX>,
        /// From the previous answer.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOLS: fn() -> Vec<Tool> = || {
    vec![Tool {
        name: "get_application_events",
        title: "Get application events",
        description: "Events of an Argo CD Application: syncs and who started them, health and status changes, \
            deletions. Repeats folded, warnings first. Kubernetes keeps events for about an hour.",
        facts: &[],
        schema: schema::<Ask>,
        run: |context, call| Box::pin(show(context, call)),
    }]
};

/// Events that say the same about the same object.
#[derive(Debug, PartialEq, Eq)]
struct Group {
    is_warning: bool,
    reason: String,
    object: String,
    said: String,
    count: i64,
    last: i64,
    last_text: String,
}

impl Group {
    fn of(event: &Event) -> Self {
        let (last, last_text) = event.last();
        let message = event
            .message
            .strip_prefix("(combined from similar events): ")
            .unwrap_or(&event.message);
        Self {
            is_warning: &*event.kind == "Warning",
            reason: word(&event.reason),
            object: format!(
                "{}/{}",
                word(&event.involved_object.kind),
                word(&event.involved_object.name)
            ),
            said: said(&Text::new(message)),
            count: event.times(),
            last,
            last_text: last_text.to_string(),
        }
    }

    fn key(&self) -> String {
        format!(
            "{} {} {} {}",
            self.is_warning, self.reason, self.object, self.said
        )
    }

    /// `x12 BackOff Pod/web-7d9 2026-… (3 min ago) > Back-off …`.
    fn render(&self, clock: Clock) -> String {
        let warning = if self.is_warning { "Warning " } else { "" };
        let times = if self.count > 1 {
            format!("x{} ", self.count)
        } else {
            String::new()
        };
        let Self {
            reason,
            object,
            said,
            ..
        } = self;
        format!(
            "{times}{warning}{reason} {object} {}{said}",
            clock.both(&self.last_text)
        )
    }
}

async fn show(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    let mut groups: HashMap<String, Group> = HashMap::new();
    let mut total = 0;
    let each = |event: Event| {
        total += 1;
        let group = Group::of(&event);
        let known = groups.entry(group.key()).or_insert_with(|| Group {
            count: 0,
            ..Group::of(&event)
        });
        known.count += group.count;
        if group.last > known.last {
            (known.last, known.last_text) = (group.last, group.last_text);
        }
    };
    context
        .client
        .items(&Get::events(&input.name.0), limits::UPSTREAM, each)
        .await?;
    let clock = Clock::at(context.client.now_ms());
    let warnings = groups.values().filter(|group| group.is_warning).count();
    // Warnings first, then the newest.
    let order = |group: &Group| {
        format!(
            "{} {:020} {}",
            u8::from(!group.is_warning),
            i64::MAX - group.last.max(0),
            group.key()
        )
    };
    let mut rows: Vec<Row> = groups
        .values()
        .map(|group| Row {
            key: order(group),
            line: group.render(clock).into(),
        })
        .collect();
    Row::sort(&mut rows);
    let app = &input.name.0;
    let head = match rows.len() {
        0 => vec![
            format!("{app}: no events of the Application."),
            "Note: Kubernetes drops events after about an hour, so none does not mean that nothing happened.".to_owned(),
            format!("Next: {} (last operation, deploys)", call.about("get_application", &[])),
        ],
        count => {
            let folded = if count < total { format!(" in {count} groups") } else { String::new() };
            let (events, warnings) = (plural(total, "event"), plural(warnings, "warning"));
            vec![format!("{app}: {events}{folded}, {warnings} (newest first, warnings before the rest)")]
        }
    };
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, EVENTS));
    Listing {
        call: &call,
        cursor,
        limit,
        noun: "event",
    }
    .write(head, &rows, None)
}
