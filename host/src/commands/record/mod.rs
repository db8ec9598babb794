//! `record`: what the tools read of one application, written as a folder that replays alone. Secrets are
//! redacted, and names replaced unless they are to be kept.
//!
//! The component reads it, through the same policy as any client: nothing else is sent.

mod calls;
mod folder;
mod gathered;
mod names;

use std::{
    path::Path,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use argocd_gate::{escape::escaped, policy::Narrowing};
use argocd_redact::Redactor;

use crate::{
    cli::Record,
    exit::Failure,
    harden::{self, Reach},
    output::print,
    plan::Plan,
    runtime::component,
    session::{self, Session},
    upstream::{Tap, Upstream},
};
use calls::FIRST;
use folder::Folder;
use gathered::Document;
use names::{Names, Replaced};

/// Records one application.
pub(crate) fn record(args: &Record, mut plan: Plan) -> Result<(), Failure> {
    plan.show("ARGOCD_MCP_TOOLSETS", "all");
    plan.show("ARGOCD_MCP_TOOLS", "");
    if let Some(file) = Narrowing::denier(&plan.egress.narrowings, FIRST) {
        let why = format!("{} does not allow the tool {FIRST}", file.source);
        return Err(Failure::Component(escaped(&why)));
    }
    let loaded = component::load_audited(args.component.as_deref(), args.pin.get(), &plan.audit)?;
    let folder = Folder::make(&args.output)?;
    harden::apply(Reach {
        write: Some(folder.path()),
        ..plan.reach()
    })
    .warn();
    let tap = Arc::new(Tap::default());
    plan.upstream = Upstream::Watched(Arc::clone(&tap));
    let prefix = plan.egress.origin.prefix().to_owned();
    let begun = SystemTime::now();
    let runtime = session::runtime()?;
    let gathered = runtime.block_on(async {
        let mut session = Session::start(plan, &loaded)?;
        calls::all(&mut session, &tap, &prefix, &args.application).await
    });
    runtime.shutdown_background();
    let exchanges = gathered?;
    let mut documents = gathered::documents(exchanges);
    let mut redactor = Redactor::default();
    for document in &mut documents {
        document.body = redactor.body(&document.body);
        document.request = argocd_redact::scrub(&document.request);
    }
    let replaced = if args.keep_names {
        Replaced::default()
    } else {
        let names = Names::of(&documents);
        names.replace(&mut documents)
    };
    folder.write(&documents, since_1970(begun))?;
    print(&summary(
        &args.output,
        &documents,
        redactor.hidden(),
        &replaced,
    ))
}

/// In whole seconds.
fn since_1970(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}

/// What was written, hidden and replaced. The originals are for the person who records alone: they are
/// in no file.
fn summary(output: &Path, documents: &[Document], hidden: usize, replaced: &Replaced) -> String {
    let place = escaped(&output.display().to_string());
    let count = documents.len();
    let mut text = format!("Wrote {count} answers to {place}.\nHidden: {hidden} secret values.\n");
    if replaced.is_empty() {
        text.push_str("Names, hosts, commits and people are as they were.\n");
    } else {
        text.push_str(&format!("Replaced: {}.\n", replaced.counts()));
        for (original, other) in replaced.pairs() {
            text.push_str(&format!("  {} -> {other}\n", escaped(original)));
        }
        if !replaced.kept().is_empty() {
            text.push_str(&format!(
                "Kept as well known: {}.\n",
                escaped(&replaced.kept().join(", "))
            ));
        }
    }
    text.push_str(&format!(
        "Read the files before you share them. To ask again:\n  argocd-host call {FIRST} name={} --replay {place}\n",
        escaped(application(documents))
    ));
    text
}

/// The name of the recorded application, as the files have it.
fn application(documents: &[Document]) -> &str {
    let one = documents.iter().find_map(|document| {
        let rest = document.request.strip_prefix("/api/v1/applications/")?;
        (document.status == 200).then(|| rest.split(['/', '?']).next().unwrap_or(rest))
    });
    one.unwrap_or_default()
}
