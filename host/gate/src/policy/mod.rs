//! What may leave: one origin, GET, listed routes, two headers, and only while a call is open
//! whose tool owns the route.
//!
//! Pure: no I/O, no clock, no secret. A [`Permit`] can be made by [`Policy::decide`] alone, and
//! egress takes nothing else.

pub mod address;
mod denial;
mod header;
mod narrow;
mod origin;
pub mod path;
mod route;

pub use denial::Denial;
pub use narrow::{Narrowing, SideEffects};
pub use origin::{Origin, OriginRule, Plaintext, PolicyError, Scheme};
pub use route::{Effect, Key, ROUTES, Route, Times, Value, is_owner, is_tool};

use std::sync::Arc;

use crate::guard::{self, Guard};
use header::Headers;
use path::Checked;

/// A request as the guest set it, raw: nothing here has been checked or normalised.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    /// The method, `GET` when the guest set none.
    pub method: &'a str,
    /// The scheme, as text.
    pub scheme: Option<&'a str>,
    /// Host and port, as text.
    pub authority: Option<&'a str>,
    /// Path and query, as text.
    pub path_with_query: Option<&'a str>,
    /// All request headers.
    pub headers: &'a http::HeaderMap,
}

/// A client request that is open while an attempt is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCall {
    /// Its JSON-RPC id, as JSON text.
    pub id: Arc<str>,
    /// The tool that it calls.
    pub tool: Arc<str>,
}

/// The policy of one process.
#[derive(Clone, Debug)]
pub struct Policy {
    origin: OriginRule,
    bearer: String,
    narrowings: Vec<Narrowing>,
}

/// A request that may go out. Made by [`Policy::decide`] alone.
#[derive(Clone, Debug)]
pub struct Permit {
    path_with_query: String,
    rule: &'static str,
    keys: Vec<&'static str>,
    sealed: bool,
    accept: Option<&'static str>,
    calls: Arc<[OpenCall]>,
}

impl Policy {
    /// The policy towards `origin`; `placeholder` is the sealed form of the bearer token.
    pub fn new(origin: OriginRule, placeholder: &str) -> Policy {
        Policy {
            origin,
            bearer: format!("Bearer {placeholder}"),
            narrowings: Vec::new(),
        }
    }

    /// The same policy without what policy files take away.
    pub fn narrowed(self, narrowings: Vec<Narrowing>) -> Policy {
        Policy { narrowings, ..self }
    }

    /// The one origin.
    pub fn origin(&self) -> &OriginRule {
        &self.origin
    }

    /// Judges one request. `open` are the calls open when the attempt was made; they are shared, as
    /// each of many parallel attempts names all of them.
    pub fn decide(&self, target: &Target<'_>, open: &Arc<[OpenCall]>) -> Result<Permit, Denial> {
        if target.method != "GET" {
            return Err(Denial::new("method", "only GET is allowed"));
        }
        let origin = Origin::parse(target.scheme, target.authority)?;
        self.origin.admits(&origin)?;
        let raw = target
            .path_with_query
            .ok_or_else(|| Denial::new("path", "no path"))?;
        let Checked { path, query } = path::check(raw)?;
        let below = self.origin.below_prefix(path)?;
        let (route, keys) = route::find(below, query)?;
        for narrowing in &self.narrowings {
            narrowing.route(route)?;
        }
        let Headers { sealed, accept } = header::check(target.headers, &self.bearer)?;
        let owns =
            |call: &&OpenCall| route.owners.contains(&&*call.tool) || guard::off(Guard::Ownership);
        let denier = |call: &OpenCall| Narrowing::denier(&self.narrowings, &call.tool);
        let may = |call: &&OpenCall| owns(call) && denier(call).is_none();
        let calls = if open.iter().all(|call| may(&call)) {
            Arc::clone(open)
        } else {
            open.iter().filter(may).cloned().collect()
        };
        if let (true, Some(file)) = (calls.is_empty(), open.iter().filter(owns).find_map(denier)) {
            let reason = format!(
                "{} allows none of the tools that are being called",
                file.source
            );
            return Err(Denial::new("policy-file", reason));
        }
        if calls.is_empty() && !guard::off(Guard::Ownership) {
            let reason = if open.is_empty() {
                "no call is in progress"
            } else {
                "no tool that is being called may use this route"
            };
            return Err(Denial::new(
                "owner",
                format!("{reason}: {}", route.template),
            ));
        }
        let path_with_query = raw.to_owned();
        Ok(Permit {
            path_with_query,
            rule: route.template,
            keys,
            sealed,
            accept,
            calls,
        })
    }
}

impl Permit {
    /// The checked path and query, path prefix included: byte for byte what was judged.
    pub fn path_with_query(&self) -> &str {
        &self.path_with_query
    }

    /// The checked path alone.
    pub fn path(&self) -> &str {
        self.path_with_query.split('?').next().unwrap_or_default()
    }

    /// The rule that allows it: the route's template.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// The query keys in use.
    pub fn keys(&self) -> &[&'static str] {
        &self.keys
    }

    /// Whether the request carries the placeholder, so that the token goes in its place.
    pub fn is_sealed(&self) -> bool {
        self.sealed
    }

    /// The media type asked for.
    pub fn accept(&self) -> Option<&'static str> {
        self.accept
    }

    /// The open calls that own the route.
    pub fn calls(&self) -> &[OpenCall] {
        &self.calls
    }
}

#[cfg(test)]
mod tests;
