//! Containers that exit, or cannot be created.

use super::{
    evidence::{Evidence, MESSAGE_CHARS, health, reason, waiting},
    finding::{Finding, Rank},
    operation::short,
    probe,
    readings::Unstartable,
};
use crate::{
    answer::{time::Clock, word},
    model::{
        pod::{self, Container, Ended},
        suspect,
        tree::Node as TreeNode,
    },
    redact::Text,
};

/// The container cannot be created from its spec.
pub(super) fn config(name: &str, node: &TreeNode, evidence: &Evidence) -> Finding {
    let Some((container, reason, message)) = waiting(evidence) else {
        let state = node.fact("Status Reason").map_or("", |reason| &**reason);
        return Finding::observed(
            Rank::Workload,
            format!("{name} cannot create a container: {}", word(state)),
        )
        .quoting(&node.health.message);
    };
    let what = format!(
        "{name} cannot create {}: {}",
        named(&container),
        word(&reason)
    );
    let place = node.fact("Node").map(|name| &**name);
    match Unstartable::of(&what, &message, place) {
        Some(reading) => Finding::proven(Rank::Workload, &reading)
            .quoting(&message)
            .with(reading.remedy()),
        None => Finding::observed(Rank::Workload, what).quoting(&message),
    }
}

/// `init container migrate`.
pub(super) fn named(container: &Container) -> String {
    let kind = match (container.is_sidecar, container.is_init) {
        (true, _) => "sidecar container",
        (_, true) => "init container",
        _ => "container",
    };
    format!("{kind} {}", word(&container.name))
}

/// Says how a container exited; `probe` is the kind of probe that failed before, if any did.
pub(super) fn how(ended: &Ended, probe: Option<&str>) -> String {
    let code = ended
        .code
        .map_or(String::new(), |code| format!(" with code {code}"));
    let killed = |with: &str| match probe {
        Some(probe) => format!(
            "{with} ({}) after its {probe} probe failed",
            word(&ended.reason)
        ),
        None if ended.code == Some(137) => {
            format!("{with} (SIGKILL; reason {})", word(&ended.reason))
        }
        None => format!("{with} ({})", word(&ended.reason)),
    };
    match (ended.reason.as_str(), ended.code) {
        ("OOMKilled", _) => {
            "was killed for using more memory than its limit (OOMKilled, exit code 137)".to_owned()
        }
        (_, Some(137)) => killed("was killed with exit code 137"),
        (_, Some(143)) => killed("was stopped with exit code 143"),
        ("" | "Error", number) => format!("exited{code}{}", number.map_or("", meaning)),
        (reason, _) => format!("exited{code} ({})", word(reason)),
    }
}

/// What an exit code means by convention of shells and kernels; nothing for a program's own codes. The
/// signal says how it ended, not why: runtimes end so after an error of their own too.
fn meaning(code: i64) -> &'static str {
    match code {
        126 => " (in a shell: the command is not executable)",
        127 => " (in a shell: the command does not exist)",
        132 => " (SIGILL)",
        134 => " (SIGABRT)",
        135 => " (SIGBUS)",
        136 => " (SIGFPE)",
        139 => " (SIGSEGV)",
        _ => "",
    }
}

/// A container that exits again and again, or exited with an error.
pub(super) fn crash(name: &str, node: &TreeNode, evidence: &Evidence, clock: Clock) -> Finding {
    let live = evidence.pod();
    let Some(container) = pod::bad(live) else {
        let restarts = match suspect::restarts(node) {
            0 => String::new(),
            count => format!(", {count} restarts"),
        };
        return Finding::observed(
            Rank::Workload,
            format!("{name} fails: {}{restarts}", reason(node)),
        )
        .quoting(&node.health.message);
    };
    let ended = container.ended.as_ref().or(container.last.as_ref());
    let probe = probe::failed(&evidence.events);
    let what = ended.map_or_else(|| "is not running".to_owned(), |ended| how(ended, probe));
    let ago = ended
        .and_then(|ended| clock.ago(&ended.at))
        .map_or(String::new(), |ago| format!(", {ago}"));
    let restarts = match container.restarts {
        0 => String::new(),
        count => format!(", {count} restarts"),
    };
    let mut finding = Finding::observed(
        Rank::Workload,
        format!(
            "{name} is in {}: {} {what}{ago}{restarts}",
            state(node, &container),
            named(&container)
        ),
    );
    if let Some(ended) = ended.filter(|ended| !ended.message.is_empty()) {
        finding = finding.quoting(&Text::new(
            &Text::new(&ended.message).both_ends(MESSAGE_CHARS),
        ));
    }
    if ended.is_some_and(|ended| ended.reason == "OOMKilled") {
        let limit = pod::spec(live, &container.name)
            .and_then(|spec| spec.text(&["resources", "limits", "memory"]));
        finding.add(format!(
            "memory limit: {}",
            limit.map_or("none".to_owned(), word)
        ));
    }
    if ended.is_some_and(|ended| ended.code == Some(0)) && container.restarts > 0 {
        finding.add("It exits without an error, but its owner expects it to keep running, so it is restarted each time.");
    }
    finding = finding.with_each(probe.and_then(|kind| probe::line(live, &container, kind)));
    let well: Vec<String> = pod::containers(live)
        .iter()
        .filter(|other| other.name != container.name && other.is_running && other.is_ready)
        .map(|other| word(&other.name))
        .collect();
    if !well.is_empty() {
        finding.add(format!("other containers running: {}", well.join(", ")));
    }
    if !container.image.is_empty() {
        finding.add(format!("image: {}", short(&container.image)));
    }
    finding
}

/// The status of the Pod, or the container's waiting reason when the Pod only says `Running`.
fn state(node: &TreeNode, container: &Container) -> String {
    let read = node.fact("Status Reason").map_or("", |reason| &**reason);
    match &container.waiting {
        Some((reason, _)) if read == "Running" && !reason.is_empty() => word(reason),
        _ if read.is_empty() => health(node),
        _ => word(read),
    }
}

/// A Pod that is healthy now and was restarted before.
pub(super) fn restarts(name: &str, node: &TreeNode, evidence: &Evidence) -> Finding {
    let probe = probe::failed(&evidence.events);
    let container = pod::bad(evidence.pod());
    let last = container.as_ref().and_then(|container| {
        let how = how(container.last.as_ref()?, probe);
        Some(format!(": {} last {how}", named(container)))
    });
    let finding = Finding::observed(
        Rank::Warning,
        format!(
            "{name} is running now but has restarted {} times{}",
            suspect::restarts(node),
            last.unwrap_or_default()
        ),
    );
    let is_oom = |container: &Container| {
        container
            .last
            .as_ref()
            .is_some_and(|last| last.reason == "OOMKilled")
    };
    let limit = container
        .as_ref()
        .filter(|container| is_oom(container))
        .and_then(|container| {
            pod::spec(evidence.pod(), &container.name)?.text(&["resources", "limits", "memory"])
        });
    finding
        .with_each(limit.map(|limit| format!("memory limit: {}", word(limit))))
        .with_each(
            container
                .zip(probe)
                .and_then(|(container, kind)| probe::line(evidence.pod(), &container, kind)),
        )
}
