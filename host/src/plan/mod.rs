//! From what was typed and the environment to a plan, or to every problem at once. Values are never echoed.
//!
//! Flags win over the environment, that over the policy file, that over the argocd CLI's context.
//! Nothing is read from the working directory unless a flag names it.

mod audit;
mod context;
mod credentials;
mod environment;
mod narrowing;
mod private_file;
mod proxy;
mod token_command;
mod token_file;
mod trust;

use std::borrow::Cow;

use argocd_gate::{
    audit::Audit,
    egress::{Bounds, EgressConfig, Network, SealedHeader},
    policy::{Narrowing, OriginRule, Plaintext, is_owner},
    policy_file::PolicyFile,
};
use ipnet::IpNet;

pub(crate) use environment::{Environment, process_environment, take_secrets};

use crate::{cli::Connection, exit::Failure};
use context::Context;

/// Everything that a session needs.
pub(crate) struct Plan {
    pub(crate) egress: EgressConfig,
    pub(crate) audit: Audit,
    /// SHA-256 of each policy file in force.
    pub(crate) policies: Vec<String>,
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
    pub(crate) source: Cow<'static, str>,
}

/// What a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To reach the server.
    Use,
    /// To be looked at: no program is run for it.
    Look,
    /// To reach the built-in demo, or nothing: no policy file's servers and audit apply.
    Demo,
}

