//! What explains a state: types that only their proof can make.
//!
//! Each file holds one reading: a struct with private fields, its constructor from evidence that was
//! read (`Option<Self>`: no proof, no reading), its headline, and its tests. Tests named `speaks_…` hold
//! the smallest inputs that must give the reading, tests named `silent_…` its look-alikes that must not.
//! `guest/tests/tools/readings.rs` fails on a reading without both.

mod autoscaled;
mod deadlock;
mod explained;
mod git_moved;
mod given_up;
mod gone;
mod limited;
mod own_crd;
mod rewritten;
mod rolling;
mod stray;
mod unreachable;
mod unregistered;
mod writer;

pub(super) use {
    autoscaled::Autoscaled, deadlock::Deadlock, explained::Explained, git_moved::GitMoved,
    given_up::GivenUp, gone::Gone, limited::LimitedCluster, own_crd::OwnDefinition,
    rewritten::Rewritten, rolling::Rolling, stray::Strays, unreachable::Unreachable,
    unregistered::Unregistered, writer::Overwritten,
};
