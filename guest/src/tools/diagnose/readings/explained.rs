//! A failure whose words are those of a known reason.

use crate::{
    answer::word,
    model::{
        application::Application,
        error::{Look, Reason, Trouble},
    },
    tools::diagnose::proven::Proven,
};

/// The reason of a condition, by the table of reasons.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Explained {
    kind: String,
    reason: &'static Reason,
    subject: String,
}

impl Explained {
    /// The proof: the parsed message fits a row of the table in its stage and component.
    pub(in crate::tools::diagnose) fn of(
        kind: &str,
        trouble: &Trouble,
        app: &Application,
    ) -> Option<Self> {
        let reason = trouble.known()?;
        let subject = if reason.look == Look::Path {
            missing_path(trouble, app)
        } else {
            word(&trouble.subject)
        };
        Some(Self {
            kind: kind.to_owned(),
            reason,
            subject,
        })
    }

    /// What else of Argo CD's API says more.
    pub(in crate::tools::diagnose) fn look(&self) -> Look {
        self.reason.look
    }

    /// What helps with the application's settings; empty when nothing is known to.
    pub(in crate::tools::diagnose) fn remedy(&self, app: &Application) -> &'static str {
        self.reason.remedy.of(app)
    }
}

impl Proven for Explained {
    fn headline(&self) -> String {
        format!("{}: {}", self.kind, self.reason.says(&self.subject))
    }
}

/// ` PATH does not exist in URL`: the source whose path the message names, or the first one.
fn missing_path(trouble: &Trouble, app: &Application) -> String {
    let path = trouble.reason.split(": ").next().unwrap_or_default();
    let sources = app.spec.sources();
    let named = sources.iter().find(|source| *source.path == *path);
    let place = named.or(sources.first()).map(|source| {
        format!(
            " {} does not exist in {}",
            source.path.line(120),
            source.repo_url.line(160)
        )
    });
    place.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;
    use crate::redact::Text;

    fn headline(message: &str) -> Option<String> {
        let app: Application = from_value(json!({"spec": {"sources": [
            {"repoURL": "https://git.example.com/a", "path": "base"},
            {"repoURL": "https://git.example.com/b", "path": "overlays/prd"}
        ]}}))
        .unwrap();
        let trouble = Trouble::read(&Text::new(message), None);
        let explained = Explained::of("ComparisonError", &trouble, &app);
        explained.map(|explained| explained.headline())
    }

    #[test]
    fn speaks_of_a_known_reason_and_its_subject() {
        for (message, says) in [
            (
                "Failed to load target state: overlays/prd: app path does not exist",
                "ComparisonError: the source path overlays/prd does not exist in https://git.example.com/b; the repository itself is readable",
            ),
            (
                "Failed to load live state: failed to get cluster info for \"https://a\": error synchronizing cache state : conversion webhook for example.io/v1, Kind=Cart failed: Post \"https://x\": EOF",
                "the conversion webhook for example.io/v1, Kind=Cart fails",
            ),
        ] {
            let headline = headline(message).unwrap();
            assert!(headline.contains(says), "{headline}");
        }
    }

    #[test]
    fn silent_about_what_no_row_knows() {
        for message in [
            "Failed to load target state: the moon is full",
            "Failed to load target state: docs/app path does not exist.md: is a directory",
            "",
        ] {
            assert_eq!(headline(message), None);
        }
    }
}
