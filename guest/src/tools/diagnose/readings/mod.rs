//! What explains a state: types that only their proof can make.
//!
//! Each file holds one reading: a struct with private fields, its constructor from evidence that was
//! read (`Option<Self>`: no proof, no reading), its headline, and its tests. Tests named `speaks_…` hold
//! the smallest inputs that must give the reading, tests named `silent_…` its look-alikes that must not.
//! `guest/tests/tools/readings.rs` fails on a reading without both.

mod aborted;
mod autoscaled;
mod deadlock;
mod downstream;
mod explained;
mod git_moved;
mod given_up;
mod gone;
mod limited;
mod maker;
mod metrics_api;
mod no_service;
mod node_lost;
mod older_revision;
mod own_crd;
mod paused;
mod pinned;
mod probed;
mod recovered;
mod replaced;
mod rewritten;
mod rolling;
mod rows;
mod shared_claim;
mod stale_pause;
mod stale_rollout;
mod stray;
mod told;
mod unpullable;
mod unreachable;
mod unregistered;
mod unscalable;
mod unstartable;
mod untrusted;
mod writer;

pub(super) use aborted::Aborted;
pub(super) use autoscaled::Autoscaled;
pub(super) use deadlock::Deadlock;
pub(super) use downstream::{Downstream, texts};
pub(super) use explained::Explained;
pub(super) use git_moved::GitMoved;
pub(super) use given_up::GivenUp;
pub(super) use gone::Gone;
pub(super) use limited::LimitedCluster;
pub(super) use maker::Maker;
pub(super) use metrics_api::MetricsApiDown;
pub(super) use no_service::NoService;
pub(super) use node_lost::NodeLost;
pub(super) use older_revision::OlderRevision;
pub(super) use own_crd::OwnDefinition;
pub(super) use paused::Paused;
pub(super) use pinned::Pinned;
pub(super) use probed::Probed;
pub(super) use recovered::Recovered;
pub(super) use replaced::Replaced;
pub(super) use rewritten::Rewritten;
pub(super) use rolling::Rolling;
pub(super) use shared_claim::{SharedClaim, claims};
pub(super) use stale_pause::StalePause;
pub(super) use stale_rollout::StaleRollout;
pub(super) use stray::Strays;
pub(super) use told::Told;
pub(super) use unpullable::Unpullable;
pub(super) use unreachable::Unreachable;
pub(super) use unregistered::Unregistered;
pub(super) use unscalable::Unscalable;
pub(super) use unstartable::Unstartable;
pub(super) use untrusted::Untrusted;
pub(super) use writer::Overwritten;
