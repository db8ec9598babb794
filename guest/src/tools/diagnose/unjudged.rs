//! Objects that have no health in Argo CD: the likeliest are read with the requests that are left, and
//! the others are named, so that no answer reads as if they had been looked at.

use std::cmp::Reverse;

use super::{
    around::lacked,
    finding::{Finding, Rank},
    gather::Gather,
    not_judged::NotJudged,
    seen::Seen,
    status::{line, says, selectors},
};
use crate::{
    answer::{order, said, time::Clock, word},
    argocd::{AppRef, Get},
    model::{
        condition::{self, Tone},
        judged,
        live::Live,
        missing,
        suspect::{self, View},
        tree::Node as TreeNode,
        window::Assignment,
    },
    redact::{Manifest, Node, Text},
};

/// Maximum live objects read when something else is wrong already, and when nothing is.
const READ_BESIDE: usize = 2;
const READ_ALONE: usize = 4;

/// What came of looking at objects without health.
#[derive(Default)]
pub(super) struct Looked {
    /// Those that are not well by their own status.
    pub(super) bad: Vec<Bad>,
    pub(super) left: Vec<NotJudged>,
}

/// An object without health that is not well by its own status.
pub(super) struct Bad {
    node: usize,
    finding: Finding,
    /// The same in one line, and its message.
    short: String,
    message: Text,
    /// Whether it makes what a Pod lacks, so that it stands upstream of it.
    is_upstream: bool,
}

/// Puts findings where they belong: the maker of what a Pod lacks to `upstream`, an object above or
/// below one that is told into that finding. Returns the others.
pub(super) fn place(
    view: &View<'_>,
    bad: Vec<Bad>,
    upstream: &mut Vec<Finding>,
    told: &mut [(usize, Finding)],
) -> Vec<Finding> {
    let mut others = Vec::new();
    for bad in bad {
        let is_near = |(at, _): &&mut (usize, Finding)| view.are_of_one_branch(*at, bad.node);
        if bad.is_upstream {
            upstream.push(bad.finding);
        } else if let Some((_, finding)) = told.iter_mut().find(is_near) {
            let message = if finding.repeats(&bad.message) {
                String::new()
            } else {
                said(&bad.message)
            };
            finding.add(format!("{}{message}", bad.short));
        } else {
            others.push(bad.finding);
        }
    }
    others
}

/// How much may be read of objects without health.
#[derive(Clone, Copy)]
pub(super) struct Room {
    most: usize,
    /// Requests to keep for what is read later: the commit, the child applications, the project.
    reserve: u32,
}

impl Room {
    /// Less when something is broken already.
    pub(super) fn of(seen: &Seen, is_broken: bool) -> Self {
        let is_child = |node: &TreeNode| &*node.kind == "Application";
        let tree = seen.tree.iter();
        let has_children = tree.flat_map(|tree| &tree.nodes).any(is_child);
        let is_held = (seen.windows.as_ref()).is_some_and(Assignment::holds_back);
        Self {
            most: if is_broken { READ_BESIDE } else { READ_ALONE },
            reserve: [is_broken, has_children, is_held]
                .map(u32::from)
                .iter()
                .sum(),
        }
    }
}

/// Reads the likeliest objects without health; keeps `reserve` requests for others.
pub(super) async fn look(
    gather: &Gather<'_>,
    app_ref: &AppRef,
    view: &View<'_>,
    room: Room,
    clock: Clock,
) -> Looked {
    let mut looked = Looked::default();
    let mut read: Vec<(usize, Manifest)> = Vec::new();
    for (number, at) in candidates(view).into_iter().enumerate() {
        let node = &view.nodes[at];
        let object =
            suspect::object(node).filter(|_| number < room.most && gather.left() > room.reserve);
        let live = match object {
            Some(object) => {
                let get = Get::resource(app_ref, &object);
                gather.json::<Live>("the live object", &get).await
            }
            None => None,
        };
        match live {
            Some(live) => read.push((at, live.manifest)),
            None => looked.left.push(NotJudged::of(node, None)),
        }
    }
    for (at, live) in &read {
        judge(view, *at, live.node(), &read, clock, &mut looked);
    }
    looked
}

