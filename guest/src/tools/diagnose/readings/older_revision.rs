//! A Pod of an older revision than its owner asks for, which its owner does not replace.

use crate::{
    answer::word,
    model::{
        pod,
        suspect::{self, View},
        tree::Node as TreeNode,
    },
    redact::Node,
    tools::diagnose::proven::Proven,
};

/// The label of the Pods of StatefulSets and DaemonSets that names their revision.
const REVISION: &str = "controller-revision-hash";

/// A bad Pod that the fix, which its owner already asks for, does not reach.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct OlderRevision {
    pod: String,
    owner: String,
    /// What the Pod has and what its owner asks for: revisions, or images where a revision is unknown.
    has: String,
    wants: String,
    images: Option<(String, String)>,
    why: &'static str,
}

impl OlderRevision {
    /// The owner whose live object would prove it: of a StatefulSet or DaemonSet, unless the tree
    /// alone says that the Pod is of the newest revision.
    pub(in crate::tools::diagnose) fn owner(view: &View<'_>, at: usize) -> Option<usize> {
        let owner = *view.owners(at).first()?;
        let node = &view.nodes[owner];
        let is_kind = matches!(&*node.kind, "StatefulSet" | "DaemonSet");
        let label = label(&view.nodes[at], &Node::Null);
        let newest = newest(view, owner);
        let is_newest = label.is_some() && label == newest && images(view, at, owner).is_none();
        (is_kind && !is_newest).then_some(owner)
    }

    /// Whether the tree alone says that it is of an older revision.
    pub(in crate::tools::diagnose) fn is_likely(view: &View<'_>, at: usize, owner: usize) -> bool {
        let (label, newest) = (label(&view.nodes[at], &Node::Null), newest(view, owner));
        images(view, at, owner).is_some() || label.is_some() && newest.is_some() && label != newest
    }

    /// The proof: the Pod's revision is not the one that the live owner asks for, and the owner's
    /// strategy keeps it from replacing the Pod. Silent for a Pod that a rolling update still replaces,
    /// and for one below its partition.
    pub(in crate::tools::diagnose) fn of(
        view: &View<'_>,
        at: usize,
        live_pod: &Node,
        owner: usize,
        live_owner: &Node,
    ) -> Option<Self> {
        let (pod, set) = (&view.nodes[at], &view.nodes[owner]);
        let why = stuck(&set.kind, live_owner, &pod.name)?;
        let has = label(pod, live_pod);
        let wants = live_owner.text(&["status", "updateRevision"]).map(word);
        let wants = wants.or_else(|| newest(view, owner));
        let images = images(view, at, owner).or_else(|| live_images(live_pod, live_owner));
        let (has, wants) = match (has, wants) {
            (Some(has), Some(wants)) if has != wants => (has, wants),
            (Some(_), Some(_)) => return None,
            _ => images.clone()?,
        };
        Some(Self {
            pod: format!("Pod {}", word(&pod.name)),
            owner: format!("{} {}", word(&set.kind), word(&set.name)),
            images: images.filter(|(old, _)| *old != has),
            has,
            wants,
            why,
        })
    }

    /// What keeps the Pod, and the way out.
    pub(in crate::tools::diagnose) fn remedy(&self) -> String {
        format!("{} Delete {} by hand.", self.why, self.pod)
    }
}

impl Proven for OlderRevision {
    fn headline(&self) -> String {
        let (old, new) = match &self.images {
            Some((old, new)) => (format!(" (image {old})"), format!(" (image {new})")),
            None => (String::new(), String::new()),
        };
        format!(
            "{} is still of older revision {}{old}; {} already asks for {}{new}",
            self.pod, self.has, self.owner, self.wants
        )
    }
}

/// Why the owner leaves a bad Pod of an older revision as it is; `None` when it replaces it.
fn stuck(kind: &str, live: &Node, pod: &str) -> Option<&'static str> {
    let strategy = live.text(&["spec", "updateStrategy", "type"]);
    if strategy == Some("OnDelete") {
        return Some(
            "Its update strategy is OnDelete: a Pod is replaced only when somebody deletes it.",
        );
    }
    let policy = live.text(&["spec", "podManagementPolicy"]);
    let is_ordered = !live.is_empty() && policy.is_none_or(|policy| policy == "OrderedReady");
    let partition = pod::number(
        live,
        &["spec", "updateStrategy", "rollingUpdate", "partition"],
    );
    let ordinal = pod
        .rsplit('-')
        .next()
        .and_then(|number| number.parse::<i64>().ok());
    let is_below = ordinal.is_some_and(|ordinal| ordinal < partition.unwrap_or(0));
    (kind == "StatefulSet" && is_ordered && !is_below).then_some(
        "With OrderedReady the StatefulSet waits until the Pod is Ready and does not replace one that never is (known Kubernetes behaviour).",
    )
}

/// The Pod's revision: of the live Pod, or of the tree.
fn label(pod: &TreeNode, live: &Node) -> Option<String> {
    let live = live.text(&["metadata", "labels", REVISION]);
    let label = live.or_else(|| pod.networking.labels.node().text(&[REVISION]));
    label.map(word)
}

