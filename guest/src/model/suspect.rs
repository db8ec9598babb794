//! Selects the nodes of the tree to explain, by the signs that they show, causes before symptoms.
//!
//! Health alone is not enough: a Pod whose init container crashes, whose image name is invalid or
//! whose volume is missing is Progressing for ever, and a quota leaves no Pod at all.

use std::cmp::Reverse;

use crate::{
    answer::{order, time},
    argocd::{ApiVersion, Group, Kind, Namespace, Object, ObjectName, Uid},
    model::{
        forest::Forest,
        judged, missing,
        tree::{Host, Node, Tree},
    },
    redact::Text,
};

/// Restarts from which a Pod that is healthy now is still mentioned.
const RESTARTS: i64 = 3;

/// What a node shows, likely root causes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sign {
    /// Its Pods are rejected at creation: quota, policy, webhook.
    Refused,
    /// A claim without a volume.
    Volume,
    /// It fails to create Secrets that Pods need.
    Provider,
    /// The Pod cannot be scheduled.
    Unscheduled,
    /// The image cannot be pulled.
    Image,
    /// The container cannot be created: a missing Secret or ConfigMap, a bad command.
    Config,
    /// An init container fails.
    Init,
    /// A container exits again and again, or exited with an error.
    Crash,
    /// It has not started: volumes, network, or just slow.
    Starting,
    /// It is running but not Ready.
    Unready,
    /// It is unhealthy, and nothing below it explains why.
    Unwell,
    /// It is paused, or waits for a manual step.
    Suspended,
    /// It stays Terminating.
    Terminating,
    /// A failed Pod that was replaced: evicted, node lost.
    Evicted,
    /// It is healthy but has restarted often.
    Restarts,
    /// A CronJob that has created no Job.
    Idle,
}

/// Argo CD's messages for a CronJob that does not run.
const SUSPENDED: &str = "is Suspended";
const UNSCHEDULED: &str = "has not been scheduled yet";
/// Kinds that create Secrets: a Pod without its Secret is their symptom.
const PROVIDERS: [&str; 7] = [
    "ExternalSecret",
    "SecretStore",
    "ClusterSecretStore",
    "SealedSecret",
    "Certificate",
    "Issuer",
    "ClusterIssuer",
];

/// A node to explain.
#[derive(Debug)]
pub(crate) struct Suspect {
    pub(crate) node: usize,
    pub(crate) sign: Sign,
    /// Number of nodes of the same owner with the same sign.
    pub(crate) alike: usize,
}

/// The tree with links to parents, to follow causes upwards.
pub(crate) struct View<'a> {
    pub(crate) nodes: &'a [Node],
    pub(crate) hosts: &'a [Host],
    parents: Vec<Option<usize>>,
    children: Vec<Vec<usize>>,
}

impl<'a> View<'a> {
    /// Links the tree in both directions.
    pub(crate) fn of(tree: &'a Tree) -> Self {
        let forest = Forest::of(&tree.nodes);
        let mut parents = vec![None; tree.nodes.len()];
        for (parent, children) in forest.children.iter().enumerate() {
            for child in children {
                parents[*child] = Some(parent);
            }
        }
        Self {
            nodes: &tree.nodes,
            hosts: &tree.hosts,
            parents,
            children: forest.children,
        }
    }

    /// The owners of a node, nearest first.
    pub(crate) fn owners(&self, node: usize) -> Vec<usize> {
        std::iter::successors(self.parents[node], |at| self.parents[*at]).collect()
    }

    /// Whether one of two nodes is below the other.
    pub(crate) fn are_of_one_branch(&self, one: usize, other: usize) -> bool {
        self.owners(one).contains(&other) || self.owners(other).contains(&one)
    }

    /// The children of a node.
    pub(crate) fn children(&self, node: usize) -> &[usize] {
        &self.children[node]
    }

    /// The Pods below a node.
    pub(crate) fn pods(&self, node: usize) -> Vec<usize> {
        let mut pods = Vec::new();
        let mut stack = self.children[node].clone();
        while let Some(at) = stack.pop() {
            if &*self.nodes[at].kind == "Pod" {
                pods.push(at);
            }
            stack.extend(&self.children[at]);
        }
        pods
    }

