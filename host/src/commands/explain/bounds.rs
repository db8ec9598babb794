//! The bounds that an operator asks about, for `explain`.

use argocd_gate::limits::{
    BETWEEN_BYTES, BODY_PLAIN_BYTES, BODY_WIRE_BYTES, CONCURRENT_REQUESTS, CONNECT, FIRST_BYTE,
    LINE_BYTES, RESPONSE_HEAD_BYTES, RESPONSE_HEADERS, TARGET_BYTES, TLS_HANDSHAKE, TOTAL,
};

use crate::limits::{
    CPU_BURST, CPU_PER_BODY_MIB, CPU_REFILL_PERCENT, HANDLES, JSON_DEPTH, MEMORY_BYTES,
    RESTART_WINDOW, RESTARTS, STDERR_BURST_BYTES, STDERR_BYTES_PER_SECOND,
};

/// Each bound with its value, as a person reads it.
pub(crate) fn table() -> Vec<(&'static str, String)> {
    let mib = |bytes: u64| format!("{} MiB", bytes >> 20);
    vec![
        ("component memory", mib(MEMORY_BYTES as u64)),
        ("component handles", HANDLES.to_string()),
        (
            "component CPU",
            format!(
                "{CPU_BURST:?} at once, then {CPU_REFILL_PERCENT} % of the time, {CPU_PER_BODY_MIB:?} per MiB of body"
            ),
        ),
        (
            "restarts after a trap",
            format!("{RESTARTS} in {RESTART_WINDOW:?}, then exit 134"),
        ),
        ("requests at once", CONCURRENT_REQUESTS.to_string()),
        ("request path and query", format!("{TARGET_BYTES} bytes")),
        ("request body", "none".into()),
        ("response body on the wire", mib(BODY_WIRE_BYTES)),
        ("response body after gzip", mib(BODY_PLAIN_BYTES)),
        (
            "response head",
            format!("{RESPONSE_HEADERS} headers, {RESPONSE_HEAD_BYTES} bytes"),
        ),
        (
            "connect, TLS handshake",
            format!("{CONNECT:?}, {TLS_HANDSHAKE:?}"),
        ),
        (
            "first byte, between bytes, total",
            format!("{FIRST_BYTE:?}, {BETWEEN_BYTES:?}, {TOTAL:?}"),
        ),
        (
            "line on stdin",
            format!("{} bytes, depth {JSON_DEPTH}", LINE_BYTES),
        ),
        (
            "guest stderr",
            format!("{STDERR_BURST_BYTES} bytes at once, then {STDERR_BYTES_PER_SECOND} bytes/s"),
        ),
    ]
}
