//! Pod logs: from the recorded streams of a pod to the answer to any combination of parameters, by
//! the kubelet's and argocd-server's rules.

use bytes::Bytes;
use serde_json::{Value, json};

use super::accounts::Account;
use super::answer::{Answer, Code, Content};
use super::api::Ask;
use super::application::Found;
use super::limits::LOG_PODS;
use super::log_streams::{Line, Streams};
use super::world::{app_name, app_project, text};
use crate::query::Target;
use crate::timestamp::Timestamp;

/// The moment at which the recordings were made, which relative times count from.
const NOW: &str = "2026-11-22T21:13:30.000000000Z";

/// The parameters, read.
struct Wanted<'a> {
    target: &'a Target,
    pod: Option<&'a str>,
    tail: Option<usize>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

/// Answers a request for logs.
pub(crate) fn answer(found: &Found<'_>, account: &Account, ask: &Ask, pod: Option<&str>) -> Answer {
    let project = app_project(&found.app);
    if !account.sees_logs(project) {
        let what = format!("logs, get, {project}/{}", app_name(&found.app));
        return Answer::stream_error(Code::PermissionDenied, &account.refusal(&what));
    }
    let wanted = match Wanted::parse(found.target, pod) {
        Ok(wanted) => wanted,
        Err(answer) => return *answer,
    };
    if let Some(why) = found.tree_error() {
        let message = format!("error getting app resource tree: {why}");
        return Answer::stream_error(Code::Unknown, &message);
    }
    let nodes = found.nodes();
    let pods: Vec<&Value> = nodes
        .iter()
        .filter(|node| wanted.selects(node, &nodes))
        .collect();
    if pods.is_empty() {
        return stream(Vec::new(), ask, false);
    }
    if pods.len() > LOG_PODS {
        let message = "max pods to view logs are reached. Please provide more granular query";
        return Answer::stream_error(Code::InvalidArgument, message);
    }
    let streams = Streams::of(found, &nodes);
    let mut lines: Vec<Line> = pods
        .iter()
        .flat_map(|pod| wanted.lines_of(&streams, pod))
        .collect();
    lines.sort_by_key(|line| line.time);
    lines.retain(|line| wanted.admits(&line.content));
    let last = match wanted.until {
        // The first line behind the time ends the stream, with its content.
        Some(until) => {
            let behind = lines.iter().position(|line| line.time > until);
            let last = behind.map(|at| lines[at].clone());
            lines.truncate(behind.unwrap_or(lines.len()));
            last
        }
        None => None,
    };
    let mut entries: Vec<Value> = lines.iter().map(|line| line.entry(false)).collect();
    entries.push(last.map_or_else(|| Line::last(NOW), |line| line.entry(true)));
    let follow = found.target.get("follow") == Some("true");
    if follow {
        entries.pop();
    }
    stream(entries, ask, follow)
}

impl<'a> Wanted<'a> {
    fn parse(target: &'a Target, pod: Option<&'a str>) -> Result<Self, Box<Answer>> {
        for key in ["tailLines", "sinceSeconds"] {
            if let Some(value) = target
                .get(key)
                .filter(|value| value.parse::<i64>().is_err())
            {
                let message = format!("strconv.ParseInt: parsing {value:?}: invalid syntax");
                return Err(Box::new(Answer::error(Code::InvalidArgument, &message)));
            }
        }
        if let Some(value) = target.get("sinceTime") {
            let message = format!("unable to parse field 'sinceTime': {value:?}");
            return Err(Box::new(Answer::error(Code::InvalidArgument, &message)));
        }
        let positive = |key| {
            let value: i64 = target.get(key)?.parse().ok()?;
            usize::try_from(value).ok().filter(|value| *value > 0)
        };
        let until = match target.get("untilTime") {
            None => None,
            Some(value) => Some(Timestamp::parse(value).ok_or_else(|| {
                let message = format!(
                    "invalid untilTime parameter value: parsing time {value:?} as \"2006-01-02T15:04:05.999999999Z07:00\": cannot parse {value:?} as \"2006\""
                );
                Box::new(Answer::stream_error(Code::Unknown, &message))
            })?),
        };
        let since = positive("sinceSeconds")
            .and_then(|seconds| Some(Timestamp::parse(NOW)?.earlier(seconds)));
        Ok(Self {
            target,
            pod: pod.or_else(|| target.get("podName")),
            tail: positive("tailLines"),
            since,
            until,
        })
    }

