//! Kinds as people write them: in any case, plural, short as kubectl takes them, with a group.

use serde_json::{Map, Value};

use crate::{call::input::Argument, redact::capped};

/// Short names of kinds: those of Kubernetes itself, of Argo CD and of operators that many clusters run.
/// Source: `kubectl api-resources` and the custom resource definitions of each project.
const SHORT: &[(&str, &str)] = &[
    ("app", "application"),
    ("apps", "application"),
    ("appset", "applicationset"),
    ("appsets", "applicationset"),
    ("appproj", "appproject"),
    ("appprojs", "appproject"),
    ("cert", "certificate"),
    ("certs", "certificate"),
    ("cj", "cronjob"),
    ("cm", "configmap"),
    ("cr", "certificaterequest"),
    ("crd", "customresourcedefinition"),
    ("crds", "customresourcedefinition"),
    ("cs", "componentstatus"),
    ("csr", "certificatesigningrequest"),
    ("deploy", "deployment"),
    ("dr", "destinationrule"),
    ("ds", "daemonset"),
    ("ep", "endpoints"),
    ("es", "externalsecret"),
    ("ev", "event"),
    ("gtw", "gateway"),
    ("gw", "gateway"),
    ("hpa", "horizontalpodautoscaler"),
    ("ing", "ingress"),
    ("limits", "limitrange"),
    ("netpol", "networkpolicy"),
    ("no", "node"),
    ("ns", "namespace"),
    ("pc", "priorityclass"),
    ("pdb", "poddisruptionbudget"),
    ("pmon", "podmonitor"),
    ("po", "pod"),
    ("prom", "prometheus"),
    ("promrule", "prometheusrule"),
    ("pv", "persistentvolume"),
    ("pvc", "persistentvolumeclaim"),
    ("quota", "resourcequota"),
    ("rc", "replicationcontroller"),
    ("ro", "rollout"),
    ("rs", "replicaset"),
    ("sa", "serviceaccount"),
    ("sc", "storageclass"),
    ("smon", "servicemonitor"),
    ("so", "scaledobject"),
    ("ss", "secretstore"),
    ("sts", "statefulset"),
    ("svc", "service"),
    ("vpa", "verticalpodautoscaler"),
    ("vs", "virtualservice"),
];
/// Kinds of Kubernetes itself, spelled as the API spells them: what Argo CD can be asked for by exact kind.
const EXACT: &[&str] = &[
    "ConfigMap",
    "CronJob",
    "DaemonSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "Ingress",
    "Job",
    "NetworkPolicy",
    "PersistentVolumeClaim",
    "Pod",
    "PodDisruptionBudget",
    "ReplicaSet",
    "Role",
    "RoleBinding",
    "Secret",
    "Service",
    "ServiceAccount",
    "StatefulSet",
];
/// What a caller writes for the core group, which has no name.
pub(crate) const CORE: &str = "core";
/// Longest kind with its group, in bytes: a label and a subdomain (Kubernetes).
const KIND_BYTES: usize = 63 + 1 + 253;

/// A kind that is asked for: `Deployment`, `deployments`, `deploy`, `deployment.apps`.
#[derive(Clone, Debug)]
pub(crate) struct KindWord {
    written: String,
    /// In lower case, a short name as it was written.
    word: String,
    group: Option<String>,
}

impl KindWord {
    /// Parses what a caller wrote.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (kind, group) = match text.split_once('.') {
            Some((kind, group)) => (kind, Some(group.to_ascii_lowercase())),
            None => (text, None),
        };
        let word = kind.to_ascii_lowercase().replace(['-', '_', ' '], "");
        let is_kind = word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.bytes().all(|b| b.is_ascii_alphanumeric());
        let is_group = group.as_ref().is_none_or(|group| {
            let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
            !group.is_empty() && group.bytes().all(is_plain)
        });
        if !is_kind || !is_group || text.len() > KIND_BYTES {
            return Err(format!(
                "cannot be {:?}: write a kind as Deployment, deploy or deployments.apps",
                capped(text, 80)
            ));
        }
        Ok(Self {
            written: text.to_owned(),
            word,
            group,
        })
    }

    /// The kind as the caller wrote it.
    pub(crate) fn as_str(&self) -> &str {
        &self.written
    }

    /// Whether an object of this group and kind is one.
    pub(crate) fn fits(&self, group: &str, kind: &str) -> bool {
        self.is(kind) && (self.group.as_ref()).is_none_or(|wanted| is_group(wanted, group))
    }

    /// The kind as the API spells it, when it is one of Kubernetes' own.
    pub(crate) fn exact(&self) -> Option<&'static str> {
        EXACT.iter().copied().find(|kind| self.is(kind))
    }

    fn is(&self, kind: &str) -> bool {
        let kind = kind.to_ascii_lowercase();
        let is_short = || SHORT.contains(&(self.word.as_str(), kind.as_str()));
        self.word == kind || self.word == many(&kind) || is_short()
    }
}

