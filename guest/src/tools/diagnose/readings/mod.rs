//! What explains a state: types that only their proof can make.
//!
//! Each file holds one reading: a struct with private fields, its constructor from evidence that was
//! read (`Option<Self>`: no proof, no reading), its headline, and its tests. Tests named `speaks_…` hold
//! the smallest inputs that must give the reading, tests named `silent_…` its look-alikes that must not.
//! `guest/tests/tools/readings.rs` fails on a reading without both.

mod gone;

pub(super) use gone::Gone;
