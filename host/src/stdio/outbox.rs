//! The component's stdout: cut into lines, each of which closes the call that it answers and goes
//! to the client whole. A client that does not read fills a bounded queue and then stops the
//! component, never the host.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use wasmtime_wasi::{
    cli::{IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamError},
};

use super::{calls::Calls, sink::Sink};
use crate::limits;

/// The shared end of the component's stdout.
#[derive(Clone)]
pub(crate) struct Outbox {
    calls: Arc<Calls>,
    sink: Sink,
    line: Arc<Mutex<Vec<u8>>>,
}

impl Outbox {
    /// Writes lines to `sink` and closes the calls that they answer.
    pub(crate) fn new(calls: Arc<Calls>, sink: Sink) -> Outbox {
        Outbox { calls, sink, line: Arc::default() }
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
            self.calls.component_said(&whole);
            self.sink.write(whole).map_err(|_| StreamError::Closed)?;
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
        Ok(if self.sink.has_room() { limits::STDOUT_WRITE_BYTES } else { 0 })
    }
}
