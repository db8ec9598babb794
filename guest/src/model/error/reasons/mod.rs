//! The reasons that Argo CD gives, as rows: what must occur, the plain sentence, and what helps.
//!
//! The first row that fits counts, so what is special stands before what is general, and what Argo CD's
//! own parts say before what hosts, charts and clusters say. `tests.rs` has for each row a text that
//! must give it and look-alikes that must not.

mod argocd;
mod cluster;
mod compare;
mod objects;
mod render;
mod repository;
mod row;
mod spec;
#[cfg(test)]
mod tests;

pub(crate) use self::row::{Look, Reason};
use super::parts::{Component, Stage};

/// The table, in the order in which it is searched.
const TABLES: [&[Reason]; 7] = [
    argocd::ROWS,
    spec::ROWS,
    cluster::ROWS,
    compare::ROWS,
    render::ROWS,
    repository::ROWS,
    objects::ROWS,
];

/// The first row that fits; `text` is the message in lower case.
pub(super) fn find(
    stage: Option<Stage>,
    component: Option<Component>,
    text: &str,
) -> Option<&'static Reason> {
    let mut rows = TABLES.into_iter().flatten();
    rows.find(|reason| reason.fits(stage, component, text))
}
