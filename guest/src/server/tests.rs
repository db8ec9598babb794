//! The edge cases of MCP, row by row, and calls side by side, on a backend made for it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod edges;
mod flight;
mod offers;
pub(crate) mod rig;
mod shapes;
mod stalls;
