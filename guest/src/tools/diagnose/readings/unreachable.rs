//! A host that Argo CD cannot reach.

use crate::{
    answer::word,
    model::{
        application::Application,
        error::{Blocked, Component, Trouble},
    },
    tools::diagnose::proven::Proven,
};

/// A connection that failed: to what, which host, and how.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Unreachable {
    kind: String,
    what: Option<Component>,
    blocked: Blocked,
}

impl Unreachable {
    /// The proof: the message has the words of a failed connection. What is on the other side is said
    /// only if the frames or the application's own sources name it.
    pub(in crate::tools::diagnose) fn of(
        kind: &str,
        trouble: &Trouble,
        app: &Application,
    ) -> Option<Self> {
        let blocked = trouble.blocked()?;
        let what = trouble.component.or_else(|| of_source(&blocked.host, app));
        Some(Self {
            kind: kind.to_owned(),
            what,
            blocked,
        })
    }

    /// What cannot be reached, if that is known.
    pub(in crate::tools::diagnose) fn component(&self) -> Option<Component> {
        self.what
    }
}

impl Proven for Unreachable {
    fn headline(&self) -> String {
        let host = word(&self.blocked.host);
        let place = match (self.what, host.is_empty()) {
            (Some(Component::Cluster), _) => {
                let at = if host.is_empty() {
                    host
                } else {
                    format!(" at {host}")
                };
                return format!(
                    "{}: the destination cluster cannot be read: no connection to its API server{at}, {}",
                    self.kind,
                    self.blocked.how.words()
                );
            }
            (Some(Component::Source), false) => format!("{host}, which the source names"),
            (Some(what), false) => format!("{} {host}", what.noun()),
            (Some(what), true) => what.noun().to_owned(),
            (None, false) => host,
            (None, true) => "a host that the message does not name".to_owned(),
        };
        format!(
            "{}: Argo CD cannot reach {place}: {}",
            self.kind,
            self.blocked.how.words()
        )
    }
}

/// The kind of the application's source that has this host.
fn of_source(host: &str, app: &Application) -> Option<Component> {
    let host = host.split(':').next().filter(|host| !host.is_empty())?;
    let sources = app.spec.sources();
    let source = sources.iter().find(|source| {
        let url = source.repo_url.rsplit("://").next().unwrap_or_default();
        let url = url.rsplit('@').next().unwrap_or_default();
        url.split(['/', ':']).next() == Some(host)
    })?;
    Some(
        match (source.chart.is_empty(), source.repo_url.contains("://")) {
            (true, _) if source.repo_url.starts_with("oci://") => Component::Registry,
            (true, _) => Component::GitHost,
            (false, true) if !source.repo_url.starts_with("oci://") => Component::ChartRepository,
            (false, _) => Component::Registry,
        },
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;
    use crate::redact::Text;

    fn headline(message: &str) -> Option<String> {
        let app: Application = from_value(json!({"spec": {"sources": [
            {"repoURL": "https://git.example.com/a.git", "path": "a"},
            {"repoURL": "https://charts.example.com", "chart": "b"},
            {"repoURL": "registry.example.com/charts", "chart": "c"}
        ]}}))
        .unwrap();
        let trouble = Trouble::read(&Text::new(message), None);
        Unreachable::of("ComparisonError", &trouble, &app).map(|reading| reading.headline())
    }

    #[test]
    fn speaks_of_the_host_and_of_what_it_is_if_that_is_known() {
        let target = "Failed to load target state: failed to generate manifest for source 1 of 3: rpc error: code = Unknown desc = ";
        for (tail, says) in [
            (
                "dial tcp: lookup git.example.com on 10.0.0.10:53: no such host",
                "cannot reach the Git host git.example.com: its name does not resolve",
            ),
            (
                "Get \"https://charts.example.com/index.yaml\": context deadline exceeded",
                "cannot reach the chart repository charts.example.com: the connection times out",
            ),
            (
                "dial tcp: lookup registry.example.com on 10.0.0.10:53: i/o timeout",
                "cannot reach the registry registry.example.com",
            ),
            (
                "dial tcp: lookup elsewhere.example.com on 10.0.0.10:53: no such host",
                "cannot reach elsewhere.example.com: its name",
            ),
            (
                "failed to list refs: dial tcp 10.0.0.1:443: connect: connection refused",
                "cannot reach the Git host 10.0.0.1:443: the connection is refused",
            ),
        ] {
            let headline = headline(&format!("{target}{tail}")).unwrap();
            assert!(headline.contains(says), "{headline}");
        }
    }

    #[test]
    fn silent_where_no_connection_failed() {
        for message in [
            "Failed to load target state: overlays/connection: app path does not exist",
            "Failed to load target state: authentication required",
            "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = DeadlineExceeded desc = context deadline exceeded",
        ] {
            assert_eq!(headline(message), None);
        }
    }
}
