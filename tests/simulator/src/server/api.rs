//! From a request to an answer: routes, rights that every route shares, and the pages of the UI.
//! Pure: no clock, no I/O.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::accounts::{Account, Unauthenticated};
use super::answer::{Answer, Code};
use super::state::State;
use super::{application, applications, inventory};
use crate::query::Target;
use crate::recorded::{self, SERVER};

/// What a request says, as far as answers depend on it.
#[derive(Default)]
pub(crate) struct Ask {
    pub(crate) method: String,
    /// Path and query as received.
    pub(crate) path_and_query: String,
    pub(crate) accept: String,
    pub(crate) authorization: Option<String>,
    pub(crate) cookie: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) host: String,
    pub(crate) body: Vec<u8>,
}

impl Ask {
    fn wants_html(&self) -> bool {
        self.accept.contains("text/html")
    }

    /// Server-sent events are for who asks for nothing else.
    pub(crate) fn wants_events(&self) -> bool {
        self.accept == "text/event-stream"
    }
}

/// The path below the server's prefix, if the request is below it.
pub(crate) fn below_prefix<'a>(prefix: &str, path_and_query: &'a str) -> Option<&'a str> {
    let rest = path_and_query.strip_prefix(prefix)?;
    rest.starts_with('/').then_some(rest)
}

/// Answers a request.
pub(crate) fn answer(state: &Arc<State>, ask: &Ask) -> Answer {
    let whole = &ask.path_and_query;
    let path = whole.split('?').next().unwrap_or_default();
    if path == "/healthz" {
        return Answer::plain(200, "ok").uncompressed();
    }
    let prefix = &state.settings.prefix;
    if !prefix.is_empty() && path == prefix {
        return redirect(307, &format!("{prefix}/"), "Temporary Redirect");
    }
    match below_prefix(prefix, whole) {
        None => Answer::plain(404, "404 page not found"),
        Some(rest) => {
            let target = Target::parse(rest);
            if target.path[0] == "api" {
                api(state, ask, &target)
            } else {
                page(ask, rest, prefix)
            }
        }
    }
}

/// A redirect as Go's `http.Redirect` writes it.
pub(crate) fn redirect(status: u16, to: &str, words: &str) -> Answer {
    Answer::html(status, format!("<a href=\"{to}\">{words}</a>.\n\n"))
        .with("location", to)
        .uncompressed()
}

/// The user interface: everything outside `/api`.
fn page(ask: &Ask, rest: &str, prefix: &str) -> Answer {
    let path = rest.split('?').next().unwrap_or_default();
    match path {
        "/auth/logout" => return redirect(303, &format!("{prefix}/"), "See Other"),
        "/terminal" => return Answer::plain(400, "Bad Request"),
        _ => {}
    }
    if path != "/" && !ask.wants_html() {
        return Answer::plain(404, "404 page not found");
    }
    let file = if prefix.is_empty() {
        "root-html.html"
    } else {
        "rootpath-root-html.html"
    };
    let text = String::from_utf8_lossy(recorded::file(SERVER, file).unwrap_or_default())
        .replace("/argocd/", &format!("{prefix}/"));
    Answer::html(200, text).with("content-security-policy", "frame-ancestors 'self';")
}

fn api(state: &Arc<State>, ask: &Ask, target: &Target) -> Answer {
    let segments = target.segments();
    match ask.method.as_str() {
        "GET" => {
            if let Some(body) = state.world.replacement(target) {
                return authorized(state, ask, false, |_| Answer::json_text(body));
            }
            get(state, ask, target, &segments)
        }
        "HEAD" if ask.content_type.as_deref() == Some("application/json") => {
            Answer::plain(405, "Method Not Allowed")
        }
        "HEAD" => Answer::plain(415, "Invalid content type"),
        "POST" if segments == ["api", "v1", "session"] => login(state, ask),
        _ => write(state, ask, &segments),
    }
}

fn get(state: &Arc<State>, ask: &Ask, target: &Target, segments: &[&str]) -> Answer {
    let with = |answer: &dyn Fn(&Account) -> Answer| authorized(state, ask, false, answer);
    match segments {
        ["api", "version"] => version(state, ask),
        ["api", "v1", "settings"] => settings(state, ask),
        ["api", "v1", "session", "userinfo"] => userinfo(state, ask),
        ["api", "v1", "account", "can-i", resource, action, rest @ ..] => {
            with(&|account| inventory::can_i(account, resource, action, &rest.join("/")))
        }
        ["api", "v1", "applications"] => {
            with(&|account| applications::list(state, account, target))
        }
        ["api", "v1", "applications", name, ..] if name.contains('/') => not_found(),
        ["api", "v1", "applications", name, rest @ ..] => {
            let is_log = matches!(rest, ["logs"] | ["pods", _, "logs"]);
            if !application::is_route(rest) {
                return not_found();
            }
            authorized(state, ask, is_log, |account| {
                application::get(state, account, ask, target, name, rest)
            })
        }
        ["api", "v1", kind, rest @ ..] if inventory::is_route(kind, rest) => {
            with(&|account| inventory::get(state, account, target, kind, rest))
        }
        _ => not_found(),
    }
}

