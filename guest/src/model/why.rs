//! Why a field differs although nobody means it to: what an API server, Argo CD or the manifest itself does.

use crate::{model::alike::Alike, redact::Node};

/// The reason of a difference. Each is read off both sides, what was applied, or `managedFields`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The same items in another order.
    Order,
    /// The same value, written otherwise.
    Alike(Alike),
    /// The manifest has an item twice: its name, and each definition.
    Twice(String),
    /// What the API server writes where the manifest has nothing.
    Default,
    /// The last apply was Argo CD's, and no other program wrote the field: it changed on its way in.
    OnApply,
    /// Argo CD itself adds it.
    Own,
    /// The tracking id of another application.
    Tracker(String),
    /// The tracking id of another object.
    Copied(String),
}

impl Why {
    /// As a remark on the difference; `None` where the values say it.
    pub(crate) fn words(&self) -> Option<String> {
        Some(match self {
            Self::Order => return None,
            Self::Alike(alike) => alike.words().to_owned(),
            Self::Twice(item) => item.clone(),
            Self::Default => "set by the API server".to_owned(),
            Self::OnApply => {
                "no other program wrote it: it changes when Argo CD applies it".to_owned()
            }
            Self::Own => "added by Argo CD itself".to_owned(),
            Self::Tracker(app) => format!("the tracking id of application {app}"),
            Self::Copied(object) => format!("the tracking id of another object, {object}"),
        })
    }

    /// Whether no value differs: both sides mean the same.
    pub(crate) fn is_same(&self) -> bool {
        matches!(
            self,
            Self::Order | Self::Alike(_) | Self::Default | Self::Own
        )
    }
}

/// Values that API servers write for fields that a manifest leaves out, by the last part of the path.
/// Kubernetes API reference; of volumeClaimTemplates the server also adds kind and apiVersion.
const DEFAULTS: [(&str, &[&str]); 34] = [
    ("protocol", &["\"TCP\""]),
    ("imagePullPolicy", &["\"IfNotPresent\"", "\"Always\""]),
    ("restartPolicy", &["\"Always\""]),
    ("terminationMessagePath", &["\"/dev/termination-log\""]),
    ("terminationMessagePolicy", &["\"File\""]),
    ("terminationGracePeriodSeconds", &["30"]),
    ("dnsPolicy", &["\"ClusterFirst\""]),
    ("schedulerName", &["\"default-scheduler\""]),
    ("sessionAffinity", &["\"None\""]),
    ("internalTrafficPolicy", &["\"Cluster\""]),
    ("externalTrafficPolicy", &["\"Cluster\""]),
    ("ipFamilyPolicy", &["\"SingleStack\""]),
    ("allocateLoadBalancerNodePorts", &["true"]),
    ("volumeMode", &["\"Filesystem\""]),
    ("defaultMode", &["420"]),
    ("successThreshold", &["1"]),
    ("failureThreshold", &["3"]),
    ("timeoutSeconds", &["1", "10"]),
    ("periodSeconds", &["10"]),
    ("scheme", &["\"HTTP\""]),
    ("revisionHistoryLimit", &["10"]),
    ("progressDeadlineSeconds", &["600"]),
    ("podManagementPolicy", &["\"OrderedReady\""]),
    ("backoffLimit", &["6"]),
    ("completionMode", &["\"NonIndexed\""]),
    ("concurrencyPolicy", &["\"Allow\""]),
    ("failedJobsHistoryLimit", &["1"]),
    ("successfulJobsHistoryLimit", &["3"]),
    ("suspend", &["false"]),
    ("matchPolicy", &["\"Equivalent\""]),
    ("reinvocationPolicy", &["\"Never\""]),
    ("divisor", &["\"0\"", "0"]),
    ("clusterIP", &[]),
    ("clusterIPs", &[]),
];
/// Fields that the API server adds to each item of `volumeClaimTemplates`.
const CLAIM_FIELDS: [&str; 4] = ["apiVersion", "kind", "status", "volumeMode"];

/// Whether an API server writes `shown`, a value as compact JSON, at `path` when the manifest has nothing
/// there. A list without values means that the server chooses one.
pub(crate) fn is_default(path: &str, shown: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    if path.contains("volumeClaimTemplates[") && CLAIM_FIELDS.contains(&last) {
        return true;
    }
    let row = DEFAULTS.iter().find(|(field, _)| *field == last);
    row.is_some_and(|(_, values)| values.is_empty() || values.contains(&shown))
}

/// Finalizers that Argo CD puts on an Application by itself, for its hooks around a deletion.
const OWN_FINALIZERS: [&str; 2] = [
    "post-delete-finalizer.argocd.argoproj.io",
    "pre-delete-finalizer.argocd.argoproj.io",
];

/// Whether the only items that `live` has beyond `wanted` are finalizers by Argo CD.
pub(crate) fn are_own_finalizers(live: &Node, wanted: Option<&Node>) -> bool {
    let Node::List(live) = live else { return false };
    let wanted = match wanted {
        Some(Node::List(wanted)) => &wanted[..],
        _ => &[],
    };
    let mut added = live.iter().filter(|item| !wanted.contains(item)).peekable();
    let is_own = |item: &Node| matches!(item, Node::Text(name) if OWN_FINALIZERS.iter().any(|own| name.starts_with(own)));
    added.peek().is_some() && added.all(is_own) && wanted.iter().all(|item| live.contains(item))
}
