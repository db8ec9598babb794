//! Turns a suspect and what was read about it into a cause.

use super::{
    container, deletion,
    evidence::{Evidence, NAMES_MAX, health},
    finding::{Finding, Rank},
    image::image,
    lines, object, output, placement, refusal, services,
    serving::still_serving,
    trace, unready,
};
use crate::{
    answer::{said, time::Clock, word},
    argocd::{ContainerName, LogQuery, LogSource, Namespace, PodName},
    call::listing,
    model::{
        application::Application,
        event::Event,
        pod,
        suspect::{self, Sign, Suspect, View},
        tree::Node as TreeNode,
    },
    redact::{Manifest, Node, Text},
};

/// Maximum suspects named without an explanation.
const OTHERS_MAX: usize = 6;

/// Maximum Pods named that are like the one explained.
const ALIKE_MAX: usize = 3;

/// Whether a container of such a Pod has run, so that its log may say more.
pub(super) fn has_output(sign: Sign) -> bool {
    matches!(
        sign,
        Sign::Crash | Sign::Init | Sign::Unready | Sign::Restarts
    )
}

/// The log to read: the failing container's, and its previous run's while it waits to restart.
pub(super) fn log_query(
    view: &View<'_>,
    suspect: &Suspect,
    live: Option<&Manifest>,
) -> Option<LogQuery> {
    let node = &view.nodes[suspect.node];
    let is_of_job = view
        .owners(suspect.node)
        .iter()
        .any(|owner| &*view.nodes[*owner].kind == "Job");
    let container = live.and_then(|live| pod::bad(live.node()));
    let never_ran = live.is_some_and(|live| pod::containers(live.node()).is_empty());
    let tells = match suspect.sign {
        _ if never_ran => false,
        Sign::Unready if suspect::is_all_ready(node) && !is_of_job => false,
        sign if has_output(sign) => true,
        // An init container that waits for something usually logs what.
        Sign::Starting => container
            .as_ref()
            .is_some_and(|container| container.is_running),
        _ => false,
    };
    if !tells {
        return None;
    }
    let previous = container.as_ref().is_some_and(|container| {
        container.restarts > 0 && !container.is_running && !is_of_job
            || container.last.is_some() && suspect.sign == Sign::Restarts
    });
    Some(LogQuery {
        container: container.and_then(|container| ContainerName::parse(&container.name).ok()),
        namespace: Namespace::parse(&node.namespace).ok(),
        previous,
        ..LogQuery::new(
            LogSource::Pod(PodName::parse(&node.name).ok()?),
            lines::TAIL_LINES,
        )
    })
}

/// How many are like it. Pods of a StatefulSet are named: each has its own volume, and no other takes its place.
fn like_it(view: &View<'_>, suspect: &Suspect) -> String {
    if suspect.alike == 1 {
        return String::new();
    }
    let count = suspect.alike - 1;
    let owner = view.owners(suspect.node).first().copied();
    let is_set = owner.is_some_and(|owner| &*view.nodes[owner].kind == "StatefulSet");
    let alike = if is_set {
        view.alike(suspect)
    } else {
        Vec::new()
    };
    let names: Vec<String> = alike.into_iter().map(|node| word(&node.name)).collect();
    if names.is_empty() || names.len() > ALIKE_MAX {
        format!(" (and {count} like it)")
    } else {
        format!(" (and {count} like it: {})", names.join(", "))
    }
}

