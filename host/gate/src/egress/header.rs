//! Headers that the operator adds for an access proxy in front of Argo CD: sealed like the token.
//!
//! They go to the origin only, with the login too. A name that this host or Argo CD gives a meaning
//! is refused, so that no second identity, method or message length can come in this way.

use std::{fmt, sync::Arc};

use http::{HeaderName, HeaderValue};

use crate::{limits::SEAL_BYTES, secrets::Secret};

/// A header with a value that nobody sees.
pub struct SealedHeader {
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
    /// The whole value, and each of its words that is long enough: `Bearer x` may come back as `x`.
    pub(super) secrets: Vec<Arc<Secret>>,
}

/// Why a header cannot be added. Never repeats the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderProblem {
    /// No colon, no name, or a value that no header can carry.
    Syntax,
    /// A name that the host or Argo CD gives a meaning.
    Forbidden(HeaderName),
}

/// Names with a meaning of their own: identity, framing, connection, and what makes a GET another method.
const FORBIDDEN: [&str; 20] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    // Argo CD reads its token from a cookie too.
    "cookie",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-http-method",
    "x-method-override",
];
/// Families of such names.
const FORBIDDEN_PREFIXES: [&str; 5] = [
    "grpc-",
    "proxy-",
    "sec-websocket-",
    "x-forwarded-",
    "x-http-method-",
];

impl SealedHeader {
    /// Reads `Name: value`.
    pub fn parse(text: &str) -> Result<SealedHeader, HeaderProblem> {
        let (name, value) = text.split_once(':').ok_or(HeaderProblem::Syntax)?;
        let name: HeaderName = name.trim().parse().map_err(|_| HeaderProblem::Syntax)?;
        let known = name.as_str();
        if FORBIDDEN.contains(&known) || FORBIDDEN_PREFIXES.iter().any(|p| known.starts_with(p)) {
            return Err(HeaderProblem::Forbidden(name));
        }
        let text = value.trim();
        let mut value = HeaderValue::from_str(text).map_err(|_| HeaderProblem::Syntax)?;
        if text.is_empty() {
            return Err(HeaderProblem::Syntax);
        }
        value.set_sensitive(true);
        let words = text.split([' ', '=', ';', ',']);
        let secrets = [text]
            .into_iter()
            .chain(words)
            .filter(|part| part.len() >= SEAL_BYTES)
            .map(|part| Arc::new(Secret::new(part.to_owned())))
            .collect();
        Ok(SealedHeader {
            name,
            value,
            secrets,
        })
    }

    /// The name; the value is a secret.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Whether the value is long enough to be overwritten in what comes back.
    pub fn is_sealed(&self) -> bool {
        !self.secrets.is_empty()
    }
}

impl fmt::Display for HeaderProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HeaderProblem::Syntax => f.write_str("write it as 'Name: value', in printable ASCII"),
            HeaderProblem::Forbidden(name) => write!(
                f,
                "{name} is set by this host or read by Argo CD itself: it cannot be added"
            ),
        }
    }
}

impl std::error::Error for HeaderProblem {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn names_with_a_meaning_are_refused_and_no_value_is_repeated() {
        for name in [
            "Host",
            "AUTHORIZATION",
            "cookie",
            "Content-Length",
            "transfer-encoding",
            "X-Forwarded-For",
            "x-http-method-override",
            "Grpc-Metadata-Token",
            "Proxy-Authorization",
            "accept",
            "upgrade",
        ] {
            let problem = SealedHeader::parse(&format!("{name}: hunter2hunter2hunter2"))
                .err()
                .unwrap();
            assert_eq!(problem, HeaderProblem::Forbidden(name.parse().unwrap()));
            assert!(!problem.to_string().contains("hunter2"));
        }
        for wrong in [
            "",
            "X",
            "X:",
            ": v",
            "X Y: v",
            "X: a\nb: c",
            "X: a\r\n",
            "X: a\0b",
        ] {
            let found = SealedHeader::parse(wrong).err();
            assert!(
                found == Some(HeaderProblem::Syntax) || wrong == "X: a\r\n",
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn a_value_is_sealed_whole_and_by_its_words() {
        let header = SealedHeader::parse("X-Key: Bearer 0123456789abcdef").unwrap();
        let secrets: Vec<&str> = header
            .secrets
            .iter()
            .map(|secret| secret.expose())
            .collect();
        assert_eq!(secrets, ["Bearer 0123456789abcdef", "0123456789abcdef"]);
        let short = SealedHeader::parse("X-Key: short").unwrap();
        assert!(!short.is_sealed() && short.name() == "x-key");
    }
}
