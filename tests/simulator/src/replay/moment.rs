//! When answers were recorded, by the newest time in them that has passed for whoever recorded it.

use serde_json::Value;

use crate::timestamp::Timestamp;

/// Members whose times have passed: no expiry, no window and no next run is among them.
const PASSED: [&str; 14] = [
    "attemptedAt",
    "createdAt",
    "creationTimestamp",
    "deployedAt",
    "finishedAt",
    "firstTimestamp",
    "lastTimestamp",
    "lastTransitionTime",
    "lastUpdateTime",
    "observedAt",
    "reconciledAt",
    "startedAt",
    "time",
    "timeStampStr",
];

/// A time in seconds since 1970.
pub(super) fn of(text: &str) -> Option<i64> {
    Some(Timestamp::parse(text)?.seconds())
}

/// The newest passed time in a body, of one document or of one a line.
pub(super) fn newest(body: &[u8]) -> Option<i64> {
    let documents = serde_json::Deserializer::from_slice(body).into_iter::<Value>();
    documents
        .map_while(Result::ok)
        .filter_map(|document| within(&document))
        .max()
}

fn within(value: &Value) -> Option<i64> {
    match value {
        Value::Array(items) => items.iter().filter_map(within).max(),
        Value::Object(members) => members
            .iter()
            .filter_map(|(key, value)| match value {
                Value::String(text) if PASSED.contains(&key.as_str()) => of(text),
                // An object as text, as in `liveState` and `manifest`.
                Value::String(text) if text.starts_with('{') => {
                    within(&serde_json::from_str(text).ok()?)
                }
                value => within(value),
            })
            .max(),
        _ => None,
    }
}