    /// The node of `some` that is worst off, by itself or by what is below it; `None` when all are well.
    pub(crate) fn worst_of(&self, some: &[usize]) -> Option<usize> {
        let suspects = self.suspects(&[]);
        let bad = suspects.iter().map(|suspect| suspect.node);
        let mut here = bad.flat_map(|bad| std::iter::once(bad).chain(self.owners(bad)));
        here.find(|at| some.contains(at))
    }

    /// Nodes to look at, the nearest to the root first. Nodes of `hooks` are left out: the
    /// operation explains them.
    pub(crate) fn suspects(&self, hooks: &[&Text]) -> Vec<Suspect> {
        let mut found: Vec<Suspect> = Vec::new();
        for at in 0..self.nodes.len() {
            let Some(sign) = self.sign(at) else { continue };
            let owners = self.owners(at);
            let is_hook = |at: &usize| hooks.iter().any(|hook| ***hook == *self.nodes[*at].name);
            if is_hook(&at) || owners.iter().any(is_hook) || self.is_superseded(at) {
                continue;
            }
            let owner = owners.first().copied();
            let alike = found.iter_mut().find(|suspect| {
                suspect.sign == sign
                    && owner.is_some()
                    && self.parents[suspect.node] == owner
                    && self.nodes[suspect.node].kind == self.nodes[at].kind
            });
            match alike {
                Some(suspect) => {
                    suspect.alike += 1;
                    // The same one is told of in whatever order the tree is.
                    let key = |at: usize| (self.age_key(at), &*self.nodes[at].name);
                    if key(at) < key(suspect.node) {
                        suspect.node = at;
                    }
                }
                None => found.push(Suspect {
                    node: at,
                    sign,
                    alike: 1,
                }),
            }
        }
        order::by_key(&mut found, |suspect| {
            let node = &self.nodes[suspect.node];
            (suspect.sign, self.age_key(suspect.node), &*node.uid)
        });
        found
    }

    /// The other nodes that `suspect` stands for, the longest failing first.
    pub(crate) fn alike(&self, suspect: &Suspect) -> Vec<&Node> {
        let owner = self.parents[suspect.node];
        let kind = &self.nodes[suspect.node].kind;
        let is_like = |at: &usize| {
            *at != suspect.node
                && owner.is_some()
                && self.parents[*at] == owner
                && self.nodes[*at].kind == *kind
                && self.sign(*at) == Some(suspect.sign)
        };
        let mut alike: Vec<usize> = (0..self.nodes.len()).filter(is_like).collect();
        order::by_key(&mut alike, |at| (self.age_key(*at), &*self.nodes[*at].uid));
        alike.into_iter().map(|at| &self.nodes[at]).collect()
    }

    /// Sorts nodes of one sign by who has failed for longest: the most restarts, then the oldest. No name
    /// is part of it: a renamed object is not another cause.
    fn age_key(&self, at: usize) -> (Reverse<i64>, &str) {
        let node = &self.nodes[at];
        (Reverse(restarts(node)), &node.created_at)
    }

    /// The sign of the node at `at`, if it is unhealthy.
    fn sign(&self, at: usize) -> Option<Sign> {
        let node = &self.nodes[at];
        let health = &*node.health.status;
        let is_bad = matches!(health, "Degraded" | "Progressing" | "Unknown");
        if node.health.message.contains("Pending deletion") {
            return Some(Sign::Terminating);
        }
        match &*node.kind {
            "Pod" => match pod(node) {
                Some(Sign::Crash) if self.is_dead(at) => Some(Sign::Evicted),
                sign => sign,
            },
            "ReplicaSet" if health == "Degraded" => Some(Sign::Refused),
            "PersistentVolumeClaim" if is_bad => Some(Sign::Volume),
            // Argo CD counts both as Healthy.
            "CronJob" if node.health.message.contains(SUSPENDED) => Some(Sign::Idle),
            "CronJob" if node.health.message.contains(UNSCHEDULED) => {
                self.children[at].is_empty().then_some(Sign::Idle)
            }
            "CronJob" if health == "Suspended" => None,
            _ if health == "Suspended" => Some(Sign::Suspended),
            // Their Pods or children explain more.
            _ if is_bad && !self.explained_below(at) && !self.explained_above(at) => {
                let provides = self.is_provider(at)
                    || self
                        .owners(at)
                        .into_iter()
                        .any(|owner| self.is_provider(owner));
                Some(if provides {
                    Sign::Provider
                } else {
                    Sign::Unwell
                })
            }
            _ => None,
        }
    }