impl Argument for KindWord {
    fn schema() -> Value {
        String::schema()
    }

    fn read(value: &Value, all: &Map<String, Value>) -> Result<Self, String> {
        Self::parse(&String::read(value, all)?)
    }
}

/// Whether `group` is the wanted one. As kubectl has it, the first labels suffice (`ingresses.networking`)
/// and a version may stand in front (`deployments.v1.apps`).
pub(crate) fn is_group(wanted: &str, group: &str) -> bool {
    let (first, rest) = wanted.split_once('.').unwrap_or((wanted, ""));
    let wanted = if is_version(first) { rest } else { wanted };
    match wanted {
        "" | CORE => group.is_empty(),
        wanted => {
            let rest = group.strip_prefix(wanted);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }
    }
}

/// `v1`, `v2beta1`.
fn is_version(text: &str) -> bool {
    let number = text.strip_prefix('v');
    number.is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()))
}

/// The plural of a kind in lower case, as Kubernetes builds it: `ingresses`, `networkpolicies`.
fn many(kind: &str) -> String {
    let is_vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
    match kind.strip_suffix('y') {
        Some(stem) if !stem.ends_with(is_vowel) => format!("{stem}ies"),
        _ if kind.ends_with(['s', 'x', 'z']) || kind.ends_with("ch") || kind.ends_with("sh") => {
            format!("{kind}es")
        }
        _ => format!("{kind}s"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::KindWord;

    #[test]
    fn spellings_of_a_kind() {
        for (word, group, kind) in [
            ("Deployment", "apps", "Deployment"),
            ("DEPLOYMENT", "apps", "Deployment"),
            ("deployments", "apps", "Deployment"),
            ("deploy", "apps", "Deployment"),
            ("deployment.apps", "apps", "Deployment"),
            ("deployments.v1.apps", "apps", "Deployment"),
            ("config-map", "", "ConfigMap"),
            ("cm", "", "ConfigMap"),
            ("po", "", "Pod"),
            ("pods.v1", "", "Pod"),
            ("pod.core", "", "Pod"),
            ("endpoints", "", "Endpoints"),
            ("ep", "", "Endpoints"),
            ("ingresses.networking", "networking.k8s.io", "Ingress"),
            ("netpol", "networking.k8s.io", "NetworkPolicy"),
            ("networkpolicies", "networking.k8s.io", "NetworkPolicy"),
            ("gateways", "networking.istio.io", "Gateway"),
            ("apps", "argoproj.io", "Application"),
        ] {
            assert!(KindWord::parse(word).unwrap().fits(group, kind), "{word}");
        }
    }

    #[test]
    fn look_alikes_of_a_kind() {
        for (word, group, kind) in [
            ("deployment", "apps", "DeploymentConfig"),
            ("deployment.extensions", "apps", "Deployment"),
            ("ingress.net", "networking.k8s.io", "Ingress"),
            ("secret", "external-secrets.io", "ExternalSecret"),
            ("s", "", "Secret"),
            ("po", "policy", "PodDisruptionBudget"),
        ] {
            assert!(!KindWord::parse(word).unwrap().fits(group, kind), "{word}");
        }
        for word in ["", "deployment/web", "9x", "a b?", "deployment.", "x.a_b"] {
            assert!(KindWord::parse(word).is_err(), "{word}");
        }
    }
}
