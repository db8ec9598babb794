//! Selects the events worth quoting.

use std::{cmp::Reverse, collections::BTreeMap};

use crate::{
    answer::{order, said, time::Clock, word},
    model::event::Event,
};

/// Maximum events quoted.
const EVENTS_MAX: usize = 3;
/// Reasons of Normal events that explain why an object waits.
const TELLING: [&str; 3] = [
    "FailedBinding",
    "ExternalProvisioning",
    "WaitForFirstConsumer",
];

/// A text without its digits, to compare texts.
fn body(line: &str) -> String {
    line.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// The kubelet's events that only repeat a container's waiting reason.
fn is_echo(message: &str) -> bool {
    message.starts_with("Back-off restarting failed")
        || message.strip_prefix("Error: ").is_some_and(|reason| {
            !reason.is_empty() && reason.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

/// The message without numbers and without words that begin with the object's own name: those of
/// its Pods differ each time.
fn without(message: &str, name: &str) -> String {
    let words = message
        .split([' ', '"'])
        .filter(|word| name.is_empty() || !word.starts_with(name));
    words.map(body).collect::<Vec<_>>().join(" ")
}

/// Warning events, repeats folded, newest first. `name` is the object's.
pub(super) fn events(events: &[Event], name: &str, clock: Clock) -> Vec<String> {
    struct Group<'a> {
        event: &'a Event,
        times: i64,
        last: i64,
    }
    let mut groups: BTreeMap<(String, String), Group<'_>> = BTreeMap::new();
    let tells = |event: &&Event| {
        (&*event.kind == "Warning" || TELLING.contains(&&*event.reason)) && !is_echo(&event.message)
    };
    for event in events.iter().filter(tells) {
        let message = event
            .message
            .trim_start_matches("(combined from similar events): ");
        let key = (event.reason.to_string(), without(message, name));
        let (last, _) = event.last();
        let group = groups.entry(key).or_insert(Group {
            event,
            times: 0,
            last,
        });
        group.times += event.times();
        if last >= group.last {
            group.last = last;
            group.event = event;
        }
    }
    let mut groups: Vec<Group<'_>> = groups.into_values().collect();
    // Warnings before others, those with a message before BackOff; then the newest.
    order::by_key(&mut groups, |group| {
        let is_normal = &*group.event.kind != "Warning";
        let is_echo = &*group.event.reason == "BackOff";
        (is_normal, is_echo, Reverse(group.last))
    });
    groups
        .iter()
        .take(EVENTS_MAX)
        .map(|group| {
            let (_, time) = group.event.last();
            let ago = clock
                .ago(time)
                .map_or(String::new(), |ago| format!(" {ago}"));
            format!(
                "event x{} {}{ago}{}",
                group.times,
                word(&group.event.reason),
                said(&group.event.message)
            )
        })
        .collect()
}
