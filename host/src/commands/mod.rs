//! The commands, a file or folder for each, and which settings each of them needs.

mod audit;
mod call;
mod check;
mod component;
#[cfg(feature = "demo")]
mod demo;
mod explain;
mod manual;
mod policy;
mod record;
mod run;
#[cfg(feature = "demo")]
mod selftest;
mod tools;

use std::path::Path;

use crate::{
    cli::{Command, Connection},
    exit::Failure,
    plan::{self, Outline, Plan, Purpose},
    session,
};

/// Does what was typed.
pub(crate) fn dispatch(command: Command) -> Result<(), Failure> {
    match command {
        Command::Run(args) => with_plan(&args.connection, args.replay.as_deref(), |plan| {
            run::run(&args, plan)
        }),
        Command::Tools(args) => tools::tools(&args),
        Command::Call(args) => {
            let arguments = call::arguments(&args)?;
            with_plan(&args.connection, args.replay.as_deref(), |plan| {
                call::call(&args, arguments, plan)
            })
        }
        Command::Record(args) => {
            with_plan(&args.connection, None, |plan| record::record(&args, plan))
        }
        #[cfg(feature = "demo")]
        Command::Demo => demo::show(),
        #[cfg(feature = "demo")]
        Command::Selftest(args) => selftest::selftest(&args),
        Command::Check(args) => check::check(&args, outline(&args.connection)?),
        Command::Explain(args) => explain::explain(&args, &outline(&args.connection)?),
        Command::Policy(command) => policy::policy(&command),
        Command::Audit(command) => audit::audit(&command),
        Command::Component { output } => component::component(&output),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man => manual::man(),
    }
}

/// Resolves the settings, with a recording or the demo Argo CD in their place when that was asked for.
fn with_plan(
    typed: &Connection,
    replay: Option<&Path>,
    then: impl FnOnce(Plan) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if let Some(folder) = replay {
        return audited(plan::replayed(typed, folder)?, then);
    }
    #[cfg(feature = "demo")]
    if typed.demo {
        let demo = demo::start()?;
        return audited(demo.plan(typed)?, then);
    }
    audited(
        plan::plan(typed, &plan::process_environment, Purpose::Use)?,
        then,
    )
}

/// The settings for a command that sends nothing, or those of the demo Argo CD.
fn outline(typed: &Connection) -> Result<Outline, Failure> {
    #[cfg(feature = "demo")]
    if typed.demo {
        return Ok(demo::start()?.outline(typed));
    }
    Ok(plan::outline(
        typed,
        &plan::process_environment,
        Purpose::Look,
    ))
}

/// Runs `then`, and ends the audit of what it ran.
fn audited(plan: Plan, then: impl FnOnce(Plan) -> Result<(), Failure>) -> Result<(), Failure> {
    let audit = plan.audit.clone();
    session::end_audit(&audit, then(plan))
}
