//! What a component writes to stderr, on its way to a terminal.

use argocd_tests::hostile::SEQUENCES;
use serde_json::json;

use crate::{
    control,
    kit::{Arena, HOSTILE, Kit, Tally},
};

/// Whether no character steers a terminal or hides from a reader.
pub(crate) fn is_clean(text: &str) -> bool {
    let steers = |c: char| c.is_control() && c != '\n' && c != '\t';
    let hides = |c: char| {
        matches!(c, '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
    };
    !text.chars().any(|c| steers(c) || hides(c))
}

pub(crate) fn row(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let marked = |(number, sequence): (usize, &&str)| format!("mark-{number}-{sequence}");
    let shout: Vec<String> = SEQUENCES.iter().enumerate().map(marked).collect();
    let said = kit.wait(async {
        let mut host = kit.hostile(&arena).start().unwrap();
        let shout = json!({ "shout": shout });
        host.call("list_clusters", shout).await.unwrap();
        host.end().await.unwrap().stderr
    });
    for (number, sequence) in SEQUENCES.iter().enumerate() {
        let shown = format!("[guest] mark-{number}-");
        let line = said.lines().find(|line| line.starts_with(&shown));
        tally.attempt(line.is_some_and(is_clean), || {
            format!("{sequence:?} became {line:?}")
        });
    }
    tally.require(is_clean(&said), "something else steers the terminal");
    let line = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping", "params": { "arguments": { "shout": SEQUENCES } } });
    let component = std::fs::read(HOSTILE).unwrap();
    let (_, said) = kit.wait(control::said(&component, &[], format!("{line}\n")));
    let raw = SEQUENCES
        .iter()
        .filter(|sequence| said.contains(**sequence))
        .count();
    tally.control(
        raw == SEQUENCES.len(),
        format!("{raw} of {} pass a plain runtime raw", SEQUENCES.len()),
    );
    tally
}
