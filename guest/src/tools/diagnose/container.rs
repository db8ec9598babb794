//! Containers that exit, never become Ready, or cannot be created.

use super::{
    evidence::{Evidence, MESSAGE_CHARS, NAMES_MAX, age, health, reason, waiting},
    finding::{Finding, Rank},
    lines,
    operation::short,
    probe,
};
use crate::{
    answer::{said, time::Clock, word},
    model::{
        log::Stream,
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
    let finding = Finding::observed(
        Rank::Workload,
        format!(
            "{name} cannot create {}: {}",
            named(&container),
            word(&reason)
        ),
    )
    .quoting(&message);
    if message.contains("not found") || message.contains("couldn't find key") {
        finding.with("It starts once the named object exists; it has no log yet.")
    } else {
        finding.with("Change the spec or the image; it has no log yet.")
    }
}

/// `init container migrate`.
fn named(container: &Container) -> String {
    let kind = match (container.is_sidecar, container.is_init) {
        (true, _) => "sidecar container",
        (_, true) => "init container",
        _ => "container",
    };
    format!("{kind} {}", word(&container.name))
}

/// Says how a container exited; `probe` is the kind of probe that failed before, if any did.
fn how(ended: &Ended, probe: Option<&str>) -> String {
    let code = ended
        .code
        .map_or(String::new(), |code| format!(" with code {code}"));
    let killed = |with: &str| match probe {
        Some(probe) => format!(
            "{with} ({}) after its {probe} probe failed",
            word(&ended.reason)
        ),
        None if ended.code == Some(137) => format!(
            "{with} ({}): a failed liveness probe or an eviction, not its memory limit",
            word(&ended.reason)
        ),
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

/// What an exit code means by convention of shells and kernels; nothing for a program's own codes.
fn meaning(code: i64) -> &'static str {
    match code {
        126 => " (the command is not executable)",
        127 => " (the command does not exist)",
        132 => " (SIGILL: built for another CPU architecture?)",
        134 => " (SIGABRT: it aborted itself)",
        135 => " (SIGBUS)",
        136 => " (SIGFPE)",
        139 => " (SIGSEGV: it crashed in native code)",
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

/// A running Pod that is not Ready: a probe or a readiness gate fails.
pub(super) fn unready(name: &str, evidence: &Evidence, clock: Clock, node: &TreeNode) -> Finding {
    let live = evidence.pod();
    let bad: Vec<Container> = pod::containers(live)
        .into_iter()
        .filter(|container| !container.is_ready && !container.is_init)
        .collect();
    let gated = !pod::items(live, &["spec", "readinessGates"]).is_empty();
    if bad.is_empty() && !gated && !live.is_empty() {
        // A Pod of a Job, which is Healthy once it has completed.
        return Finding::observed(
            Rank::Workload,
            format!("{name} is still running{}", age(node, clock)),
        );
    }
    let which = if bad.is_empty() {
        String::new()
    } else {
        let names: Vec<String> = bad.iter().map(|bad| word(&bad.name)).collect();
        format!(": container {}", names.join(", "))
    };
    let mut finding = Finding::observed(
        Rank::Workload,
        format!("{name} is running but not Ready{which}{}", age(node, clock)),
    );
    let kind = probe::failed(&evidence.events).unwrap_or("readiness");
    if let Some(container) = bad.first() {
        finding = finding.with_each(probe::line(live, container, kind));
    }
    if bad.is_empty() {
        gates(&mut finding, evidence);
    }
    finding
}

/// Adds the readiness gates that are not True; something outside the Pod sets them.
fn gates(finding: &mut Finding, evidence: &Evidence) {
    let live = evidence.pod();
    for gate in pod::items(live, &["spec", "readinessGates"]).iter().take(3) {
        let Some(kind) = gate.text(&["conditionType"]) else {
            continue;
        };
        let state = match pod::false_condition(live, kind) {
            Some((reason, message)) => {
                format!("False, {}{}", word(&reason), said(&Text::new(&message)))
            }
            None => "not set".to_owned(),
        };
        finding.add(format!("readiness gate {}: {state}", word(kind)));
    }
}

/// A Pod that has not started: an init container is running, or volumes and network are not ready.
pub(super) fn starting(name: &str, evidence: &Evidence, clock: Clock, node: &TreeNode) -> Finding {
    let live = evidence.pod();
    let runs = pod::containers(live)
        .into_iter()
        .find(|container| container.is_init && !container.is_sidecar && container.is_running);
    if let Some(container) = runs {
        return Finding::observed(
            Rank::Workload,
            format!(
                "{name} has not started: {} is still running{}",
                named(&container),
                age(node, clock)
            ),
        );
    }
    let finding = Finding::observed(
        Rank::Workload,
        format!(
            "{name} has not started: {}{}",
            reason(node),
            age(node, clock)
        ),
    );
    let mounts = pod::mounts(live).into_iter().take(NAMES_MAX);
    let mounts: Vec<String> = mounts.map(|mount| mount.to_string()).collect();
    if mounts.is_empty() || !evidence.events.is_empty() {
        finding
    } else {
        finding.with(format!(
            "no event explains why; it mounts {}: check that each exists",
            mounts.join(", ")
        ))
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

/// Adds the lines that matter of a log.
pub(super) fn logged(finding: &mut Finding, log: &Stream, evidence: &Evidence) {
    let what = if log.lines.is_empty() {
        "no log"
    } else {
        "the log could not be read completely"
    };
    for error in log.errors.iter().take(2) {
        finding.add(format!("{what}{}", said(error)));
    }
    if log.lines.is_empty() && log.errors.is_empty() {
        finding.add("the log is empty");
    }
    let lines = lines::log(log);
    let about_variables = lines
        .iter()
        .any(|line| line.to_ascii_lowercase().contains("environment"));
    for line in lines {
        finding.add(line);
    }
    if about_variables && let Some(container) = pod::bad(evidence.pod()) {
        let variables = pod::spec(evidence.pod(), &container.name)
            .map(pod::variables)
            .unwrap_or_default();
        if !variables.is_empty() {
            let more = variables.len().saturating_sub(NAMES_MAX);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            let names: Vec<String> = variables
                .iter()
                .take(NAMES_MAX)
                .map(|name| word(name))
                .collect();
            finding.add(format!(
                "env of container {}: {}{more}",
                word(&container.name),
                names.join(", ")
            ));
        }
    }
}
