//! What stands around an object in the tree: its Pods, what it made, what is below it, who lacks what it
//! makes, and who is well without it.

use super::{
    evidence::{age, health},
    proven::Proven as _,
    readings::Maker,
};
use crate::{
    answer::{said, time::Clock, word},
    model::{judged, missing, suspect::View, tree::Node as TreeNode},
    redact::Node,
};

/// Maximum objects named that an object made, or that work although it does not.
const NAMED_MAX: usize = 4;

/// `2 of 2 Pods Healthy` below a node; `None` without Pods.
pub(super) fn pods(view: &View<'_>, at: usize) -> Option<String> {
    let pods = view.pods(at);
    let is_well = |pod: &&usize| &*view.nodes[**pod].health.status == "Healthy";
    let well = pods.iter().filter(is_well).count();
    (!pods.is_empty()).then(|| format!("{well} of {} Pods Healthy", pods.len()))
}

/// What the object made, and how that is which is below it.
pub(super) fn made(view: &View<'_>, at: usize, clock: Clock) -> Vec<String> {
    let mut below: Vec<usize> = view.children(at).to_vec();
    let mut lines = Vec::new();
    while let Some(child) = below.pop() {
        let node = &view.nodes[child];
        let title = format!("{} {}", word(&node.kind), word(&node.name));
        if is_data(node) {
            lines.push(format!("its {title} exists{}", age(node, clock)));
        } else if is_barren(view, child) {
            lines.push(format!("{title} has no Deployment or Pod below it"));
        } else if !matches!(&*node.kind, "Pod") && !node.health.status.is_empty() {
            let why = match (&*node.kind, &*node.health.status) {
                // Argo CD's only reason for it.
                ("Ingress", "Progressing") => {
                    ": it has no address, so its ingress class may have no controller"
                }
                _ => "",
            };
            let with = workload(view, child).map_or(String::new(), |with| format!(", with {with}"));
            lines.push(format!(
                "below it: {title} {}{with}{why}{}",
                health(node),
                said(&node.health.message)
            ));
            continue;
        }
        below.extend(view.children(child));
    }
    lines.truncate(NAMED_MAX);
    lines
}

/// When the first Secret or ConfigMap that the object owns was created.
pub(super) fn made_at<'a>(view: &'a View<'_>, at: usize) -> Option<&'a str> {
    let mut children = view.children(at).iter().map(|child| &view.nodes[*child]);
    let data = children.find(|node| is_data(node))?;
    Some(&data.created_at)
}

fn is_data(node: &TreeNode) -> bool {
    matches!(&*node.kind, "Secret" | "ConfigMap") && node.group.is_empty()
}

fn is_workload(node: &TreeNode) -> bool {
    matches!(&*node.kind, "Deployment" | "StatefulSet" | "DaemonSet")
}

/// `Deployment web (Healthy, 2 of 2 Pods Healthy)`: the first workload below a node.
fn workload(view: &View<'_>, at: usize) -> Option<String> {
    let mut below: Vec<usize> = view.children(at).to_vec();
    while let Some(child) = below.pop() {
        let node = &view.nodes[child];
        if is_workload(node) {
            let pods = pods(view, child).map_or(String::new(), |pods| format!(", {pods}"));
            return Some(format!(
                "{} {} ({}{pods})",
                word(&node.kind),
                word(&node.name),
                health(node)
            ));
        }
        below.extend(view.children(child));
    }
    None
}

/// Whether an object has nothing below it while another of its kind and owner has a workload.
fn is_barren(view: &View<'_>, at: usize) -> bool {
    let node = &view.nodes[at];
    let Some(owner) = view.owners(at).first().copied() else {
        return false;
    };
    let mut siblings = view.children(owner).iter();
    view.children(at).is_empty()
        && judged::has_own_group(&node.group)
        && siblings
            .any(|other| view.nodes[*other].kind == node.kind && workload(view, *other).is_some())
}

/// The Secret or ConfigMap that a Pod lacks and that this object makes: by its spec, or perhaps by its name.
pub(super) fn lacked(view: &View<'_>, node: &TreeNode, title: &str, live: &Node) -> Option<String> {
    let pods = view
        .nodes
        .iter()
        .filter(|pod| &*pod.kind == "Pod" && pod.namespace == node.namespace);
    let mut perhaps = None;
    for pod in pods {
        let Some(missing) = missing::named_in(&pod.health.message) else {
            continue;
        };
        let which = format!("which Pod {} lacks", word(&pod.name));
        if let Some(maker) = Maker::of(title, live, &missing) {
            return Some(format!("{}, {which}", maker.headline()));
        }
        // A spec that was read and names another one is no sign.
        let is_open = live.at(&["spec"]).is_none_or(Node::is_empty);
        let by = if missing::may_be_of(&missing, &node.name) {
            "by its name"
        } else if is_open && missing::is_made_by(&missing, &node.kind) {
            "by its kind"
        } else {
            continue;
        };
        let object = format!("{} {}", missing.kind, word(&missing.name));
        perhaps =
            perhaps.or_else(|| Some(format!("{title} may be what makes {object}, {which}: {by}")));
    }
    perhaps
}

/// Workloads that are well although another object is not.
pub(super) fn unhurt(view: &View<'_>) -> Option<String> {
    let mut well = Vec::new();
    for (at, node) in view.nodes.iter().enumerate() {
        let is_top = is_workload(node) && view.owners(at).is_empty();
        if is_top && &*node.health.status == "Healthy" {
            well.push(format!("{} {}", word(&node.kind), word(&node.name)));
        }
    }
    let (count, more) = (well.len(), well.len().saturating_sub(NAMED_MAX));
    well.truncate(NAMED_MAX);
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let are = if count == 1 { "is" } else { "are" };
    (count > 0).then(|| format!("{}{more} {are} Healthy", well.join(", ")))
}
