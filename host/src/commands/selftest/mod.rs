//! `selftest`: the escape kit inside the binary. A hostile component in the very sandbox of `run`
//! tries all it can against the demo Argo CD and a canary; each attempt must be refused by the rule
//! that is there for it, have its audit line, and reach nobody.
//!
//! Without [`harden`](crate::harden): what the kernel would stop must be stopped before it.

mod arena;
mod network;
mod report;
mod trial;
mod trials;

use crate::{
    cli::{Format, Selftest},
    exit::Failure,
    output::print,
    session,
};
use arena::Arena;
use trial::{Kind, Trial};

/// Runs everything and prints the result; fails when anything got through, with the guard's name.
pub(crate) fn selftest(args: &Selftest) -> Result<(), Failure> {
    let runtime = session::runtime()?;
    let arena = Arena::start()?;
    let trials = runtime.block_on(trials::all(&arena))?;
    runtime.shutdown_background();
    print(&match args.format {
        Format::Json => report::json(&trials),
        Format::Text => report::text(&trials),
    })?;
    match trials.iter().filter(|trial| trial.broken.is_some()).count() {
        0 => Ok(()),
        many => Err(Failure::Component(format!(
            "the sandbox did not hold: {many} of {} failed",
            trials.len()
        ))),
    }
}