    /// Whether a node is a Pod that is asked for, by its own name or by an ancestor's.
    fn selects(&self, node: &Value, nodes: &[Value]) -> bool {
        let namespace = self.target.get("namespace");
        text(node, "/kind") == "Pod"
            && text(node, "/group").is_empty()
            && namespace.is_none_or(|namespace| text(node, "/namespace") == namespace)
            && self.pod.is_none_or(|pod| text(node, "/name") == pod)
            && self.is_below(node, nodes, 0)
    }

    fn is_below(&self, node: &Value, nodes: &[Value], depth: usize) -> bool {
        let get = |key| self.target.get(key);
        let (group, kind, name) = (get("group"), get("kind"), get("resourceName"));
        let same =
            |want: Option<&str>, pointer: &str| want.is_none_or(|want| text(node, pointer) == want);
        if same(group, "/group") && same(kind, "/kind") && same(name, "/name") {
            return true;
        }
        // A tree is not deeper than this; a loop in altered data must end too.
        depth < 16
            && node["parentRefs"].as_array().is_some_and(|parents| {
                parents.iter().any(|parent| {
                    nodes
                        .iter()
                        .filter(|other| {
                            ["/group", "/kind", "/namespace", "/name"]
                                .iter()
                                .all(|p| text(other, p) == text(parent, p))
                        })
                        .any(|other| self.is_below(other, nodes, depth + 1))
                })
            })
    }

    /// What the kubelet says for one pod: its lines, or one line with an error.
    fn lines_of(&self, streams: &Streams, pod: &Value) -> Vec<Line> {
        let name = text(pod, "/name");
        let previous = self.target.get("previous") == Some("true");
        match streams.read(name, self.target.get("container"), previous) {
            Ok(lines) => {
                let mut lines: Vec<Line> = lines
                    .into_iter()
                    .filter(|line| self.since.is_none_or(|since| line.time >= since))
                    .collect();
                // Per pod, and before the filter.
                let skip = self.tail.map_or(0, |tail| lines.len().saturating_sub(tail));
                lines.drain(..skip);
                lines
            }
            Err(error) => vec![Line::error(error)],
        }
    }

    /// The filter looks at the errors of the kubelet too, and hides them.
    fn admits(&self, content: &str) -> bool {
        let Some(filter) = self.target.get("filter") else {
            return true;
        };
        let (filter, inverted) = match filter.strip_prefix('!') {
            Some(rest) => (rest, true),
            None => (filter, false),
        };
        let found = if self.target.get("matchCase") == Some("true") {
            content.contains(filter)
        } else {
            content.to_lowercase().contains(&filter.to_lowercase())
        };
        found != inverted
    }
}

/// The stream of entries, as lines of JSON or as server-sent events.
fn stream(entries: Vec<Value>, ask: &Ask, endless: bool) -> Answer {
    let events = ask.wants_events();
    let text: String = entries
        .iter()
        .map(|entry| {
            if events {
                format!("data: {entry} \n\n\n")
            } else {
                format!("{entry}\n")
            }
        })
        .collect();
    let mut answer = if events {
        Answer::new(200, "text/event-stream", "").uncompressed()
    } else {
        Answer::json_text("")
    };
    answer.content = Content::Chunks(Box::new(std::iter::once(Bytes::from(text))));
    answer.endless = endless;
    answer
}

impl Line {
    fn entry(&self, last: bool) -> Value {
        json!({"result": {
            "content": self.content,
            "timeStamp": self.second(),
            "last": last,
            "timeStampStr": self.stamp,
            "podName": self.pod,
        }})
    }

    /// The kubelet's failure: a normal line of the year 1.
    fn error(content: String) -> Self {
        Self {
            content,
            stamp: "0001-01-01T00:00:00Z".to_owned(),
            time: Timestamp::default(),
            pod: String::new(),
        }
    }

    fn last(stamp: &str) -> Value {
        let line = Self {
            content: String::new(),
            stamp: stamp.to_owned(),
            time: Timestamp::default(),
            pod: String::new(),
        };
        line.entry(true)
    }

    /// The time without its fraction; nothing in the year 1.
    fn second(&self) -> Value {
        match self.stamp.get(..19) {
            Some(second) if !self.stamp.starts_with("0001") => json!(format!("{second}Z")),
            _ => Value::Null,
        }
    }
}
