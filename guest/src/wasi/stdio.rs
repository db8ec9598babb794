//! Stdin in pieces as they come, stdout in whole lines.

use std::rc::Rc;

use wasi::{
    cli::{stdin, stdout},
    io::streams::{InputStream, OutputStream, StreamError},
};

use super::reactor::{Reactor, Watch};
use crate::limits;

/// Stdin, read without ever blocking the event loop.
pub struct Stdin {
    // Before the stream: children are dropped first.
    watch: Watch,
    stream: InputStream,
}

impl Stdin {
    /// Takes stdin; there is one.
    pub fn open(reactor: &Rc<Reactor>) -> Self {
        let stream = stdin::get_stdin();
        let watch = Watch::new(reactor, stream.subscribe());
        Self { watch, stream }
    }

    /// The next bytes, or `None` at the end. Each piece waits its turn in `poll`, so that a client
    /// that never stops writing starves nobody.
    pub async fn chunk(&mut self) -> Option<Vec<u8>> {
        loop {
            self.watch.ready().await;
            match self.stream.read(limits::READ_BYTES) {
                Ok(bytes) if bytes.is_empty() => {}
                Ok(bytes) => return Some(bytes),
                Err(StreamError::Closed) => return None,
                Err(StreamError::LastOperationFailed(error)) => {
                    eprintln!("stdin failed, ending: {}", error.to_debug_string());
                    return None;
                }
            }
        }
    }
}

/// Most bytes that `wasi:io/streams` takes in one `blocking-write-and-flush`.
const WRITE_BYTES: usize = 4_096;

/// Stdout, in whole lines. One call of the runtime for most: the standard library makes several.
pub struct Stdout(OutputStream);

impl Stdout {
    /// Takes stdout; there is one.
    pub fn open() -> Self {
        Self(stdout::get_stdout())
    }

    /// Writes one complete line and flushes it. A client that has closed its end reads nothing any
    /// more and closes ours next; there is nobody left to tell.
    pub fn write_line(&self, line: &str) {
        for piece in line.as_bytes().chunks(WRITE_BYTES) {
            if self.0.blocking_write_and_flush(piece).is_err() {
                return;
            }
        }
    }
}
