//! From a suspect and what was read of it to a cause.

use std::collections::BTreeMap;

use super::{
    finding::{Finding, Rank},
    operation::short,
    pod::{self, Container, Ended},
    suspect::{self, Sign, Suspect, View},
    trace,
};
use crate::{
    answer::{plural, said, time::Clock, word},
    argocd::{ContainerName, LogQuery, LogSource, Namespace, PodName},
    redact::{Manifest, Node, Text, capped},
    tools::{
        logs::stream::Stream,
        wire::{event::Event, tree::Node as TreeNode},
    },
};

/// Log lines that are read: enough to hold the failure before the last restart.
const TAIL_LINES: u32 = 60;
/// Longest message of a container that is quoted, in characters.
const MESSAGE_CHARS: usize = 300;
/// Most names of environment variables or requirements that are listed.
const NAMES_MAX: usize = 12;

/// What was read about a suspect; all of it may be missing.
#[derive(Default)]
pub(super) struct Evidence {
    pub(super) live: Option<Manifest>,
    pub(super) events: Vec<Event>,
    pub(super) log: Option<Stream>,
}

impl Evidence {
    fn pod(&self) -> &Node {
        const NOTHING: Node = Node::Null;
        self.live.as_ref().map_or(&NOTHING, Manifest::node)
    }
}

/// The log that can tell more: of the bad container, of its run before when it waits to run again.
pub(super) fn log_query(
    view: &View<'_>,
    suspect: &Suspect,
    live: Option<&Manifest>,
) -> Option<LogQuery> {
    if !matches!(
        suspect.sign,
        Sign::Crash | Sign::Init | Sign::Unready | Sign::Restarts
    ) {
        return None;
    }
    let node = &view.nodes[suspect.node];
    let container = live.and_then(|live| pod::bad(live.node()));
    let is_of_job = view
        .owners(suspect.node)
        .iter()
        .any(|owner| &*view.nodes[*owner].kind == "Job");
    let previous = container.as_ref().is_some_and(|container| {
        container.restarts > 0 && !container.is_running && !is_of_job
            || container.last.is_some() && suspect.sign == Sign::Restarts
    });
    Some(LogQuery {
        container: container.and_then(|container| ContainerName::parse(&container.name).ok()),
        namespace: Namespace::parse(&node.namespace).ok(),
        previous,
        ..LogQuery::new(LogSource::Pod(PodName::parse(&node.name).ok()?), TAIL_LINES)
    })
}

