//! What explains a state: types that only their proof can make.
//!
//! Each file holds one reading: a struct with private fields, its constructor from evidence that was
//! read (`Option<Self>`: no proof, no reading), its headline, and its tests. Tests named `speaks_…` hold
//! the smallest inputs that must give the reading, tests named `silent_…` its look-alikes that must not.
//! `guest/tests/tools/readings.rs` fails on a reading without both.

mod gone;
mod no_service;
mod shared_claim;

pub(super) use {
    gone::Gone,
    no_service::NoService,
    shared_claim::{SharedClaim, claims},
};

/// What was read off its proof, as the first line of a finding.
pub(super) trait Proven {
    /// One clause without a full stop; names what was seen, and claims no more.
    fn headline(&self) -> String;
}
