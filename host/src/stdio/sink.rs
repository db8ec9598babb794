//! Where answer lines go: the process' stdout, or a caller inside this process.
//!
//! A short line to a client that reads is one direct `write`, and so are those that the component
//! writes right after it. Otherwise a writer thread takes over with a bounded queue, so that a client
//! that does not read never blocks the runtime.

use std::{
    io::Write,
    os::fd::AsFd,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::Notify;

use crate::limits;

/// A line sink with back-pressure.
#[derive(Clone)]
pub(crate) struct Sink(Arc<Shared>);

struct Shared {
    target: Target,
    /// Bytes that the writer thread has not written yet.
    pending: AtomicUsize,
    drained: Notify,
    on_first: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

enum Target {
    Stdout {
        writer: OnceLock<Mutex<mpsc::Sender<Job>>>,
        turn: Mutex<Turn>,
    },
    Channel(tokio::sync::mpsc::UnboundedSender<Vec<u8>>),
}

/// One turn of the component: from when it is polled to when it waits.
#[derive(Default)]
struct Turn {
    has_written: bool,
    /// Lines after the first: each `write` wakes the client, and a batch of answers is many.
    held: Vec<u8>,
}

enum Job {
    Line(Vec<u8>),
    Flushed(mpsc::Sender<()>),
}

impl Sink {
    /// The process' stdout.
    pub(crate) fn stdout() -> Sink {
        Sink::to(Target::Stdout {
            writer: OnceLock::new(),
            turn: Mutex::default(),
        })
    }

    /// A caller inside this process.
    pub(crate) fn channel(sender: tokio::sync::mpsc::UnboundedSender<Vec<u8>>) -> Sink {
        Sink::to(Target::Channel(sender))
    }

    fn to(target: Target) -> Sink {
        Sink(Arc::new(Shared {
            target,
            pending: AtomicUsize::new(0),
            drained: Notify::new(),
            on_first: Mutex::new(None),
        }))
    }

    /// Runs `work` right after the first line went out: what must not delay the first answer.
    pub(crate) fn after_first_line(&self, work: impl FnOnce() + Send + 'static) {
        *self
            .0
            .on_first
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Box::new(work));
    }

    /// Whether another line may be written now.
    pub(crate) fn has_room(&self) -> bool {
        self.0.pending.load(Ordering::Acquire) < limits::STDOUT_QUEUE_BYTES
    }

    /// Waits until the client has read enough.
    pub(crate) async fn room(&self) {
        loop {
            let drained = self.0.drained.notified();
            if self.has_room() {
                return;
            }
            drained.await;
        }
    }

    /// Writes one line, newline included; an error means that nobody reads any more.
    pub(crate) fn write(&self, line: Vec<u8>) -> std::io::Result<()> {
        match &self.0.target {
            Target::Channel(sender) => {
                sender
                    .send(line)
                    .map_err(|_| std::io::ErrorKind::BrokenPipe)?;
            }
            Target::Stdout { writer, .. } => self.write_stdout(writer, line)?,
        }
        let first = self
            .0
            .on_first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(work) = first {
            work();
        }
        Ok(())
    }

    /// Writes one line of a turn: the first at once, those after it together, at the latest when
    /// the turn ends. An error means that nobody reads any more.
    pub(crate) fn write_in_turn(&self, line: Vec<u8>) -> std::io::Result<()> {
        let Target::Stdout { turn, .. } = &self.0.target else {
            return self.write(line);
        };
        let mut turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut turn.has_written, true) {
            return self.write(line);
        }
        if turn.held.len() + line.len() > limits::PIPE_BUF_BYTES {
            self.deliver(&mut turn)?;
        }
        turn.held.extend_from_slice(&line);
        Ok(())
    }

    /// The component waits: what it wrote goes out.
    pub(crate) fn end_turn(&self) {
        if let Target::Stdout { turn, .. } = &self.0.target {
            let mut turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            turn.has_written = false;
            // A client that is gone is told to the component by its next write.
            let _ = self.deliver(&mut turn);
        }
    }

    fn deliver(&self, turn: &mut Turn) -> std::io::Result<()> {
        if turn.held.is_empty() {
            Ok(())
        } else {
            self.write(std::mem::take(&mut turn.held))
        }
    }

    /// Waits until everything that was written has reached the client.
    pub(crate) fn flush(&self) {
        if let Target::Stdout { writer, .. } = &self.0.target
            && let Some(sender) = writer.get()
        {
            let (done, flushed) = mpsc::channel();
            let sent = sender
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .send(Job::Flushed(done));
            if sent.is_ok() {
                // An error means that the writer ended: the client is gone.
                let _ = flushed.recv();
            }
        }
    }

    fn write_stdout(
        &self,
        writer: &OnceLock<Mutex<mpsc::Sender<Job>>>,
        line: Vec<u8>,
    ) -> std::io::Result<()> {
        if self.0.pending.load(Ordering::Acquire) == 0
            && line.len() <= limits::PIPE_BUF_BYTES
            && writable()
        {
            return raw_stdout(&line);
        }
        self.0.pending.fetch_add(line.len(), Ordering::AcqRel);
        let sender = writer.get_or_init(|| Mutex::new(start_writer(&self.0)));
        let sender = sender.lock().unwrap_or_else(PoisonError::into_inner);
        sender.send(Job::Line(line)).map_err(|_| {
            self.0.free_all();
            std::io::ErrorKind::BrokenPipe.into()
        })
    }
}

impl Shared {
    /// The client has taken so many bytes.
    fn free(&self, bytes: usize) {
        self.pending.fetch_sub(bytes, Ordering::AcqRel);
        self.wake();
    }

    /// Nobody will take what is left: whoever waits for room must learn that by writing.
    fn free_all(&self) {
        self.pending.store(0, Ordering::Release);
        self.wake();
    }

    fn wake(&self) {
        self.drained.notify_waiters();
        self.drained.notify_one();
    }
}

/// The thread that may block on a client that does not read. It ends when that client is gone.
fn start_writer(shared: &Arc<Shared>) -> mpsc::Sender<Job> {
    let (sender, jobs) = mpsc::channel();
    let shared = Arc::downgrade(shared);
    let spawned = std::thread::Builder::new()
        .name("stdout".into())
        .spawn(move || {
            while let Ok(job) = jobs.recv() {
                match job {
                    Job::Line(line) => {
                        let written = raw_stdout(&line);
                        let Some(shared) = shared.upgrade() else {
                            return;
                        };
                        if written.is_err() {
                            drop(jobs);
                            shared.free_all();
                            return;
                        }
                        shared.free(line.len());
                    }
                    // The one who waits may have gone.
                    Job::Flushed(done) => drop(done.send(())),
                }
            }
        });
    // Without a thread the receiver is gone, and every send reports a broken pipe.
    drop(spawned);
    sender
}

fn writable() -> bool {
    let stdout = std::io::stdout();
    let mut fds = [PollFd::from_borrowed_fd(stdout.as_fd(), PollFlags::OUT)];
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    matches!(poll(&mut fds, Some(&now)), Ok(1)) && fds[0].revents().contains(PollFlags::OUT)
}

fn raw_stdout(line: &[u8]) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(line)?;
    stdout.flush()
}