/// The cause that a suspect stands for.
pub(super) fn explain(
    view: &View<'_>,
    suspect: &Suspect,
    evidence: &mut Evidence,
    clock: Clock,
) -> Finding {
    let node = &view.nodes[suspect.node];
    let name = format!("{} {}", word(&node.kind), word(&node.name));
    let others = match suspect.alike {
        1 => String::new(),
        count => format!(" (and {} alike)", count - 1),
    };
    let name = format!("{name}{others}");
    let name = match jobs(view, suspect) {
        Some(job) => format!("{job} failed: its {name}"),
        None => name,
    };
    let mut finding = match suspect.sign {
        Sign::Refused => refused(view, suspect, node),
        Sign::Volume => Finding::new(
            Rank::Workload,
            format!("{name} has no volume yet ({})", health(node)),
        )
        .quoting(&node.health.message),
        Sign::Unscheduled => unscheduled(view, &name, evidence),
        Sign::Image => image(&name, node, evidence),
        Sign::Config => config(&name, evidence),
        Sign::Init | Sign::Crash => crash(&name, node, evidence, clock),
        Sign::Starting => Finding::new(
            Rank::Workload,
            format!(
                "{name} has not started: {}{}",
                reason(node),
                age(node, clock)
            ),
        ),
        Sign::Unready => unready(&name, evidence, clock, node),
        Sign::Terminating => Finding::new(
            Rank::Workload,
            format!(
                "{name} is being deleted and stays: a finalizer, a long grace period, or its node is lost"
            ),
        ),
        Sign::Evicted => Finding::new(
            Rank::Warning,
            format!(
                "{name} is dead and was replaced: {}; it stays in the list until it is cleaned up",
                reason(node)
            ),
        )
        .quoting(&node.health.message),
        Sign::Restarts => restarts(&name, node, evidence),
        Sign::Idle => Finding::new(Rank::Warning, format!("{name} has made no Job"))
            .quoting(&node.health.message),
        Sign::Unwell => Finding::new(Rank::Workload, format!("{name} is {}", health(node)))
            .quoting(&node.health.message),
    };
    for owner in view.owners(suspect.node) {
        let owner = &view.nodes[owner];
        if !matches!(&*owner.health.status, "" | "Healthy") || !owner.health.message.is_empty() {
            finding.add(format!(
                "below {} {} {}{}",
                word(&owner.kind),
                word(&owner.name),
                health(owner),
                said(&owner.health.message)
            ));
        }
    }
    let news: Vec<Event> = std::mem::take(&mut evidence.events)
        .into_iter()
        .filter(|event| !finding.quotes(&event.message))
        .collect();
    for line in trace::events(&news, &node.name, clock) {
        finding.add(line);
    }
    if let Some(log) = &evidence.log {
        logged(&mut finding, log, evidence);
    }
    if suspect.sign != Sign::Restarts {
        finding.add(still_serving(view, suspect));
    }
    finding
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

fn health(node: &TreeNode) -> String {
    match &*node.health.status {
        "" => "without health".to_owned(),
        health => word(health),
    }
}

fn reason(node: &TreeNode) -> String {
    let reason = node
        .fact("Status Reason")
        .map_or_else(|| health(node), |reason| word(reason));
    match node.fact("Containers") {
        Some(containers) => format!("{reason}, containers {} ready", word(containers)),
        None => reason,
    }
}

fn age(node: &TreeNode, clock: Clock) -> String {
    clock
        .ago(&node.created_at)
        .map_or(String::new(), |ago| format!(", made {ago}"))
}

/// No Pod is made: the ReplicaSet has the text, the Deployment only counts.
fn refused(view: &View<'_>, suspect: &Suspect, node: &TreeNode) -> Finding {
    let message = &node.health.message;
    let why = if message.contains("exceeded quota") {
        "a ResourceQuota refuses its Pods"
    } else if message.contains("violates PodSecurity") {
        "Pod security refuses its Pods"
    } else if message.contains("admission webhook") {
        "an admission webhook refuses its Pods"
    } else if message.contains("serviceaccount") || message.contains("service account") {
        "its service account does not exist"
    } else {
        "its Pods are refused before they exist"
    };
    let pods = view.pods(suspect.node).len();
    Finding::new(
        Rank::Workload,
        format!(
            "{why}: {} {} ({} exist)",
            word(&node.kind),
            word(&node.name),
            plural(pods, "Pod")
        ),
    )
    .quoting(message)
    .with("This is no scheduling problem: the missing Pods are never created.")
    .with_each(quota(view, message))
}

/// The ResourceQuota that `message` names, when it is one of the application's own objects.
fn quota(view: &View<'_>, message: &Text) -> Option<String> {
    let (_, rest) = message.split_once("exceeded quota: ")?;
    let name = rest.split([',', ' ']).next()?;
    let mut nodes = view.nodes.iter();
    nodes
        .any(|node| &*node.kind == "ResourceQuota" && &*node.name == name)
        .then(|| {
            format!(
                "ResourceQuota {} belongs to this application.",
                word(&Text::new(name))
            )
        })
}

fn unscheduled(view: &View<'_>, name: &str, evidence: &Evidence) -> Finding {
    let live = evidence.pod();
    let mut finding = Finding::new(
        Rank::Workload,
        format!("{name} is Pending: no node takes it"),
    );
    if let Some((_, message)) = pod::false_condition(live, "PodScheduled") {
        finding = finding.quoting(&Text::new(&message));
    }
    if !pod::items(live, &["spec", "schedulingGates"]).is_empty() {
        finding.add("It has scheduling gates, which somebody has to remove first.");
    }
    let mut asks = pod::asks(live);
    asks.truncate(NAMES_MAX);
    if !asks.is_empty() {
        finding.add(format!(
            "it asks for: {}",
            asks.iter()
                .map(|ask| word(ask))
                .collect::<Vec<_>>()
                .join(", ")
        ));
    }
    for line in offered(view, &pod::selected(live)) {
        finding.add(line);
    }
    finding.with("It has never started, so it has no log.")
}

/// What the known nodes have for the labels that are asked for.
fn offered(view: &View<'_>, selected: &[(String, String)]) -> Vec<String> {
    let mut lines = Vec::new();
    for (key, wanted) in selected {
        let mut values: BTreeMap<String, usize> = BTreeMap::new();
        for host in view.hosts {
            let value = host
                .labels
                .node()
                .text(&[key])
                .map_or("(none)".to_owned(), word);
            *values.entry(value).or_default() += 1;
        }
        if !values.is_empty() && !values.contains_key(wanted) {
            let shown: Vec<String> = values
                .iter()
                .take(NAMES_MAX)
                .map(|(value, count)| format!("{value} ({count})"))
                .collect();
            lines.push(format!(
                "known nodes have {}: {}",
                word(key),
                shown.join(", ")
            ));
        }
    }
    lines
}

fn waiting(evidence: &Evidence) -> Option<(Container, String, Text)> {
    let container = pod::bad(evidence.pod())?;
    let (reason, message) = container.waiting.clone()?;
    Some((container, reason, Text::new(&ends(&message))))
}

/// Both ends of a long chain of errors: the root stands last.
fn ends(message: &str) -> String {
    let length = message.chars().count();
    if length <= MESSAGE_CHARS {
        return message.to_owned();
    }
    let start: String = message.chars().take(MESSAGE_CHARS / 4).collect();
    let end: String = message
        .chars()
        .skip(length - MESSAGE_CHARS * 3 / 4)
        .collect();
    format!("{start} … {end}")
}

fn image(name: &str, node: &TreeNode, evidence: &Evidence) -> Finding {
    let images: Vec<String> = node
        .images
        .iter()
        .take(3)
        .map(|image| image.line(200))
        .collect();
    let (container, message) = match waiting(evidence) {
        Some((container, _, message)) => {
            (format!(" of container {}", word(&container.name)), message)
        }
        None => (String::new(), node.health.message.clone()),
    };
    let texts: String = evidence
        .events
        .iter()
        .map(|event| event.message.to_string())
        .chain([message.to_string()])
        .collect();
    let has = |part: &str| texts.contains(part);
    let why = if has("pull access denied")
        || has("authorization failed")
        || has("no basic auth")
        || has("unauthorized")
        || has("denied")
    {
        "the registry refuses access, or the image does not exist: it does not say which"
    } else if has("toomanyrequests") {
        "the registry's rate limit is reached"
    } else if has("no match for platform") {
        "the image is not built for the node's platform"
    } else if has("not found") || has("manifest unknown") {
        "the registry has no such image or tag"
    } else if has("x509") {
        "the registry's certificate is not trusted"
    } else if has("timeout") || has("no such host") || has("connection refused") {
        "the registry cannot be reached"
    } else {
        "the image cannot be pulled"
    };
    let state = node
        .fact("Status Reason")
        .map_or(String::new(), |reason| word(reason));
    let mut finding =
        Finding::new(Rank::Workload, format!("{name} waits in {state}: {why}")).quoting(&message);
    let wanted = match pod::bad(evidence.pod()) {
        Some(container) if !container.image.is_empty() => vec![word(&container.image)],
        _ => images,
    };
    if !wanted.is_empty() {
        finding.add(format!("image{container}: {}", wanted.join(", ")));
    }
    let live = evidence.pod();
    if !live.is_empty()
        && why.starts_with("the registry refuses")
        && pod::items(live, &["spec", "imagePullSecrets"]).is_empty()
    {
        finding.add("The Pod names no imagePullSecrets.");
    }
    finding.with("The container has not started, so it has no log.")
}

fn config(name: &str, evidence: &Evidence) -> Finding {
    let finding = match waiting(evidence) {
        Some((container, reason, message)) => Finding::new(
            Rank::Workload,
            format!(
                "{name} cannot make container {}: {}",
                word(&container.name),
                word(&reason)
            ),
        )
        .quoting(&message),
        None => Finding::new(Rank::Workload, format!("{name} cannot make a container")),
    };
    finding.with("It waits until the named object exists or the spec is mended; the container has not started.")
}

fn how(ended: &Ended) -> String {
    let code = ended
        .code
        .map_or(String::new(), |code| format!(" with exit code {code}"));
    match (ended.reason.as_str(), ended.code) {
        ("OOMKilled", _) => {
            "was killed for using more memory than its limit (OOMKilled, exit code 137)".to_owned()
        }
        (reason, Some(137)) => format!(
            "was killed with exit code 137 ({}): a failed liveness probe or an eviction, not its memory limit",
            word(reason)
        ),
        (reason, Some(143)) => format!("was asked to stop with exit code 143 ({})", word(reason)),
        ("" | "Error", _) => format!("ended{code}"),
        (reason, _) => format!("ended{code} ({})", word(reason)),
    }
}

fn crash(name: &str, node: &TreeNode, evidence: &Evidence, clock: Clock) -> Finding {
    let live = evidence.pod();
    let state = node
        .fact("Status Reason")
        .map_or_else(|| health(node), |reason| word(reason));
    let Some(container) = pod::bad(live) else {
        let restarts = suspect::restarts(node);
        let restarts = if restarts > 0 {
            format!(", {restarts} restarts")
        } else {
            String::new()
        };
        return Finding::new(Rank::Workload, format!("{name} fails: {state}{restarts}"))
            .quoting(&node.health.message);
    };
    let kind = if container.is_init {
        "init container"
    } else {
        "container"
    };
    let ended = container.ended.as_ref().or(container.last.as_ref());
    let what = ended.map_or_else(|| "is not running".to_owned(), how);
    let ago = ended
        .and_then(|ended| clock.ago(&ended.at))
        .map_or(String::new(), |ago| format!(" {ago}"));
    let restarts = match container.restarts {
        0 => String::new(),
        count => format!(", {count} restarts"),
    };
    let mut finding = Finding::new(
        Rank::Workload,
        format!(
            "{name} is in {state}: {kind} {} {what}{ago}{restarts}",
            word(&container.name)
        ),
    );
    if let Some(message) = ended
        .map(|ended| &ended.message)
        .filter(|message| !message.is_empty())
    {
        finding = finding.quoting(&Text::new(&capped(message, MESSAGE_CHARS)));
    }
    if ended.is_some_and(|ended| ended.reason == "OOMKilled") {
        let limit = pod::spec(live, &container.name)
            .and_then(|spec| spec.text(&["resources", "limits", "memory"]));
        finding.add(format!(
            "memory limit: {}",
            limit.map_or("none of its own".to_owned(), word)
        ));
    }
    let well: Vec<String> = pod::containers(live)
        .iter()
        .filter(|other| other.name != container.name && other.is_ready)
        .map(|other| word(&other.name))
        .collect();
    if !well.is_empty() {
        finding.add(format!("other containers run: {}", well.join(", ")));
    }
    finding.add(format!("image: {}", short(&container.image)));
    finding
}

fn unready(name: &str, evidence: &Evidence, clock: Clock, node: &TreeNode) -> Finding {
    let containers: Vec<String> = pod::containers(evidence.pod())
        .iter()
        .filter(|container| !container.is_ready && !container.is_init)
        .map(|container| word(&container.name))
        .collect();
    let which = match containers.is_empty() {
        true => String::new(),
        false => format!(": container {}", containers.join(", ")),
    };
    Finding::new(
        Rank::Workload,
        format!("{name} runs but is not ready{which}{}", age(node, clock)),
    )
}

fn restarts(name: &str, node: &TreeNode, evidence: &Evidence) -> Finding {
    let last = pod::bad(evidence.pod()).and_then(|container| {
        let how = how(container.last.as_ref()?);
        Some(format!(": container {} last {how}", word(&container.name)))
    });
    Finding::new(
        Rank::Warning,
        format!(
            "{name} runs now but has restarted {} times{}",
            suspect::restarts(node),
            last.unwrap_or_default()
        ),
    )
}

fn logged(finding: &mut Finding, log: &Stream, evidence: &Evidence) {
    for error in log.errors.iter().take(2) {
        finding.add(format!("no log{}", said(error)));
    }
    let lines = trace::log(log);
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
            let shown: Vec<String> = variables
                .iter()
                .take(NAMES_MAX)
                .map(|name| word(name))
                .collect();
            finding.add(format!(
                "environment that container {} sets: {}{more}",
                word(&container.name),
                shown.join(", ")
            ));
        }
    }
}

