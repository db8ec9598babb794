//! From what was typed and the environment to a plan, or to every problem at once. Values are never echoed.
//!
//! Flags win over the environment, that over the policy file, that over the argocd CLI's context.
//! Nothing is read from the working directory unless a flag names it.

mod audit;
mod component;
mod context;
mod credentials;
mod draft;
mod environment;
mod narrowing;
mod private_file;
mod proxy;
mod server;
mod token;
mod token_command;
mod token_file;
mod trust;

use argocd_gate::{
    audit::Audit,
    egress::{Bounds, EgressConfig},
};

use draft::Draft;
pub(crate) use draft::{Purpose, Setting};
pub(crate) use environment::{Environment, process_environment, take_secrets};

use crate::{cli::Connection, exit::Failure};

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
