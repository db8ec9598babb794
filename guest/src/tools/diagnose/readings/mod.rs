//! What explains a state: types that only their proof can make.
//!
//! Each file holds one reading: a struct with private fields, its constructor from evidence that was
//! read (`Option<Self>`: no proof, no reading), its headline, and its tests. Tests named `speaks_…` hold
//! the smallest inputs that must give the reading, tests named `silent_…` its look-alikes that must not.
//! `guest/tests/tools/readings.rs` fails on a reading without both.

mod explained;
mod given_up;
mod gone;
mod limited;
mod own_crd;
mod unreachable;
mod unregistered;

pub(super) use explained::Explained;
pub(super) use given_up::GivenUp;
pub(super) use gone::Gone;
pub(super) use limited::LimitedCluster;
pub(super) use own_crd::OwnDefinition;
pub(super) use unreachable::Unreachable;
pub(super) use unregistered::Unregistered;
