//! Errors in words for the model: what failed, why, and what to do next.

use std::time::Duration;

use super::{
    error::{Error, Refusal},
    settings::CredentialSource,
};
use crate::redact::capped;

/// Longest text of the server in a few words, in characters.
const BRIEF_CHARS: usize = 200;

/// What another question to Argo CD may tell about an error. Which tool asks it is known above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Which names there are, in which namespace; with a project Argo CD tells 403 from 404.
    Names,
    /// Which names there are, in which namespace and project.
    NamesAndProjects,
    /// What can be read while the application has no cached state.
    Uncached,
    /// The conditions of the application.
    Conditions,
    /// The connection to the repository or the cluster that the text names.
    Connections,
    /// What Argo CD answers even when the controller or the repo-server is slow.
    Stored,
}

impl Error {
    /// What another question may tell, if one may.
    pub fn remedy(&self) -> Option<Remedy> {
        Some(match self {
            Error::Forbidden { .. } => Remedy::Names,
            Error::NotFound { .. } => Remedy::NamesAndProjects,
            Error::CacheMiss { .. } => Remedy::Uncached,
            Error::NotCompared { .. } => Remedy::Conditions,
            Error::Server { status, .. } if !matches!(status, 501..=504) => Remedy::Connections,
            Error::Timeout { .. } => Remedy::Stored,
            _ => return None,
        })
    }

    /// What failed, why, and what to do next, as far as no other question to Argo CD is needed.
    pub fn explain(&self) -> String {
        format!("Cannot {}: {}", self.operation(), self.reason())
    }

    /// Why, in a few words, for a part of an answer that is missing: `permission denied (403)`. What
    /// the server says stands at the end, behind ` > `.
    pub fn brief(&self) -> String {
        let (what, text) = match self {
            Error::Unauthorized { .. } => ("credentials refused (401)".to_owned(), ""),
            Error::Forbidden { message, .. } => {
                ("permission denied (403)".to_owned(), message.as_str())
            }
            Error::NotFound { message, .. } => ("not found (404)".to_owned(), message.as_str()),
            Error::NoRoute { .. } => ("the server does not know the path (404)".to_owned(), ""),
            Error::BadRequest { message, .. } => ("refused (400)".to_owned(), message.as_str()),
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
            Error::Timeout { .. } => ("no complete answer in time".to_owned(), ""),
            Error::Tls { detail, .. } => ("TLS failed".to_owned(), detail.as_str()),
            Error::Dns { .. } => ("the server's name cannot be resolved".to_owned(), ""),
            Error::Connect { detail, .. } => ("no connection".to_owned(), detail.as_str()),
            Error::Denied { .. } => ("the host's policy refuses it".to_owned(), ""),
            Error::Html { status, .. } => (format!("HTML instead of JSON (status {status})"), ""),
            Error::Redirect { status, .. } => (format!("a redirect ({status})"), ""),
            Error::Torn { .. } => ("the answer ended in the middle".to_owned(), ""),
            Error::TooLarge { .. } => ("larger than the cap".to_owned(), ""),
            Error::Malformed { .. } => ("not what Argo CD sends here".to_owned(), ""),
        };
        match text {
            "" => what,
            text => format!("{what} > {}", capped(text, BRIEF_CHARS)),
        }
    }

    fn reason(&self) -> String {
        match self {
            Error::Unauthorized { refusal, source, .. } => unauthorized(refusal, *source),
            Error::Forbidden { message, .. } => format!(
                "permission denied (403{}). The account may not read this, or it does not exist: without a project \
                 Argo CD says the same for both.",
                said(message)
            ),
            Error::NotFound { message, .. } => format!("not found (404{}).", said(message)),
            Error::NoRoute { .. } => "the server does not know this path (404). ARGOCD_SERVER probably lacks the path \
                 prefix that Argo CD is served under (https://host/prefix), or has one too many; a very old Argo CD \
                 may not have this call."
                .to_owned(),
            Error::BadRequest { message, .. } => {
                format!("Argo CD refused the request (400{}). Correct the arguments.", said(message))
            }
            Error::MessageTooLarge { message, .. } => format!(
                "the answer is larger than Argo CD's internal message limit (429{}). This is no rate limit: repeating \
                 does not help. Narrow it down by `project` or `selector`.",
                said(message)
            ),
            Error::TooManyRequests { retry_after, .. } => {
                let when = retry_after.as_ref().map(|after| format!(" after {after}")).unwrap_or_default();
                format!("too many requests (429), from a proxy in front of Argo CD. Wait, then try again{when}.")
            }
            Error::CacheMiss { message, .. } => format!(
                "Argo CD has no cached state of this application (500{}). It is missing after a restart or a lost \
                 Redis until the application controller compares the application again; repeating the call does not \
                 help.",
                said(message)
            ),
            Error::NotCompared { message, .. } => format!(
                "Argo CD could not compare this application, so there is no state to show (500{}).",
                said(message)
            ),
            Error::Server { status, message, .. } => server(*status, message),
            Error::Unexpected { status, message, .. } => format!("unexpected status {status}{}.", after(message)),
            other => other.transport_reason(),
        }
    }

