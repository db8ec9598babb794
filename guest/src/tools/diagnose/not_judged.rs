//! The objects of which no answer told the state, so that nothing reads as if they had been looked at.

use crate::{
    answer::word,
    call::Call,
    model::{judged, tree::Node},
};

/// Maximum objects named.
const NAMED_MAX: usize = 4;

/// An object whose state is not known.
pub(super) struct NotJudged {
    kind: String,
    name: String,
    /// What its status says, when it was read and does not tell.
    says: Option<String>,
}

impl NotJudged {
    /// A node, and what its status says, if that was read.
    pub(super) fn of(node: &Node, says: Option<String>) -> Self {
        Self {
            kind: node.kind.to_string(),
            name: node.name.to_string(),
            says,
        }
    }
}

/// `2 RabbitmqUsers without health in Argo CD (a, b)`; `None` when each object was judged.
pub(super) fn words(left: &[NotJudged]) -> Option<String> {
    if left.is_empty() {
        return None;
    }
    let counted = judged::counted(left.iter().map(|one| &*one.kind));
    let named = left.iter().take(NAMED_MAX).map(|one| match &one.says {
        Some(says) => format!("{}: {says}", word(&one.name)),
        None => word(&one.name),
    });
    let more = match left.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named: Vec<String> = named.collect();
    Some(format!(
        "{counted} without health in Argo CD ({}{more})",
        named.join(", ")
    ))
}

/// The call that shows the first object that was not read.
pub(super) fn next(left: &[NotJudged], call: &Call) -> Option<String> {
    let unread = left.iter().find(|one| one.says.is_none())?;
    let (name, kind) = (unread.name.as_str().into(), unread.kind.as_str().into());
    let shown = call.about("get_resource", &[("resource", name), ("kind", kind)])?;
    Some(format!("{shown} (its status)"))
}
