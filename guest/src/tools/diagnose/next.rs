//! The one call that would tell more: none when the answer has it all.

use super::{
    finding::{Finding, Rank},
    gather::SUSPECTS_MAX,
    not_judged,
    seen::Seen,
};
use crate::{
    call::Call,
    model::{error::Look, suspect::View},
};

/// Whether more objects are unhealthy than are explained.
fn has_more(seen: &Seen) -> bool {
    let tree = seen.tree.as_ref();
    tree.is_some_and(|tree| View::of(tree).suspects(&[]).len() > SUSPECTS_MAX)
}

/// The call to propose after these findings.
pub(super) fn call(seen: &Seen, findings: &[Finding], call: &Call) -> Option<String> {
    if let Some(next) = findings.iter().find_map(|finding| finding.next.clone()) {
        return Some(next);
    }
    let Some(first) = findings.first() else {
        return not_judged::next(&seen.not_judged, call);
    };
    let list = |tool: &str| call.other(tool, &[]);
    match first.rank {
        Rank::Drift | Rank::Window => {
            let fields = call.about("get_application_managed_resources", &[]);
            fields.map(|call| format!("{call} (every field)"))
        }
        // Live object, events and log of the worst are in the answer.
        Rank::Workload | Rank::Unjudged if !has_more(seen) => None,
        Rank::Workload | Rank::Unjudged => {
            let tree = call.about("get_application_resource_tree", &[]);
            tree.map(|call| format!("{call} (what else is unhealthy)"))
        }
        Rank::Cluster if first.look == Look::Nowhere => list("list_clusters"),
        Rank::Cluster => None,
        Rank::Source if first.look == Look::Repositories => list("list_repositories"),
        Rank::Source if first.is_excerpted() => {
            let app = call.about("get_application", &[]);
            app.map(|app| format!("{app} (the whole message)"))
        }
        Rank::Source => None,
        Rank::InvalidSpec if first.cites("clusters with this name") => list("list_clusters"),
        Rank::InvalidSpec if first.cites("does not exist") => list("list_projects"),
        Rank::InvalidSpec => call
            .other("get_project", &[("name", &seen.app.spec.project)])
            .or_else(|| list("list_projects")),
        _ => call.about("get_application", &[]),
    }
}
