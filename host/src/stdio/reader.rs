//! Reads the client's lines from the process' stdin: by readiness where the system offers it
//! (pipes, sockets, terminals), by a thread where it does not (`epoll` refuses regular files and
//! `/dev/null`). The descriptor's flags are never changed, since it may be shared.

use std::{
    io::Read,
    os::fd::{AsFd, BorrowedFd},
    sync::Arc,
};

use argocd_gate::{
    calls::{Calls, Taken},
    framer::{Framed, Framer},
    limits::{ID_BYTES, OPEN_CALLS},
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::io::{Interest, unix::AsyncFd};

use super::{
    answer::{self, Code},
    inbound::{Inbound, judge},
    inbox::Inbox,
    sink::Sink,
};
use crate::limits;

/// Everything that a line from the client touches.
pub(crate) struct Intake {
    pub(crate) calls: Arc<Calls>,
    pub(crate) inbox: Inbox,
    pub(crate) sink: Sink,
}

impl Intake {
    /// Waits until the next lines have somewhere to go: to the component, and, where the host answers
    /// them itself, to a client that reads.
    async fn room(&self) {
        self.inbox.room().await;
        self.sink.room().await;
    }

    /// Takes one framed line: into the component's queue, or answered here.
    pub(crate) fn take(&self, framed: Framed) {
        let answered = match judge(framed) {
            Inbound::Answer(line) => line,
            Inbound::Pass(line) => match self.calls.client_said(&line) {
                Taken::Pass => return self.inbox.push(line),
                // The host could not tell the answer to this call from a forged one.
                Taken::Full(id) => {
                    let why = format!("{OPEN_CALLS} calls are in progress: wait for an answer");
                    answer::error(Some(&id), Code::Internal, &why)
                }
                Taken::TooLong => {
                    let why =
                        format!("an id, progress token or tool name longer than {ID_BYTES} bytes");
                    answer::error(None, Code::InvalidRequest, &why)
                }
            },
        };
        // A client that is gone ends the process through its own end of stdin.
        drop(self.sink.write(answered));
    }
}

/// Reads stdin to its end; then the inbox is closed.
pub(crate) async fn read_stdin(intake: Intake) {
    let mut framer = Framer::default();
    // SAFETY: `Stdin` keeps its descriptor for the life of the process, and always returns the same one.
    match unsafe { AsyncFd::register_with_interest(std::io::stdin(), Interest::READABLE) } {
        Ok(fd) => by_readiness(&fd, &mut framer, &intake).await,
        Err(_) => by_thread(&mut framer, &intake).await,
    }
    framer.finish(|framed| intake.take(framed));
    intake.inbox.close();
}

async fn by_readiness(fd: &AsyncFd<std::io::Stdin>, framer: &mut Framer, intake: &Intake) {
    let mut buffer = vec![0; limits::STDIN_READ_BYTES];
    loop {
        intake.room().await;
        let Ok(mut ready) = fd.readable().await else {
            return;
        };
        // Readiness may be stale, and a blocking read would hold up the runtime: ask again.
        if !readable_now(fd.get_ref().as_fd()) {
            ready.clear_ready();
            continue;
        }
        match rustix::io::read(fd.get_ref().as_fd(), &mut buffer) {
            Ok(0) => return,
            Ok(n) => framer.push(&buffer[..n], |framed| intake.take(framed)),
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => ready.clear_ready(),
            Err(_) => return,
        }
    }
}

fn readable_now(fd: BorrowedFd<'_>) -> bool {
    let mut fds = [PollFd::from_borrowed_fd(fd, PollFlags::IN)];
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // A hang-up is readable too: the read then returns the end.
    matches!(poll(&mut fds, Some(&now)), Ok(n) if n > 0)
}

async fn by_thread(framer: &mut Framer, intake: &Intake) {
    let (sender, mut pieces) = tokio::sync::mpsc::channel::<Vec<u8>>(1);
    let spawned = std::thread::Builder::new()
        .name("stdin".into())
        .spawn(move || {
            let mut buffer = vec![0; limits::STDIN_READ_BYTES];
            while let Ok(n @ 1..) = std::io::stdin().read(&mut buffer) {
                if sender.blocking_send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
    if spawned.is_err() {
        return;
    }
    while let Some(piece) = pieces.recv().await {
        framer.push(&piece, |framed| intake.take(framed));
        intake.room().await;
    }
}
