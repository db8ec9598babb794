//! Which request headers a guest may set: `accept`, and `authorization` in the sealed form.
//!
//! Everything else is denied rather than dropped, so that an attempt is seen. Host, user agent and
//! encoding are the host's own.

use http::{HeaderMap, header};

use super::Denial;
use crate::guard::{self, Guard};

/// The media types that the guest may ask for. Not `text/event-stream`, which never ends, and not
/// `text/html`, which makes Argo CD answer unknown paths with its user interface.
const ACCEPT: [&str; 2] = ["application/json", "*/*"];

/// What the headers of a permitted request say.
pub(super) struct Headers {
    pub(super) sealed: bool,
    pub(super) accept: Option<&'static str>,
}

pub(super) fn check(headers: &HeaderMap, bearer: &str) -> Result<Headers, Denial> {
    let deny = |reason: String| Err(Denial::new("header", reason));
    let mut checked = Headers {
        sealed: false,
        accept: None,
    };
    if guard::off(Guard::Header) {
        checked.sealed = headers.contains_key(header::AUTHORIZATION);
        return Ok(checked);
    }
    for (name, value) in headers {
        if name == header::AUTHORIZATION {
            if checked.sealed || value.as_bytes() != bearer.as_bytes() {
                return deny("authorization is not Bearer with the placeholder".to_owned());
            }
            checked.sealed = true;
        } else if name == header::ACCEPT {
            let known = ACCEPT
                .iter()
                .find(|known| value.as_bytes() == known.as_bytes());
            if checked.accept.is_some() || known.is_none() {
                return deny(format!("accept is not one of {}", ACCEPT.join(", ")));
            }
            checked.accept = known.copied();
        } else {
            return deny(format!("{} is not an allowed header", name.as_str()));
        }
    }
    Ok(checked)
}
