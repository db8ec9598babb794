//! Who may see what: the accounts of the recordings, the tokens of this simulator, logins.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::limits::FAILED_LOGINS;

/// What an account may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Everything, as role:readonly.
    All,
    /// One project: its applications, and what else the flags say.
    Project {
        name: &'static str,
        logs: bool,
        application_sets: bool,
    },
    /// Nothing.
    Nothing,
}

/// An account as the server knows it.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// What `userinfo` says.
    pub(crate) username: String,
    pub(crate) reach: Reach,
    /// The time that 403 texts name.
    issued_at: &'static str,
}

impl Account {
    fn named(name: &str) -> Self {
        let (username, reach, issued_at) = match name {
            "viewer" => (
                name,
                Reach::Project {
                    name: "storefront",
                    logs: false,
                    application_sets: true,
                },
                "2026-11-22T21:10:54Z",
            ),
            "nobody" => (name, Reach::Nothing, "2026-11-22T21:10:54Z"),
            "proj-payments-ci-bot" => (
                "proj:payments:ci-bot",
                Reach::Project {
                    name: "payments",
                    logs: true,
                    application_sets: false,
                },
                "2026-11-22T21:10:57Z",
            ),
            _ => (name, Reach::All, "2026-11-22T21:10:54Z"),
        };
        Self {
            username: username.to_owned(),
            reach,
            issued_at,
        }
    }

    /// Whether applications of a project are visible.
    pub(crate) fn sees(&self, project: &str) -> bool {
        match self.reach {
            Reach::All => true,
            Reach::Project { name, .. } => name == project,
            Reach::Nothing => false,
        }
    }

    /// Whether logs in a project are readable.
    pub(crate) fn sees_logs(&self, project: &str) -> bool {
        self.sees(project) && !matches!(self.reach, Reach::Project { logs: false, .. })
    }

    /// Whether ApplicationSets of a project are visible.
    pub(crate) fn sees_application_sets(&self, project: &str) -> bool {
        let none = matches!(
            self.reach,
            Reach::Project {
                application_sets: false,
                ..
            }
        );
        self.sees(project) && !none
    }

    /// The long form of a refusal.
    pub(crate) fn refusal(&self, what: &str) -> String {
        format!(
            "permission denied: {what}, sub: {}, iat: {}",
            self.username, self.issued_at
        )
    }
}

/// Why a request has no account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unauthenticated(pub(crate) String);

/// Tokens, passwords and counters.
pub(crate) struct Accounts {
    tokens: HashMap<String, Account>,
    sessions: HashMap<String, Session>,
    passwords: HashMap<String, String>,
    failures: HashMap<String, usize>,
    lifetime_requests: Option<usize>,
    logins: usize,
    reject_all: bool,
}

struct Session {
    account: Account,
    requests_left: Option<usize>,
    expired: bool,
}

/// The accounts that recordings exist for, and that have a token from the start.
pub(crate) const RECORDED: [&str; 5] = ["ci", "viewer", "nobody", "proj-payments-ci-bot", "admin"];

impl Accounts {
    pub(crate) fn new(token: &str, lifetime_requests: Option<usize>) -> Self {
        let mut tokens: HashMap<_, _> = RECORDED
            .iter()
            .map(|name| (api_key(name), Account::named(name)))
            .collect();
        tokens.insert(token.to_owned(), Account::named("ci"));
        Self {
            tokens,
            sessions: HashMap::new(),
            passwords: HashMap::new(),
            failures: HashMap::new(),
            lifetime_requests,
            logins: 0,
            reject_all: false,
        }
    }

    pub(crate) fn add_password(&mut self, user: &str, password: &str) {
        self.passwords.insert(user.to_owned(), password.to_owned());
    }

    pub(crate) fn reject_all(&mut self) {
        self.reject_all = true;
    }

    pub(crate) fn expire_sessions(&mut self) {
        for session in self.sessions.values_mut() {
            session.expired = true;
        }
    }

    pub(crate) fn logins(&self) -> usize {
        self.logins
    }

    /// The account of a request, from its `authorization` and `cookie` headers.
    pub(crate) fn authenticate(
        &mut self,
        authorization: Option<&str>,
        cookie: Option<&str>,
    ) -> Result<Account, Unauthenticated> {
        let no_session = || Unauthenticated("no session information".to_owned());
        let bearer = authorization.and_then(|value| value.strip_prefix("Bearer "));
        let cookie = cookie.and_then(|value| {
            value
                .split(';')
                .find_map(|pair| pair.trim().strip_prefix("argocd.token="))
        });
        // A three-part Bearer wins over the cookie; an opaque one is known only when a test chose it.
        let token = match (bearer, cookie) {
            (Some(token), _) if has_three_parts(token) || self.tokens.contains_key(token) => token,
            (_, Some(token)) => token,
            _ => return Err(no_session()),
        };
        if self.reject_all {
            return Err(expired());
        }
        if let Some(account) = self.tokens.get(token) {
            return Ok(account.clone());
        }
        match self.sessions.get_mut(token) {
            Some(session) => session.use_once(),
            None if has_three_parts(token) => Err(refuse_unknown(token)),
            None => Err(no_session()),
        }
    }

