//! The promise of one outcome line for each allowed attempt, kept by `Drop`.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use crate::audit::{self, Actor, Audit};

/// One attempt that was allowed and has not ended. Dropped before its end, it writes `cancelled`
/// (no answer yet) or `dropped` (inside the body).
pub(super) struct Outcome {
    audit: Arc<Audit>,
    actor: Actor,
    seq: u64,
    begun: Instant,
    ended: bool,
    pub(super) status: Option<u16>,
    pub(super) address: Option<SocketAddr>,
    pub(super) bytes: u64,
}

impl Outcome {
    pub(super) fn new(audit: Arc<Audit>, actor: Actor, seq: u64) -> Outcome {
        let begun = Instant::now();
        Outcome {
            audit,
            actor,
            seq,
            begun,
            ended: false,
            status: None,
            address: None,
            bytes: 0,
        }
    }

    /// Writes the line; later calls do nothing.
    pub(super) fn end(&mut self, reason: &str) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let outcome = audit::Outcome {
            actor: self.actor,
            status: self.status,
            reason,
            address: self.address,
            bytes: self.bytes,
            elapsed: self.begun.elapsed(),
        };
        // A line that was lost makes the audit refuse the next decision; this attempt is over.
        let _ = self.audit.outcome(self.seq, &outcome);
    }
}

impl Drop for Outcome {
    fn drop(&mut self) {
        self.end(if self.status.is_some() {
            "dropped"
        } else {
            "cancelled"
        });
    }
}
