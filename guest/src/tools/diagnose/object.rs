//! An object other than a Pod: what its live state says, whatever its kind, and what contradicts the
//! health that Argo CD shows.

use super::{
    around,
    evidence::{Evidence, age, health},
    finding::{Finding, Rank},
    proven::Proven as _,
    readings::{MetricsApiDown, Paused, Recovered, StalePause, StaleRollout, Untrusted},
    status,
};
use crate::{
    answer::{said, time::Clock, word},
    model::{
        condition::{self, Condition, Tone},
        event::Event,
        suspect::{Sign, Suspect, View},
        tree::Node as TreeNode,
    },
    redact::Text,
};

/// Bytes at the end of a line that make it a repetition of an earlier one.
const TAIL_BYTES: usize = 60;

/// Explains an object that is not well.
pub(super) fn unwell(
    view: &View<'_>,
    suspect: &Suspect,
    name: &str,
    evidence: &Evidence,
    clock: Clock,
) -> Finding {
    let node = &view.nodes[suspect.node];
    let live = evidence.pod();
    let conditions = condition::conditions(live);
    let message = once(&node.health.message);
    if let Some(stale) = StaleRollout::of(node, live, clock) {
        return Finding::proven(Rank::Workload, &stale)
            .quoting(&message)
            .with_each(around::pods(view, suspect.node))
            .with("A hard refresh makes Argo CD read it again; if its health stays, restart Argo CD's application controller.");
    }
    let (events, made_at) = (&evidence.events, around::made_at(view, suspect.node));
    let mut finding = match Recovered::of(name, &conditions, events, made_at, clock) {
        Some(recovered) => Finding::proven(Rank::Workload, &recovered)
            .quoting(&message)
            .with(recovered.event())
            .with("If the status stays, restart the controller that writes it."),
        None => {
            let since = since(&conditions, node, clock);
            let headline = format!("{name} is {}{since}", health(node));
            Finding::observed(Rank::Workload, headline)
                .quoting(&message)
                .with_each(newest(events, &message, clock))
        }
    };
    if let Some(down) = MetricsApiDown::of(&node.health.message) {
        finding.add(down.headline());
    }
    if let Some(untrusted) = Untrusted::of(&message) {
        finding.add(untrusted.headline());
    }
    let title = format!("{} {}", word(&node.kind), word(&node.name));
    finding = finding.with_each(around::lacked(view, node, &title, live));
    for line in status::says(view, live, &message, clock) {
        finding.add(line);
    }
    for line in around::made(view, suspect.node, clock) {
        finding.add(line);
    }
    if suspect.sign == Sign::Provider {
        finding = finding.with_each(around::unhurt(view));
    }
    finding
}

/// Explains an object that Argo CD shows as Suspended.
pub(super) fn suspended(
    view: &View<'_>,
    suspect: &Suspect,
    name: &str,
    evidence: &Evidence,
    clock: Clock,
) -> Finding {
    let node = &view.nodes[suspect.node];
    let live = evidence.pod();
    let finding = if let Some(paused) = Paused::of(name, live) {
        Finding::proven(Rank::Workload, &paused)
    } else if let Some(stale) = StalePause::of(name, live, clock) {
        Finding::proven(Rank::Workload, &stale)
    } else {
        Finding::observed(Rank::Workload, format!("{name} is Suspended"))
    };
    let mut finding = finding.quoting(&node.health.message);
    for line in status::says(view, live, &node.health.message, clock) {
        finding.add(line);
    }
    for line in around::made(view, suspect.node, clock) {
        finding.add(line);
    }
    finding
}

/// ` since 2026-09-01T10:00:00Z (3 h ago)` of the worst condition; the age of the object when it has none.
fn since(conditions: &[Condition], node: &TreeNode, clock: Clock) -> String {
    match conditions.first() {
        Some(worst) if worst.tone == Tone::Bad && !worst.since.is_empty() => {
            format!(" since {}", clock.both(&worst.since))
        }
        Some(_) => String::new(),
        None => age(node, clock),
    }
}

/// The newest event when it is no Warning: Warnings are shown with those of every kind.
fn newest(events: &[Event], told: &str, clock: Clock) -> Option<String> {
    let newest = events.iter().max_by_key(|event| event.last().0)?;
    let is_told = told.contains(newest.message.trim());
    (&*newest.kind == "Normal" && !is_told).then(|| {
        format!(
            "newest event x{} {} {}{}",
            newest.times(),
            word(&newest.reason),
            clock.ago(newest.last().1).unwrap_or_default(),
            said(&newest.message)
        )
    })
}

/// A message of several lines without those that only repeat the end of an earlier one.
fn once(message: &Text) -> Text {
    let mut kept: Vec<&str> = Vec::new();
    for line in message
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        let tail = &line[line.ceil_char_boundary(line.len().saturating_sub(TAIL_BYTES))..];
        let is_told = tail.len() >= TAIL_BYTES && kept.iter().any(|known| known.contains(tail));
        if !is_told {
            kept.push(line);
        }
    }
    Text::new(&kept.join("\n"))
}