/// The Pods of older revisions that still run: the application is not down.
fn still_serving(view: &View<'_>, suspect: &Suspect) -> String {
    let owners: Vec<usize> = view
        .owners(suspect.node)
        .into_iter()
        .chain([suspect.node])
        .collect();
    let Some(deployment) = owners.iter().copied().find(|owner| {
        view.children(*owner)
            .iter()
            .any(|child| &*view.nodes[*child].kind == "ReplicaSet")
    }) else {
        return String::new();
    };
    let newest = view.newest(deployment);
    let is_well = |pod: &usize| &*view.nodes[*pod].health.status == "Healthy";
    let old: Vec<usize> = view
        .children(deployment)
        .iter()
        .filter(|set| Some(**set) != newest)
        .flat_map(|set| view.pods(*set))
        .filter(is_well)
        .collect();
    let new = newest.map_or(0, |set| {
        view.pods(set).iter().filter(|pod| is_well(pod)).count()
    });
    match (old.first(), new) {
        (Some(first), _) => {
            let images: Vec<String> = view.nodes[*first]
                .images
                .iter()
                .take(3)
                .map(|image| short(image))
                .collect();
            format!(
                "{} of the version before still run and are Healthy ({}): it still serves.",
                plural(old.len(), "Pod"),
                images.join(" + ")
            )
        }
        (None, 0) => format!(
            "No Pod of {} {} is Healthy: nothing serves.",
            word(&view.nodes[deployment].kind),
            word(&view.nodes[deployment].name)
        ),
        (None, well) => format!(
            "{} of {} {} run and are Healthy.",
            plural(well, "other Pod"),
            word(&view.nodes[deployment].kind),
            word(&view.nodes[deployment].name)
        ),
    }
}
