//! Chooses the container of a Pod when the caller names none, or one that does not exist.

use super::{ask::Ask, source};
use crate::{
    answer::word,
    argocd::{ApiVersion, ContainerName, Get, Kind, LogSource, Namespace, Object, ObjectName},
    call::tool::Context,
    limits,
    model::{
        live::Live,
        log::Stream,
        pod::{self, Container},
        tree::Tree,
    },
};

/// The containers of a Pod, and the one to read.
pub(super) struct Containers {
    pub(super) names: Vec<String>,
    chosen: Option<(ContainerName, Why)>,
}

/// Why a container is read.
enum Why {
    /// It fails and is not an init container.
    Bad(i64),
    /// An init container that must finish before the others start.
    Init,
    /// No container shows a problem.
    First,
}

/// Why a log has no lines although another container may have some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// The Pod has several containers, and the request must name one.
    Unnamed,
    /// The container waits for others.
    Waiting,
    /// The Pod has no container of that name.
    Unknown,
}

impl Lack {
    /// Reads the kubelet's errors; `None` when another container does not help.
    pub(super) fn of(stream: &Stream) -> Option<Self> {
        let says = |part: &str| stream.errors.iter().any(|error| error.contains(part));
        if !stream.lines.is_empty() || stream.read > 0 {
            None
        } else if says("container name must be specified") {
            Some(Self::Unnamed)
        } else if says("is not valid for pod") {
            Some(Self::Unknown)
        } else if says("waiting to start") || says("PodInitializing") {
            Some(Self::Waiting)
        } else {
            None
        }
    }
}

impl Containers {
    /// The container to read instead, with a note that says why.
    pub(super) fn instead(&self, lack: Lack) -> Option<(ContainerName, String)> {
        let (name, why) = self.chosen.as_ref()?;
        let all = self.names.join(", ");
        let note = match (lack, why) {
            (Lack::Unknown, _) => return None,
            (Lack::Waiting, Why::Init) => format!(
                "the main container waits for {name}; showing {name} instead. Containers of the Pod: {all}."
            ),
            // The log of another started container does not answer a question about the Pod.
            (Lack::Waiting, _) => return None,
            (Lack::Unnamed, why) => {
                let why = match why {
                    Why::Bad(restarts) => {
                        format!("which has restarted {restarts} times or is not ready")
                    }
                    Why::Init => "which must finish before the others start".to_owned(),
                    Why::First => "the first one (none shows a problem)".to_owned(),
                };
                format!(
                    "containers of the Pod: {all}; showing {name}, {why}. For another, set container."
                )
            }
        };
        Some((name.clone(), note))
    }
}

/// Reads the Pod behind `source` and chooses; `None` when it cannot be read.
pub(super) async fn choose(
    context: &Context,
    tree: &Tree,
    input: &Ask,
    source: &LogSource,
) -> Option<Containers> {
    let node = source::pod(tree, source, input)?;
    let object = Object {
        group: None,
        version: ApiVersion::parse("v1").ok(),
        kind: Kind::parse("Pod").ok(),
        namespace: Namespace::parse(&node.namespace).ok(),
        name: ObjectName::parse(&node.name).ok(),
        uid: None,
    };
    let get = Get::resource(&input.name.0, &object);
    let live: Live = context.client.json(&get, limits::UPSTREAM).await.ok()?;
    let root = live.manifest.node();
    let all = pod::containers(root);
    let chosen = match (holding(&all), pod::bad(root)) {
        (Some(holding), _) => Some((holding.name.clone(), Why::Init)),
        (None, Some(bad)) => Some((bad.name, Why::Bad(bad.restarts))),
        (None, None) => {
            let first = all.iter().find(|container| !container.is_init);
            first.map(|first| (first.name.clone(), Why::First))
        }
    };
    let chosen = chosen.and_then(|(name, why)| Some((ContainerName::parse(&name).ok()?, why)));
    Some(Containers {
        names: all.iter().map(|container| word(&container.name)).collect(),
        chosen,
    })
}

/// The init container that the others wait for: one that has failed or still runs, a native sidecar
/// that has not become ready included.
fn holding(all: &[Container]) -> Option<&Container> {
    let waits = |container: &Container| {
        let reason = container
            .waiting
            .as_ref()
            .map(|(reason, _)| reason.as_str());
        matches!(reason, Some("PodInitializing" | ""))
    };
    if !all
        .iter()
        .any(|container| !container.is_init && waits(container))
    {
        return None;
    }
    let is_done = |container: &Container| {
        if container.is_sidecar {
            container.is_ready
        } else {
            (container.ended.as_ref()).is_some_and(|ended| ended.code == Some(0))
        }
    };
    all.iter()
        .find(|container| container.is_init && !waits(container) && !is_done(container))
}
