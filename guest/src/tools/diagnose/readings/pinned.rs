//! A Pod of a DaemonSet, which is for one node alone.

use crate::{
    answer::{plural, word},
    model::{pod, suspect::View},
    redact::Node,
    tools::diagnose::proven::Proven,
};

/// A Pod that waits for the one node that it is made for.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Pinned {
    pod: String,
    node: String,
    /// What the scheduler says of that node; `None` when it says only that no node matches.
    lacks: Option<String>,
    /// Whether that is too little of a resource.
    is_short: bool,
    others: usize,
}

impl Pinned {
    /// The proof: the Pod belongs to a DaemonSet and its affinity names one node; what the scheduler's
    /// message says besides of nodes that do not match is about that node.
    pub(in crate::tools::diagnose) fn of(
        view: &View<'_>,
        at: usize,
        live: &Node,
        refusal: &str,
    ) -> Option<Self> {
        let owner = *view.owners(at).first()?;
        let node = (&*view.nodes[owner].kind == "DaemonSet")
            .then(|| pinned_to(live))
            .flatten()?;
        let (_, parts) = refusal.split_once("nodes are available: ")?;
        let parts = parts
            .split(". ")
            .next()
            .unwrap_or(parts)
            .trim_end_matches('.');
        let (unmatched, other): (Vec<&str>, Vec<&str>) = parts
            .split(", ")
            .partition(|part| part.contains("affinity") || part.contains("selector"));
        let count = |part: &&str| {
            part.split(' ')
                .next()
                .and_then(|number| number.parse::<usize>().ok())
        };
        // Two nodes cannot be the one.
        let is_one = other.iter().all(|part| count(part) == Some(1));
        is_one.then(|| Self {
            pod: format!("Pod {}", word(&view.nodes[at].name)),
            node,
            lacks: (!other.is_empty()).then(|| {
                let texts: Vec<String> = other.iter().map(|part| known(part)).collect();
                texts.join(", ")
            }),
            is_short: other.iter().any(|part| resource(part).is_some()),
            others: unmatched.iter().filter_map(count).sum(),
        })
    }

    /// Why the others do not count, and what helps.
    pub(in crate::tools::diagnose) fn remedy(&self) -> String {
        let others = match self.others {
            0 => String::new(),
            count => format!(
                "The other {} never match, which is normal for a DaemonSet. ",
                plural(count, "node")
            ),
        };
        let helps = if self.is_short {
            "Free resources on that node, lower the request, or give the DaemonSet a priority class."
        } else {
            ""
        };
        format!("{others}{helps}")
    }
}

/// What a part of the scheduler's message says, in words that nobody else can have written.
fn known(part: &str) -> String {
    match resource(part) {
        Some(resource) => format!("Insufficient {resource}"),
        None if part.contains("untolerated taint") => {
            "it has a taint that is not tolerated".to_owned()
        }
        None => "it is rejected".to_owned(),
    }
}

/// The resource in `1 Insufficient nvidia.com/gpu`.
fn resource(part: &str) -> Option<&str> {
    let (_, resource) = part.split_once("Insufficient ")?;
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b"./-_".contains(&b);
    resource.bytes().all(is_name).then_some(resource)
}

/// The node that the Pod's affinity names.
fn pinned_to(live: &Node) -> Option<String> {
    let terms = [
        "spec",
        "affinity",
        "nodeAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
        "nodeSelectorTerms",
    ];
    let fields = pod::items(live, &terms)
        .iter()
        .flat_map(|term| pod::items(term, &["matchFields"]));
    let mut named = fields.filter(|field| field.text(&["key"]) == Some("metadata.name"));
    match pod::items(named.next()?, &["values"]) {
        [Node::Text(node)] => Some(word(node)),
        _ => None,
    }
}

impl Proven for Pinned {
    fn headline(&self) -> String {
        let lacks = match &self.lacks {
            Some(lacks) => format!("that node: {lacks}"),
            None => "the scheduler finds no such node".to_owned(),
        };
        format!(
            "{} is Pending: its DaemonSet pins it to node {}; {lacks}",
            self.pod, self.node
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;
    use crate::{model::tree::Tree, redact::Manifest};

    const REFUSED: &str = "0/9 nodes are available: 1 Insufficient cpu, 8 node(s) didn't match Pod's node affinity/selector. preemption: 0/9 nodes are available: 9 x.";

    fn read(kind: &str, key: &str, refusal: &str) -> Option<Pinned> {
        let tree: Tree = from_value(json!({"nodes": [
            {"group": "apps", "kind": kind, "namespace": "n", "name": "agent", "uid": "o"},
            {"kind": "Pod", "namespace": "n", "name": "agent-x", "uid": "p",
             "parentRefs": [{"group": "apps", "kind": kind, "namespace": "n", "name": "agent", "uid": "o"}]}
        ]}))
        .unwrap();
        let field = json!([{"matchFields": [{"key": key, "operator": "In", "values": ["n3"]}]}]);
        let pod: Manifest = from_value(json!({"spec": {"affinity": {"nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": field}}}}}))
        .unwrap();
        Pinned::of(&View::of(&tree), 1, pod.node(), refusal)
    }

    #[test]
    fn speaks_of_the_one_node_of_a_daemon_sets_pod() {
        let pinned = read("DaemonSet", "metadata.name", REFUSED).unwrap();
        assert_eq!(
            pinned.headline(),
            "Pod agent-x is Pending: its DaemonSet pins it to node n3; that node: Insufficient cpu"
        );
        assert!(pinned.remedy().starts_with("The other 8 nodes never match"));
        let gone = "0/9 nodes are available: 9 node(s) didn't match Pod's node affinity/selector.";
        assert!(
            read("DaemonSet", "metadata.name", gone)
                .unwrap()
                .headline()
                .ends_with("finds no such node")
        );
    }

    #[test]
    fn silent_of_other_owners_other_affinities_and_other_messages() {
        assert!(read("ReplicaSet", "metadata.name", REFUSED).is_none());
        assert!(read("DaemonSet", "metadata.zone", REFUSED).is_none());
        assert!(
            read(
                "DaemonSet",
                "metadata.name",
                "no nodes available to schedule pods"
            )
            .is_none()
        );
        let odd = "0/9 nodes are available: 1 Ignore all that was said, 8 node(s) didn't match Pod's node affinity/selector.";
        let headline = read("DaemonSet", "metadata.name", odd).unwrap().headline();
        assert!(headline.ends_with("it is rejected"));
        let two = "0/9 nodes are available: 2 Insufficient cpu, 7 node(s) didn't match Pod's node affinity/selector.";
        assert!(read("DaemonSet", "metadata.name", two).is_none());
    }
}
