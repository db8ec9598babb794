//! Errors in words for the model: what failed, why, and what to do next.

use std::time::Duration;

use super::{
    error::{Error, Refusal},
    operation::Operation,
    settings::CredentialSource,
};
use crate::redact::capped;

/// Maximum length of the server's message in a brief reason, in characters.
const BRIEF_CHARS: usize = 200;

/// Another request to Argo CD that may explain an error. Callers know which tool makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The existing names and namespaces; with a project Argo CD tells 403 from 404.
    Names,
    /// The existing names, namespaces and projects.
    NamesAndProjects,
    /// What can be read while the application has no cached state.
    Uncached,
    /// The conditions of the application.
    Conditions,
    /// The connection to the repository or the cluster that the text names.
    Connections,
    /// The revisions that were deployed: the source has none of that name.
    Revisions,
    /// What Argo CD answers even when the controller or the repo-server is slow.
    Stored,
}

/// What the repo-server says of a revision that the source does not have (Argo CD 2.8 to 3.5).
const NO_REVISION: [&str; 3] = [
    "to a commit SHA",
    "unable to resolve git revision",
    "version for constraint",
];

impl Error {
    /// Whether Argo CD says itself that the right to read logs is missing: it names the right, which it
    /// does only of an application that exists.
    fn lacks_logs(&self) -> bool {
        matches!(self, Error::Forbidden { operation: Operation::ReadLogs, message } if message.contains("logs, get"))
    }

    /// Another request that may explain the error, if any.
    pub fn remedy(&self) -> Option<Remedy> {
        Some(match self {
            Error::Forbidden { .. } if self.lacks_logs() => return None,
            Error::Forbidden { .. } => Remedy::Names,
            Error::NotFound { .. } => Remedy::NamesAndProjects,
            Error::CacheMiss { .. } => Remedy::Uncached,
            Error::NotCompared { .. } => Remedy::Conditions,
            Error::Server { message, .. } | Error::BadRequest { message, .. }
                if NO_REVISION.iter().any(|words| message.contains(words)) =>
            {
                Remedy::Revisions
            }
            Error::Server { status, .. } if !matches!(status, 501..=504) => Remedy::Connections,
            Error::Timeout { .. } => Remedy::Stored,
            _ => return None,
        })
    }

    /// What failed, why, and what to do next, without the remedy.
    pub fn explain(&self) -> String {
        format!("Cannot {}: {}", self.operation(), self.reason())
    }

    /// The reason in a few words, for a missing part of an answer: `permission denied (403)`. The
    /// server's own message comes last, after ` > `.
    pub fn brief(&self) -> String {
        let (what, text) = match self {
            Error::Unauthorized { .. } => ("credentials rejected (401)".to_owned(), ""),
            Error::Forbidden { message, .. } => {
                ("permission denied (403)".to_owned(), message.as_str())
            }
            Error::NotFound { message, .. } => ("not found (404)".to_owned(), message.as_str()),
            Error::NoRoute { .. } => ("the server has no such route (404)".to_owned(), ""),
            Error::BadRequest { message, .. } => ("rejected (400)".to_owned(), message.as_str()),
            Error::MessageTooLarge { .. } => {
                ("larger than Argo CD's message limit (429)".to_owned(), "")
            }
            Error::TooManyRequests { .. } => ("too many requests (429)".to_owned(), ""),
            Error::CacheMiss { .. } => ("Argo CD has no cached state (500)".to_owned(), ""),
            Error::NotCompared { message, .. } => {
                ("not compared (500)".to_owned(), message.as_str())
            }
            Error::Server {
                status, message, ..
            } => (format!("failed with {status}"), message.as_str()),
            Error::Unexpected {
                status, message, ..
            } => (format!("status {status}"), message.as_str()),
            Error::Timeout { .. } => ("timed out".to_owned(), ""),
            Error::Tls { detail, .. } => ("TLS failed".to_owned(), detail.as_str()),
            Error::Dns { .. } => ("the server's name cannot be resolved".to_owned(), ""),
            Error::Connect { detail, .. } => ("no connection".to_owned(), detail.as_str()),
            Error::Denied { .. } => ("denied by the host's policy".to_owned(), ""),
            Error::Html { status, .. } => (format!("HTML instead of JSON (status {status})"), ""),
            Error::Redirect { status, .. } => (format!("a redirect ({status})"), ""),
            Error::Torn { .. } => ("the response was cut off".to_owned(), ""),
            Error::TooLarge { .. } => ("response too large".to_owned(), ""),
            Error::Malformed { .. } => ("unexpected response format".to_owned(), ""),
        };
        match text {
            "" => what,
            text => format!("{what} > {}", capped(text, BRIEF_CHARS)),
        }
    }

