//! `get_application_logs`: the last lines of one Pod, and what it means when there are none.

mod source;
mod trouble;
mod view;

use std::ops::ControlFlow;

use super::{Context, Family, Listed, Tool};
use crate::{
    answer::{Answer, order},
    argocd::{
        ContainerName, Get, Kind, LogQuery, LogSource, LogText, Namespace, ObjectName, PodName,
    },
    call::{
        Call, Failure,
        choice::{Flag, Span},
        input::{Count, input, schema},
        remedy,
    },
    limits,
    model::log::{Stream, Wire},
};

/// Lines asked for by default: the seed's.
const TAIL_LINES: u32 = 200;
/// Lines that a filter looks at by default.
const FILTERED_LINES: u32 = 2_000;

input! {
    /// What `get_application_logs` takes.
    struct Ask of app {
        /// Else the worst one.
        pod: Option<PodName>,
        /// Instead of pod, e.g. Deployment.
        kind: Option<Kind>,
        /// Its name.
        resource: Option<ObjectName>,
        /// Else the failing one.
        container: Option<ContainerName>,
        /// Run before the restart.
        previous: Flag,
        /// E.g. 15m, 2d
        since: Option<Span>,
        /// Lines with this text.
        filter: Option<LogText>,
        /// Lines without it.
        invert: Flag,
        /// Case-sensitive.
        match_case: Flag,
        /// Lines.
        tail_lines: Count<TAIL_LINES, { limits::TAIL_LINES_MAX }>,
        /// Pod's namespace.
        namespace: Option<Namespace>,
        /// Earlier lines.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "get_application_logs",
    title: "Get Pod logs",
    family: Family::Resources,
    listed: Listed::ByDefault,
    hint: "Shows logs of a Pod or workload",
    subject: super::Subject::Application,
    description: "Logs of an Argo CD application: of a Pod, all Pods of a Deployment, or the worst Pod. Newest lines that fit, \
            repeats folded. Says why there is no log.",
    facts: &["time", "pod", "text", "repeats", "until"],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(show(context, call)),
};

/// Whose log is shown.
pub(super) struct Subject {
    /// `Pod web-7d9, container api`.
    name: String,
    notes: Vec<String>,
    /// Lines that a filter looked at.
    searched: u32,
}

async fn show(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    let mut notes = Vec::new();
    let source = source::choose(context, &input, &call, &mut notes).await?;
    let mut query = query(&input, source);
    let mut stream = read(context, &input, &query).await?;
    if stream.lines.is_empty()
        && input.container.is_none()
        && let LogSource::Pod(pod) = &query.source
        && stream
            .errors
            .iter()
            .any(|error| error.contains("container name must be specified"))
        && let Some(chosen) = source::container(context, &input, pod).await
    {
        notes.push(format!(
            "the Pod has the containers {}; this is {}, {}. Name another one with container.",
            chosen.all, chosen.name, chosen.why
        ));
        query.container = Some(chosen.name);
        stream = read(context, &input, &query).await?;
    }
    let subject = Subject {
        name: name(&query),
        notes,
        searched: query.tail_lines,
    };
    view::write(&stream, &subject, &input, &call)
}

fn query(input: &Ask, source: LogSource) -> LogQuery {
    // Argo CD filters after it has taken the tail: a short tail would find nothing.
    let tail = match (&input.filter, input.tail_lines.0) {
        (Some(_), TAIL_LINES) => FILTERED_LINES,
        (_, asked) => asked,
    };
    LogQuery {
        container: input.container.clone(),
        namespace: input.namespace.clone(),
        previous: input.previous.0,
        since_seconds: input.since.map(|span| span.0),
        filter: input.filter.clone(),
        invert: input.invert.0,
        match_case: input.match_case.0,
        ..LogQuery::new(source, tail)
    }
}

fn name(query: &LogQuery) -> String {
    let mut name = match &query.source {
        LogSource::Pod(pod) => format!("Pod {pod}"),
        LogSource::Below(_, kind, name) => format!("Pod of {kind} {name}"),
    };
    if let Some(container) = &query.container {
        name.push_str(&format!(", container {container}"));
    }
    if query.previous {
        name.push_str(", the run before the last restart");
    }
    name
}

async fn read(context: &Context, input: &Ask, query: &LogQuery) -> Result<Stream, Failure> {
    let mut stream = Stream::default();
    let get = Get::logs(&input.name.0, query);
    let read = context
        .client
        .lines::<Wire>(&get, limits::UPSTREAM, |line| {
            stream.push(line);
            ControlFlow::Continue(())
        })
        .await;
    match read {
        Ok(()) => {}
        // What has come is worth more than the error alone.
        Err(error) if stream.lines.is_empty() && stream.errors.is_empty() => {
            return Err(error.into());
        }
        Err(error) => stream
            .errors
            .push(crate::redact::Text::new(&remedy::explain(
                &error,
                &context.offer,
            ))),
    }
    // Pods come one after another: one order over all, for who reads what happened when.
    if stream.pods().len() > 1 {
        order::by_key(&mut stream.lines, |line| line.time.clone());
    }
    Ok(stream)
}

#[cfg(test)]
mod tests;
