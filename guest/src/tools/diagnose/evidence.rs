//! What was read about a suspect, and the facts that several causes share.

use crate::{
    answer::{time::Clock, word},
    model::{
        event::Event,
        log::Stream,
        pod::{self, Container},
        tree::Node as TreeNode,
    },
    redact::{Manifest, Node, Text},
};

/// Maximum length of a quoted container message, in characters.
pub(super) const MESSAGE_CHARS: usize = 300;
/// Maximum names of environment variables or requirements listed.
pub(super) const NAMES_MAX: usize = 12;

/// What was read about a suspect; each part may be missing.
#[derive(Default)]
pub(super) struct Evidence {
    pub(super) live: Option<Manifest>,
    pub(super) events: Vec<Event>,
    pub(super) log: Option<Stream>,
}

impl Evidence {
    /// The live Pod; empty when it was not read.
    pub(super) fn pod(&self) -> &Node {
        const NOTHING: Node = Node::Null;
        self.live.as_ref().map_or(&NOTHING, Manifest::node)
    }
}

/// The node's health, or that it has none.
pub(super) fn health(node: &TreeNode) -> String {
    match &*node.health.status {
        "" => "without a health status".to_owned(),
        health => word(health),
    }
}

/// A Pod's status reason, or the health of any other object.
pub(super) fn reason(node: &TreeNode) -> String {
    let reason = node
        .fact("Status Reason")
        .map_or_else(|| health(node), |reason| word(reason));
    match node.fact("Containers") {
        Some(containers) => format!("{reason}, containers {} ready", word(containers)),
        None => reason,
    }
}

/// `, created 4 d ago`; empty when unknown.
pub(super) fn age(node: &TreeNode, clock: Clock) -> String {
    clock
        .ago(&node.created_at)
        .map_or(String::new(), |ago| format!(", created {ago}"))
}

/// The container to blame that waits to run, with its reason and message.
pub(super) fn waiting(evidence: &Evidence) -> Option<(Container, String, Text)> {
    let container = pod::bad(evidence.pod())?;
    let (reason, message) = container.waiting.clone()?;
    Some((
        container,
        reason,
        Text::new(&Text::new(&message).both_ends(MESSAGE_CHARS)),
    ))
}
