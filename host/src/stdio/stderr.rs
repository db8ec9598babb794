//! The component's stderr: lines with a `[guest]` prefix, control sequences escaped, secrets
//! removed, at a limited rate. The component's words never reach a terminal raw.

use std::{
    fmt::Write as _,
    io::Write as _,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use argocd_gate::{bucket::Bucket, escape::escaped};
use bytes::Bytes;
use wasmtime_wasi::{
    cli::{IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamError},
};

use crate::limits;

/// Removes secrets from a line before it is shown.
pub(crate) type Scrub = Arc<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;

/// The shared end of the component's stderr.
#[derive(Clone)]
pub(crate) struct Stderr {
    state: Arc<Mutex<State>>,
    scrub: Scrub,
}

struct State {
    line: Vec<u8>,
    allowance: Bucket,
    dropped: u64,
}

impl Stderr {
    /// Shows what the component says after `scrub` has gone over each line.
    pub(crate) fn new(scrub: Scrub) -> Stderr {
        let state = State {
            line: Vec::new(),
            allowance: Bucket::full(
                limits::STDERR_BURST_BYTES as f64,
                limits::STDERR_BYTES_PER_SECOND as f64,
                Instant::now(),
            ),
            dropped: 0,
        };
        Stderr {
            state: Arc::new(Mutex::new(state)),
            scrub,
        }
    }

    /// Shows an unfinished last line.
    pub(crate) fn finish(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.line.is_empty() {
            self.show(&mut state);
        }
    }

    fn show(&self, state: &mut State) {
        let line = std::mem::take(&mut state.line);
        // Its newline counts as well.
        let length = (line.len() + 1) as f64;
        if !state.allowance.take(length, Instant::now()) {
            state.dropped += 1;
            return;
        }
        let mut shown = String::new();
        if state.dropped > 0 {
            let _ = writeln!(
                shown,
                "[guest] ({} lines dropped: too much output)",
                std::mem::take(&mut state.dropped)
            );
        }
        let _ = writeln!(
            shown,
            "[guest] {}",
            escaped(&String::from_utf8_lossy(&(self.scrub)(&line)))
        );
        // Nobody may be reading; that is no reason to stop.
        drop(std::io::stderr().write_all(shown.as_bytes()));
    }
}

impl IsTerminal for Stderr {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Stderr {
    // Required by the trait and used by WASI 0.3 only, which is not linked.
    fn async_stream(&self) -> Box<dyn tokio::io::AsyncWrite + Send + Sync> {
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[async_trait::async_trait]
impl Pollable for Stderr {
    async fn ready(&mut self) {}
}

impl OutputStream for Stderr {
    fn write(&mut self, bytes: Bytes) -> Result<(), StreamError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for &byte in &bytes {
            if byte == b'\n' {
                self.show(&mut state);
            } else if state.line.len() < limits::STDERR_LINE_BYTES {
                state.line.push(byte);
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StreamError> {
        Ok(())
    }

    fn check_write(&mut self) -> Result<usize, StreamError> {
        Ok(limits::STDERR_WRITE_BYTES)
    }
}
