//! Pods that run or start and are not Ready.

use super::{
    container::{how, named},
    evidence::{Evidence, NAMES_MAX, age, health, reason},
    finding::{Finding, Rank},
    probe,
    proven::Proven as _,
    readings::{NodeLost, Probed},
};
use crate::{
    answer::{said, time::Clock, word},
    model::{
        pod::{self, Container},
        tree::Node as TreeNode,
    },
    redact::Text,
};

/// A running Pod that is not Ready: a probe or a readiness gate fails.
pub(super) fn unready(name: &str, evidence: &Evidence, clock: Clock, node: &TreeNode) -> Finding {
    let live = evidence.pod();
    let bad: Vec<Container> = pod::containers(live)
        .into_iter()
        .filter(|container| !container.is_ready && !container.is_init)
        .collect();
    let gated = !pod::items(live, &["spec", "readinessGates"]).is_empty();
    if bad.is_empty() && !gated && !live.is_empty() {
        return ready(name, evidence, clock, node);
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
        let failed = evidence
            .events
            .iter()
            .filter(|event| &*event.reason == "Unhealthy");
        if let Some(probed) = Probed::of(failed.map(|event| &*event.message)) {
            finding.add(probed.headline());
            finding.add(probed.remedy());
        }
    }
    if bad.is_empty() {
        gates(&mut finding, evidence);
    }
    finding
}

/// A Pod of which all containers are ready and that is not Healthy.
fn ready(name: &str, evidence: &Evidence, clock: Clock, node: &TreeNode) -> Finding {
    let live = evidence.pod();
    let place = node.fact("Node").map(|name| &**name);
    if let Some(lost) = NodeLost::of(name, place, live, &evidence.events) {
        return Finding::proven(Rank::Workload, &lost);
    }
    let age = age(node, clock);
    let policy = live.text(&["spec", "restartPolicy"]).unwrap_or_default();
    let unready =
        pod::false_condition(live, "Ready").or_else(|| pod::condition(live, "Ready", "Unknown"));
    let text = match (policy, unready) {
        (_, Some((reason, message))) => {
            let reason = if reason.is_empty() {
                String::new()
            } else {
                format!(": {}", word(&reason))
            };
            format!(
                "{name} is not Ready although its containers are{reason}{}{age}",
                said(&Text::new(&message))
            )
        }
        ("Always", None) => format!(
            "{name} is Ready; Argo CD last saw it as {}{age}",
            health(node)
        ),
        ("", None) => format!("{name} is still running{age}"),
        (policy, None) => format!(
            "{name} is still running and Ready; with restartPolicy {} it is Healthy only once it has completed{age}",
            word(policy)
        ),
    };
    Finding::observed(Rank::Workload, text)
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
    let runs = pod::containers(live).into_iter().find(Container::holds);
    if let Some(container) = runs.as_ref().filter(|container| container.is_sidecar) {
        return sidecar(name, evidence, clock, node, container);
    }
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

/// A native sidecar that runs and has not started: the other containers wait for its startup probe.
fn sidecar(
    name: &str,
    evidence: &Evidence,
    clock: Clock,
    node: &TreeNode,
    container: &Container,
) -> Finding {
    let live = evidence.pod();
    let probe = probe::failed(&evidence.events);
    let last = container.last.as_ref().map(|last| how(last, probe));
    let restarts = match (container.restarts, last) {
        (0, _) => String::new(),
        (count, None) => format!(", {count} restarts"),
        (count, Some(how)) => format!(", {count} restarts, last {how}"),
    };
    let waiting: Vec<String> = pod::containers(live)
        .iter()
        .filter(|other| other.name != container.name && !other.is_running && other.ended.is_none())
        .map(|other| word(&other.name))
        .take(NAMES_MAX)
        .collect();
    let has_probe =
        pod::spec(live, &container.name).is_some_and(|spec| spec.at(&["startupProbe"]).is_some());
    let passed = if has_probe {
        "its startup probe has not passed"
    } else {
        "not started"
    };
    let waits = if waiting.is_empty() {
        String::new()
    } else {
        format!("{} cannot start before that.", waiting.join(", "))
    };
    Finding::observed(
        Rank::Workload,
        format!(
            "{name} has not started: {} (restartPolicy Always) is running but {passed}{restarts}{}",
            named(container),
            age(node, clock)
        ),
    )
    .with_each(probe::line(live, container, "startup"))
    .with(waits)
}
