//! Reads the list of applications as a stream, project by project when the server cannot send it at once.

use std::time::Duration;

use crate::{
    argocd::{Error, Get, ListFilter, ProjectName},
    call::tool::Context,
    limits,
    model::{Metadata, application::listed::ListElement, record::record},
};

record! {
    struct Project {
        metadata: Metadata = "metadata",
    }
}

/// Gives each application to `each`, with `more` fields besides those of a row. Returns what could
/// not be read, in words, when the list had to be split.
pub(in crate::tools) async fn read(
    context: &Context,
    filter: &ListFilter,
    more: &[&str],
    mut each: impl FnMut(ListElement),
) -> Result<Vec<String>, Error> {
    let started = context.client.now_ms();
    let fields = context.client.list_fields(limits::UPSTREAM_VERSION).await;
    let mut read = 0;
    let mut count = |app: ListElement| {
        each(app);
        read += 1;
        if read % limits::PROGRESS_EVERY == 0 {
            (context.progress)(read as f64, None, &format!("{read} applications read"));
        }
    };
    let get = Get::applications(filter, &fields, more);
    let whole = context
        .client
        .items(&get, limits::UPSTREAM_LIST, &mut count)
        .await;
    match whole {
        Err(Error::MessageTooLarge { .. }) if filter.projects.is_empty() => {}
        whole => return whole.map(|()| Vec::new()),
    }
    // Argo CD applies its message limit before `fields`: parts of the list pass where the whole list does not.
    let left = || {
        let passed = u64::try_from(context.client.now_ms() - started).unwrap_or(0);
        limits::UPSTREAM_LIST.saturating_sub(Duration::from_millis(passed))
    };
    let mut projects: Vec<ProjectName> = Vec::new();
    let name = |project: Project| projects.extend(ProjectName::parse(&project.metadata.name).ok());
    context.client.items(&Get::projects(), left(), name).await?;
    // The list of projects lacks deleted projects and those that the account may not read.
    let mut missing = vec![match projects.len() {
        0 => "applications of any project: the list is larger than Argo CD's message limit and the account sees no projects".to_owned(),
        _ => "applications of projects that the account cannot list or that no longer exist: the list was read project by \
              project, as the whole is larger than Argo CD's message limit".to_owned(),
    }];
    for project in projects {
        let part = ListFilter {
            projects: vec![project.clone()],
            ..filter.clone()
        };
        let get = Get::applications(&part, &fields, more);
        if left().is_zero() {
            missing.push(format!("project {project}: no time left"));
            continue;
        }
        if let Err(error) = context.client.items(&get, left(), &mut count).await {
            let reason = match error {
                Error::MessageTooLarge { .. } => {
                    "alone larger than Argo CD's message limit; narrow it by selector".to_owned()
                }
                error => error.brief(),
            };
            missing.push(format!("project {project}: {reason}"));
        }
    }
    Ok(missing)
}
