//! An answer before faults and transport touch it, and Argo CD's error forms.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::returned::Refusal;

/// Status, headers and content of one answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(Cow<'static, str>, String)>,
    pub(crate) content: Content,
    /// Whether argocd-server would compress it: everything but server-sent events and `/healthz`.
    pub(crate) compressible: bool,
    /// Whether the connection stays open behind the last byte, as with `follow=true`.
    pub(crate) endless: bool,
}

/// The bytes, at once or one after another.
pub(crate) enum Content {
    /// Known whole, sent with a length.
    Whole(Bytes),
    /// Made while it is sent, chunked.
    Chunks(Box<dyn Iterator<Item = Bytes> + Send>),
}

/// The gRPC codes that Argo CD's gateway answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Unknown = 2,
    InvalidArgument = 3,
    NotFound = 5,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    Internal = 13,
    Unauthenticated = 16,
}

impl Code {
    /// The HTTP status and its words, as the gateway maps them.
    pub(crate) fn http(self) -> (u16, &'static str) {
        match self {
            Self::Unknown | Self::Internal => (500, "Internal Server Error"),
            Self::InvalidArgument => (400, "Bad Request"),
            Self::NotFound => (404, "Not Found"),
            Self::PermissionDenied => (403, "Forbidden"),
            Self::ResourceExhausted => (429, "Too Many Requests"),
            Self::Unauthenticated => (401, "Unauthorized"),
        }
    }
}

impl Answer {
    /// Any body with a content type.
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: vec![
                ("content-type".into(), content_type.to_owned()),
                ("vary".into(), "Accept-Encoding".to_owned()),
            ],
            content: Content::Whole(body.into()),
            compressible: true,
            endless: false,
        }
    }

    /// 200 with a JSON text.
    pub(crate) fn json_text(body: impl Into<Bytes>) -> Self {
        Self::new(200, "application/json", body)
            .with("grpc-metadata-content-type", "application/grpc")
    }

    /// 200 with a JSON value.
    pub(crate) fn json(value: &Value) -> Self {
        Self::json_text(value.to_string())
    }

    /// The error of a unary call.
    pub(crate) fn error(code: Code, message: &str) -> Self {
        let body = json!({"error": message, "code": code as u8, "message": message});
        Self::new(code.http().0, "application/json", body.to_string())
    }

    /// The error of a GET whose parameters a server cannot obey.
    pub(crate) fn refusal(refusal: &Refusal) -> Self {
        Self::new(500, "application/json", refusal.body())
    }

    /// The error of a streaming call, when it is the first thing in the stream.
    pub(crate) fn stream_error(code: Code, message: &str) -> Self {
        let (status, words) = code.http();
        let body = json!({"error": {
            "grpc_code": code as u8, "http_code": status, "message": message, "http_status": words,
        }});
        Self::new(status, "application/json", body.to_string())
    }

    /// Plain text as Go's `http.Error` writes it, newline included.
    pub(crate) fn plain(status: u16, text: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", format!("{text}\n"))
            .with("x-content-type-options", "nosniff")
    }

    /// A page.
    pub(crate) fn html(status: u16, page: impl Into<Bytes>) -> Self {
        Self::new(status, "text/html; charset=utf-8", page)
    }

    /// With one more header.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Never compressed.
    pub(crate) fn uncompressed(mut self) -> Self {
        self.compressible = false;
        self
    }
}
