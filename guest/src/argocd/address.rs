//! The address of Argo CD in the forms that people write: a bare host, a URL, or a copied browser address.
//!
//! Values are never echoed in errors: people paste secrets into the wrong variable.

/// http or https.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Clear text.
    Http,
    /// TLS.
    Https,
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

/// The one origin that the guest speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    /// http or https.
    pub scheme: Scheme,
    /// `host`, `host:port` or `[v6]:port`, lower case, without the scheme's default port.
    pub authority: &'a str,
}

/// Origin and path prefix of an Argo CD server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) scheme: Scheme,
    pub(super) authority: String,
    /// Empty, or `/argocd`: begins with a slash, does not end with one.
    pub(super) prefix: String,
}

/// First segments of the pages of Argo CD's UI; what precedes one is the path prefix.
const UI_PAGES: [&str; 7] = [
    "applications",
    "applicationsets",
    "settings",
    "login",
    "user-info",
    "help",
    "swagger-ui",
];

impl Address {
    /// Parses the setting. The error is a reason, without the value.
    pub(super) fn parse(value: &str) -> Result<Address, &'static str> {
        let value = value.trim();
        if value.is_empty() {
            return Err("is empty");
        }
        if value
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || c == '\\')
        {
            return Err("contains a space, a backslash or a control character");
        }
        let (scheme, rest) = match value.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (Scheme::Https, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Scheme::Http, rest),
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("op") => {
                return Err("is an unresolved 1Password reference; start with `op run`");
            }
            // A `://` behind the path's start belongs to a query, not to a scheme.
            Some((scheme, _)) if !scheme.contains(['/', '?', '#']) => {
                return Err("has a scheme other than https:// or http://");
            }
            _ => (Scheme::Https, value),
        };
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(
                "contains a user name or password (user@host); use ARGOCD_USERNAME and ARGOCD_PASSWORD",
            );
        }
        let (host, port) = split_port(authority)?;
        let host = parse_host(host)?;
        let authority = match port {
            Some(port) if port != scheme.default_port() => format!("{host}:{port}"),
            _ => host,
        };
        Ok(Address {
            scheme,
            authority,
            prefix: parse_prefix(path)?,
        })
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), &'static str> {
    let (host, port) = match authority.rfind([':', ']']) {
        Some(colon) if authority[colon..].starts_with(':') => {
            (&authority[..colon], Some(&authority[colon + 1..]))
        }
        _ => (authority, None),
    };
    match port {
        // `host:` is an empty port in RFC 3986, and means the default.
        None | Some("") => Ok((host, None)),
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => match port.parse::<u16>() {
            Ok(port) if port != 0 => Ok((host, Some(port))),
            _ => Err("has a port outside 1 to 65535"),
        },
        Some(_) => Err("has a port that is not a number"),
    }
}

fn parse_host(host: &str) -> Result<String, &'static str> {
    if host.is_empty() {
        return Err("has no host name");
    }
    if let Some(inner) = host.strip_prefix('[') {
        let address = inner
            .strip_suffix(']')
            .and_then(|inner| inner.parse::<std::net::Ipv6Addr>().ok());
        return address
            .map(|address| format!("[{address}]"))
            .ok_or("has a malformed IPv6 address");
    }
    if !host.is_ascii() {
        return Err("has a non-ASCII host name; use its xn-- form");
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if host.len() > 253 || !host.split('.').all(label) {
        return Err("has a malformed host name");
    }
    Ok(host.to_ascii_lowercase())
}

