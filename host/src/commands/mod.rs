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
mod run;
#[cfg(feature = "demo")]
mod selftest;
mod tools;

use crate::{
    cli::{Command, Connection},
    exit::Failure,
    plan::{self, Plan, Purpose},
};

/// Does what was typed.
pub(crate) fn dispatch(command: Command) -> Result<(), Failure> {
    match command {
        Command::Run(args) => {
            with_plan(&args.connection, Purpose::Use, |plan| run::run(&args, plan))
        }
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
        Command::Policy(command) => policy::policy(&command),
        Command::Audit(command) => audit::audit(&command),
        Command::Component { output } => component::component(&output),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man => manual::man(),
    }
}

/// Resolves the settings, with the demo Argo CD in their place when that was asked for.
fn with_plan(
    typed: &Connection,
    purpose: Purpose,
    then: impl FnOnce(Plan) -> Result<(), Failure>,
) -> Result<(), Failure> {
    #[cfg(feature = "demo")]
    if typed.demo {
        let demo = demo::start()?;
        return then(demo.plan(typed)?);
    }
    then(plan::plan(typed, &plan::process_environment, purpose)?)
}
