//! Errors of requests to Argo CD, one variant for each reaction of the caller.
//!
//! Each variant names the operation that failed. Texts of the server have passed redaction and are
//! capped before they get in here; [`Error::explain`] (in `explain.rs`) words them for the model.

use std::time::Duration;

use serde::Deserialize;

use super::{operation::Operation, settings::CredentialSource};
use crate::{http, limits, redact};

/// Why a request to Argo CD failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the fields say what they are; the variants say when"
)]
pub enum Error {
    /// 401: Argo CD does not accept the credentials.
    Unauthorized {
        operation: Operation,
        refusal: Refusal,
        source: CredentialSource,
    },
    /// 403. Without a project it also means "no such application".
    Forbidden {
        operation: Operation,
        message: String,
    },
    /// 404 from Argo CD: the object does not exist.
    NotFound {
        operation: Operation,
        message: String,
    },
    /// 404 from a server without the route: wrong path prefix, or an old Argo CD.
    NoRoute { operation: Operation },
    /// 400.
    BadRequest {
        operation: Operation,
        message: String,
    },
    /// 429 with code 8 because of a message size: not a rate limit, a retry does not help.
    MessageTooLarge {
        operation: Operation,
        message: String,
    },
    /// Any other 429, from a proxy in front of Argo CD.
    TooManyRequests {
        operation: Operation,
        retry_after: Option<String>,
    },
    /// 5xx because the controller has not cached the application's state; a retry does not help.
    CacheMiss {
        operation: Operation,
        message: String,
    },
    /// 5xx because the application cannot be compared; the message holds its condition.
    NotCompared {
        operation: Operation,
        message: String,
    },
    /// Any other 5xx.
    Server {
        operation: Operation,
        status: u16,
        message: String,
    },
    /// Any other status.
    Unexpected {
        operation: Operation,
        status: u16,
        message: String,
    },
    /// The deadline passed: ours, or the runtime's own (`within` is then unknown).
    Timeout {
        operation: Operation,
        within: Option<Duration>,
    },
    /// TLS failed.
    Tls {
        operation: Operation,
        server: String,
        detail: String,
    },
    /// The server's name could not be resolved.
    Dns {
        operation: Operation,
        server: String,
    },
    /// The connection failed.
    Connect {
        operation: Operation,
        server: String,
        detail: String,
    },
    /// The host's policy refused the request.
    Denied { operation: Operation },
    /// HTML where JSON belongs: a login page, a proxy's error page, the UI.
    Html { operation: Operation, status: u16 },
    /// A redirect, which is never followed.
    Redirect {
        operation: Operation,
        status: u16,
        location: String,
    },
    /// The connection ended inside the response.
    Torn { operation: Operation },
    /// The response is larger than the cap, in bytes.
    TooLarge { operation: Operation, cap: u64 },
    /// The response is not the JSON that it should be.
    Malformed {
        operation: Operation,
        detail: String,
    },
}

/// Why the credentials were rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The token has expired.
    Expired,
    /// The token is malformed, forged, revoked, or of another Argo CD.
    Rejected(String),
    /// Argo CD saw no token at all.
    Missing,
    /// Argo CD rejected user name and password; no login until the next attempt.
    WrongPassword {
        /// Time until the next attempt.
        retry_in: Duration,
    },
    /// Argo CD rejected a new session too; no login until the next attempt.
    StillRefused {
        /// Time until the next attempt.
        retry_in: Duration,
    },
}

impl Refusal {
    /// Reads Argo CD's message.
    pub(super) fn from_body(body: &[u8]) -> Refusal {
        let Body { message, .. } = Body::read(body);
        if message.contains("token is expired") {
            Refusal::Expired
        } else if message.contains("no session information") {
            Refusal::Missing
        } else {
            Refusal::Rejected(server_text(&message))
        }
    }
}

impl Error {
    /// The operation that failed.
    pub fn operation(&self) -> Operation {
        match self {
            Error::Unauthorized { operation, .. }
            | Error::Forbidden { operation, .. }
            | Error::NotFound { operation, .. }
            | Error::NoRoute { operation }
            | Error::BadRequest { operation, .. }
            | Error::MessageTooLarge { operation, .. }
            | Error::TooManyRequests { operation, .. }
            | Error::CacheMiss { operation, .. }
            | Error::NotCompared { operation, .. }
            | Error::Server { operation, .. }
            | Error::Unexpected { operation, .. }
            | Error::Timeout { operation, .. }
            | Error::Tls { operation, .. }
            | Error::Dns { operation, .. }
            | Error::Connect { operation, .. }
            | Error::Denied { operation }
            | Error::Html { operation, .. }
            | Error::Redirect { operation, .. }
            | Error::Torn { operation }
            | Error::TooLarge { operation, .. }
            | Error::Malformed { operation, .. } => *operation,
        }
    }

