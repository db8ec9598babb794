//! Recorded log streams: the one that fits a request best, cut to what the request asks for.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Recorded, Replayed};
use crate::{query::Target, timestamp::Timestamp};

/// What of a query says whose log is meant. `namespace` and `group` are left out by who knows that the name is
/// enough.
const WHOSE: [&str; 4] = ["podName", "kind", "resourceName", "appNamespace"];
const OPTIONAL: [&str; 2] = ["namespace", "group"];

/// What is said of the log that `target` asks for.
pub(super) fn answer(
    recorded: &[Recorded],
    target: &Target,
    moment: Option<i64>,
) -> Option<Replayed> {
    let of_pod: Vec<&Recorded> = recorded
        .iter()
        .filter(|other| is_same(other, target))
        .collect();
    let found = of_pod
        .iter()
        .filter(|other| container(&other.target) == container(target));
    if let Some(found) = found.max_by_key(|other| rank(other, target)) {
        return Some(cut(found, target, moment));
    }
    if !container(target).is_empty() {
        return None;
    }
    // A Pod of one container needs no name of it, and the kubelet names those of any other.
    let names: BTreeSet<&str> = of_pod
        .iter()
        .map(|other| container(&other.target))
        .collect();
    let best = of_pod.iter().max_by_key(|other| rank(other, target))?;
    if names.len() == 1 {
        return Some(cut(best, target, moment));
    }
    let (pod, names) = (
        target.get("podName")?,
        names.into_iter().collect::<Vec<_>>().join(" "),
    );
    let why = format!("a container name must be specified for pod {pod}, choose one of: [{names}]");
    let line = |content: &str, last: bool| {
        let stamp = "0001-01-01T00:00:00Z";
        let entry = json!({"content": content, "timeStamp": null, "last": last, "timeStampStr": stamp, "podName": ""});
        json!({ "result": entry }).to_string()
    };
    Some(Replayed {
        status: 200,
        content_type: best.content_type.clone(),
        body: format!("{}\n{}\n", line(&why, false), line("", true)).into_bytes(),
    })
}

fn container(target: &Target) -> &str {
    target.get("container").unwrap_or_default()
}

/// Whether this is a log of the same Pods, of the same start.
fn is_same(other: &Recorded, target: &Target) -> bool {
    let word = |key: &str| (other.target.get(key), target.get(key));
    other.target.path == target.path
        && is_previous(&other.target) == is_previous(target)
        && WHOSE.iter().all(|key| word(key).0 == word(key).1)
        && OPTIONAL.iter().all(|key| match word(key) {
            (Some(one), Some(two)) => one == two,
            _ => true,
        })
}

/// The smallest that is enough first, and then the largest.
fn rank(other: &Recorded, target: &Target) -> (bool, usize) {
    let (has, wanted) = (lines(&other.target), lines(target));
    let is_enough = has >= wanted;
    (is_enough, if is_enough { usize::MAX - has } else { has })
}

fn is_previous(target: &Target) -> bool {
    target.get("previous") == Some("true")
}

/// How many lines are asked for; without a number, all.
fn lines(target: &Target) -> usize {
    let said = target.get("tailLines");
    said.and_then(|text| text.parse().ok())
        .unwrap_or(usize::MAX)
}

/// The last lines that are asked for, no older than asked for.
fn cut(found: &Recorded, target: &Target, moment: Option<i64>) -> Replayed {
    let answer = |body: Vec<u8>| Replayed {
        status: found.status,
        content_type: found.content_type.clone(),
        body,
    };
    if found.status != 200 {
        return answer(found.body.clone());
    }
    let text = String::from_utf8_lossy(&found.body);
    let since = target
        .get("sinceSeconds")
        .and_then(|text| text.parse::<i64>().ok());
    let earliest = since.and_then(|seconds| Some(moment? - seconds));
    let is_recent = |line: &&str| {
        let time = entry(line).and_then(|entry| {
            Timestamp::parse(entry["result"]["timeStampStr"].as_str().unwrap_or_default())
        });
        earliest.is_none_or(|earliest| time.is_none_or(|time| time.seconds() >= earliest))
    };
    let mut kept: Vec<&str> = text.lines().filter(is_recent).collect();
    // The last one ends the stream and is no line of the log.
    let end = kept.pop_if(|line| entry(line).is_some_and(|entry| entry["result"]["last"] == true));
    kept.drain(..kept.len().saturating_sub(lines(target)));
    kept.extend(end);
    let body: String = kept.iter().flat_map(|line| [line, "\n"]).collect();
    answer(body.into_bytes())
}

fn entry(line: &str) -> Option<Value> {
    serde_json::from_str(line).ok()
}
