//! A workload that fails because another one of the application does not run.

use crate::{
    tools::diagnose::proven::Proven,
    {
        answer::word,
        model::{services, suspect::View},
        redact::Text,
    },
};

/// Words of a failed connection, in lower case.
const FAILED: [&str; 13] = [
    "refused",
    "timed out",
    "timeout",
    "no route",
    "unreachable",
    "no such host",
    "not known",
    "could not connect",
    "cannot connect",
    "can't connect",
    "unavailable",
    "no healthy upstream",
    "reset by peer",
];

/// A log line or event of one workload that names a Service of which no Pod is healthy.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Downstream {
    service: String,
    /// A Pod of that Service.
    pod: usize,
    pod_name: String,
}

impl Downstream {
    /// The proof: one of the texts of the Pod at `of` says that a connection failed and names a Service of
    /// the tree, and all Pods of that Service are unhealthy and are not the Pod's own.
    pub(in crate::tools::diagnose) fn of<'t>(
        view: &View<'_>,
        of: usize,
        texts: impl Iterator<Item = &'t str>,
    ) -> Option<Self> {
        let own = view.owners(of).last().copied();
        let fails = |text: &&str| {
            let lower = text.to_ascii_lowercase();
            FAILED.iter().any(|word| lower.contains(word))
        };
        for text in texts.filter(fails) {
            for service in services::named_in(text, view) {
                let pods = services::backing(view, service);
                let is_bad = |pod: &usize| {
                    &*view.nodes[*pod].health.status != "Healthy"
                        && view.owners(*pod).last().copied() != own
                };
                if let Some(pod) = pods.first().filter(|_| pods.iter().all(is_bad)) {
                    return Some(Self {
                        service: word(&view.nodes[service].name),
                        pod: *pod,
                        pod_name: word(&view.nodes[*pod].name),
                    });
                }
            }
        }
        None
    }

    /// A Pod of the workload that it waits for.
    pub(in crate::tools::diagnose) fn upstream(&self) -> usize {
        self.pod
    }
}

impl Proven for Downstream {
    fn headline(&self) -> String {
        format!(
            "a consequence of Pod {}: its log or events name Service {}, which has no healthy Pod",
            self.pod_name, self.service
        )
    }
}

/// The texts that can name it: the log's lines and the events' messages.
pub(in crate::tools::diagnose) fn texts<'e>(
    log: Option<&'e crate::model::log::Stream>,
    events: &'e [crate::model::event::Event],
) -> impl Iterator<Item = &'e str> {
    let lines = log.into_iter().flat_map(|log| &log.lines);
    let lines = lines.map(|line| line.content.as_str());
    lines.chain(events.iter().map(|event| -> &str {
        let text: &Text = &event.message;
        text
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;
    use crate::model::tree::Tree;

    fn tree(health: &str) -> Tree {
        let parent = |kind: &str, name: &str| json!([{"group": "apps", "kind": kind, "namespace": "n", "name": name, "uid": name}]);
        from_value(json!({"nodes": [
            {"kind": "Service", "namespace": "n", "name": "ledger", "uid": "svc", "networkingInfo": {"targetLabels": {"app": "db"}}},
            {"group": "apps", "kind": "StatefulSet", "namespace": "n", "name": "store", "uid": "store"},
            {"kind": "Pod", "namespace": "n", "name": "store-0", "uid": "p0", "parentRefs": parent("StatefulSet", "store"),
             "networkingInfo": {"labels": {"app": "db"}}, "health": {"status": health}},
            {"group": "apps", "kind": "StatefulSet", "namespace": "n", "name": "api", "uid": "api"},
            {"kind": "Pod", "namespace": "n", "name": "api-0", "uid": "p1", "parentRefs": parent("StatefulSet", "api"),
             "networkingInfo": {"labels": {"app": "api"}}, "health": {"status": "Degraded"}}
        ]}))
        .unwrap()
    }

    fn read(tree: &Tree, of: usize, text: &str) -> Option<Downstream> {
        Downstream::of(&View::of(tree), of, [text].into_iter())
    }

    #[test]
    fn speaks_of_a_refused_connection_to_a_service_without_a_healthy_pod() {
        let reading = read(
            &tree("Degraded"),
            4,
            "dial tcp ledger:5432: connection refused",
        )
        .unwrap();
        assert_eq!(reading.upstream(), 2);
        assert!(
            reading.headline().contains("Pod store-0")
                && reading.headline().contains("Service ledger")
        );
    }

    #[test]
    fn silent_when_the_service_runs_or_is_its_own_or_the_line_says_no_failure() {
        let refused = "dial tcp ledger:5432: connection refused";
        assert!(read(&tree("Healthy"), 4, refused).is_none());
        assert!(read(&tree("Degraded"), 2, refused).is_none());
        assert!(read(&tree("Degraded"), 4, "connected to ledger:5432").is_none());
        assert!(
            read(
                &tree("Degraded"),
                4,
                "dial tcp vault:8200: connection refused"
            )
            .is_none()
        );
    }
}