/// Explains a suspect.
pub(super) fn explain(
    view: &View<'_>,
    suspect: &Suspect,
    evidence: &mut Evidence,
    clock: Clock,
) -> Finding {
    let node = &view.nodes[suspect.node];
    let name = format!("{} {}", word(&node.kind), word(&node.name));
    let name = format!("{name}{}", like_it(view, suspect));
    let name = match jobs(view, suspect) {
        Some(job) => format!("{job} failed: its {name}"),
        None => name,
    };
    let mut finding = match refusal::text(view, suspect, evidence) {
        Some(message) => refusal::refused(view, suspect, &message),
        None => cause(view, suspect, &name, evidence, clock),
    };
    let name = &view.nodes[suspect.node].name;
    let news: Vec<Event> = std::mem::take(&mut evidence.events)
        .into_iter()
        .filter(|event| !finding.repeats(placement::reasons(&event.message)))
        .collect();
    for line in trace::events(&news, name, clock) {
        finding.add(line);
    }
    let mut finding = output::logged(finding, evidence, node);
    for line in services::unresolved(view, suspect, evidence) {
        finding.add(line);
    }
    finding.add(placement::beside(view, suspect));
    finding.add(below(view, suspect));
    if suspect.sign != Sign::Restarts {
        finding.add(still_serving(view, suspect));
    }
    finding
}

fn cause(
    view: &View<'_>,
    suspect: &Suspect,
    name: &str,
    evidence: &Evidence,
    clock: Clock,
) -> Finding {
    let node = &view.nodes[suspect.node];
    match suspect.sign {
        Sign::Volume => placement::claim(name, node, evidence),
        Sign::Unscheduled => placement::unscheduled(view, suspect.node, name, evidence),
        Sign::Image => image(name, node, evidence),
        Sign::Config => container::config(name, node, evidence),
        Sign::Init | Sign::Crash => container::crash(name, node, evidence, clock),
        Sign::Starting => unready::starting(name, evidence, clock, node),
        Sign::Unready => unready::unready(name, evidence, clock, node),
        Sign::Terminating if &*node.kind != "Pod" && !evidence.pod().is_empty() => {
            Finding::observed(Rank::Workload, deletion::holds(evidence.pod(), clock))
        }
        Sign::Terminating => terminating(name, evidence, clock),
        Sign::Evicted => placement::dead(view, suspect, name, evidence, clock),
        Sign::Restarts => container::restarts(name, node, evidence),
        Sign::Idle => Finding::observed(Rank::Warning, format!("{name} creates no Jobs"))
            .quoting(&node.health.message),
        Sign::Suspended => object::suspended(view, suspect, name, evidence, clock),
        Sign::Refused | Sign::Provider | Sign::Unwell => {
            object::unwell(view, suspect, name, evidence, clock).with(hint(node, evidence))
        }
    }
}

/// A hint for an object that waits for a controller and has neither events nor a message.
fn hint(node: &TreeNode, evidence: &Evidence) -> &'static str {
    if !evidence.events.is_empty() || !node.health.message.is_empty() {
        return "";
    }
    match &*node.kind {
        "Service" => {
            "The LoadBalancer Service has no address and no events: check that the cluster has a controller for it."
        }
        "Ingress" => {
            "It has no address: its controller has not published one. Without events, its class may have no controller; some controllers never publish one."
        }
        _ => "",
    }
}

/// A Pod that stays Terminating; the live Pod says since when and what holds it.
fn terminating(name: &str, evidence: &Evidence, clock: Clock) -> Finding {
    let live = evidence.pod();
    let since = live
        .text(&["metadata", "deletionTimestamp"])
        .map_or(String::new(), |time| format!(" since {}", clock.both(time)));
    let mut finding = Finding::observed(
        Rank::Workload,
        format!(
            "{name} is still Terminating{since}: a finalizer, a long grace period or a lost node"
        ),
    );
    let finalizers: Vec<String> = pod::items(live, &["metadata", "finalizers"])
        .iter()
        .filter_map(|item| match item {
            Node::Text(text) => Some(word(text)),
            _ => None,
        })
        .take(NAMES_MAX)
        .collect();
    if !finalizers.is_empty() {
        finding.add(format!("held by its finalizers: {}", finalizers.join(", ")));
    }
    if let Some(node) = live.text(&["spec", "nodeName"]) {
        finding.add(format!("node: {}", word(node)));
    }
    if let Some((reason, message)) = pod::condition(live, "DisruptionTarget", "True") {
        finding.add(format!(
            "disrupted: {}{}",
            word(&reason),
            said(&Text::new(&message))
        ));
    }
    finding
}

