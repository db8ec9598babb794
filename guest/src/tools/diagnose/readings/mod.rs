//! What explains a state: types that only their proof can make.
//!
//! Each file holds one reading: a struct with private fields, its constructor from evidence that was
//! read (`Option<Self>`: no proof, no reading), its headline, and its tests. Tests named `speaks_…` hold
//! the smallest inputs that must give the reading, tests named `silent_…` its look-alikes that must not.
//! `guest/tests/tools/readings.rs` fails on a reading without both.

mod gone;
mod maker;
mod metrics_api;
mod no_service;
mod paused;
mod recovered;
mod shared_claim;
mod stale_pause;
mod stale_rollout;
mod untrusted;

pub(super) use {
    gone::Gone,
    maker::Maker,
    metrics_api::MetricsApiDown,
    no_service::NoService,
    paused::Paused,
    recovered::Recovered,
    shared_claim::{SharedClaim, claims},
    stale_pause::StalePause,
    stale_rollout::StaleRollout,
    untrusted::Untrusted,
};
