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
        listing::{self, Listing, Row},
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
    facts: &listing::COUNTS,
    items: &card::PROJECT,
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
        let line = card::line(&project, ENTRIES_MAX);
        let text = line.text();
        let name = &*project.metadata.name;
        let is_named = (input.name.as_ref()).is_none_or(|wanted| wanted.eq_ignore_ascii_case(name));
        let is_found = search.is_none_or(|part| part.is_in(&text));
        sieve.row();
        if rows.is_empty() {
            sieve.tell("name", is_named, Looks::Whole, [name]);
            sieve.tell("search", is_found, Looks::Part, text.lines());
        }
        if is_named && is_found {
            rows.push(Row::of(word(&project.metadata.name), line));
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
    .complete(sieve, (Line::new(), none), rows, None)
}
