//! A tool: its description, what it runs, and what a running call may use.
//!
//! Nothing else lists tools: `tools/list`, the tool sets, the instructions and the README's table
//! are read from here.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::{
    answer::{
        Answer,
        member::{self, Member},
    },
    argocd::Client,
    call::{failure::Failure, incoming::Call, offer::Offer},
    http::Local,
};

/// Takes `(done, total, message)` for the MCP client.
pub type Progress = Rc<dyn Fn(f64, Option<f64>, &str)>;

/// The context of a running call.
pub struct Context {
    /// The Argo CD client, shared by all calls.
    pub client: Rc<Client>,
    /// The tools that the client has; answers propose no others.
    pub offer: Rc<Offer>,
    /// Reports `(done, total, message)` to the MCP client; does nothing unless a progress token was given.
    pub progress: Progress,
}

/// A group of tools that `ARGOCD_MCP_TOOLSETS` can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// State and cause, of one application or many.
    Applications,
    /// The objects of an application, their events and logs.
    Resources,
    /// What differs between source, cluster, deploys and applications.
    Changes,
    /// Deploys, syncs and what blocks them.
    Rollout,
    /// Projects, clusters, repositories, and the server itself.
    Platform,
    /// ApplicationSets.
    ApplicationSets,
}

impl Family {
    /// Every family, in the order in which messages list them.
    pub const ALL: [Self; 6] = [
        Self::Applications,
        Self::Resources,
        Self::Changes,
        Self::Rollout,
        Self::Platform,
        Self::ApplicationSets,
    ];

    /// The name in `ARGOCD_MCP_TOOLSETS`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Applications => "applications",
            Self::Resources => "resources",
            Self::Changes => "changes",
            Self::Rollout => "rollout",
            Self::Platform => "platform",
            Self::ApplicationSets => "applicationsets",
        }
    }
}

/// Whether a client sees a tool when the operator chose no tools. The default is what most incidents
/// need, at half of the tokens of all tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// In the default list.
    ByDefault,
    /// Listed when its family or name is chosen.
    WhenChosen,
}

/// What the argument `name` of a tool names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// One Application.
    Application,
    /// One AppProject; the argument `application` names an Application that the project is asked about.
    Project,
    /// One ApplicationSet.
    ApplicationSet,
    /// No single thing: the tool lists, and a `name` filters, or it is about the server.
    Nothing,
}

impl Subject {
    /// The argument that names an Application, if there is one.
    pub(crate) fn application(self) -> Option<&'static str> {
        match self {
            Self::Application => Some("name"),
            Self::Project => Some("application"),
            Self::ApplicationSet | Self::Nothing => None,
        }
    }
}

/// What a tool does with one call.
pub(crate) type Run = for<'a> fn(&'a Context, Call) -> Local<'a, Result<Answer, Failure>>;

/// One tool, as `tools/list` describes it and as it is called.
pub struct Tool {
    /// snake_case, at most 40 characters.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// The tool set that it is in.
    pub family: Family,
    /// Whether it is listed without a choice.
    pub listed: Listed,
    /// When to use it, for the instructions and the README: one sentence without its full stop.
    pub hint: &'static str,
    /// What its argument `name` names.
    pub subject: Subject,
    /// For models: under 500 characters, keywords first.
    pub description: &'static str,
    /// The members of `facts` in its structured answer: what the summary says.
    pub facts: &'static [Member],
    /// The members of each of `items`.
    pub items: &'static [Member],
    pub(crate) schema: fn() -> Value,
    pub(crate) run: Run,
}

impl Tool {
    /// The JSON schema of [`Answer::structured`].
    pub fn output_schema(&self) -> Value {
        let texts = json!({"type": "array", "items": {"type": "string"}});
        json!({
            "type": "object",
            "properties": {
                "summary": texts,
                "facts": member::object(self.facts),
                "items": {"type": "array", "items": member::object(self.items)},
                "notes": texts,
                "next": {"type": "array", "items": {
                    "type": "object",
                    "properties": {"tool": {"type": "string"}, "arguments": {"type": "object"}, "text": {"type": "string"}},
                    "additionalProperties": false,
                }},
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
