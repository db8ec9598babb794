//! Chooses the Pods whose log is read when the caller does not name one exactly.

use std::cell::OnceCell;

use super::ask::Ask;
use crate::{
    argocd::{Get, Group, Kind, LogSource, ObjectName, PodName},
    call::{
        Call, Failure,
        kinds::KindWord,
        suggest,
        tool::Context,
        wanted::{self, Fit, Wanted},
    },
    limits,
    model::{
        suspect::View,
        tree::{Node, Tree},
    },
};

/// The resource tree of the application, read at most once per call.
pub(super) struct Forest<'a> {
    context: &'a Context,
    input: &'a Ask,
    tree: OnceCell<Tree>,
}

impl<'a> Forest<'a> {
    /// A tree that is not read yet.
    pub(super) fn of(context: &'a Context, input: &'a Ask) -> Self {
        Self {
            context,
            input,
            tree: OnceCell::new(),
        }
    }

    /// The tree.
    pub(super) async fn tree(&self) -> Result<&Tree, Failure> {
        if let Some(tree) = self.tree.get() {
            return Ok(tree);
        }
        let get = Get::resource_tree(&self.input.name.0);
        let tree = self.context.client.json(&get, limits::UPSTREAM).await?;
        Ok(self.tree.get_or_init(|| tree))
    }
}

/// The Pod or owner that the caller names; without any, the worst Pod of the tree.
pub(super) async fn choose(
    forest: &Forest<'_>,
    input: &Ask,
    call: &Call,
    notes: &mut Vec<String>,
) -> Result<LogSource, Failure> {
    let both =
        "pod names one Pod; kind and resource name the owner of Pods: give one or the other.";
    match (&input.pod, &input.kind, &input.resource) {
        (Some(pod), None, None) => return Ok(LogSource::Pod(pod.clone())),
        (Some(_), ..) => return Err(Failure::Said(both.to_owned())),
        (None, Some(kind), Some(name)) => {
            if let (Some(source), None) = (known(kind, name.plain()), name.kind()) {
                return Ok(source);
            }
        }
        (None, ..) => {}
    }
    let tree = forest.tree().await?;
    match (&input.kind, &input.resource) {
        (None, None) => worst(tree, input, call, notes),
        _ => named(tree, input, call, notes),
    }
}

/// API groups of the usual owners of Pods, which need no request for the tree.
fn known(kind: &KindWord, name: &ObjectName) -> Option<LogSource> {
    let exact = kind.exact()?;
    let group = match exact {
        "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" => "apps",
        "Job" | "CronJob" => "batch",
        "Pod" => "",
        _ => return None,
    };
    if !kind.fits(group, exact) {
        return None;
    }
    let group = Group::parse(group).ok();
    Some(LogSource::Below(
        group,
        Kind::parse(exact).ok()?,
        name.clone(),
    ))
}

/// The objects that the caller names by kind, name and namespace.
fn selector(input: &Ask) -> Wanted {
    Wanted::new(input.kind.as_ref(), input.resource.as_ref()).within(input.namespace.as_ref())
}

/// An object of the tree by kind or name; of several of a kind, the worst.
fn named(
    tree: &Tree,
    input: &Ask,
    call: &Call,
    notes: &mut Vec<String>,
) -> Result<LogSource, Failure> {
    let nodes: Vec<&Node> = tree.nodes.iter().collect();
    let app = input.name.0.to_string();
    let at = match wanted::one_of(&nodes, &selector(input), &app, call)? {
        Fit::One(at) => at,
        Fit::Several(fit) if input.resource.is_some() => {
            return Err(wanted::ambiguous(&nodes, &fit, call));
        }
        Fit::Several(fit) => {
            let worst = View::of(tree).worst_of(&fit);
            let at = worst.or(fit.first().copied()).unwrap_or_default();
            notes.push(of_several(&tree.nodes[at].kind, fit.len(), worst.is_some()));
            at
        }
    };
    let node = &tree.nodes[at];
    let parsed = || {
        if &*node.kind == "Pod" {
            return Some(LogSource::Pod(PodName::parse(&node.name).ok()?));
        }
        let group = (!node.group.is_empty())
            .then(|| Group::parse(&node.group))
            .transpose()
            .ok()?;
        Some(LogSource::Below(
            group,
            Kind::parse(&node.kind).ok()?,
            ObjectName::parse(&node.name).ok()?,
        ))
    };
    parsed().ok_or_else(|| {
        Failure::Said(format!(
            "Cannot read logs of {} {}: its name or kind is not valid.",
            crate::answer::word(&node.kind),
            crate::answer::word(&node.name)
        ))
    })
}

