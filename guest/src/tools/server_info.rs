//! `get_server_info`: shows whether Argo CD is reachable, who the account is, what it may read, and
//! whether it has more rights than reading needs.

use futures_util::future::{join, join_all, join3};

use crate::{
    answer::{
        Answer, Budget, Fact, Line, Page, Remark,
        member::{flag, objects, text, texts, time},
        time::Clock,
        word,
    },
    argocd::{Error, Get, ProjectName, Right},
    call::{
        Call, Failure,
        input::{input, schema},
        tool::{Context, Family, Listed, Subject, Tool},
        unknown::Unknown,
    },
    limits,
    model::{Metadata, record::record},
    redact::Text,
};

input! {
    /// What `get_server_info` takes.
    struct Ask {
        /// Rights in this project.
        project: Option<ProjectName>,
    }
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "get_server_info",
    title: "Get server and account",
    family: Family::Platform,
    listed: Listed::ByDefault,
    hint: "Shows the account, its rights and when its token expires",
    subject: Subject::Nothing,
    description: "Argo CD version, who this account is, what it may read, when its token expires. Use when something is forbidden, \
            empty or expired.",
    facts: &[],
    items: &[
        text("version").maybe(),
        text("warning").maybe(),
        text("external_url").maybe(),
        flag("applications_in_any_namespace").maybe(),
        text("namespace").maybe(),
        text("tracking").maybe(),
        flag("logged_in").maybe(),
        text("account").maybe(),
        text("issuer").maybe(),
        time("token_expires").maybe(),
        text("project").maybe(),
        objects(
            "rights",
            &[
                text("resource"),
                text("action"),
                text("may").maybe(),
                text("unknown").maybe(),
            ],
        ),
        texts("more_rights"),
        texts("lacking_rights"),
    ],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(show(context, call)),
};

record! {
    struct Version {
        version: Text = "Version",
        build_date: Text = "BuildDate",
        kustomize: Text = "KustomizeVersion",
        helm: Text = "HelmVersion",
    }
}

record! {
    struct Account {
        logged_in: Option<bool> = "loggedIn",
        username: Text = "username",
        issuer: Text = "iss",
    }
}

record! {
    struct Settings {
        url: Text = "url",
        tracking_method: Text = "trackingMethod",
        apps_in_any_namespace: Option<bool> = "appsInAnyNamespaceEnabled",
        controller_namespace: Text = "controllerNamespace",
    }
}

record! {
    struct Known {
        metadata: Metadata = "metadata",
    }
}

record! {
    struct Answered {
        value: Text = "value",
    }
}

/// The rights that the tools need.
const READS: [Right; 6] = [
    Right {
        resource: "applications",
        action: "get",
        in_projects: true,
    },
    Right {
        resource: "logs",
        action: "get",
        in_projects: true,
    },
    Right {
        resource: "applicationsets",
        action: "get",
        in_projects: true,
    },
    Right {
        resource: "projects",
        action: "get",
        in_projects: false,
    },
    Right {
        resource: "clusters",
        action: "get",
        in_projects: false,
    },
    Right {
        resource: "repositories",
        action: "get",
        in_projects: false,
    },
];
/// Rights that no tool needs or uses.
const WRITES: [Right; 3] = [
    Right {
        resource: "applications",
        action: "sync",
        in_projects: true,
    },
    Right {
        resource: "applications",
        action: "delete",
        in_projects: true,
    },
    Right {
        resource: "applications",
        action: "update",
        in_projects: true,
    },
];

async fn show(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    let client = &context.client;
    let (get_version, get_account, get_settings) =
        (Get::version(), Get::user_info(), Get::settings());
    let (version, account, settings) = join3(
        client.json::<Version>(&get_version, limits::UPSTREAM_ROUND),
        client.json::<Account>(&get_account, limits::UPSTREAM_ROUND),
        client.json::<Settings>(&get_settings, limits::UPSTREAM_ROUND),
    )
    .await;
    let version = version?;
    if let Some(project) = &input.project {
        exists(context, &call, project).await?;
    }
    let clock = Clock::at(client.now_ms());
    let mut page = Page::new(Budget::default());
    let line = Line::new().glue("Argo CD ");
    let line = match &*version.version {
        "" => line.glue("(unknown version)"),
        version => line.fact("version", word(version)),
    };
    page.below(
        "",
        match warning(&version.version) {
            "" => line,
            warning => line.glue(" (").fact("warning", warning).glue(")"),
        },
    );
    match &settings {
        Ok(settings) => page.below("", settings.line()),
        Err(error) => page.line(not_read("settings", error)),
    }
    let mut project = input.project;
    match &account {
        Ok(account) => {
            page.below("", account.line());
            // The token of a project role can read only its project.
            project = project.or_else(|| account.project());
        }
        Err(error) => page.line(not_read("account", error)),
    }
    if let Some(expiry) = client.token_expiry() {
        let now = client.now_ms().div_euclid(1_000);
        let line = Line::new().glue(if expiry <= now {
            "Token expired: "
        } else {
            "Token expires: "
        });
        page.below("", line.fact("token_expires", clock.fact_at(expiry)));
    }
    rights(context, &mut page, project.as_ref()).await;
    Ok(page.finish())
}

/// Fails for a project that does not exist, with what was probably meant. Argo CD answers whether the account
/// may do something in any project, existing or not.
async fn exists(context: &Context, call: &Call, project: &ProjectName) -> Result<(), Failure> {
    let get = Get::project(project);
    let read = context
        .client
        .json::<Known>(&get, limits::UPSTREAM_ROUND)
        .await;
    let Err(error) = read else {
        return Ok(());
    };
    let unknown = Unknown {
        call,
        noun: "project",
        argument: "project",
        name: project.as_str(),
        namespace: None,
        list: Get::projects(),
        tool: "list_projects",
    };
    match unknown.failure(&context.client, error).await {
        // The account may not read projects, so nothing is known about this one.
        Failure::Upstream(_) => Ok(()),
        failure => Err(failure),
    }
}

