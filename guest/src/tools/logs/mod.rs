//! `get_application_logs`: the last lines of one Pod, and what it means when there are none.

mod container;
mod source;
mod trouble;
mod view;

use std::ops::ControlFlow;

use self::{container::Lack, source::Forest};
use super::{Context, Family, Listed, Tool};
use crate::{
    answer::{Answer, order},
    argocd::{ContainerName, Get, LogQuery, LogSource, LogText, Namespace, PodName},
    call::{
        Call, Failure,
        choice::{Flag, Span},
        input::{Count, input, schema},
        kinds::KindWord,
        wanted::NameWord,
    },
    limits,
    model::log::{Case, Keeps, LineFilter, Stream},
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
        kind: Option<KindWord>,
        /// Its name.
        resource: Option<NameWord>,
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
    /// Lines from the end that were asked for, of each Pod.
    tail: u32,
    /// The containers of the Pod, when they had to be looked up.
    containers: Vec<String>,
}

async fn show(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    if input.filter.is_none() && (input.invert.0 || input.match_case.0) {
        return Err(Failure::Said(format!(
            "invert and match_case belong to filter: without a filter they change nothing.\nNext: give filter, or {}",
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
    // Argo CD answers for an object that does not exist as for one without a log.
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
    // The filter is applied to what was read: a short tail would find nothing.
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

/// The lines that the caller wants to see.
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
        .lines(&get, limits::UPSTREAM, |line| {
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
            .push(crate::redact::Text::new(&error.explain())),
    }
    // Pods come one after another: one order over all, for who reads what happened when.
    if stream.pods().len() > 1 {
        order::by_key(&mut stream.lines, |line| line.time.clone());
    }
    Ok(stream)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::{Ask, Call, LogSource, Stream, Subject, name, query, view};
    use crate::answer::Answer;

    fn line(second: usize, content: &str) -> String {
        let time = format!("2026-11-22T21:{:02}:{:02}.5Z", second / 60, second % 60);
        json!({"result": {"content": content, "timeStamp": time, "last": false, "timeStampStr": time, "podName": "web-1"}}).to_string()
    }

    fn kubelet(content: &str) -> String {
        json!({"result": {"content": content, "timeStamp": null, "last": false, "timeStampStr": "0001-01-01T00:00:00Z", "podName": ""}})
            .to_string()
    }

    const LAST: &str = r#"{"result":{"content":"","timeStamp":"2026-11-22T21:13:23Z","last":true,"timeStampStr":"2026-11-22T21:13:23.1Z","podName":""}}"#;

    fn answer(lines: &[String], arguments: &Value) -> Answer {
        let mut stream = Stream::default();
        lines.iter().for_each(|line| stream.push(line.as_bytes()));
        let call = Call::new(
            "get_application_logs",
            arguments.as_object().unwrap().clone(),
        );
        let input: Ask = call.input().unwrap();
        let subject = Subject {
            name: name(&query(&input, LogSource::Pod(input.pod.clone().unwrap()))),
            notes: Vec::new(),
            tail: 200,
            containers: Vec::new(),
        };
        view::write(&stream, &subject, &input, &call).unwrap()
    }

    #[test]
    fn lines_have_times_and_repeats_are_folded() {
        let lines = [
            line(1, "start"),
            line(2, "retry"),
            line(3, "retry"),
            line(4, "retry"),
            line(5, "\u{1b}[31mfailed\u{1b}[0m password=x"),
            LAST.to_owned(),
        ];
        let answer = answer(&lines, &json!({"name": "shop", "pod": "web-1"}));
        let want = "Pod web-1: 5 lines, times of 2026-11-22 in UTC\n21:00:01 > start\n21:00:02 > retry (x3, until 21:00:04)\n21:00:05 > failed password=(hidden)";
        assert_eq!(answer.text(), want);
        assert!(!answer.is_error());
    }

    #[test]
    fn kubelet_errors_are_errors_and_propose_containers() {
        let text = "a container name must be specified for pod web-1, choose one of: [api envoy] or one of the init containers: [wait]";
        let answer = answer(
            &[kubelet(text), LAST.to_owned()],
            &json!({"name": "shop", "pod": "web-1"}),
        );
        assert!(answer.is_error());
        assert!(answer.text().contains(text));
        for container in ["api", "envoy", "wait"] {
            let call = format!(
                r#"get_application_logs {{"container":"{container}","name":"shop","pod":"web-1"}}"#
            );
            assert!(answer.text().contains(&call), "{}", answer.text());
        }
    }

    #[test]
    fn trouble_is_told_apart() {
        let pod = json!({"name": "shop", "pod": "web-1"});
        let stream_error = r#"{"error":{"grpc_code":13,"http_code":500,"message":"boom https://u:p@h","http_status":"x"}}"#.to_owned();
        for (lines, is_error, part) in [
            (vec![], true, "no Pod web-1"),
            (vec![LAST.to_owned()], false, "has written nothing"),
            (
                vec![kubelet(
                    "container \"api\" in pod \"web-1\" is waiting to start: ContainerCreating",
                )],
                true,
                "has not started",
            ),
            (
                vec![kubelet("Get \"https://h:6443/x\": dial tcp: refused")],
                true,
                "list_clusters",
            ),
            (vec![stream_error.clone()], true, "boom https://h"),
            (vec![line(1, "one"), stream_error], true, "> one"),
            (vec!["<html>".to_owned()], true, "not readable"),
            (
                vec![
                    "{}".to_owned(),
                    "{\"result\":null}".to_owned(),
                    line(1, "one"),
                ],
                false,
                "> one",
            ),
        ] {
            let answer = answer(&lines, &pod);
            assert_eq!(answer.is_error(), is_error, "{lines:?}: {}", answer.text());
            assert!(answer.text().contains(part), "{lines:?}: {}", answer.text());
        }
    }

    #[test]
    fn pages_go_back_and_show_each_line_once() {
        let lines: Vec<_> = (0..600)
            .map(|n| line(n, &format!("line {n:03} {}", "x".repeat(50))))
            .collect();
        let (mut arguments, mut all, mut pages) = (
            json!({"name": "shop", "pod": "web-1", "tail_lines": 600}),
            String::new(),
            0,
        );
        loop {
            let answer = answer(&lines, &arguments);
            let text = answer.text().to_owned();
            assert!(text.chars().count() <= 8_000);
            assert!(pages > 0 || text.contains("line 599"));
            all.push_str(&text);
            pages += 1;
            let Some(call) = text
                .lines()
                .find_map(|line| line.split_once("get_application_logs "))
                .map(|(_, call)| call.to_owned())
            else {
                break;
            };
            arguments = serde_json::from_str(&call).unwrap();
            assert!(pages < 20);
        }
        for n in 0..600 {
            assert_eq!(all.matches(&format!("line {n:03} ")).count(), 1, "{n}");
        }
    }

    #[test]
    fn private_keys_over_lines_are_hidden() {
        let lines = [
            line(1, "-----BEGIN PRIVATE KEY-----"),
            line(2, "CANARY"),
            line(3, "-----END PRIVATE KEY-----"),
            line(4, "after"),
        ];
        let answer = answer(&lines, &json!({"name": "shop", "pod": "web-1"}));
        assert!(
            !answer.text().contains("CANARY") && answer.text().contains("after"),
            "{}",
            answer.text()
        );
    }
}
