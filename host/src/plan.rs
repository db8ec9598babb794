//! From what was typed and the environment to a plan, or to every problem at once. Values are never echoed.

use std::{fs::File, path::Path};

use base64::Engine;
use ipnet::IpNet;
use rustls::pki_types::{CertificateDer, pem::PemObject};

use crate::{
    audit::Audit,
    cli::Connection,
    egress::{Credentials, EgressConfig, Network, Trust},
    exit::Failure,
    limits,
    policy::{OriginRule, Plaintext},
    secrets::Secret,
};

/// Everything that a session needs.
pub(crate) struct Plan {
    pub(crate) egress: EgressConfig,
    pub(crate) audit: Audit,
    /// What the component gets as `ARGOCD_SERVER`.
    pub(crate) base_url: String,
    /// What else the component gets in its environment; never a secret.
    pub(crate) guest: Vec<(&'static str, String)>,
    /// Where each setting came from, for `explain`; no secret values.
    pub(crate) settings: Vec<Setting>,
}

/// One setting, for a reader.
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    pub(crate) source: &'static str,
}

/// The process' environment, or a test's.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The environment of this process; empty values count as unset.
pub(crate) fn process_environment(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}

/// Resolves flags over environment; all problems at once.
pub(crate) fn plan(typed: &Connection, environment: Environment<'_>) -> Result<Plan, Failure> {
    let mut draft = Draft {
        problems: Vec::new(),
        settings: Vec::new(),
        environment,
    };
    let origin = draft.origin(typed);
    let credentials = draft.credentials();
    let trust = draft.trust(typed);
    let network = draft.network(typed);
    let audit = draft.audit(typed);
    let guest = draft.guest();
    let Draft {
        problems, settings, ..
    } = draft;
    match (origin, credentials, trust) {
        (Some(origin), Some(credentials), Some(trust)) if problems.is_empty() => {
            let base_url = origin.base_url();
            let audit = audit?;
            Ok(Plan {
                egress: EgressConfig {
                    network,
                    ..EgressConfig::new(origin, credentials, trust)
                },
                audit,
                base_url,
                guest,
                settings,
            })
        }
        _ => Err(Failure::Configuration(problems)),
    }
}

/// A plan to ask the component about itself: no server is ever reached, as no tool is called.
pub(crate) fn offline(sets: Option<&str>) -> Result<Plan, Failure> {
    let environment = |name: &str| match name {
        // Reserved never to exist (RFC 2606).
        "ARGOCD_SERVER" => Some("https://argocd.invalid".to_owned()),
        "ARGOCD_AUTH_TOKEN" => Some("none".to_owned()),
        _ => None,
    };
    let mut plan = plan(&Connection::default(), &environment)?;
    plan.show("ARGOCD_MCP_TOOLSETS", sets.unwrap_or("all"));
    Ok(plan)
}

impl Plan {
    /// Sets a variable of the component's environment.
    pub(crate) fn show(&mut self, name: &'static str, value: &str) {
        self.guest.retain(|(known, _)| *known != name);
        self.guest.push((name, value.to_owned()));
    }
}

struct Draft<'a> {
    problems: Vec<String>,
    settings: Vec<Setting>,
    environment: Environment<'a>,
}

