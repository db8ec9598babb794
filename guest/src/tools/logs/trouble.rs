//! What the kubelet's and Argo CD's error texts mean, and what to do next.

use crate::{call::Call, redact::Text};

/// Most containers that are proposed.
const CONTAINERS_MAX: usize = 10;

/// The next step for an error, in our words.
pub(super) fn next(error: &Text, known: &[String], call: &Call) -> String {
    let has = |part: &str| error.contains(part);
    if has("container name must be specified") || has("is not valid for pod") {
        return choose(error, known, call);
    }
    if has("waiting to start") || has("PodInitializing") {
        return format!(
            "the container has not started, so it has no log. {} says why.",
            call.about("get_application_resource_tree", &[])
        );
    }
    if has("previous terminated container") {
        return "the container has not been restarted, so there is no previous log.".to_owned();
    }
    if has("not found") {
        return format!(
            "the Pod or its log is gone. {} names the Pods that there are.",
            call.about("get_application_resource_tree", &[])
        );
    }
    if has("permission denied") {
        return "reading logs is a right of its own in Argo CD (logs, get); ask for it.".to_owned();
    }
    if has("dial tcp") || has("no such host") || has("i/o timeout") {
        return "the destination cluster cannot be reached. list_clusters shows its connection."
            .to_owned();
    }
    format!(
        "{} shows the Pod's state.",
        call.about("get_application_resource_tree", &[])
    )
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
