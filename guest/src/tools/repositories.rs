//! `list_repositories`: lists repositories and whether Argo CD can connect to them. Credentials
//! have no field here; user-info in URLs is removed by [`Text`].

use crate::{
    answer::{
        Answer, Fact, Line,
        member::{flag, number, shared, text, texts, time},
        time::Clock,
        word,
    },
    argocd::Get,
    call::{
        Call, Failure,
        choice::{Flag, Part},
        input::{Count, input, schema},
        listing::{CONNECTIONS, Listing, Row, connections},
        sieve::{Looks, Sieve},
        tool::{Context, Family, Listed, Subject, Tool},
    },
    limits,
    model::{ConnectionState, record::record},
    redact::Text,
};

/// Repositories of one answer by default, and at most.
const REPOSITORIES: u32 = 50;
const REPOSITORIES_MAX: u32 = 500;
/// Maximum number of reachable repositories that are named besides the failing ones.
const NAMED_MAX: usize = 8;
/// The rank of a connection that works.
const REACHED: u8 = 2;

input! {
    /// What `list_repositories` takes.
    struct Ask {
        /// In URL, name, project.
        search: Option<Part>,
        /// Only failing.
        failed_only: Flag,
        /// Repositories.
        limit: Count<REPOSITORIES, REPOSITORIES_MAX>,
        /// Next page.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "list_repositories",
    title: "List repositories",
    family: Family::Platform,
    listed: Listed::ByDefault,
    hint: "Lists repositories, failing first",
    subject: Subject::Nothing,
    description: "Git, Helm and OCI repositories of Argo CD: URL, project, connection and error. Failing first. No credentials.",
    facts: &[
        shared(&CONNECTIONS),
        texts("reached"),
        number("more_reached").maybe(),
    ],
    items: &[
        text("url"),
        text("type").maybe(),
        text("name").maybe(),
        text("state"),
        time("tried").maybe(),
        text("project").maybe(),
        text("proxy").maybe(),
        flag("oci"),
        flag("insecure"),
        flag("inherits_credentials"),
        text("message").maybe(),
    ],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(list(context, call)),
};

record! {
    struct Repository {
        repo: Text = "repo",
        name: Text = "name",
        kind: Text = "type",
        project: Text = "project",
        proxy: Text = "proxy",
        insecure: Option<bool> = "insecure",
        enable_oci: Option<bool> = "enableOCI",
        inherited_creds: Option<bool> = "inheritedCreds",
        connection_state: ConnectionState = "connectionState",
    }
}

async fn list(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    let clock = Clock::at(context.client.now_ms());
    let (mut rows, mut reached) = (Vec::new(), Vec::new());
    let mut states = [0; 3];
    let search = input.search.as_ref();
    let mut sieve = Sieve::of([
        ("search", search.map(|part| part.as_str().to_owned())),
        (
            "failed_only",
            input.failed_only.0.then(|| "true".to_owned()),
        ),
    ]);
    let each = |repository: Repository| {
        let passes = input.each(&repository);
        sieve.row();
        if rows.is_empty() {
            let texts = repository.texts().map(|text| &**text);
            sieve.tell("search", passes[0], Looks::Part, texts);
            sieve.tell("failed_only", passes[1], Looks::Word, []);
        }
        let rank = repository.connection_state.rank();
        // Count repositories that `failed_only` hides too: the absence of failures does not prove that all are reachable.
        if passes[0] {
            states[usize::from(rank)] += 1;
        }
        if !passes.contains(&false) {
            rows.push(repository.row(clock));
        } else if rank == REACHED {
            reached.push(repository.repo.line(200));
        }
    };
    context
        .client
        .items(&Get::repositories(), limits::UPSTREAM_LIST, each)
        .await?;
    let tells_reached = input.failed_only.0 && input.search.is_none() && !reached.is_empty();
    let end = tells_reached.then(|| {
        Line::new()
            .glue("Reached: ")
            .names("reached", "more_reached", &reached, NAMED_MAX)
            .into()
    });
    let none = "Argo CD leaves out what the account may not read; repositories without credentials may be used without being listed.";
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, REPOSITORIES));
    Listing {
        call: &call,
        cursor,
        limit,
        noun: "repository",
    }
    .complete(sieve, (connections(states), none), rows, end)
}

impl Ask {
    /// Whether the repository passes each filter: search, failed_only.
    fn each(&self, repository: &Repository) -> [bool; 2] {
        let has = |part: &Part| repository.texts().iter().any(|text| part.is_in(text));
        [
            self.search.as_ref().is_none_or(has),
            !self.failed_only.0 || repository.connection_state.rank() == 0,
        ]
    }
}

impl Repository {
    /// The texts that `search` looks at.
    fn texts(&self) -> [&Text; 3] {
        [&self.repo, &self.name, &self.project]
    }

    /// `https://…/deploy.git git payments-deploy: Successful, tried …`.
    fn row(self, clock: Clock) -> Row {
        let state = &self.connection_state;
        let url = self.repo.line(300);
        let mut line = Line::new().fact("url", &url);
        for (name, part) in [("type", &self.kind), ("name", &self.name)] {
            if !part.is_empty() {
                line = line.glue(" ").fact(name, word(part));
            }
        }
        line = line.glue(": ").fact("state", state.word());
        if !state.attempted_at.is_empty() {
            line = line
                .glue(", tried ")
                .fact("tried", clock.fact(&state.attempted_at));
        }
        for (label, name, value) in [
            (", project ", "project", &self.project),
            (", proxy ", "proxy", &self.proxy),
        ] {
            if !value.is_empty() {
                line = line.glue(label).fact(name, word(value));
            }
        }
        for (name, words, flag) in [
            ("oci", ", OCI", self.enable_oci),
            ("insecure", ", TLS not verified", self.insecure),
            (
                "inherits_credentials",
                ", credentials from a template",
                self.inherited_creds,
            ),
        ] {
            line = line.fact(name, Fact::flag(flag == Some(true), words));
        }
        // The same URL may be registered once per project.
        let key = format!("{url} {} {}", word(&self.project), word(&self.name));
        Row::of(key, line.said("message", &state.reason())).ranked(state.rank())
    }
}
