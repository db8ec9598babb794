//! The component's stdin: a queue of lines that the host has judged. All handles that the
//! component makes share it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use tokio::sync::Notify;
use wasmtime_wasi::{
    cli::{IsTerminal, StdinStream},
    p2::{InputStream, Pollable, StreamError},
};

use crate::limits;

/// A shared queue of bytes for the component.
#[derive(Clone, Default)]
pub(crate) struct Inbox(Arc<Shared>);

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    filled: Notify,
    drained: Notify,
}

#[derive(Default)]
struct Queue {
    lines: VecDeque<Bytes>,
    bytes: usize,
    closed: bool,
}

impl Inbox {
    /// Adds one line, newline included.
    pub(crate) fn push(&self, line: Vec<u8>) {
        let mut queue = self.lock();
        queue.bytes += line.len();
        queue.lines.push_back(Bytes::from(line));
        drop(queue);
        self.0.filled.notify_waiters();
        self.0.filled.notify_one();
    }

    /// Nothing more will come; what is queued is still read.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.0.filled.notify_waiters();
        self.0.filled.notify_one();
    }

    /// Whether the input has ended.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Forgets what an ended instance has not read.
    pub(crate) fn clear(&self) {
        let mut queue = self.lock();
        queue.lines.clear();
        queue.bytes = 0;
        drop(queue);
        self.0.drained.notify_one();
    }

    /// Waits until the component has read enough for more lines to be taken from the client.
    pub(crate) async fn room(&self) {
        loop {
            let drained = self.0.drained.notified();
            if self.lock().bytes < limits::STDIN_QUEUE_BYTES {
                return;
            }
            drained.await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IsTerminal for Inbox {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdinStream for Inbox {
    // Required by the trait and used by WASI 0.3 only, which is not linked.
    fn async_stream(&self) -> Box<dyn tokio::io::AsyncRead + Send + Sync> {
        Box::new(tokio::io::empty())
    }

    fn p2_stream(&self) -> Box<dyn InputStream> {
        Box::new(self.clone())
    }
}

#[async_trait::async_trait]
impl Pollable for Inbox {
    async fn ready(&mut self) {
        loop {
            let filled = self.0.filled.notified();
            {
                let queue = self.lock();
                if !queue.lines.is_empty() || queue.closed {
                    return;
                }
            }
            filled.await;
        }
    }
}

impl InputStream for Inbox {
    /// As many whole lines as fit: a client's burst is one read for the component, not one each.
    fn read(&mut self, size: usize) -> Result<Bytes, StreamError> {
        let mut queue = self.lock();
        if queue.lines.is_empty() && queue.closed {
            return Err(StreamError::Closed);
        }
        let taken = queue.take(size);
        queue.bytes -= taken.len();
        if queue.bytes < limits::STDIN_QUEUE_BYTES {
            self.0.drained.notify_one();
        }
        Ok(taken)
    }
}

impl Queue {
    /// Whole lines of at most `size` bytes together, or the beginning of one that is longer.
    fn take(&mut self, size: usize) -> Bytes {
        let mut length = 0;
        let fit = self.lines.iter().take_while(|line| {
            length += line.len();
            length <= size
        });
        match (fit.count(), self.lines.front_mut()) {
            (_, None) => Bytes::new(),
            (0, Some(long)) => long.split_to(size),
            (1, Some(line)) => {
                let line = std::mem::take(line);
                self.lines.pop_front();
                line
            }
            (several, Some(_)) => {
                let lines: Vec<Bytes> = self.lines.drain(..several).collect();
                lines.concat().into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(inbox: &mut Inbox, size: usize) -> String {
        let bytes = inbox.read(size).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[test]
    fn a_read_takes_the_lines_that_fit() {
        for (size, expected) in [
            (1, vec!["a", "\n", "b", "b", "\n", "c", "\n"]),
            (2, vec!["a\n", "bb", "\n", "c\n"]),
            (4, vec!["a\n", "bb\n", "c\n"]),
            (5, vec!["a\nbb\n", "c\n"]),
            (64, vec!["a\nbb\nc\n"]),
        ] {
            let mut inbox = Inbox::default();
            for line in ["a\n", "bb\n", "c\n"] {
                inbox.push(line.as_bytes().to_vec());
            }
            for piece in expected {
                assert_eq!(read(&mut inbox, size), piece, "by {size}");
            }
            assert_eq!(read(&mut inbox, size), "", "by {size}");
            assert_eq!(inbox.lock().bytes, 0);
            inbox.close();
            assert!(matches!(inbox.read(size), Err(StreamError::Closed)));
        }
    }
}