async fn rights(context: &Context, page: &mut Page, project: Option<&ProjectName>) {
    let ask = |right: &Right| {
        let get = Get::can_i(*right, project);
        async move {
            context
                .client
                .json::<Answered>(&get, limits::UPSTREAM_ROUND)
                .await
        }
    };
    let (reads, writes) = join(
        join_all(READS.iter().map(ask)),
        join_all(WRITES.iter().map(ask)),
    )
    .await;
    let line = Line::new().glue("Rights ");
    let line = match project {
        None => line.glue("everywhere"),
        Some(project) => line
            .glue("in project ")
            .fact("project", project.to_string()),
    };
    page.below("", line.glue(":"));
    for (right, answer) in READS.iter().zip(&reads) {
        let line = Line::new()
            .fact("resource", right.resource)
            .glue(", ")
            .fact("action", right.action)
            .glue(": ");
        page.row_below(
            "rights",
            match answer {
                Ok(answer) => line.fact("may", word(&answer.value)),
                Err(error) => line
                    .glue("unknown (")
                    .fact("unknown", error.brief())
                    .glue(")"),
            },
        );
    }
    let is_yes = |answer: &Result<Answered, Error>| {
        answer.as_ref().is_ok_and(|answer| &*answer.value == "yes")
    };
    let more: Vec<&str> = WRITES
        .iter()
        .zip(&writes)
        .filter(|(_, answer)| is_yes(answer))
        .map(|(right, _)| right.action)
        .collect();
    if !more.is_empty() {
        page.keep("more_rights", more.as_slice());
        page.line(Remark::note(format!(
            "the token may also {} applications. No tool does that, but give this server an account with role:readonly (or a project \
             role with only `get` on applications and logs), so that a stolen token can only read.",
            more.join(", ")
        )));
    }
    let denied = READS
        .iter()
        .zip(&reads)
        .filter(|(_, answer)| answer.as_ref().is_ok_and(|answer| &*answer.value != "yes"));
    let denied: Vec<&str> = denied.map(|(right, _)| right.resource).collect();
    if !denied.is_empty() {
        page.keep("lacking_rights", denied.as_slice());
        page.line(Remark::note(format!(
            "without the right to get {}, lists of them may be empty or partial and reads are 403. Rights in single projects or on single objects are not shown: give `project`.",
            denied.join(", ")
        )));
    }
}

impl Settings {
    fn line(&self) -> Line {
        let line = Line::new().glue("External URL: ");
        let line = match &*self.url {
            "" => line.glue("not set"),
            _ => line.fact("external_url", self.url.line(200)),
        };
        let namespaces = match self.apps_in_any_namespace {
            Some(true) => Fact::new("applications may be in any enabled namespace", true),
            _ => Fact::new("applications are in Argo CD's own namespace only", false),
        };
        let line = line
            .glue("; ")
            .fact("applications_in_any_namespace", namespaces);
        let line = match &*self.controller_namespace {
            "" => line,
            own => line.glue(" (").fact("namespace", word(own)).glue(")"),
        };
        line.glue("; tracking by ")
            .fact("tracking", word(&self.tracking_method))
    }
}

impl Account {
    fn line(&self) -> Line {
        let line = Line::new().glue("Account: ");
        match self.logged_in {
            Some(true) => line
                .fact("account", word(&self.username))
                .glue(" (issuer ")
                .fact("issuer", word(&self.issuer))
                .glue(")")
                .keeping("logged_in", true),
            _ => line.fact("logged_in", Fact::new("not logged in", false)).glue(
                ": the token is missing, malformed, expired or of another Argo CD. The operator must renew it.",
            ),
        }
    }

    /// The project of a project role's token: `proj:PROJECT:ROLE`.
    fn project(&self) -> Option<ProjectName> {
        let project = self.username.strip_prefix("proj:")?.split(':').next()?;
        ProjectName::parse(project).ok()
    }
}

fn not_read(what: &str, error: &Error) -> Remark {
    Remark::note(format!("not read: {what}: {}", error.brief()))
}

/// A warning about a version: no longer supported, or a known vulnerability.
fn warning(version: &str) -> &'static str {
    let mut parts = version
        .trim_start_matches('v')
        .split(['.', '+', '-'])
        .map(|part| part.parse::<u32>().unwrap_or(0));
    let version = (
        parts.next().unwrap_or(0),
        parts.next().unwrap_or(0),
        parts.next().unwrap_or(0),
    );
    match version {
        (0, ..) => "",
        (2, 13, 9..) | (2, 14, 16..) | (3, 0, 14..) | (3, 1, 2..) | (3, 2..=3, _) => {
            "no longer supported: 3.4 and newer get fixes"
        }
        (..=2, ..) | (3, ..=1, _) => {
            "no longer supported, and open to CVE-2025-55190: project API leaks repository credentials"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::warning;

    #[test]
    fn old_versions_are_told() {
        for (version, part) in [
            ("v3.5.1+109ca7c", ""),
            ("v3.4.7", ""),
            ("v3.2.0", "no longer"),
            ("v3.1.1", "CVE-2025-55190"),
            ("v3.1.2", "no longer"),
            ("v2.13.8", "CVE"),
            ("v4.0.0", ""),
            ("", ""),
        ] {
            let warning = warning(version);
            assert!(
                warning.contains(part) && warning.is_empty() == part.is_empty(),
                "{version}: {warning}"
            );
        }
    }
}
