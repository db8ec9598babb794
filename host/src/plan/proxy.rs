//! The proxy of the environment, only with `--proxy-from-env`.

use std::{net::IpAddr, sync::Arc};

use argocd_gate::{
    egress::{Network, Proxy},
    policy::{OriginRule, Scheme},
};
use ipnet::IpNet;

use super::draft::Draft;

impl Draft<'_> {
    /// Puts the proxy in, when one is asked for, set, and meant for this server.
    pub(super) fn proxy(&mut self, network: &mut Network, origin: Option<&OriginRule>) {
        let (true, Some(origin)) = (self.typed.proxy_from_env, origin) else {
            return;
        };
        let flag = "--proxy-from-env";
        if origin.scheme() == Scheme::Http || origin.names_loopback() {
            self.note("proxy", "none: not for http:// or this machine", flag);
            return;
        }
        let Some((source, url)) = self.variable(&["HTTPS_PROXY", "https_proxy"]) else {
            self.note("proxy", "none: HTTPS_PROXY is not set", flag);
            return;
        };
        if let Some((source, list)) = self.variable(&["NO_PROXY", "no_proxy"])
            && exempt(&list, origin)
        {
            self.note("proxy", "none for this server", source);
            return;
        }
        let url = zeroize::Zeroizing::new(url);
        let parsed = Proxy::parse(&url).map_err(|why| why.to_string());
        let Some(proxy) = self.or_problem(parsed, source) else {
            return;
        };
        let reach = &network.reach;
        let listed = reach.allow.is_some() || !reach.ceilings.is_empty();
        match origin.literal() {
            // Whom a name leads to is seen by the proxy alone.
            None if listed => self.problem(format!(
                "{flag}: allowed networks cannot be checked behind a proxy, which resolves the server's name. Write the server as an address, or drop the networks or the proxy"
            )),
            Some(address) if !reach.permits(address, origin) => {
                self.problem(format!("{flag}: the server's address is not in an allowed network"));
            }
            _ => {
                self.note("proxy", proxy.address(), source);
                network.proxy = Some(Arc::new(proxy));
            }
        }
    }
}

/// Whether `NO_PROXY` names the server: `*`, a name and what is below it, an address, a network;
/// each with a port if that matters. As Go has it, and so the argocd CLI and kubectl. hyper-util's
/// matcher knows no ports, no `*.name`, and an address is none of its `*`.
fn exempt(list: &str, origin: &OriginRule) -> bool {
    let address: Option<IpAddr> = origin.literal();
    list.split([',', ' ']).map(str::trim).any(|entry| {
        if let (Ok(network), Some(address)) = (entry.parse::<IpNet>(), address) {
            return network.contains(&address);
        }
        if let Ok(exact) = entry.parse::<IpAddr>() {
            return Some(exact) == address;
        }
        let (name, port) = match entry.rsplit_once(':') {
            Some((name, port)) => (name, port.parse::<u16>().ok()),
            None => (entry, None),
        };
        let name = name
            .trim_start_matches("*.")
            .trim_start_matches('.')
            .to_ascii_lowercase();
        let below = origin.host().strip_suffix(&*name);
        let named = below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        !name.is_empty() && (name == "*" || named) && port.is_none_or(|port| port == origin.port())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use argocd_gate::policy::Plaintext;

    #[test]
    fn no_proxy_names_hosts_suffixes_addresses_and_networks() {
        for (list, server, expected) in [
            ("*", "argocd.example.com", true),
            ("example.com", "argocd.example.com", true),
            (".example.com", "argocd.example.com", true),
            ("*.example.com", "argocd.example.com", true),
            ("x.org, ARGOCD.example.com", "argocd.example.com", true),
            ("cd.example.com", "argocd.example.com", false),
            ("argocd.example.com:443", "argocd.example.com", true),
            ("argocd.example.com:8443", "argocd.example.com", false),
            ("10.0.0.0/8", "https://10.1.2.3", true),
            ("10.1.2.3", "https://10.1.2.3", true),
            ("10.0.0.0/8", "https://11.1.2.3", false),
            ("", "argocd.example.com", false),
            (",,", "argocd.example.com", false),
        ] {
            let rule = OriginRule::parse(server, Plaintext::Allowed).unwrap();
            assert_eq!(exempt(list, &rule), expected, "{list} {server}");
        }
    }
}
