//! The work of guards that nothing outside this crate can call, once, for `just bench`: what each guard costs
//! beside the whole. No interface for anybody else.

use argocd_gate::{
    calls::{Calls, Taken, Verdict},
    framer::Framed,
    framer::Framer,
};
use wasmtime::Engine;

use crate::{
    harden,
    runtime::Meter,
    stdio::inbound::{Inbound, judge},
};

/// Both guards of the standard streams, with one client's table of open calls.
#[derive(Default)]
pub struct Streams {
    framer: Framer,
    calls: Calls,
}

impl Streams {
    /// Frames one line of a client, judges length, depth and UTF-8, and notes the call. Whether it passed.
    pub fn client_says(&mut self, line: &[u8]) -> bool {
        let mut passed = false;
        let calls = &self.calls;
        self.framer.push(line, |framed: Framed| {
            passed = match judge(framed) {
                Inbound::Pass(line) => matches!(calls.client_said(&line), Taken::Pass),
                Inbound::Answer(_) => false,
            };
        });
        passed
    }

    /// Judges one line of the component, and closes the call that it answers. Whether it passed.
    pub fn component_says(&self, line: &[u8]) -> bool {
        matches!(self.calls.component_said(line), Verdict::Pass)
    }
}

/// One poll of a guest that does nothing, metered.
pub struct Metered {
    meter: std::sync::Arc<Meter>,
    // The ticker ends with it.
    _engine: Engine,
}

impl Metered {
    /// A full meter; fails when there is no thread for its ticker.
    pub fn new() -> wasmtime::Result<Metered> {
        let engine = Engine::default();
        let meter = Meter::start(&engine)?;
        Ok(Metered {
            meter,
            _engine: engine,
        })
    }

    /// The poll.
    pub async fn poll(&self) {
        self.meter.metered(std::future::ready(())).await;
    }
}

/// Hardens this process for good, as `run` does; it may connect to `port` alone.
pub fn harden(port: u16) {
    harden::apply(harden::Reach {
        port: Some(port),
        ..harden::Reach::default()
    })
    .warn();
}
