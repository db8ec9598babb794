//! Explains error texts of the kubelet and Argo CD, and proposes the next step.

use crate::{call::Call, redact::Text};

/// Maximum number of containers that are proposed.
const CONTAINERS_MAX: usize = 10;

/// The next step for an error, in our words, if the client can take one.
pub(super) fn next(error: &Text, known: &[String], call: &Call) -> Option<String> {
    let has = |part: &str| error.contains(part);
    let tree = call.about("get_application_resource_tree", &[]);
    // The explanation, and what a call of the tree adds to it.
    let (said, says) = if has("container name must be specified") || has("is not valid for pod") {
        return Some(choose(error, known, call));
    } else if has("waiting to start") || has("PodInitializing") {
        (
            "the container has not started, so it has no log.",
            "says why",
        )
    } else if has("previous terminated container") {
        return Some(
            "the container has not been restarted, so there is no previous log.".to_owned(),
        );
    } else if has("not found") {
        ("the Pod or its log is gone.", "lists the existing Pods")
    } else if has("permission denied") {
        return Some(
            "Argo CD has a separate permission for logs (logs, get); ask for it.".to_owned(),
        );
    } else if has("dial tcp") || has("no such host") || has("i/o timeout") {
        let unreachable = "the destination cluster cannot be reached.";
        return Some(match call.other("list_clusters", &[]) {
            Some(_) => format!("{unreachable} list_clusters shows its connection."),
            None => unreachable.to_owned(),
        });
    } else {
        ("", "shows the Pod's state")
    };
    let says = tree.map(|tree| format!("{tree} {says}."));
    let both = [said, says.as_deref().unwrap_or_default()];
    let both = both.into_iter().filter(|part| !part.is_empty());
    Some(both.collect::<Vec<_>>().join(" ")).filter(|next| !next.is_empty())
}

/// The call for each container that the text names.
fn choose(error: &Text, known: &[String], call: &Call) -> String {
    let mut containers = containers(error);
    if containers.is_empty() {
        containers = known
            .iter()
            .map(String::as_str)
            .take(CONTAINERS_MAX)
            .collect();
    }
    if containers.is_empty() {
        return "name one of the Pod's containers.".to_owned();
    }
    let calls: Vec<String> = containers
        .into_iter()
        .map(|name| call.with(&[("container", Some(name.into())), ("cursor", None)]))
        .collect();
    format!("choose a container: {}", calls.join(" or "))
}

/// `… choose one of: [api envoy] or one of the init containers: [wait]`.
fn containers(error: &str) -> Vec<&str> {
    let lists = error
        .split('[')
        .skip(1)
        .filter_map(|rest| rest.split_once(']').map(|(list, _)| list));
    let is_name = |name: &&str| {
        name.bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    lists
        .flat_map(str::split_whitespace)
        .filter(is_name)
        .take(CONTAINERS_MAX)
        .collect()
}
