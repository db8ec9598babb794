//! The tools, one file per family: input, wire types, view, one entry in that file's table.
//!
//! A tool reads its input, asks Argo CD by GETs, and writes one answer. It never sees raw text
//! of the cluster (see [`crate::redact`]) and never writes more than the budget (see [`crate::answer`]).

mod application;
mod applications;
mod call;
mod clusters;
mod events;
mod input;
mod listing;
mod logs;
mod managed;
mod manifests;
mod projects;
mod record;
mod repositories;
mod suggest;
mod tree;
mod wire;

use std::{rc::Rc, sync::LazyLock};

use serde_json::{Map, Value};

use self::call::{Call, Failure};
use crate::{answer::Answer, argocd::Client, http::Local};

/// Takes `(done, total, message)` for the MCP client.
pub type Progress = Rc<dyn Fn(f64, Option<f64>, &str)>;

/// What a running call may use.
pub struct Context {
    /// The Argo CD client, shared by all calls.
    pub client: Rc<Client>,
    /// Reports `(done, total, message)` to the MCP client; does nothing unless a progress token was given.
    pub progress: Progress,
}

/// One tool, as `tools/list` describes it and as it is called.
pub struct Tool {
    /// snake_case, at most 40 characters.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// For models: under 500 characters, keywords first.
    pub description: &'static str,
    /// The facts that an item of its structured answer may have, besides `text` and `details`.
    pub facts: &'static [&'static str],
    schema: fn() -> Value,
    run: for<'a> fn(&'a Context, Call) -> Local<'a, Result<Answer, Failure>>,
}

impl Tool {
    /// The JSON schema of the arguments, an object that allows no other properties.
    pub fn input_schema(&self) -> Value {
        (self.schema)()
    }
}

/// All tools in the order of `tools/list`.
pub fn all() -> &'static [Tool] {
    static ALL: LazyLock<Vec<Tool>> = LazyLock::new(|| {
        let families = [
            applications::TOOLS,
            application::TOOLS,
            tree::TOOLS,
            managed::TOOLS,
            events::TOOLS,
            manifests::TOOLS,
            logs::TOOLS,
            projects::TOOLS,
            clusters::TOOLS,
            repositories::TOOLS,
        ];
        families
            .into_iter()
            .flat_map(|family| family().into_iter())
            .collect()
    });
    &ALL
}

/// Runs the tool `name`; `None` when there is no such tool. A failure is an [`Answer`] too
/// (`is_error`), a bad argument or cursor included: it is for the model to mend, not for the protocol.
pub async fn call(context: &Context, name: &str, arguments: Map<String, Value>) -> Option<Answer> {
    let tool = all().iter().find(|tool| tool.name == name)?;
    let answer = (tool.run)(context, Call::new(tool.name, arguments)).await;
    Some(answer.unwrap_or_else(|failure| failure.answer()))
}
