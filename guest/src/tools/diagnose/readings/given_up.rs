//! A revision that automated sync tried and does not try again.

use crate::{
    answer::revision, model::application::Application, redact::Text,
    tools::diagnose::proven::Proven,
};

/// What automated sync failed with: the revision that Git asks for now, or another one.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct GivenUp {
    /// The revisions that were tried; empty when it is the one of now.
    before: String,
}

/// What stands before the revisions: up to Argo CD 2.14, and since.
const STARTS: [&str; 2] = ["Failed last sync attempt to ", "Failed sync attempt to "];

impl GivenUp {
    /// The proof: the message begins with a failed attempt and its revisions, and the comparison knows
    /// those of now. Brackets further on in the message are the error's own.
    pub(in crate::tools::diagnose) fn of(app: &Application, message: &str) -> Option<Self> {
        let rest = STARTS
            .iter()
            .find_map(|start| message.strip_prefix(start))?;
        let tried = match rest.strip_prefix('[') {
            Some(rest) => rest.split_once("]: ")?.0,
            None => rest.split_once(": ")?.0,
        };
        let tried: Vec<&str> = tried
            .split([' ', ','])
            .filter(|revision| !revision.is_empty())
            .collect();
        let now = app.status.sync.revisions();
        let is_known = !tried.is_empty() && now.len() == tried.len();
        let is_same = |(tried, now): (&&str, &Text)| now.starts_with(tried);
        if !is_known || now.iter().any(|now| now.is_empty()) {
            return None;
        }
        let is_now = tried.iter().zip(now).all(is_same);
        let before: Vec<String> = tried.iter().map(|tried| revision(tried)).collect();
        Some(Self {
            before: if is_now {
                String::new()
            } else {
                before.join(" + ")
            },
        })
    }
}

impl Proven for GivenUp {
    fn headline(&self) -> String {
        if self.before.is_empty() {
            "automated sync does not retry this revision: it needs a new commit, a source change or a manual sync".to_owned()
        } else {
            format!(
                "automated sync gave up on an older revision, {}; Git now has another one, which it tries unless something else blocks it",
                self.before
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    fn headline(now: &[&str], message: &str) -> Option<String> {
        let app: Application = from_value(json!({"status": {"sync": {"revisions": now}}})).unwrap();
        GivenUp::of(&app, message).map(|reading| reading.headline())
    }

    #[test]
    fn speaks_of_the_revision_at_the_start_of_the_message() {
        let now = ["1111111111111111111111111111111111111111"];
        for message in [
            "Failed last sync attempt to [1111111111111111111111111111111111111111]: one or more objects failed to apply",
            "Failed sync attempt to 1111111111111111111111111111111111111111: one or more objects failed to apply",
            "Failed sync attempt to 1111111: conflict at containers[name=\"api\"] and []core.Volume",
        ] {
            let headline = headline(&now, message).unwrap();
            assert!(headline.contains("this revision"), "{message}: {headline}");
        }
        let other = headline(&now, "Failed sync attempt to 2222222: x").unwrap();
        assert!(other.contains("an older revision, 2222222"), "{other}");
        let both = ["1111111", "3333333"];
        let one = headline(&both, "Failed last sync attempt to [1111111 2222222]: x").unwrap();
        assert!(one.contains("older revision, 1111111 + 2222222"), "{one}");
    }

    #[test]
    fn silent_without_the_revisions_of_both() {
        let now = ["1111111"];
        for message in [
            "Failed last sync attempt to []: x",
            "Failed last sync attempt: containers[name=\"api\"]: x",
            "Skipping sync attempt to [2222222]: auto-sync will wipe out all resources",
            "error at [2222222]: Failed last sync attempt to nothing",
        ] {
            assert_eq!(headline(&now, message), None, "{message}");
        }
        assert_eq!(
            headline(&[""], "Failed last sync attempt to [2222222]: x"),
            None
        );
    }
}
