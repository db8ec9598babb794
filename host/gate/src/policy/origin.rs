//! The one origin, as an operator writes it and as a request names it: two parsers, one value.
//!
//! [`OriginRule`] is lenient about form, because people paste URLs; [`Origin`] is strict, because
//! a component is not trusted. They are compared as values, never as text.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use url::Url;

use super::Denial;
use crate::limits::NAME_BYTES;

/// First path segments of Argo CD's UI: from there on a pasted URL is no longer the path prefix.
const UI_PATHS: [&str; 4] = ["applications", "settings", "login", "user-info"];

/// How a request travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// In clear.
    Http,
    /// Over TLS.
    Https,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Name(String),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

/// What a request names: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    scheme: Scheme,
    host: Host,
    port: u16,
}

/// What an operator allows: an origin and a path prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginRule {
    origin: Origin,
    prefix: String,
    host: String,
}

/// Whether `http://` may leave this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plaintext {
    /// Only to `localhost` or a loopback address.
    LoopbackOnly,
    /// To any host: the operator asked for it.
    Allowed,
}

/// Why an operator's server setting cannot be used. Never repeats the value: it may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyError {
    /// Nothing is set.
    Empty,
    /// Not a URL and not a host.
    NotAUrl,
    /// Another scheme than `http` and `https`.
    Scheme,
    /// User name or password inside the URL.
    UserInfo,
    /// No host, or one that cannot be used.
    Host,
    /// Port 0.
    Port,
    /// A path prefix with anything but plain segments.
    Prefix,
    /// `http://` beyond loopback.
    Plaintext,
}

impl Scheme {
    /// `http` or `https`.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

impl OriginRule {
    /// Reads `host`, `host:port`, `https://host/prefix`, or what is pasted from a browser: UI
    /// paths, query and fragment are cut, what precedes them is the path prefix.
    pub fn parse(server: &str, plaintext: Plaintext) -> Result<OriginRule, PolicyError> {
        let server = server.trim();
        if server.is_empty() {
            return Err(PolicyError::Empty);
        }
        let url = if server.contains("://") {
            server.to_owned()
        } else {
            format!("https://{server}")
        };
        let url = Url::parse(&url).map_err(|_| PolicyError::NotAUrl)?;
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(PolicyError::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(PolicyError::UserInfo);
        }
        let host = match url.host().ok_or(PolicyError::Host)? {
            url::Host::Ipv4(address) => Host::V4(address),
            url::Host::Ipv6(address) => Host::V6(address),
            // One trailing dot says "absolute": certificates are issued without it.
            url::Host::Domain(name) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                Host::parse(name)
                    .filter(Host::is_name)
                    .ok_or(PolicyError::Host)?
            }
        };
        let port = url.port().unwrap_or(scheme.default_port());
        if port == 0 {
            return Err(PolicyError::Port);
        }
        let text = host.to_string();
        let origin = Origin { scheme, host, port };
        let rule = OriginRule {
            origin,
            prefix: prefix(url.path())?,
            host: text,
        };
        if scheme == Scheme::Http && plaintext == Plaintext::LoopbackOnly && !rule.names_loopback()
        {
            return Err(PolicyError::Plaintext);
        }
        Ok(rule)
    }

    /// The scheme.
    pub fn scheme(&self) -> Scheme {
        self.origin.scheme
    }

    /// The host: lower case, without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, the scheme's own when none was given.
    pub fn port(&self) -> u16 {
        self.origin.port
    }

    /// The path prefix: empty, or `/a/b`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Host and port as in a URL: brackets around IPv6, the scheme's own port left out.
    pub fn authority(&self) -> String {
        let host = match self.origin.host {
            Host::V6(address) => format!("[{address}]"),
            _ => self.host.clone(),
        };
        if self.origin.port == self.origin.scheme.default_port() {
            return host;
        }
        format!("{host}:{}", self.origin.port)
    }

    /// `https://host[:port][/prefix]`, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!(
            "{}://{}{}",
            self.scheme().as_str(),
            self.authority(),
            self.prefix
        )
    }

    /// The address, when the operator wrote one instead of a name.
    pub fn literal(&self) -> Option<IpAddr> {
        match self.origin.host {
            Host::Name(_) => None,
            Host::V4(address) => Some(address.into()),
            Host::V6(address) => Some(address.into()),
        }
    }

    /// Whether the operator's URL itself says loopback: a literal, or `localhost`.
    pub fn names_loopback(&self) -> bool {
        match &self.origin.host {
            Host::Name(name) => name == "localhost",
            Host::V4(address) => address.is_loopback(),
            Host::V6(address) => address.is_loopback(),
        }
    }

    /// Whether both name the same scheme, host and port.
    pub fn is_same_server(&self, other: &OriginRule) -> bool {
        self.origin == other.origin
    }

    pub(super) fn admits(&self, origin: &Origin) -> Result<(), Denial> {
        let part = match origin {
            Origin { host, .. } if *host != self.origin.host => "host",
            Origin { scheme, .. } if *scheme != self.origin.scheme => "scheme",
            Origin { port, .. } if *port != self.origin.port => "port",
            _ => return Ok(()),
        };
        Err(Denial::new(
            "origin",
            format!("another {part}: only {} is allowed", self.base_url()),
        ))
    }

    /// What follows the path prefix, beginning with `/`.
    pub(super) fn below_prefix<'a>(&self, path: &'a str) -> Result<&'a str, Denial> {
        path.strip_prefix(&*self.prefix)
            .filter(|below| below.starts_with('/'))
            .ok_or_else(|| Denial::new("path", "outside the server's path prefix"))
    }
}

