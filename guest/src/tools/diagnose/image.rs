//! Images that cannot be pulled.

use super::{
    evidence::{Evidence, waiting},
    finding::{Finding, Rank},
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
    let trouble = Trouble::read(state, &texts);
    let (state, why) = (word(state), trouble.words());
    let mut finding =
        Finding::observed(Rank::Workload, format!("{name} is in {state}: {why}")).quoting(&message);
    let wanted = match pod::bad(evidence.pod()) {
        Some(container) if !container.image.is_empty() => vec![word(&container.image)],
        _ => images,
    };
    if !wanted.is_empty() {
        finding.add(format!("image{container}: {}", wanted.join(", ")));
    }
    let live = evidence.pod();
    if !live.is_empty()
        && trouble == Trouble::Refused
        && pod::items(live, &["spec", "imagePullSecrets"]).is_empty()
    {
        finding.add("The Pod has no imagePullSecrets.");
    }
    if live.is_empty() {
        return finding;
    }
    finding.with("The container has not started, so it has no log.")
}

/// Why an image cannot be pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    NeverPulled,
    InvalidName,
    InvalidSignature,
    NotInspected,
    FullDisk,
    RateLimit,
    Refused,
    OtherPlatform,
    Unknown,
    Certificate,
    Unreachable,
    NotSaid,
}

impl Trouble {
    /// Reads the message of the registry, the kubelet or the container runtime.
    fn read(state: &str, texts: &str) -> Self {
        let has = |part: &str| texts.contains(part);
        // First the states in which no registry is asked: these messages are the kubelet's own.
        match state.trim_start_matches("Init:") {
            "ErrImageNeverPull" => return Self::NeverPulled,
            "InvalidImageName" => return Self::InvalidName,
            "SignatureValidationFailed" => return Self::InvalidSignature,
            "RegistryUnavailable" => return Self::Unreachable,
            "ImageInspectError" => return Self::NotInspected,
            _ => {}
        }
        if has("no space left on device") {
            Self::FullDisk
        } else if has("toomanyrequests") || has("429 Too Many Requests") {
            Self::RateLimit
        } else if has("pull access denied")
            || has("authorization failed")
            || has("no basic auth")
            || has("nauthorized")
            || has("denied")
            || has("403 Forbidden")
        {
            Self::Refused
        } else if has("no match for platform") {
            Self::OtherPlatform
        } else if has("not found") || has("manifest unknown") {
            Self::Unknown
        } else if has("x509") {
            Self::Certificate
        } else if has("timeout")
            || has("no such host")
            || has("connection refused")
            || has("deadline exceeded")
            || has("server gave HTTP response to HTTPS client")
        {
            Self::Unreachable
        } else {
            Self::NotSaid
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::NeverPulled => "the image is not on the node, and its pull policy is Never",
            Self::InvalidName => "the image's name is not valid",
            Self::InvalidSignature => "the image's signature is not valid",
            Self::NotInspected => "the node cannot inspect the image",
            Self::FullDisk => "the node's disk is full",
            Self::RateLimit => "the registry's rate limit is reached",
            Self::Refused => {
                "the registry denies access or has no such image (it does not say which)"
            }
            Self::OtherPlatform => "the image is not built for the node's platform",
            Self::Unknown => "the registry has no such image or tag",
            Self::Certificate => "the registry's certificate is not trusted",
            Self::Unreachable => "the registry cannot be reached",
            Self::NotSaid => "the image cannot be pulled",
        }
    }
}
