//! `run`: serves an MCP client on stdin and stdout.

use std::io::IsTerminal;

use crate::{cli::Run, exit::Failure, harden, plan::Plan, runtime::component, session};

/// Serves the client until it closes its end.
pub(crate) fn run(args: &Run, plan: Plan) -> Result<(), Failure> {
    let loaded = component::load_audited(args.component.as_deref(), args.pin.get(), &plan.audit)?;
    harden::apply(plan.reach()).warn();
    // A person, not a client: without a word the program would seem to hang.
    if std::io::stdin().is_terminal() {
        eprintln!(
            "Serving MCP for {} on stdin and stdout; Ctrl-D ends",
            plan.base_url
        );
    }
    session::serve(plan, &loaded, args.stats)
}
