//! A host that does not resolve and that no Service of the application is called.

use crate::{answer::word, tools::diagnose::proven::Proven};

/// How libraries say that a name does not resolve, in lower case.
const UNRESOLVED: [&str; 16] = [
    "bad address",
    "no such host",
    "name or service not known",
    " enotfound",
    "eai_again",
    "could not translate host name",
    "unknown host",
    "unknownhost",
    "unknown mysql server host",
    "name does not resolve",
    "nodename nor servname",
    "could not resolve host",
    "failed to resolve '",
    "getaddrinfo failed",
    "name resolution",
    "failed to lookup address",
];
/// What stands right before the host that was looked up.
const NAMED: [&str; 8] = [
    "lookup ",
    "ENOTFOUND ",
    "EAI_AGAIN ",
    "bad address '",
    "UnknownHostException: ",
    "unknown host ",
    "resolve host: ",
    "translate host name \"",
];
/// Maximum Services named.
const SERVICES_MAX: usize = 4;

/// A name that no Service has.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct NoService {
    host: String,
    services: Vec<String>,
    more: usize,
}

impl NoService {
    /// The proof: a line says that a host does not resolve, the host is a name inside the cluster's
    /// namespace, and none of its `services` in the tree has the name.
    pub(in crate::tools::diagnose) fn of(
        line: &str,
        namespace: &str,
        services: &[&str],
    ) -> Option<Self> {
        let lower = line.to_ascii_lowercase();
        if !UNRESOLVED.iter().any(|words| lower.contains(words)) {
            return None;
        }
        let host = host(line, namespace, services)?;
        if services.is_empty() || services.contains(&&*host) {
            return None;
        }
        // The Services that share a word of the name come first.
        let (near, far): (Vec<&&str>, Vec<&&str>) = services
            .iter()
            .partition(|service| resembles(&host, service));
        let all: Vec<String> = near.into_iter().chain(far).map(|name| word(name)).collect();
        Some(Self {
            more: all.len().saturating_sub(SERVICES_MAX),
            services: all.into_iter().take(SERVICES_MAX).collect(),
            host,
        })
    }

    /// Whether a Service has a name like it: all parts of the host's name are in it.
    pub(in crate::tools::diagnose) fn resembles(&self, service: &str) -> bool {
        resembles(&self.host, service)
    }

    /// The name that does not resolve.
    pub(in crate::tools::diagnose) fn host(&self) -> &str {
        &self.host
    }
}

fn resembles(host: &str, service: &str) -> bool {
    host.split('-').all(|part| service.contains(part))
}

/// The host of a line that shares a word with one of the Services, or that stands in quotes, after
/// `lookup` or before a port; without the cluster's own domain.
fn host(line: &str, namespace: &str, services: &[&str]) -> Option<String> {
    let is_host = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let mut at = 0;
    let (mut named, mut hosts) = (Vec::new(), Vec::new());
    for token in line.split(|c| !is_host(c)) {
        let from = at;
        at += token.len();
        let next = line[at..].chars().next();
        at += next.map_or(0, char::len_utf8);
        let token = token.trim_matches('.');
        if !token.starts_with(|c: char| c.is_ascii_lowercase()) {
            continue;
        }
        let before = &line[..from];
        let is_named = NAMED.iter().any(|word| before.ends_with(word));
        let has_port = next == Some(':') && line[at..].starts_with(|c: char| c.is_ascii_digit());
        let is_quoted =
            before.ends_with(['\'', '"', '@', '`']) && matches!(next, Some('\'' | '"' | '`' | '/'));
        if is_named {
            named.push(token);
        } else if has_port || is_quoted || before.ends_with("//") {
            hosts.push(token);
        }
    }
    // The resolver's own words say which host it is; beside them other words of the line are not it.
    let hosts = if named.is_empty() { hosts } else { named };
    let short = |host: &str| {
        let own = format!(".{namespace}");
        let host = host.strip_suffix(".cluster.local").unwrap_or(host);
        let host = host.strip_suffix(".svc").unwrap_or(host);
        let host = host.strip_suffix(&*own).unwrap_or(host);
        (!host.contains('.')).then(|| host.to_owned())
    };
    let mut inside: Vec<String> = hosts.into_iter().filter_map(short).collect();
    inside.retain(|host| !services.contains(&&**host));
    inside.into_iter().next()
}

impl Proven for NoService {
    fn headline(&self) -> String {
        let more = match self.more {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!(
            "no Service {} is in this application; its Services are {}{more}",
            word(&self.host),
            self.services.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICES: [&str; 3] = ["shop", "shop-redis-master", "shop-redis-headless"];

    #[test]
    fn speaks_of_the_name_that_no_service_has() {
        for (line, host) in [
            ("nc: bad address 'redis-master'", "redis-master"),
            (
                "Error -2 connecting to shop-redis:6379. Name or service not known.",
                "shop-redis",
            ),
            (
                "dial tcp: lookup shop-redis on 10.96.0.10:53: no such host",
                "shop-redis",
            ),
            (
                "getaddrinfo ENOTFOUND shop-redis.web.svc.cluster.local",
                "shop-redis",
            ),
            ("getaddrinfo EAI_AGAIN shop-redis", "shop-redis"),
            (
                "GET http://shop-redis/ping: Name or service not known",
                "shop-redis",
            ),
            ("Unknown MySQL server host 'shop-redis' (-2)", "shop-redis"),
            (
                "could not translate host name \"shop-redis\" to address",
                "shop-redis",
            ),
            (
                "java.net.UnknownHostException: shop-redis: Name or service not known",
                "shop-redis",
            ),
        ] {
            let found = NoService::of(line, "web", &SERVICES);
            let found = found.unwrap_or_else(|| panic!("{line}"));
            assert_eq!(found.host(), host, "{line}");
            assert!(found.headline().contains("shop-redis-master"));
        }
    }

    #[test]
    fn silent_about_hosts_that_exist_or_lie_elsewhere() {
        for line in [
            "connect to shop-redis:6379: connection refused",
            "lookup shop-redis-master on 10.96.0.10:53: no such host",
            "getaddrinfo ENOTFOUND api.example.com",
            "lookup shop-redis.other.svc.cluster.local on 10.96.0.10:53: no such host",
            "temporary failure in name resolution",
            "ModuleNotFoundError: No module named 'psycopg'",
            "Failed to resolve module specifier 'react'",
            "desc = \"transport: Error while dialing: dial tcp: lookup tempo.other.svc on 10.96.0.10:53: no such host\"",
            "\"exporter\": \"otlp\", \"error\": \"lookup api.example.com: no such host\"",
        ] {
            assert!(NoService::of(line, "web", &SERVICES).is_none(), "{line}");
        }
        assert!(NoService::of("nc: bad address 'redis'", "web", &[]).is_none());
    }
}
