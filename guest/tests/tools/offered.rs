//! What an answer proposes is what the client can do: no tool that it does not have is named to it.

use argocd_guest::{
    answer::Answer,
    tools::{self, Offer},
};
use serde_json::json;

use crate::{calls::calls, replay::Replay};

/// A client that has this tool and no other.
fn only(tool: &str) -> Offer {
    let all = tools::all();
    let only = Offer::by_default(all).only(all, tool);
    only.unwrap()
}

/// The tools besides `tool` that our own words of an answer name. What follows ` > ` was written by others.
fn named(tool: &str, answer: &Answer) -> Vec<String> {
    let ours = answer
        .text()
        .lines()
        .map(|line| line.split_once(" > ").map_or(line, |(ours, _)| ours));
    let words = ours.flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    words
        .filter(|word| *word != tool && tools::find(word).is_some())
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_client_with_one_tool_hears_of_no_other() {
    let error = |code: u32, text: &str| {
        Some(
            json!({"error": text, "code": code, "message": text})
                .to_string()
                .into_bytes(),
        )
    };
    let uncached = "error getting cached app managed resources: cache: key is missing";
    let uncompared = "error getting cached app resource tree: ComparisonError: no such path";
    let replays = [
        Replay::faithful(),
        Replay::answering(|_, _| None),
        Replay::statuses(move |_, _| (404, error(5, "not found"))),
        Replay::statuses(move |_, _| (500, error(2, uncached))),
        Replay::statuses(move |_, _| (500, error(2, uncompared))),
        Replay::statuses(move |_, _| (500, error(2, "unable to resolve"))),
        Replay::answering(|_, _| Some(b"{}".to_vec())),
        Replay::answering(|_, _| Some(br#"{"items": []}"#.to_vec())),
    ];
    let (mut checked, mut missed) = (0, 0);
    for replay in &replays {
        for (tool, arguments) in calls() {
            let alone = replay.call_of(only(tool), tool, arguments.clone());
            let others = named(tool, &alone);
            assert!(
                others.is_empty(),
                "{tool} {arguments} names {others:?}:\n{}",
                alone.text()
            );
            // With every tool there is something that was left out.
            missed += named(tool, &replay.call(tool, arguments)).len();
            checked += 1;
        }
    }
    assert!(checked > 1_000 && missed > 500, "{checked} {missed}");
}

#[test]
fn what_is_proposed_exists() {
    let replay = Replay::faithful();
    let mut proposed = 0;
    for (tool, arguments) in calls() {
        let answer = replay.call(tool, arguments);
        let next = answer
            .text()
            .lines()
            .filter(|line| line.starts_with("Next: "));
        for line in next.filter(|line| line.contains(" {")) {
            let words = line.split(" {").filter_map(|part| part.rsplit(' ').next());
            let named = words.filter(|word| tools::find(word).is_some()).count();
            assert!(named > 0, "{tool}: {line}");
            proposed += named;
        }
    }
    assert!(proposed > 50, "{proposed}");
}
