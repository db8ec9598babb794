//! `list_projects` and `get_project`: what each project may deploy, where, and when. Tokens of
//! roles have no field here.

mod card;
pub(super) mod get;

use super::{Context, Family, Listed, Subject, Tool};
use crate::{
    answer::{Answer, Line, word},
    argocd::Get,
    call::{
        Call, Failure,
        choice::Part,
        input::{Count, input, schema},
        listing::{self, Listing, Row},
    },
    limits,
    model::project::Project,
};

/// Projects of one answer by default, and at most.
const PROJECTS: u32 = 50;
const PROJECTS_MAX: u32 = 500;
/// Most entries of one of a project's lists.
const ENTRIES_MAX: usize = 8;

input! {
    /// What `list_projects` takes.
    struct Ask {
        /// Only this name.
        name: Option<String>,
        /// Text in any line.
        search: Option<Part>,
        /// Projects.
        limit: Count<PROJECTS, PROJECTS_MAX>,
        /// Next page.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "list_projects",
    title: "List projects",
    family: Family::Platform,
    listed: Listed::ByDefault,
    hint: "Lists projects and what they allow",
    subject: Subject::Nothing,
    description: "Argo CD projects (AppProject): allowed repositories, destinations and kinds, roles, sync windows.",
    facts: &[],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(list(context, call)),
};

async fn list(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    let mut rows: Vec<Row> = Vec::new();
    let (mut seen, mut names) = (0, Vec::new());
    let each = |project: Project| {
        seen += 1;
        let lines = card::lines(&project, ENTRIES_MAX);
        let name = &*project.metadata.name;
        if input.name.is_some() && names.len() < PROJECTS_MAX as usize {
            names.push(name.to_owned());
        }
        let is_named = (input.name.as_ref()).is_none_or(|wanted| wanted.eq_ignore_ascii_case(name));
        if is_named
            && input
                .search
                .as_ref()
                .is_none_or(|part| part.is_in(&lines.join("\n")))
        {
            rows.push(row(word(&project.metadata.name), lines));
        }
    };
    let get = Get::projects();
    (context.client)
        .items(&get, limits::UPSTREAM_LIST, each)
        .await?;
    let is_filtered = input.name.is_some() || input.search.is_some();
    let none = "Argo CD leaves out what the account may not read; every installation has a project named default.";
    let wanted = input.name.as_ref().filter(|_| rows.is_empty());
    let end = wanted.and_then(|wanted| listing::did_you_mean(&call, wanted, &names));
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, PROJECTS));
    Listing {
        call: &call,
        cursor,
        limit,
        noun: "project",
    }
    .write_counted(seen, is_filtered, ("", none), rows, end)
}

fn row(name: String, lines: Vec<String>) -> Row {
    let mut lines = lines.into_iter();
    let mut line = Line::from(lines.next().unwrap_or_default());
    for detail in lines {
        line = line.detail(detail.trim_start());
    }
    Row { key: name, line }
}
