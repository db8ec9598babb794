//! Recorded log streams: the one that fits a request best, cut to what the request asks for.

use serde_json::Value;

use super::{Recorded, Replayed};
use crate::{query::Target, timestamp::Timestamp};

/// What of a query says whose log is meant. `namespace` and `group` are left out by who knows that the name is
/// enough.
const WHOSE: [&str; 4] = ["podName", "kind", "resourceName", "appNamespace"];
const OPTIONAL: [&str; 2] = ["namespace", "group"];

/// The recording of the same log with enough lines, else the one with the most.
pub(super) fn best<'a>(recorded: &'a [Recorded], target: &Target) -> Option<&'a Recorded> {
    let word = |target: &'a Target, key: &str| target.get(key).unwrap_or_default();
    let asked = |key: &str| target.get(key).unwrap_or_default();
    let same = |other: &&Recorded| {
        other.target.path == target.path
            && WHOSE
                .iter()
                .all(|key| other.target.get(key).unwrap_or_default() == asked(key))
            && OPTIONAL
                .iter()
                .all(|key| match (other.target.get(key), target.get(key)) {
                    (Some(one), Some(two)) => one == two,
                    _ => true,
                })
            && is_previous(&other.target) == is_previous(target)
    };
    let of_pod: Vec<&Recorded> = recorded.iter().filter(same).collect();
    let mut found: Vec<&Recorded> = of_pod.clone();
    found.retain(|other| word(&other.target, "container") == asked("container"));
    // A Pod of one container needs no name of it.
    if found.is_empty() && asked("container").is_empty() {
        let first = of_pod.first().map(|other| word(&other.target, "container"));
        if of_pod
            .iter()
            .all(|other| Some(word(&other.target, "container")) == first)
        {
            found = of_pod;
        }
    }
    let wanted = lines(target);
    let rank = |other: &&Recorded| {
        let has = lines(&other.target);
        // The smallest that is enough, and then the largest.
        (
            has >= wanted,
            if has >= wanted { usize::MAX - has } else { has },
        )
    };
    found.into_iter().max_by_key(rank)
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
pub(super) fn cut(found: &Recorded, target: &Target, moment: Option<i64>) -> Replayed {
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
