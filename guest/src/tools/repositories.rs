//! `list_repositories`: which repositories there are and whether Argo CD reaches them. Credentials
//! have no field here; user-info in URLs is removed by [`Text`].

use super::{
    Context, Tool,
    call::{Call, Failure},
    input::{Count, input, schema},
    listing::{Listing, Row},
    record::record,
    wire::ConnectionState,
};
use crate::{
    answer::{Answer, plural, said, time::Clock, word},
    argocd::Get,
    limits,
    redact::Text,
};

/// Repositories of one answer by default, and at most.
const REPOSITORIES: u32 = 50;
const REPOSITORIES_MAX: u32 = 500;

input! {
    /// What `list_repositories` takes.
    struct Ask {
        /// Repositories to show.
        limit: Count<REPOSITORIES, REPOSITORIES_MAX>,
        /// From the previous answer.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOLS: fn() -> Vec<Tool> = || {
    vec![Tool {
        name: "list_repositories",
        title: "List repositories",
        description: "Git, Helm and OCI repositories that Argo CD knows: URL, type, project, connection state and \
            error. Failing ones first. No credentials.",
        facts: &[],
        schema: schema::<Ask>,
        run: |context, call| Box::pin(list(context, call)),
    }]
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
    let mut rows = Vec::new();
    let mut failed = 0;
    let each = |repository: Repository| {
        failed += usize::from(repository.connection_state.rank() == 0);
        rows.push(repository.row(clock));
    };
    context
        .client
        .items(&Get::repositories(), limits::UPSTREAM_LIST, each)
        .await?;
    Row::sort(&mut rows);
    let mut head = vec![format!(
        "{}: {failed} Failed",
        plural(rows.len(), "repository")
    )];
    if rows.is_empty() {
        head.push("Argo CD leaves out what the account may not read; repositories without credentials may be used without being listed.".to_owned());
    }
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, REPOSITORIES));
    Listing {
        call: &call,
        cursor,
        limit,
        noun: "repository",
    }
    .write(head, &rows, None)
}

impl Repository {
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
        text.push_str(&said(&state.message));
        // The same URL may be registered once per project.
        let key = format!(
            "{} {url} {} {}",
            state.rank(),
            word(&self.project),
            word(&self.name)
        );
        Row {
            key,
            line: text.into(),
        }
    }
}
