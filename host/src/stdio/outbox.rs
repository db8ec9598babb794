//! The component's stdout: cut into lines, each of which goes to the client whole when it answers an
//! open call or is a listed notification, and nowhere else. A client that does not read fills a bounded queue and then stops the
//! component, never the host.

use std::{
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use argocd_gate::calls::{Calls, Verdict};
use bytes::Bytes;
use wasmtime_wasi::{
    cli::{IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamError},
};

use super::sink::Sink;
use crate::limits;

/// The shared end of the component's stdout.
#[derive(Clone)]
pub(crate) struct Outbox {
    calls: Arc<Calls>,
    sink: Sink,
    line: Arc<Mutex<Vec<u8>>>,
    refused: Arc<AtomicU64>,
    report: Report,
}

/// Told why a line was refused, and how many were so far.
pub(crate) type Report = Arc<dyn Fn(&str, u64) + Send + Sync>;

impl Outbox {
    /// Writes lines to `sink` and closes the calls that they answer; refused ones go to `report`.
    pub(crate) fn new(calls: Arc<Calls>, sink: Sink, report: Report) -> Outbox {
        Outbox {
            calls,
            sink,
            line: Arc::default(),
            refused: Arc::default(),
            report,
        }
    }

    /// Runs a component whose turns end with what it wrote on its way to the client.
    pub(crate) async fn by_turns<F: Future>(&self, component: F) -> F::Output {
        let mut component = pin!(component);
        std::future::poll_fn(|cx| {
            let polled = component.as_mut().poll(cx);
            self.sink.end_turn();
            polled
        })
        .await
    }

    /// Forgets what an ended instance left of a line: the next one starts its own.
    pub(crate) fn clear(&self) {
        self.line
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// Counts a refused line. A component that writes nothing else must not fill the audit with it.
    fn refuse(&self, why: &str) {
        let count = self.refused.fetch_add(1, Ordering::Relaxed) + 1;
        if count <= limits::REFUSED_LINES_NOTED || count.is_power_of_two() {
            (self.report)(why, count);
        }
    }
}

impl IsTerminal for Outbox {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Outbox {
    // Required by the trait and used by WASI 0.3 only, which is not linked.
    fn async_stream(&self) -> Box<dyn tokio::io::AsyncWrite + Send + Sync> {
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[async_trait::async_trait]
impl Pollable for Outbox {
    async fn ready(&mut self) {
        self.sink.room().await;
    }
}

impl OutputStream for Outbox {
    fn write(&mut self, bytes: Bytes) -> Result<(), StreamError> {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rest = &bytes[..];
        while let Some(end) = memchr::memchr(b'\n', rest) {
            line.extend_from_slice(&rest[..=end]);
            rest = &rest[end + 1..];
            let whole = std::mem::take(&mut *line);
            match self.calls.component_said(&whole) {
                Verdict::Pass => {
                    let written = self.sink.write_in_turn(whole);
                    written.map_err(|_| StreamError::Closed)?;
                }
                Verdict::Swallow => {}
                Verdict::Refuse(why) => self.refuse(why),
            }
        }
        if line.len() + rest.len() > limits::STDOUT_LINE_BYTES {
            return Err(StreamError::Trap(wasmtime::format_err!(
                "the component wrote a line longer than {} bytes",
                limits::STDOUT_LINE_BYTES
            )));
        }
        line.extend_from_slice(rest);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StreamError> {
        Ok(())
    }

    fn check_write(&mut self) -> Result<usize, StreamError> {
        Ok(if self.sink.has_room() {
            limits::STDOUT_WRITE_BYTES
        } else {
            0
        })
    }
}