/// Resolves all settings; all problems at once.
pub(crate) fn plan(
    typed: &Connection,
    environment: Environment<'_>,
    purpose: Purpose,
) -> Result<Plan, Failure> {
    let mut draft = Draft {
        typed,
        environment,
        purpose,
        problems: Vec::new(),
        settings: Vec::new(),
    };
    let files = draft.policy_files();
    let context = draft.context();
    let origin = draft.origin(context.as_ref(), &files);
    let context = context.as_ref();
    let credentials = draft.credentials(context);
    let trust = draft.trust(context);
    let identity = draft.identity(context);
    let headers = draft.headers();
    let mut network = draft.network();
    let mut bounds = Bounds::default();
    let narrowings = draft.narrow(&files, &mut network, &mut bounds);
    draft.proxy(&mut network, origin.as_ref());
    draft.forbid(&files, origin.as_ref(), trust.as_ref());
    let audit = draft.audit();
    let mut guest = draft.guest();
    guest.extend(draft.tools(&narrowings));
    let Draft {
        problems, settings, ..
    } = draft;
    match (origin, credentials, trust) {
        (Some(origin), Some((credentials, ends)), Some(trust)) if problems.is_empty() => {
            if let Some(seconds) = ends {
                guest.push(("ARGOCD_TOKEN_EXPIRES_AT", seconds.to_string()));
            }
            let base_url = origin.base_url();
            Ok(Plan {
                egress: EgressConfig {
                    identity,
                    headers,
                    network,
                    narrowings,
                    bounds,
                    ..EgressConfig::new(origin, credentials, trust)
                },
                audit: audit?,
                policies: files.into_iter().map(|file| file.sha256).collect(),
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
    let mut plan = plan(&Connection::default(), &environment, Purpose::Demo)?;
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
    typed: &'a Connection,
    environment: Environment<'a>,
    purpose: Purpose,
    problems: Vec<String>,
    settings: Vec<Setting>,
}

impl Draft<'_> {
    /// The first of `names` that is set.
    fn variable(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        names
            .iter()
            .find_map(|name| Some((*name, (self.environment)(name)?)))
    }

    fn note(
        &mut self,
        name: &'static str,
        value: impl Into<String>,
        source: impl Into<Cow<'static, str>>,
    ) {
        self.settings.push(Setting {
            name,
            value: value.into(),
            source: source.into(),
        });
    }

    fn problem(&mut self, text: impl Into<String>) {
        self.problems.push(text.into());
    }

    /// The value, or its problem noted.
    fn or_problem<T>(&mut self, found: Result<T, String>, source: &str) -> Option<T> {
        found
            .map_err(|why| self.problem(format!("{source}: {why}")))
            .ok()
    }

    fn origin(&mut self, context: Option<&Context>, files: &[PolicyFile]) -> Option<OriginRule> {
        let found = match &self.typed.server {
            Some(server) => Some(("--server", server.clone())),
            None => self.variable(&["ARGOCD_SERVER", "ARGOCD_BASE_URL"]),
        };
        let found = found.or_else(|| {
            let server = files.iter().rev().find_map(PolicyFile::only_server)?;
            Some(("policy file", server.base_url()))
        });
        let found = found.or(context.map(|context| (Context::SOURCE, context.server.clone())));
        let Some((source, text)) = found else {
            if self.typed.argocd_context.is_none() {
                self.problem(
                    "ARGOCD_SERVER is not set: give the host or URL of your Argo CD (argocd-host demo needs none)",
                );
            }
            return None;
        };
        let plaintext = if self.typed.plaintext {
            Plaintext::Allowed
        } else {
            Plaintext::LoopbackOnly
        };
        let parsed = OriginRule::parse(&text, plaintext).map_err(|error| error.to_string());
        let origin = self.or_problem(parsed, source)?;
        if let Some(context) = context {
            let of_context = OriginRule::parse(&context.server, Plaintext::Allowed);
            if !of_context.is_ok_and(|of_context| of_context.is_same_server(&origin)) {
                self.problem(format!(
                    "{source} names another server than the context {}: its token is not sent there",
                    context.name
                ));
                return None;
            }
        }
        self.note("server", origin.base_url(), source);
        Some(origin)
    }

    /// How the component shows itself.
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
        guest
    }

    /// The tools that the component offers: what a policy file takes away is not even listed.
    fn tools(&mut self, narrowings: &[Narrowing]) -> Option<(&'static str, String)> {
        const NAME: &str = "ARGOCD_MCP_TOOLS";
        let asked = self.variable(&[NAME]).map(|(_, value)| value);
        let Some(mut left) = Narrowing::tools_left(narrowings) else {
            let value = asked?;
            self.note("tools", value.clone(), NAME);
            return Some((NAME, value));
        };
        // The two MCP methods that own routes are no tools.
        left.retain(|tool| !tool.contains('/'));
        let mut source = "policy file";
        if let Some(asked) = asked.as_deref().filter(|asked| !asked.trim().is_empty()) {
            source = "ARGOCD_MCP_TOOLS, policy file";
            // A name that nothing has stays: the component says so.
            let names = asked.split(',').map(str::trim);
            left = names
                .filter(|name| left.contains(name) || !is_owner(name))
                .collect();
        }
        let value = match left.is_empty() {
            true => "none".to_owned(),
            false => left.join(","),
        };
        self.note("tools", value.clone(), source);
        Some((NAME, value))
    }

    /// Headers for an access proxy, typed or from a file that nobody else can read.
    fn headers(&mut self) -> Vec<SealedHeader> {
        let typed = self.typed.header.iter();
        let mut lines: Vec<(&str, String)> = typed.map(|line| ("--header", line.clone())).collect();
        if let Some(path) = &self.typed.header_file {
            let read = private_file::read(path, private_file::Modes::Private);
            let text = self.or_problem(read, "--header-file").unwrap_or_default();
            let text = zeroize::Zeroizing::new(text);
            let found = text.lines().filter(|line| !line.trim().is_empty());
            lines.extend(found.map(|line| ("--header-file", line.to_owned())));
        }
        let mut headers: Vec<SealedHeader> = Vec::new();
        for (source, line) in lines {
            let line = zeroize::Zeroizing::new(line);
            let parsed = SealedHeader::parse(&line).map_err(|problem| problem.to_string());
            let Some(header) = self.or_problem(parsed, source) else {
                continue;
            };
            if headers.iter().any(|other| other.name() == header.name()) {
                self.problem(format!("{source}: {} comes twice", header.name()));
                continue;
            }
            let sealed = if header.is_sealed() {
                "sealed"
            } else {
                "too short to be overwritten in answers"
            };
            self.note(
                "header",
                format!("{} ({sealed})", header.name()),
                source.to_owned(),
            );
            headers.push(header);
        }
        headers
    }

    fn network(&mut self) -> Network {
        let mut network = Network::default();
        if !self.typed.allow_cidr.is_empty() {
            let list: Vec<String> = self.typed.allow_cidr.iter().map(IpNet::to_string).collect();
            self.note("networks", list.join(", "), "--allow-cidr");
            network.reach.allow = Some(self.typed.allow_cidr.clone());
        }
        network
    }
}
