//! The tools, one file per family.

use std::rc::Rc;

use serde_json::{Map, Value};

use crate::{answer::Answer, argocd::Client};

/// What a running call may use.
pub struct Context {
    /// The Argo CD client, shared by all calls.
    pub client: Rc<Client>,
    /// Reports `(done, total, message)` to the MCP client; does nothing unless a progress token was given.
    pub progress: Rc<dyn Fn(f64, Option<f64>, &str)>,
}

/// One tool, as `tools/list` describes it and as it is called.
pub struct Tool {
    /// snake_case, at most 40 characters.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// For models: under 500 characters, keywords first.
    pub description: &'static str,
}

impl Tool {
    /// The JSON schema of the arguments, an object that allows no other properties.
    pub fn input_schema(&self) -> Value {
        Value::Null
    }
}

/// All tools in the order of `tools/list`.
pub fn all() -> &'static [Tool] {
    &[]
}

/// Runs the tool `name`; `None` when there is no such tool. A failure is an [`Answer`] too (`is_error`).
pub async fn call(_context: &Context, _name: &str, _arguments: Map<String, Value>) -> Option<Answer> {
    None
}
