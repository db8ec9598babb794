//! The simulator against what was recorded, and against its own promises.

mod data;
mod faults;
mod lists;
mod logs;
mod replay;
mod sessions;
mod transport;

use std::time::Duration;

use super::Simulator;

/// A bound for what should happen at once; only a broken simulator waits so long.
const PATIENCE: Duration = Duration::from_secs(20);

fn start() -> Simulator {
    Simulator::builder().start().unwrap()
}
