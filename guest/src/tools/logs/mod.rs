//! `get_application_logs`: shows the last log lines of Pods, and explains why there are none.

mod ask;
mod container;
mod source;
mod trouble;
mod view;

use std::ops::ControlFlow;

use self::{
    ask::{Ask, TAIL_LINES},
    container::Lack,
    source::Forest,
    view::Subject,
};
use crate::{
    answer::{Answer, order},
    argocd::{Get, LogQuery, LogSource},
    call::{
        Call, Failure,
        input::schema,
        remedy,
        tool::{self, Context, Family, Listed, Tool},
    },
    limits,
    model::log::{Case, Keeps, LineFilter, Stream, Wire},
};

/// Lines that a filter looks at by default.
const FILTERED_LINES: u32 = 2_000;

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "get_application_logs",
    title: "Get Pod logs",
    family: Family::Resources,
    listed: Listed::ByDefault,
    hint: "Shows logs of a Pod or workload",
    subject: tool::Subject::Application,
    description: "Logs of an Argo CD application: of a Pod, all Pods of a Deployment, or the worst Pod. Newest matching lines, \
            repeats folded. Says why there is no log.",
    facts: &["time", "pod", "text", "repeats", "until"],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(show(context, call)),
};

async fn show(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    if input.filter.is_none() && (input.invert.0 || input.match_case.0) {
        return Err(Failure::Said(format!(
            "invert and match_case have no effect without filter.\nNext: give filter, or {}",
            call.with(&[("invert", None), ("match_case", None)])
        )));
    }
    let mut notes = Vec::new();
    let forest = Forest::of(context, &input);
    let source = source::choose(&forest, &input, &call, &mut notes).await?;
    let mut query = query(&input, source);
    let mut stream = read(context, &input, &query).await?;
    let mut containers = Vec::new();
    if let Some(lack) = Lack::of(&stream)
        && let Ok(tree) = forest.tree().await
        && let Some(found) = container::choose(context, tree, &input, &query.source).await
    {
        let instead = found.instead(lack).filter(|_| input.container.is_none());
        if let Some((name, note)) = instead {
            notes.push(note);
            query.container = Some(name);
            stream = read(context, &input, &query).await?;
        }
        containers = found.names;
    }
    // Argo CD gives the same answer for a missing object and for one without a log.
    if stream.is_empty()
        && let Ok(tree) = forest.tree().await
        && let Some(failure) = source::missing(tree, &query.source, &input, &call)
    {
        return Err(failure);
    }
    let subject = Subject {
        name: name(&query),
        notes,
        tail: query.tail_lines,
        containers,
    };
    view::write(&stream, &subject, &input, &call)
}

fn query(input: &Ask, source: LogSource) -> LogQuery {
    // The filter applies to the lines that were read, so a short tail would find nothing.
    let tail = match (&input.filter, input.tail_lines.0) {
        (Some(_), TAIL_LINES) => FILTERED_LINES,
        (_, asked) => asked,
    };
    LogQuery {
        container: input.container.clone(),
        namespace: input.namespace.clone(),
        previous: input.previous.0,
        since_seconds: input.since.map(|span| span.0),
        ..LogQuery::new(source, tail)
    }
}

/// The filter of the caller.
fn filter(input: &Ask) -> Option<LineFilter> {
    let case = if input.match_case.0 {
        Case::Sensitive
    } else {
        Case::Insensitive
    };
    let keeps = if input.invert.0 {
        Keeps::LinesWithout
    } else {
        Keeps::LinesWith
    };
    let text = input.filter.as_ref()?;
    Some(LineFilter::new(text.as_str(), case, keeps))
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
    let mut stream = Stream::keeping(filter(input));
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
        // The lines read before the error help more than the error alone.
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
    // The stream sends one Pod after another; sort by time across all Pods.
    if stream.pods().len() > 1 {
        order::by(&mut stream.lines, |a, b| a.time.cmp(&b.time));
    }
    Ok(stream)
}

#[cfg(test)]
mod tests;