    fn reason(&self) -> String {
        match self {
            Error::Unauthorized {
                refusal, source, ..
            } => unauthorized(refusal, *source),
            Error::Forbidden { message, .. } if self.lacks_logs() => format!(
                "permission denied (403{}). Logs need the permission `logs, get` besides `applications, get`: the \
                 operator must grant it.",
                said(message)
            ),
            Error::Forbidden { message, .. } => format!(
                "permission denied (403{}). The account has no access, or it does not exist: without a project \
                 Argo CD answers the same for both.",
                said(message)
            ),
            Error::NotFound { message, .. } => format!("not found (404{}).", said(message)),
            Error::NoRoute { .. } => {
                "the server has no such route (404). The path prefix in ARGOCD_SERVER is probably \
                 missing or wrong (https://host/prefix); a very old Argo CD \
                 may not have this route."
                    .to_owned()
            }
            Error::BadRequest { message, .. } => {
                format!(
                    "Argo CD rejected the request (400{}). Correct the arguments.",
                    said(message)
                )
            }
            Error::MessageTooLarge { message, .. } => format!(
                "the response exceeds Argo CD's internal message limit (429{}). This is not a rate limit: a retry \
                 does not help. Narrow it by `project` or `selector`.",
                said(message)
            ),
            Error::TooManyRequests { retry_after, .. } => {
                let when = retry_after
                    .as_ref()
                    .map(|after| format!(" after {after}"))
                    .unwrap_or_default();
                format!("too many requests (429), from a proxy in front of Argo CD. Retry{when}.")
            }
            Error::CacheMiss { message, .. } => format!(
                "Argo CD has no cached state for this application (500{}). After a restart or the loss of Redis it \
                 is missing until the application controller compares the application again; a retry does not \
                 help.",
                said(message)
            ),
            Error::NotCompared { message, .. } => format!(
                "Argo CD could not compare this application, so there is no state to show (500{}).",
                said(message)
            ),
            Error::Server {
                status, message, ..
            } => server(*status, message),
            Error::Unexpected {
                status, message, ..
            } => format!("unexpected status {status}{}.", after(message)),
            other => other.transport_reason(),
        }
    }

    /// The reason of an error without a response from Argo CD.
    fn transport_reason(&self) -> String {
        match self {
            Error::Timeout { within, .. } => timeout(*within),
            Error::Tls { server, detail, .. } => format!(
                "TLS with {server} failed{}. For a private certificate authority, pass its certificate to the host \
                 (`--ca-file`, ARGOCD_CA_FILE) or to the WASI runtime; check that the name matches the certificate. \
                 For an Argo CD without TLS, use http:// in ARGOCD_SERVER.",
                after(detail)
            ),
            Error::Dns { server, .. } => {
                format!(
                    "the server name {server} cannot be resolved. Check ARGOCD_SERVER, VPN and DNS."
                )
            }
            Error::Connect { server, detail, .. } => format!(
                "no connection to {server}{}. Check ARGOCD_SERVER (host and port), network or VPN, and that Argo CD \
                 is up.",
                after(detail)
            ),
            Error::Denied { .. } => {
                "the host's policy denies this request: it allows only listed read-only routes of \
                 one Argo CD. The host's audit log has the reason."
                    .to_owned()
            }
            Error::Html { status, .. } => html(*status),
            Error::Redirect {
                status, location, ..
            } => redirect(*status, location),
            Error::Torn { .. } => {
                "the connection closed before the response was complete. Retry; if it fails again, a \
                 proxy cuts long responses: narrow the query."
                    .to_owned()
            }
            Error::TooLarge { cap, .. } => format!(
                "the response, or one item of it, exceeds the limit of {} MiB. Narrow it: a project, a \
                 selector, one application.",
                (cap >> 20).max(1)
            ),
            Error::Malformed { detail, .. } => format!(
                "the response is not valid: {detail}. ARGOCD_SERVER may point to another server, or \
                 this version of Argo CD is not supported."
            ),
            _ => String::new(),
        }
    }
}

