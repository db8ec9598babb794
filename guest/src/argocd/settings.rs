//! The address of Argo CD and the credentials, from the environment.
//!
//! Reports all problems at once, and never echoes a value: most of them are secrets, and people
//! paste secrets into the wrong variable.

use std::fmt;

use super::{
    address::{Address, Origin, Scheme},
    names::AppRef,
};

/// The address of Argo CD and the credentials.
pub struct Settings {
    address: Address,
    credentials: Credentials,
    source: CredentialSource,
    token_expiry: Option<i64>,
    notices: Vec<String>,
}

/// The guest's credentials.
pub(super) enum Credentials {
    Token(String),
    Password { username: String, password: String },
}

/// Who holds the credentials; errors name what to renew accordingly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialSource {
    /// `ARGOCD_AUTH_TOKEN` of this process.
    Token,
    /// `ARGOCD_USERNAME` and `ARGOCD_PASSWORD` of this process.
    Password,
    /// The host, which puts them in place after the request has left the sandbox.
    Host,
}

/// One problem of the environment: the variable and what is wrong with it, without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    variable: &'static str,
    problem: &'static str,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.variable, self.problem)
    }
}

impl std::error::Error for SettingsError {}

impl Settings {
    /// Reads the environment through `get`; every problem is reported, not just the first.
    pub fn from_env(get: impl Fn(&str) -> Option<String>) -> Result<Settings, Vec<SettingsError>> {
        let mut reader = Reader {
            get,
            notices: Vec::new(),
            problems: Vec::new(),
        };
        let hosted = reader.flag("ARGOCD_HOST_MANAGED");
        let address = reader.address();
        let credentials = reader.credentials();
        if !hosted {
            reader.runtime_notices(address.as_ref());
        }
        match (address, credentials) {
            (Some(address), Some(credentials)) if reader.problems.is_empty() => {
                let source = match &credentials {
                    _ if hosted => CredentialSource::Host,
                    Credentials::Token(_) => CredentialSource::Token,
                    Credentials::Password { .. } => CredentialSource::Password,
                };
                Ok(Settings {
                    address,
                    credentials,
                    source,
                    token_expiry: reader
                        .present("ARGOCD_TOKEN_EXPIRES_AT")
                        .and_then(|text| text.trim().parse().ok()),
                    notices: reader.notices,
                })
            }
            _ => Err(reader.problems),
        }
    }

