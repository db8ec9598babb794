//! `run`: serves an MCP client on stdin and stdout.

use crate::{cli::Run, exit::Failure, harden, plan::Plan, runtime::component, session};

/// Serves the client until it closes its end.
pub(crate) fn run(args: &Run, plan: Plan) -> Result<(), Failure> {
    let loaded = component::load_audited(args.component.as_deref(), args.pin.get(), &plan.audit)?;
    harden::apply(plan.egress.port(), plan.egress.token_folder()).warn();
    session::serve(plan, &loaded, args.stats)
}
