//! The recorded lines of each container, and what the kubelet says where there are none.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::application::Found;
use super::derived;
use super::world::text;
use crate::key::Key;
use crate::timestamp::Timestamp;

/// One line of a log.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) content: String,
    /// The time as recorded.
    pub(crate) stamp: String,
    pub(crate) time: Timestamp,
    pub(crate) pod: String,
}

/// What is known of one pod's containers.
#[derive(Default, Clone)]
struct Pod {
    containers: Vec<String>,
    init_containers: Vec<String>,
    /// Lines, or the kubelet's error, by container and whether it is the one before.
    streams: BTreeMap<(String, bool), Result<Vec<Line>, String>>,
}

/// The pods of one application.
pub(crate) struct Streams(HashMap<String, Pod>);

impl Streams {
    /// Collects what was recorded of an application's pods.
    pub(crate) fn of(found: &Found<'_>, nodes: &[Value]) -> Self {
        let mut pods = HashMap::new();
        for node in nodes.iter().filter(|node| text(node, "/kind") == "Pod") {
            pods.insert(text(node, "/name").to_owned(), Pod::of(found, node, nodes));
        }
        let mut streams = Self(pods);
        streams.read_recordings(found);
        streams
    }

    /// The lines of a container, or what the kubelet answers instead.
    pub(crate) fn read(
        &self,
        pod: &str,
        container: Option<&str>,
        previous: bool,
    ) -> Result<Vec<Line>, String> {
        let known = self.0.get(pod).cloned().unwrap_or_default();
        let container = match (container, &known.containers[..]) {
            (Some(container), _) => container,
            (None, [only]) => only,
            (None, []) => return Ok(Vec::new()),
            (None, _) => return Err(known.must_choose(pod)),
        };
        let mut all = known.containers.iter().chain(&known.init_containers);
        if !known.containers.is_empty() && !all.any(|name| name == container) {
            return Err(format!("container {container} is not valid for pod {pod}"));
        }
        match known.streams.get(&(container.to_owned(), previous)) {
            Some(stream) => stream.clone(),
            None if previous => Err(format!(
                "previous terminated container {container:?} in pod {pod:?} not found\n"
            )),
            None => Ok(Vec::new()),
        }
    }

    fn read_recordings(&mut self, found: &Found<'_>) {
        let app = found.key(&["logs"]);
        for recorded in found.state.world.logs() {
            let target = &recorded.target;
            let namespace = target.get("appNamespace").unwrap_or_default();
            let path = target.segments();
            if Key::plain(&path, namespace) != app {
                continue;
            }
            // What was cut or filtered says less than what was not, and is told apart by its length.
            if ["filter", "sinceSeconds", "untilTime"]
                .iter()
                .any(|key| target.get(key).is_some())
            {
                continue;
            }
            let previous = target.get("previous") == Some("true");
            let asked = (target.get("podName"), target.get("container"), previous);
            self.add(asked, &entries(&recorded.body));
        }
    }

    fn add(
        &mut self,
        (pod, container, previous): (Option<&str>, Option<&str>, bool),
        entries: &[Value],
    ) {
        let is_error = |entry: &Value| text(entry, "/result/timeStampStr").starts_with("0001");
        let errors = entries.iter().filter(|entry| is_error(entry));
        if let (Some(pod), Some(container)) = (pod, container) {
            for error in errors {
                let content = text(error, "/result/content").to_owned();
                // A question that was wrong says nothing about the pod.
                if !content.contains("is not valid for pod") {
                    self.keep(pod, container, previous, Err(content));
                }
            }
            // Nothing but the end: the container has not written anything.
            if let [end] = entries
                && end["result"]["last"] == true
            {
                self.keep(pod, container, previous, Ok(Vec::new()));
            }
        }
        let mut by_pod: BTreeMap<&str, Vec<Line>> = BTreeMap::new();
        for entry in entries
            .iter()
            .filter(|entry| !is_error(entry) && entry["result"]["last"] != true)
        {
            let stamp = text(entry, "/result/timeStampStr");
            let pod = text(entry, "/result/podName");
            by_pod.entry(pod).or_default().push(Line {
                content: text(entry, "/result/content").to_owned(),
                stamp: stamp.to_owned(),
                time: Timestamp::parse(stamp).unwrap_or_default(),
                pod: pod.to_owned(),
            });
        }
        for (pod, lines) in by_pod {
            let only = self
                .0
                .get(pod)
                .and_then(|pod| pod.containers.first().cloned());
            let Some(container) = container.map(str::to_owned).or(only) else {
                continue;
            };
            self.keep(pod, &container, previous, Ok(lines));
        }
    }

