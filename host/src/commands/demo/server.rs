//! The Argo CD of the demo: a simulated one on loopback, fed with recorded answers of a genuine one.

use argocd_simulator::Simulator;

use crate::{
    cli::Connection,
    exit::Failure,
    plan::{self, Outline, Plan, Purpose},
};

/// A component of ours that sends whatever request it is told to: the demo's hostile component.
pub(crate) const HOSTILE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/hostile.wasm"));

/// A running demo Argo CD; it ends with this value.
pub(crate) struct Demo {
    simulator: Simulator,
}

/// Starts the demo Argo CD on a free port of this machine.
pub(crate) fn start() -> Result<Demo, Failure> {
    let simulator = Simulator::builder().start().map_err(|error| {
        Failure::Component(format!("the demo Argo CD did not start: {error:#}"))
    })?;
    Ok(Demo { simulator })
}

impl Demo {
    /// The server itself.
    pub(crate) fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// Settings that point at the demo Argo CD; of the caller's environment only
    /// tool sets and output count.
    pub(crate) fn plan(&self, typed: &Connection) -> Result<Plan, Failure> {
        plan::plan(&typed_for(typed), &self.environment(), Purpose::Demo)
    }

    /// The same settings, to be shown.
    pub(crate) fn outline(&self, typed: &Connection) -> Outline {
        plan::outline(&typed_for(typed), &self.environment(), Purpose::Demo)
    }

    fn environment(&self) -> impl Fn(&str) -> Option<String> {
        let (url, token) = (self.simulator.url(), self.simulator.token().to_owned());
        move |name: &str| match name {
            "ARGOCD_SERVER" => Some(url.clone()),
            "ARGOCD_AUTH_TOKEN" => Some(token.clone()),
            // How it is shown is the caller's choice here too.
            "ARGOCD_MCP_TOOLSETS" | "ARGOCD_MCP_TOOLS" | "ARGOCD_MCP_OUTPUT" => {
                plan::process_environment(name)
            }
            _ => None,
        }
    }
}

/// What counts of what was typed; the command line refuses the rest beside `--demo`.
fn typed_for(typed: &Connection) -> Connection {
    Connection {
        audit_log: typed.audit_log.clone(),
        policy: typed.policy.clone(),
        ..Connection::default()
    }
}
