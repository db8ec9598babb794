//! What can go wrong between a client and Argo CD, on request.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

/// A fault for some of the requests.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Which requests.
    pub path: Match,
    /// For how many of them; `None` is all.
    pub times: Option<usize>,
    /// What happens.
    pub kind: FaultKind,
}

/// Which requests a fault hits. Paths are without the server's prefix; a text with a `?` in it is
/// compared with path and query.
#[derive(Clone, Debug)]
pub enum Match {
    /// The whole path.
    Exact(String),
    /// The beginning of the path.
    Prefix(String),
}

/// What happens to a request or its answer.
#[derive(Clone, Debug)]
pub enum FaultKind {
    /// No head until `Simulator::release`, or until the client closes the connection.
    Hold,
    /// The head comes late.
    SlowHead(Duration),
    /// The body comes in chunks of so many bytes, with a pause before each but the first.
    SlowBody {
        /// Bytes in a chunk.
        chunk: usize,
        /// The pause.
        every: Duration,
    },
    /// The connection is closed after so many bytes of the body.
    TornBody {
        /// Bytes that still go out.
        after: usize,
    },
    /// A JSON object of so many bytes instead of the answer, made while it is sent.
    HugeBody {
        /// Bytes of the body.
        bytes: u64,
    },
    /// Another status with this body: JSON if it starts like JSON, else plain text.
    Status(u16, String),
    /// 401 in Argo CD's words.
    Unauthorized,
    /// A login page in place of JSON.
    Html {
        /// Its status.
        status: u16,
    },
    /// 302 to somewhere.
    Redirect {
        /// The location.
        to: String,
    },
    /// gzip although nobody asked for it.
    Gzip,
    /// A small gzip body that unfolds to so many bytes.
    GzipBomb {
        /// Bytes after decompression.
        bytes: u64,
    },
    /// A 500 whose message and headers repeat the `authorization` header that came in:
    /// plain, percent-encoded and in base64.
    EchoHeaders,
    /// More headers on the answer, as a renewed session's `set-cookie`.
    Headers(Vec<(String, String)>),
    /// The connection is closed without an answer.
    CloseBeforeHead,
}

impl Fault {
    /// A fault on one path.
    pub fn on(path: impl Into<String>, kind: FaultKind) -> Self {
        Self {
            path: Match::Exact(path.into()),
            times: None,
            kind,
        }
    }

    /// A fault on everything that starts with a path.
    pub fn under(path: impl Into<String>, kind: FaultKind) -> Self {
        Self {
            path: Match::Prefix(path.into()),
            times: None,
            kind,
        }
    }

    /// Only so many times.
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    fn hits(&self, path_and_query: &str) -> bool {
        let (pattern, exact) = match &self.path {
            Match::Exact(pattern) => (pattern, true),
            Match::Prefix(pattern) => (pattern, false),
        };
        let path = path_and_query.split('?').next().unwrap_or_default();
        let subject = if pattern.contains('?') {
            path_and_query
        } else {
            path
        };
        if exact {
            subject == pattern
        } else {
            subject.starts_with(pattern.as_str())
        }
    }
}

/// The faults that wait for requests.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        self.lock().push(fault);
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// The kinds that hit this request, each used up once.
    pub(crate) fn take(&self, path_and_query: &str) -> Vec<FaultKind> {
        let mut faults = self.lock();
        let mut kinds = Vec::new();
        for fault in faults.iter_mut().filter(|f| f.hits(path_and_query)) {
            match &mut fault.times {
                Some(0) => continue,
                Some(left) => *left -= 1,
                None => {}
            }
            kinds.push(fault.kind.clone());
        }
        kinds
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A JSON object of exactly so many bytes, chunk by chunk.
pub(crate) fn huge(bytes: u64, chunk: usize) -> impl Iterator<Item = Bytes> + Send {
    let head = Bytes::from_static(br#"{"padding":""#);
    let tail = Bytes::from_static(br#""}"#);
    let mut left = bytes.saturating_sub((head.len() + tail.len()) as u64);
    let filler = Bytes::from(vec![b'x'; chunk]);
    let middle = std::iter::from_fn(move || {
        let take = left.min(filler.len() as u64);
        left -= take;
        (take > 0).then(|| filler.slice(..usize::try_from(take).unwrap_or(filler.len())))
    });
    std::iter::once(head)
        .chain(middle)
        .chain(std::iter::once(tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_hits_what_it_names_as_often_as_it_says() {
        let faults = Faults::default();
        faults.add(Fault::on("/api/version", FaultKind::Hold).times(1));
        faults.add(Fault::under("/api/v1/", FaultKind::Unauthorized));
        faults.add(Fault::on("/api/v1/a?x=1", FaultKind::Gzip));
        assert_eq!(faults.take("/api/version?x").len(), 1);
        assert_eq!(faults.take("/api/version").len(), 0);
        assert_eq!(faults.take("/api/v1/a").len(), 1);
        assert_eq!(faults.take("/api/v1/a?x=1").len(), 2);
    }

    #[test]
    fn a_huge_body_has_the_size_it_says() {
        for bytes in [14_u64, 15, 1_000, 1_000_000] {
            let whole: Vec<u8> = huge(bytes, 1_000).flatten().collect();
            assert_eq!(whole.len() as u64, bytes);
            assert!(serde_json::from_slice::<serde_json::Value>(&whole).is_ok());
        }
    }
}