fn parse_prefix(path: &str) -> Result<String, &'static str> {
    let mut prefix = String::new();
    let path = path.trim_matches('/');
    let mut segments = path.split('/').filter(|_| !path.is_empty()).peekable();
    while let Some(segment) = segments.next() {
        let is_api = segment == "api" && matches!(segments.peek(), Some(&"v1" | &"version"));
        if UI_PAGES.contains(&segment) || is_api {
            break;
        }
        let plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        if matches!(segment, "" | "." | "..") || !segment.bytes().all(plain) {
            return Err(
                "has a path prefix with characters other than letters, digits, '-', '_', '.' and '~'",
            );
        }
        prefix.push('/');
        prefix.push_str(segment);
    }
    Ok(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(value: &str) -> Result<String, &'static str> {
        let address = Address::parse(value)?;
        Ok(format!(
            "{} {} {}",
            address.scheme.as_str(),
            address.authority,
            address.prefix
        ))
    }

    #[test]
    fn accepted() {
        #[rustfmt::skip]
        let rows = [
            ("argocd.example.com", "https argocd.example.com "),
            (" argocd.example.com\n", "https argocd.example.com "),
            ("ArgoCD.Example.com.", "https argocd.example.com "),
            ("argocd.example.com:443", "https argocd.example.com "),
            ("argocd.example.com:", "https argocd.example.com "),
            ("localhost:8080", "https localhost:8080 "),
            ("http://localhost:80", "http localhost "),
            ("http://localhost:443", "http localhost:443 "),
            ("HTTPS://h/", "https h "),
            ("https://h//", "https h "),
            ("http://[::1]:8080/argocd", "http [::1]:8080 /argocd"),
            ("[::1]", "https [::1] "),
            ("10.0.0.1:8443", "https 10.0.0.1:8443 "),
            ("argocd_server", "https argocd_server "),
            ("h/argocd", "https h /argocd"),
            ("https://h/argocd/", "https h /argocd"),
            ("https://h/a/b-c_d.e~f", "https h /a/b-c_d.e~f"),
            ("https://h/applications", "https h "),
            ("https://h/applications?proj=a&url=https://x", "https h "),
            ("h?next=https://x@y/", "https h "),
            ("https://h/argocd/applications/argocd/guestbook?view=tree#pod", "https h /argocd"),
            ("https://h/settings/clusters", "https h "),
            ("https://h/argocd/login?return_url=https%3A%2F%2Fh", "https h /argocd"),
            ("https://h/user-info", "https h "),
            ("https://h/argocd/api/v1/applications", "https h /argocd"),
            ("https://h/api/argocd", "https h /api/argocd"),
            ("https://h/?x=1", "https h "),
            ("https://h#x", "https h "),
        ];
        for (value, expected) in rows {
            assert_eq!(parse(value).as_deref(), Ok(expected), "{value:?}");
        }
    }

    #[test]
    fn refused() {
        #[rustfmt::skip]
        let rows = [
            ("", "empty"), ("https://", "no host"), ("https:///argocd", "no host"), (":8080", "no host"),
            ("https://user:pw@h/", "user name or password"), ("user@h", "user name or password"),
            ("ftp://h", "a scheme other"), ("op://Vault/ArgoCD/website", "1Password"), ("unix:///x", "a scheme other"),
            ("h:0", "1 to 65535"), ("h:65536", "1 to 65535"), ("h:80a", "not a number"), ("h:+80", "not a number"),
            ("a b", "space"), ("h\\x", "backslash"), ("h\u{0}", "control"), ("bücher.example", "xn--"),
            ("-h", "malformed host"), ("h-", "malformed host"), ("a..b", "malformed host"), ("a,b", "malformed host"),
            ("[::1", "IPv6"), ("[x]", "IPv6"), ("[::1]x", "IPv6"), ("::1", "malformed host"), ("h%2f", "malformed host"),
            ("https://h/../x", "path prefix"), ("https://h/a//b", "path prefix"), ("https://h/a%2fb", "path prefix"),
            ("https://h/ä", "path prefix"), ("https://h/a;b", "path prefix"),
        ];
        for (value, part) in rows {
            let outcome = parse(value);
            assert!(
                matches!(outcome, Err(error) if error.contains(part)),
                "{value:?}: {outcome:?}"
            );
        }
    }
}