    /// The longest recording of a stream counts.
    fn keep(
        &mut self,
        pod: &str,
        container: &str,
        previous: bool,
        stream: Result<Vec<Line>, String>,
    ) {
        let length = |stream: &Result<Vec<Line>, String>| stream.as_ref().map_or(1, Vec::len);
        let streams = &mut self.0.entry(pod.to_owned()).or_default().streams;
        let key = (container.to_owned(), previous);
        let is_longer = streams
            .get(&key)
            .is_none_or(|known| length(known) < length(&stream));
        if is_longer {
            streams.insert(key, stream);
        }
    }
}

impl Pod {
    /// The containers of a pod: from its own manifest, or from the template of an ancestor.
    fn of(found: &Found<'_>, node: &Value, nodes: &[Value]) -> Self {
        let mut pod = Self::default();
        let spec = own_spec(found, node).or_else(|| template_of(found, node, nodes, 0));
        let names = |field: &str| -> Vec<String> {
            let containers = spec.as_ref().and_then(|spec| spec[field].as_array());
            containers
                .into_iter()
                .flatten()
                .map(|container| text(container, "/name").to_owned())
                .collect()
        };
        pod.containers = names("containers");
        pod.init_containers = names("initContainers");
        pod
    }

    fn must_choose(&self, pod: &str) -> String {
        let mut message = format!(
            "a container name must be specified for pod {pod}, choose one of: [{}]",
            self.containers.join(" ")
        );
        if !self.init_containers.is_empty() {
            message += &format!(
                " or one of the init containers: [{}]",
                self.init_containers.join(" ")
            );
        }
        message
    }
}

fn entries(body: &[u8]) -> Vec<Value> {
    body.split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect()
}

/// The pod's spec from its recorded manifest.
fn own_spec(found: &Found<'_>, node: &Value) -> Option<Value> {
    let path = found.key(&["resource"]);
    let path: Vec<&str> = path.path().iter().map(String::as_str).collect();
    found
        .state
        .world
        .under(&path)
        .iter()
        .filter(|key| key.app_namespace() == found.namespace)
        .filter_map(|key| found.state.world.json(key))
        .filter_map(|value| serde_json::from_str::<Value>(text(&value, "/manifest")).ok())
        .find(|manifest| {
            text(manifest, "/kind") == "Pod"
                && text(manifest, "/metadata/name") == text(node, "/name")
        })
        .map(|manifest| manifest["spec"].clone())
}

/// The pod template of the nearest ancestor that is managed.
fn template_of(found: &Found<'_>, node: &Value, nodes: &[Value], depth: usize) -> Option<Value> {
    let managed = found.document(&["managed-resources"], derived::managed_resources);
    let same = |a: &Value, b: &Value| {
        ["/group", "/kind", "/namespace", "/name"]
            .iter()
            .all(|p| text(a, p) == text(b, p))
    };
    let items = managed["items"].as_array();
    let own = items.and_then(|items| items.iter().find(|item| same(item, node)));
    let manifest =
        own.and_then(|item| serde_json::from_str::<Value>(text(item, "/liveState")).ok());
    let template = manifest.and_then(|manifest| {
        [
            "/spec/template/spec",
            "/spec/jobTemplate/spec/template/spec",
        ]
        .iter()
        .find_map(|pointer| manifest.pointer(pointer).cloned())
    });
    if template.is_some() || depth > 16 {
        return template;
    }
    let parents = node["parentRefs"].as_array()?;
    parents.iter().find_map(|parent| {
        let parent = nodes.iter().find(|other| same(other, parent))?;
        template_of(found, parent, nodes, depth + 1)
    })
}
