//! Runs one instance of a component to its end, inside its limits. The only folder that names wasmtime's
//! linking; it reaches the network through `egress` alone.

mod code;
pub(crate) mod component;
mod engine;
pub(crate) mod imports;
mod link;
mod meter;
mod outgoing;
mod state;

use std::sync::Arc;

use wasmtime::{Store, UpdateDeadline};
use wasmtime_wasi::{I32Exit, p2::bindings::CommandPre};

pub(crate) use meter::Meter;
pub(crate) use state::Grants;
use state::State;

use component::Loaded;

use crate::limits;

/// How an instance ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// `run` returned well.
    Ok,
    /// `run` returned an error, or the component called exit with one.
    Failed,
    /// Trap, limit or host error, in the runtime's words.
    Trapped(String),
}

/// The cause in the first line, then where it happened. Names in a backtrace are the component's own
/// words: the reader escapes them.
fn cause_first(error: &wasmtime::Error) -> String {
    let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
    let (cause, context) = chain
        .split_last()
        .map_or(("", &[][..]), |(c, rest)| (c, rest));
    let mut text = cause.to_owned();
    for part in context {
        text.push('\n');
        text.push_str(part);
    }
    text
}

/// An ended instance: how, and what it had used.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) ended: Ended,
    /// Largest linear memory, in bytes.
    pub(crate) peak_memory: usize,
}

/// A component that is linked and ready to be instantiated.
pub(crate) struct Ready {
    pre: CommandPre<State>,
    meter: Arc<Meter>,
}

impl Ready {
    /// Links `loaded` to exactly our world.
    pub(crate) fn new(loaded: &Loaded) -> wasmtime::Result<Ready> {
        let linker = link::linker(&loaded.engine)?;
        let pre = CommandPre::new(linker.instantiate_pre(&loaded.component)?)?;
        let meter = Meter::start(&loaded.engine)?;
        Ok(Ready { pre, meter })
    }

    /// Lets a component start again after a trap: its CPU bucket is kept, with enough to begin.
    pub(crate) fn allow_restart(&self) {
        self.meter.allow_restart();
    }

    /// Instantiates the component and runs it to its end.
    pub(crate) async fn run(&self, grants: &Grants) -> Report {
        let state = State::new(grants, self.meter.clone());
        let mut store = Store::new(self.pre.engine(), state);
        store.limiter(|state| &mut state.limits);
        store.set_hostcall_fuel(limits::HOST_CALL_FUEL);
        store.set_max_component_handles(limits::HANDLES);
        store.set_epoch_deadline(1);
        let meter = self.meter.clone();
        store.epoch_deadline_callback(move |_| {
            if meter.spent() {
                return Err(wasmtime::format_err!(
                    "CPU limit: {:?} of computing used up",
                    limits::CPU_BURST
                ));
            }
            Ok(UpdateDeadline::YieldCustom(
                1,
                Box::pin(tokio::task::yield_now()),
            ))
        });
        let run = async {
            let command = self.pre.instantiate_async(&mut store).await?;
            command.wasi_cli_run().call_run(&mut store).await
        };
        let ended = match grants.stdout.by_turns(self.meter.metered(run)).await {
            Ok(Ok(())) => Ended::Ok,
            Ok(Err(())) => Ended::Failed,
            Err(error) => match error.downcast_ref::<I32Exit>() {
                Some(I32Exit(0)) => Ended::Ok,
                Some(_) => Ended::Failed,
                None => Ended::Trapped(cause_first(&error)),
            },
        };
        Report {
            ended,
            peak_memory: store.data().limits.memory(),
        }
    }
}