/// Names the owners from the nearest to the topmost. Of the owners of a Pod those between add nothing,
/// unless they are Degraded.
fn below(view: &View<'_>, suspect: &Suspect) -> String {
    let is_pod = &*view.nodes[suspect.node].kind == "Pod";
    let owners: Vec<&TreeNode> = view
        .owners(suspect.node)
        .into_iter()
        .map(|owner| &view.nodes[owner])
        .filter(|owner| {
            !is_pod
                || !matches!(&*owner.health.status, "" | "Healthy")
                || !owner.health.message.is_empty()
        })
        .collect();
    let top = owners.len().saturating_sub(1);
    let told = owners
        .iter()
        .enumerate()
        .filter(|(at, owner)| !is_pod || *at == top || &*owner.health.status == "Degraded");
    let told: Vec<String> = told
        .map(|(_, owner)| {
            format!(
                "{} {} {}{}",
                word(&owner.kind),
                word(&owner.name),
                health(owner),
                said(&owner.health.message)
            )
        })
        .collect();
    if told.is_empty() {
        String::new()
    } else {
        format!("owned by {}", told.join("; owned by "))
    }
}

/// Counts the suspects that are not explained one by one: `27 more unhealthy objects: Pod a (Error), …`.
pub(super) fn others(view: &View<'_>, rest: &[Suspect]) -> Option<Finding> {
    let serious = rest.iter().filter(|suspect| suspect.sign < Sign::Evicted);
    let names: Vec<String> = serious
        .map(|suspect| {
            let node = &view.nodes[suspect.node];
            let state = node
                .fact("Status Reason")
                .map_or_else(|| health(node), |reason| word(reason));
            format!("{} {} ({state})", word(&node.kind), word(&node.name))
        })
        .collect();
    let text = match names.len() {
        0 => return None,
        1 => "1 more unhealthy object".to_owned(),
        count => format!("{count} more unhealthy objects"),
    };
    let text = format!("{text}: {}", listing::first(&names, OTHERS_MAX));
    Some(Finding::observed(Rank::Workload, text))
}

/// For an unhealthy application without any other cause: the unhealthy objects of its resource list.
pub(super) fn unexplained(app: &Application, findings: &[Finding]) -> Option<Finding> {
    let health = &*app.status.health.status;
    let is_well = matches!(health, "" | "Healthy");
    let explains = |finding: &Finding| {
        finding.rank <= Rank::Workload || health == "Missing" && finding.rank == Rank::Drift
    };
    if is_well || findings.iter().any(explains) {
        return None;
    }
    let unwell: Vec<String> = app
        .status
        .resources
        .iter()
        .filter(|resource| !matches!(&*resource.health.status, "" | "Healthy"))
        .map(|resource| {
            format!(
                "{} {} {}{}",
                word(&resource.kind),
                word(&resource.name),
                word(&resource.health.status),
                said(&resource.health.message)
            )
        })
        .collect();
    let cause = match unwell.len() {
        0 => format!(
            "the application is {} and nothing read explains it",
            word(health)
        ),
        1 => format!(
            "1 object is unhealthy, and its Pods could not be read: {}",
            unwell[0]
        ),
        count => format!("{count} objects are unhealthy, and their Pods could not be read"),
    };
    let finding = Finding::observed(Rank::Workload, cause);
    Some(match unwell.len() {
        0 | 1 => finding,
        _ => unwell
            .into_iter()
            .take(OTHERS_MAX)
            .fold(finding, Finding::with),
    })
}

/// `Job x of CronJob y`, for a Pod whose Job is not well.
fn jobs(view: &View<'_>, suspect: &Suspect) -> Option<String> {
    let owners = view.owners(suspect.node);
    let at = owners.iter().position(|owner| {
        &*view.nodes[*owner].kind == "Job" && &*view.nodes[*owner].health.status == "Degraded"
    })?;
    let job = format!("Job {}", word(&view.nodes[owners[at]].name));
    Some(match owners.get(at + 1).map(|owner| &view.nodes[*owner]) {
        Some(owner) => format!("{job} of {} {}", word(&owner.kind), word(&owner.name)),
        None => job,
    })
}
