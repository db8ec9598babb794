//! A new Pod that finds its volume locked by the Pod that it is to replace.

use crate::{
    answer::{time, word},
    model::pod::items,
    redact::Node,
    tools::diagnose::proven::Proven,
};

/// Words of a lock that another process holds, in lower case.
const LOCK: [&str; 6] = [
    "lock",
    "locked",
    "lockfile",
    "flock",
    "lockfailed",
    "locking",
];
/// Phrases of a volume or directory that is in use, in lower case.
const IN_USE: [&str; 4] = [
    "multi-attach",
    "already in use",
    "another instance",
    "is being used by",
];

/// Two Pods of one workload that need the same volume alone.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct SharedClaim {
    old: String,
    claim: String,
}

impl SharedClaim {
    /// Whether a line speaks of a lock, or of a volume in use.
    pub(in crate::tools::diagnose) fn is_told_by(line: &str) -> bool {
        let lower = line.to_ascii_lowercase();
        let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
        IN_USE.iter().any(|phrase| lower.contains(phrase)) || words.any(|word| LOCK.contains(&word))
    }

    /// The proof: the older Pod runs and is not on its way out, and both mount the same claim. That
    /// the new one's failure is a lock is for the caller to see by [`Self::is_told_by`].
    pub(in crate::tools::diagnose) fn of(new: &Node, old: &Node) -> Option<Self> {
        let created = |pod: &Node| time::seconds(pod.text(&["metadata", "creationTimestamp"])?);
        let is_older = created(old)? < created(new)?;
        let is_leaving = old.text(&["metadata", "deletionTimestamp"]).is_some();
        let runs = old.text(&["status", "phase"]) == Some("Running");
        let theirs = claims(old);
        let claim = claims(new)
            .into_iter()
            .find(|claim| theirs.contains(claim))?;
        (is_older && runs && !is_leaving).then(|| Self {
            old: word(old.text(&["metadata", "name"]).unwrap_or_default()),
            claim: word(claim),
        })
    }
}

/// The names of the claims that a Pod mounts.
pub(in crate::tools::diagnose) fn claims(pod: &Node) -> Vec<&str> {
    let volumes = items(pod, &["spec", "volumes"]).iter();
    volumes
        .filter_map(|volume| volume.text(&["persistentVolumeClaim", "claimName"]))
        .collect()
}

impl Proven for SharedClaim {
    fn headline(&self) -> String {
        format!(
            "the old Pod {} still runs with the same claim {}, and a rolling update keeps it until the new Pod is Ready: a deadlock",
            self.old, self.claim
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;
    use crate::redact::Manifest;

    fn pod(name: &str, created: &str, claim: &str, more: Value) -> Manifest {
        let mut pod = json!({
            "metadata": {"name": name, "creationTimestamp": created},
            "spec": {"volumes": [{"persistentVolumeClaim": {"claimName": claim}}]},
            "status": {"phase": "Running"}
        });
        if let (Some(pod), Value::Object(more)) = (pod.as_object_mut(), more) {
            pod.extend(more);
        }
        from_value(pod).unwrap()
    }

    fn reading(created: &str, claim: &str, more: Value) -> Option<SharedClaim> {
        let new = pod("db-2", "2026-09-01T10:00:00Z", "data", json!({}));
        let old = pod("db-1", created, claim, more);
        SharedClaim::of(new.node(), old.node())
    }

    #[test]
    fn speaks_of_the_older_pod_on_the_same_claim() {
        let found = reading("2026-08-01T10:00:00Z", "data", json!({})).unwrap();
        assert!(
            found
                .headline()
                .contains("db-1 still runs with the same claim data")
        );
        for line in [
            "cannot lock DB directory",
            "Multi-Attach error for volume",
            "database is LOCKED",
        ] {
            assert!(SharedClaim::is_told_by(line), "{line}");
        }
    }

    #[test]
    fn silent_about_other_claims_pods_that_go_and_other_words() {
        assert!(reading("2026-08-01T10:00:00Z", "other", json!({})).is_none());
        assert!(reading("2026-09-02T10:00:00Z", "data", json!({})).is_none());
        let leaves = json!({"metadata": {"creationTimestamp": "2026-08-01T10:00:00Z", "deletionTimestamp": "2026-09-01T10:00:00Z"}});
        assert!(reading("2026-08-01T10:00:00Z", "data", leaves).is_none());
        let ended = json!({"status": {"phase": "Succeeded"}});
        assert!(reading("2026-08-01T10:00:00Z", "data", ended).is_none());
        for line in [
            "invalid block size",
            "clock skew",
            "request blocked",
            "unlocked",
        ] {
            assert!(!SharedClaim::is_told_by(line), "{line}");
        }
    }
}
