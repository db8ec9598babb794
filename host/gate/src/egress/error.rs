//! Why an exchange failed, in the words of the audit. `runtime/` maps these to `wasi:http` codes.

use std::{error::Error as StdError, fmt, io, net::IpAddr};

/// Why an exchange failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The policy refused it, by the rule named.
    Denied(&'static str),
    /// The audit could not be written: nothing goes out any more.
    Audit,
    /// The name resolved to addresses of refused classes only; the first of them.
    AddressProhibited(IpAddr),
    /// The name did not resolve.
    Dns,
    /// Nobody listens, or there is no route.
    ConnectRefused,
    /// No TCP connection in time.
    ConnectTimeout,
    /// The proxy made no tunnel; its status.
    ProxyRefused(u16),
    /// No TLS handshake in time.
    TlsTimeout,
    /// The peer speaks no TLS that we accept.
    TlsProtocol(String),
    /// The certificate is not trusted, expired, or for another name.
    TlsCertificate(String),
    /// The connection ended before an answer.
    ConnectionClosed,
    /// No answer in time, or the whole exchange took too long.
    ResponseTimeout,
    /// Silence inside the body.
    ReadTimeout,
    /// The body is larger than allowed, before or after gzip.
    BodySize,
    /// The response head is larger than allowed.
    HeaderSize,
    /// An encoding that was not asked for, or broken gzip.
    ContentCoding,
    /// The body ended early.
    Incomplete,
    /// What came back is not HTTP.
    Protocol,
}

impl Error {
    /// One word for the audit and for tests.
    pub fn name(&self) -> &'static str {
        match self {
            Error::Denied(rule) => rule,
            Error::Audit => "audit",
            Error::AddressProhibited(_) => "address-prohibited",
            Error::Dns => "dns",
            Error::ConnectRefused => "connect-refused",
            Error::ConnectTimeout => "connect-timeout",
            Error::ProxyRefused(_) => "proxy-refused",
            Error::TlsTimeout => "tls-timeout",
            Error::TlsProtocol(_) => "tls-protocol",
            Error::TlsCertificate(_) => "tls-certificate",
            Error::ConnectionClosed => "connection-closed",
            Error::ResponseTimeout => "response-timeout",
            Error::ReadTimeout => "read-timeout",
            Error::BodySize => "body-size",
            Error::HeaderSize => "header-size",
            Error::ContentCoding => "content-coding",
            Error::Incomplete => "incomplete",
            Error::Protocol => "protocol",
        }
    }

    /// A failed connect or TLS handshake.
    pub(super) fn from_io(error: &io::Error) -> Error {
        if let Some(tls) = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        {
            return match tls {
                rustls::Error::InvalidCertificate(why) => Error::TlsCertificate(why.to_string()),
                other => Error::TlsProtocol(other.to_string()),
            };
        }
        match error.kind() {
            io::ErrorKind::TimedOut => Error::ConnectTimeout,
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
                Error::ConnectionClosed
            }
            _ => Error::ConnectRefused,
        }
    }

    /// A failed TLS handshake. Somebody answered there: who serves plain HTTP just closes.
    pub(super) fn from_handshake(error: &io::Error) -> Error {
        match Error::from_io(error) {
            tls @ (Error::TlsCertificate(_) | Error::TlsProtocol(_)) => tls,
            _ => Error::TlsProtocol("the connection broke in the handshake".to_owned()),
        }
    }

    /// A failed request: our own error from the dialer, or one of hyper's, somewhere in the chain.
    pub(super) fn from_client(error: &hyper_util::client::legacy::Error) -> Error {
        let mut source: Option<&(dyn StdError + 'static)> = Some(error);
        while let Some(inner) = source {
            if let Some(own) = inner.downcast_ref::<Error>() {
                return own.clone();
            }
            if let Some(hyper) = inner.downcast_ref::<hyper::Error>() {
                return Error::from_hyper(hyper);
            }
            source = inner.source();
        }
        Error::ConnectionClosed
    }

    fn from_hyper(error: &hyper::Error) -> Error {
        if error.is_parse() {
            // hyper's own predicate exists in its server only; a test holds the words.
            let too_large = error.to_string().contains("too large");
            if too_large {
                Error::HeaderSize
            } else {
                Error::Protocol
            }
        } else {
            Error::ConnectionClosed
        }
    }

    /// A body that broke. The torn chunk, the short body and the reset look alike to a guest.
    pub(super) fn from_body(_: &hyper::Error) -> Error {
        Error::Incomplete
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::AddressProhibited(address) => write!(f, "{}: {address}", self.name()),
            Error::ProxyRefused(status) => write!(f, "{}: {status}", self.name()),
            Error::TlsProtocol(why) | Error::TlsCertificate(why) => {
                write!(f, "{}: {why}", self.name())
            }
            _ => f.write_str(self.name()),
        }
    }
}

impl StdError for Error {}
