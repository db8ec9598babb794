//! Words that stay although something is called so: they say what it is, and not whose.

/// Names that every installation has, and words so common that replacing them would change messages.
const COMMON: [&str; 92] = [
    "admin",
    "agent",
    "api",
    "app",
    "apps",
    "argo",
    "argocd",
    "auth",
    "backend",
    "backup",
    "baseline",
    "batch",
    "blue",
    "bot",
    "cache",
    "canary",
    "cd",
    "certificate",
    "charts",
    "ci",
    "client",
    "cluster",
    "common",
    "config",
    "configmap",
    "configuration",
    "container",
    "controller",
    "cpu",
    "cron",
    "data",
    "database",
    "db",
    "default",
    "deploy",
    "deployment",
    "deployments",
    "dev",
    "error",
    "events",
    "exporter",
    "failed",
    "frontend",
    "gateway",
    "git",
    "gitops",
    "green",
    "head",
    "helm",
    "image",
    "in",
    "infra",
    "ingress",
    "init",
    "job",
    "kube",
    "kubernetes",
    "latest",
    "legacy",
    "main",
    "manifests",
    "master",
    "memory",
    "metrics",
    "migration",
    "node",
    "operator",
    "platform",
    "pod",
    "primary",
    "privileged",
    "prod",
    "production",
    "project",
    "proxy",
    "release",
    "releases",
    "replica",
    "restricted",
    "secret",
    "secrets",
    "server",
    "service",
    "stable",
    "stage",
    "staging",
    "storage",
    "system",
    "test",
    "web",
    "webhook",
    "worker",
];
/// Software that many run, and whoever publishes its images and charts.
const PRODUCTS: [&str; 62] = [
    "alertmanager",
    "applicationset",
    "argoproj",
    "bitnami",
    "busybox",
    "cassandra",
    "cert",
    "certmanager",
    "clickhouse",
    "cnpg",
    "consul",
    "coredns",
    "crossplane",
    "dex",
    "elasticsearch",
    "envoy",
    "etcd",
    "external",
    "fluentbit",
    "gitlab",
    "grafana",
    "haproxy",
    "istio",
    "jaeger",
    "jenkins",
    "kafka",
    "karpenter",
    "keda",
    "keycloak",
    "kibana",
    "kyverno",
    "library",
    "linkerd",
    "loki",
    "manager",
    "mariadb",
    "memcached",
    "minio",
    "mongo",
    "mongodb",
    "mysql",
    "nats",
    "nginx",
    "notifications",
    "oauth2",
    "opensearch",
    "otel",
    "postgres",
    "postgresql",
    "prometheus",
    "public",
    "rabbitmq",
    "redis",
    "repo",
    "rollouts",
    "root",
    "sentinel",
    "thanos",
    "traefik",
    "vault",
    "velero",
    "zookeeper",
];
/// Public hosts, with everything below them.
const PUBLIC: [&str; 24] = [
    "kubernetes.default.svc",
    "cluster.local",
    "github.com",
    "gitlab.com",
    "bitbucket.org",
    "ghcr.io",
    "docker.io",
    "docker.com",
    "quay.io",
    "gcr.io",
    "pkg.dev",
    "mcr.microsoft.com",
    "k8s.io",
    "kubernetes.io",
    "argoproj.io",
    "amazonaws.com",
    "azurecr.io",
    "googleapis.com",
    "bitnami.com",
    "helm.sh",
    "letsencrypt.org",
    "docker.internal",
    "golang.org",
    "go.dev",
];
/// Shortest name that is replaced, in characters: shorter ones are in every text.
const NAME_CHARS: usize = 3;
/// Length of the parts that Kubernetes appends to names, in characters.
const SUFFIX_CHARS: std::ops::RangeInclusive<usize> = 1..=10;

/// Whether a name stays: too short to be told from a word, a number, or made of known words alone.
pub(super) fn is_kept(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_word = |part: &str| COMMON.contains(&part) || PRODUCTS.contains(&part);
    let mut parts = lower
        .split(['-', '.', '_', ':', '/'])
        .filter(|part| !part.is_empty());
    name.len() < NAME_CHARS
        || name.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        || name.starts_with("system:")
        || name.starts_with("kube-")
        || parts.next().is_some_and(is_word) && parts.all(|part| is_word(part) || is_suffix(part))
}

/// Whether Kubernetes made this part of a name: it uses no vowels and few digits.
fn is_suffix(part: &str) -> bool {
    let is_random = |b: u8| b"bcdfghjklmnpqrstvwxz0123456789".contains(&b);
    SUFFIX_CHARS.contains(&part.len()) && part.bytes().all(is_random)
}

/// Whether a host is one of everybody's.
pub(super) fn is_public(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let is_below = |known: &&str| {
        host.strip_suffix(*known)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    host == "localhost" || host.ends_with(".svc") || PUBLIC.iter().any(is_below)
}

/// Last labels of names that are hosts when they stand in a text. No file and no package ends so.
const TOP_LEVELS: [&str; 27] = [
    "at", "ch", "cloud", "co", "com", "corp", "de", "dev", "edu", "es", "eu", "fr", "gov", "home",
    "internal", "intra", "intranet", "invalid", "io", "it", "lan", "local", "net", "nl", "org",
    "tech", "uk",
];

/// Whether a dotted word of a text is a host.
pub(super) fn looks_like_host(word: &str) -> bool {
    let mut labels = word.split('.');
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    labels.clone().count() >= 2
        && labels.all(is_label)
        && word
            .rsplit('.')
            .next()
            .is_some_and(|last| TOP_LEVELS.contains(&last) || matches!(last, "example" | "test"))
}

#[cfg(test)]
mod tests {
    use super::{is_kept, is_public, looks_like_host};

    #[test]
    fn known_words_stay() {
        for name in [
            "argocd",
            "default",
            "kube-system",
            "in-cluster",
            "postgresql-0",
            "redis-67948d46c5-5bbdp",
            "argocd-redis",
            "db",
            "8080",
            "system:serviceaccount:a:b",
            "web",
        ] {
            assert!(is_kept(name), "{name}");
        }
        for name in [
            "orders-api",
            "checkout",
            "acme",
            "redis-orders",
            "payments-db",
            "web-shop",
        ] {
            assert!(!is_kept(name), "{name}");
        }
    }

    #[test]
    fn hosts_are_told_from_groups_and_files() {
        for host in [
            "git.example.com",
            "db.corp",
            "registry.acme.io",
            "x.internal",
        ] {
            assert!(looks_like_host(host) && !is_public(host), "{host}");
        }
        for host in [
            "github.com",
            "registry.k8s.io",
            "a.b.svc.cluster.local",
            "web.shop.svc",
            "localhost",
        ] {
            assert!(is_public(host), "{host}");
        }
        for word in [
            "values.yaml",
            "main.go",
            "java.lang.Exception",
            "v1.2.3",
            "com",
            ".com",
            "a..com",
        ] {
            assert!(!looks_like_host(word), "{word}");
        }
    }
}
