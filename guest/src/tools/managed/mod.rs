//! `get_application_managed_resources`: shows what differs between the source and the cluster.

mod ask;
mod states;

use std::collections::BTreeMap;

use self::ask::{Ask, Only, RESOURCES, View};
use crate::{
    answer::{Answer, Remark, order, plural},
    argocd::Get,
    call::{
        Call, Failure,
        choice::Set,
        input::schema,
        listing::{Listing, Row},
        tool::{Context, Family, Listed, Subject, Tool},
        wanted::{Identity, Search},
    },
    limits,
    model::{
        application::Application,
        classify,
        classify::{Class, Difference},
        managed::Item,
    },
};

/// Maximum number of fields per resource by default, and when the caller requests all.
const FIELDS: usize = 25;
const FIELDS_MAX: usize = 200;
/// Maximum number of in-sync resources that are named.
const SYNCED_NAMED: usize = 10;

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "get_application_managed_resources",
    title: "Get managed resources",
    family: Family::Changes,
    listed: Listed::ByDefault,
    hint: "Shows how each live object differs from Git",
    subject: Subject::Application,
    description: "Diff of an Argo CD application, live against Git: why it is OutOfSync. Changed, missing, to prune, in sync, \
            with fields. Secrets only as \"differs\".",
    facts: &["resource", "state"],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(show(context, call)),
};

async fn show(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    let app = &input.name.0;
    let view = input.view.0;
    if let View::Live | View::Desired = view {
        if call.has("only") {
            return Err(Failure::Said(format!(
                "only has no effect with view {}, which shows every matching resource.\nNext: {}",
                view.word(),
                call.with(&[("only", None), ("cursor", None)])
            )));
        }
        return states::show(context, &input, &call).await;
    }
    let mut findings = Vec::new();
    let wanted = input.wanted();
    let mut search = Search::of(&wanted);
    let each = |item: Item| {
        let finding = classify::finding(&item);
        findings.extend(finding.filter(|_| search.takes(&item)));
    };
    context
        .client
        .items(&Get::managed_resources(app), limits::UPSTREAM, each)
        .await?;
    let total = search.seen();
    if let Some(failure) = search.failure(&app.to_string(), &call) {
        return Err(failure);
    }
    // Without a rendered target every live object looks like one to prune. Only in that case the status of
    // the application is read, to see whether Argo CD compared at all.
    let all_prune =
        !findings.is_empty() && findings.iter().all(|finding| finding.class == Class::Prune);
    let status = if all_prune {
        let get = Get::application(app);
        let application: Application = context.client.json(&get, limits::UPSTREAM).await?;
        Some(application)
    } else {
        None
    };
    write(&findings, total, status, &input, &call)
}

impl<'a> From<&'a Item> for Identity<'a> {
    fn from(item: &'a Item) -> Self {
        Self {
            group: &item.group,
            kind: &item.kind,
            namespace: &item.namespace,
            name: &item.name,
        }
    }
}

fn write(
    findings: &[Difference],
    total: usize,
    status: Option<Application>,
    input: &Ask,
    call: &Call,
) -> Result<Answer, Failure> {
    let app = &input.name.0;
    let card = |why: &str| {
        let card = call.about("get_application", &[])?;
        Some(Remark::next(format!("{card} ({why})")))
    };
    let mut head: Vec<Remark> = Vec::new();
    let mut rows = Vec::new();
    let mut synced = Vec::new();
    if status.is_some_and(|status| order::sync_rank(&status.status.sync.status) == 1) {
        let live = plural(findings.len(), "resource");
        let unknown = format!("{app}: {live} live, not compared: the sync status is Unknown.");
        head.push(unknown.into());
        head.push(Remark::note(
            "Argo CD could not render the target, so differences and prunes are unknown.",
        ));
        head.extend(card("conditions say why"));
    } else {
        let of = match total - findings.len() {
            0 => String::new(),
            _ => format!(" (of {total}; the others do not match the filter)"),
        };
        head.push(format!("{app}: {}{of}", counts(findings)).into());
        for finding in findings {
            match finding.class {
                Class::Synced if input.only.0 == Only::Changed => synced.push(finding.name.clone()),
                class => {
                    let line = finding.record(if input.view.0 == View::Diff {
                        FIELDS_MAX
                    } else {
                        FIELDS
                    });
                    rows.push(Row::of(finding.name.clone(), line).ranked(class as u8));
                }
            }
        }
    }
    let is_failed = |finding: &Difference| finding.class == Class::Uncompared;
    if findings.iter().any(is_failed) {
        head.push(Remark::note(
            "Argo CD failed to compare these objects: whether they differ is unknown.",
        ));
        head.extend(card("conditions say why"));
    }
    if findings.is_empty() {
        head.push(Remark::note("Argo CD shows no resources when the source has none or when it cannot compare the application."));
        head.extend(card("conditions say which"));
    }
    if findings
        .iter()
        .any(|finding| finding.class == Class::Changed)
    {
        head.push(
            "Changed fields read `path: live -> git`; a sync would change live to git.".into(),
        );
    }
    Row::sort(&mut rows);
    order::by(&mut synced, String::cmp);
    let end = (!synced.is_empty()).then(|| in_sync(&synced).into());
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, RESOURCES));
    Listing {
        call,
        cursor,
        limit,
        noun: "resource",
    }
    .write(head, &rows, end)
}

/// `6 resources: 2 changed, 1 missing, 1 to prune, 2 in sync`.
fn counts(findings: &[Difference]) -> String {
    let mut counts: BTreeMap<Class, usize> = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.class).or_default() += 1;
    }
    let words: Vec<_> = counts
        .iter()
        .map(|(class, count)| format!("{count} {}", class.word()))
        .collect();
    let total = plural(findings.len(), "resource");
    if words.is_empty() {
        total
    } else {
        format!("{total}: {}", words.join(", "))
    }
}

fn in_sync(synced: &[String]) -> String {
    let names: Vec<&str> = synced
        .iter()
        .take(SYNCED_NAMED)
        .map(String::as_str)
        .collect();
    let more = match synced.len() - names.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("In sync: {}{more}", names.join(", "))
}