    /// Errors without an answer of Argo CD.
    fn transport_reason(&self) -> String {
        match self {
            Error::Timeout { within, .. } => timeout(*within),
            Error::Tls { server, detail, .. } => format!(
                "TLS with {server} failed{}. If the certificate is from a private authority, give it to the host \
                 (`--ca-file`, ARGOCD_CA_FILE) or to the WASI runtime; check that the name matches the certificate. \
                 An Argo CD that serves no TLS is set with http:// in ARGOCD_SERVER.",
                after(detail)
            ),
            Error::Dns { server, .. } => {
                format!(
                    "the name of the server, {server}, cannot be resolved. Check ARGOCD_SERVER, and VPN or DNS."
                )
            }
            Error::Connect { server, detail, .. } => format!(
                "no connection to {server}{}. Check ARGOCD_SERVER (host and port), network or VPN, and that Argo CD \
                 is up.",
                after(detail)
            ),
            Error::Denied { .. } => {
                "the host's policy does not allow this request. Only listed read-only routes of \
                 one Argo CD are reachable; the operator finds the reason in the host's audit log."
                    .to_owned()
            }
            Error::Html { status, .. } => html(*status),
            Error::Redirect {
                status, location, ..
            } => redirect(*status, location),
            Error::Torn { .. } => {
                "the connection ended in the middle of the answer. Try again; if it stays so, a \
                 proxy cuts long answers: narrow the question."
                    .to_owned()
            }
            Error::TooLarge { cap, .. } => format!(
                "the answer, or one entry of it, is larger than the cap of {} MiB. Ask for less: a project, a \
                 selector, one application.",
                (cap >> 20).max(1)
            ),
            Error::Malformed { detail, .. } => format!(
                "the answer is not what Argo CD sends here: {detail}. Something else may answer at ARGOCD_SERVER, or \
                 the version of Argo CD is not supported."
            ),
            _ => String::new(),
        }
    }
}

fn unauthorized(refusal: &Refusal, source: CredentialSource) -> String {
    let renew = match source {
        CredentialSource::Token => {
            "The operator must put a new token into ARGOCD_AUTH_TOKEN (`argocd account generate-token`, or the UI) and \
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
        Refusal::Missing => "Argo CD sees no usable token (401). It is missing, is not a token of Argo CD, or a proxy \
             removes the Authorization header."
            .to_owned(),
        Refusal::WrongPassword { retry_in } => format!(
            "Argo CD refused user name and password. That is remembered, as five failures lock the account: the next \
             login is tried in {}, and until then every call fails like this.",
            rounded(*retry_in)
        ),
        Refusal::StillRefused { retry_in } => format!(
            "Argo CD refuses even a fresh session (401). No further login is tried for {}.",
            rounded(*retry_in)
        ),
    };
    format!("{what} {renew} Repeating the call does not help.")
}

fn server(status: u16, message: &str) -> String {
    let next = match status {
        502..=504 => "Argo CD, or the proxy in front, is not ready; try again in a minute.",
        501 => "This version of Argo CD does not have the call.",
        _ => "Its text says why.",
    };
    format!("Argo CD failed with {status}{}. {next}", after(message))
}

fn timeout(within: Option<Duration>) -> String {
    let limit = within
        .map(|within| format!(" within {}", rounded(within)))
        .unwrap_or_default();
    format!(
        "no complete answer{limit}. Argo CD may be waiting for its controller, its repo-server or the destination \
         cluster. For lists, narrow by project or selector."
    )
}

fn html(status: u16) -> String {
    let why = match status {
        500.. => "A proxy answers for Argo CD, which is probably down; try again in a minute.",
        401 | 403 => "A proxy in front of Argo CD wants a login of its own.",
        _ => {
            "Either a login proxy stands in front of Argo CD, or the path prefix in ARGOCD_SERVER is wrong \
             (https://host/prefix), so that the web UI answered."
        }
    };
    format!(
        "the server sent an HTML page (status {status}) instead of JSON. {why} Repeating the call does not help."
    )
}

fn redirect(status: u16, location: &str) -> String {
    format!(
        "the server redirects ({status}) to {location}, and redirects are not followed. If it only changes http to \
         https or adds a path, write that into ARGOCD_SERVER; if it is a login page, a proxy stands in front of Argo CD."
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

/// Whole seconds, or minutes from two of them on; rounded up, so that it is never "0 s".
fn rounded(duration: Duration) -> String {
    let seconds = duration.as_millis().div_ceil(1_000).max(1);
    if seconds < 120 {
        format!("{seconds} s")
    } else {
        format!("{} min", seconds.div_ceil(60))
    }
}
