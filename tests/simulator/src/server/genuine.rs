//! A genuine Argo CD behind the simulator's listener: it answers in place of the recordings, while
//! requests are still recorded and faults still injected in front of it. How it is started and spoken to
//! is the harness' business: the simulator itself never dials.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use anyhow::Result;
use bytes::Bytes;
use serde_json::Value;

use super::answer::{Answer, Code};
use super::api::Ask;
use super::state::State;
use crate::query::Target;

/// What a simulator was asked to be, as far as the server behind it has to know.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// `/argocd`, or nothing.
    pub prefix: String,
    /// Users that can log in, with their passwords.
    pub accounts: Vec<(String, String)>,
    /// So many generated applications in place of the recorded ones.
    pub generated: Option<usize>,
    /// The recorded applications beside the generated ones.
    pub keep_recorded: bool,
    /// Bytes that each generated application weighs.
    pub application_weight: u64,
    /// Nobody else may have touched it.
    pub unshared: bool,
}

/// A request to pass on, as it was received.
#[derive(Clone, Debug)]
pub struct Passed {
    /// The method.
    pub method: String,
    /// Path and query, prefix included.
    pub path_and_query: String,
    /// Header names (lower case) and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What the server answered.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Header names (lower case) and values, without those of the connection.
    pub headers: Vec<(String, String)>,
    /// The body as it came, compressed or not.
    pub body: Bytes,
}

/// An answer that is on its way.
pub type Replying = Pin<Box<dyn Future<Output = io::Result<Reply>> + Send>>;

/// A running genuine server.
pub trait Genuine: Send + Sync {
    /// Sends the request on.
    fn pass(&self, request: Passed) -> Replying;
    /// The API key of an account of the recordings.
    fn token(&self, account: &str) -> String;
}

/// Starts the server that was wanted.
pub(crate) type Start = Box<dyn FnOnce(&Wanted) -> Result<Arc<dyn Genuine>>>;

/// The server's answer, unless a test replaced it or ended the session.
pub(crate) async fn answer(
    state: &State,
    genuine: &dyn Genuine,
    ask: &Ask,
    headers: Vec<(String, String)>,
) -> io::Result<Answer> {
    let below = super::api::below_prefix(&state.settings.prefix, &ask.path_and_query);
    let target = Target::parse(below.unwrap_or(&ask.path_and_query));
    if let Some(body) = state.world.replacement(&target) {
        return Ok(Answer::json_text(body));
    }
    let bearer = ask
        .authorization
        .as_deref()
        .and_then(|value| value.strip_prefix("Bearer "));
    if let Some(Err(refused)) = bearer.map(|token| state.accounts().admit(token)) {
        return Ok(Answer::error(Code::Unauthenticated, &refused.0));
    }
    let is_login = ask.method == "POST" && target.segments() == ["api", "v1", "session"];
    let reply = genuine
        .pass(Passed {
            method: ask.method.clone(),
            path_and_query: ask.path_and_query.clone(),
            headers,
            body: ask.body.clone(),
        })
        .await?;
    if is_login && reply.status == 200 {
        let body: Value = serde_json::from_slice(&reply.body)?;
        state
            .accounts()
            .learn(body["token"].as_str().unwrap_or_default());
    }
    let mut answer = Answer::new(reply.status, "", reply.body).uncompressed();
    answer.headers = reply
        .headers
        .into_iter()
        .map(|(name, value)| (name.into(), value))
        .collect();
    Ok(answer)
}