    /// Notes a session that a genuine server began, so that it can be ended here.
    pub(crate) fn learn(&mut self, token: &str) {
        self.logins += 1;
        self.sessions.insert(
            token.to_owned(),
            Session {
                account: Account::named(""),
                requests_left: self.lifetime_requests,
                expired: false,
            },
        );
    }

    /// Whether a genuine server is to see this token: unknown ones too, as it knows better.
    pub(crate) fn admit(&mut self, token: &str) -> Result<(), Unauthenticated> {
        if self.reject_all {
            return Err(expired());
        }
        match self.sessions.get_mut(token) {
            Some(session) => session.use_once().map(drop),
            None => Ok(()),
        }
    }

    /// A login: the new token, or Argo CD's words.
    pub(crate) fn login(&mut self, user: &str, password: &str) -> Result<String, Unauthenticated> {
        if user.is_empty() || password.is_empty() {
            return Err(Unauthenticated("no credentials supplied".to_owned()));
        }
        let failures = self.failures.entry(user.to_owned()).or_default();
        let right = self.passwords.get(user).is_some_and(|p| p == password);
        if !right || *failures >= FAILED_LOGINS {
            *failures += 1;
            return Err(Unauthenticated("Invalid username or password".to_owned()));
        }
        *failures = 0;
        self.logins += 1;
        let token = jwt(&format!("{user}:login"), &format!("login-{}", self.logins));
        self.sessions.insert(
            token.clone(),
            Session {
                account: Account::named(user),
                requests_left: self.lifetime_requests,
                expired: false,
            },
        );
        Ok(token)
    }
}

impl Session {
    fn use_once(&mut self) -> Result<Account, Unauthenticated> {
        if self.expired || self.requests_left == Some(0) {
            return Err(expired());
        }
        if let Some(left) = &mut self.requests_left {
            *left -= 1;
        }
        Ok(self.account.clone())
    }
}

/// The token of a recorded account.
pub(crate) fn api_key(account: &str) -> String {
    jwt(&format!("{account}:apiKey"), &format!("key-{account}"))
}

/// A token of the read-only account that is refused, in words of its own: `expired` or `revoked`.
pub(crate) fn refused(why: &str) -> String {
    jwt("ci:apiKey", why)
}

/// Looks like a JWT to anything that reads one; its signature is worth nothing anywhere else.
fn jwt(subject: &str, id: &str) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = URL_SAFE_NO_PAD.encode(format!(
        r#"{{"iss":"argocd","sub":"{subject}","iat":1795381854,"nbf":1795381854,"jti":"{id}"}}"#
    ));
    let signature = URL_SAFE_NO_PAD.encode(format!("simulated signature of {id}......"));
    format!("{header}.{claims}.{signature}")
}

fn has_three_parts(token: &str) -> bool {
    token.split('.').count() == 3
}

fn expired() -> Unauthenticated {
    Unauthenticated("invalid session: token has invalid claims: token is expired".to_owned())
}

/// What argocd-server says of a token that it did not make.
fn refuse_unknown(token: &str) -> Unauthenticated {
    let mut parts = token.split('.').map(|part| {
        let part = part
            .trim_end_matches('=')
            .replace('-', "+")
            .replace('_', "/");
        let bytes = STANDARD_NO_PAD.decode(part).ok()?;
        serde_json::from_slice::<Value>(&bytes).ok()
    });
    let (Some(Some(_)), Some(Some(claims))) = (parts.next(), parts.next()) else {
        return Unauthenticated(
            "invalid session: token is malformed: could not JSON decode header: invalid character '\\u0081' looking for beginning of value"
                .to_owned(),
        );
    };
    match claims["jti"].as_str() {
        Some("expired") => expired(),
        Some("revoked") => Unauthenticated(
            "invalid session: account ci does not have token with id revoked".to_owned(),
        ),
        _ => Unauthenticated(
            "invalid session: token signature is invalid: signature is invalid".to_owned(),
        ),
    }
}

/// Tokens that are refused, each in its own words.
#[cfg(test)]
pub(crate) fn refused_tokens() -> [(&'static str, String); 5] {
    [
        ("auth-garbage-one-part.json", "garbage".to_owned()),
        (
            "auth-garbage-three-parts.json",
            "garbage.garbage.garbage".to_owned(),
        ),
        ("auth-wrong-signature.json", jwt("ci:apiKey", "someone")),
        ("auth-expired.json", refused("expired")),
        ("auth-revoked.json", refused("revoked")),
    ]
}
