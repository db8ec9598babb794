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
    vec![
        ("component memory", size(MEMORY_BYTES as u64)),
        ("component handles", HANDLES.to_string()),
        (
            "component CPU",
            format!(
                "{CPU_BURST:?} at once, then {CPU_REFILL_PERCENT} % of the time, plus {CPU_PER_BODY_MIB:?} per MiB of body"
            ),
        ),
        (
            "restarts after a trap",
            format!("{RESTARTS} in {RESTART_WINDOW:?}, then exit code 134"),
        ),
        ("requests at once", CONCURRENT_REQUESTS.to_string()),
        ("request path and query", size(TARGET_BYTES as u64)),
        ("request body", "none".into()),
        ("response body on the wire", size(BODY_WIRE_BYTES)),
        ("response body after gzip", size(BODY_PLAIN_BYTES)),
        (
            "response head",
            format!(
                "{RESPONSE_HEADERS} headers, {}",
                size(RESPONSE_HEAD_BYTES as u64)
            ),
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
            format!("{}, depth {JSON_DEPTH}", size(LINE_BYTES as u64)),
        ),
        (
            "component stderr",
            format!(
                "{} at once, then {}/s",
                size(STDERR_BURST_BYTES as u64),
                size(STDERR_BYTES_PER_SECOND as u64)
            ),
        ),
    ]
}

/// A number of bytes in the largest unit that needs no fraction.
fn size(bytes: u64) -> String {
    if bytes.is_multiple_of(1 << 20) {
        format!("{} MiB", bytes >> 20)
    } else if bytes.is_multiple_of(1 << 10) {
        format!("{} KiB", bytes >> 10)
    } else {
        format!("{bytes} bytes")
    }
}