impl Draft<'_> {
    /// The first of `names` that is set.
    fn variable(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        names
            .iter()
            .find_map(|name| Some((*name, (self.environment)(name)?)))
    }

    fn note(&mut self, name: &'static str, value: impl Into<String>, source: &'static str) {
        self.settings.push(Setting {
            name,
            value: value.into(),
            source,
        });
    }

    fn origin(&mut self, typed: &Connection) -> Option<OriginRule> {
        let found = match &typed.server {
            Some(server) => Some(("--server", server.clone())),
            None => self.variable(&["ARGOCD_SERVER", "ARGOCD_BASE_URL"]),
        };
        let Some((source, text)) = found else {
            self.problems.push(
                "ARGOCD_SERVER is not set: give the host or URL of your Argo CD (argocd-host demo needs none)".into(),
            );
            return None;
        };
        let plaintext = if typed.plaintext {
            Plaintext::Allowed
        } else {
            Plaintext::LoopbackOnly
        };
        match OriginRule::parse(&text, plaintext) {
            Ok(origin) => {
                self.note("server", origin.base_url(), source);
                Some(origin)
            }
            Err(error) => {
                self.problems.push(format!("{source}: {error}"));
                None
            }
        }
    }

    fn credentials(&mut self) -> Option<Credentials> {
        let token = self.variable(&["ARGOCD_AUTH_TOKEN", "ARGOCD_API_TOKEN"]);
        let user = self.variable(&["ARGOCD_USERNAME"]);
        let password = self.variable(&["ARGOCD_PASSWORD"]);
        match (token, user, password) {
            (Some((source, token)), _, _) => {
                let token = token.trim();
                if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                    self.problems.push(format!(
                        "{source}: a token has no spaces and no control characters"
                    ));
                    return None;
                }
                self.note("credentials", "token (sealed)", source);
                Some(Credentials::Token(Secret::new(token.to_owned())))
            }
            (None, Some((_, user)), Some((source, password))) => {
                self.note(
                    "credentials",
                    "user and password (the host logs in)",
                    source,
                );
                Some(Credentials::Password {
                    user,
                    password: Secret::new(password),
                })
            }
            (None, user, password) => {
                self.problems.push(match (user, password) {
                    (Some(_), _) => "ARGOCD_USERNAME is set, but ARGOCD_PASSWORD is not".into(),
                    (_, Some(_)) => "ARGOCD_PASSWORD is set, but ARGOCD_USERNAME is not".into(),
                    _ => "no credentials: set ARGOCD_AUTH_TOKEN, or ARGOCD_USERNAME and ARGOCD_PASSWORD".to_owned(),
                });
                None
            }
        }
    }

    /// How the component shows itself, and when the token ends: it sees the token only sealed.
    fn guest(&mut self) -> Vec<(&'static str, String)> {
        let mut guest = Vec::new();
        for (name, label) in [
            ("ARGOCD_MCP_TOOLSETS", "tool sets"),
            ("ARGOCD_MCP_OUTPUT", "output"),
        ] {
            if let Some((_, value)) = self.variable(&[name]) {
                self.note(label, value.clone(), name);
                guest.push((name, value));
            }
        }
        let token = self.variable(&["ARGOCD_AUTH_TOKEN", "ARGOCD_API_TOKEN"]);
        if let Some(seconds) = token.and_then(|(_, token)| expiry(token.trim())) {
            guest.push(("ARGOCD_TOKEN_EXPIRES_AT", seconds.to_string()));
        }
        guest
    }

    fn trust(&mut self, typed: &Connection) -> Option<Trust> {
        let insecure = match self.variable(&["ARGOCD_INSECURE"]) {
            _ if typed.insecure => Some("--insecure"),
            None => None,
            Some((source, value)) => match value.to_ascii_lowercase().as_str() {
                "1" | "true" | "yes" => Some(source),
                "0" | "false" | "no" => None,
                _ => {
                    self.problems.push(format!("{source}: write 1 or 0"));
                    return None;
                }
            },
        };
        let file = match &typed.ca_file {
            Some(path) => Some(("--ca-file", path.clone())),
            None => self
                .variable(&["ARGOCD_CA_FILE"])
                .map(|(source, path)| (source, path.into())),
        };
        match (insecure, file) {
            (Some(source), None) => {
                self.note("tls", "NOT VERIFIED: any certificate is accepted", source);
                Some(Trust::Insecure)
            }
            (Some(insecure), Some((source, _))) => {
                self.problems.push(format!(
                    "{insecure} and {source} contradict each other: keep one"
                ));
                None
            }
            (None, Some((source, path))) => self.ca_file(source, &path),
            (None, None) => {
                self.note(
                    "tls",
                    "verified against the system's trust roots",
                    "default",
                );
                Some(Trust::System)
            }
        }
    }

    fn ca_file(&mut self, source: &'static str, path: &Path) -> Option<Trust> {
        let read = std::fs::metadata(path).and_then(|meta| match meta.len() {
            size if size > limits::CA_FILE_BYTES => Err(std::io::ErrorKind::FileTooLarge.into()),
            _ => std::fs::read(path),
        });
        match read {
            Ok(pem)
                if CertificateDer::pem_slice_iter(&pem).any(|certificate| certificate.is_ok()) =>
            {
                self.note(
                    "tls",
                    format!("verified against {}", path.display()),
                    source,
                );
                Some(Trust::CaFile(pem))
            }
            Ok(_) => {
                self.problems.push(format!(
                    "{source}: {} holds no certificate in PEM form",
                    path.display()
                ));
                None
            }
            Err(error) => {
                self.problems
                    .push(format!("{source}: cannot read {}: {error}", path.display()));
                None
            }
        }
    }

    fn network(&mut self, typed: &Connection) -> Network {
        let mut network = Network::default();
        if !typed.allow_cidr.is_empty() {
            let list: Vec<String> = typed.allow_cidr.iter().map(IpNet::to_string).collect();
            self.note("networks", list.join(", "), "--allow-cidr");
            network.reach.allow = Some(typed.allow_cidr.clone());
        }
        network
    }

    fn audit(&mut self, typed: &Connection) -> Result<Audit, Failure> {
        let Some(target) = &typed.audit_log else {
            self.note("audit", "denials on stderr", "default");
            return Ok(Audit::stderr_denials());
        };
        self.note("audit", target.clone(), "--audit-log");
        open_audit(target)
            .map(Audit::to_file)
            .map_err(|error| Failure::Audit(format!("{target}: {error}")))
    }
}

/// When a JWT ends, in seconds since the Unix epoch; `None` for one without end or another token.
fn expiry(token: &str) -> Option<i64> {
    #[derive(serde::Deserialize)]
    struct Claims {
        exp: Option<i64>,
    }
    let claims = token.split('.').nth(1)?;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(claims.trim_end_matches('='))
        .ok()?;
    serde_json::from_slice::<Claims>(&claims).ok()?.exp
}

/// `fd:N` is a descriptor that the caller opened; anything else is a file to append to.
fn open_audit(target: &str) -> std::io::Result<File> {
    if let Some(number) = target.strip_prefix("fd:") {
        let invalid = || {
            std::io::Error::new(
                std::io::ErrorKind::InvalidInput,
                "write fd:N with an open descriptor above 2",
            )
        };
        let number: i32 = number.parse().map_err(|_| invalid())?;
        if number <= 2 {
            return Err(invalid());
        }
        // Opened anew through /proc, so that no foreign descriptor is taken over without its owner's word.
        return std::fs::OpenOptions::new()
            .append(true)
            .open(format!("/proc/self/fd/{number}"));
    }
    std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(target)
}
