//! `list_repositories`: lists repositories and whether Argo CD can connect to them. Credentials
//! have no field here; user-info in URLs is removed by [`Text`].

use crate::{
    answer::{Answer, time::Clock, word},
    argocd::Get,
    call::{
        Call, Failure,
        choice::{Flag, Part},
        input::{Count, input, schema},
        listing::{self, Listing, Row},
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
    facts: &[],
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
    let [failed, unknown, works] = states;
    let counts = format!(": {failed} Failed, {unknown} Unknown, {works} Successful");
    let tells_reached = input.failed_only.0 && input.search.is_none() && !reached.is_empty();
    let end =
        tells_reached.then(|| format!("Reached: {}", listing::first(&reached, NAMED_MAX)).into());
    let none = "Argo CD leaves out what the account may not read; repositories without credentials may be used without being listed.";
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, REPOSITORIES));
    Listing {
        call: &call,
        cursor,
        limit,
        noun: "repository",
    }
    .complete(sieve, (&counts, none), rows, end)
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
        let mut text = url.clone();
        for part in [&self.kind, &self.name] {
            if !part.is_empty() {
                text.push_str(&format!(" {}", word(part)));
            }
        }
        text.push_str(&format!(": {}", state.word()));
        if !state.attempted_at.is_empty() {
            text.push_str(&format!(", tried {}", clock.both(&state.attempted_at)));
        }
        for (label, value) in [("project", &self.project), ("proxy", &self.proxy)] {
            if !value.is_empty() {
                text.push_str(&format!(", {label} {}", word(value)));
            }
        }
        for (label, flag) in [
            ("OCI", self.enable_oci),
            ("TLS not verified", self.insecure),
            ("credentials from a template", self.inherited_creds),
        ] {
            if flag == Some(true) {
                text.push_str(&format!(", {label}"));
            }
        }
        text.push_str(&state.said());
        // The same URL may be registered once per project.
        let key = format!("{url} {} {}", word(&self.project), word(&self.name));
        Row::of(key, text).ranked(state.rank())
    }
}