/// Nodes without health: those that may make what a Pod lacks, then a first one of each kind, the
/// newest first.
fn candidates(view: &View<'_>) -> Vec<usize> {
    let lacks: Vec<missing::Missing> = (view.nodes.iter())
        .filter(|node| &*node.kind == "Pod")
        .filter_map(|pod| missing::named_in(&pod.health.message))
        .collect();
    let mut all: Vec<usize> = (0..view.nodes.len())
        .filter(|at| {
            let owners: Vec<&TreeNode> = view
                .owners(*at)
                .iter()
                .map(|owner| &view.nodes[*owner])
                .collect();
            judged::is_node_unjudged(&view.nodes[*at], &owners)
        })
        .collect();
    let created = |at: usize| crate::answer::time::seconds(&view.nodes[at].created_at);
    order::by_key(&mut all, |at| {
        (Reverse(created(*at)), view.nodes[*at].name.to_string())
    });
    let kinds: Vec<&str> = all.iter().map(|at| &*view.nodes[*at].kind).collect();
    let before = |place: usize| {
        let same = kinds[..place].iter().filter(|kind| **kind == kinds[place]);
        same.count()
    };
    let mut keyed: Vec<((bool, usize), usize)> = Vec::new();
    for (place, at) in all.iter().enumerate() {
        let name = &view.nodes[*at].name;
        let may_make = lacks.iter().any(|one| missing::may_be_of(one, name));
        keyed.push(((!may_make, before(place)), *at));
    }
    order::by_key(&mut keyed, |(key, _)| *key);
    keyed.into_iter().map(|(_, at)| at).collect()
}

/// Puts an object that was read where it belongs: a finding, well, or still not judged.
fn judge(
    view: &View<'_>,
    at: usize,
    live: &Node,
    read: &[(usize, Manifest)],
    clock: Clock,
    looked: &mut Looked,
) {
    let node = &view.nodes[at];
    let conditions = condition::conditions(live);
    let title = format!("{} {}", word(&node.kind), word(&node.name));
    let Some(worst) = conditions.first().filter(|worst| worst.tone == Tone::Bad) else {
        if let Some((spec, seen)) = condition::behind(live) {
            let says = format!("generation {spec}, observed {seen}");
            looked.left.push(NotJudged::of(node, Some(says)));
        } else if conditions.is_empty() {
            let says = if condition::is_silent(live) {
                "no status"
            } else {
                "no conditions"
            };
            looked.left.push(NotJudged::of(node, Some(says.to_owned())));
        } else if conditions.iter().all(|one| one.tone != Tone::Good) {
            let says = format!(
                "{} {}",
                word(&conditions[0].kind),
                word(&conditions[0].status)
            );
            looked.left.push(NotJudged::of(node, Some(says)));
        }
        return;
    };
    let told = line(worst, &worst.message, clock);
    let words = told.strip_prefix("condition ").unwrap_or(&told);
    let lacked = lacked(view, node, &title, live);
    let is_upstream = lacked.is_some();
    let rank = if is_upstream {
        Rank::Workload
    } else {
        Rank::Unjudged
    };
    let headline = format!("{title} has no health in Argo CD, and its status says {words}");
    let mut finding = Finding::observed(rank, headline)
        .quoting(&worst.message)
        .with_each(lacked);
    for line in says(view, live, &worst.message, clock) {
        if line != told {
            finding.add(line);
        }
    }
    finding = finding.with_each(contrast(view, at, live, read));
    looked.bad.push(Bad {
        node: at,
        finding,
        short: format!("{title}, without health in Argo CD: {words}"),
        message: worst.message.clone(),
        is_upstream,
    });
}

/// Another object without health that was read and is well, and selects by the same field with other labels.
fn contrast(view: &View<'_>, at: usize, live: &Node, read: &[(usize, Manifest)]) -> Option<String> {
    let own = selectors(live);
    let (other, good, selects) =
        read.iter()
            .filter(|(other, _)| *other != at)
            .find_map(|(other, live)| {
                let good = condition::conditions(live.node());
                let good = good
                    .into_iter()
                    .next()
                    .filter(|first| first.tone == Tone::Good)?;
                let differs = |line: &String| {
                    let field = line.split(':').next();
                    own.iter()
                        .any(|one| one != line && one.split(':').next() == field)
                };
                Some((
                    *other,
                    good,
                    selectors(live.node()).into_iter().find(differs)?,
                ))
            })?;
    let node = &view.nodes[other];
    Some(format!(
        "beside it {} {} is {} {} with {selects}{}",
        word(&node.kind),
        word(&node.name),
        word(&good.kind),
        word(&good.status),
        said(&good.message)
    ))
}
