//! Images that cannot be had.

use super::{
    finding::{Finding, Rank},
    workload::{Evidence, waiting},
};
use crate::{
    answer::word,
    model::{pod, tree::Node as TreeNode},
};

/// The container waits for its image.
pub(super) fn image(name: &str, node: &TreeNode, evidence: &Evidence) -> Finding {
    let images: Vec<String> = node
        .images
        .iter()
        .take(3)
        .map(|image| image.line(200))
        .collect();
    let (container, message) = match waiting(evidence) {
        Some((container, _, message)) => {
            (format!(" of container {}", word(&container.name)), message)
        }
        None => (String::new(), node.health.message.clone()),
    };
    let texts: String = evidence
        .events
        .iter()
        .map(|event| event.message.to_string())
        .chain([message.to_string()])
        .collect();
    let state = node.fact("Status Reason").map_or("", |reason| &**reason);
    let why = why(state, &texts);
    let state = word(state);
    let mut finding =
        Finding::new(Rank::Workload, format!("{name} waits in {state}: {why}")).quoting(&message);
    let wanted = match pod::bad(evidence.pod()) {
        Some(container) if !container.image.is_empty() => vec![word(&container.image)],
        _ => images,
    };
    if !wanted.is_empty() {
        finding.add(format!("image{container}: {}", wanted.join(", ")));
    }
    let live = evidence.pod();
    if !live.is_empty()
        && why.starts_with("the registry refuses")
        && pod::items(live, &["spec", "imagePullSecrets"]).is_empty()
    {
        finding.add("The Pod names no imagePullSecrets.");
    }
    match live.is_empty() {
        true => finding,
        false => finding.with("The container has not started, so it has no log."),
    }
}

/// What the registry, the kubelet or the container runtime says, in words.
fn why(state: &str, texts: &str) -> &'static str {
    let has = |part: &str| texts.contains(part);
    // What never asks a registry comes first: its texts are the kubelet's own.
    match state.trim_start_matches("Init:") {
        "ErrImageNeverPull" => {
            return "the image is not on the node, and its pull policy is Never";
        }
        "InvalidImageName" => return "the image's name is not valid",
        "SignatureValidationFailed" => return "the image's signature is not valid",
        "RegistryUnavailable" => return "the registry cannot be reached",
        "ImageInspectError" => return "the node cannot inspect the image",
        _ => {}
    }
    if has("no space left on device") {
        "the node's disk is full"
    } else if has("toomanyrequests") || has("429 Too Many Requests") {
        "the registry's rate limit is reached"
    } else if has("pull access denied")
        || has("authorization failed")
        || has("no basic auth")
        || has("nauthorized")
        || has("denied")
        || has("403 Forbidden")
    {
        "the registry refuses access, or the image does not exist: it does not say which"
    } else if has("no match for platform") {
        "the image is not built for the node's platform"
    } else if has("not found") || has("manifest unknown") {
        "the registry has no such image or tag"
    } else if has("x509") {
        "the registry's certificate is not trusted"
    } else if has("timeout")
        || has("no such host")
        || has("connection refused")
        || has("deadline exceeded")
        || has("server gave HTTP response to HTTPS client")
    {
        "the registry cannot be reached"
    } else {
        "the image cannot be pulled"
    }
}