impl Origin {
    /// Reads scheme and authority of a request: exact scheme, no user-info, a canonical host, a
    /// port without leading zeros.
    pub fn parse(scheme: Option<&str>, authority: Option<&str>) -> Result<Origin, Denial> {
        let deny = |reason: &str| Denial::new("origin", reason);
        let scheme = match scheme {
            Some("https") => Scheme::Https,
            Some("http") => Scheme::Http,
            Some(_) => return Err(deny("the scheme is neither http nor https")),
            None => return Err(deny("no scheme")),
        };
        let authority = authority.ok_or_else(|| deny("no authority"))?;
        if authority.contains('@') {
            return Err(deny("user-info in the authority"));
        }
        let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
            let (address, port) = rest.split_once(']').ok_or_else(|| deny("malformed host"))?;
            let address = address.parse().map_err(|_| deny("malformed host"))?;
            let port = match port {
                "" => None,
                port => Some(
                    port.strip_prefix(':')
                        .ok_or_else(|| deny("malformed port"))?,
                ),
            };
            (Host::V6(address), port)
        } else {
            let (host, port) = match authority.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            };
            (
                Host::parse(host).ok_or_else(|| deny("malformed host"))?,
                port,
            )
        };
        let port = match port {
            None => scheme.default_port(),
            Some(port) => parse_port(port).ok_or_else(|| deny("malformed port"))?,
        };
        Ok(Origin { scheme, host, port })
    }
}

impl Host {
    /// A DNS name or a dotted IPv4 address. What some resolver would read as a number is neither.
    fn parse(text: &str) -> Option<Host> {
        let label = |label: &str| {
            let inner = label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            (1..=63).contains(&label.len())
                && inner
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if text.len() > NAME_BYTES || !text.split('.').all(label) {
            return None;
        }
        let last = text.rsplit('.').next().unwrap_or_default();
        if last.bytes().all(|byte| byte.is_ascii_digit()) || has_hex_prefix(last) {
            return text.parse().ok().map(Host::V4);
        }
        Some(Host::Name(text.to_ascii_lowercase()))
    }

    fn is_name(&self) -> bool {
        matches!(self, Host::Name(_))
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => f.write_str(name),
            Host::V4(address) => address.fmt(f),
            Host::V6(address) => address.fmt(f),
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PolicyError::Empty => {
                "it is empty; give a host or URL, such as https://argocd.example.com"
            }
            PolicyError::NotAUrl => "it is neither a host nor a URL",
            PolicyError::Scheme => "its scheme is neither https nor http",
            PolicyError::UserInfo => {
                "it contains a user name or password; use ARGOCD_USERNAME and ARGOCD_PASSWORD"
            }
            PolicyError::Host => "its host is not a DNS name or address",
            PolicyError::Port => "its port is 0",
            PolicyError::Prefix => "its path prefix has empty, dot or escaped segments",
            PolicyError::Plaintext => {
                "it is http:// beyond this machine, which would send the token in clear; \
                 use https://, or --plaintext if that is what you want"
            }
        })
    }
}

impl std::error::Error for PolicyError {}

fn has_hex_prefix(label: &str) -> bool {
    let digits = label
        .strip_prefix("0x")
        .or_else(|| label.strip_prefix("0X"));
    digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn parse_port(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    (digits && !text.starts_with('0'))
        .then(|| text.parse().ok())
        .flatten()
}

fn prefix(path: &str) -> Result<String, PolicyError> {
    let mut prefix = String::new();
    let mut segments = path
        .trim_matches('/')
        .split('/')
        .take_while(|segment| !UI_PATHS.contains(segment));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if path.trim_matches('/').is_empty() {
        return Ok(prefix);
    }
    segments.try_for_each(|segment| {
        if segment.is_empty()
            || segment.bytes().all(|byte| byte == b'.')
            || !segment.bytes().all(plain)
        {
            return Err(PolicyError::Prefix);
        }
        prefix.push('/');
        prefix.push_str(segment);
        Ok(())
    })?;
    Ok(prefix)
}

#[cfg(test)]
mod tests;