    /// Whether something below explains more: a Pod, or an object that has a message, or any other when
    /// this one has none.
    fn explained_below(&self, at: usize) -> bool {
        let has_message = !self.nodes[at].health.message.is_empty();
        let mut stack = self.children[at].clone();
        while let Some(child) = stack.pop() {
            let says = !has_message
                || !self.nodes[child].health.message.is_empty()
                || &*self.nodes[child].kind == "Pod";
            if says && self.sign(child).is_some_and(|sign| sign < Sign::Evicted) {
                return true;
            }
            stack.extend(&self.children[child]);
        }
        false
    }

    /// Whether the Pod counts among the replicas of its owner, unlike a dead one that was replaced.
    pub(crate) fn is_replica(&self, at: usize) -> bool {
        self.sign(at) != Some(Sign::Evicted)
    }

    /// Whether a failed Pod is none of its ReplicaSet's replicas: all of those are available, and its state
    /// is none of a container that is restarted.
    fn is_dead(&self, at: usize) -> bool {
        let reason = self.nodes[at]
            .fact("Status Reason")
            .map_or("", |reason| &**reason);
        let restarts =
            reason.contains("BackOff") || reason == "Running" || reason.starts_with("Init:");
        let owner = self.parents[at].map(|owner| &self.nodes[owner]);
        !restarts
            && owner.is_some_and(|owner| {
                &*owner.kind == "ReplicaSet" && &*owner.health.status == "Healthy"
            })
    }

    /// Whether the object has no message and an unhealthy owner has one: then the owner is explained.
    fn explained_above(&self, at: usize) -> bool {
        let says = |owner: &Node| {
            !matches!(&*owner.health.status, "" | "Healthy") && !owner.health.message.is_empty()
        };
        self.nodes[at].health.message.is_empty()
            && self
                .owners(at)
                .into_iter()
                .any(|owner| says(&self.nodes[owner]))
    }

    /// Whether the object makes Secrets that Pods need: by its kind, or because a Pod lacks one of its name.
    fn is_provider(&self, at: usize) -> bool {
        let node = &self.nodes[at];
        PROVIDERS.contains(&&*node.kind) || {
            let lacks = |pod: &Node| {
                let missing = (&*pod.kind == "Pod" && pod.namespace == node.namespace)
                    .then(|| missing::named_in(&pod.health.message));
                missing
                    .flatten()
                    .is_some_and(|one| missing::may_be_of(&one, &node.name))
            };
            judged::has_own_group(&node.group) && self.nodes.iter().any(lacks)
        }
    }

    /// Whether the node belongs to an old ReplicaSet while the newest one is unhealthy too.
    fn is_superseded(&self, at: usize) -> bool {
        let Some(set) = self
            .owners(at)
            .into_iter()
            .chain([at])
            .find(|owner| &*self.nodes[*owner].kind == "ReplicaSet")
        else {
            return false;
        };
        let Some(newest) = self.parents[set].and_then(|deployment| self.newest(deployment)) else {
            return false;
        };
        newest != set
            && (self.sign(newest).is_some()
                || self
                    .pods(newest)
                    .iter()
                    .any(|pod| self.sign(*pod).is_some()))
    }

    /// The ReplicaSet of the newest revision below a Deployment.
    pub(crate) fn newest(&self, deployment: usize) -> Option<usize> {
        self.children[deployment]
            .iter()
            .copied()
            .filter(|child| &*self.nodes[*child].kind == "ReplicaSet")
            // Controllers other than Kubernetes' own set no number: then the youngest one.
            .max_by_key(|child| {
                let node = &self.nodes[*child];
                (rollout(node), time::seconds(&node.created_at))
            })
    }
}