    /// An exchange that failed below HTTP.
    pub(super) fn from_port(
        operation: Operation,
        server: &str,
        error: http::Error,
        cap: u64,
    ) -> Error {
        let server = server.to_owned();
        match error {
            http::Error::Denied => Error::Denied { operation },
            http::Error::Dns => Error::Dns { operation, server },
            http::Error::Connect(detail) | http::Error::Other(detail) => Error::Connect {
                operation,
                server,
                detail: server_text(&detail),
            },
            http::Error::Tls(detail) => Error::Tls {
                operation,
                server,
                detail: server_text(&detail),
            },
            http::Error::Timeout => Error::Timeout {
                operation,
                within: None,
            },
            http::Error::Torn => Error::Torn { operation },
            http::Error::TooLarge => Error::TooLarge { operation, cap },
        }
    }

    /// The error of a complete response whose status is not 2xx, 3xx or 401.
    pub(super) fn from_status(
        operation: Operation,
        status: u16,
        retry_after: Option<String>,
        body: &[u8],
    ) -> Error {
        // Compares the unredacted text: redaction may change it.
        let Body { code, message: raw } = Body::read(body);
        let message = server_text(&raw);
        match (status, code) {
            (400, _) => Error::BadRequest { operation, message },
            (403, _) => Error::Forbidden { operation, message },
            // Argo CD's own 404 is JSON with a code; its router's and a proxy's are not.
            (404, Some(_)) => Error::NotFound { operation, message },
            (404, None) => Error::NoRoute { operation },
            (429, Some(8)) if raw.contains("larger than max") => {
                Error::MessageTooLarge { operation, message }
            }
            (429, _) => Error::TooManyRequests {
                operation,
                retry_after: retry_after.map(|text| seconds_or_date(&text)),
            },
            (500.., _) if raw.contains("cache: key is missing") => {
                Error::CacheMiss { operation, message }
            }
            (500.., _) if raw.contains("error getting cached app") => {
                Error::NotCompared { operation, message }
            }
            (500.., _) => Error::Server {
                operation,
                status,
                message,
            },
            _ => Error::Unexpected {
                operation,
                status,
                message,
            },
        }
    }

    /// The error of JSON that serde rejected. Its message is dropped: it quotes values.
    pub(super) fn from_json(operation: Operation, error: &serde_json::Error) -> Error {
        let text = error.to_string();
        let detail = match error.classify() {
            serde_json::error::Category::Data => match text.rsplit_once(", expected ") {
                Some((_, expected)) => {
                    format!("unexpected value, expected {}", server_text(expected))
                }
                None => "unexpected value".to_owned(),
            },
            _ => format!(
                "it is not JSON (line {}, column {})",
                error.line(),
                error.column()
            ),
        };
        Error::Malformed { operation, detail }
    }
}

/// Argo CD's error bodies: of unary calls, and of streams. The message is not redacted yet.
struct Body {
    code: Option<i64>,
    message: String,
}

impl Body {
    fn read(body: &[u8]) -> Body {
        #[derive(Deserialize)]
        struct Unary {
            #[serde(default)]
            error: Option<Inner>,
            #[serde(default)]
            code: Option<i64>,
            #[serde(default)]
            message: Option<String>,
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Inner {
            Text(String),
            Stream {
                #[serde(default)]
                grpc_code: Option<i64>,
                #[serde(default)]
                message: Option<String>,
            },
        }
        let Ok(unary) = serde_json::from_slice::<Unary>(body.trim_ascii()) else {
            return Body {
                code: None,
                message: String::from_utf8_lossy(body).into_owned(),
            };
        };
        let (inner_code, inner) = match unary.error {
            Some(Inner::Text(text)) => (None, Some(text)),
            Some(Inner::Stream { grpc_code, message }) => (grpc_code, message),
            None => (None, None),
        };
        let message = unary
            .message
            .filter(|text| !text.is_empty())
            .or(inner)
            .unwrap_or_default();
        Body {
            code: unary.code.or(inner_code),
            message,
        }
    }
}

/// `Retry-After` is a number of seconds or a date (RFC 9110, 10.2.3).
fn seconds_or_date(text: &str) -> String {
    match text.trim().parse::<u32>() {
        Ok(seconds) => format!("{seconds} s"),
        Err(_) => server_text(text),
    }
}

/// The server's message: redacted, on one line, without gRPC's wrapping, capped.
pub(super) fn server_text(text: &str) -> String {
    let clean = redact::scrub(text);
    let mut rest = clean.as_str();
    let mut text = String::with_capacity(rest.len());
    while let Some((before, wrapped)) = rest.split_once("rpc error: code = ") {
        text.push_str(before);
        rest = wrapped
            .split_once("desc = ")
            .map_or(wrapped, |(_, description)| description);
    }
    text.push_str(rest);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(limits::SERVER_TEXT_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
