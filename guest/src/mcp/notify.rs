//! Notifications: the two that the server sends, the one that it obeys.

use serde::Serialize;
use serde_json::Number;

use super::rpc::{self, Id, Object};

/// The message that accepts the subscription `id`, promising none of the notification types.
pub fn acknowledged(id: &Id) -> String {
    #[derive(Serialize)]
    struct Nothing {}
    #[derive(Serialize)]
    struct Meta<'a> {
        #[serde(rename = "io.modelcontextprotocol/subscriptionId")]
        subscription: &'a Id,
    }
    #[derive(Serialize)]
    struct Params<'a> {
        notifications: Nothing,
        #[serde(rename = "_meta")]
        meta: Meta<'a>,
    }
    let params = Params {
        notifications: Nothing {},
        meta: Meta { subscription: id },
    };
    rpc::notification("notifications/subscriptions/acknowledged", &params)
}

/// The message that reports `done` of `total` for `token`; `None` for numbers that JSON cannot say.
pub fn progress(token: &Id, done: f64, total: Option<f64>, message: &str) -> Option<String> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Params<'a> {
        progress_token: &'a Id,
        progress: Number,
        #[serde(skip_serializing_if = "Option::is_none")]
        total: Option<Number>,
        #[serde(skip_serializing_if = "str::is_empty")]
        message: &'a str,
    }
    let params = Params {
        progress_token: token,
        progress: number(done)?,
        total: total.and_then(number),
        message,
    };
    Some(rpc::notification("notifications/progress", &params))
}

/// Whole numbers without a fraction: `3`, not `3.0`.
fn number(value: f64) -> Option<Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= EXACT {
        return Some(Number::from(value as i64));
    }
    Number::from_f64(value)
}

/// The request that `notifications/cancelled` names.
pub fn cancelled(params: &Object) -> Option<Id> {
    params.get("requestId").and_then(Id::of)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn progress_says_whole_numbers_plainly() {
        let token = Id::Integer("98765432109876543210".to_owned());
        assert_eq!(
            progress(&token, 3.0, Some(7.5), "reading").unwrap(),
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":98765432109876543210,\"progress\":3,\"total\":7.5,\"message\":\"reading\"}}"
        );
        assert!(progress(&token, f64::NAN, None, "").is_none());
    }
}