    /// The one origin that requests go to.
    pub fn origin(&self) -> Origin<'_> {
        Origin {
            scheme: self.address.scheme,
            authority: &self.address.authority,
        }
    }

    /// Base of links to the UI, prefix included, without a slash at the end. `None` when people
    /// cannot open it: Argo CD is then addressed by its name inside the cluster.
    pub fn ui_base(&self) -> Option<String> {
        let Address {
            scheme,
            authority,
            prefix,
        } = &self.address;
        let host = authority.split(':').next().unwrap_or_default();
        let in_cluster = host.ends_with(".svc") || host.ends_with(".cluster.local");
        (!in_cluster).then(|| format!("{}://{authority}{prefix}", scheme.as_str()))
    }

    /// When the token expires, in seconds since the Unix epoch: `ARGOCD_TOKEN_EXPIRES_AT`, which the host
    /// sets, as the component sees the token only sealed.
    pub fn token_expiry(&self) -> Option<i64> {
        self.token_expiry
    }

    /// Warnings for the operator: variables without effect, a token sent in clear text.
    pub fn notices(&self) -> Vec<String> {
        self.notices.clone()
    }

    /// Who holds the credentials.
    pub fn credential_source(&self) -> CredentialSource {
        self.source
    }

    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// `path` behind the path prefix.
    pub(super) fn below_prefix(&self, path: &str) -> String {
        format!("{}{path}", self.address.prefix)
    }

    /// The page of `app` in the UI.
    pub(super) fn ui_url(&self, app: &AppRef) -> Option<String> {
        // Both names are DNS names, so nothing needs to be escaped.
        Some(format!("{}/applications/{app}", self.ui_base()?))
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("address", &self.address)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

struct Reader<G> {
    get: G,
    notices: Vec<String>,
    problems: Vec<SettingsError>,
}

impl<G: Fn(&str) -> Option<String>> Reader<G> {
    fn problem(&mut self, variable: &'static str, problem: &'static str) {
        self.problems.push(SettingsError { variable, problem });
    }

    /// An empty variable counts as absent: launchers cannot unset one.
    fn present(&self, variable: &str) -> Option<String> {
        (self.get)(variable).filter(|value| !value.trim().is_empty())
    }

    fn flag(&self, variable: &str) -> bool {
        let value = self.present(variable).unwrap_or_default();
        matches!(
            value.trim().to_ascii_lowercase().as_str(),
            "1" | "true" | "yes" | "on"
        )
    }

    /// The variable, or the name that other Argo CD MCP servers have for it.
    fn aliased(
        &mut self,
        variable: &'static str,
        alias: &'static str,
    ) -> Option<(&'static str, String)> {
        match (self.present(variable), self.present(alias)) {
            (Some(value), other) => {
                if other.is_some_and(|other| other.trim() != value.trim()) {
                    self.notices
                        .push(format!("{alias} is ignored because {variable} is set"));
                }
                Some((variable, value))
            }
            (None, other) => Some((alias, other?)),
        }
    }

    fn address(&mut self) -> Option<Address> {
        let Some((variable, value)) = self.aliased("ARGOCD_SERVER", "ARGOCD_BASE_URL") else {
            self.problem(
                "ARGOCD_SERVER",
                "is not set: set it to the host name or URL of Argo CD",
            );
            return None;
        };
        Address::parse(&value)
            .map_err(|problem| self.problem(variable, problem))
            .ok()
    }

    fn credentials(&mut self) -> Option<Credentials> {
        let token = self.aliased("ARGOCD_AUTH_TOKEN", "ARGOCD_API_TOKEN");
        let username = self.present("ARGOCD_USERNAME");
        let password = self.present("ARGOCD_PASSWORD");
        if let Some((variable, value)) = token {
            if username.is_some() || password.is_some() {
                self.notices.push(format!(
                    "ARGOCD_USERNAME and ARGOCD_PASSWORD are ignored: {variable} is set"
                ));
            }
            return parse_token(&value)
                .map_err(|problem| self.problem(variable, problem))
                .ok();
        }
        match (username, password) {
            (Some(username), Some(password)) => {
                let username = username.trim().to_owned();
                for (variable, value) in [
                    ("ARGOCD_USERNAME", &username),
                    ("ARGOCD_PASSWORD", &password),
                ] {
                    if value.starts_with("op://") {
                        self.problem(variable, UNRESOLVED);
                    }
                }
                Some(Credentials::Password { username, password })
            }
            (Some(_), None) => {
                self.problem("ARGOCD_PASSWORD", "is not set, but ARGOCD_USERNAME is");
                None
            }
            (None, Some(_)) => {
                self.problem("ARGOCD_USERNAME", "is not set, but ARGOCD_PASSWORD is");
                None
            }
            (None, None) => {
                let problem =
                    "is not set: set it to a token, or set ARGOCD_USERNAME and ARGOCD_PASSWORD";
                self.problem("ARGOCD_AUTH_TOKEN", problem);
                None
            }
        }
    }

    /// Warns about variables that only argocd-host implements; under that host it does so itself.
    fn runtime_notices(&mut self, address: Option<&Address>) {
        if self.flag("ARGOCD_INSECURE") {
            let text = "ARGOCD_INSECURE has no effect here: configure TLS in the WASI runtime";
            self.notices.push(text.to_owned());
        }
        if self.present("ARGOCD_CA_FILE").is_some() {
            let text = "ARGOCD_CA_FILE has no effect here: add the authority to the WASI runtime";
            self.notices.push(text.to_owned());
        }
        if address.is_some_and(|address| {
            address.scheme == Scheme::Http && !is_loopback(&address.authority)
        }) {
            self.notices
                .push("ARGOCD_SERVER is http://: the token is sent in clear text".to_owned());
        }
    }
}

const UNRESOLVED: &str = "is an unresolved 1Password reference; start with `op run`";

fn parse_token(value: &str) -> Result<Credentials, &'static str> {
    let value = value.trim();
    let token = match value.split_at_checked("bearer ".len()) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer ") => token.trim(),
        _ => value,
    };
    if token.starts_with("op://") {
        return Err(UNRESOLVED);
    }
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("is not a token: it contains a space, a line break or a non-ASCII character");
    }
    Ok(Credentials::Token(token.to_owned()))
}

fn is_loopback(authority: &str) -> bool {
    let host = authority
        .rsplit_once(':')
        .filter(|(_, port)| !port.ends_with(']'))
        .map_or(authority, |(host, _)| host);
    host == "localhost"
        || host == "[::1]"
        || host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests;
