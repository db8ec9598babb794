//! From `wasi:http` error codes to the port's errors.

use wasi::http::types::ErrorCode;

use crate::http::Error;

/// Where an exchange was when it failed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// No response head yet.
    Head,
    /// Inside the body.
    Body,
}

/// What `code` means to the layers above.
pub(super) fn from_code(code: &ErrorCode, phase: Phase) -> Error {
    match code {
        ErrorCode::HttpRequestDenied | ErrorCode::DestinationIpProhibited => Error::Denied,
        ErrorCode::DnsTimeout | ErrorCode::DnsError(_) | ErrorCode::DestinationNotFound => {
            Error::Dns
        }
        ErrorCode::ConnectionTerminated | ErrorCode::HttpResponseIncomplete
            if phase == Phase::Body =>
        {
            Error::Torn
        }
        ErrorCode::HttpResponseIncomplete => {
            Error::Connect("closed before a complete response".to_owned())
        }
        ErrorCode::ConnectionRefused => Error::Connect("connection refused".to_owned()),
        ErrorCode::ConnectionTerminated => {
            Error::Connect("connection closed before a response".to_owned())
        }
        ErrorCode::DestinationUnavailable => Error::Connect("destination unavailable".to_owned()),
        ErrorCode::DestinationIpUnroutable => Error::Connect("address unroutable".to_owned()),
        ErrorCode::ConnectionLimitReached => Error::Connect("connection limit reached".to_owned()),
        ErrorCode::ConnectionTimeout => Error::Connect("no connection in time".to_owned()),
        ErrorCode::ConnectionReadTimeout
        | ErrorCode::ConnectionWriteTimeout
        | ErrorCode::HttpResponseTimeout => Error::Timeout,
        ErrorCode::TlsCertificateError => Error::Tls("the certificate is not trusted".to_owned()),
        ErrorCode::TlsProtocolError => Error::Tls("the handshake failed".to_owned()),
        ErrorCode::TlsAlertReceived(alert) => Error::Tls(match &alert.alert_message {
            Some(message) => format!("the server sent an alert: {message}"),
            None => "the server sent an alert".to_owned(),
        }),
        ErrorCode::HttpResponseBodySize(_)
        | ErrorCode::HttpResponseHeaderSize(_)
        | ErrorCode::HttpResponseHeaderSectionSize(_) => Error::TooLarge,
        ErrorCode::InternalError(Some(message)) => Error::Other(message.clone()),
        // By name, not by `Debug`, which would cost 5 KB of component.
        other => Error::Other(rest(other).to_owned()),
    }
}

/// The codes that mean nothing special to the layers above.
fn rest(code: &ErrorCode) -> &'static str {
    match code {
        ErrorCode::HttpRequestLengthRequired
        | ErrorCode::HttpRequestBodySize(_)
        | ErrorCode::HttpRequestMethodInvalid
        | ErrorCode::HttpRequestUriInvalid
        | ErrorCode::HttpRequestUriTooLong
        | ErrorCode::HttpRequestHeaderSectionSize(_)
        | ErrorCode::HttpRequestHeaderSize(_)
        | ErrorCode::HttpRequestTrailerSectionSize(_)
        | ErrorCode::HttpRequestTrailerSize(_) => "the runtime found the request malformed",
        ErrorCode::HttpResponseTrailerSectionSize(_) | ErrorCode::HttpResponseTrailerSize(_) => {
            "the response's trailers are too large"
        }
        ErrorCode::HttpResponseTransferCoding(_) => "the response has an unknown transfer coding",
        ErrorCode::HttpResponseContentCoding(_) => {
            "the response has an unknown or broken content coding"
        }
        ErrorCode::HttpUpgradeFailed => "the server wants another protocol",
        ErrorCode::HttpProtocolError => "the response is not valid HTTP",
        ErrorCode::LoopDetected => "a proxy found a loop",
        ErrorCode::ConfigurationError => "the runtime's HTTP is misconfigured",
        _ => "the HTTP exchange failed",
    }
}
