//! A metrics API of the cluster that does not answer.

use crate::tools::diagnose::proven::Proven;

/// What the API server says when the server behind an APIService does not answer.
const DOWN: &str = "the server is currently unable to handle the request";
/// The API groups that Kubernetes itself never serves: an APIService forwards each of them.
const GROUPS: [&str; 3] = [
    "external.metrics.k8s.io",
    "custom.metrics.k8s.io",
    "metrics.k8s.io",
];

/// An aggregated metrics API without an answer.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct MetricsApiDown {
    group: &'static str,
}

impl MetricsApiDown {
    /// The proof: the API server's own words, and the group in the request that it names after them.
    pub(in crate::tools::diagnose) fn of(message: &str) -> Option<Self> {
        let (_, request) = message.split_once(DOWN)?;
        let request = request.trim_start().strip_prefix("(get ")?;
        let (request, _) = request.split_once(')')?;
        let group = GROUPS.iter().find(|group| {
            let rest = request.strip_suffix(**group);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })?;
        Some(Self { group })
    }
}

impl Proven for MetricsApiDown {
    fn headline(&self) -> String {
        format!(
            "the metrics API {} of the cluster does not answer: look at its APIService and the server behind it, both outside this application",
            self.group
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_of_the_group_that_does_not_answer() {
        for (request, group) in [
            ("s0-x.external.metrics.k8s.io", "external.metrics.k8s.io"),
            ("pods.metrics.k8s.io", "API metrics.k8s.io"),
        ] {
            let message = format!("unable to fetch: {DOWN} (get {request})");
            let headline = MetricsApiDown::of(&message).unwrap().headline();
            assert!(headline.contains(group), "{headline}");
        }
    }

    #[test]
    fn silent_when_the_api_answers_or_is_another() {
        for message in [
            "no metrics returned from external metrics API external.metrics.k8s.io",
            "the server is currently unable to handle the request (get widgets.example.com)",
            "the server is currently unable to handle the request",
            "the server could not find the requested resource (get s0-x.external.metrics.k8s.io)",
        ] {
            assert!(MetricsApiDown::of(message).is_none(), "{message}");
        }
    }
}
