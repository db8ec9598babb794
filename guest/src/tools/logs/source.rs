//! Whose log is wanted, when the caller does not say it exactly.

use super::Ask;
use crate::{
    argocd::{
        ApiVersion, ContainerName, Get, Group, Kind, LogSource, Namespace, Object, ObjectName,
        PodName,
    },
    call::{Call, Failure, suggest},
    limits,
    model::{
        live::Live,
        pod,
        suspect::View,
        tree::{Node, Tree},
    },
    tools::Context,
};

/// A container that was chosen for the caller.
pub(super) struct Chosen {
    pub(super) name: ContainerName,
    /// All containers, in words.
    pub(super) all: String,
    /// Why this one.
    pub(super) why: String,
}

/// The Pod or owner that the caller names; without any, the worst Pod of the tree.
pub(super) async fn choose(
    context: &Context,
    input: &Ask,
    call: &Call,
    notes: &mut Vec<String>,
) -> Result<LogSource, Failure> {
    let both = "pod names one Pod; kind and resource name what Pods belong to: give one of them.";
    match (&input.pod, &input.kind, &input.resource) {
        (Some(pod), None, None) => return Ok(LogSource::Pod(pod.clone())),
        (Some(_), ..) => return Err(Failure::Said(both.to_owned())),
        (None, Some(kind), Some(name)) => {
            if let Some(group) = group(kind.as_str()) {
                return Ok(LogSource::Below(group, kind.clone(), name.clone()));
            }
        }
        (None, Some(_), None) => {
            return Err(Failure::Said(
                "kind needs resource, the name of the object.".to_owned(),
            ));
        }
        (None, None, _) => {}
    }
    let tree: Tree = context
        .client
        .json(&Get::resource_tree(&input.name.0), limits::UPSTREAM)
        .await?;
    match &input.resource {
        Some(name) => named(&tree, input.kind.as_ref(), name),
        None => worst(&tree, input, call, notes),
    }
}

/// The API group of the usual owners of Pods; `None` for what the tree has to say.
fn group(kind: &str) -> Option<Option<Group>> {
    let group = match kind {
        "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" => "apps",
        "Job" | "CronJob" => "batch",
        "Pod" => return Some(None),
        _ => return None,
    };
    Group::parse(group).ok().map(Some)
}

/// An object of the tree by its name.
fn named(tree: &Tree, kind: Option<&Kind>, name: &ObjectName) -> Result<LogSource, Failure> {
    let fits = |node: &&Node| {
        &*node.name == name.as_str()
            && kind.is_none_or(|kind| kind.as_str().eq_ignore_ascii_case(&node.kind))
    };
    let Some(node) = tree.nodes.iter().find(fits) else {
        let names: Vec<&str> = tree.nodes.iter().map(|node| &*node.name).collect();
        let near = suggest::nearest(name.as_str(), &names).map_or(String::new(), |near| {
            format!(" Did you mean {}?", crate::answer::word(near))
        });
        return Err(Failure::Said(format!(
            "The application has no resource {name}.{near}"
        )));
    };
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
            name.clone(),
        ))
    };
    parsed().ok_or_else(|| {
        Failure::Said(format!(
            "The resource {name} has a name or kind that Argo CD takes no logs of."
        ))
    })
}

/// The Pod that is worst off, or the first one when all are well.
fn worst(
    tree: &Tree,
    input: &Ask,
    call: &Call,
    notes: &mut Vec<String>,
) -> Result<LogSource, Failure> {
    let view = View::of(tree);
    let suspects = view.suspects(&[]);
    let bad = suspects
        .iter()
        .map(|suspect| &tree.nodes[suspect.node])
        .find(|node| &*node.kind == "Pod");
    let pods: Vec<&Node> = tree
        .nodes
        .iter()
        .filter(|node| &*node.kind == "Pod")
        .collect();
    let (node, why) = match (bad, pods.first()) {
        (Some(bad), _) => (bad, "the worst one"),
        (None, Some(first)) => (*first, "as all are well, the first one"),
        (None, None) => {
            let app = input.name.0.to_string();
            return Err(Failure::with_next(
                &format!("{app} has no Pod, so there is no log."),
                call.other("diagnose_application", &[("name", &app)]),
            ));
        }
    };
    notes.push(format!(
        "no Pod was named: this is {why} of {}.",
        pods.len()
    ));
    let pod = PodName::parse(&node.name)
        .map_err(|error| Failure::Said(format!("the Pod's name is odd: {error}")))?;
    Ok(LogSource::Pod(pod))
}

/// The container to blame in a Pod that has several.
pub(super) async fn container(context: &Context, input: &Ask, pod: &PodName) -> Option<Chosen> {
    let tree: Tree = context
        .client
        .json(&Get::resource_tree(&input.name.0), limits::UPSTREAM)
        .await
        .ok()?;
    let node = tree
        .nodes
        .iter()
        .find(|node| &*node.kind == "Pod" && &*node.name == pod.as_str())?;
    let object = Object {
        group: None,
        version: ApiVersion::parse("v1").ok(),
        kind: Kind::parse("Pod").ok(),
        namespace: Namespace::parse(&node.namespace).ok(),
        name: ObjectName::parse(&node.name).ok(),
        uid: None,
    };
    let live: Live = context
        .client
        .json(&Get::resource(&input.name.0, &object), limits::UPSTREAM)
        .await
        .ok()?;
    let all: Vec<String> = pod::containers(live.manifest.node())
        .iter()
        .map(|container| crate::answer::word(&container.name))
        .collect();
    let bad = pod::bad(live.manifest.node());
    let (name, why) = match &bad {
        Some(bad) => (
            bad.name.clone(),
            format!("which has restarted {} times or is not ready", bad.restarts),
        ),
        None => (
            all.first()?.clone(),
            "the first one, as all are well".to_owned(),
        ),
    };
    Some(Chosen {
        name: ContainerName::parse(&name).ok()?,
        all: all.join(", "),
        why,
    })
}