/// No route.
pub(crate) fn not_found() -> Answer {
    Answer::plain(404, "Not Found")
}

fn authenticate(state: &State, ask: &Ask) -> Result<Account, Unauthenticated> {
    let (authorization, cookie) = (ask.authorization.as_deref(), ask.cookie.as_deref());
    state.accounts().authenticate(authorization, cookie)
}

/// Runs a route for whoever asks, or answers 401 in the form of the route.
fn authorized(
    state: &State,
    ask: &Ask,
    is_stream: bool,
    route: impl FnOnce(&Account) -> Answer,
) -> Answer {
    match authenticate(state, ask) {
        Ok(account) => route(&account),
        Err(error) if is_stream => Answer::stream_error(Code::Unauthenticated, &error.0),
        Err(error) => Answer::error(Code::Unauthenticated, &error.0),
    }
}

fn version(state: &State, ask: &Ask) -> Answer {
    let version = json!(state.settings.version);
    if authenticate(state, ask).is_err() {
        return Answer::json(&json!({"Version": version}));
    }
    let mut full = recorded_json("version.json");
    full["Version"] = version;
    Answer::json(&full)
}

fn settings(state: &State, ask: &Ask) -> Answer {
    Answer::json(&recorded_json(match authenticate(state, ask) {
        Ok(_) => "settings.json",
        Err(_) => "settings-anonymous.json",
    }))
}

/// Never 401: this is how to find out whether a token is good.
fn userinfo(state: &State, ask: &Ask) -> Answer {
    Answer::json(&match authenticate(state, ask) {
        Ok(account) => json!({"loggedIn": true, "username": account.username, "iss": "argocd"}),
        Err(_) => json!({}),
    })
}

fn recorded_json(file: &str) -> Value {
    recorded::file(SERVER, file)
        .and_then(|text| serde_json::from_slice(text).ok())
        .unwrap_or_default()
}

fn login(state: &State, ask: &Ask) -> Answer {
    // Exactly this: a charset behind it is refused too.
    if ask.content_type.as_deref() != Some("application/json") {
        return Answer::plain(415, "Invalid content type").uncompressed();
    }
    let Ok(body) = serde_json::from_slice::<Value>(&ask.body) else {
        return Answer::error(Code::InvalidArgument, "unexpected EOF");
    };
    let field = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    match state
        .accounts()
        .login(&field("username"), &field("password"))
    {
        Ok(token) => Answer::json(&json!({"token": token})).with(
            "set-cookie",
            format!("argocd.token={token}; path=/; SameSite=lax; httpOnly"),
        ),
        Err(error) => Answer::error(Code::Unauthenticated, &error.0),
    }
}

/// What would change something on a real server. It is answered as if it had worked, so that a test
/// that forbids it can show what the same request does when nothing holds it back.
fn write(state: &Arc<State>, ask: &Ask, segments: &[&str]) -> Answer {
    let is_known = matches!(
        (ask.method.as_str(), segments),
        (
            "POST",
            ["api", "v1", "applications"]
                | [
                    "api",
                    "v1",
                    "applications",
                    _,
                    "sync" | "rollback" | "resource"
                ]
                | [
                    "api",
                    "v1",
                    "applications",
                    _,
                    "resource",
                    "actions" | "actions/v2"
                ]
                | ["api", "v1", "applicationsets", ..]
                | ["api", "v1", "projects" | "repositories" | "clusters", ..]
        ) | (
            "PUT" | "PATCH" | "DELETE",
            [
                "api",
                "v1",
                "applications" | "projects" | "repositories" | "clusters" | "applicationsets",
                _,
                ..
            ]
        ) | ("DELETE", ["api", "v1", "session"])
    );
    if !is_known {
        return Answer::plain(405, "Method Not Allowed");
    }
    authorized(state, ask, false, |_| {
        let app = match segments {
            [_, _, "applications", name, ..] => {
                state.world.application(crate::key::CONTROL_PLANE, name)
            }
            _ => None,
        };
        Answer::json(&app.unwrap_or_else(|| json!({})))
    })
}

/// The answer to a plain GET by an account that sees everything: what an edit starts from.
pub(crate) fn answer_in_full(state: &Arc<State>, path: &str) -> Option<Bytes> {
    let token = super::accounts::api_key("admin");
    let ask = Ask {
        method: "GET".to_owned(),
        path_and_query: format!("{}{path}", state.settings.prefix),
        authorization: Some(format!("Bearer {token}")),
        ..Ask::default()
    };
    let answer = answer(state, &ask);
    match answer.content {
        super::answer::Content::Whole(body) if answer.status == 200 => Some(body),
        super::answer::Content::Chunks(chunks) if answer.status == 200 => {
            Some(chunks.flatten().collect())
        }
        _ => None,
    }
}
