//! From what was typed and the environment to a plan, or to every problem at once. Values are never echoed.
//!
//! Flags win over the environment, that over the policy file, that over the argocd CLI's context.
//! Nothing is read from the working directory unless a flag names it.

mod audit;
pub(crate) mod choice;
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

use std::{path::Path, sync::Arc};

use argocd_gate::{
    audit::Audit,
    egress::{Bounds, Credentials, EgressConfig, Identity, Network, SealedHeader, Trust},
    policy::{Narrowing, OriginRule},
    policy_file::PolicyFile,
};

use argocd_simulator::Replay;
use draft::Draft;
pub(crate) use draft::{Purpose, Setting};
pub(crate) use environment::{Environment, process_environment, take_secrets};
pub(crate) use server::NO_SERVER;

use crate::{cli::Connection, exit::Failure, harden::Reach, upstream::Upstream};

/// Everything that a session needs.
pub(crate) struct Plan {
    pub(crate) egress: EgressConfig,
    pub(crate) audit: Arc<Audit>,
    /// SHA-256 of each policy file in force.
    pub(crate) policies: Vec<String>,
    /// What the component gets as `ARGOCD_SERVER`.
    pub(crate) base_url: String,
    /// What else the component gets in its environment; never a secret.
    pub(crate) guest: Vec<(&'static str, String)>,
    /// Who answers.
    pub(crate) upstream: Upstream,
}

/// What the settings say, for commands that send nothing; as much as can be said, and every problem.
pub(crate) struct Outline {
    /// The server; `None` when none is set, or it is wrong.
    pub(crate) origin: Option<OriginRule>,
    pub(crate) narrowings: Vec<Narrowing>,
    pub(crate) bounds: Bounds,
    /// Where each setting came from; no secret values.
    pub(crate) settings: Vec<Setting>,
    pub(crate) problems: Vec<String>,
}

/// Resolves all settings; all problems at once.
pub(crate) fn plan(
    typed: &Connection,
    environment: Environment<'_>,
    purpose: Purpose,
) -> Result<Plan, Failure> {
    let mut draft = Draft::new(typed, environment, purpose);
    let Found {
        files,
        origin,
        credentials,
        trust,
        identity,
        headers,
        network,
        bounds,
        narrowings,
        mut guest,
    } = draft.find();
    let (Some(origin), Some((credentials, ends)), Some(trust), true) =
        (origin, credentials, trust, draft.problems.is_empty())
    else {
        return Err(Failure::Configuration(draft.problems));
    };
    // Last: a wrong setting must not leave an empty log.
    let audit = draft.audit()?;
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
        audit: Arc::new(audit),
        policies: files.into_iter().map(|file| file.sha256).collect(),
        base_url,
        guest,
        upstream: Upstream::Server,
    })
}

/// Resolves what commands need that send nothing: no program runs, and no file is made.
pub(crate) fn outline(
    typed: &Connection,
    environment: Environment<'_>,
    purpose: Purpose,
) -> Outline {
    let mut draft = Draft::new(typed, environment, purpose);
    let found = draft.find();
    draft.look_at_audit();
    Outline {
        origin: found.origin,
        narrowings: found.narrowings,
        bounds: found.bounds,
        settings: draft.settings,
        problems: draft.problems,
    }
}

/// The parts of a plan, those that are missing or wrong left out.
struct Found {
    files: Vec<PolicyFile>,
    origin: Option<OriginRule>,
    /// And when the token expires, in seconds since the Unix epoch.
    credentials: Option<(Credentials, Option<i64>)>,
    trust: Option<Trust>,
    identity: Option<Identity>,
    headers: Vec<SealedHeader>,
    network: Network,
    bounds: Bounds,
    narrowings: Vec<Narrowing>,
    guest: Vec<(&'static str, String)>,
}

impl Draft<'_> {
    fn find(&mut self) -> Found {
        let files = self.policy_files();
        let context = self.context();
        let origin = self.origin(context.as_ref(), &files);
        let context = context.as_ref();
        let credentials = self.credentials(context);
        let trust = self.trust(context, origin.as_ref());
        let identity = self.identity(context);
        let headers = self.headers();
        let mut network = self.network();
        let mut bounds = Bounds::default();
        let narrowings = self.narrow(&files, &mut network, &mut bounds);
        self.proxy(&mut network, origin.as_ref());
        self.forbid(&files, origin.as_ref(), trust.as_ref());
        let mut guest = self.guest();
        guest.extend(self.tools(&narrowings));
        Found {
            files,
            origin,
            credentials,
            trust,
            identity,
            headers,
            network,
            bounds,
            narrowings,
            guest,
        }
    }
}

/// A plan to ask the component about itself: no server is ever reached, as no tool is called.
pub(crate) fn offline(sets: Option<&str>) -> Result<Plan, Failure> {
    let environment = |name: &str| nowhere(name);
    let mut plan = plan(&Connection::default(), &environment, Purpose::Demo)?;
    plan.show("ARGOCD_MCP_TOOLSETS", sets.unwrap_or("all"));
    Ok(plan)
}

/// A plan whose requests a recording answers: nothing is sent. Of the caller's settings only tool sets,
/// output, policy files and the audit count.
pub(crate) fn replayed(typed: &Connection, folder: &Path) -> Result<Plan, Failure> {
    let replay = Replay::load(folder)
        .map_err(|error| Failure::Configuration(vec![format!("--replay: {error}")]))?;
    let typed = Connection {
        audit_log: typed.audit_log.clone(),
        policy: typed.policy.clone(),
        ..Connection::default()
    };
    let environment = |name: &str| {
        let is_shown = [
            "ARGOCD_MCP_TOOLSETS",
            "ARGOCD_MCP_TOOLS",
            "ARGOCD_MCP_OUTPUT",
        ];
        if is_shown.contains(&name) {
            process_environment(name)
        } else {
            nowhere(name)
        }
    };
    let mut plan = plan(&typed, &environment, Purpose::Demo)?;
    plan.upstream = Upstream::Recording(Arc::new(replay));
    Ok(plan)
}

/// The environment of a plan that reaches no server.
fn nowhere(name: &str) -> Option<String> {
    match name {
        // Reserved never to exist (RFC 2606).
        "ARGOCD_SERVER" => Some("https://argocd.invalid".to_owned()),
        "ARGOCD_AUTH_TOKEN" => Some("none".to_owned()),
        _ => None,
    }
}

impl Plan {
    /// What of the system the process needs from here on.
    pub(crate) fn reach(&self) -> Reach<'_> {
        Reach {
            port: (!self.upstream.is_offline()).then(|| self.egress.port()),
            read: self.egress.token_folder(),
            write: None,
        }
    }

    /// Sets a variable of the component's environment.
    pub(crate) fn show(&mut self, name: &'static str, value: &str) {
        self.guest.retain(|(known, _)| *known != name);
        self.guest.push((name, value.to_owned()));
    }
}