/// Why this one of several was chosen.
fn of_several(kind: &str, count: usize, is_bad: bool) -> String {
    let all = crate::answer::plural(count, &crate::answer::word(kind));
    match (is_bad, count) {
        (true, 1) | (false, 1) => format!("no name was given: showing the only {kind}."),
        (true, _) => format!("no name was given: showing the worst of {all}."),
        (false, _) => {
            format!("no name was given: none of {all} shows a problem; showing the first.")
        }
    }
}

/// The worst Pod, or the first one when none shows a problem.
fn worst(
    tree: &Tree,
    input: &Ask,
    call: &Call,
    notes: &mut Vec<String>,
) -> Result<LogSource, Failure> {
    let is_pod = |node: &Node| &*node.kind == "Pod" && selector(input).fits(node);
    let all = 0..tree.nodes.len();
    let pods: Vec<usize> = all.filter(|at| is_pod(&tree.nodes[*at])).collect();
    let view = View::of(tree);
    let suspects = view.suspects(&[]);
    let mut bad = suspects.iter().map(|suspect| suspect.node);
    let bad = bad.find(|at| pods.contains(at));
    let Some(at) = bad.or(pods.first().copied()) else {
        let place = (input.namespace.as_ref()).map_or(String::new(), |namespace| {
            format!(" in namespace {namespace}")
        });
        let app = input.name.0.to_string();
        return Err(Failure::with_next(
            &format!("{app} has no Pod{place}, so there is no log."),
            call.other("diagnose_application", &[("name", &app)]),
        ));
    };
    notes.push(of_several("Pod", pods.len(), bad.is_some()));
    let pod = PodName::parse(&tree.nodes[at].name)
        .map_err(|error| Failure::Said(format!("The Pod's name is not valid: {error}")))?;
    Ok(LogSource::Pod(pod))
}

/// The Pod of the tree whose log is read; of the Pods below an object, the worst.
pub(super) fn pod<'a>(tree: &'a Tree, source: &LogSource, input: &Ask) -> Option<&'a Node> {
    let is_there = |node: &Node| {
        let namespace = input.namespace.as_ref();
        namespace.is_none_or(|namespace| namespace.as_str() == &*node.namespace)
    };
    let (kind, name) = match source {
        LogSource::Pod(pod) => ("Pod", pod.as_str()),
        LogSource::Below(_, kind, name) => (kind.as_str(), name.as_str()),
    };
    let is_it = |node: &Node| &*node.kind == kind && &*node.name == name && is_there(node);
    let at = tree.nodes.iter().position(is_it)?;
    if kind == "Pod" {
        return Some(&tree.nodes[at]);
    }
    let view = View::of(tree);
    let pods = view.pods(at);
    let pod = view.worst_of(&pods).or(pods.first().copied())?;
    Some(&tree.nodes[pod])
}

/// Explains a missing log when the tree lacks the object, and says what the tree has.
pub(super) fn missing(
    tree: &Tree,
    source: &LogSource,
    input: &Ask,
    call: &Call,
) -> Option<Failure> {
    let LogSource::Pod(pod) = source else {
        let nodes: Vec<&Node> = tree.nodes.iter().collect();
        let app = input.name.0.to_string();
        return wanted::one_of(&nodes, &selector(input), &app, call).err();
    };
    let pods = || tree.nodes.iter().filter(|node| &*node.kind == "Pod");
    if pods().any(|node| &*node.name == pod.as_str()) {
        return None;
    }
    let names: Vec<&str> = pods().map(|node| &*node.name).collect();
    let near = suggest::nearest(pod.as_str(), &names).map(|near| {
        let again = call.with(&[("pod", Some(near.into())), ("cursor", None)]);
        format!("did you mean {near}? {again}")
    });
    let next = near.or_else(|| {
        let tree = call.about("get_application_resource_tree", &[]);
        tree.map(|tree| format!("{tree} (its Pods)"))
    });
    Some(Failure::with_next(
        &format!(
            "{} has no Pod {pod}: it is gone or misspelt. It has {} now.",
            input.name.0,
            crate::answer::plural(names.len(), "Pod")
        ),
        next,
    ))
}
