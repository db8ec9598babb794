//! What keeps a connection from working, read off the texts of Go's resolver and dialer, git, curl and ssh.

/// A connection that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blocked {
    /// The host, with its port if the message has one; empty when the message names none.
    pub(crate) host: String,
    pub(crate) how: How,
}

/// How it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    Unresolved,
    Refused,
    TimedOut,
    NoRoute,
    Closed,
}

impl How {
    /// `its name does not resolve`.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Unresolved => "its name does not resolve",
            Self::Refused => "the connection is refused",
            Self::TimedOut => "the connection times out",
            Self::NoRoute => "there is no route to it",
            Self::Closed => "the other side closes the connection",
        }
    }
}

/// Words of each kind, in lower case; the first kind that occurs counts.
const WORDS: &[(How, &[&str])] = &[
    (
        How::Unresolved,
        &[
            "no such host",
            "could not resolve host",
            "temporary failure in name resolution",
            "server misbehaving",
            "name or service not known",
        ],
    ),
    (How::Refused, &["connection refused"]),
    (
        How::NoRoute,
        &["no route to host", "network is unreachable"],
    ),
    (
        How::TimedOut,
        &[
            "i/o timeout",
            "connection timed out",
            "operation timed out",
            "tls handshake timeout",
            "client.timeout exceeded",
            "timeout awaiting response headers",
            "failed to connect to ",
            "couldn't connect to server",
            "context deadline exceeded",
        ],
    ),
    (
        How::Closed,
        &[
            "connection reset by peer",
            "connection closed by remote host",
            "unexpected eof",
            "broken pipe",
            ": eof",
        ],
    ),
];

/// Reads how a connection failed; `None` when `reason` is not about one.
pub(super) fn read(reason: &str) -> Option<Blocked> {
    let lower = reason.to_ascii_lowercase();
    let (how, _) = WORDS
        .iter()
        .find(|(_, words)| words.iter().any(|word| lower.contains(word)))?;
    let host = host(reason);
    // A deadline and an end of a stream are of a connection only where an address is named.
    let needs_host = ["context deadline exceeded", ": eof"];
    let is_vague = !lower.contains("dial ") && needs_host.iter().any(|word| lower.contains(word));
    (!host.is_empty() || !is_vague).then(|| Blocked {
        host: host.to_owned(),
        how: *how,
    })
}

/// What stands before a host, in the order of how exactly it names the one that was meant.
const BEFORE: [&str; 8] = [
    "lookup ",
    "Could not resolve host: ",
    "Could not resolve hostname ",
    "Failed to connect to ",
    "connect to host ",
    "dial tcp ",
    "http://",
    "https://",
];

/// The host that `reason` names, with its port; empty when it names none.
fn host(reason: &str) -> &str {
    BEFORE
        .iter()
        .filter_map(|before| reason.split_once(before))
        .map(|(_, after)| {
            let end = after.find([' ', '/', '\'', '"', ',', ';', '\n', '?']);
            after[..end.unwrap_or(after.len())].trim_end_matches([':', '.'])
        })
        .find(|host| !host.is_empty() && *host != "lookup")
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_kinds() {
        for (reason, host, how) in [
            (
                "dial tcp: lookup git.example.com on 10.0.0.10:53: no such host",
                "git.example.com",
                How::Unresolved,
            ),
            (
                "dial tcp 10.0.0.1:8081: connect: connection refused",
                "10.0.0.1:8081",
                How::Refused,
            ),
            (
                "fatal: unable to access 'https://git.example.com/a.git/': Could not resolve host: git.example.com",
                "git.example.com",
                How::Unresolved,
            ),
            (
                "Get \"https://git.example.com/a.git/info/refs\": context deadline exceeded",
                "git.example.com",
                How::TimedOut,
            ),
            (
                "Get \"https://charts.example.com/index.yaml\": dial tcp 1.2.3.4:443: i/o timeout",
                "1.2.3.4:443",
                How::TimedOut,
            ),
            (
                "ssh: connect to host git.example.com port 22: No route to host",
                "git.example.com",
                How::NoRoute,
            ),
            (
                "kex_exchange_identification: Connection closed by remote host",
                "",
                How::Closed,
            ),
        ] {
            let found = read(reason).unwrap();
            assert_eq!((found.host.as_str(), found.how), (host, how), "{reason}");
        }
    }

    #[test]
    fn other_reasons_are_no_connections() {
        for reason in [
            "rpc error: context deadline exceeded",
            "error reading from server: EOF",
            "values.yaml: no such file or directory",
            "authentication required",
        ] {
            assert_eq!(read(reason), None, "{reason}");
        }
    }
}
