//! `get_application`: summarizes one application.

mod card;
mod deploy;
mod include;
mod operation;

use self::include::Include;
use crate::{
    answer::{Answer, time::Clock},
    argocd::Get,
    call::{
        Call, Failure,
        choice::Any,
        input::{input, schema},
        tool::{Context, Family, Listed, Subject, Tool},
    },
    limits,
    model::application::Application,
};

input! {
    /// What `get_application` takes.
    struct One of app {
        /// values, history, resources, annotations.
        include: Any<Include>,
    }
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "get_application",
    title: "Get application",
    family: Family::Applications,
    listed: Listed::ByDefault,
    hint: "Summarizes one application",
    subject: Subject::Application,
    description: "One Argo CD application: sync, health, conditions, last operation, sources, destination, policy, \
            bad resources, images. Helm values by key.",
    facts: &[],
    items: &card::APPLICATION,
    schema: schema::<One>,
    run: |context, call| Box::pin(get(context, call)),
};

async fn get(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: One = call.input()?;
    let app = &input.name.0;
    let application: Application = context
        .client
        .json(&Get::application(app), limits::UPSTREAM)
        .await?;
    if application.metadata.name.is_empty() {
        let what = "Cannot read the application: the answer has no name, so it is not an Application. ARGOCD_SERVER may \
            point to something other than Argo CD.";
        return Err(Failure::Said(what.to_owned()));
    }
    let clock = Clock::at(context.client.now_ms());
    let sections = include::sections(context, app, &application, &input.include, clock).await;
    Ok(card::write(
        &application,
        clock,
        context.client.ui_url(app),
        sections,
        &call,
    ))
}
