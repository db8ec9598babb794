//! A certificate whose authority the client does not know, in what a controller reports.

use crate::{answer::word, tools::diagnose::proven::Proven};

/// Go's words for it.
const UNKNOWN: &str = "x509: certificate signed by unknown authority";

/// A host whose certificate the reporting controller does not trust.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Untrusted {
    host: String,
}

impl Untrusted {
    /// The proof: the words end the message of a status, which its controller writes of its own
    /// request, and a URL of `https` stands before them.
    pub(in crate::tools::diagnose) fn of(message: &str) -> Option<Self> {
        let (before, after) = message.split_once(UNKNOWN)?;
        let is_quoted = !after.trim_end_matches(['.', '"', '\n', ' ']).is_empty();
        let (_, url) = before.rsplit_once("https://")?;
        let host = url.split(['/', '"', ' ', '?']).next()?;
        let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':');
        (!is_quoted && !host.is_empty() && host.chars().all(is_host)).then(|| Self {
            host: host.to_owned(),
        })
    }
}

impl Proven for Untrusted {
    fn headline(&self) -> String {
        format!(
            "the controller that reports this does not trust the certificate of {}: add its CA to what that controller trusts",
            word(&self.host)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_of_the_host_that_is_not_trusted() {
        let message = format!(
            "cannot resolve: Get \"https://reg.example.com:5000/v2/\": tls: failed to verify certificate: {UNKNOWN}."
        );
        let headline = Untrusted::of(&message).unwrap().headline();
        assert!(headline.contains("reg.example.com:5000"), "{headline}");
    }

    #[test]
    fn silent_about_other_faults_of_certificates() {
        for message in [
            "Get \"https://reg.example.com/v2/\": x509: certificate has expired or is not yet valid",
            "x509: certificate signed by unknown authority",
            "lookup reg.example.com: no such host",
            "provider says: Get \"https://a.example.com/\": x509: certificate signed by unknown authority (retried 5 times by the provider at b.example.com)",
        ] {
            assert!(Untrusted::of(message).is_none(), "{message}");
        }
    }
}