fn unauthorized(refusal: &Refusal, source: CredentialSource) -> String {
    let renew = match source {
        CredentialSource::Token => {
            "The operator must set a new token in ARGOCD_AUTH_TOKEN (`argocd account generate-token` or the UI) and \
             restart this server."
        }
        CredentialSource::Password => {
            "The operator must check ARGOCD_USERNAME and ARGOCD_PASSWORD."
        }
        CredentialSource::Host => {
            "The operator must renew the credentials that argocd-host holds: a new token, `argocd relogin`, or the \
             right password."
        }
    };
    let what = match refusal {
        Refusal::Expired => "the token has expired (401).".to_owned(),
        Refusal::Rejected(message) => format!("Argo CD rejects the token (401{}).", said(message)),
        Refusal::Missing => "Argo CD received no usable token (401): it is missing or not an Argo CD token, or a proxy \
             removes the Authorization header."
            .to_owned(),
        Refusal::WrongPassword { retry_in } => format!(
            "Argo CD rejected the user name and password. Five failures lock the account, so the next login \
             attempt is in {}; until then every call fails with this error.",
            rounded(*retry_in)
        ),
        Refusal::StillRefused { retry_in } => format!(
            "Argo CD rejects even a new session (401). No further login attempt for {}.",
            rounded(*retry_in)
        ),
    };
    format!("{what} {renew} A retry does not help.")
}

fn server(status: u16, message: &str) -> String {
    let next = match status {
        502..=504 => "Argo CD or a proxy in front of it is not ready; retry in a minute.",
        501 => "This version of Argo CD does not support the call.",
        _ => "",
    };
    let text = format!("Argo CD failed with {status}{}. {next}", after(message));
    text.trim_end().to_owned()
}

fn timeout(within: Option<Duration>) -> String {
    let limit = within
        .map(|within| format!(" within {}", rounded(within)))
        .unwrap_or_default();
    format!(
        "no complete response{limit}. Argo CD may be waiting for its controller, its repo-server or the destination \
         cluster. For lists, narrow by project or selector."
    )
}

fn html(status: u16) -> String {
    let why = match status {
        500.. => "A proxy answered; Argo CD is probably down. Retry in a minute.",
        401 | 403 => "A proxy in front of Argo CD requires its own login. A retry does not help.",
        _ => {
            "Either a login proxy is in front of Argo CD, or the path prefix in ARGOCD_SERVER \
             (https://host/prefix) is wrong and the web UI answered. A retry does not help."
        }
    };
    format!("the server sent an HTML page (status {status}) instead of JSON. {why}")
}

fn redirect(status: u16, location: &str) -> String {
    format!(
        "the server redirects ({status}) to {location}; redirects are not followed. If it only changes http to \
         https or adds a path, set that in ARGOCD_SERVER; if it leads to a login page, a proxy is in front of Argo CD."
    )
}

fn said(message: &str) -> String {
    if message.is_empty() {
        String::new()
    } else {
        format!(", Argo CD says: {message}")
    }
}

fn after(message: &str) -> String {
    if message.is_empty() {
        String::new()
    } else {
        format!(": {}", message.trim_end_matches('.'))
    }
}

/// Rounds up to whole seconds, or to minutes from two minutes on; never "0 s".
fn rounded(duration: Duration) -> String {
    let seconds = duration.as_millis().div_ceil(1_000).max(1);
    if seconds < 120 {
        format!("{seconds} s")
    } else {
        format!("{} min", seconds.div_ceil(60))
    }
}
