//! `list_projects` and `get_project`: show what each project may deploy, where and when. Tokens of
//! roles have no field here.

mod card;
pub(super) mod get;

use crate::{
    answer::{Answer, Line, word},
    argocd::Get,
    call::{
        Call, Failure,
        choice::Part,
        input::{Count, input, schema},
        listing::{Listing, Row},
        sieve::{Looks, Sieve},
        tool::{Context, Family, Listed, Subject, Tool},
    },
    limits,
    model::project::Project,
};

/// Projects of one answer by default, and at most.
const PROJECTS: u32 = 50;
const PROJECTS_MAX: u32 = 500;
/// Maximum number of entries in each list of a project.
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
    let search = input.search.as_ref();
    let mut sieve = Sieve::of([
        ("name", input.name.clone()),
        ("search", search.map(|part| part.as_str().to_owned())),
    ]);
    let each = |project: Project| {
        let lines = card::lines(&project, ENTRIES_MAX);
        let name = &*project.metadata.name;
        let is_named = (input.name.as_ref()).is_none_or(|wanted| wanted.eq_ignore_ascii_case(name));
        let is_found = search.is_none_or(|part| part.is_in(&lines.join("\n")));
        sieve.row();
        if rows.is_empty() {
            sieve.tell("name", is_named, Looks::Whole, [name]);
            sieve.tell(
                "search",
                is_found,
                Looks::Part,
                lines.iter().map(String::as_str),
            );
        }
        if is_named && is_found {
            rows.push(row(word(&project.metadata.name), lines));
        }
    };
    let get = Get::projects();
    (context.client)
        .items(&get, limits::UPSTREAM_LIST, each)
        .await?;
    let none = "Argo CD leaves out what the account may not read; every installation has a project named default.";
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, PROJECTS));
    Listing {
        call: &call,
        cursor,
        limit,
        noun: "project",
    }
    .complete(sieve, ("", none), rows, None)
}

fn row(name: String, lines: Vec<String>) -> Row {
    let mut lines = lines.into_iter();
    let mut line = Line::from(lines.next().unwrap_or_default());
    for detail in lines {
        line = line.detail(detail.trim_start());
    }
    Row::of(name, line)
}
