//! The tools, one file or folder each: input, wire types, view, and a [`Tool`] entry that describes the
//! tool completely. Every file directly in this folder is a tool.
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
mod sync_status;
mod tree;
mod windows;

use serde_json::{Map, Value};

use crate::{
    answer::Answer,
    call::{Call, Failure, identity, identity::Found, remedy},
};

pub use crate::call::{
    names::application_names,
    offer::Offer,
    tool::{Context, Family, Listed, Progress, Subject, Tool},
};

static ALL: &[Tool] = &[
    applications::TOOL,
    application::TOOL,
    tree::TOOL,
    managed::TOOL,
    events::TOOL,
    manifests::TOOL,
    logs::TOOL,
    projects::TOOL,
    projects::get::TOOL,
    clusters::TOOL,
    repositories::TOOL,
    diagnose::TOOL,
    diff::TOOL,
    history::TOOL,
    sync_status::TOOL,
    windows::TOOL,
    resource::TOOL,
    find::TOOL,
    appsets::LIST,
    appsets::SHOW,
    server_info::TOOL,
    compare::TOOL,
];

/// All tools in the order of `tools/list`.
pub fn all() -> &'static [Tool] {
    ALL
}

/// The tool `name`, if there is one.
pub fn find(name: &str) -> Option<&'static Tool> {
    all().iter().find(|tool| tool.name == name)
}

/// Runs `tool`. A failure is an [`Answer`] too (`is_error`), including a bad argument or cursor: the
/// model can correct it, the protocol cannot.
pub async fn call(context: &Context, tool: &Tool, arguments: Map<String, Value>) -> Answer {
    let call = Call::new(tool.name, arguments.clone(), &context.offer);
    let failure = match (tool.run)(context, call).await {
        Ok(answer) => return answer,
        Err(failure) => failure,
    };
    match found(context, tool, arguments, &failure).await {
        None => failure.answer(&context.offer),
        Some(Found::Unanswerable(why)) => Answer::error(&why),
        Some(Found::Elsewhere(arguments, note)) => {
            let call = Call::new(tool.name, arguments, &context.offer);
            match (tool.run)(context, call).await {
                Ok(answer) => answer.noting(&note),
                // The application was found, so this failure is about a part of it.
                Err(Failure::Upstream(error)) if identity::may_help(&error) => {
                    let why = remedy::explain(&error, &context.offer);
                    Answer::error(&format!("{note}\n{why}"))
                }
                Err(failure) => failure.answer(&context.offer),
            }
        }
    }
}

/// Looks up the application when the failure may be about its name.
async fn found(
    context: &Context,
    tool: &Tool,
    arguments: Map<String, Value>,
    failure: &Failure,
) -> Option<Found> {
    let Failure::Upstream(error) = failure else {
        return None;
    };
    let key = tool.subject.application()?;
    if !identity::may_help(error) {
        return None;
    }
    let call = Call::new(tool.name, arguments, &context.offer);
    identity::look_up(&context.client, &call, key, error).await
}