/// The newest ControllerRevision below the owner.
fn newest(view: &View<'_>, owner: usize) -> Option<String> {
    let children = view.children(owner).iter();
    let revisions = children.filter(|child| &*view.nodes[**child].kind == "ControllerRevision");
    let newest = revisions.max_by_key(|child| suspect::rollout(&view.nodes[**child]))?;
    Some(word(&view.nodes[*newest].name))
}

/// An image of the Pod and the one that its owner asks for instead, according to the tree.
fn images(view: &View<'_>, at: usize, owner: usize) -> Option<(String, String)> {
    let (old, new) = (&view.nodes[at].images, &view.nodes[owner].images);
    let new = new.iter().find(|image| !old.contains(image))?;
    // The Pod's own image under the same name; what was injected into it has another.
    let name = |image: &str| {
        image
            .rsplit_once(':')
            .map_or(image, |(name, _)| name)
            .to_owned()
    };
    let old = old.iter().find(|old| name(old) == name(new))?;
    Some((old.line(200), new.line(200)))
}

/// The same according to the live objects: the first container whose image differs.
fn live_images(pod: &Node, owner: &Node) -> Option<(String, String)> {
    let asked = pod::items(owner, &["spec", "template", "spec", "containers"]);
    asked.iter().find_map(|asked| {
        let (name, new) = (asked.text(&["name"])?, asked.text(&["image"])?);
        let old = pod::spec(pod, name)?.text(&["image"])?;
        (old != new).then(|| (word(old), word(new)))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;
    use crate::{model::tree::Tree, redact::Manifest};

    fn tree(label: &str, image: &str) -> Tree {
        let set = |uid: &str| json!([{"group": "apps", "kind": "StatefulSet", "namespace": "n", "name": "queue", "uid": uid}]);
        from_value(json!({"nodes": [
            {"group": "apps", "version": "v1", "kind": "StatefulSet", "namespace": "n", "name": "queue", "uid": "s", "images": ["r/q:2"]},
            {"group": "apps", "kind": "ControllerRevision", "namespace": "n", "name": "queue-new", "uid": "c2", "parentRefs": set("s"), "info": [{"name": "Revision", "value": "Rev:2"}]},
            {"group": "apps", "kind": "ControllerRevision", "namespace": "n", "name": "queue-old", "uid": "c1", "parentRefs": set("s"), "info": [{"name": "Revision", "value": "Rev:1"}]},
            {"kind": "Pod", "namespace": "n", "name": "queue-1", "uid": "p", "parentRefs": set("s"), "images": [image], "networkingInfo": {"labels": {REVISION: label}}}
        ]}))
        .unwrap()
    }

    fn owner(spec: &Value) -> Manifest {
        let status = json!({"updateRevision": "queue-new"});
        from_value(json!({"kind": "StatefulSet", "spec": spec, "status": status})).unwrap()
    }

    fn read(tree: &Tree, live: &Manifest) -> Option<OlderRevision> {
        let view = View::of(tree);
        let owner = OlderRevision::owner(&view, 3)?;
        OlderRevision::of(&view, 3, &Node::Null, owner, live.node())
    }

    #[test]
    fn speaks_of_a_stuck_pod_whose_owner_asks_for_another_revision() {
        for spec in [
            json!({}),
            json!({"podManagementPolicy": "OrderedReady", "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}}),
            json!({"podManagementPolicy": "Parallel", "updateStrategy": {"type": "OnDelete"}}),
        ] {
            let reading = read(&tree("queue-old", "r/q:1"), &owner(&spec)).unwrap();
            assert_eq!(
                reading.headline(),
                "Pod queue-1 is still of older revision queue-old (image r/q:1); StatefulSet queue already asks for queue-new (image r/q:2)"
            );
            assert!(reading.remedy().ends_with("Delete Pod queue-1 by hand."));
        }
        // Without a label: by the image alone.
        assert!(read(&tree("", "r/q:1"), &owner(&json!({}))).is_some());
    }

    #[test]
    fn silent_of_the_newest_revision_and_where_a_rolling_update_goes_on() {
        let ordered = owner(&json!({}));
        assert!(read(&tree("queue-new", "r/q:2"), &ordered).is_none());
        // An injected image is no other revision.
        assert!(read(&tree("queue-new", "mesh/proxy:1"), &ordered).is_none());
        let parallel = owner(&json!({"podManagementPolicy": "Parallel"}));
        let partition = owner(&json!({"updateStrategy": {"rollingUpdate": {"partition": 2}}}));
        let unread = Manifest::default();
        for live in [parallel, partition, unread] {
            assert!(read(&tree("queue-old", "r/q:1"), &live).is_none());
        }
    }

    #[test]
    fn silent_for_the_pod_of_a_replica_set() {
        let tree: Tree = from_value(json!({"nodes": [
            {"group": "apps", "kind": "ReplicaSet", "namespace": "n", "name": "web", "uid": "r", "images": ["r/q:2"]},
            {"kind": "Pod", "namespace": "n", "name": "web-1", "uid": "p", "images": ["r/q:1"],
             "parentRefs": [{"group": "apps", "kind": "ReplicaSet", "namespace": "n", "name": "web", "uid": "r"}]}
        ]}))
        .unwrap();
        assert!(OlderRevision::owner(&View::of(&tree), 1).is_none());
    }
}
