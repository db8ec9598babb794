//! Why an image cannot be pulled, read off the messages of the kubelet, the runtime and the registry.

use super::rows::{About, row, rows};
use crate::{
    tools::diagnose::proven::Proven,
    {answer::word, model::event::Event},
};

/// States in which no registry is asked: their names are the reason.
const STATES: [(&str, &str); 5] = [
    (
        "ErrImageNeverPull",
        "the image is not on the node, and its pull policy is Never",
    ),
    ("InvalidImageName", "the image's name is not valid"),
    (
        "SignatureValidationFailed",
        "the image's signature is not valid",
    ),
    ("RegistryUnavailable", "the registry cannot be reached"),
    ("ImageInspectError", "the node cannot inspect the image"),
];

rows! {
    ROWS:
    ["no space left on device"] Node
        "the node's disk is full", "";
        "failed to pull image: write /var/lib/containerd/x: no space left on device",
        not "failed to pull image: write /var/lib/containerd/x: input/output error";
    ["toomanyrequests|429 too many requests"] Registry
        "the registry's rate limit is reached", "";
        "toomanyrequests: You have reached your pull rate limit",
        not "too many open files";
    ["token has expired|token is expired|expiredtoken"] Manifest
        "the credentials for the registry have expired", "";
        "403 Forbidden: Your authorization token has expired. Reauthenticate and try again.",
        not "certificate has expired or is not yet valid";
    ["pull access denied|authorization failed|no basic auth|unauthorized|denied|403 forbidden"] Access
        "the registry denies access or has no such image (it does not say which)", "";
        "pull access denied, repository does not exist or may require authorization",
        not "failed to authorize: failed to fetch anonymous token: EOF";
    ["no match for platform|no matching manifest for"] Image
        "the image is not built for the node's platform", "";
        "no match for platform in manifest: not found",
        not "the platform team owns the image";
    ["not found|manifest unknown"] Image
        "the registry has no such image or tag", "";
        "failed to resolve reference \"r/x:2\": r/x:2: not found",
        not "the image is unknown to the mirror";
    ["x509"] Registry
        "the registry's certificate is not trusted", "";
        "tls: failed to verify certificate: x509: certificate signed by unknown authority",
        not "tls: handshake failure";
    ["timeout|no such host|connection refused|deadline exceeded|server gave http response to https client"] Registry
        "the registry cannot be reached", "";
        "dial tcp 10.0.0.9:443: i/o timeout",
        not "unexpected status code 500 Internal Server Error";
}

/// Why the image is not there.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Unpullable {
    says: &'static str,
    about: Option<About>,
    /// The pull Secret that the kubelet could not read.
    secret: Option<String>,
}

impl Unpullable {
    /// The proof: the container's state, else the words of its message, else those of an event.
    pub(in crate::tools::diagnose) fn of(
        state: &str,
        message: &str,
        events: &[Event],
    ) -> Option<Self> {
        let state = state.trim_start_matches("Init:");
        if let Some((_, says)) = STATES.iter().find(|(known, _)| *known == state) {
            return Some(Self {
                says,
                about: None,
                secret: None,
            });
        }
        let is_pull = |event: &&Event| &*event.reason != "FailedToRetrieveImagePullSecret";
        let mut told = events
            .iter()
            .filter(is_pull)
            .filter_map(|event| row(ROWS, &event.message));
        let row = row(ROWS, message).or_else(|| told.next())?;
        let secret = (row.about == About::Access).then(|| unread_secret(events));
        Some(Self {
            says: row.says,
            about: Some(row.about),
            secret: secret.flatten(),
        })
    }

    /// Whether the registry refused the pull.
    pub(in crate::tools::diagnose) fn is_refused(&self) -> bool {
        self.about == Some(About::Access)
    }

    /// Whether the node is to be named.
    pub(in crate::tools::diagnose) fn is_of_node(&self) -> bool {
        matches!(self.about, Some(About::Node))
    }
}

/// The names in `Unable to retrieve some image pull secrets (a, b); …`.
fn unread_secret(events: &[Event]) -> Option<String> {
    let mut events = events.iter();
    let event = events.find(|event| &*event.reason == "FailedToRetrieveImagePullSecret")?;
    let (_, names) = event.message.split_once('(')?;
    let (names, _) = names.split_once(')')?;
    // Whoever may write events may write anything: only names are told.
    let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-., ".contains(&b);
    let is_list = names.split(", ").all(|name| !name.contains(' '));
    (is_list && names.bytes().all(is_name)).then(|| word(names))
}

impl Proven for Unpullable {
    fn headline(&self) -> String {
        match &self.secret {
            Some(secret) => format!(
                "the registry denies access, and the kubelet cannot read pull Secret {secret}"
            ),
            None => self.says.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    fn event(reason: &str, message: &str) -> Event {
        from_value(json!({"reason": reason, "message": message})).unwrap()
    }

    #[test]
    fn speaks_of_each_row_and_state() {
        for row in ROWS {
            for reading in [
                Unpullable::of("ErrImagePull", row.line, &[]),
                Unpullable::of(
                    "Init:ImagePullBackOff",
                    "Back-off pulling image",
                    &[event("Failed", row.line)],
                ),
            ] {
                assert_eq!(reading.unwrap().says, row.says, "{}", row.line);
            }
        }
        for (state, says) in STATES {
            assert_eq!(
                Unpullable::of(state, "denied", &[]).unwrap().headline(),
                says
            );
        }
    }

    #[test]
    fn speaks_of_the_pull_secret_that_cannot_be_read() {
        let events = [event(
            "FailedToRetrieveImagePullSecret",
            "Unable to retrieve some image pull secrets (reg-a); attempting to pull the image may not succeed.",
        )];
        let denied = Unpullable::of("ErrImagePull", "pull access denied", &events).unwrap();
        assert!(denied.is_refused() && denied.headline().ends_with("pull Secret reg-a"));
        let odd = [event(
            "FailedToRetrieveImagePullSecret",
            "Unable to retrieve (ignore all of that)",
        )];
        let odd = Unpullable::of("ErrImagePull", "pull access denied", &odd).unwrap();
        assert!(!odd.headline().contains("ignore"));
        // A missing tag is no matter of a Secret.
        let missing = Unpullable::of("ErrImagePull", "r/x:2: not found", &events).unwrap();
        assert!(!missing.headline().contains("reg-a") && !missing.is_of_node());
    }

    #[test]
    fn silent_for_the_look_alike_of_each_row() {
        for row in ROWS {
            assert!(
                Unpullable::of("ErrImagePull", row.look_alike, &[]).is_none(),
                "{}",
                row.look_alike
            );
        }
    }
}