/// The number in `Rev:2`.
pub(crate) fn rollout(node: &Node) -> u64 {
    let revision = node
        .fact("Revision")
        .and_then(|revision| revision.strip_prefix("Rev:"));
    revision.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Restarts of a Pod according to the tree.
pub(crate) fn restarts(node: &Node) -> i64 {
    node.fact("Restart Count")
        .and_then(|count| count.parse().ok())
        .unwrap_or(0)
}

/// Whether all containers of a Pod are ready according to the tree.
pub(crate) fn is_all_ready(node: &Node) -> bool {
    let (ready, all) = containers(node);
    all > 0 && ready == all
}

/// Ready and all containers of a Pod.
fn containers(node: &Node) -> (i64, i64) {
    let counts = node.fact("Containers").and_then(|counts| {
        let (ready, all) = counts.split_once('/')?;
        Some((ready.parse().ok()?, all.parse().ok()?))
    });
    counts.unwrap_or((0, 0))
}

fn pod(node: &Node) -> Option<Sign> {
    let health = &*node.health.status;
    let reason = node.fact("Status Reason").map_or("", |reason| &**reason);
    let is_placed = node.fact("Node").is_some();
    let (ready, all) = containers(node);
    let sign = match reason {
        "Pending" | "SchedulingGated" if !is_placed => Sign::Unscheduled,
        "ErrImagePull"
        | "ImagePullBackOff"
        | "InvalidImageName"
        | "ErrImageNeverPull"
        | "ImageInspectError"
        | "RegistryUnavailable"
        | "SignatureValidationFailed" => Sign::Image,
        "CreateContainerConfigError" | "CreateContainerError" | "RunContainerError" => Sign::Config,
        "Terminating" => Sign::Terminating,
        "Evicted"
        | "NodeLost"
        | "Shutdown"
        | "NodeShutdown"
        | "Preempting"
        | "ContainerStatusUnknown" => Sign::Evicted,
        "Completed" | "Succeeded" if matches!(health, "" | "Healthy") => return None,
        "ContainerCreating" | "PodInitializing" => Sign::Starting,
        _ if reason.starts_with("Init:") => match reason[5..].bytes().next() {
            Some(first) if first.is_ascii_digit() => Sign::Starting,
            _ if is_image(&reason[5..]) => Sign::Image,
            _ if reason.contains("Create") || reason.contains("RunContainer") => Sign::Config,
            _ => Sign::Init,
        },
        _ if health == "Degraded" && node.health.message.contains("low on resource") => {
            Sign::Evicted
        }
        "Running" if all > ready && (health == "Degraded" || restarts(node) > 0) => Sign::Crash,
        "Running" if all > ready => Sign::Unready,
        "Running" | "" if health == "Healthy" => {
            return (restarts(node) >= RESTARTS).then_some(Sign::Restarts);
        }
        // All containers are ready, a readiness gate is not.
        "Running" if all > 0 => Sign::Unready,
        _ if health == "Healthy" => return None,
        "Pending" => Sign::Starting,
        _ => Sign::Crash,
    };
    Some(sign)
}

fn is_image(reason: &str) -> bool {
    reason.contains("Image")
}

/// The node as an object of the API; `None` when a part is missing.
pub(crate) fn object(node: &Node) -> Option<Object> {
    let optional = |text: &Text| (!text.is_empty()).then(|| text.to_string());
    Some(Object {
        group: optional(&node.group)
            .map(|group| Group::parse(&group))
            .transpose()
            .ok()?,
        version: Some(ApiVersion::parse(&node.version).ok()?),
        kind: Some(Kind::parse(&node.kind).ok()?),
        namespace: optional(&node.namespace)
            .map(|namespace| Namespace::parse(&namespace))
            .transpose()
            .ok()?,
        name: Some(ObjectName::parse(&node.name).ok()?),
        uid: Some(Uid::parse(&node.uid).ok()?),
    })
}
