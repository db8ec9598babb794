//! Reads and explains the suspects of the tree, the one upstream before those that fail because of it.

use super::{
    claims,
    evidence::Evidence,
    finding::Finding,
    gather::{Gather, SUSPECTS_MAX},
    look::{Depth, look},
    placement,
    proven::Proven as _,
    readings::{Aborted, Downstream, OlderRevision, texts},
    seen::Seen,
    waits, workload,
};
use crate::{
    answer::time::Clock,
    argocd::{AppRef, Get},
    model::{
        live::Live,
        suspect::{self, Sign, Suspect, View},
        tree::Node as TreeNode,
    },
};

/// Requests that are kept for others when nothing but the owner's kind makes an older revision likely.
const KEPT: u32 = 2;
/// The same while another suspect waits to be read: its live object, its log, and the commit.
const KEPT_FOR_NEXT: u32 = 3;

/// What the suspects give.
#[derive(Default)]
pub(super) struct Explained {
    /// Causes with their nodes, the likely root first.
    pub(super) first: Vec<(usize, Finding)>,
    /// Claims that wait for their Pod: they follow it.
    pub(super) last: Vec<Finding>,
    /// The suspects that are only counted.
    pub(super) others: Option<Finding>,
}

impl Explained {
    /// Whether no suspect is told of.
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty() && self.last.is_empty()
    }
}

/// One application's requests.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) gather: &'a Gather<'a>,
    pub(super) app_ref: &'a AppRef,
    pub(super) seen: &'a Seen,
    pub(super) clock: Clock,
}

/// Explains the first suspects and counts the others.
pub(super) async fn explain(
    reader: Reader<'_>,
    view: &View<'_>,
    mut suspects: Vec<Suspect>,
    known: &mut [Finding],
) -> Explained {
    let mut explained = Explained::default();
    if suspects.is_empty() {
        return explained;
    }
    let mut evidence = vec![reader.look(view, &suspects[0], 0).await];
    let mut consequence = downstream(view, &suspects[0], &evidence[0]);
    if let Some(up) = upstream(view, &suspects, consequence.as_ref()) {
        let root = suspects.remove(up);
        evidence.insert(0, reader.look(view, &root, 1).await);
        suspects.insert(0, root);
    }
    let rest = suspects.split_off(suspects.len().min(SUSPECTS_MAX));
    let shared = placement::shared_node(view, &suspects);
    let mut evidence = evidence.into_iter();
    for (number, suspect) in suspects.iter().enumerate() {
        let mut evidence = match evidence.next() {
            Some(evidence) => evidence,
            None => reader.look(view, suspect, number).await,
        };
        if waits::deadlock(reader.seen, view, suspect, &evidence, known) {
            continue;
        }
        let waits = suspect.sign == Sign::Volume && placement::waits_for_pod(&evidence);
        let because = match number {
            0 => None,
            1 if consequence.is_some() => consequence.take(),
            _ => downstream(view, suspect, &evidence),
        };
        let kept = if number + 1 < suspects.len() {
            KEPT_FOR_NEXT
        } else {
            KEPT
        };
        let older = reader.older_revision(view, suspect, &evidence, kept).await;
        let mut finding = workload::explain(view, suspect, &mut evidence, reader.clock);
        because
            .iter()
            .for_each(|because| finding.lead(because.headline()));
        if let Some(older) = older {
            finding.lead(older.remedy());
            finding = finding.because(&older);
        }
        if number == 0 {
            shared.iter().for_each(|line| finding.lead(line));
        }
        if let Some(aborted) = Aborted::of(view, suspect.node) {
            finding.lead(aborted.headline());
        }
        reader.claims(view, suspect, &evidence, &mut finding).await;
        if waits {
            explained.last.push(finding);
        } else {
            explained.first.push((suspect.node, finding));
        }
    }
    explained.others = workload::others(view, &rest);
    explained
}

/// Whether the log says more of it than its events.
fn is_told_by_log(node: &TreeNode, sign: Sign) -> bool {
    workload::has_output(sign) && !suspect::is_all_ready(node)
}

/// What the suspect fails because of.
fn downstream(view: &View<'_>, suspect: &Suspect, evidence: &Evidence) -> Option<Downstream> {
    Downstream::of(
        view,
        suspect.node,
        texts(evidence.log.as_ref(), &evidence.events),
    )
}

/// The place of the suspect that the first one fails because of, if it is another.
fn upstream(view: &View<'_>, suspects: &[Suspect], because: Option<&Downstream>) -> Option<usize> {
    let pod = because?.upstream();
    let owner = |at: usize| view.owners(at).last().copied().unwrap_or(at);
    let is_it =
        |suspect: &Suspect| suspect.sign < Sign::Evicted && owner(suspect.node) == owner(pod);
    suspects.iter().position(is_it).filter(|at| *at > 0)
}

impl Reader<'_> {
    /// What is read of the suspect with this number.
    async fn look(self, view: &View<'_>, suspect: &Suspect, number: usize) -> Evidence {
        let left = self.gather.left();
        let depth = match number {
            0 if left > 1 => Depth::Log,
            1 if left > 2 && is_told_by_log(&view.nodes[suspect.node], suspect.sign) => {
                Depth::Output
            }
            1 if left > 2 => Depth::Events,
            _ => Depth::Tree,
        };
        look(self.gather, self.app_ref, view, suspect, depth).await
    }

    /// Adds who holds the volume that a Pod finds locked.
    async fn claims(
        self,
        view: &View<'_>,
        suspect: &Suspect,
        evidence: &Evidence,
        finding: &mut Finding,
    ) {
        claims::add(
            self.gather,
            self.app_ref,
            view,
            (suspect, evidence),
            finding,
        )
        .await;
    }

    /// Reads the owner of a Pod that cannot run, when it may be of an older revision.
    async fn older_revision(
        self,
        view: &View<'_>,
        suspect: &Suspect,
        evidence: &Evidence,
        kept: u32,
    ) -> Option<OlderRevision> {
        let is_stuck = matches!(
            suspect.sign,
            Sign::Unscheduled | Sign::Image | Sign::Config | Sign::Init | Sign::Crash
        );
        let is_read = is_stuck && !evidence.pod().is_empty();
        let owner = OlderRevision::owner(view, suspect.node).filter(|_| is_read)?;
        let least = if OlderRevision::is_likely(view, suspect.node, owner) {
            0
        } else {
            kept
        };
        let object = suspect::object(&view.nodes[owner]).filter(|_| self.gather.left() > least)?;
        let get = Get::resource(self.app_ref, &object);
        let live: Live = self.gather.json("the owner of the Pod", &get).await?;
        OlderRevision::of(
            view,
            suspect.node,
            evidence.pod(),
            owner,
            live.manifest.node(),
        )
    }
}
