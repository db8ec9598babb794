//! The tools, one file per family: input, wire types, view, one entry in that file's table.
//!
//! A tool reads its input, asks Argo CD by GETs, and writes one answer. It never sees raw text
//! of the cluster (see [`crate::redact`]) and never writes more than the budget (see [`crate::answer`]).

mod application;
mod applications;
mod appsets;
mod clusters;
mod compare;
mod diagnose;
mod diff;
mod events;
mod find;
mod history;
mod logs;
mod managed;
mod manifests;
mod projects;
mod repositories;
mod resource;
mod server_info;
mod sets;
mod sync_status;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod tree;
mod windows;

use serde_json::{Map, Value, json};
use std::{rc::Rc, sync::LazyLock};

use crate::{
    answer::Answer,
    argocd::Client,
    call::{Call, Failure, identity, identity::Found},
    http::Local,
};

pub use self::sets::Listed;
pub use crate::call::names::application_names;

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
    /// The JSON schema of [`Answer::structured`].
    pub fn output_schema(&self) -> Value {
        let texts = json!({"type": "array", "items": {"type": "string"}});
        let mut item: Map<String, Value> = self
            .facts
            .iter()
            .map(|fact| ((*fact).to_owned(), json!({"type": "string"})))
            .collect();
        item.insert("text".to_owned(), json!({"type": "string"}));
        item.insert("details".to_owned(), texts.clone());
        json!({
            "type": "object",
            "properties": {
                "summary": texts,
                "items": {
                    "type": "array",
                    "items": {"type": "object", "properties": item, "additionalProperties": false},
                },
                "notes": texts,
                "next": texts,
                "truncated": {"type": "boolean"},
            },
            "required": ["summary", "items", "notes", "next", "truncated"],
            "additionalProperties": false,
        })
    }

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
            diagnose::TOOLS,
            diff::TOOLS,
            history::TOOLS,
            sync_status::TOOLS,
            windows::TOOLS,
            resource::TOOLS,
            find::TOOLS,
            appsets::TOOLS,
            server_info::TOOLS,
            compare::TOOLS,
        ];
        families
            .into_iter()
            .flat_map(|family| family().into_iter())
            .collect()
    });
    &ALL
}

/// What a look-up of the application finds, when the failure may be about its name.
async fn found(
    context: &Context,
    tool: &Tool,
    arguments: Map<String, Value>,
    failure: &Failure,
) -> Option<Found> {
    let Failure::Upstream(error) = failure else {
        return None;
    };
    if !identity::may_help(error) {
        return None;
    }
    // Tools about one application have the parameters that name it; others may have a `name` too.
    let schema = tool.input_schema();
    let has = |key: &str| !schema["properties"][key].is_null();
    let key = ["application", "name"].into_iter().find(|key| has(key))?;
    let call = Call::new(tool.name, arguments);
    match has("app_namespace") {
        true => identity::look_up(&context.client, &call, key, error).await,
        false => None,
    }
}

/// Runs the tool `name`; `None` when there is no such tool. A failure is an [`Answer`] too
/// (`is_error`), a bad argument or cursor included: it is for the model to mend, not for the protocol.
pub async fn call(context: &Context, name: &str, arguments: Map<String, Value>) -> Option<Answer> {
    let tool = all().iter().find(|tool| tool.name == name)?;
    let call = Call::new(tool.name, arguments.clone());
    let failure = match (tool.run)(context, call).await {
        Ok(answer) => return Some(answer),
        Err(failure) => failure,
    };
    Some(match found(context, tool, arguments, &failure).await {
        None => failure.answer(),
        Some(Found::Unanswerable(why)) => Answer::error(&why),
        Some(Found::Elsewhere(arguments, note)) => {
            match (tool.run)(context, Call::new(tool.name, arguments)).await {
                Ok(answer) => answer.noting(&note),
                // It was found, so what is refused now is a part of it.
                Err(Failure::Upstream(error)) if identity::may_help(&error) => {
                    Answer::error(&format!("{note}\n{}", error.explain()))
                }
                Err(failure) => failure.answer(),
            }
        }
    })
}
