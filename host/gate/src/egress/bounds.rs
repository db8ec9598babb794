//! What an exchange may take, as a policy file may lower it. Pure.

use std::time::Duration;

use crate::limits;

/// Times and sizes of one exchange; the defaults are those of [`limits`].
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each is documented at its constant")]
pub struct Bounds {
    pub lookup: Duration,
    pub connect: Duration,
    pub tls_handshake: Duration,
    pub first_byte: Duration,
    pub between_bytes: Duration,
    pub total: Duration,
    pub body_wire_bytes: u64,
    pub body_plain_bytes: u64,
    pub concurrent_requests: usize,
    /// Requests of the component in a minute; no such bound when `None`.
    pub requests_per_minute: Option<u32>,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            lookup: limits::LOOKUP,
            connect: limits::CONNECT,
            tls_handshake: limits::TLS_HANDSHAKE,
            first_byte: limits::FIRST_BYTE,
            between_bytes: limits::BETWEEN_BYTES,
            total: limits::TOTAL,
            body_wire_bytes: limits::BODY_WIRE_BYTES,
            body_plain_bytes: limits::BODY_PLAIN_BYTES,
            concurrent_requests: limits::CONCURRENT_REQUESTS,
            requests_per_minute: None,
        }
    }
}
