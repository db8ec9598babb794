//! What explains a state: types that only their proof can make.
//!
//! Each file holds one reading: a struct with private fields, its constructor from evidence that was
//! read (`Option<Self>`: no proof, no reading), its headline, and its tests. Tests named `speaks_…` hold
//! the smallest inputs that must give the reading, tests named `silent_…` its look-alikes that must not.
//! `guest/tests/tools/readings.rs` fails on a reading without both.

mod downstream;
mod gone;
mod node_lost;
mod older_revision;
mod pinned;
mod replaced;
mod rows;
mod told;
mod unpullable;
mod unscalable;
mod unstartable;

pub(super) use downstream::{Downstream, texts};
pub(super) use gone::Gone;
pub(super) use node_lost::NodeLost;
pub(super) use older_revision::OlderRevision;
pub(super) use pinned::Pinned;
pub(super) use replaced::Replaced;
pub(super) use told::Told;
pub(super) use unpullable::Unpullable;
pub(super) use unscalable::Unscalable;
pub(super) use unstartable::Unstartable;
