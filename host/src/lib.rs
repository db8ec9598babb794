//! `argocd-host`: runs `argocd.wasm` so that it can reach one Argo CD, by GET, on listed routes.
//!
//! What a security engineer reads to believe that: the crate `argocd-gate` in `gate/`, and the linking in
//! `runtime`. Everything else is convenience around it.

mod bounds;
mod call;
mod check;
mod cli;
mod component;
#[doc(hidden)]
pub mod cost;
#[cfg(feature = "demo")]
mod demo;
mod exit;
mod explain;
mod harden;
mod limits;
mod plan;
mod render;
mod runtime;
#[cfg(feature = "demo")]
mod selftest;
mod session;
mod stdio;
mod summary;
mod supervise;
mod tools;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    cli::{AuditCommand, Cli, Command, Connection, PolicyCommand},
    exit::Failure,
    plan::Purpose,
};

/// The whole program: parse, resolve, run, exit code.
pub fn run() -> ExitCode {
    harden::hide_memory();
    // SAFETY: the first thing that this process does, before any thread.
    unsafe { plan::take_secrets() };
    match dispatch(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let text = failure.to_string();
            if !text.is_empty() {
                eprintln!("argocd-host: {text}");
            }
            failure.code()
        }
    }
}

fn dispatch(command: Command) -> Result<(), Failure> {
    match command {
        Command::Run(args) => with_plan(&args.connection, Purpose::Use, |plan| {
            let loaded =
                component::load_audited(args.component.as_deref(), args.pin.get(), &plan.audit)?;
            harden::apply(plan.egress.port(), plan.egress.token_folder()).warn();
            session::serve(plan, &loaded, args.stats)
        }),
        Command::Tools(args) => tools::tools(&args),
        Command::Call(args) => with_plan(&args.connection, Purpose::Use, |plan| {
            call::call(&args, plan)
        }),
        #[cfg(feature = "demo")]
        Command::Demo => demo::show(),
        #[cfg(feature = "demo")]
        Command::Selftest(args) => selftest::selftest(&args),
        Command::Check(args) => with_plan(&args.connection, Purpose::Look, |plan| {
            check::check(&args, &plan)
        }),
        Command::Explain(args) => explain::explain(&args),
        Command::Policy(PolicyCommand::Schema) => call::print(argocd_gate::policy_file::SCHEMA),
        Command::Policy(PolicyCommand::Validate { file }) => explain::validate(&file),
        Command::Audit(AuditCommand::Summarize { file, format }) => {
            summary::summarize(&file, format)
        }
        Command::Audit(AuditCommand::Schema) => call::print(argocd_gate::audit::SCHEMA),
        Command::Component { output } => call::write_file(&output, component::EMBEDDED),
        Command::Completions { shell } => explain::completions(shell),
        Command::Man => explain::man(),
    }
}

/// Resolves the settings, with the demo Argo CD in their place when that was asked for.
fn with_plan(
    typed: &Connection,
    purpose: Purpose,
    then: impl FnOnce(plan::Plan) -> Result<(), Failure>,
) -> Result<(), Failure> {
    #[cfg(feature = "demo")]
    if typed.demo {
        let demo = demo::start()?;
        return then(demo.plan(typed)?);
    }
    then(plan::plan(typed, &plan::process_environment, purpose)?)
}
