//! `tools/list` and `tools/call`: the same entries and contents in both eras, wrapped per era.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    era::{self, Era},
    modern::{CACHED, Cached, Complete},
    rpc::{Fault, Id, Object},
};

/// The description of a tool.
pub struct Described {
    /// snake_case.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// For models.
    pub description: &'static str,
    /// The JSON schema of its arguments.
    pub input_schema: Value,
    /// The JSON schema of its structured answers, if it gives them.
    pub output_schema: Option<Value>,
}

/// One tool, as `tools/list` shows it. All of ours are read-only; there is no way to say otherwise.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    input_schema: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_schema: Option<Value>,
    annotations: Annotations,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Annotations {
    title: &'static str,
    read_only_hint: bool,
    destructive_hint: bool,
    idempotent_hint: bool,
    open_world_hint: bool,
}

impl Entry {
    /// The entry of a tool.
    pub fn new(tool: Described) -> Self {
        Self {
            name: tool.name,
            title: tool.title,
            description: tool.description,
            input_schema: tool.input_schema,
            output_schema: tool.output_schema,
            annotations: Annotations {
                title: tool.title,
                read_only_hint: true,
                destructive_hint: false,
                idempotent_hint: true,
                open_world_hint: true,
            },
        }
    }
}

/// The result of `tools/list`.
#[derive(Serialize)]
pub struct Listed<'a> {
    tools: &'a [Entry],
    #[serde(flatten)]
    cached: Option<Cached>,
    #[serde(flatten)]
    complete: Option<Complete>,
}

/// Answers `tools/list`. The list is one page, so any cursor is a bad one.
pub fn list<'a>(era: Era, params: &Object, tools: &'a [Entry]) -> Result<Listed<'a>, Fault> {
    if params.get("cursor").is_some() {
        return Err(Fault::params("unknown cursor: the tool list has one page"));
    }
    let modern = era == Era::Modern;
    Ok(Listed {
        tools,
        cached: modern.then_some(CACHED),
        complete: modern.then(Complete::new),
    })
}

/// The parameters of `tools/call`.
pub struct Call {
    /// The tool's name, not yet known to exist.
    pub name: String,
    /// The arguments, empty when absent or null.
    pub arguments: Map<String, Value>,
    /// The token to report progress with, if the client gave one.
    pub progress: Option<Id>,
}

/// Reads the parameters of `tools/call`.
pub fn call(params: &Object) -> Result<Call, Fault> {
    let name = params.read("name", "a string")?;
    let progress = match era::meta(params)?.get("progressToken") {
        None => None,
        Some(token) => match Id::of(token) {
            None => {
                return Err(Fault::params(
                    "`progressToken` must be a string or an integer",
                ));
            }
            token => token,
        },
    };
    Ok(Call {
        name: name.ok_or_else(|| Fault::params("`name` is missing: the tool to call"))?,
        arguments: params.read("arguments", "an object")?.unwrap_or_default(),
        progress,
    })
}

/// A tool's outcome: text for the model, and whether it is an error.
#[derive(Debug)]
pub struct Outcome {
    /// The answer, already within its budget.
    pub text: String,
    /// Whether the call failed.
    pub is_error: bool,
    /// The answer as data, when it was asked for.
    pub structured: Option<Value>,
}

impl Outcome {
    /// A failure in words.
    pub fn error(text: String) -> Self {
        Self {
            text,
            is_error: true,
            structured: None,
        }
    }
}

/// The result of `tools/call`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Called<'a> {
    content: [Text<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    structured_content: Option<&'a Value>,
    is_error: bool,
    #[serde(flatten)]
    complete: Option<Complete>,
}

#[derive(Serialize)]
struct Text<'a> {
    r#type: &'static str,
    text: &'a str,
}

/// Wraps what a tool said.
pub fn called(era: Era, outcome: &Outcome) -> Called<'_> {
    Called {
        content: [Text {
            r#type: "text",
            text: &outcome.text,
        }],
        structured_content: outcome.structured.as_ref(),
        is_error: outcome.is_error,
        complete: (era == Era::Modern).then(Complete::new),
    }
}
